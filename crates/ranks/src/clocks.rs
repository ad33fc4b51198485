//! How far the clocks of the ranks are ahead of rank 0's.

use std::time::Duration;

use harness::clock::{self, Exchange, Offset};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, Destination, Source};

use crate::machines::host_of_each;

/// The offset is taken from the shortest of so many round trips.
const EXCHANGES: usize = 200;

/// How far the clock of each rank is ahead of rank 0's; empty on the other ranks.
///
/// All processes of a machine read the same clock: there the offset is exactly
/// zero. On each further machine the first rank exchanges messages with rank 0,
/// and its offset holds for all ranks there.
///
/// Collective: every rank must call it.
pub fn offsets(world: &SimpleCommunicator) -> Vec<Offset> {
    let hosts = host_of_each(world);
    let mut offsets: Vec<Offset> = Vec::new();
    for (rank, host) in hosts.iter().enumerate() {
        let first = hosts.iter().position(|other| other == host).expect("its own");
        let offset = match first {
            0 => Offset::default(),
            _ if first < rank => offsets[first],
            _ => exchange(world, rank as i32),
        };
        offsets.push(offset);
    }
    if world.rank() == 0 { offsets } else { Vec::new() }
}

/// How far the clock of `rank` is ahead, on rank 0; meaningless on the others.
fn exchange(world: &SimpleCommunicator, rank: i32) -> Offset {
    let nanoseconds = || clock::now().as_nanos() as u64;
    if world.rank() == rank {
        let root = world.process_at_rank(0);
        for _ in 0..EXCHANGES {
            root.receive::<u64>();
            root.send(&nanoseconds());
        }
    }
    if world.rank() != 0 {
        return Offset::default();
    }
    let other = world.process_at_rank(rank);
    let exchange = |_| {
        let sent = clock::now();
        other.send(&0_u64);
        let (answered, _) = other.receive::<u64>();
        let answered = Duration::from_nanos(answered);
        Exchange { sent, answered, received: clock::now() }
    };
    Offset::estimate(&(0..EXCHANGES).map(exchange).collect::<Vec<_>>())
}
