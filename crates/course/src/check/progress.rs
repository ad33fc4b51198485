//! What check and hint remember of a student: which tasks are done, and which hints
//! were given. It lies in `.course/progress.toml`, which git does not see.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use super::tasks::TASKS;
use super::verdict::{Outcome, Verdict};
use crate::Failure;

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Right at the last check.
    Done,
    /// Wrong at the last check.
    Wrong,
    /// Not written at the last check.
    Open,
}

impl State {
    const ALL: [Self; 3] = [State::Done, State::Wrong, State::Open];

    /// What the file calls it.
    pub fn name(self) -> &'static str {
        match self {
            State::Done => "done",
            State::Wrong => "wrong",
            State::Open => "open",
        }
    }
}

/// What is remembered of a task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// How far it is; nothing before its first check.
    pub state: Option<State>,
    /// The short name of what was wrong at the last check, if it was known.
    pub cause: String,
    /// The hints that were given, by their names.
    pub hints: Vec<String>,
}

/// What is remembered of all tasks.
#[derive(Debug)]
pub struct Progress {
    path: PathBuf,
    tasks: BTreeMap<String, Known>,
}

impl Progress {
    /// What is remembered in the folder `root`; nothing where the file is not there
    /// or not readable: it is no great loss.
    pub fn load(root: &Path) -> Self {
        let path = root.join(".course/progress.toml");
        let text = fs::read_to_string(&path).unwrap_or_default();
        Self { path, tasks: parse(&text) }
    }

    /// Writes it down.
    ///
    /// # Errors
    ///
    /// If the folder cannot be written.
    pub fn save(&self) -> Result<(), Failure> {
        let folder = self.path.parent().expect("it lies in a folder");
        let written = fs::create_dir_all(folder).and_then(|()| {
            // Under another name first, which no other check has: one that is stopped
            // leaves the old file.
            let new = self.path.with_extension(format!("new-{}", std::process::id()));
            fs::write(&new, self.text())?;
            fs::rename(new, &self.path)
        });
        let cannot = |error| Failure::Files(format!("{}: {error}", self.path.display()));
        written.map_err(cannot)
    }

    /// Remembers the outcome of a check.
    pub fn note(&mut self, verdict: &Verdict) {
        let known = self.tasks.entry(verdict.task.id.to_owned()).or_default();
        known.state = Some(match verdict.outcome {
            Outcome::Passed => State::Done,
            Outcome::NotWritten => State::Open,
            Outcome::Failed | Outcome::StoodStill | Outcome::Look => State::Wrong,
        });
        known.cause = verdict.diagnosis.as_ref().map_or("", |why| why.key).to_owned();
    }

    /// How far the task `id` is.
    pub fn state(&self, id: &str) -> Option<State> {
        self.tasks.get(id)?.state
    }

    /// What is remembered of the task `id`, to be changed.
    pub fn of(&mut self, id: &str) -> &mut Known {
        self.tasks.entry(id.to_owned()).or_default()
    }

    /// The first task of `program` that is not done; else the first of the class.
    pub fn next(&self, program: &str) -> Option<&'static str> {
        let mut open =
            TASKS.iter().filter(|task| self.state(task.id) != Some(State::Done));
        let own = open.clone().find(|task| task.program == program);
        own.or_else(|| open.next()).map(|task| task.id)
    }

    fn text(&self) -> String {
        let mut text =
            "# What make check and make hint remember. Delete it to begin anew.\n"
                .to_owned();
        for (id, known) in &self.tasks {
            let state = known.state.map_or("", State::name);
            let hints: Vec<String> =
                known.hints.iter().map(|hint| format!("\"{hint}\"")).collect();
            let (cause, hints) = (&known.cause, hints.join(", "));
            writeln!(
                text,
                "\n[\"{id}\"]\nstate = \"{state}\"\ncause = \"{cause}\"\nhints = [{hints}]"
            )
            .expect("a text takes all");
        }
        text
    }
}

fn parse(text: &str) -> BTreeMap<String, Known> {
    let table: toml::Table = text.parse().unwrap_or_default();
    let known = |(id, task): (String, toml::Value)| {
        let word = |name: &str| task.get(name)?.as_str();
        let state =
            State::ALL.into_iter().find(|state| Some(state.name()) == word("state"));
        let hints = task.get("hints").and_then(|hints| hints.as_array());
        let hints = hints.into_iter().flatten().filter_map(|hint| hint.as_str());
        let hints = hints.map(str::to_owned).collect();
        (id, Known { state, cause: word("cause").unwrap_or_default().to_owned(), hints })
    };
    table.into_iter().map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(states: &[(&str, State)]) -> Progress {
        let mut progress = Progress { path: PathBuf::new(), tasks: BTreeMap::new() };
        for (id, state) in states {
            progress.of(id).state = Some(*state);
        }
        progress
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut progress = progress(&[("1.1", State::Done), ("2.2", State::Wrong)]);
        progress.of("2.2").cause = "remainder".into();
        progress.of("2.2").hints = vec!["remainder 1".into(), "2".into()];
        progress.of("3.1");
        assert_eq!(parse(&progress.text()), progress.tasks);
        assert_eq!(parse("no TOML ["), BTreeMap::new());
    }

    #[test]
    fn a_file_is_kept_and_a_damaged_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut progress = Progress::load(folder.path());
        assert_eq!(progress.state("1.1"), None);
        progress.of("1.1").state = Some(State::Open);
        progress.save().unwrap();
        assert_eq!(Progress::load(folder.path()).state("1.1"), Some(State::Open));
        fs::write(folder.path().join(".course/progress.toml"), "[[").unwrap();
        assert_eq!(Progress::load(folder.path()).state("1.1"), None);
    }

    #[test]
    fn what_comes_next_is_in_the_same_exercise_first() {
        use State::{Done, Open, Wrong};
        let none = progress(&[]);
        assert_eq!(none.next("mandel-mpi"), Some("4.1"));
        let some = progress(&[("4.1", Done), ("4.2", Wrong), ("1.1", Open)]);
        assert_eq!(some.next("mandel-mpi"), Some("4.2"));
        let hello: Vec<_> = ["1.1", "1.2", "1.3"].map(|id| (id, Done)).to_vec();
        assert_eq!(progress(&hello).next("mpi-hello"), Some("2.1"));
        let all: Vec<_> = TASKS.iter().map(|task| (task.id, Done)).collect();
        assert_eq!(progress(&all).next("mpi-hello"), None);
    }
}
