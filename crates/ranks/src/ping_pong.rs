//! The price of a message: it goes from rank 0 to rank 1 and back.

use std::iter::once;
use std::thread;
use std::time::Duration;

use harness::Common;
use harness::measure::{Measured, median};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Destination, Source};

use crate::measure;

/// What one message takes.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// Its size in bytes; an empty message still has its envelope.
    pub bytes: usize,
    /// From one rank to the other, in seconds: half of the way there and back,
    /// for ranks of two machines have no common clock.
    pub seconds: f64,
}

/// Messages are of 0 bytes, and of 1 byte to 2^24 bytes (16 MiB).
const LARGEST_POWER: u32 = 24;
/// How often the messages of one size are timed in each run.
const BATCHES: usize = 11;

/// Measures how long messages between ranks 0 and 1 take, by their size, as often
/// as `common` asks. Rank 0 gets the runs, each over all sizes, and the median time
/// by size; the other ranks get `None`.
///
/// All messages use the same two buffers, as is usual in ping-pongs: a message comes
/// from a cache if it fits in there. The other ranks sleep.
///
/// Collective: every rank must call it.
///
/// # Panics
///
/// If there is one rank only, or what comes back is not what was sent.
pub fn ping_pong(
    world: &SimpleCommunicator,
    common: &Common,
) -> Option<(Measured, Vec<Message>)> {
    assert!(world.size() > 1, "one rank has nobody to send to");
    let mut runs: Vec<Vec<f64>> = Vec::new();
    let measured = measure(world, common, |_lane| {
        match world.rank() {
            0 => runs.push(sizes().map(|bytes| ping(world, bytes)).collect()),
            1 => sizes().for_each(|bytes| pong(world, bytes)),
            _ => {}
        }
        wait_asleep(world);
    })?;
    let timed = &runs[common.warmup as usize..];
    let of_size = |number: usize| timed.iter().map(move |run| run[number]);
    let message = |(number, bytes)| {
        let seconds: Vec<f64> = of_size(number).collect();
        Message { bytes, seconds: median(&seconds) }
    };
    Some((measured, sizes().enumerate().map(message).collect()))
}

fn sizes() -> impl Iterator<Item = usize> {
    once(0).chain((0..=LARGEST_POWER).map(|power| 1 << power))
}

/// How often a message goes to and fro in one batch, which is timed as a whole:
/// a small one takes not much longer than reading the clock.
fn trips(bytes: usize) -> usize {
    const MOST_TRIPS: usize = 50;
    const ENOUGH_BYTES: usize = 1 << 20;
    (ENOUGH_BYTES / bytes.max(1)).clamp(1, MOST_TRIPS)
}

/// Rank 0: the median time of a message of so many bytes, in seconds.
fn ping(world: &SimpleCommunicator, bytes: usize) -> f64 {
    let partner = world.process_at_rank(1);
    // Never 0, which the places for messages hold at first.
    let sent: Vec<u8> = (0..bytes).map(|i| (i % 251 + 1) as u8).collect();
    let mut back = vec![0; bytes];
    let batch = |_| {
        let start = mpi::time();
        for _ in 0..trips(bytes) {
            partner.send(&sent[..]);
            partner.receive_into(&mut back[..]);
        }
        (mpi::time() - start) / (2 * trips(bytes)) as f64
    };
    let seconds: Vec<f64> = (0..BATCHES).map(batch).collect();
    assert!(back == sent, "{bytes} bytes came back changed");
    median(&seconds)
}

/// Rank 1: sends back what comes.
fn pong(world: &SimpleCommunicator, bytes: usize) {
    let partner = world.process_at_rank(0);
    let mut ball = vec![0_u8; bytes];
    for _ in 0..BATCHES * trips(bytes) {
        partner.receive_into(&mut ball[..]);
        partner.send(&ball[..]);
    }
}

/// Waits for ranks 0 and 1 without taking a core from them: in a barrier MPI
/// would look for messages all the time.
fn wait_asleep(world: &SimpleCommunicator) {
    let mut barrier = world.immediate_barrier();
    while let Err(waiting) = barrier.test() {
        barrier = waiting;
        thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_batch_has_a_trip_and_none_sends_for_ever() {
        assert_eq!(sizes().take(4).collect::<Vec<_>>(), [0, 1, 2, 4]);
        assert_eq!(sizes().last(), Some(16 << 20));
        for bytes in sizes() {
            assert!((1..=50).contains(&trips(bytes)), "{bytes}");
            assert!(bytes * trips(bytes) <= bytes.max(1 << 20), "{bytes}");
        }
    }
}
