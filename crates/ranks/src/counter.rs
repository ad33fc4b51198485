//! A counter that all ranks share: each takes the next tile from it.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use kernels::split;
use mpi::ffi;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{AsRaw, Communicator, CommunicatorCollectives};

/// The tiles of some rows, handed out one by one to whoever asks.
///
/// The number of the next tile lies in the memory of rank 0, where every rank
/// reads and advances it in one step. There is no master: rank 0 computes like
/// the others.
#[derive(Debug)]
pub struct Counter {
    window: ffi::MPI_Win,
    number: Number,
    rows: usize,
    tile: usize,
}

/// How a rank reaches the number of the next tile.
#[derive(Debug)]
enum Number {
    /// All ranks share memory: the processor reads and advances it itself. With
    /// MPI_Fetch_and_op the others could wait here too until rank 0 has time to
    /// serve them, between two of its tiles: MPICH 4.0 works that way.
    Shared(*const AtomicU64),
    /// By a one-sided message (MPI-4.1, section 12.3.4, MPI_Fetch_and_op).
    Remote,
}

impl Counter {
    /// A counter over the tiles of `tile` rows in `0..rows`.
    ///
    /// Collective: every rank must call it, and drop it.
    pub fn new(world: &SimpleCommunicator, rows: usize, tile: usize) -> Self {
        let shared = share_memory(world);
        let allocate =
            if shared { ffi::MPI_Win_allocate_shared } else { ffi::MPI_Win_allocate };
        let bytes = if world.rank() == 0 { size_of::<u64>() } else { 0 };
        let mut memory: *mut u64 = ptr::null_mut();
        let mut window = MaybeUninit::uninit();
        // SAFETY: MPI writes the window's handle and the address of its memory
        // to the two places given. On rank 0 that memory holds one u64, which
        // nobody else touches before the barrier below.
        let window = unsafe {
            allocate(
                bytes as ffi::MPI_Aint,
                size_of::<u64>() as i32,
                ffi::RSMPI_INFO_NULL,
                world.as_raw(),
                (&raw mut memory).cast::<c_void>(),
                window.as_mut_ptr(),
            );
            let window = window.assume_init();
            if world.rank() == 0 {
                memory.write(0);
            }
            ffi::MPI_Win_lock_all(ffi::MPI_MODE_NOCHECK as i32, window);
            ffi::MPI_Win_sync(window);
            window
        };
        world.barrier();
        let number = if shared {
            Number::Shared(memory_of_rank_0(window))
        } else {
            Number::Remote
        };
        Self { window, number, rows, tile }
    }

    /// The next tile that nobody has taken, or `None` when all are taken.
    ///
    /// One-sided: rank 0 need not answer, so it computes like the others.
    /// Tiles come in order; each is handed to exactly one rank.
    pub fn next(&self) -> Option<Range<usize>> {
        let number = match self.number {
            // SAFETY: the memory is the window's, which lives as long as `self`,
            // and nobody but this line touches it, on whichever rank.
            Number::Shared(number) => unsafe { &*number }.fetch_add(1, Ordering::Relaxed),
            Number::Remote => self.fetch_and_advance(),
        };
        split::tile(self.rows, self.tile, number as usize)
    }

    /// The number of the next tile, which is advanced in the same step.
    fn fetch_and_advance(&self) -> u64 {
        let (one, mut number) = (1_u64, 0_u64);
        // SAFETY: both places are u64, as the datatype says, and live until
        // the flush has completed the operation.
        unsafe {
            ffi::MPI_Fetch_and_op(
                (&raw const one).cast(),
                (&raw mut number).cast(),
                ffi::RSMPI_UINT64_T,
                0,
                0,
                ffi::RSMPI_SUM,
                self.window,
            );
            ffi::MPI_Win_flush(0, self.window);
        }
        number
    }
}

/// Whether all ranks run on one machine, so that they can share memory. The
/// answer does not change: MPI is asked once.
fn share_memory(world: &SimpleCommunicator) -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| world.split_shared(0).size() == world.size())
}

/// Where this rank sees the memory that rank 0 has given to the window (MPI-4.1,
/// section 12.2.3, MPI_Win_shared_query).
fn memory_of_rank_0(window: ffi::MPI_Win) -> *const AtomicU64 {
    let (mut bytes, mut unit): (ffi::MPI_Aint, i32) = (0, 0);
    let mut memory: *mut u64 = ptr::null_mut();
    // SAFETY: the window is one of shared memory, and MPI writes to the three
    // places given.
    unsafe {
        let place = (&raw mut memory).cast::<c_void>();
        ffi::MPI_Win_shared_query(window, 0, &mut bytes, &mut unit, place);
    }
    assert_eq!(bytes as usize, size_of::<u64>(), "the memory of rank 0");
    memory.cast()
}

impl Drop for Counter {
    fn drop(&mut self) {
        // SAFETY: the window was made and locked by `new` and is used by
        // nobody after this. Freeing it waits for all ranks.
        unsafe {
            ffi::MPI_Win_unlock_all(self.window);
            ffi::MPI_Win_free(&mut self.window);
        }
    }
}
