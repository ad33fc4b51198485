//! Warm up, then timed runs; the median, the minimum and what each worker did.

use std::convert::Infallible;
use std::ops::Range;
use std::time::Duration;

use kernels::schedule;

use crate::clock::{self, Offset};
use crate::{Common, Lane, progress, witness};

/// The timed runs of one program.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Seconds of each run, in order: the job's time is its slowest worker's.
    pub samples_s: Vec<f64>,
    /// What each worker did in the run of median time.
    pub lanes: Vec<Lane>,
    /// How far the clock of each worker was ahead of the first one's; none where
    /// that was not asked.
    pub clocks: Vec<Offset>,
}

impl Measured {
    /// Collects the runs: seconds and the workers' lanes of each.
    ///
    /// # Panics
    ///
    /// If `runs` is empty: every program runs at least once.
    pub fn new(runs: Vec<(f64, Vec<Lane>)>) -> Self {
        assert!(!runs.is_empty(), "no timed run");
        let samples_s: Vec<f64> = runs.iter().map(|run| run.0).collect();
        let mut order: Vec<usize> = (0..runs.len()).collect();
        order.sort_by(|&i, &j| samples_s[i].total_cmp(&samples_s[j]));
        let median_run = order[(runs.len() - 1) / 2];
        let lanes = runs.into_iter().nth(median_run).map(|run| run.1).unwrap_or_default();
        Self { samples_s, lanes, clocks: Vec::new() }
    }

    /// The same with all times by the clock of the first worker, whose own was
    /// as far behind the others as `clocks` says.
    ///
    /// # Panics
    ///
    /// If there is not one clock for each worker.
    pub fn aligned(mut self, clocks: Vec<Offset>) -> Self {
        assert_eq!(clocks.len(), self.lanes.len(), "clocks of the workers");
        for (lane, clock) in self.lanes.iter_mut().zip(&clocks) {
            lane.translate(|time| clock.to_ours(time));
        }
        Self { clocks, ..self }
    }

    /// From the first worker's start to the last one's end, in the run of median
    /// time.
    pub fn run(&self) -> Range<Duration> {
        let runs = || self.lanes.iter().map(|lane| &lane.run);
        let start = runs().map(|run| run.start).min().unwrap_or_default();
        start..runs().map(|run| run.end).max().unwrap_or(start)
    }

    /// The median of the runs in seconds; of two middle ones their mean.
    pub fn median_s(&self) -> f64 {
        median(&self.samples_s)
    }

    /// The fastest run in seconds.
    pub fn min_s(&self) -> f64 {
        self.samples_s.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The processor time of each worker in seconds, in the median run.
    pub fn busy_s(&self) -> Vec<f64> {
        self.lanes.iter().map(|lane| lane.busy.as_secs_f64()).collect()
    }

    /// Whether any work was recorded: whose did not go through
    /// [`Lane::compute`] has no times.
    pub fn is_recorded(&self) -> bool {
        self.lanes.iter().any(|lane| lane.tiles > 0)
    }

    /// The longest time that a worker spent computing, in seconds.
    pub fn compute_s(&self) -> f64 {
        self.lanes.iter().map(|lane| lane.computing.as_secs_f64()).fold(0.0, f64::max)
    }

    /// What is left of the median run's time beside [`Measured::compute_s`]:
    /// communicating, and waiting for others.
    pub fn communicate_s(&self) -> f64 {
        (self.middle_s() - self.compute_s()).max(0.0)
    }

    /// The time of the run that the lanes are from.
    fn middle_s(&self) -> f64 {
        let mut sorted = self.samples_s.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[(sorted.len() - 1) / 2]
    }

    /// The busiest worker's work over the mean, in counted units: 1 is balanced.
    pub fn imbalance(&self) -> f64 {
        let work: Vec<u64> = self.lanes.iter().map(|lane| lane.work).collect();
        schedule::imbalance(&work)
    }
}

/// The median; of an even number of values the mean of the middle two.
///
/// # Panics
///
/// If there is no value.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (lower, upper) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
    (lower + upper) / 2.0
}

/// Runs `work` as often as `common` asks, each time with fresh lanes.
pub fn measure(
    common: &Common,
    workers: usize,
    mut work: impl FnMut(&mut [Lane]),
) -> Measured {
    let measured = try_measure(common, workers, |lanes| {
        work(lanes);
        Ok::<(), Infallible>(())
    });
    let Ok(measured) = measured;
    measured
}

/// The same for work that can fail, such as that of other processes.
///
/// # Errors
///
/// The first error of `work`.
pub fn try_measure<E>(
    common: &Common,
    workers: usize,
    mut work: impl FnMut(&mut [Lane]) -> Result<(), E>,
) -> Result<Measured, E> {
    let mut bar = progress::runs(common);
    let mut timed_run = || {
        let mut lanes = vec![Lane::new(common.trace.is_some()); workers];
        let run = witness::run();
        let start = clock::now();
        work(&mut lanes)?;
        let end = clock::now();
        drop(run);
        lanes.iter_mut().for_each(|lane| lane.run = start..end);
        let seconds = (end - start).as_secs_f64();
        bar.advance();
        Ok((seconds, lanes))
    };
    for _ in 0..common.warmup {
        timed_run()?;
    }
    let runs: Result<_, E> = (0..common.runs).map(|_| timed_run()).collect();
    Ok(Measured::new(runs?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(work: u64) -> Lane {
        Lane { work, ..Lane::default() }
    }

    #[test]
    fn the_lanes_are_those_of_the_median_run() {
        let runs = [(3.0, 30), (1.0, 10), (2.0, 20)];
        let measured = Measured::new(runs.map(|(s, w)| (s, vec![lane(w)])).to_vec());
        assert_eq!(measured.lanes[0].work, 20);
        assert_eq!((measured.median_s(), measured.min_s()), (2.0, 1.0));
    }

    #[test]
    fn imbalance_is_the_largest_share_over_the_mean() {
        for (work, imbalance) in
            [(&[1, 1][..], 1.0), (&[3, 1], 1.5), (&[0, 0], 1.0), (&[4, 0, 0, 0], 4.0)]
        {
            let lanes = work.iter().map(|&work| lane(work)).collect();
            assert_eq!(
                Measured::new(vec![(1.0, lanes)]).imbalance(),
                imbalance,
                "{work:?}"
            );
        }
    }

    #[test]
    fn the_median_of_two_is_their_mean() {
        assert_eq!(median(&[3.0, 1.0]), 2.0);
    }
}
