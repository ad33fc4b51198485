//! MPI's calls by our own definition: each records what it waits for, then calls
//! the library under its second name (MPI-4.1, section 15.2, the profiling interface).
//!
//! A safety argument for all of them: a call passes on what it was given, so
//! that it is as sound as the caller's own; what it reads beside is a handle or an array
//! that the standard lets the library read in the same call.
#![allow(unsafe_code, non_snake_case, clippy::missing_safety_doc)]
#![allow(clippy::undocumented_unsafe_blocks, clippy::too_many_arguments)]

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;

use mpi::ffi::{self, MPI_Status};

use crate::live::Handle;

mod collectives;
mod communicators;
mod end;
mod messages;
mod requests;
mod start;
mod traffic;
mod windows;

pub use collectives::WORDS;

/// A buffer that is read, and one that is written.
type In = *const c_void;
type Out = *mut c_void;
type Ints = *const c_int;

/// The handle as its bytes.
fn bits<T: Copy>(handle: T) -> Handle {
    const { assert!(size_of::<T>() == 4 || size_of::<T>() == 8) };
    unsafe {
        match size_of::<T>() {
            4 => std::mem::transmute_copy::<T, u32>(&handle).into(),
            _ => std::mem::transmute_copy(&handle),
        }
    }
}

/// MPI_ANY_SOURCE and MPI_ANY_TAG.
pub fn any() -> (i32, i32) {
    unsafe { (ffi::RSMPI_ANY_SOURCE, ffi::RSMPI_ANY_TAG) }
}

/// Whether this is MPICH or one of its kin: their handles are numbers.
pub const fn is_mpich() -> bool {
    size_of::<ffi::MPI_Comm>() == size_of::<c_int>()
}

/// Ends the job on all ranks (MPI-4.1, section 9.8, MPI_Abort).
pub fn abort(status: c_int) -> ! {
    unsafe { ffi::PMPI_Abort(ffi::RSMPI_COMM_WORLD, status) };
    std::process::exit(status)
}

fn is_null(request: ffi::MPI_Request) -> bool {
    bits(request) == unsafe { bits(ffi::RSMPI_REQUEST_NULL) }
}

/// One status of our own where the caller wants none.
struct Own(MaybeUninit<MPI_Status>);

impl Own {
    const fn new() -> Self {
        Self(MaybeUninit::zeroed())
    }

    /// Where the library shall write, and we shall read.
    fn unless(&mut self, theirs: *mut MPI_Status) -> *mut MPI_Status {
        if theirs == unsafe { ffi::RSMPI_STATUS_IGNORE } {
            self.0.as_mut_ptr()
        } else {
            theirs
        }
    }
}

/// Where the library shall write `count` statuses, and we shall read.
fn statuses(
    theirs: *mut MPI_Status,
    count: c_int,
    own: &mut Vec<MaybeUninit<MPI_Status>>,
) -> *mut MPI_Status {
    if theirs != unsafe { ffi::RSMPI_STATUSES_IGNORE } {
        return theirs;
    }
    own.resize_with(count.max(1) as usize, MaybeUninit::zeroed);
    own.as_mut_ptr().cast()
}
