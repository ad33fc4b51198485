//! The CSV files that study wrote, as rows of named fields.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use harness::{Error, files, program};

/// One line of a CSV file.
#[derive(Clone, Debug, Default)]
pub struct Row {
    fields: HashMap<String, String>,
}

impl Row {
    /// The field of a column; empty if there is no such column.
    pub fn text(&self, column: &str) -> &str {
        self.fields.get(column).map(String::as_str).unwrap_or_default()
    }

    /// The number in a column, if there is one.
    pub fn number(&self, column: &str) -> Option<f64> {
        self.text(column).parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The whole number in a column; 0 if there is none.
    pub fn count(&self, column: &str) -> usize {
        self.text(column).parse().unwrap_or(0)
    }
}

/// The folder that holds any of the `files` or a trace: `results`, or else the
/// reference in it, which is said.
///
/// # Errors
///
/// [`Error::Failure`] if neither has one.
pub fn folder(results: &Path, files: &[&str]) -> Result<PathBuf, Error> {
    let has_any = |folder: &Path| {
        files.iter().any(|file| folder.join(file).exists()) || !traces(folder).is_empty()
    };
    let reference = results.join("reference");
    if has_any(results) {
        return Ok(results.to_owned());
    }
    let (own, other) = (results.display(), reference.display());
    if !has_any(&reference) {
        return Err(Error::failure(format!(
            "there is no CSV file in {own} or {other}; `make run` writes them"
        )));
    }
    program::say(&format!("note: {own} holds no CSV file: drawing those of {other}"));
    Ok(reference)
}

/// The files `trace-*.json` in `folder`, sorted.
pub fn traces(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_trace = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        name.starts_with(b"trace-") && name.ends_with(b".json")
    };
    let mut files: Vec<PathBuf> = entries.map(|e| e.path()).filter(is_trace).collect();
    files.sort();
    files
}

/// The rows of the CSV file `path`.
///
/// # Errors
///
/// [`Error::Failure`] if it cannot be read or a line has too many or too
/// few fields.
pub fn read(path: &Path) -> Result<Vec<Row>, Error> {
    let cannot = |error: csv::Error| {
        Error::failure(format!("cannot read {}: {error}", path.display()))
    };
    let file = files::open(path).map_err(|error| cannot(error.into()))?;
    let mut reader = csv::Reader::from_reader(file);
    let rows = reader.deserialize().map(|fields| Ok(Row { fields: fields? }));
    rows.collect::<Result<_, _>>().map_err(cannot)
}

/// The values of a column, each once, in order.
pub fn distinct<'a>(rows: &'a [Row], column: &str) -> Vec<&'a str> {
    let mut values: Vec<&str> = Vec::new();
    for row in rows {
        if !values.contains(&row.text(column)) {
            values.push(row.text(column));
        }
    }
    values
}

/// `on 2 cores`, as the rows say.
pub fn on_cores(rows: &[Row]) -> String {
    match rows.iter().map(|row| row.count("cores")).max() {
        None | Some(0) => String::new(),
        Some(1) => "on 1 core".to_owned(),
        Some(cores) => format!("on {cores} cores"),
    }
}

/// `1 worker`, `4 workers`.
pub fn workers(count: usize) -> String {
    format!("{count} worker{}", if count == 1 { "" } else { "s" })
}

/// Rows as tests need them: a header and lines of fields.
#[cfg(test)]
pub fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|fields| Row { fields: fields.unwrap() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_column() {
        let rows = rows("name,x,y\n\"a, b\",1.5,\nc,,inf\n");
        assert_eq!(rows[0].text("name"), "a, b");
        assert_eq!((rows[0].number("x"), rows[1].number("x")), (Some(1.5), None));
        assert_eq!((rows[1].number("y"), rows[1].text("z")), (None, ""));
        assert_eq!(distinct(&rows, "name"), ["a, b", "c"]);
    }
}
