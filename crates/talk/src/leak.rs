//! The check that what students get of the talk shows no solution.
//!
//! A line of a region is secret if it has at least 16 characters and does not stand
//! outside of all regions as well, in any source of the crates: as in the handout.

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value;

use crate::{code, reference};

/// Shorter lines say nothing about a solution.
const TELLING: usize = 16;

/// Makes sure that no secret line is in `material`, nor in the sources of the slides.
///
/// # Errors
///
/// The first such line.
pub fn check(root: &Path, material: &Value) -> Result<(), String> {
    let crates = root.join("crates");
    let (mut secret, mut given) = (HashSet::new(), HashSet::new());
    for (path, text) in reference::texts(&crates, "rs")? {
        // What only a test and the solution share would be a hint; and course and talk
        // speak of markers.
        let inside = path.strip_prefix(&crates).unwrap_or(&path);
        let is_of = |name: &str| inside.components().any(|part| part.as_os_str() == name);
        if is_of("tests") || is_of("course") || is_of("talk") {
            continue;
        }
        let (of_students, of_others) = code::parted(&text);
        secret.extend(
            of_students.into_iter().filter(|line| line.chars().count() >= TELLING),
        );
        given.extend(of_others);
    }
    let secrets: Vec<&String> = secret.difference(&given).collect();
    if secrets.is_empty() {
        return Err(format!("no solution in {}: is it a handout?", crates.display()));
    }
    let mut shown = Vec::new();
    strings(material, &mut shown);
    for (_, text) in reference::texts(&root.join("crates/talk/slides"), "typ")? {
        shown.push(text);
    }
    let given_away =
        secrets.into_iter().find(|line| shown.iter().any(|text| text.contains(*line)));
    given_away
        .map_or(Ok(()), |line| Err(format!("the slides give a solution away: {line}")))
}

/// All texts in `value`.
fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        Value::Object(map) => map.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_of_a_solution_is_found_wherever_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join("crates").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let heart = "// BEGIN SOLUTION 1.1\nlet middle = rows.end / workers;\nlet known = everywhere(1);\n\
                     // STUB todo!()\n// END SOLUTION\n";
        write("a/src/heart.rs", heart);
        write("a/src/main.rs", "    let known = everywhere(1);\n");
        write("talk/slides/part1.typ", "Nothing here.\n");
        let check = |value: Value| check(folder.path(), &value);
        check(json!({ "code": { "x": "let known = everywhere(1);" } })).unwrap();
        let shown = json!({ "code": { "x": "fn f() {\n    let middle = rows.end / workers;\n}" } });
        assert!(check(shown).unwrap_err().contains("let middle"));
        write(
            "talk/slides/part1.typ",
            "Write #raw(\"let middle = rows.end / workers;\").\n",
        );
        assert!(check(json!({})).unwrap_err().contains("let middle"));
    }
}
