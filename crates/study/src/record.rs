//! Records: what the tables and the CSV files say about each implementation.

use harness::options::cores;
use harness::record::{self, Figures};
use serde::{Serialize, Serializer};

use crate::child::Trouble;
use crate::machine::processor;
use crate::rounds::Row;

/// One line of a CSV file and of a table, in plain units: what an implementation's
/// programs printed in all rounds, taken together.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// What the table calls it.
    pub implementation: String,
    /// The program's name.
    pub program: &'static str,
    /// What distinguishes it from others of the same program.
    pub strategy: String,
    /// Threads, processes or ranks.
    pub workers: usize,
    /// The median of all timed runs.
    pub median_s: Option<f64>,
    /// The fastest of them.
    pub min_s: Option<f64>,
    /// How many there were.
    pub runs: usize,
    /// The best serial time / median.
    pub speedup: Option<f64>,
    /// The speed-up of each worker, where each has a core.
    pub efficiency: Option<f64>,
    /// Whether there are more workers than cores.
    pub oversubscribed: bool,
    /// Why there are no times; `None` where the program has verified its result.
    #[serde(flatten, serialize_with = "columns")]
    pub trouble: Option<Trouble>,
    /// The topic's share.
    #[serde(flatten)]
    pub figures: Figures,
    /// The cores of the machine.
    pub cores: usize,
    /// The number of machines.
    pub hosts: usize,
    /// The program's version.
    pub version: String,
    /// The MPI library and its version, of an MPI program.
    pub mpi: Option<String>,
    /// The model of the processor.
    pub processor: &'static str,
    /// The instruction set of the kernels, of a program of ours.
    pub instructions: Option<String>,
}

/// The records of implementations that compute the same thing, so that their
/// times can be compared. `figures` adds the topic's share: an object.
pub fn records<F: Serialize>(rows: &[Row], figures: impl Fn(&Row) -> F) -> Vec<Record> {
    let serial = rows.iter().filter(|row| row.implementation.serial);
    let best = serial.filter_map(Row::median_s).min_by(f64::total_cmp);
    rows.iter().map(|row| record(row, best, record::fields(&figures(row)))).collect()
}

fn record(row: &Row, best_serial: Option<f64>, figures: Figures) -> Record {
    let (median, workers) = (row.median_s(), row.implementation.workers);
    let samples = row.samples_s();
    let speedup = best_serial.and_then(|best| Some(best / median?));
    let oversubscribed = row.is_oversubscribed();
    // What a program that failed could not say is known here.
    let said = row.rounds.first();
    let version = said.map_or(env!("CARGO_PKG_VERSION"), |said| &said.version);
    Record {
        implementation: row.implementation.name(),
        program: row.implementation.program,
        strategy: row.implementation.strategy.clone(),
        workers,
        median_s: median,
        min_s: samples.iter().copied().min_by(f64::total_cmp),
        runs: samples.len(),
        speedup,
        efficiency: speedup.filter(|_| !oversubscribed).map(|s| s / workers as f64),
        oversubscribed,
        trouble: row.trouble.clone(),
        figures,
        cores: said.map_or(cores(), |said| said.cores),
        hosts: said.map_or(1, |said| said.hosts),
        version: version.to_owned(),
        mpi: said.and_then(|said| said.mpi.clone()),
        processor: processor(),
        instructions: said.and_then(|said| said.instructions.clone()),
    }
}

impl Record {
    /// One or a few words on the result, as the column `result` has them.
    pub fn result(&self) -> String {
        let [result, _] = words(&self.trouble);
        result
    }

    /// Whether the times count.
    pub fn is_verified(&self) -> bool {
        self.trouble.is_none()
    }

    /// Whether something went wrong. A task that is not written yet is no
    /// mistake: a handout that is half solved is the normal case. Nor is a peer
    /// that this machine does not have.
    pub fn has_failed(&self) -> bool {
        !matches!(
            self.trouble,
            None | Some(Trouble::NotWritten { .. } | Trouble::NotInstalled(_))
        )
    }

    /// The task that is not written yet, such as `3.2`.
    pub fn unwritten(&self) -> Option<&str> {
        match &self.trouble {
            Some(Trouble::NotWritten { task, .. }) => Some(task),
            _ => None,
        }
    }

    /// Why there are no times, in words.
    pub fn note(&self) -> String {
        words(&self.trouble).join(": ")
    }

    /// A number of the topic's share.
    pub fn figure(&self, key: &str) -> Option<f64> {
        self.figures.get(key)?.as_f64()
    }

    /// A text of the topic's share; empty if there is none.
    pub fn text(&self, key: &str) -> &str {
        self.figures.get(key).and_then(|value| value.as_str()).unwrap_or_default()
    }
}

/// What the columns `result` and `message` say.
fn words(trouble: &Option<Trouble>) -> [String; 2] {
    let verified = || ["verified".to_owned(), String::new()];
    trouble.as_ref().map_or_else(verified, Trouble::words)
}

fn columns<S: Serializer>(trouble: &Option<Trouble>, to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Columns {
        result: String,
        message: String,
    }
    let [result, message] = words(trouble);
    Columns { result, message }.serialize(to)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::implementation::{Implementation, Start};
    use crate::rounds::round;

    fn row(workers: usize, seconds: &[f64], serial: bool) -> Row {
        let mut implementation =
            Implementation::new("p", "s", Start::Workers, workers, "");
        implementation.serial = serial;
        let rounds = seconds.iter().map(|&s| round(&[s], json!({}))).collect();
        Row { implementation, rounds, trouble: None }
    }

    #[test]
    fn speed_up_is_over_the_best_serial_time_and_efficiency_per_worker() {
        let rows = [row(1, &[8.0], true), row(1, &[4.0], true), row(2, &[2.5], false)];
        let records = records(&rows, |_| json!({}));
        let figures = records.iter().map(|r| (r.speedup.unwrap(), r.efficiency.unwrap()));
        assert_eq!(figures.collect::<Vec<_>>(), [(0.5, 0.5), (1.0, 1.0), (1.6, 0.8)]);
    }

    #[test]
    fn efficiency_is_not_quoted_with_more_workers_than_cores() {
        let rows = [row(1, &[8.0], true), row(3, &[4.0], false)];
        let records = records(&rows, |_| json!({}));
        let found = (records[1].speedup, records[1].efficiency);
        assert_eq!((found, records[1].oversubscribed), ((Some(2.0), None), true));
    }

    #[test]
    fn without_times_there_is_a_verdict() {
        let unwritten_yet =
            Trouble::NotWritten { task: "3.2".into(), status: "exit status 101".into() };
        for (trouble, result, failed, exercise) in [
            (unwritten_yet, "not written yet (3.2)", false, Some("3.2")),
            (Trouble::Missing("p"), "missing", true, None),
            (Trouble::NotInstalled("no".into()), "not installed", false, None),
            (Trouble::Failed("no".into()), "failed", true, None),
            (Trouble::Wrong("no".into()), "WRONG", true, None),
        ] {
            let rows = [Row { trouble: Some(trouble), ..row(2, &[4.0], true) }];
            let record = &records(&rows, |_| json!({}))[0];
            assert_eq!(record.result(), result);
            assert_eq!(record.has_failed(), failed, "{result}");
            assert_eq!(record.unwritten(), exercise, "{result}");
            assert_eq!(record.median_s, None, "{result}");
            let written = record::fields(record);
            assert_eq!(written["result"], result);
            assert_eq!(
                record.note(),
                format!("{result}: {}", written["message"].as_str().unwrap())
            );
        }
    }
}
