//! Sends, receives and probes without a partner.

use mpi::topology::{Color, Process};
use mpi::traits::*;

use crate::{Job, LONG, World, me};

pub const JOBS: &[(&str, Job)] = &[
    ("all_receive_first", all_receive_first),
    ("ring_sends_first", ring_sends_first),
    ("long_ring_sends_first", long_ring_sends_first),
    ("tags_differ", tags_differ),
    ("stop_forgotten", stop_forgotten),
    ("master_receives_once_too_often", master_receives_once_too_often),
    ("remainder_rows", remainder_rows),
    ("receives_from_itself", receives_from_itself),
    ("sends_to_itself", sends_to_itself),
    ("wrong_neighbour", wrong_neighbour),
    ("probe_on_both_sides", probe_on_both_sides),
    ("matched_probe_then_receive", matched_probe_then_receive),
    ("never_received", never_received),
    ("short_never_received", short_never_received),
    ("exchange_with_a_sender", exchange_with_a_sender),
    ("replace_with_a_sender", replace_with_a_sender),
    ("wildcard_takes_it", wildcard_takes_it),
    ("world_ranks_in_part", world_ranks_in_part),
    ("other_communicator", other_communicator),
    ("leaves_without_finalize", leaves_without_finalize),
    ("truncated", truncated),
    ("negative_tag", negative_tag),
];

fn all_receive_first(world: &World) {
    let other = world.process_at_rank(1 - world.rank());
    let (number, _) = other.receive::<i32>();
    other.send(&number);
}

fn ring(world: &World, length: usize) {
    let (rank, size) = me(world);
    world.process_at_rank((rank + 1) % size).send(&vec![rank; length][..]);
    world.process_at_rank((rank + size - 1) % size).receive_vec::<i32>();
}

fn ring_sends_first(world: &World) {
    ring(world, 1);
}

fn long_ring_sends_first(world: &World) {
    ring(world, LONG);
}

fn tags_differ(world: &World) {
    if world.rank() == 0 {
        world.process_at_rank(1).receive_with_tag::<i32>(2);
    } else {
        world.process_at_rank(0).send_with_tag(&world.rank(), 1);
    }
}

fn stop_forgotten(world: &World) {
    let (rank, size) = me(world);
    if rank == 0 {
        (1..size).for_each(|worker| world.process_at_rank(worker).send(&worker));
        return;
    }
    let master = world.process_at_rank(0);
    loop {
        master.probe();
        let (task, _) = master.receive::<i32>();
        if task == 0 {
            return;
        }
    }
}

fn master_receives_once_too_often(world: &World) {
    let (rank, size) = me(world);
    if rank != 0 {
        return world.process_at_rank(0).send(&rank);
    }
    for _ in 0..size {
        world.any_process().receive::<i32>();
    }
}

fn remainder_rows(world: &World) {
    let (rank, size) = me(world);
    let rows = |rank: i32| 10 / size + i32::from(rank < 10 % size);
    if rank != 0 {
        return (0..rows(rank)).for_each(|row| world.process_at_rank(0).send(&row));
    }
    for other in 1..size {
        for _ in 0..rows(0) {
            world.process_at_rank(other).receive::<i32>();
        }
    }
}

fn receives_from_itself(world: &World) {
    let (rank, size) = me(world);
    if rank + 1 < size {
        world.process_at_rank(rank + 1).send(&rank);
    }
    // The first has no lower neighbour.
    world.process_at_rank((rank - 1).max(0)).receive::<i32>();
}

fn sends_to_itself(world: &World) {
    let (rank, size) = me(world);
    let numbers = vec![rank; LONG];
    // The last has no upper neighbour.
    world.process_at_rank((rank + 1).min(size - 1)).send(&numbers[..]);
    if rank > 0 {
        world.process_at_rank(rank - 1).receive_vec::<i32>();
    }
}

fn wrong_neighbour(world: &World) {
    let (rank, size) = me(world);
    world.process_at_rank((rank + 1) % size).send(&rank);
    world.process_at_rank((rank + 1) % size).receive::<i32>();
}

fn probe_on_both_sides(world: &World) {
    let other = world.process_at_rank(1 - world.rank());
    other.probe();
    other.send(&1);
    other.receive::<i32>();
}

fn matched_probe_then_receive(world: &World) {
    let other = world.process_at_rank(1 - world.rank());
    if world.rank() == 0 {
        return other.send(&1);
    }
    let (message, _) = other.matched_probe();
    other.receive::<i32>();
    message.matched_receive::<i32>();
}

fn never_received(world: &World) {
    if world.rank() == 0 {
        world.process_at_rank(1).send_with_tag(&vec![1; LONG][..], 7);
    }
}

fn short_never_received(world: &World) {
    if world.rank() == 0 {
        world.process_at_rank(1).send(&vec![1][..]);
    }
}

fn with_a_sender(world: &World, exchange: impl Fn(&Process, &mut i32)) {
    let other = world.process_at_rank(1 - world.rank());
    let mut number = 7;
    if world.rank() == 0 {
        exchange(&other, &mut number);
        assert_eq!(number, 1);
    } else {
        other.send(&1);
    }
}

fn exchange_with_a_sender(world: &World) {
    with_a_sender(world, |other, number| {
        mpi::point_to_point::send_receive_into(&7, other, number, other);
    });
}

fn replace_with_a_sender(world: &World) {
    with_a_sender(world, |other, number| {
        mpi::point_to_point::send_receive_replace_into(number, other, other);
    });
}

fn wildcard_takes_it(world: &World) {
    let (rank, size) = me(world);
    if rank == 0 {
        world.any_process().receive::<i32>();
        world.process_at_rank(2).send(&0);
        for other in 1..size {
            world.process_at_rank(other).receive::<i32>();
        }
    } else {
        if rank == 2 {
            world.process_at_rank(0).receive::<i32>();
        }
        world.process_at_rank(0).send(&rank);
    }
}

fn world_ranks_in_part(world: &World) {
    let even = world.split_by_color(Color::with_value(world.rank() % 2)).expect("a part");
    match world.rank() {
        0 => _ = even.process_at_rank(2).receive::<i32>(),
        2 => even.process_at_rank(0).send(&2),
        _ => {}
    }
}

fn other_communicator(world: &World) {
    let copy = world.duplicate();
    if world.rank() == 0 {
        world.process_at_rank(1).receive::<i32>();
    } else {
        copy.process_at_rank(0).send(&1);
    }
}

fn leaves_without_finalize(world: &World) {
    if world.rank() == 1 {
        std::process::exit(0);
    }
    world.process_at_rank(1).receive::<i32>();
}

fn truncated(world: &World) {
    if world.rank() == 1 {
        return world.process_at_rank(0).send(&[1, 2, 3][..]);
    }
    let mut one = [0];
    world.process_at_rank(1).receive_into(&mut one[..]);
}

fn negative_tag(world: &World) {
    if world.rank() == 0 {
        world.process_at_rank(1).send_with_tag(&1, -7);
    }
    // Without this the send might be jumped to, and leave no line behind.
    world.barrier();
}
