//! The records as a CSV file, written whole.

use std::io::{self, Write};
use std::path::Path;

use harness::Error;
use harness::files::Output;
use harness::record::quoted;
use serde_json::Value;

use crate::record::Record;

/// The columns of every file, around those of the topic.
const FIRST: [&str; 4] = ["implementation", "program", "strategy", "workers"];
const LAST: [&str; 13] = [
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
];

/// Writes one line a record, with the topic's `columns` in the middle.
///
/// What a record does not have is an empty field. Numbers are in plain units,
/// as the names say.
///
/// # Errors
///
/// [`Error::Failure`] where the file cannot be written.
pub fn write(path: &Path, columns: &[&str], records: &[Record]) -> Result<(), Error> {
    write_plain(path, &[&FIRST, columns, &LAST].concat(), records)
}

/// Writes one line a record, of nothing but `columns`.
///
/// # Errors
///
/// As for [`write()`].
pub fn write_plain(
    path: &Path,
    columns: &[&str],
    records: &[Record],
) -> Result<(), Error> {
    Output::create(path)?.write(|file| lines(file, columns, records))
}

fn lines(file: &mut impl Write, names: &[&str], records: &[Record]) -> io::Result<()> {
    writeln!(file, "{}", names.join(","))?;
    for record in records {
        let fields: Vec<String> =
            names.iter().map(|&name| field(record.get(name))).collect();
        writeln!(file, "{}", fields.join(","))?;
    }
    Ok(())
}

fn field(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => quoted(text),
        Some(other) => quoted(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_has_the_columns_in_order_and_empty_fields() {
        let record = json!({ "b": "x, y", "a": 0.5, "c": null, "unused": 1 });
        let mut file = Vec::new();
        lines(&mut file, &["a", "b", "c", "d"], &[record.as_object().cloned().unwrap()])
            .unwrap();
        assert_eq!(String::from_utf8(file).unwrap(), "a,b,c,d\n0.5,\"x, y\",,\n");
    }
}
