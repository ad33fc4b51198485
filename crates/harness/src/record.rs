//! What a run leaves: lines for people, one JSON object, one line of CSV.

use serde_json::{Map, Value, json};

use crate::measure::Measured;
use crate::options::cores;
use crate::{Common, Error, files, program, trace};

/// Which program ran, and where.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The program's name.
    pub program: &'static str,
    /// The version, which all programs of the workspace share.
    pub version: &'static str,
    /// The MPI library and its version, of an MPI program.
    pub mpi: Option<String>,
    /// Threads, processes or ranks.
    pub workers: usize,
    /// The number of machines.
    pub hosts: usize,
    /// What the workers are.
    pub crew: Crew,
}

/// What the workers of a run are.
#[derive(Clone, Debug)]
pub enum Crew {
    /// Threads of the program.
    Threads,
    /// Processes of the program's own machine.
    Processes,
    /// MPI ranks, and the machine of each.
    Ranks(Vec<String>),
}

impl Setting {
    /// The setting of a program whose workers are threads.
    pub fn here(program: &'static str, workers: usize) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self { program, version, mpi: None, workers, hosts: 1, crew: Crew::Threads }
    }
}

/// Makes sure, before the work, that the record and the trace can be written.
///
/// # Errors
///
/// [`Error::Failure`] where the file of `--csv` or `--trace` cannot be written,
/// [`Error::Usage`] where they are one.
pub fn prepare(common: &Common) -> Result<(), Error> {
    if common.csv.is_some() && common.csv == common.trace {
        return Err(Error::usage("--csv and --trace name the same file"));
    }
    // Checked now and begun later: a run that fails leaves no part of it.
    files::output(common.trace.as_ref())?;
    common.csv.as_ref().map_or(Ok(()), |path| files::check_append(path))
}

/// Writes the trace to `--trace`, appends the record to `--csv` and prints it: as
/// JSON, or `summary` and the times for people.
///
/// `figures` is the topic's share: a JSON object. A summary is one or more
/// lines without the last line's end.
///
/// # Errors
///
/// [`Error::Failure`] where the file or stdout cannot be written.
pub fn publish(
    common: &Common,
    setting: &Setting,
    measured: &Measured,
    figures: Value,
    summary: &str,
) -> Result<(), Error> {
    let record = record(setting, measured, figures);
    if let Some(path) = &common.trace {
        trace::write(path, setting, measured, &record)?;
    }
    if let Some(path) = &common.csv {
        let (names, values): (Vec<String>, Vec<String>) =
            record.iter().map(|(name, value)| (name.clone(), field(value))).unzip();
        files::append(path, &names.join(","), &values.join(","))?;
    }
    if common.json {
        program::print(&format!("{}\n", Value::Object(record)))
    } else {
        let verdict = if common.check { "verified" } else { "not checked" };
        program::print(&format!("{summary}\n{}; {verdict}\n", times(measured)))
    }
}

/// The times for people: `median 0.0123 s, fastest 0.0120 s of 5 runs`.
fn times(measured: &Measured) -> String {
    let runs = measured.samples_s.len();
    let (median, fastest) = (seconds(measured.median_s()), seconds(measured.min_s()));
    let plural = if runs == 1 { "run" } else { "runs" };
    format!("median {median}, fastest {fastest} of {runs} {plural}")
}

/// A time with three significant digits and its unit.
pub fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.1} us", s * 1e6),
        s if s < 1e-2 => format!("{:.2} ms", s * 1e3),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

fn record(setting: &Setting, measured: &Measured, figures: Value) -> Map<String, Value> {
    let Value::Object(mut record) = json!({
        "program": setting.program,
        "version": setting.version,
        "mpi": setting.mpi,
        "workers": setting.workers,
        "hosts": setting.hosts,
        "cores": cores(),
        "median_s": measured.median_s(),
        "min_s": measured.min_s(),
        "samples_s": measured.samples_s,
    }) else {
        unreachable!("the macro makes an object")
    };
    let Value::Object(figures) = figures else { panic!("not an object: {figures}") };
    record.extend(figures);
    record
}

/// A value as a field of a CSV line: arrays with spaces between the items.
fn field(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if !items.iter().any(Value::is_object) => {
            items.iter().map(Value::to_string).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    };
    quoted(&text)
}

/// A field with the quotes of RFC 4180 where it needs them.
pub fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_need_it() {
        for (value, expected) in [
            (json!("plain"), "plain"),
            (json!("a, b"), "\"a, b\""),
            (json!("say \"hi\""), "\"say \"\"hi\"\"\""),
            (json!([1.5, 2]), "1.5 2"),
            (json!(null), ""),
            (json!({"host": 4}), "\"{\"\"host\"\":4}\""),
        ] {
            assert_eq!(field(&value), expected, "{value}");
        }
    }

    #[test]
    fn files_that_cannot_be_written_are_refused_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| Some(folder.path().join(name));
        for (csv, trace, status) in [
            (None, None, None),
            (path("record.csv"), path("trace.json"), None),
            (path("missing/record.csv"), None, Some(1)),
            (None, path("missing/trace.json"), Some(1)),
            (path("same"), path("same"), Some(2)),
        ] {
            let case = format!("{csv:?} and {trace:?}");
            let (runs, warmup, json, check, checked) = (1, 0, false, false, false);
            let common = Common { runs, warmup, json, csv, trace, check, checked };
            let refused = prepare(&common).err().map(|error| error.status());
            assert_eq!(refused, status, "{case}");
        }
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing stays");
    }

    #[test]
    fn a_record_holds_the_common_keys_and_the_topics() {
        let measured = Measured::new(vec![(2.0, vec![]), (1.0, vec![])]);
        let setting = Setting {
            program: "p",
            version: "0",
            mpi: Some("Open MPI, 4.1".into()),
            workers: 3,
            hosts: 1,
            crew: Crew::Threads,
        };
        let record = record(&setting, &measured, json!({"gflops": 7}));
        let names: Vec<&str> = record.keys().map(String::as_str).collect();
        let expected = [
            "program",
            "version",
            "mpi",
            "workers",
            "hosts",
            "cores",
            "median_s",
            "min_s",
            "samples_s",
            "gflops",
        ];
        assert_eq!(names, expected);
        assert_eq!((&record["median_s"], &record["gflops"]), (&json!(1.5), &json!(7)));
    }
}
