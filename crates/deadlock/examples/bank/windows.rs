//! One-sided operations with no partner.
#![allow(unsafe_code)]

use std::ptr;

use mpi::ffi::{self, MPI_Win};
use mpi::traits::*;

use crate::{Job, World, me};

pub const JOBS: &[(&str, Job)] = &[
    ("freed_by_some", freed_by_some),
    ("lock_is_held", lock_is_held),
    ("nobody_posts", nobody_posts),
    ("fence_by_some", fence_by_some),
];

/// A window of one number on each rank.
fn window(world: &World) -> MPI_Win {
    let mut memory: *mut u64 = ptr::null_mut();
    let (place, world) = ((&raw mut memory).cast(), world.as_raw());
    // SAFETY: MPI writes a handle and an address to the places given.
    unsafe {
        let mut window = ffi::RSMPI_WIN_NULL;
        ffi::MPI_Win_allocate(8, 8, ffi::RSMPI_INFO_NULL, world, place, &mut window);
        window
    }
}

fn freed_by_some(world: &World) {
    let mut window = window(world);
    if world.rank() == 2 {
        world.process_at_rank(0).receive::<i32>();
    }
    // SAFETY: the window is not used after this.
    unsafe { ffi::MPI_Win_free(&mut window) };
    if world.rank() == 0 {
        world.process_at_rank(2).send(&1);
    }
}

fn lock_is_held(world: &World) {
    let (rank, _) = me(world);
    let mut window = window(world);
    let other = world.process_at_rank(1 - rank);
    let (one, exclusive) = (1_u64, ffi::MPI_LOCK_EXCLUSIVE as i32);
    // SAFETY: one u64 is put where there is one.
    unsafe {
        if rank == 1 {
            other.receive::<i32>();
        }
        ffi::MPI_Win_lock(exclusive, 0, 0, window);
        let (from, number) = ((&raw const one).cast(), ffi::RSMPI_UINT64_T);
        ffi::MPI_Put(from, 1, number, 0, 0, 1, number, window);
        ffi::MPI_Win_flush(0, window);
        if rank == 0 {
            other.send(&1);
            other.receive::<i32>();
        }
        ffi::MPI_Win_unlock(0, window);
        if rank == 1 {
            other.send(&1);
        }
        ffi::MPI_Win_free(&mut window);
    }
}

fn nobody_posts(world: &World) {
    let mut window = window(world);
    // SAFETY: the groups are freed by MPI at its end; the window is not used after this.
    unsafe {
        if world.rank() == 0 {
            let other = world.group().include(&[1]);
            ffi::MPI_Win_start(other.as_raw(), 0, window);
            ffi::MPI_Win_complete(window);
        }
        ffi::MPI_Win_free(&mut window);
    }
}

fn fence_by_some(world: &World) {
    let mut window = window(world);
    // SAFETY: the window is not used after this.
    unsafe {
        ffi::MPI_Win_fence(0, window);
        if world.rank() != 0 {
            ffi::MPI_Win_fence(0, window);
        }
        ffi::MPI_Win_free(&mut window);
    }
}
