//! A counter that all ranks share: each takes the next tile from it.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::ptr;

use kernels::split;
use mpi::ffi;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{AsRaw, Communicator, CommunicatorCollectives};

/// The tiles of some rows, handed out one by one to whoever asks.
///
/// The number of the next tile lies in the memory of rank 0, where every rank
/// reads and advances it in one step (MPI-4.1, section 12.3.4,
/// MPI_Fetch_and_op). There is no master: rank 0 computes like the others.
#[derive(Debug)]
pub struct Counter {
    window: ffi::MPI_Win,
    rows: usize,
    tile: usize,
}

impl Counter {
    /// A counter over the tiles of `tile` rows in `0..rows`.
    ///
    /// Collective: every rank must call it, and drop it.
    pub fn new(world: &SimpleCommunicator, rows: usize, tile: usize) -> Self {
        let bytes = if world.rank() == 0 { size_of::<u64>() } else { 0 };
        let mut memory: *mut u64 = ptr::null_mut();
        let mut window = MaybeUninit::uninit();
        // SAFETY: MPI writes the window's handle and the address of its memory
        // to the two places given. On rank 0 that memory holds one u64, which
        // nobody else touches before the barrier below.
        let window = unsafe {
            ffi::MPI_Win_allocate(
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
        Self { window, rows, tile }
    }

    /// The next tile that nobody has taken, or `None` when all are taken.
    ///
    /// One-sided: rank 0 need not answer, so it computes like the others.
    /// Tiles come in order; each is handed to exactly one rank.
    pub fn next(&self) -> Option<Range<usize>> {
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
        split::tile(self.rows, self.tile, number as usize)
    }
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
