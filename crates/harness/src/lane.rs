//! What one worker did during a run.

use std::ops::Range;
use std::time::Duration;

use crate::clock;

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
    /// When the worker's run began and ended, by [`clock::now`] of its machine.
    pub run: Range<Duration>,
    /// Each tile computed, in order; `None` if no trace is asked for.
    pub spans: Option<Vec<Span>>,
}

/// A tile, and when it was computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// The tile's rows.
    pub tile: Range<usize>,
    /// From when to when, by [`clock::now`] of the worker's machine.
    pub time: Range<Duration>,
    /// The worker's own processor time in it.
    pub busy: Duration,
}

/// A result that knows how much work it took.
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

/// The numbers of a message that every lane has, and those of each span.
const HEAD: usize = 7;
const EACH: usize = 5;

impl Lane {
    /// An empty lane; it remembers each tile if `traced`.
    pub fn new(traced: bool) -> Self {
        Self { spans: traced.then(Vec::new), ..Self::default() }
    }

    /// The result of `work`, which is handed `rows` and computes them.
    pub fn compute<R: Work>(
        &mut self,
        rows: Range<usize>,
        work: impl FnOnce(Range<usize>) -> R,
    ) -> R {
        let tile = rows.clone();
        let (start, processor) = (clock::now(), clock::thread_time());
        let result = work(rows);
        let busy = clock::thread_time().saturating_sub(processor);
        let end = clock::now();
        self.busy += busy;
        self.computing += end - start;
        self.work += result.units();
        self.tiles += 1;
        if let Some(spans) = &mut self.spans {
            spans.push(Span { tile, time: start..end, busy });
        }
        result
    }

    /// Each tile computed, in order; none if no trace is asked for.
    pub fn spans(&self) -> &[Span] {
        self.spans.as_deref().unwrap_or_default()
    }

    /// Converts all times of the lane to another clock.
    pub(crate) fn translate(&mut self, to: impl Fn(Duration) -> Duration) {
        self.run = to(self.run.start)..to(self.run.end);
        for span in self.spans.iter_mut().flatten() {
            span.time = to(span.time.start)..to(span.time.end);
        }
    }

    /// The lane as numbers, for a message to another process; there are some
    /// for every lane, and more with each tile of a traced one.
    pub fn to_numbers(&self) -> Vec<u64> {
        let nanoseconds = |time: Duration| time.as_nanos() as u64;
        let (busy, computing) = (nanoseconds(self.busy), nanoseconds(self.computing));
        let run = [nanoseconds(self.run.start), nanoseconds(self.run.end)];
        let traced = self.spans.is_some().into();
        let mut numbers =
            vec![self.work, self.tiles, busy, computing, run[0], run[1], traced];
        numbers.extend(self.spans().iter().flat_map(|Span { tile, time, busy }| {
            let time = [time.start, time.end, *busy].map(nanoseconds);
            [tile.start as u64, tile.end as u64, time[0], time[1], time[2]]
        }));
        numbers
    }

    /// The lane of a message.
    ///
    /// # Panics
    ///
    /// If [`Lane::to_numbers`] did not make it.
    pub fn from_numbers(numbers: &[u64]) -> Self {
        let time = Duration::from_nanos;
        let (head, spans) = numbers.split_at(HEAD);
        let (spans, rest) = spans.as_chunks::<EACH>();
        assert!(rest.is_empty(), "{} numbers are no lane", numbers.len());
        let span = |&[first, end, from, to, busy]: &[u64; EACH]| Span {
            tile: first as usize..end as usize,
            time: time(from)..time(to),
            busy: time(busy),
        };
        Self {
            work: head[0],
            tiles: head[1],
            busy: time(head[2]),
            computing: time(head[3]),
            run: time(head[4])..time(head[5]),
            spans: (head[6] != 0).then(|| spans.iter().map(span).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeping_worker_is_not_busy() {
        let mut lane = Lane::default();
        lane.compute(0..1, |_| std::thread::sleep(Duration::from_millis(30)));
        assert!(lane.computing >= Duration::from_millis(30), "{lane:?}");
        assert!(lane.busy < Duration::from_millis(20), "{lane:?}");
    }

    #[test]
    fn a_lane_survives_its_message() {
        for numbers in [
            &[0; HEAD][..],
            &[1, 2, 3, 4, 5, 6, 0],
            &[u64::MAX, 0, 1 << 40, 7, 1, 1 << 62, 1],
            &[1, 2, 3, 4, 5, 6, 1, 0, 7, 10, 20, 9, 7, 8, 30, 40, 10],
        ] {
            assert_eq!(Lane::from_numbers(numbers).to_numbers(), numbers);
        }
    }

    #[test]
    fn work_and_tiles_add_up() {
        let mut lane = Lane::default();
        for units in [3_u64, 4, 5] {
            assert_eq!(lane.compute(0..1, |_| units), units);
        }
        assert_eq!((lane.work, lane.tiles), (12, 3));
        assert_eq!(lane.spans(), [], "nobody has asked for a trace");
    }

    #[test]
    fn a_traced_lane_remembers_each_tile_and_its_times() {
        let mut lane = Lane::new(true);
        let before = clock::now();
        for tile in [4..6, 0..1, 9..9] {
            lane.compute(tile, |_| ());
        }
        let tiles: Vec<_> = lane.spans().iter().map(|span| span.tile.clone()).collect();
        assert_eq!(tiles, [4..6, 0..1, 9..9]);
        let bounds = lane.spans().iter().flat_map(|s| [s.time.start, s.time.end]);
        let bounds: Vec<_> = [before].into_iter().chain(bounds).collect();
        assert!(bounds.is_sorted(), "{lane:?}");
        let sum =
            |of: fn(&Span) -> Duration| lane.spans().iter().map(of).sum::<Duration>();
        assert_eq!(sum(|span| span.busy), lane.busy);
        assert_eq!(sum(|span| span.time.end - span.time.start), lane.computing);
    }
}
