//! What one worker did during a run.

use std::ops::Range;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, Timespec, clock_gettime};

/// The recorder of one worker.
///
/// Whatever a worker computes goes through [`Lane::compute`]; the time in
/// between it waits or communicates. A lane belongs to one thread at a time.
#[derive(Clone, Debug, Default)]
pub struct Lane {
    /// Work done, in counted units: iterations for Mandelbrot, zero for others.
    pub work: u64,
    /// The worker's own processor time in [`Lane::compute`].
    pub busy: Duration,
    /// The time on the clock in [`Lane::compute`].
    pub computing: Duration,
    /// The number of tiles computed.
    pub tiles: u64,
}

/// What can be counted about a piece of work: its result is asked.
pub trait Work {
    /// Counted units of work, such as iterations.
    fn units(&self) -> u64;
}

impl Work for u64 {
    fn units(&self) -> u64 {
        *self
    }
}

impl Work for () {
    fn units(&self) -> u64 {
        0
    }
}

impl Lane {
    /// The result of `work`, which computes the rows `tile`.
    pub fn compute<R: Work>(
        &mut self,
        tile: Range<usize>,
        work: impl FnOnce() -> R,
    ) -> R {
        // Traces will carry the tile; busy time and imbalance do not need it.
        let _ = tile;
        let (clock, processor) = (Instant::now(), thread_time());
        let result = work();
        self.busy += thread_time().saturating_sub(processor);
        self.computing += clock.elapsed();
        self.work += result.units();
        self.tiles += 1;
        result
    }

    /// The lane as numbers, for a message to another process.
    pub fn to_numbers(&self) -> [u64; 4] {
        let nanoseconds = |time: Duration| time.as_nanos() as u64;
        [self.work, self.tiles, nanoseconds(self.busy), nanoseconds(self.computing)]
    }

    /// The lane of a message.
    pub fn from_numbers([work, tiles, busy, computing]: [u64; 4]) -> Self {
        let (busy, computing) =
            (Duration::from_nanos(busy), Duration::from_nanos(computing));
        Self { work, busy, computing, tiles }
    }
}

/// The processor time that the calling thread has used.
///
/// A clock on the wall would count the time in which another worker has the
/// core: an oversubscribed run would look unbalanced.
fn thread_time() -> Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(tv_sec as u64, tv_nsec as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeping_worker_is_not_busy() {
        let mut lane = Lane::default();
        lane.compute(0..1, || std::thread::sleep(Duration::from_millis(30)));
        assert!(lane.computing >= Duration::from_millis(30), "{lane:?}");
        assert!(lane.busy < Duration::from_millis(20), "{lane:?}");
    }

    #[test]
    fn a_lane_survives_its_message() {
        for numbers in [[0; 4], [1, 2, 3, 4], [u64::MAX, 0, 1 << 40, 7]] {
            assert_eq!(Lane::from_numbers(numbers).to_numbers(), numbers);
        }
    }

    #[test]
    fn work_and_tiles_add_up() {
        let mut lane = Lane::default();
        for units in [3_u64, 4, 5] {
            assert_eq!(lane.compute(0..1, || units), units);
        }
        assert_eq!((lane.work, lane.tiles), (12, 3));
    }
}
