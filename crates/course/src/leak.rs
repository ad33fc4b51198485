//! The check that a handout gives no solution away.
//!
//! A line of a region is secret if it has at least 16 characters, blanks around
//! it not counted, and is not given anyway: if it does not stand, outside of all
//! regions, in a Rust source of the project as well. The tests of the exercises
//! are no such source: what only they and the solution share would be a hint.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::{Project, Tree};
use crate::region::{Piece, Region};

/// Shorter lines, such as `});`, say nothing about a solution.
const TELLING: usize = 16;

/// Makes sure that no secret line is in `tree`, the handout with the regions
/// solved that `is_solved` chooses; `project` is the reference.
///
/// # Errors
///
/// The place of the first secret line in the handout and in the reference.
pub fn check(
    project: &Project,
    tree: &Tree,
    is_solved: impl Fn(&str, &Region) -> bool,
) -> Result<(), String> {
    let secrets = secrets(project, is_solved);
    for (path, file) in tree {
        let text = String::from_utf8_lossy(&file.bytes);
        for (number, line) in (1..).zip(text.lines()) {
            if let Some((source, region)) = secrets.get(bare(line)) {
                return Err(format!(
                    "{path}:{number}: this line gives {} away, it stands in the region \
                     at {source}:{}",
                    region.id, region.line
                ));
            }
        }
    }
    Ok(())
}

/// The secret lines, each with the file and the region that it is from.
fn secrets(
    project: &Project,
    is_solved: impl Fn(&str, &Region) -> bool,
) -> BTreeMap<&str, (&str, &Region)> {
    let mut given = given_lines(project);
    for (name, _, region) in project.regions() {
        if is_solved(name, region) {
            given.extend(region.body.iter().map(|line| line.trim()));
        }
    }
    let mut secrets = BTreeMap::new();
    for (_, path, region) in project.regions() {
        for line in region.body.iter().map(|line| line.trim()) {
            if line.chars().count() >= TELLING && !given.contains(line) {
                secrets.entry(bare(line)).or_insert((path, region));
            }
        }
    }
    secrets
}

/// What stands outside of the regions in the Rust sources.
fn given_lines(project: &Project) -> BTreeSet<&str> {
    let mut given = BTreeSet::new();
    for (path, file) in project.tree.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let exercise = project.exercises.iter().find(|(name, _)| is_in(path, name));
        let pieces = exercise.and_then(|(_, exercise)| exercise.files.get(path));
        let is_source =
            exercise.is_none_or(|(name, _)| is_in(path, &format!("{name}/src")));
        match (pieces, str::from_utf8(&file.bytes)) {
            (Some(pieces), _) => {
                given.extend(pieces.iter().filter_map(|piece| match piece {
                    Piece::Given(line) => Some(line.trim()),
                    Piece::Region(_) => None,
                }))
            }
            (None, Ok(text)) if is_source => given.extend(text.lines().map(str::trim)),
            _ => {}
        }
    }
    given
}

fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix("crates/")
        .and_then(|path| path.strip_prefix(folder))
        .is_some_and(|path| path.starts_with('/'))
}

/// `line` without what hides it from a plain search: blanks, comment signs,
/// and the signs of a quotation, a list item or code in a text.
fn bare(line: &str) -> &str {
    let line = line.trim();
    let start = line.trim_start_matches(['/', '!', '#', '>', '*', '-', '`', ' ', '\t']);
    // A line of signs only, such as a ruler, is itself.
    if start.is_empty() { line } else { start.trim_end_matches(['`', ' ']) }
}
