//! What a run leaves: lines for people, one JSON object, one line of CSV.

use serde::Serialize;

use crate::measure::Measured;
use crate::{Common, Error, files, program};

mod object;
mod setting;
mod trace;

pub use object::{Figures, Record, field, fields};
pub use setting::{Crew, Setting};

/// Makes sure, before the work, that the record and the trace can be written.
///
/// # Errors
///
/// [`Error::Failure`] if the file of `--csv` or `--trace` cannot be written,
/// [`Error::Usage`] if both name one file.
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
/// `figures` is the topic's share, an object. A summary is one or more
/// lines without the last line's end.
///
/// # Errors
///
/// [`Error::Failure`] if the file or stdout cannot be written.
///
/// # Panics
///
/// If the figures are not an object.
pub fn publish(
    common: &Common,
    setting: &Setting,
    measured: &Measured,
    figures: impl Serialize,
    summary: &str,
) -> Result<(), Error> {
    let record = Record::new(setting, measured, fields(&figures));
    if let Some(path) = &common.trace {
        trace::write(path, setting, measured, &record)?;
    }
    if let Some(path) = &common.csv {
        let (names, values): (Vec<String>, Vec<String>) = fields(&record)
            .iter()
            .map(|(name, value)| (name.clone(), field(value)))
            .unzip();
        files::append(path, &names, &values)?;
    }
    if common.json {
        let object = serde_json::to_string(&record).expect("a record is JSON");
        program::print(&format!("{object}\n"))
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
