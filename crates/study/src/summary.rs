//! What a topic leaves behind, and one line an exercise at the end.

use std::path::PathBuf;

use harness::{Error, program};

use crate::record::Record;
use crate::table::{self, DASH, Line};

/// The outcome of a topic.
#[derive(Debug)]
pub struct Report {
    /// All records of the topic; the first of equals is quoted.
    pub records: Vec<Record>,
    /// The files that were written.
    pub files: Vec<PathBuf>,
}

impl Report {
    /// This one, and what came of a study of the same exercises.
    pub fn and(mut self, other: Self) -> Self {
        self.records.extend(other.records);
        self.files.extend(other.files);
        self
    }
}

/// Names the files that were written, and fails if an implementation has.
///
/// # Errors
///
/// [`Error::Failure`] if an implementation is missing, has failed or is
/// wrong. One that is not written yet is no failure.
pub fn conclude(reports: &[Report]) -> Result<(), Error> {
    let names = reports.iter().flat_map(|report| &report.files);
    let names: Vec<String> = names.map(|path| path.display().to_string()).collect();
    program::print(&format!("\nWritten: {}\n", names.join(", ")))?;

    let records = || reports.iter().flat_map(|report| &report.records);
    match records().filter(|record| record.has_failed()).count() {
        0 => Ok(()),
        failed => Err(Error::failure(format!(
            "{failed} of {} rows failed; the tables say why",
            records().count()
        ))),
    }
}

/// The summary: one line an exercise.
pub fn table(reports: &[Report]) -> String {
    let header = [
        "exercise, its best",
        "workers",
        "median",
        "speed-up",
        "",
        "not written yet, failed",
    ];
    let mut lines = Vec::new();
    for report in reports {
        for program in programs(&report.records) {
            let named = |record: &&Record| record.program == program;
            let records: Vec<&Record> = report.records.iter().filter(named).collect();
            lines.push(exercise(program, &records));
        }
    }
    format!("\nSummary\n\n{}", table::align(&header, &lines))
}

/// The names of the programs, each once, in order.
fn programs(records: &[Record]) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for record in records {
        let name = record.program;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The line of one exercise: the best of its records, and what is missing.
fn exercise(program: &str, records: &[&Record]) -> Line {
    let open = open(records);
    let Some(best) = best(records) else {
        let dashes = [DASH, DASH, DASH, ""].map(String::from);
        return Line::Cells([&[program.to_owned()], &dashes[..], &[open]].concat());
    };
    Line::Cells(vec![
        best.implementation.clone(),
        best.workers.to_string(),
        table::time(best.median_s),
        table::figure(best.speedup, 2),
        best.text("headline").to_owned(),
        open,
    ])
}

/// The record of the highest speed-up; of equals the first.
fn best<'a>(records: &[&'a Record]) -> Option<&'a Record> {
    let speed_up = |record: &Record| record.speedup.unwrap_or(0.0);
    let verified = records.iter().copied().filter(|record| record.is_verified());
    verified
        .reduce(|best, next| if speed_up(next) > speed_up(best) { next } else { best })
}

/// The tasks that are not written yet and the number of failures, in words.
fn open(records: &[&Record]) -> String {
    let mut tasks: Vec<&str> =
        records.iter().filter_map(|record| record.unwritten()).collect();
    tasks.sort();
    tasks.dedup();
    let mut words: Vec<String> = tasks.iter().map(|&name| name.to_owned()).collect();
    match records.iter().filter(|record| record.has_failed()).count() {
        0 => {}
        failed => words.push(format!("{failed} failed")),
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::child::Trouble;
    use crate::implementation::{Implementation, Start};
    use crate::record::records;
    use crate::rounds::{Row, round};

    fn record(strategy: &str, trouble: Option<Trouble>, speedup: f64) -> Record {
        let implementation = Implementation::new("p", strategy, Start::Alone, 2, "");
        let rounds = vec![round(&[1.0], json!({}))];
        let row = Row { implementation, rounds, trouble };
        Record { speedup: Some(speedup), ..records(&[row], |_| json!({})).remove(0) }
    }

    fn open(task: &str) -> Option<Trouble> {
        let (task, status) = (task.to_owned(), "exit status 101".to_owned());
        Some(Trouble::NotWritten { task, status })
    }

    #[test]
    fn the_best_is_the_fastest_that_is_verified() {
        let all = [
            record("slow", None, 0.9),
            record("fast", None, 1.9),
            record("wrong", Some(Trouble::Wrong("no".into())), 2.9),
            record("open", open("3.2"), 2.9),
            record("open too", open("3.1"), 2.9),
        ];
        let text = table(&[Report { records: all.to_vec(), files: vec![] }]);
        let line = text.lines().last().unwrap();
        assert!(line.starts_with("p fast "), "{text}");
        assert!(line.ends_with("3.1, 3.2, 1 failed"), "{text}");
    }

    #[test]
    fn an_exercise_without_any_time_says_what_is_open() {
        let all = vec![record("s", open("1.2"), 2.9)];
        let text = table(&[Report { records: all, files: vec![] }]);
        let line = text.lines().last().unwrap();
        assert!(line.starts_with("p    ") && line.ends_with("  1.2"), "{text}");
    }
}
