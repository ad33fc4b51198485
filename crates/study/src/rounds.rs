//! All implementations in turn, several times over.
//!
//! A machine that others use gets faster and slower by the minute. What is
//! compared is therefore not run one after the other but interleaved: each
//! round starts every implementation once, and the times are pooled.

use harness::record::Record;
use harness::{measure, options, program};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::child::{self, Trouble};
use crate::implementation::Implementation;
use crate::options::Options;

/// An implementation and its outcome.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was run.
    pub implementation: Implementation,
    /// What it printed in each round.
    pub rounds: Vec<Record>,
    /// Why there are no times, if so.
    pub trouble: Option<Trouble>,
}

/// Runs every implementation once in each round; what fails is left out of
/// the rounds that follow, the rest goes on.
pub fn run(options: &Options, implementations: Vec<Implementation>) -> Vec<Row> {
    run_judged(options, implementations, |_| None)
}

/// The same; after the first run of an implementation `judge` says what is
/// wrong with its result, if anything.
pub fn run_judged(
    options: &Options,
    implementations: Vec<Implementation>,
    mut judge: impl FnMut(&Implementation) -> Option<Trouble>,
) -> Vec<Row> {
    let mut rows: Vec<Row> = implementations
        .into_iter()
        .map(|implementation| Row { implementation, rounds: Vec::new(), trouble: None })
        .collect();
    let bar = bar(options.rounds() as usize * rows.len());
    for round in 0..options.rounds() {
        for row in &mut rows {
            let Implementation { workers, .. } = row.implementation;
            bar.set_message(format!("{}, {workers}", row.implementation.name()));
            if row.trouble.is_none() {
                row.run(options, round, &bar);
            }
            if round == 0 && row.trouble.is_none() {
                row.trouble = judge(&row.implementation);
            }
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    rows
}

impl Row {
    fn run(&mut self, options: &Options, round: u32, bar: &ProgressBar) {
        let bar = bar.clone();
        let hear = move |line: &str| {
            // The launcher's command and what students print come out once;
            // errors stand in the table.
            if round == 0 && !line.starts_with("error: ") {
                bar.suspend(|| program::say(line));
            }
        };
        let command = self.implementation.command(options, round);
        match command
            .and_then(|mut command| child::run(&mut command, options.limit(), hear))
        {
            Ok(record) => self.rounds.push(record),
            Err(trouble) => self.trouble = Some(trouble),
        }
    }

    /// The seconds of all timed runs; none if there was trouble.
    pub fn samples_s(&self) -> Vec<f64> {
        if self.trouble.is_some() {
            return Vec::new();
        }
        self.rounds.iter().flat_map(|record| &record.samples_s).copied().collect()
    }

    /// The median of all timed runs in seconds, if there is one.
    pub fn median_s(&self) -> Option<f64> {
        median(&self.samples_s())
    }

    /// The median of a topic's figure over the rounds, if there is one.
    pub fn figure(&self, key: &str) -> Option<f64> {
        let figures =
            self.rounds.iter().filter_map(|record| record.figures.get(key)?.as_f64());
        median(&figures.collect::<Vec<_>>())
    }

    /// Whether there are more workers than the cores that the program found.
    pub fn is_oversubscribed(&self) -> bool {
        let cores = self.rounds.first().map_or(options::cores(), |record| record.cores);
        self.implementation.workers > cores
    }

    /// What the first round says of the topic's figure `key`.
    pub fn value(&self, key: &str) -> Value {
        let figures = self.rounds.first().map(|record| &record.figures);
        figures.and_then(|figures| figures.get(key)).cloned().unwrap_or_default()
    }
}

fn median(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| measure::median(values))
}

/// Compares `keys` of all rows before their times count: a row that differs
/// from the first one (the serial one, where there is one) is wrong.
pub fn agree(rows: &mut [Row], keys: &[&str]) {
    let sound = |row: &&Row| row.trouble.is_none();
    let serial = rows.iter().filter(sound).find(|row| row.implementation.serial);
    let Some(model) = serial.or(rows.iter().find(sound)).cloned() else { return };
    for row in rows {
        let differing = keys.iter().find_map(|&key| row.difference(key, &model));
        row.trouble = row.trouble.take().or(differing);
    }
}

impl Row {
    fn difference(&self, key: &str, model: &Row) -> Option<Trouble> {
        let expected = model.value(key);
        let values = self.rounds.iter().map(|record| record.figures.get(key));
        values.into_iter().find_map(|value| match value {
            None => Some(Trouble::Failed(format!("its JSON lacks {key}"))),
            Some(value) if *value == expected => None,
            Some(value) => Some(Trouble::Wrong(format!(
                "{key} {value}, but {} on {} has {expected}",
                model.implementation.name(),
                model.implementation.workers
            ))),
        })
    }
}

/// A progress bar, hidden unless a person watches.
fn bar(steps: usize) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{bar:30} {pos} of {len}, {eta} left: {msg}");
    ProgressBar::new(steps as u64).with_style(style.expect("the template is well-formed"))
}

/// What a program prints in a round, as tests need it.
#[cfg(test)]
pub fn round(samples_s: &[f64], figures: Value) -> Record {
    use harness::measure::Measured;
    use harness::record::{Setting, fields};

    let runs = samples_s.iter().map(|&seconds| (seconds, vec![])).collect();
    let figures = fields(&figures);
    let record = Record::new(&Setting::here("p", 1), &Measured::new(runs), figures);
    Record { cores: 2, ..record }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::implementation::Start;

    fn row(iterations: &[u64], serial: bool) -> Row {
        let round = |&i| round(&[i as f64, 2.0], json!({ "iterations": i }));
        let mut implementation = Implementation::new("p", "s", Start::Alone, 1, "");
        implementation.serial = serial;
        Row {
            implementation,
            rounds: iterations.iter().map(round).collect(),
            trouble: None,
        }
    }

    #[test]
    fn the_samples_of_all_rounds_are_pooled() {
        let row = row(&[1, 4, 9], false);
        assert_eq!(row.samples_s(), [1.0, 2.0, 4.0, 2.0, 9.0, 2.0]);
        assert_eq!(row.median_s(), Some(2.0));
        assert_eq!(row.figure("iterations"), Some(4.0));
    }

    #[test]
    fn a_row_that_differs_from_the_serial_one_in_any_round_is_wrong() {
        let mut rows = [
            row(&[6, 6], false),
            row(&[5, 5], true),
            row(&[5, 7], false),
            row(&[5], false),
        ];
        agree(&mut rows, &["iterations"]);
        let wrong = rows.map(|row| matches!(row.trouble, Some(Trouble::Wrong(_))));
        assert_eq!(wrong, [true, false, true, false]);
    }

    #[test]
    fn a_row_without_the_figure_has_failed() {
        let mut rows = [row(&[5], true), row(&[5], false)];
        rows[1].rounds[0].figures.remove("iterations");
        agree(&mut rows, &["iterations"]);
        assert_eq!(
            rows[1].trouble,
            Some(Trouble::Failed("its JSON lacks iterations".into()))
        );
    }
}
