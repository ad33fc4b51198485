//! The records as a CSV file, written whole.

use std::io::{self, Write};
use std::path::Path;

use harness::Error;
use harness::files::Output;
use harness::record::{Figures, field, fields};

use crate::record::Record;

/// The columns of every file, around those of the topic.
const FIRST: [&str; 4] = ["implementation", "program", "strategy", "workers"];
const LAST: [&str; 14] = [
    "median_s",
    "min_s",
    "runs",
    "speedup",
    "efficiency",
    "oversubscribed",
    "result",
    "message",
    "cores",
    "hosts",
    "version",
    "mpi",
    "processor",
    "instructions",
];

/// Writes one line a record, with the topic's `columns` in the middle.
///
/// What a record does not have is an empty field. Numbers are in plain units,
/// as the names say.
///
/// # Errors
///
/// [`Error::Failure`] if the file cannot be written.
pub fn write(path: &Path, columns: &[&str], records: &[Record]) -> Result<(), Error> {
    let columns = [&FIRST, columns, &LAST].concat();
    let lines: Vec<Figures> = records.iter().map(fields).collect();
    Output::create(path)?.write(|file| write_lines(file, &columns, &lines))
}

/// Writes all figures of each line; those of the first are the columns.
///
/// # Errors
///
/// As for [`write()`].
pub fn write_plain(path: &Path, lines: &[Figures]) -> Result<(), Error> {
    let columns: Vec<&str> =
        lines.iter().take(1).flat_map(Figures::keys).map(String::as_str).collect();
    Output::create(path)?.write(|file| write_lines(file, &columns, lines))
}

fn write_lines(file: impl Write, columns: &[&str], lines: &[Figures]) -> io::Result<()> {
    let mut csv = ::csv::Writer::from_writer(file);
    csv.write_record(columns)?;
    for line in lines {
        let fields = columns.iter().map(|&name| line.get(name).map(field));
        csv.write_record(fields.map(Option::unwrap_or_default))?;
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_has_the_columns_in_order_and_empty_fields() {
        let line = fields(&json!({ "b": "x, y", "a": 0.5, "c": null, "unused": 1 }));
        let mut file = Vec::new();
        write_lines(&mut file, &["a", "b", "c", "d"], &[line]).unwrap();
        assert_eq!(String::from_utf8(file).unwrap(), "a,b,c,d\n0.5,\"x, y\",,\n");
    }
}
