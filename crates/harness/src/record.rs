//! What a run leaves: lines for people, one JSON object, one line of CSV.

use serde::Serialize;

use crate::measure::Measured;
use crate::{Common, Error};

mod object;
mod outputs;
mod setting;
mod trace;

pub use object::{Figures, Record, field, fields};
pub use outputs::Outputs;
pub use setting::{Crew, Setting};

/// Writes the trace to `--trace`, prints the record, as JSON or as `summary` and
/// the times for people, appends it to `--csv`, and gives the files their names.
///
/// `figures` is the topic's share, an object. A summary is one or more
/// lines without the last line's end.
///
/// # Errors
///
/// [`Error::Failure`] if a file or stdout cannot be written; old files are then
/// as they were.
///
/// # Panics
///
/// If the figures are not an object with the names that `outputs` were settled
/// with.
pub fn publish(
    common: &Common,
    outputs: Outputs,
    setting: &Setting,
    measured: &Measured,
    figures: impl Serialize,
    summary: &str,
) -> Result<(), Error> {
    let record = Record::new(setting, measured, fields(&figures));
    outputs.write("--trace", |file| trace::write(file, setting, measured, &record))?;
    let text = if common.json {
        serde_json::to_string(&record).expect("a record is JSON")
    } else {
        let verdict = if common.check { "verified" } else { "not checked" };
        format!("{summary}\n{}; {verdict}", times(measured))
    };
    outputs.publish(&format!("{text}\n"), &fields(&record))
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
