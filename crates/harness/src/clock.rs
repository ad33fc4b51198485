//! The clocks of a run: time on the wall, a thread's processor time, and how
//! far the clock of another machine is ahead.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// The time on this machine's clock, since an arbitrary moment.
///
/// All threads and processes of a machine read the same clock, and nobody sets
/// it, so times of two processes can be compared as they are.
pub fn now() -> Duration {
    read(ClockId::Monotonic)
}

/// The processor time that the calling thread has used.
///
/// A clock on the wall would count the time in which another worker has the
/// core: an oversubscribed run would look unbalanced.
pub(crate) fn thread_time() -> Duration {
    read(ClockId::ThreadCPUTime)
}

/// The processor time that this process has used, with all of its threads.
pub(crate) fn process_time() -> Duration {
    read(ClockId::ProcessCPUTime)
}

fn read(clock: ClockId) -> Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(clock);
    Duration::new(tv_sec as u64, tv_nsec as u32)
}

/// When a message went to another machine and its answer came.
#[derive(Clone, Copy, Debug)]
pub struct Exchange {
    /// When the message left, by our clock.
    pub sent: Duration,
    /// When it was answered, by the other machine's clock.
    pub answered: Duration,
    /// When the answer had come, by our clock.
    pub received: Duration,
}

/// How far another machine's clock is ahead of ours, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Offset {
    /// The other clock's time minus ours.
    pub ahead_ns: i64,
    /// The largest possible error, either way.
    pub uncertainty_ns: u64,
}

impl Offset {
    /// The offset of a clock, from the exchange with the shortest round trip.
    ///
    /// The answer was given between sending and receiving, by our clock. Nobody
    /// knows when: we take the middle, and are wrong by half of the round trip
    /// at most. The shortest one tells most (F. Cristian, "Probabilistic clock
    /// synchronization", 1989).
    ///
    /// # Panics
    ///
    /// If there is no exchange.
    pub fn estimate(exchanges: &[Exchange]) -> Self {
        let round_trip = |exchange: &&Exchange| exchange.received - exchange.sent;
        let best = exchanges.iter().min_by_key(round_trip).expect("an exchange");
        let half = round_trip(&best) / 2;
        let middle = best.sent + half;
        Self {
            ahead_ns: best.answered.as_nanos() as i64 - middle.as_nanos() as i64,
            // Rounded up: half a nanosecond may be lost above.
            uncertainty_ns: (round_trip(&best) - half).as_nanos() as u64,
        }
    }

    /// A time of the other clock, as ours would have shown it.
    pub fn to_ours(self, theirs: Duration) -> Duration {
        let theirs = theirs.as_nanos() as u64;
        Duration::from_nanos(theirs.saturating_add_signed(-self.ahead_ns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(sent: u64, answered: u64, received: u64) -> Exchange {
        let [sent, answered, received] =
            [sent, answered, received].map(Duration::from_nanos);
        Exchange { sent, answered, received }
    }

    #[test]
    fn the_shortest_round_trip_tells_the_offset_and_its_half_how_well() {
        for (exchanges, ahead_ns, uncertainty_ns) in [
            (&[exchange(1000, 5050, 1100)][..], 4000, 50),
            (&[exchange(5000, 1050, 5100)], -4000, 50),
            // An odd round trip: the true offset may be 3999 as well as 4001.
            (&[exchange(10, 4011, 11)], 4001, 1),
            // A delayed message and a delayed answer: neither misleads.
            (
                &[
                    exchange(0, 5900, 1000),
                    exchange(2000, 6020, 2040),
                    exchange(3000, 7005, 9000),
                ],
                4000,
                20,
            ),
        ] {
            let expected = Offset { ahead_ns, uncertainty_ns };
            assert_eq!(Offset::estimate(exchanges), expected, "{exchanges:?}");
        }
    }

    #[test]
    fn the_true_offset_lies_within_the_uncertainty() {
        // The clock is 700 ahead; the message takes `there`, the answer `back`.
        for (there, back) in [(0, 90), (90, 0), (13, 14), (1, 1), (0, 1)] {
            let found =
                Offset::estimate(&[exchange(50, 50 + there + 700, 50 + there + back)]);
            let error = found.ahead_ns.abs_diff(700);
            assert!(error <= found.uncertainty_ns, "{there} and {back}: {found:?}");
        }
    }

    #[test]
    fn times_of_another_clock_become_ours() {
        for (ahead_ns, ours) in [(0, 1000), (400, 600), (-400, 1400)] {
            let offset = Offset { ahead_ns, uncertainty_ns: 0 };
            let found = offset.to_ours(Duration::from_nanos(1000));
            assert_eq!(found, Duration::from_nanos(ours), "{ahead_ns}");
        }
    }
}
