//! A place to run study and compare in, with fake programs.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::trial::{Folder, Outcome, outcome};

/// The programs of the exercises.
pub const PROGRAMS: [&str; 7] = [
    "mpi-hello",
    "matmul-mpi",
    "matmul-shm",
    "mandel-serial",
    "mandel-threads",
    "mandel-mpi",
    "wordcount",
];

/// A lab with fake programs, and the folder `results` for what a study writes.
pub struct Lab {
    folder: Folder,
}

impl Lab {
    /// A lab that no program has run in.
    pub fn new() -> Self {
        let lab = Self { folder: Folder::new() };
        fs::create_dir(lab.path("programs")).unwrap();
        // Links: a script written here could not be started while another
        // test's thread still holds it open.
        for program in PROGRAMS {
            symlink(fake("fake-program.sh"), lab.path("programs").join(program)).unwrap();
        }
        lab
    }

    /// The path of `name` in the lab.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    /// Runs `program` in this lab; `trouble` is for fake-program.sh.
    pub fn run(&self, program: &str, words: &str, trouble: &str) -> Outcome {
        let mut command = Command::new(program);
        command.args(words.split_whitespace());
        command.arg("--programs").arg(self.path("programs"));
        command.arg("--launcher").arg(fake("fake-launcher.sh"));
        command.arg("--out").arg(self.path("results"));
        command.env("TROUBLE", trouble).env("CALLS", self.path("calls"));
        command.env("RESULT", self.path("result"));
        command.env_remove("OPENBLAS_NUM_THREADS").env("OPENBLAS_CORETYPE", "slow");
        outcome(command.env_remove("PCR_RANKS").current_dir(self.path(".")))
    }

    /// The lines of a CSV file as maps from column to field.
    pub fn csv(&self, name: &str) -> Vec<HashMap<String, String>> {
        let mut file = csv::Reader::from_path(self.path("results").join(name)).unwrap();
        file.deserialize().map(Result::unwrap).collect()
    }

    /// The calls of the fake programs, in order.
    pub fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.path("calls")).unwrap_or_default();
        calls.lines().map(String::from).collect()
    }
}

/// The path of a file beside these tests.
pub fn fake(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../study/tests").join(name)
}

/// The line of an implementation with so many workers.
#[track_caller]
pub fn row<'a>(
    rows: &'a [HashMap<String, String>],
    implementation: &str,
    workers: usize,
) -> &'a HashMap<String, String> {
    let is = |row: &&HashMap<String, String>| {
        row["implementation"] == implementation && row["workers"] == workers.to_string()
    };
    rows.iter().find(is).unwrap_or_else(|| panic!("no {implementation}, {workers}"))
}
