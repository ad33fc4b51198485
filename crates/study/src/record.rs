//! Records: what the tables and the CSV files say about each implementation.

use harness::options::cores;
use serde_json::{Value, json};

use crate::child::{Json, Trouble};
use crate::machine::processor;
use crate::rounds::Row;

/// One line of a CSV file and of a table: figures in plain units, by name.
pub type Record = Json;

/// The records of implementations that compute the same thing, so that their
/// times can be compared. `figures` adds the topic's share: a JSON object.
pub fn records(rows: &[Row], figures: impl Fn(&Row) -> Value) -> Vec<Record> {
    let serial = rows.iter().filter(|row| row.implementation.serial);
    let best = serial.filter_map(Row::median_s).min_by(f64::total_cmp);
    let mut records = Vec::new();
    for row in rows {
        let mut record = object(common(row, best));
        record.extend(object(figures(row)));
        record.extend(object(machine(row)));
        records.push(record);
    }
    records
}

fn common(row: &Row, best_serial: Option<f64>) -> Value {
    let (median, workers) = (row.median_s(), row.implementation.workers);
    let samples = row.samples_s();
    let ratio = |reference: Option<f64>| Some(reference? / median?);
    let speedup = ratio(best_serial);
    let oversubscribed = row.is_oversubscribed();
    let efficiency = speedup.filter(|_| !oversubscribed).map(|s| s / workers as f64);
    let (result, message) = verdict(row);
    json!({
        "implementation": row.implementation.name(),
        "program": row.implementation.program,
        "strategy": row.implementation.strategy,
        "workers": workers,
        "median_s": median,
        "min_s": samples.iter().copied().min_by(f64::total_cmp),
        "runs": samples.len(),
        "speedup": speedup,
        "efficiency": efficiency,
        "oversubscribed": oversubscribed,
        "result": result,
        "message": message,
    })
}

/// Where it ran; what a program that failed could not say is known here.
fn machine(row: &Row) -> Value {
    let said = |key, otherwise: Value| match row.value(key) {
        Value::Null => otherwise,
        value => value,
    };
    json!({
        "cores": said("cores", cores().into()),
        "hosts": said("hosts", 1.into()),
        "version": said("version", env!("CARGO_PKG_VERSION").into()),
        "mpi": row.value("mpi"),
        "processor": processor(),
    })
}

/// The result of a row whose program has verified it.
const VERIFIED: &str = "verified";
const NOT_WRITTEN: &str = "not written yet";
const NOT_INSTALLED: &str = "not installed";

/// One or a few words for the column `result`, and what else there is to say.
fn verdict(row: &Row) -> (String, String) {
    match &row.trouble {
        None => (VERIFIED.into(), String::new()),
        Some(Trouble::NotWritten { exercise, status }) => {
            (format!("{NOT_WRITTEN} ({exercise})"), status.clone())
        }
        Some(Trouble::Missing) => {
            let program = row.implementation.program;
            ("missing".into(), format!("cargo build -p {program} makes it"))
        }
        Some(Trouble::NotInstalled(reason)) => (NOT_INSTALLED.into(), reason.clone()),
        Some(Trouble::Failed(message)) => ("failed".into(), message.clone()),
        Some(Trouble::Wrong(message)) => ("WRONG".into(), message.clone()),
    }
}

/// Whether the times of a record count.
pub fn is_verified(record: &Record) -> bool {
    text(record, "result") == VERIFIED
}

/// Whether a record tells of a mistake. An exercise that is not written yet is
/// none: a handout that is half solved is the normal case; nor is a peer that
/// this machine does not have.
pub fn has_failed(record: &Record) -> bool {
    let result = text(record, "result");
    !is_verified(record) && !result.starts_with(NOT_WRITTEN) && result != NOT_INSTALLED
}

/// The exercise that a record calls not written yet, such as `3.2`.
pub fn unwritten(record: &Record) -> Option<&str> {
    text(record, "result")
        .strip_prefix(NOT_WRITTEN)?
        .trim()
        .strip_prefix('(')?
        .strip_suffix(')')
}

/// A field that is a text; empty where there is none.
pub fn text<'a>(record: &'a Record, key: &str) -> &'a str {
    record.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A field that is a number.
pub fn number(record: &Record, key: &str) -> Option<f64> {
    record.get(key)?.as_f64()
}

fn object(value: Value) -> Record {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::implementation::{Implementation, Start};

    fn row(workers: usize, seconds: &[f64], serial: bool) -> Row {
        let mut implementation =
            Implementation::new("p", "s", Start::Workers, workers, "");
        implementation.serial = serial;
        let json = |s: &f64| object(json!({ "samples_s": [s], "cores": 2 }));
        Row { implementation, rounds: seconds.iter().map(json).collect(), trouble: None }
    }

    #[test]
    fn speed_up_is_over_the_best_serial_time_and_efficiency_per_worker() {
        let rows = [row(1, &[8.0], true), row(1, &[4.0], true), row(2, &[2.5], false)];
        let records = records(&rows, |_| json!({}));
        let figures = |key| records.iter().map(|r| number(r, key)).collect::<Vec<_>>();
        assert_eq!(figures("speedup"), [Some(0.5), Some(1.0), Some(1.6)]);
        assert_eq!(figures("efficiency"), [Some(0.5), Some(1.0), Some(0.8)]);
    }

    #[test]
    fn efficiency_is_not_quoted_with_more_workers_than_cores() {
        let rows = [row(1, &[8.0], true), row(3, &[4.0], false)];
        let records = records(&rows, |_| json!({}));
        assert_eq!(number(&records[1], "speedup"), Some(2.0));
        assert_eq!(records[1]["efficiency"], Value::Null);
        assert_eq!(records[1]["oversubscribed"], true);
    }

    #[test]
    fn without_times_there_is_a_verdict() {
        let unwritten_yet = Trouble::NotWritten {
            exercise: "3.2".into(),
            status: "exit status 101".into(),
        };
        for (trouble, result, failed, exercise) in [
            (unwritten_yet, "not written yet (3.2)", false, Some("3.2")),
            (Trouble::Missing, "missing", true, None),
            (Trouble::NotInstalled("no".into()), "not installed", false, None),
            (Trouble::Failed("no".into()), "failed", true, None),
            (Trouble::Wrong("no".into()), "WRONG", true, None),
        ] {
            let rows = [Row { trouble: Some(trouble), ..row(2, &[4.0], true) }];
            let record = &records(&rows, |_| json!({}))[0];
            assert_eq!(text(record, "result"), result);
            assert_eq!(has_failed(record), failed, "{result}");
            assert_eq!(unwritten(record), exercise, "{result}");
            assert_eq!(record["median_s"], Value::Null, "{result}");
        }
    }
}
