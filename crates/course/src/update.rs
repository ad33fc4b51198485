//! `course handout --update`: what a student wrote, in a newer handout.
//!
//! Only the text of regions is carried over, and the answers. A task is the unit:
//! all its regions in one file, or none. The old folder is only read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

use crate::answers::{self, Answers};
use crate::compare;
use crate::intake::Content;
use crate::marker;
use crate::project::{File, Tree};
use crate::submission;

/// What was carried over, what was not, and why: a line each.
#[derive(Default)]
struct Report {
    carried: String,
    left: String,
}

/// Puts into `tree`, a handout, what was written in `old` in the files `hearts`
/// (crates and paths) and in answers.toml. Says what was carried and what was not.
///
/// # Errors
///
/// If `old` cannot be read, or none of the crates is in it.
pub fn carry(
    tree: &mut Tree,
    hearts: &[(String, String)],
    old: &Path,
) -> Result<String, String> {
    let olds = read(hearts, old)?;
    let mut report = Report::default();
    for (_, path) in hearts {
        let Some(file) = tree.get_mut(path) else { continue };
        let before = match olds.get(path) {
            Some(Content::Bytes(bytes)) => String::from_utf8_lossy(bytes),
            Some(Content::Unread(reason)) => {
                say(&mut report.left, &format!("{path}: {reason}"));
                continue;
            }
            None => {
                say(&mut report.left, &format!("{path}: not there"));
                continue;
            }
        };
        let after = String::from_utf8_lossy(&file.bytes).into_owned();
        file.bytes = carry_file(&mut report, path, &before, &after).into();
    }
    carry_answers(&mut report, tree, &olds);
    name_the_rest(&mut report, tree, hearts, &olds);
    let place = compare::visible(&old.display().to_string());
    let part = |title: &str, lines: &str| match lines {
        "" => String::new(),
        lines => format!("{title} {place}:\n{lines}"),
    };
    Ok(part("carried over from", &report.carried)
        + &part("not carried over from", &report.left))
}

/// The files of `old` by their paths in the project.
fn read(
    hearts: &[(String, String)],
    old: &Path,
) -> Result<BTreeMap<String, Content>, String> {
    let names: BTreeSet<&str> = hearts.iter().map(|(name, _)| name.as_str()).collect();
    let (mut files, mut reason) = (BTreeMap::new(), String::new());
    for name in names {
        match submission::read(old, name) {
            Ok(submission) => files.extend(submission.files),
            Err(error) => reason = error,
        }
    }
    if files.is_empty() { Err(reason) } else { Ok(files) }
}

/// `after`, the newer file, with what was written in `before`, the older one.
fn carry_file(report: &mut Report, path: &str, before: &str, after: &str) -> String {
    let (old, new) = match (regions(before), regions(after)) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(line), _) => {
            let why =
                "a mark is damaged; mend it as the newer file has it, or copy by hand";
            say(&mut report.left, &format!("{path}:{line}: {why}"));
            return after.into();
        }
        (_, Err(line)) => {
            let why = "a mark of the newer file is damaged";
            say(&mut report.left, &format!("{path}:{line}: {why}"));
            return after.into();
        }
    };
    let (old_lines, mut lines): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let mut chosen: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (id, places) in &new {
        let nothing = Vec::new();
        let theirs = old.get(id).unwrap_or(&nothing);
        let pairs = || places.iter().cloned().zip(theirs.iter().cloned());
        let is_same = |(new, old): (Range<usize>, Range<usize>)| {
            compare::is_same(&bare(&old_lines[old]), &bare(&lines[new]))
        };
        let is_open = places.iter().any(|place| has_todo(&lines[place.clone()]));
        let why_not = if theirs.is_empty() {
            "the older file has no such task"
        } else if theirs.len() != places.len() {
            "it has more places to write in now, or fewer; copy by hand"
        } else if pairs().all(is_same) {
            // Not written there, or carried over before.
            if is_open { "not written yet" } else { continue }
        } else if !is_open {
            "written in the newer file already"
        } else {
            say(&mut report.carried, &format!("{id} {path}"));
            chosen.extend(pairs());
            continue;
        };
        say(&mut report.left, &format!("{id} {path}: {why_not}"));
    }
    for id in old.keys().filter(|id| !new.contains_key(*id)) {
        say(&mut report.left, &format!("{id} {path}: the newer file has no such task"));
    }
    let given = |text: &str| {
        compare::cut(text).given.iter().map(|line| line.text.to_owned()).collect()
    };
    let (old_given, new_given): (Vec<String>, Vec<String>) =
        (given(before), given(after));
    if !compare::is_same(&old_given, &new_given) {
        say(&mut report.left, &format!("{path}: {CHANGED}"));
    }
    // From the end, so that the places before stay where they are.
    chosen.sort_by_key(|(new, _)| std::cmp::Reverse(new.start));
    for (new, old) in chosen {
        lines.splice(new, old_lines[old].iter().copied());
    }
    // All is written: then the line that allows what is unused may go, if it went there.
    let is_done =
        !has_todo(&lines) && !old_lines.iter().any(|line| compare::is_allow(line));
    lines.retain(|line| !(is_done && compare::is_allow(line)));
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

const CHANGED: &str =
    "differs outside of the regions, by the newer handout or by your edits";

/// Where the lines of each region stand, by task, counted from 0.
///
/// # Errors
///
/// The number, from 1, of a line whose mark is damaged or has no partner.
fn regions(text: &str) -> Result<BTreeMap<&str, Vec<Range<usize>>>, usize> {
    let mut regions: BTreeMap<&str, Vec<Range<usize>>> = BTreeMap::new();
    let mut open: Option<(&str, usize)> = None;
    for (number, line) in text.lines().enumerate() {
        if !marker::is_mark(line) {
            continue;
        }
        let mark = line.trim();
        let opened = mark.strip_prefix("// >>> ").and_then(|rest| rest.split_once(": "));
        match (opened, mark.strip_prefix("// <<< "), open) {
            (Some((id, _)), _, None) => open = Some((id, number + 1)),
            (None, Some(id), Some((begun, start))) if id == begun => {
                regions.entry(id).or_default().push(start..number);
                open = None;
            }
            _ => return Err(number + 1),
        }
    }
    match open {
        Some((_, start)) => Err(start),
        None => Ok(regions),
    }
}

/// Lines without what a stub says: that may be worded anew.
fn bare(lines: &[&str]) -> Vec<String> {
    let bare = |line: &&str| match line.split_once("todo!(") {
        Some((before, _)) => format!("{before}todo!("),
        None => (*line).to_owned(),
    };
    lines.iter().map(bare).filter(|line| !line.trim().is_empty()).collect()
}

fn has_todo(lines: &[&str]) -> bool {
    lines.iter().any(|line| line.trim_start().starts_with("todo!(\"task "))
}

/// Answers are carried where the newer file has none.
fn carry_answers(report: &mut Report, tree: &mut Tree, olds: &BTreeMap<String, Content>) {
    let Some(Content::Bytes(bytes)) = olds.get(answers::FILE) else { return };
    let old = match answers::read(&String::from_utf8_lossy(bytes)) {
        Ok(old) if old.is_empty() => return,
        Ok(old) => old,
        Err(error) => return say(&mut report.left, &error),
    };
    let template = tree.get(answers::FILE).map_or(&[][..], |file| &file.bytes[..]);
    let template = String::from_utf8_lossy(template).into_owned();
    let present = answers::read(&template).unwrap_or_default();
    let (text, unplaced) = answers::fill(&template, &old);
    let carried = old.len() - unplaced.len();
    if carried > 0 {
        let what = if carried == 1 { "answer" } else { "answers" };
        say(&mut report.carried, &format!("{carried} {what} in {}", answers::FILE));
        let file = File { bytes: text.into(), is_executable: false };
        tree.insert(answers::FILE.into(), file);
    }
    name_unplaced(report, &unplaced, &present);
}

fn name_unplaced(report: &mut Report, unplaced: &Answers, present: &Answers) {
    for (key, answer) in unplaced {
        let why = match present.get(key) {
            Some(there) if there == answer => continue,
            Some(_) => "answered in the newer file already",
            None => "the newer sheets do not ask this",
        };
        say(
            &mut report.left,
            &format!("{} {} in {}: {why}", key.0, key.1, answers::FILE),
        );
    }
}

/// Names the other files of the exercises that are the student's own or differ.
fn name_the_rest(
    report: &mut Report,
    tree: &Tree,
    hearts: &[(String, String)],
    olds: &BTreeMap<String, Content>,
) {
    let is_of_an_exercise = |path: &str| {
        hearts.iter().any(|(name, _)| path.starts_with(&format!("crates/{name}/")))
    };
    let is_heart = |path: &str| hearts.iter().any(|(_, heart)| heart == path);
    for (path, content) in olds {
        if !is_of_an_exercise(path) || is_heart(path) {
            continue;
        }
        match (content, tree.get(path)) {
            (_, None) => say(
                &mut report.left,
                &format!(
                    "{path}: no file of the newer handout; copy it by hand if it is yours"
                ),
            ),
            (Content::Bytes(old), Some(new)) if !same_text(old, &new.bytes) => {
                say(&mut report.left, &format!("{path}: {CHANGED}"));
            }
            _ => {}
        }
    }
}

fn same_text(one: &[u8], other: &[u8]) -> bool {
    let lines = |bytes: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
    };
    lines(one) == lines(other)
}

/// Appends a line to a report.
fn say(report: &mut String, line: &str) {
    writeln!(report, "  {}", compare::visible(line)).expect("a String takes all");
}
