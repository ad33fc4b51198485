//! The clock, and what it can tell of very short work.

use std::hint::black_box;
use std::time::Instant;

/// What reading the clock costs, and how short a time it can tell.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// What the clock says of no work at all: the median, in seconds.
    pub overhead_s: f64,
    /// The time below which work cannot be told from none, in seconds: the
    /// clock's step, or what no work at all seems to take in one of a hundred
    /// readings, whichever is longer.
    pub resolution_s: f64,
}

/// How often no work at all is timed.
const TRIALS: usize = 20_000;

impl Clock {
    /// This machine's clock, found by timing nothing.
    pub fn new() -> Self {
        let mut readings_s: Vec<f64> = (0..TRIALS).map(|_| reading_s(|| 0)).collect();
        readings_s.sort_by(f64::total_cmp);
        let overhead_s = readings_s[TRIALS / 2];
        let noise_s = readings_s[TRIALS - TRIALS / 100] - overhead_s;
        let steps = readings_s.windows(2).map(|pair| pair[1] - pair[0]);
        let step_s = steps.filter(|&step| step > 0.0).fold(f64::INFINITY, f64::min);
        let step_s = if step_s.is_finite() { step_s } else { overhead_s };
        Self { overhead_s, resolution_s: noise_s.max(step_s) }
    }

    /// The seconds that work took by such `readings_s` of it: their median
    /// without the overhead, and 0 where that is below the resolution.
    pub fn time_s(self, readings_s: &mut [f64]) -> f64 {
        readings_s.sort_by(f64::total_cmp);
        let (last, half) = (readings_s.len() - 1, readings_s.len() / 2);
        let median_s = (readings_s[last / 2] + readings_s[half]) / 2.0;
        let time_s = median_s - self.overhead_s;
        if time_s < self.resolution_s { 0.0 } else { time_s }
    }
}

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
            (&mut [3.9e-8][..], 0.0),
            (&mut [3e-8, 1.0, 2e-8], 0.0),
            (&mut [1e-7, 9e-8, 1.0], 7e-8),
            (&mut [7e-8, 9e-8], 5e-8),
        ] {
            let found = clock.time_s(readings_s);
            assert!((found - time_s).abs() < 1e-15, "{readings_s:?}: {found}");
        }
    }

    #[test]
    fn a_clock_has_an_overhead_and_a_resolution() {
        let Clock { overhead_s, resolution_s } = Clock::new();
        assert!((0.0..1e-3).contains(&overhead_s), "{overhead_s}");
        assert!(resolution_s > 0.0 && resolution_s < 1e-2, "{resolution_s}");
    }
}
