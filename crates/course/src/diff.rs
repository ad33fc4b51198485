//! `course diff`: how a student's crate differs from the reference.
//!
//! Inside a region the student is compared with the reference, outside of all
//! regions with the handout, where nothing was to be changed.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::compare::{self, Numbered};
use crate::intake::Content;
use crate::project::{self, Project, Tree};
use crate::region::{self, Piece, Region};
use crate::submission::{self, Submission};
use crate::{Failure, answers};

/// The command line of `course diff`.
#[derive(clap::Args, Debug)]
pub struct DiffArgs {
    /// The exercise, as mandel-threads
    #[arg(value_name = "CRATE")]
    name: String,
    /// What the student hands in: a folder, .tar.gz, .tar.xz or .zip, of the project or of the crate
    #[arg(long, value_name = "PATH")]
    submission: PathBuf,
}

/// What the comparison has to say: about the regions, and about all else.
#[derive(Default)]
struct Report {
    regions: String,
    outside: String,
}

/// A report for the teacher. Differences are no failure.
///
/// # Errors
///
/// If the crate is no exercise, or the project or the submission is unreadable.
pub fn diff(root: &Path, args: &DiffArgs) -> Result<String, Failure> {
    let name = &args.name;
    let project = project::load(root)?;
    let Some(exercise) = project.exercises.get(name) else {
        let known: Vec<&str> = project.exercises.keys().map(String::as_str).collect();
        let message = format!("{name} is no exercise; there are {}", known.join(", "));
        return Err(Failure::CommandLine(message));
    };
    let submission = submission::read(&args.submission, name)?;
    let handout = project.render(|_, _| false);
    let mut report = report(&project, name, &handout, &submission);
    if exercise.files.is_empty() {
        report.regions.push_str("nothing to write in this exercise\n");
    }

    let outside = match report.outside.as_str() {
        "" => "outside of the regions: as handed out\n".into(),
        lines => format!("outside of the regions:\n{lines}"),
    };
    // Component by component: an empty folder adds no final slash.
    let place: PathBuf = args
        .submission
        .components()
        .chain(Path::new(&submission.folder).components())
        .collect();
    let place = compare::visible(&place.display().to_string());
    let what = if submission.is_whole { "the project" } else { "the crate alone" };
    Ok(format!(
        "{name}: {}\nsubmission: {place} ({what})\n\n{}\n{outside}",
        exercise.title, report.regions
    ))
}

/// What was changed outside of the regions of the crate `name`, a line or more each.
pub fn outside(
    project: &Project,
    name: &str,
    handout: &Tree,
    submission: &Submission,
) -> String {
    report(project, name, handout, submission).outside
}

fn report(
    project: &Project,
    name: &str,
    handout: &Tree,
    submission: &Submission,
) -> Report {
    let mut report = Report::default();
    for (path, pieces) in &project.exercises[name].files {
        compare_regions(&mut report, path, pieces, submission.files.get(path));
    }
    compare_rest(&mut report, project, name, handout, submission);
    report
}

/// Compares a file that has regions.
fn compare_regions(
    report: &mut Report,
    path: &str,
    pieces: &[Piece],
    submitted: Option<&Content>,
) {
    let regions = pieces.iter().filter_map(|piece| match piece {
        Piece::Region(region) => Some(region),
        Piece::Given(_) => None,
    });
    let Some(Content::Bytes(bytes)) = submitted else {
        for region in regions {
            say(
                &mut report.regions,
                &format!("{}: not in the submission ({path})", region.id),
            );
        }
        return say(&mut report.outside, &absence(path, submitted));
    };
    let text = String::from_utf8_lossy(bytes);
    let handout = region::render(pieces, |_| false);
    let damages = damaged_marks(path, &handout, &text);
    if damages.is_empty() {
        let (handout, student) = (compare::cut(&handout), compare::cut(&text));
        for (region, (line, lines)) in regions.zip(&student.regions) {
            compare_region(&mut report.regions, path, region, *line, lines);
        }
        edits(&mut report.outside, path, &handout.given, &student.given);
    } else {
        report.outside.push_str(&damages);
        for region in regions {
            let line =
                format!("{}: marks damaged, see below; {path} as a whole:", region.id);
            say(&mut report.regions, &line);
        }
        let solved = region::render(pieces, |_| true);
        let (old, new): (Vec<&str>, Vec<&str>) = (
            solved.lines().collect(),
            text.lines().filter(|line| !compare::is_allow(line)).collect(),
        );
        unified(&mut report.regions, path, (1, &old), (1, &new));
    }
}

/// Compares `lines`, the student's region that starts in line `line`.
fn compare_region(
    report: &mut String,
    path: &str,
    region: &Region,
    line: usize,
    lines: &[&str],
) {
    let id = &region.id;
    let verdict = if compare::is_same(lines, &region.body) {
        "equals the reference"
    } else if lines.is_empty() && region.stub.is_empty() {
        "no imports added"
    } else if compare::is_same(lines, &region.stub) {
        "not written yet"
    } else {
        "differs from the reference"
    };
    say(report, &format!("{id}: {verdict} ({path}:{line})"));
    if verdict.starts_with("differs") {
        let body: Vec<&str> = region.body.iter().map(String::as_str).collect();
        unified(report, path, (region.line + 1, &body), (line, lines));
    }
}

/// One line for each mark of the handout that is missing and each that is new.
fn damaged_marks(path: &str, handout: &str, student: &str) -> String {
    let (expected, found) = (compare::marks(handout), compare::marks(student));
    let (old, new) = (texts(&expected), texts(&found));
    let mut damages = String::new();
    for (missing, unknown) in compare::changes(&old, &new) {
        for mark in &expected[missing] {
            let Numbered { number, text } = mark;
            say(
                &mut damages,
                &format!("{path}:{number}: mark missing, here in the handout: {text}"),
            );
        }
        for mark in &found[unknown] {
            let Numbered { number, text } = mark;
            say(
                &mut damages,
                &format!("{path}:{number}: not a mark of the handout: {text}"),
            );
        }
    }
    damages
}

/// Compares the files that have no region: those of the crate line by line, the
/// others only in whether they were edited. Another exercise has its own diff.
fn compare_rest(
    report: &mut Report,
    project: &Project,
    name: &str,
    handout: &Tree,
    submission: &Submission,
) {
    let regions = &project.exercises[name].files;
    let outside = &mut report.outside;
    for (path, file) in handout.iter().filter(|(path, _)| !regions.contains_key(*path)) {
        let is_own = crate_of(path) == Some(name);
        match submission.files.get(path) {
            _ if is_others(project, name, path) => {}
            Some(Content::Bytes(bytes)) => {
                compare_file(outside, path, &file.bytes, bytes, is_own);
            }
            absent if is_own => say(outside, &absence(path, absent)),
            // Students often hand in only part of the project.
            _ => {}
        }
    }
    for (path, content) in
        submission.files.iter().filter(|(path, _)| !handout.contains_key(*path))
    {
        // Elsewhere, only what could change the build is of interest.
        let is_code = path.ends_with(".rs") || path.ends_with(".toml");
        let matters = is_code && path != answers::FILE;
        if crate_of(path) == Some(name) || (matters && !is_others(project, name, path)) {
            say(outside, &addition(path, content));
        }
    }
}

/// Says where `new`, the student's file, differs from `old`; with the lines if `in_full`.
fn compare_file(report: &mut String, path: &str, old: &[u8], new: &[u8], in_full: bool) {
    let (Ok(old_text), Ok(new_text)) = (str::from_utf8(old), str::from_utf8(new)) else {
        if old != new {
            say(report, &format!("{path}:1: edited, not a text"));
        }
        return;
    };
    let (old, new) = (numbered(old_text), numbered(new_text));
    if in_full {
        edits(report, path, &old, &new);
    } else if let Some((_, change)) = compare::changes(&texts(&old), &texts(&new)).first()
    {
        say(report, &format!("{path}:{}: edited", change.start + 1));
    }
}

/// Says where the given lines of a file were edited, and how.
fn edits(report: &mut String, path: &str, old: &[Numbered], new: &[Numbered]) {
    let (old_lines, new_lines) = (texts(old), texts(new));
    for (before, after) in compare::changes(&old_lines, &new_lines) {
        // Where lines were only taken away, the line that follows them is named.
        let line = match new.get(after.start) {
            Some(line) => line.number,
            None => new.last().map_or(1, |line| line.number + 1),
        };
        say(report, &format!("{path}:{line}: edited"));
        compare::push(report, '-', &old_lines[before]);
        compare::push(report, '+', &new_lines[after]);
    }
}

/// Appends a unified diff with its two lines of names.
fn unified(
    report: &mut String,
    path: &str,
    old: (usize, &[&str]),
    new: (usize, &[&str]),
) {
    say(report, &format!("--- reference/{path}"));
    say(report, &format!("+++ submission/{path}"));
    report.push_str(&compare::unified(old, new));
}

/// Why a file of the handout cannot be compared.
fn absence(path: &str, content: Option<&Content>) -> String {
    match content {
        Some(Content::Unread(reason)) => format!("{path}:1: {reason}"),
        _ => format!("{path}:1: missing"),
    }
}

fn addition(path: &str, content: &Content) -> String {
    match content {
        Content::Bytes(bytes) => {
            format!(
                "{path}:1: added, {} lines",
                String::from_utf8_lossy(bytes).lines().count()
            )
        }
        Content::Unread(reason) => format!("{path}:1: added, {reason}"),
    }
}

/// Whether `path` belongs to another exercise than `name`.
fn is_others(project: &Project, name: &str, path: &str) -> bool {
    crate_of(path)
        .is_some_and(|other| other != name && project.exercises.contains_key(other))
}

fn crate_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.split('/').next()
}

fn numbered(text: &str) -> Vec<Numbered<'_>> {
    (1..).zip(text.lines()).map(|(number, text)| Numbered { number, text }).collect()
}

fn texts<'a>(lines: &[Numbered<'a>]) -> Vec<&'a str> {
    lines.iter().map(|line| line.text).collect()
}

/// Appends a line to a report.
fn say(report: &mut String, line: &str) {
    writeln!(report, "{}", compare::visible(line)).expect("a String takes all");
}
