//! Some are dead while others go on.

use std::thread::sleep;
use std::time::{Duration, Instant};

use mpi::traits::*;

use crate::{Job, World};

pub const JOBS: &[(&str, Job)] = &[
    ("third_computes", third_computes),
    ("third_polls", third_polls),
    ("everybody_polls", everybody_polls),
    ("waits_for_whoever_polls", waits_for_whoever_polls),
];

/// Longer than any test waits for a report.
const EVER: Duration = Duration::from_secs(60);

fn two_are_dead(world: &World, third: impl FnOnce()) {
    match world.rank() {
        2 => third(),
        rank => _ = world.process_at_rank(1 - rank).receive::<i32>(),
    }
    world.barrier();
}

fn third_computes(world: &World) {
    two_are_dead(world, || {
        let start = Instant::now();
        while start.elapsed() < EVER {
            std::hint::spin_loop();
        }
    });
}

fn poll(world: &World, duration: Duration) {
    let start = Instant::now();
    while start.elapsed() < duration && world.any_process().immediate_probe().is_none() {
        sleep(Duration::from_millis(1));
    }
}

fn third_polls(world: &World) {
    two_are_dead(world, || poll(world, EVER));
}

fn everybody_polls(world: &World) {
    poll(world, Duration::from_secs(9));
}

fn waits_for_whoever_polls(world: &World) {
    let other = world.process_at_rank(1 - world.rank());
    if world.rank() == 0 {
        poll(world, Duration::from_secs(9));
        other.send(&1);
    } else {
        other.receive::<i32>();
    }
}
