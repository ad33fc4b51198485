//! What a program has left that was asked with `PCR_WITNESS`: see [`crate::witness`].

use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::{Folder, Outcome, outcome};

/// The files of a folder.
#[derive(Debug)]
pub struct Witnessed {
    folder: Folder,
}

impl Witnessed {
    /// Runs `command`, which must succeed, with a witness and the variables `knobs`.
    ///
    /// # Panics
    ///
    /// If it does not.
    #[track_caller]
    pub fn run(command: &mut Command, knobs: &[(&str, &str)]) -> (Self, Outcome) {
        let folder = Folder::new();
        command.env("PCR_WITNESS", folder.path("seen")).envs(knobs.iter().copied());
        let outcome = outcome(command).success();
        (Self { folder }, outcome)
    }

    /// The page of that name, such as `work-0.json`.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn page(&self, name: &str) -> Value {
        let path = self.path().join(name);
        let text = fs::read_to_string(&path);
        let text = text.unwrap_or_else(|error| panic!("{name}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// What so many processes have computed, the first one first.
    ///
    /// # Panics
    ///
    /// If there are fewer pages, or more.
    #[track_caller]
    pub fn work(&self, processes: usize) -> Vec<Value> {
        let name = |process| format!("work-{process}.json");
        assert!(!self.path().join(name(processes)).exists(), "more than {processes}");
        (0..processes).map(|process| self.page(&name(process))).collect()
    }

    fn path(&self) -> PathBuf {
        self.folder.path("seen")
    }
}

/// Whether any two workers met, as the pages tell; `None` if none of them knows.
pub fn met(pages: &[Value]) -> Option<bool> {
    pages.iter().filter_map(|page| page["met"].as_bool()).max()
}

/// The pieces of a page.
///
/// # Panics
///
/// If it has none.
#[track_caller]
pub fn pieces(page: &Value) -> &[Value] {
    page["pieces"].as_array().expect("pieces")
}

/// Which rows a piece has computed.
///
/// # Panics
///
/// If it is no piece of a picture.
#[track_caller]
pub fn rows(piece: &Value) -> Range<usize> {
    let row = |end: usize| piece["rows"][end].as_u64().expect("a row") as usize;
    row(0)..row(1)
}

/// Makes sure that all pieces together are a picture of so many rows, each once, and
/// took so many iterations.
///
/// # Panics
///
/// If they are not.
#[track_caller]
pub fn assert_whole(pages: &[Value], height: usize, iterations: &Value) {
    let all = || pages.iter().flat_map(pieces);
    let mut seen: Vec<usize> = all().flat_map(rows).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..height).collect::<Vec<_>>());
    let units = all().map(|piece| piece["units"].as_u64().expect("units"));
    assert_eq!(*iterations, units.sum::<u64>());
}

/// Makes sure that the file `line` names a line of `path`.
///
/// # Panics
///
/// If it does not.
#[track_caller]
pub fn assert_line(line: &Value, path: &str) {
    let number =
        line.as_str().and_then(|line| line.strip_prefix(path)?.strip_prefix(':'));
    let number = number.and_then(|number| number.parse::<u32>().ok());
    assert!(number.is_some(), "{line} is no line of {path}");
}
