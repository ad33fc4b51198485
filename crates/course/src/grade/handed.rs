//! What a student handed in, file by file and task by task.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::regions::{self, Heart, Part};
use crate::compare::visible;
use crate::intake::Content;
use crate::project::{Project, Tree};
use crate::submission::{self, Submission};
use crate::{Failure, answers, diff};

/// One student's submission.
pub struct Handed {
    /// Files with regions by exercise and path.
    hearts: BTreeMap<(String, String), Heart>,
    /// Why an exercise, or all, could not be read.
    unreadable: BTreeMap<String, String>,
    /// What was changed where nothing was to be written, a line each.
    pub edits: String,
    /// What the student predicted and answered, without what is still empty.
    pub answers: String,
}

/// What there is of a task.
#[derive(Debug, PartialEq)]
pub enum Work {
    /// Code, to be judged.
    Written,
    /// As it was handed out.
    Open,
    /// No region to be found; why.
    Missing(String),
    /// A name that has no place there.
    Refused(String),
}

/// The most of the answers, and of a list of edits, that is shown, in bytes.
const MOST_SHOWN: usize = 64 << 10;

impl Handed {
    /// What lies at `path`.
    pub fn read(path: &Path, project: &Project, handout: &Tree) -> Self {
        let mut handed = Self {
            hearts: BTreeMap::new(),
            unreadable: BTreeMap::new(),
            edits: String::new(),
            answers: String::new(),
        };
        let files = submission::files(path);
        if let Ok(files) = &files {
            handed.answers = answers(files);
        }
        for name in project.exercises.keys() {
            let found = files
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|files| submission::of_crate(files, name));
            match found {
                Ok(submission) => handed.take(name, &submission, project, handout),
                Err(why) => drop(handed.unreadable.insert(name.clone(), why)),
            }
        }
        shorten(&mut handed.edits);
        handed
    }

    fn take(
        &mut self,
        name: &str,
        submission: &Submission,
        project: &Project,
        handout: &Tree,
    ) {
        for (path, pieces) in &project.exercises[name].files {
            let heart = regions::take(path, pieces, submission.files.get(path));
            self.hearts.insert((name.into(), path.clone()), heart);
        }
        let edits = diff::outside(project, name, handout, submission);
        // Nobody has to hand in what is not taken over. The files of the project are the
        // same for each of its exercises.
        for line in edits.lines().filter(|line| !line.ends_with(":1: missing")) {
            let is_known = || self.edits.lines().any(|known| known == line);
            if line.starts_with(['+', '-']) || !is_known() {
                self.edits += line;
                self.edits.push('\n');
            }
        }
    }

    /// What there is of `task` of the exercise `name`.
    pub fn work(&self, name: &str, task: &str) -> Work {
        if let Some(why) = self.unreadable.get(name) {
            return Work::Missing(why.clone());
        }
        let hearts = self.hearts.iter().filter(|((exercise, _), _)| exercise == name);
        let parts = hearts.flat_map(|(_, heart)| &heart.parts);
        let parts: Vec<&Part> =
            parts.filter(|(region, _)| region.id == task).map(|(_, part)| part).collect();
        let refused = parts.iter().find_map(|part| match part {
            Part::Refused(why) => Some(Work::Refused(why.clone())),
            _ => None,
        });
        let missing = parts.iter().find_map(|part| match part {
            Part::Missing(why) => Some(Work::Missing(why.clone())),
            _ => None,
        });
        let is_written = parts.iter().any(|part| matches!(part, Part::Written(_)));
        let rest = if is_written { Work::Written } else { Work::Open };
        refused.or(missing).unwrap_or(rest)
    }

    /// The exercises in which something was written.
    pub fn written(&self) -> Vec<&str> {
        let is_written = |heart: &Heart| {
            heart.parts.iter().any(|(_, part)| matches!(part, Part::Written(_)))
        };
        let hearts = self.hearts.iter().filter(|(_, heart)| is_written(heart));
        let mut names: Vec<&str> = hearts.map(|((name, _), _)| name.as_str()).collect();
        names.dedup();
        names
    }

    /// The files to be built, by their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.hearts.iter().map(|((_, path), heart)| (path.as_str(), heart.text.as_str()))
    }
}

/// The answers in the topmost file of that name, a line each.
fn answers(files: &BTreeMap<String, Content>) -> String {
    let is_it = |path: &&String| path.rsplit('/').next() == Some(answers::FILE);
    let topmost = files.keys().filter(is_it).min_by_key(|path| path.matches('/').count());
    let Some(Content::Bytes(bytes)) = topmost.map(|path| &files[path]) else {
        return String::new();
    };
    let text = String::from_utf8_lossy(bytes);
    let is_answer = |line: &&str| {
        !line.trim().is_empty() && !line.starts_with('#') && !line.ends_with(" = \"\"")
    };
    let mut answers: String =
        text.lines().filter(is_answer).flat_map(|line| [line, "\n"]).collect();
    shorten(&mut answers);
    answers
}

fn shorten(text: &mut String) {
    if text.len() > MOST_SHOWN {
        text.truncate(text.floor_char_boundary(MOST_SHOWN));
        text.push_str("\n... and more\n");
    }
}

/// The submissions in `folder`, by the students' names.
///
/// # Errors
///
/// If there is none, or one that is neither a folder nor a file.
pub fn submissions(folder: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
    let mut found = Vec::new();
    for entry in folder.read_dir().map_err(|error| at(&error))? {
        let entry = entry.map_err(|error| at(&error))?;
        let file = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().map_err(|error| at(&error))?;
        if file.starts_with('.') || crate::intake::is_left_by_tools(&file) {
            continue;
        }
        if !kind.is_dir() && !kind.is_file() {
            let message = at(&format!("{file} is neither a folder nor a file"));
            return Err(Failure::Files(message));
        }
        found.push((file, entry.path()));
    }
    if found.is_empty() {
        return Err(Failure::Files(at(&"no submission in it")));
    }
    found.sort();
    let short: Vec<String> = found.iter().map(|(file, _)| student(file)).collect();
    let is_alone =
        |name: &String| short.iter().filter(|other| *other == name).count() == 1;
    let names = found.iter().zip(&short).map(|((file, path), name)| {
        let name = if is_alone(name) { name.clone() } else { harmless(file) };
        (name, path.clone())
    });
    Ok(names.collect())
}

/// The name of the student who handed `file` in: without the ending of an archive.
fn student(file: &str) -> String {
    let ends = [".tar.gz", ".tgz", ".tar.xz", ".txz", ".zip"];
    let lower = file.to_lowercase();
    let end = ends.iter().find(|end| lower.ends_with(*end)).map_or(0, |end| end.len());
    harmless(&file[..file.len() - end])
}

/// `name` without what commands a terminal or is a formula in a spreadsheet.
fn harmless(name: &str) -> String {
    let name = visible(name);
    match name.strip_prefix(['=', '+', '-', '@']) {
        Some(rest) => format!("_{rest}"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_student_is_called_what_the_submission_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            "anna.tar.gz",
            "bert.tar.xz",
            "=cmd().zip",
            "dora.ZIP",
            "emil",
            "emil.zip",
            ".DS_Store",
            "f\u{1b}[2J.tgz",
        ];
        for file in files {
            std::fs::write(folder.path().join(file), "").unwrap();
        }
        let found = submissions(folder.path()).unwrap();
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        let expected =
            ["_cmd()", "anna", "bert", "dora", "emil", "emil.zip", "f\\u{1b}[2J"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_link_among_the_submissions_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(submissions(folder.path()).is_err(), "there is none");
        std::os::unix::fs::symlink("/", folder.path().join("anna")).unwrap();
        assert!(submissions(folder.path()).is_err(), "a link");
    }

    #[test]
    fn only_what_was_answered_is_collected() {
        let text = "# Why?\n[rows]\n# 1. So?\npredict.1 = \"\"\nquestion.1 = \"so\"\n";
        let files = BTreeMap::from([
            ("a/b/answers.toml".to_owned(), Content::Bytes(b"no = \"no\"".into())),
            ("a/answers.toml".to_owned(), Content::Bytes(text.into())),
        ]);
        assert_eq!(answers(&files), "[rows]\nquestion.1 = \"so\"\n");
    }
}
