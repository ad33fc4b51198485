//! Requests that nobody can fulfil.
#![allow(unsafe_code)]

use mpi::ffi;
use mpi::request::{multiple_scope, scope};
use mpi::traits::*;

use crate::{Job, World, me};

pub const JOBS: &[(&str, Job)] = &[
    ("waits_before_its_own_send", waits_before_its_own_send),
    ("wait_all_lacks_one", wait_all_lacks_one),
    ("wait_any_gets_none", wait_any_gets_none),
    ("never_started", never_started),
];

fn waits_before_its_own_send(world: &World) {
    let other = world.process_at_rank(1 - world.rank());
    let mut number = 0;
    scope(|scope| {
        other.immediate_receive_into(scope, &mut number).wait();
    });
    other.send(&number);
}

fn receive_from_all(world: &World, any: bool) {
    let (rank, size) = me(world);
    if rank != 0 {
        if rank == 1 && !any {
            world.process_at_rank(0).send(&rank);
        }
        return;
    }
    let mut numbers = vec![0; size as usize];
    multiple_scope(numbers.len(), |scope, requests| {
        for (other, number) in numbers.iter_mut().enumerate().skip(1) {
            let other = world.process_at_rank(other as i32);
            requests.add(other.immediate_receive_into(scope, number));
        }
        if any {
            requests.wait_any();
        } else {
            requests.wait_all(&mut Vec::new());
        }
    });
}

fn wait_all_lacks_one(world: &World) {
    receive_from_all(world, false);
}

fn wait_any_gets_none(world: &World) {
    receive_from_all(world, true);
}

fn never_started(world: &World) {
    if world.rank() == 0 {
        world.process_at_rank(1).receive::<i32>();
        return;
    }
    let number = 1;
    let buffer = (&raw const number).cast();
    // SAFETY: the number outlives the request, which is not started and freed here.
    unsafe {
        let mut request = ffi::RSMPI_REQUEST_NULL;
        let world = world.as_raw();
        ffi::MPI_Send_init(buffer, 1, ffi::RSMPI_INT32_T, 0, 0, world, &mut request);
        // MPI_Start is what is missing. An inactive request is done at once.
        ffi::MPI_Wait(&mut request, ffi::RSMPI_STATUS_IGNORE);
    }
}
