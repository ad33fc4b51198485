//! Times of a kernel, each beside a limit that is measured in the same moment.
//!
//! A core's speed changes by the minute. So the limit is measured right before and
//! right after each run, and each share is a share of the limit at that moment.

use std::time::{Duration, Instant};

/// The runs of one kernel, each beside the limit.
#[derive(Default)]
pub struct Samples {
    times_s: Vec<f64>,
    shares: Vec<f64>,
}

impl Samples {
    /// Measures `times` runs of `run`, which returns how much it did; `limit` returns
    /// how much a second can be done. Returns the time of the runs, without the limit's.
    pub fn measure(
        &mut self,
        times: u64,
        mut run: impl FnMut() -> f64,
        mut limit: impl FnMut() -> f64,
    ) -> Duration {
        let mut sum = Duration::ZERO;
        for _ in 0..times {
            let before = limit();
            let start = Instant::now();
            let done = run();
            let time = start.elapsed();
            let limit = (before + limit()) / 2.0;
            self.times_s.push(time.as_secs_f64());
            self.shares.push(done / time.as_secs_f64() / limit);
            sum += time;
        }
        sum
    }

    /// The median time in seconds, and the median share of the limit; `None` if a
    /// filter has left the kernel out.
    pub fn medians(&mut self) -> Option<[f64; 2]> {
        let median = |values: &mut Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied()
        };
        Some([median(&mut self.times_s)?, median(&mut self.shares)?])
    }
}

/// Prints the lines of what was measured under their header, if there are any.
pub fn print(header: &str, lines: &[String]) {
    if !lines.is_empty() {
        println!("\n{header}\n{}", lines.join("\n"));
    }
}

/// How much `work` does in a second; it returns how much it did.
pub fn rate(work: impl FnOnce() -> f64) -> f64 {
    let start = Instant::now();
    let done = work();
    done / start.elapsed().as_secs_f64()
}
