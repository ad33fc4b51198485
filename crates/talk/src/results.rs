//! Numbers for a slide: tables that study and compare wrote, traces that programs wrote.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// A line of a table, by the names of its columns.
type Row = HashMap<String, String>;

/// The folders in which a result file may lie, best first.
pub fn folders(root: &Path, name: &str) -> Vec<PathBuf> {
    match name.ends_with(".md") {
        true => vec![root.to_owned()],
        false => vec![root.join("results"), root.join("results/reference")],
    }
}

/// The value of `column` in the one row of the file in which `condition` holds.
///
/// # Errors
///
/// If there is no such file, column or value, no such row or several.
pub fn cell(path: &Path, column: &str, condition: &str) -> Result<Value, String> {
    let rows = rows(path, column, condition)?;
    match rows.as_array().map_or(&[][..], Vec::as_slice) {
        [row] if row[0] != "" => Ok(row[0].clone()),
        [_] => Err(format!("no {column} where {condition}")),
        rows => Err(format!("{} rows where {condition}", rows.len())),
    }
}

/// The values of `columns` (`bytes, median_s`) in the rows in which `condition` holds:
/// all of its parts, as in `workers=2; kernel=fast`.
///
/// # Errors
///
/// If there is no such file, column or row, or not all of them were verified.
pub fn rows(path: &Path, columns: &str, condition: &str) -> Result<Value, String> {
    let table = table(path)?;
    let first = table.first().ok_or("it is empty")?;
    let columns: Vec<&str> = columns.split(',').map(str::trim).collect();
    let conditions: Vec<(&str, &str)> =
        condition.split(';').filter_map(|part| part.trim().split_once('=')).collect();
    for column in columns.iter().chain(conditions.iter().map(|(column, _)| column)) {
        if !first.contains_key(*column) {
            return Err(format!("no column {column}"));
        }
    }
    let holds =
        |row: &&Row| conditions.iter().all(|(column, value)| row[*column] == *value);
    let chosen: Vec<&Row> = table.iter().filter(holds).collect();
    if chosen.is_empty() {
        return Err(format!("no row where {condition}"));
    }
    // A half-solved tree has rows without times.
    if let Some(row) = chosen
        .iter()
        .find(|row| row.get("result").is_some_and(|result| result != "verified"))
    {
        return Err(format!(
            "a row is {}, not verified, where {condition}",
            row["result"]
        ));
    }
    let values = |row: &&Row| columns.iter().map(|column| row[*column].clone()).collect();
    Ok(json!(chosen.iter().map(values).collect::<Vec<Vec<String>>>()))
}

/// Where a table was measured: `2 cores of AMD EPYC`.
///
/// # Errors
///
/// If the file does not say so.
pub fn machine(path: &Path) -> Result<Value, String> {
    let table = table(path)?;
    let row = table.first().ok_or("it is empty")?;
    match (row.get("cores"), row.get("processor")) {
        (Some(cores), Some(name)) if cores == "1" => {
            Ok(json!(format!("one core of {name}")))
        }
        (Some(cores), Some(name)) => Ok(json!(format!("{cores} cores of {name}"))),
        _ => Err("it does not name its machine".into()),
    }
}

/// What the workers of a traced run computed when: for each a list of begin and
/// end in milliseconds, and how long the run took.
///
/// # Errors
///
/// If the file cannot be read, or holds no span.
pub fn spans(path: &Path) -> Result<Value, String> {
    let trace: Value = serde_json::from_str(&read(path)?).map_err(|e| e.to_string())?;
    let mut workers: Vec<(u64, Vec<[f64; 2]>)> = Vec::new();
    for event in trace["traceEvents"].as_array().ok_or("no traceEvents")? {
        if event["name"] != "compute" {
            continue;
        }
        let number = |field: &str| event[field].as_f64().unwrap_or(0.0) / 1e3;
        let (begin, end) = (number("ts"), number("ts") + number("dur"));
        let key = 1000 * event["pid"].as_u64().unwrap_or(0)
            + event["tid"].as_u64().unwrap_or(0);
        match workers.iter_mut().find(|(known, _)| *known == key) {
            // Tiles that follow each other are one bar, as far as anybody can see.
            Some((_, spans)) if begin - spans[spans.len() - 1][1] < 0.3 => {
                let last = spans.len() - 1;
                spans[last][1] = end;
            }
            Some((_, spans)) => spans.push([begin, end]),
            None => workers.push((key, vec![[begin, end]])),
        }
    }
    workers.sort_by_key(|(key, _)| *key);
    let about = &trace["otherData"];
    let end_ms = about["run_us"].as_f64().ok_or("no run_us")? / 1e3;
    if workers.is_empty() {
        return Err("no worker computed anything".into());
    }
    let spans: Vec<_> = workers.into_iter().map(|(_, spans)| spans).collect();
    let imbalance = about["imbalance"].as_f64().unwrap_or(1.0);
    Ok(json!({ "workers": spans, "end_ms": end_ms, "imbalance": imbalance,
               "program": about["program"], "schedule": about["schedule"] }))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| error.to_string())
}

fn table(path: &Path) -> Result<Vec<Row>, String> {
    let text = read(path)?;
    if path.extension().is_some_and(|ending| ending == "md") {
        return Ok(tables_of_page(&text));
    }
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().map_err(|error| error.to_string())
}

/// The rows of all tables of a page, which have the same columns; `section` is the
/// heading above a table.
fn tables_of_page(text: &str) -> Vec<Row> {
    let (mut rows, mut header, mut section) = (Vec::new(), Vec::new(), "");
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix('#') {
            section = heading.trim_start_matches('#').trim();
        }
        let Some(fields) = line.strip_prefix('|').and_then(|l| l.strip_suffix('|'))
        else {
            header.clear();
            continue;
        };
        let fields: Vec<&str> = fields.split('|').map(str::trim).collect();
        if header.is_empty() {
            header = fields;
        } else if !fields[0].starts_with("--") {
            let row =
                header.iter().zip(fields).map(|(k, v)| (k.to_string(), v.to_owned()));
            rows.push(row.chain([("section".to_owned(), section.to_owned())]).collect());
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        (folder, path)
    }

    #[test]
    fn a_cell_is_one_value_of_one_row() {
        let (_folder, path) =
            file("t.csv", "kind,n,s,result\na,1,0.5,verified\nb,1,,verified\n");
        assert_eq!(cell(&path, "s", "kind=a; n=1").unwrap(), "0.5");
        for (column, condition, error) in [
            ("s", "kind=c", "no row where kind=c"),
            ("s", "n=1", "2 rows where n=1"),
            ("t", "kind=a", "no column t"),
            ("s", "sort=a", "no column sort"),
            ("s", "kind=b", "no s where kind=b"),
        ] {
            assert_eq!(cell(&path, column, condition).unwrap_err(), error);
        }
    }

    #[test]
    fn a_row_that_is_not_verified_is_not_shown() {
        let (_folder, path) = file("t.csv", "n,s,result\n1,,not written yet (3.2)\n");
        assert!(rows(&path, "s", "n=1").unwrap_err().contains("not written yet (3.2)"));
    }

    #[test]
    fn tables_of_a_page_are_read_below_their_headings() {
        let page = "# All\n\n## n = 1\n\n| who | s |\n|---|---:|\n| x | 2 |\n\n## n = 2\n\n\
                    | who | s |\n|---|---|\n|   x | 3 |\n";
        let (_folder, path) = file("t.md", page);
        assert_eq!(cell(&path, "s", "section=n = 2; who=x").unwrap(), "3");
    }
}
