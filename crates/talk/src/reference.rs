//! What the slides refer to, found in their sources.
//!
//! A slide never holds code or a measured number itself. It says where it stands, by
//! a call such as `code("crates/mpi-hello/src/greet.rs", "fn greet")`. Every argument
//! is a string, written out: so this program finds all calls without Typst, and Typst
//! finds what they stand for in one file. A call that was missed here fails there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The kinds of references: the functions of `slides/material.typ`.
const KINDS: [&str; 8] =
    ["code", "cell", "rows", "machine", "spans", "words", "refusal", "report"];

/// A call in the source of a slide.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The function.
    pub kind: String,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// The references in the Typst files of `folder`, each with the place of the first.
///
/// # Errors
///
/// If the folder cannot be read, or code was typed into a slide.
pub fn all(folder: &Path) -> Result<BTreeMap<Reference, String>, String> {
    let mut found = BTreeMap::new();
    for (path, text) in texts(folder, "typ")? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        for (line, reference) in of_text(&text) {
            found.entry(reference).or_insert(format!("{name}:{line}"));
        }
        // What is typed there grows old: nobody compiles it.
        if let Some(start) = text.find("```") {
            let line = line_of(&text, start);
            return Err(format!("{name}:{line}: take code from a crate, by code(..)"));
        }
    }
    Ok(found)
}

/// The files below `folder` whose names end so, with their texts, in order.
///
/// # Errors
///
/// If a folder or file cannot be read.
pub fn texts(folder: &Path, ending: &str) -> Result<Vec<(PathBuf, String)>, String> {
    let cannot = |error| format!("cannot read {}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(cannot)?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(texts(&path, ending)?);
        } else if path.extension().is_some_and(|found| found == ending) {
            let text = fs::read_to_string(&path).map_err(cannot)?;
            found.push((path, text));
        }
    }
    Ok(found)
}

/// The references in `text`, each with its line.
fn of_text(text: &str) -> Vec<(usize, Reference)> {
    let strings = r#"\(((?:\s*"[^"]*"\s*,?)+)\s*\)"#;
    let call = Regex::new(&format!(r"\b({}){strings}", KINDS.join("|"))).unwrap();
    let string = Regex::new(r#""([^"]*)""#).unwrap();
    let reference = |found: regex::Captures| {
        let arguments = string.captures_iter(&found[2]).map(|text| text[1].to_owned());
        let kind = found[1].to_owned();
        let start = found.get(0).map_or(0, |whole| whole.start());
        (line_of(text, start), Reference { kind, arguments: arguments.collect() })
    };
    call.captures_iter(text).map(reference).collect()
}

fn line_of(text: &str, start: usize) -> usize {
    1 + text[..start].matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_over_several_lines_and_inside_of_others() {
        let text =
            "#code(\n  \"a.rs\",\n  \"fn f\",\n)\n#ratio(cell(\"x.csv\", \"s\", \"\"))";
        let found: Vec<_> = of_text(text)
            .into_iter()
            .map(|(line, reference)| (line, reference.kind, reference.arguments))
            .collect();
        let strings =
            |words: &[&str]| words.iter().map(|word| word.to_string()).collect();
        assert_eq!(
            found,
            [
                (1, "code".to_owned(), strings(&["a.rs", "fn f"])),
                (5, "cell".to_owned(), strings(&["x.csv", "s", ""])),
            ]
        );
    }

    #[test]
    fn what_is_no_call_of_ours_is_left_alone() {
        assert_eq!(of_text("#barcode(\"x\") #code(file) #let code(..) = 1"), []);
    }
}
