//! Running the real programs in tests, and reading what they left.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde_json::Value;

use crate::program::READER_LEFT;

mod traced;
pub mod witnessed;

pub use traced::assert_traced;

/// How a program ended.
#[derive(Debug)]
pub struct Outcome {
    /// The exit status; `None` where a signal ended it.
    pub status: Option<i32>,
    /// All of stdout.
    pub stdout: String,
    /// All of stderr.
    pub stderr: String,
}

/// How long a program may take before a test calls it hanging.
pub const LIMIT: Duration = Duration::from_secs(120);

/// Runs `program` with `words`, split at spaces, and waits for its end.
///
/// # Panics
///
/// If the program cannot be started or hangs.
pub fn run(program: &str, words: &str) -> Outcome {
    outcome(Command::new(program).args(words.split_whitespace()))
}

/// Runs `command` and waits for its end.
///
/// # Panics
///
/// If the command cannot be started or hangs.
pub fn outcome(command: &mut Command) -> Outcome {
    outcome_into(command, Stdio::piped())
}

/// The same where it writes to `stdout`.
fn outcome_into(command: &mut Command, stdout: Stdio) -> Outcome {
    command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped());
    let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let id = child.id();
    let (start, waiting) = (Instant::now(), thread::spawn(|| child.wait_with_output()));
    while !waiting.is_finished() {
        if start.elapsed() > LIMIT {
            end(id);
            panic!("{command:?} hangs");
        }
        thread::sleep(Duration::from_millis(2));
    }
    let output = waiting.join().expect("waiting does not panic");
    Outcome::new(output.unwrap_or_else(|error| panic!("{command:?}: {error}")))
}

/// Makes sure that `command`, which prints something, is quiet where nobody reads
/// it, and fails where it cannot be written.
///
/// # Panics
///
/// If it does anything else.
#[track_caller]
pub fn assert_minds_stdout(command: &mut Command) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let outcome = outcome_into(command, writer.into());
    assert_eq!(outcome.status, Some(READER_LEFT.into()), "{outcome:?}");
    // launch.sh and study say what they run.
    let quiet = outcome.stderr.lines().all(|line| line.starts_with("$ "));
    assert!(quiet, "{}", outcome.stderr);
    // Linux has a disk that is always full.
    if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
        let outcome = outcome_into(command, full.into());
        assert!(outcome.failure(1).contains("stdout"), "{}", outcome.stderr);
    }
}

fn end(id: u32) {
    let process = rustix::process::Pid::from_raw(id as i32).expect("a child has an id");
    let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
}

impl Outcome {
    fn new(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// This outcome, which must be a success.
    ///
    /// # Panics
    ///
    /// If it is not: with what the program said, so that a student reads
    /// which task is not written yet.
    #[track_caller]
    pub fn success(self) -> Self {
        assert_eq!(self.status, Some(0), "\n{}{}", self.stdout, self.stderr);
        self
    }

    /// The JSON object on stdout, which must hold nothing else.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}:\n{}{}", self.stdout, self.stderr))
    }

    /// The one line that says what was wrong; the status must be `status`.
    ///
    /// # Panics
    ///
    /// If there is another status, no message, or more than one.
    #[track_caller]
    pub fn failure(&self, status: i32) -> &str {
        assert_eq!(self.status, Some(status), "\n{}{}", self.stdout, self.stderr);
        let mut said = self.stderr.lines().filter(|line| line.contains("error: "));
        let message =
            said.next().unwrap_or_else(|| panic!("no message:\n{}", self.stderr));
        assert!(message.starts_with("error: "), "{message}");
        assert_eq!(said.next(), None, "a second message:\n{}", self.stderr);
        message
    }
}

/// A folder for one test's files, removed at its end.
#[derive(Debug)]
pub struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    /// An empty folder.
    ///
    /// # Panics
    ///
    /// If the machine has no place for temporary files.
    #[expect(clippy::new_without_default, reason = "a folder is made, not a value")]
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a place for temporary files") }
    }

    /// A folder with some files in it: their names and what they hold.
    ///
    /// # Panics
    ///
    /// If they cannot be written.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        for (name, text) in files {
            let path = folder.path(name);
            let parent = path.parent().expect("it lies in the folder");
            fs::create_dir_all(parent).expect("a place for temporary files");
            fs::write(path, text).expect("a place for temporary files");
        }
        folder
    }

    /// The path of `name` in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The names of the files in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder is there");
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> =
            entries.map(|entry| name(entry.expect("readable"))).collect();
        names.sort();
        names
    }
}

/// The bytes of a file that a program wrote.
///
/// # Panics
///
/// If it did not.
#[track_caller]
pub fn bytes(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A float64 matrix from a `.npy` file that a program wrote, read without the
/// programs' own reader.
///
/// # Panics
///
/// If it is not one.
#[track_caller]
pub fn matrix(path: &Path) -> ndarray::Array2<f64> {
    let bytes = bytes(path);
    let npy = npyz::NpyFile::new(&bytes[..]).expect("a .npy file");
    let shape = (npy.shape()[0] as usize, npy.shape()[1] as usize);
    let elements = npy.into_vec().expect("a file of float64");
    ndarray::Array2::from_shape_vec(shape, elements).expect("as many as the shape says")
}
