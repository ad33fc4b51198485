//! What every reference of the slides stands for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use harness::program;
use kernels::matmul::{Grid, Shape, words_lower_bound};
use serde_json::{Map, Value, json};

use crate::reference::{self, Reference};
use crate::runs::Runs;
use crate::{code, leak, results};

/// The values of all references: by the function's name, then by the arguments.
///
/// # Errors
///
/// If a reference leads nowhere. Each is said in a line, with its place.
pub fn gather(root: &Path, solved: bool, runs: &Runs) -> Result<Value, String> {
    let references = reference::all(&root.join("crates/talk/slides"))?;
    let mut material: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut wrong = Vec::new();
    let tables = tables(root, &references, &mut wrong);
    for (reference, place) in &references {
        let Reference { kind, arguments } = reference;
        let value = match (kind.as_str(), &arguments[..]) {
            ("code", [path, selectors @ ..]) => read(root, path)
                .and_then(|text| code::select(&text, selectors, solved))
                .map(Value::from),
            ("words", [order, ranks]) => words(order, ranks),
            ("refusal", [path]) => runs.refusal(root, path).map(Value::from),
            ("report", [path, job, ranks]) => read(root, path)
                .and_then(|text| code::select(&text, &[format!("fn {job}")], solved))
                .and_then(|_| runs.report(root, job, ranks))
                .map(Value::from),
            _ => match tables.get(reference) {
                Some(value) => Ok(value.clone()),
                // It is among what is wrong already.
                None => continue,
            },
        };
        match value {
            Ok(value) => {
                material.entry(kind).or_default().insert(arguments.join(" | "), value);
            }
            Err(error) => wrong.push(format!("{place}: {}: {error}", call(reference))),
        }
    }
    match &wrong[..] {
        [] => {
            let material = json!(material);
            if !solved {
                leak::check(root, &material)?;
            }
            Ok(material)
        }
        _ => {
            wrong.iter().for_each(|line| program::say(line));
            Err(format!("the slides name {} times what is not there", wrong.len()))
        }
    }
}

/// Everything that comes from a result file. Each file is taken from results/, if it
/// has all that the slides name, else from results/reference/: numbers of one slide
/// are numbers of one run.
fn tables(
    root: &Path,
    references: &BTreeMap<Reference, String>,
    wrong: &mut Vec<String>,
) -> BTreeMap<Reference, Value> {
    let is_table = |reference: &Reference| {
        ["cell", "rows", "machine", "spans"].contains(&reference.kind.as_str())
    };
    let mut of_file: BTreeMap<&str, Vec<(&Reference, &String)>> = BTreeMap::new();
    for (reference, place) in
        references.iter().filter(|(reference, _)| is_table(reference))
    {
        of_file.entry(&reference.arguments[0]).or_default().push((reference, place));
    }
    let mut found = BTreeMap::new();
    for (name, references) in of_file {
        let mut errors = Vec::new();
        for folder in results::folders(root, name) {
            let path = folder.join(name);
            if !errors.is_empty()
                && folder.ends_with("reference")
                && root.join("results").join(name).exists()
            {
                program::say(&format!(
                    "note: results/{name} lacks what the talk shows: taking that of results/reference"
                ));
            }
            errors.clear();
            let values =
                references.iter().filter_map(|(reference, place)| {
                    match of_table(&path, reference) {
                        Ok(value) => Some(((*reference).clone(), value)),
                        Err(error) => {
                            errors.push(format!("{place}: {}: {error}", call(reference)));
                            None
                        }
                    }
                });
            let values: BTreeMap<Reference, Value> = values.collect();
            if errors.is_empty() {
                found.extend(values);
                break;
            }
        }
        wrong.extend(errors);
    }
    found
}

/// What a reference to the result file `path` stands for.
fn of_table(
    path: &Path,
    Reference { kind, arguments }: &Reference,
) -> Result<Value, String> {
    match (kind.as_str(), &arguments[1..]) {
        ("cell", [column, condition]) => results::cell(path, column, condition),
        ("rows", [columns, condition]) => results::rows(path, columns, condition),
        ("machine", []) => results::machine(path),
        ("spans", []) => results::spans(path),
        _ => Err("wrong number of arguments".into()),
    }
}

/// The words that the busiest of so many ranks receives for matrices of this order:
/// by rows, on the best grid, and the least that any algorithm can do with.
fn words(order: &str, ranks: &str) -> Result<Value, String> {
    let number = |text: &str| text.parse().map_err(|_| format!("{text} is no number"));
    let n: usize = number(order)?;
    let shape = Shape { m: n, k: n, n };
    let row = |ranks: &str| {
        let ranks = number(ranks)?;
        let best = Grid::best(ranks, shape, u64::MAX).ok_or("no grid")?;
        let least = words_lower_bound(ranks, shape);
        // Rows: a block of A, and all of B but what nobody sends.
        let rows = (n * n + n * n / ranks) as f64;
        Ok(json!([ranks, rows, best.words_received(shape), least, best.to_string()]))
    };
    ranks.split(' ').map(row).collect::<Result<Vec<Value>, String>>().map(Value::from)
}

fn read(root: &Path, path: &str) -> Result<String, String> {
    fs::read_to_string(root.join(path)).map_err(|error| error.to_string())
}

/// A reference as a slide has it.
fn call(reference: &Reference) -> String {
    let arguments: Vec<String> =
        reference.arguments.iter().map(|argument| format!("\"{argument}\"")).collect();
    format!("{}({})", reference.kind, arguments.join(", "))
}
