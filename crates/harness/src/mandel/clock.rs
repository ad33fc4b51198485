//! The clock, and what it can tell of very short work.

use std::hint::black_box;
use std::time::Instant;

use crate::measure::median;

/// What reading the clock costs, and how short a time it can tell.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// What the clock says of no work at all: the mean, in seconds.
    pub overhead_s: f64,
    /// The time below which work cannot be told from none, in seconds: how far
    /// apart readings of no work at all are, or the clock's step if that is longer.
    pub resolution_s: f64,
}

/// How often no work at all is timed.
const TRIALS: usize = 20_000;

impl Clock {
    /// This machine's clock, found by timing nothing.
    pub fn new() -> Self {
        Self::of((0..TRIALS).map(|_| reading_s(|| 0)).collect())
    }

    /// The clock that gives these readings of no work. One in a hundred at each end is
    /// left out: another program had the processor in between.
    fn of(mut readings_s: Vec<f64>) -> Self {
        readings_s.sort_by(f64::total_cmp);
        let steps = readings_s.windows(2).map(|pair| pair[1] - pair[0]);
        let step_s = steps.filter(|&step| step > 0.0).fold(f64::INFINITY, f64::min);
        let step_s = if step_s.is_finite() { step_s } else { NANOSECOND_S };
        let rim = readings_s.len() / 100;
        let usual_s = &readings_s[rim..readings_s.len() - rim];
        let spread_s = usual_s[usual_s.len() - 1] - usual_s[0];
        Self {
            overhead_s: usual_s.iter().sum::<f64>() / usual_s.len() as f64,
            resolution_s: spread_s.max(step_s),
        }
    }

    /// The seconds that work took by such `readings_s` of it: their median
    /// without the overhead, and 0 where that is below the resolution.
    pub fn time_s(self, readings_s: &[f64]) -> f64 {
        let time_s = median(readings_s) - self.overhead_s;
        if time_s < self.resolution_s { 0.0 } else { time_s }
    }
}

/// The finest step of [`Instant`].
const NANOSECOND_S: f64 = 1e-9;

/// What the clock says of `work`, in seconds; the overhead is part of it.
pub fn reading_s(work: impl FnOnce() -> u32) -> f64 {
    let start = Instant::now();
    // The compiler may not know the result, or it would move the work.
    black_box(work());
    start.elapsed().as_nanos() as f64 * 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_told_from_nothing_takes_no_time() {
        let clock = Clock { overhead_s: 3e-8, resolution_s: 1e-8 };
        for (readings_s, time_s) in [
            (&[3.9e-8][..], 0.0),
            (&[3e-8, 1.0, 2e-8], 0.0),
            (&[1e-7, 9e-8, 1.0], 7e-8),
            (&[7e-8, 9e-8], 5e-8),
        ] {
            let found = clock.time_s(readings_s);
            assert!((found - time_s).abs() < 1e-15, "{readings_s:?}: {found}");
        }
    }

    #[test]
    fn the_resolution_is_the_spread_of_nothing_or_the_step() {
        // A clock of 10 ns whose readings are rounded to 1 ns, and one of 1 us.
        let fine = [[20e-9; 50], [21e-9; 50], [30e-9; 50], [31e-9; 50]].concat();
        let coarse = [vec![0.0; 999], vec![1e-6]].concat();
        for (readings_s, overhead_s, resolution_s) in
            [(fine, 25.5e-9, 11e-9), (coarse, 0.0, 1e-6), (vec![5e-9; 200], 5e-9, 1e-9)]
        {
            let clock = Clock::of(readings_s);
            let case = format!("{clock:?}");
            assert!((clock.overhead_s - overhead_s).abs() < 1e-12, "{case}");
            assert!((clock.resolution_s - resolution_s).abs() < 1e-12, "{case}");
        }
    }
}
