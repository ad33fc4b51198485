//! Jobs that take their time and are right.
#![allow(unsafe_code)]

use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use mpi::collective::SystemOperation;
use mpi::ffi;
use mpi::request::{multiple_scope, scope};
use mpi::topology::Color;
use mpi::traits::*;

use crate::{Job, LONG, World, me};

pub const JOBS: &[(&str, Job)] = &[
    ("computes_long", computes_long),
    ("sleeps_long", sleeps_long),
    ("large_collectives", large_collectives),
    ("slow_any_source", slow_any_source),
    ("probes_in_a_loop", probes_in_a_loop),
    ("tests_in_a_loop", tests_in_a_loop),
    ("parts", parts),
    ("ends_early_by_right", ends_early_by_right),
    ("one_sided_counter", one_sided_counter),
    ("is_stopped", is_stopped),
    ("many_messages", many_messages),
    ("head_to_head_at_once", head_to_head_at_once),
    ("waits_in_any_order", waits_in_any_order),
    ("slow_chain", slow_chain),
    ("second_thread_sends", second_thread_sends),
    ("immediate_collectives", immediate_collectives),
];

/// Several limits of the tests.
const LONG_TIME: Duration = Duration::from_millis(1500);

fn compute() {
    let start = Instant::now();
    while start.elapsed() < LONG_TIME {
        std::hint::spin_loop();
    }
}

fn computes_long(world: &World) {
    if world.rank() == 0 {
        compute();
    }
    world.barrier();
    let mut number = 0;
    if world.rank() == 1 {
        compute();
    }
    world.process_at_rank(1).broadcast_into(&mut number);
}

fn sleeps_long(world: &World) {
    let (rank, size) = me(world);
    sleep(LONG_TIME * u32::from(rank == size - 1));
    let mut sum = 0;
    world.all_reduce_into(&rank, &mut sum, SystemOperation::sum());
}

fn large_collectives(world: &World) {
    let mine = vec![1.0; 1 << 21];
    let mut sums = vec![0.0; 1 << 21];
    for _ in 0..12 {
        world.all_reduce_into(&mine[..], &mut sums[..], SystemOperation::sum());
        world.process_at_rank(0).broadcast_into(&mut sums[..]);
    }
}

fn slow_any_source(world: &World) {
    let (rank, size) = me(world);
    if rank != 0 {
        sleep(LONG_TIME * rank as u32 / 2);
        return world.process_at_rank(0).send(&rank);
    }
    for _ in 1..size {
        world.any_process().receive::<i32>();
    }
}

fn probes_in_a_loop(world: &World) {
    if world.rank() != 0 {
        sleep(LONG_TIME);
        return world.process_at_rank(0).send(&1);
    }
    for _ in 1..world.size() {
        while world.any_process().immediate_probe().is_none() {}
        world.any_process().receive::<i32>();
    }
}

fn tests_in_a_loop(world: &World) {
    let other = world.process_at_rank(1 - world.rank());
    let mut number = 0;
    if world.rank() == 0 {
        sleep(LONG_TIME);
        return other.send(&1);
    }
    scope(|scope| {
        let mut request = other.immediate_receive_into(scope, &mut number);
        while let Err(pending) = request.test() {
            request = pending;
        }
    });
}

fn parts(world: &World) {
    let part = world.split_by_color(Color::with_value(world.rank() % 2)).expect("a part");
    for _ in 0..3 {
        sleep(LONG_TIME / 4 * (1 + world.rank() as u32));
        part.barrier();
        let copy = part.duplicate();
        let other = copy.process_at_rank(1 - copy.rank());
        mpi::point_to_point::send_receive::<i32, _, _, _>(&1, &other, &other);
    }
}

fn ends_early_by_right(world: &World) {
    match world.rank() {
        0 => sleep(LONG_TIME),
        1 => world.process_at_rank(2).send(&1),
        2 => {
            sleep(LONG_TIME);
            world.process_at_rank(1).receive::<i32>();
        }
        _ => {}
    }
}

fn one_sided_counter(world: &World) {
    let mut memory: *mut u64 = std::ptr::null_mut();
    let comm = world.as_raw();
    let (one, mut number) = (1_u64, 0_u64);
    // SAFETY: all places are of one u64, and live until the window is freed.
    unsafe {
        let mut window = ffi::RSMPI_WIN_NULL;
        let (place, none) = ((&raw mut memory).cast(), ffi::RSMPI_INFO_NULL);
        ffi::MPI_Win_allocate(8, 8, none, comm, place, &mut window);
        memory.write(0);
        world.barrier();
        ffi::MPI_Win_lock_all(0, window);
        while number < 60 {
            let (from, to) = ((&raw const one).cast(), (&raw mut number).cast());
            let (kind, sum) = (ffi::RSMPI_UINT64_T, ffi::RSMPI_SUM);
            ffi::MPI_Fetch_and_op(from, to, kind, 0, 0, sum, window);
            ffi::MPI_Win_flush(0, window);
            sleep(LONG_TIME / 20);
        }
        ffi::MPI_Win_unlock_all(window);
        ffi::MPI_Win_free(&mut window);
    }
}

/// Rank 1 stops itself for a while: a shell outside of the job wakes it.
fn is_stopped(world: &World) {
    let other = world.process_at_rank(1 - world.rank());
    if world.rank() == 1 {
        let id = std::process::id();
        let wake = format!("sleep 0.3; kill -STOP {id}; sleep 2; kill -CONT {id}");
        let _ = std::process::Command::new("sh").arg("-c").arg(wake).spawn();
    }
    let start = Instant::now();
    let mut rounds = 0;
    while start.elapsed() < 3 * LONG_TIME && rounds < 2_000_000 {
        rounds += 1;
        let (mine, theirs) = (start.elapsed() < 2 * LONG_TIME, &mut false);
        world.all_reduce_into(&mine, theirs, SystemOperation::logical_and());
        if !*theirs {
            break;
        }
    }
    mpi::point_to_point::send_receive::<i32, _, _, _>(&1, &other, &other);
}

fn many_messages(world: &World) {
    let (rank, size) = me(world);
    for round in 0..1000 {
        let to = world.process_at_rank((rank + 1) % size);
        let from = world.process_at_rank((rank + size - 1) % size);
        let tag = round % 7;
        mpi::point_to_point::send_receive_with_tags::<_, _, i32, _>(
            &round, &to, tag, &from, tag,
        );
    }
}

fn head_to_head_at_once(world: &World) {
    let other = world.process_at_rank(1 - world.rank());
    let mine = vec![world.rank(); LONG];
    let mut theirs = vec![0; LONG];
    for _ in 0..20 {
        mpi::point_to_point::send_receive_into(
            &mine[..],
            &other,
            &mut theirs[..],
            &other,
        );
    }
}

fn waits_in_any_order(world: &World) {
    let (rank, size) = me(world);
    if rank != 0 {
        sleep(LONG_TIME / 2 * (size - rank) as u32);
        return world.process_at_rank(0).send(&rank);
    }
    let mut numbers = vec![0; size as usize];
    multiple_scope(numbers.len(), |scope, requests| {
        for number in numbers.iter_mut().skip(1) {
            requests.add(world.any_process().immediate_receive_into(scope, number));
        }
        while requests.incomplete() > 0 {
            requests.wait_any();
        }
    });
}

fn slow_chain(world: &World) {
    let (rank, size) = me(world);
    if rank > 0 {
        world.process_at_rank(rank - 1).receive_vec::<i32>();
    }
    sleep(LONG_TIME / 2);
    if rank + 1 < size {
        world.process_at_rank(rank + 1).send(&vec![rank; LONG][..]);
    }
    world.barrier();
}

/// MPI in two threads: this rank is not followed, and the others wait for it.
fn second_thread_sends(world: &World) {
    let other = world.process_at_rank(1 - world.rank());
    if world.rank() == 1 {
        other.receive::<i32>();
        return;
    }
    thread::scope(|threads| {
        threads.spawn(|| {
            sleep(LONG_TIME);
            mpi::topology::SimpleCommunicator::world().process_at_rank(1).send(&1);
        });
    });
}

fn immediate_collectives(world: &World) {
    let (rank, mut sum) = (world.rank(), 0);
    scope(|scope| {
        let request = world.immediate_all_reduce_into(
            scope,
            &rank,
            &mut sum,
            SystemOperation::sum(),
        );
        // The others wait for the second, which the first does not need.
        let second = world.immediate_barrier();
        sleep(LONG_TIME * u32::from(rank == 0));
        second.wait();
        request.wait();
    });
}
