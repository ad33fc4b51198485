//! Collectives that some never reach, or call differently.
#![allow(unsafe_code)]

use mpi::collective::SystemOperation;
use mpi::ffi;
use mpi::topology::Color;
use mpi::traits::*;

use crate::{Job, World, me};

pub const JOBS: &[(&str, Job)] = &[
    ("collective_in_if", collective_in_if),
    ("short_reduce_in_if", short_reduce_in_if),
    ("roots_differ", roots_differ),
    ("other_collective", other_collective),
    ("other_order", other_order),
    ("operations_differ", operations_differ),
    ("lengths_differ", lengths_differ),
    ("early_return", early_return),
    ("collective_against_receive", collective_against_receive),
    ("opposite_order", opposite_order),
    ("blocking_against_immediate", blocking_against_immediate),
    ("part_waits_for_the_rest", part_waits_for_the_rest),
    ("neighbour_receives_first", neighbour_receives_first),
];

fn collective_in_if(world: &World) {
    if world.rank() == 0 {
        world.barrier();
    }
}

fn short_reduce_in_if(world: &World) {
    if world.rank() == 0 {
        world.process_at_rank(1).reduce_into(&1, SystemOperation::sum());
    }
}

fn roots_differ(world: &World) {
    let mut number = world.rank();
    world.process_at_rank(world.rank() % 2).broadcast_into(&mut number);
    world.barrier();
}

fn other_collective(world: &World) {
    let (rank, mut sum) = (world.rank(), 0);
    if rank == 0 {
        world.all_reduce_into(&rank, &mut sum, SystemOperation::sum());
    } else {
        world.barrier();
    }
}

fn other_order(world: &World) {
    let (rank, mut sum) = (world.rank(), 0);
    if rank == 0 {
        world.barrier();
    }
    world.all_reduce_into(&rank, &mut sum, SystemOperation::sum());
    if rank != 0 {
        world.barrier();
    }
}

fn operations_differ(world: &World) {
    let (rank, mut result) = (world.rank(), 0);
    if rank == 0 {
        world.all_reduce_into(&rank, &mut result, SystemOperation::sum());
    } else {
        world.all_reduce_into(&rank, &mut result, SystemOperation::max());
    }
}

fn lengths_differ(world: &World) {
    let length = if world.rank() == 0 { 3 } else { 4 };
    let (mine, mut sums) = (vec![1.0; length], vec![0.0; length]);
    world.all_reduce_into(&mine[..], &mut sums[..], SystemOperation::sum());
}

fn early_return(world: &World) {
    let (rank, size) = me(world);
    let rows = 4;
    if rank >= rows {
        return;
    }
    let mut sum = 0;
    world.all_reduce_into(&(rows / size), &mut sum, SystemOperation::sum());
}

fn collective_against_receive(world: &World) {
    let other = world.process_at_rank(1 - world.rank());
    if world.rank() == 0 {
        world.barrier();
        other.send(&1);
    } else {
        other.receive::<i32>();
        world.barrier();
    }
}

fn opposite_order(world: &World) {
    let (first, second) = (world.duplicate(), world.duplicate());
    if world.rank() == 0 {
        first.barrier();
        second.barrier();
    } else {
        second.barrier();
        first.barrier();
    }
}

fn blocking_against_immediate(world: &World) {
    if world.rank() == 0 {
        world.barrier();
    } else {
        world.immediate_barrier().wait();
    }
}

fn part_waits_for_the_rest(world: &World) {
    let part = world.split_by_color(Color::with_value(world.rank() % 2)).expect("a part");
    if world.rank() != 2 {
        part.barrier();
    }
    world.barrier();
}

fn neighbour_receives_first(world: &World) {
    let (rank, size) = me(world);
    let ring = world.create_cartesian_communicator(&[size], &[true], false).expect("all");
    if rank == 2 {
        world.process_at_rank(0).receive::<i32>();
    }
    let mut theirs = [0; 2];
    let (mine, theirs) = ((&raw const rank).cast(), (&raw mut theirs).cast());
    // SAFETY: each of two neighbours sends one i32.
    unsafe {
        let int = ffi::RSMPI_INT32_T;
        ffi::MPI_Neighbor_allgather(mine, 1, int, theirs, 1, int, ring.as_raw());
    }
}
