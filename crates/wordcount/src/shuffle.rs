//! The reduce of the fast way, by all ranks.
//!
//! Each word belongs to one rank, by its hash. The ranks send each other what
//! they have counted of each other's words (the shuffle of MapReduce), and each
//! adds up and sorts its own. Rank 0 then merges what is sorted.

use std::mem;

use kernels::words::ROW;
use kernels::words::fast::{Message, Record, Tally, join};
use mpi::point_to_point as p2p;
use mpi::topology::{Process, SimpleCommunicator};
use mpi::traits::*;
use ranks::{Rows, RowsMut};

/// What all ranks have counted, sorted, on rank 0; empty on the other ranks.
pub fn reduce(world: &SimpleCommunicator, tally: &Tally) -> Vec<(String, u64)> {
    let (rank, ranks) = (world.rank(), world.size());
    if ranks == 1 {
        return join(vec![tally.sorted()]);
    }
    let received = exchange(world, tally.split(ranks as usize));
    let mut own = Tally::default();
    own.reserve(received.iter().map(|message| message.short.len()).sum());
    received.iter().for_each(|message| own.merge(message));
    let sorted = own.sorted();
    if rank > 0 {
        send(&world.process_at_rank(0), &sorted);
        return Vec::new();
    }
    let mut all = vec![sorted];
    all.extend((1..ranks).map(|rank| receive(&world.process_at_rank(rank))));
    join(all)
}

/// Sends message r to rank r; returns what this rank has been sent.
fn exchange(world: &SimpleCommunicator, mut messages: Vec<Message>) -> Vec<Message> {
    let (rank, ranks) = (world.rank(), world.size());
    let mut received = vec![mem::take(&mut messages[rank as usize])];
    for distance in 1..ranks {
        let to = world.process_at_rank((rank + distance) % ranks);
        let from = world.process_at_rank((rank - distance).rem_euclid(ranks));
        received.push(swap(&messages[to.rank() as usize], &to, &from));
    }
    received
}

/// The words that rank `from` sends, while this one sends `message` to `to`.
fn swap(message: &Message, to: &Process, from: &Process) -> Message {
    let mut theirs = [0; 2];
    p2p::send_receive_into(&lengths(message), to, &mut theirs, from);
    let mut received = empty(theirs);
    let (short, long) = rows(message);
    let (mut their_short, mut their_long) = rows_mut(&mut received);
    p2p::send_receive_into(&short, to, &mut their_short, from);
    p2p::send_receive_into(&long, to, &mut their_long, from);
    received
}

fn send(to: &Process, message: &Message) {
    to.send(&lengths(message));
    let (short, long) = rows(message);
    to.send(&short);
    to.send(&long);
}

fn receive(from: &Process) -> Message {
    let mut lengths = [0; 2];
    from.receive_into(&mut lengths);
    let mut message = empty(lengths);
    let (mut short, mut long) = rows_mut(&mut message);
    from.receive_into(&mut short);
    from.receive_into(&mut long);
    message
}

fn lengths(message: &Message) -> [usize; 2] {
    [message.short.len(), message.long.len()]
}

/// A message to be received into.
fn empty([short, long]: [usize; 2]) -> Message {
    Message { short: vec![Record::default(); short], long: vec![0; long] }
}

fn rows(message: &Message) -> (Rows<'_, u64>, Rows<'_, u8>) {
    (Rows::new(message.short.as_flattened(), 3), Rows::new(&message.long, ROW))
}

fn rows_mut(message: &mut Message) -> (RowsMut<'_, u64>, RowsMut<'_, u8>) {
    (
        RowsMut::new(message.short.as_flattened_mut(), 3),
        RowsMut::new(&mut message.long, ROW),
    )
}
