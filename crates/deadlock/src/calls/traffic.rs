//! How many bytes a call sends or brings: asked of MPI only if somebody wants to know.

use std::ffi::c_int;
use std::slice;

use mpi::ffi::{self, MPI_Comm, MPI_Datatype as Type, MPI_Status};

use super::Ints;
use super::collectives::bytes;
use crate::live::summary::{delay, is_on};
use crate::live::{self, Live};

/// A message is about to be sent: `count` elements.
pub(super) fn outgoing(count: c_int, kind: Type) {
    if is_on() {
        delay();
        let bytes = one(count, kind);
        live::with(|live| live.outgoing(bytes));
    }
}

/// A message has come, and is about to be counted.
pub(super) fn incoming(live: &mut Live, status: *const MPI_Status) {
    if is_on() {
        let mut count: ffi::MPI_Count = 0;
        unsafe { ffi::PMPI_Get_elements_x(status, ffi::RSMPI_UINT8_T, &mut count) };
        live.incoming(u64::try_from(count).unwrap_or_default());
    }
}

/// The bytes that a collective brings to a rank, which `count` says of it; none on an
/// intercommunicator.
pub(super) fn brought(comm: MPI_Comm, count: impl FnOnce(Me) -> u64) -> u64 {
    if !is_on() {
        return 0;
    }
    let (mut inter, mut rank, mut ranks) = (0, 0, 0);
    unsafe {
        ffi::PMPI_Comm_test_inter(comm, &mut inter);
        ffi::PMPI_Comm_rank(comm, &mut rank);
        ffi::PMPI_Comm_size(comm, &mut ranks);
    }
    if inter != 0 || ranks == 1 { 0 } else { count(Me { rank, ranks }) }
}

/// This rank in a communicator.
#[derive(Clone, Copy)]
pub(super) struct Me {
    pub rank: c_int,
    ranks: c_int,
}

/// The bytes of `count` elements.
pub(super) fn one(count: c_int, kind: Type) -> u64 {
    bytes(count, kind).unwrap_or_default()
}

// Arguments that mean something on the root alone may be anything on other ranks: they
// are not looked at there.
impl Me {
    pub fn only(self, root: c_int, bytes: impl FnOnce() -> u64) -> u64 {
        if self.rank == root { bytes() } else { 0 }
    }

    pub fn unless(self, root: c_int, bytes: impl FnOnce() -> u64) -> u64 {
        if self.rank == root { 0 } else { bytes() }
    }

    /// `count` elements of each other rank.
    pub fn of_others(self, count: c_int, kind: Type) -> u64 {
        (self.ranks - 1) as u64 * one(count, kind)
    }

    /// As many of each other rank as `counts` says.
    pub fn of_each_other(self, counts: Ints, kind: Type) -> u64 {
        self.each_other(counts).map(|(_, count)| one(count, kind)).sum()
    }

    /// The same where each has a type of its own.
    pub fn of_each_kind(self, counts: Ints, kinds: *const Type) -> u64 {
        let bytes = |(rank, count)| one(count, unsafe { *kinds.add(rank) });
        self.each_other(counts).map(bytes).sum()
    }

    fn each_other(self, counts: Ints) -> impl Iterator<Item = (usize, c_int)> {
        let counts = unsafe { slice::from_raw_parts(counts, self.ranks as usize) };
        let counts = counts.iter().copied().enumerate();
        counts.filter(move |(rank, _)| *rank != self.rank as usize)
    }
}
