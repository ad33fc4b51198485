//! What the chunks of a picture would give each worker: a table for people, a
//! list for the record, and the comparison with the model of a run.

use std::cmp::Ordering;

use kernels::mandel::{TILE, tile_costs};
use kernels::schedule::{Price, Schedule, predict};
use serde_json::{Value, json};

use crate::Error;

/// The schedules that share out a picture, the simplest one first.
pub const SCHEDULES: [Schedule; 3] =
    [Schedule::Block, Schedule::Cyclic, Schedule::Dynamic];

/// What people and files call a schedule by the pieces that it shares out.
fn name(schedule: Schedule) -> &'static str {
    match schedule {
        Schedule::Block => "block",
        Schedule::Cyclic => "cyclic",
        Schedule::Dynamic => "tiles",
    }
}

/// The iterations of each piece that `schedule` shares out, from the top of a picture
/// of that width to its bottom: of rows, or of tiles for dynamic.
pub fn piece_costs(schedule: Schedule, counts: &[u32], width: usize) -> Vec<u64> {
    let size = match schedule {
        Schedule::Block | Schedule::Cyclic => [1, width],
        Schedule::Dynamic => [TILE, TILE],
    };
    tile_costs(counts, width, size)
}

/// What a schedule gives to some workers.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// How the pieces were shared out.
    pub schedule: Schedule,
    /// The work of each worker, in iterations.
    pub work: Vec<u64>,
    /// The busiest worker's work over the mean.
    pub imbalance: f64,
}

impl Share {
    fn least(&self) -> u64 {
        self.work.iter().copied().min().unwrap_or(0)
    }

    fn most(&self) -> u64 {
        self.work.iter().copied().max().unwrap_or(0)
    }

    fn total(&self) -> u64 {
        self.work.iter().sum()
    }

    fn mean(&self) -> f64 {
        self.total() as f64 / self.work.len().max(1) as f64
    }

    fn figures(&self) -> Value {
        json!({
            "workers": self.work.len(),
            "schedule": name(self.schedule),
            "least": self.least(),
            "mean": self.mean(),
            "most": self.most(),
            "imbalance": self.imbalance,
            "work": self.work,
        })
    }
}

/// The list of `shares` for the record.
pub fn chunk_figures(shares: &[Share]) -> Value {
    shares.iter().map(Share::figures).collect()
}

/// A table of `shares`, then one sentence for each number of workers.
pub fn chunk_summary(shares: &[Share]) -> String {
    let header = ["workers", "schedule", "least", "mean", "most", "imbalance"];
    let mut lines = vec![line(&header.map(String::from))];
    lines.extend(shares.iter().map(|share| {
        line(&[
            share.work.len().to_string(),
            name(share.schedule).to_owned(),
            share.least().to_string(),
            format!("{:.0}", share.mean()),
            share.most().to_string(),
            format!("{:.2}", share.imbalance),
        ])
    }));
    lines.push("(the least, the mean and the most iterations that a worker does)".into());
    lines.extend(shares.chunks(SCHEDULES.len()).map(sentence));
    lines.join("\n")
}

fn line([workers, schedule, least, mean, most, imbalance]: &[String; 6]) -> String {
    format!(
        "{workers:>7}  {schedule:<8}  {least:>12}  {mean:>12}  {most:>12}  {imbalance:>9}"
    )
}

/// `3 blocks: the middle worker did 73 % of the work; of tiles the busiest one
/// did 33 %`: what the first and the last of some schedules come to.
fn sentence(shares: &[Share]) -> String {
    let (Some(blocks), Some(tiles)) = (shares.first(), shares.last()) else {
        return String::new();
    };
    let workers = blocks.work.len();
    let part = |share: &Share| percent(share.most() as f64 / share.total() as f64);
    let busiest = blocks.work.iter().position(|&work| work == blocks.most());
    let who = match blocks.imbalance < 1.05 {
        true => "each worker did about".to_owned(),
        false => format!("{} did", who(busiest.unwrap_or(0), workers)),
    };
    let plural = if workers == 1 { "" } else { "s" };
    let (most, even) = (part(blocks), part(tiles));
    format!(
        "{workers} block{plural}: {who} {most} of the work; of tiles the busiest one did {even}"
    )
}

/// `the middle worker`, `worker 2`.
fn who(worker: usize, workers: usize) -> String {
    match (2 * worker + 1).cmp(&workers) {
        Ordering::Equal => "the middle worker".to_owned(),
        _ => format!("worker {worker} of {workers}"),
    }
}

/// `73 %`; a digit more where the part is small, or close to all.
fn percent(part: f64) -> String {
    let decimals = match 100.0 * part {
        10.0..99.5 | 99.95.. => 0,
        1.0..99.95 => 1,
        _ => 2,
    };
    format!("{:.decimals$} %", 100.0 * part)
}

/// Makes sure that `shares` are what the model of a run finds by itself.
///
/// # Errors
///
/// [`Error::Failure`] with the first schedule that differs.
pub fn check_chunks(counts: &[u32], width: usize, shares: &[Share]) -> Result<(), Error> {
    for share in shares {
        let (schedule, workers) = (share.schedule, share.work.len());
        let costs = piece_costs(schedule, counts, width);
        let model = predict(&costs, workers, schedule, Price::default());
        let wrong = |what: String| {
            let name = name(schedule);
            Err(Error::failure(format!("wrong result: {name} on {workers}: {what}")))
        };
        let differs = |&worker: &usize| share.work[worker] != model.work[worker];
        if let Some(worker) = (0..workers).find(differs) {
            let (found, right) = (share.work[worker], model.work[worker]);
            return wrong(format!(
                "worker {worker} has {found} iterations and should have {right}"
            ));
        }
        // No number at all is not close either.
        let is_close = (share.imbalance - model.imbalance()).abs() < 1e-9;
        if !is_close {
            let (found, right) = (share.imbalance, model.imbalance());
            return wrong(format!("the imbalance is {found} and should be {right}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(schedule: Schedule, work: &[u64]) -> Share {
        let mean = work.iter().sum::<u64>() as f64 / work.len() as f64;
        let imbalance = *work.iter().max().unwrap() as f64 / mean;
        Share { schedule, work: work.to_vec(), imbalance }
    }

    #[test]
    fn one_plain_sentence_says_what_happened() {
        for (blocks, tiles, expected) in [
            (
                &[14, 73, 13][..],
                &[34, 33, 33][..],
                "3 blocks: the middle worker did 73 % of the work; \
                 of tiles the busiest one did 34 %",
            ),
            (
                &[50, 50],
                &[51, 49],
                "2 blocks: each worker did about 50 % of the work; \
                 of tiles the busiest one did 51 %",
            ),
            (
                &[995, 0, 3, 2],
                &[250; 4],
                "4 blocks: worker 0 of 4 did 99.5 % of the work; \
                 of tiles the busiest one did 25 %",
            ),
        ] {
            let shares =
                [share(Schedule::Block, blocks), share(Schedule::Dynamic, tiles)];
            assert_eq!(sentence(&shares), expected);
        }
    }

    #[test]
    fn the_table_has_the_least_the_mean_and_the_most() {
        let text = chunk_summary(&[share(Schedule::Block, &[14, 73, 13])]);
        let mut lines =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let names = ["workers", "schedule", "least", "mean", "most", "imbalance"];
        assert_eq!(lines.next().unwrap(), names);
        assert_eq!(lines.next().unwrap(), ["3", "block", "13", "33", "73", "2.19"]);
    }

    #[test]
    fn other_work_than_the_models_is_found() {
        // Two rows of two tiles' width: what the schedules share out differs.
        let counts = [[7; 32], [1; 32]].concat();
        let right = [
            share(Schedule::Block, &[7 * 32, 32]),
            share(Schedule::Cyclic, &[7 * 32, 32]),
            share(Schedule::Dynamic, &[8 * 16, 8 * 16]),
        ];
        check_chunks(&counts, 32, &right).unwrap();
        for number in 0..right.len() {
            let mut shares = right.clone();
            shares[number].work.swap(0, 1);
            shares[number].work[1] += 1;
            let error = check_chunks(&counts, 32, &shares).unwrap_err().to_string();
            assert!(error.contains(name(right[number].schedule)), "{error}");
            let mut shares = right.clone();
            shares[number].imbalance += 0.01;
            let error = check_chunks(&counts, 32, &shares).unwrap_err().to_string();
            assert!(error.contains("imbalance"), "{error}");
        }
    }
}
