//! A miniature project in a temporary folder: two exercises and a kernel.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// The heart of the exercise `rows`: a region of imports and one of code.
pub const BLOCK: &str = "\
//! Blocks: each thread gets consecutive rows.

use std::ops::Range;
// BEGIN SOLUTION 3.1
use std::thread;
// END SOLUTION

/// The sum of `rows`.
pub fn sum(rows: Range<u64>, workers: u64) -> u64 {
    // BEGIN SOLUTION 3.1
    let middle = rows.end / workers;
    thread::scope(|scope| {
        let first = scope.spawn(|| kernels::sum(0..middle));
        kernels::sum(middle..rows.end) + first.join().unwrap()
    })
    // STUB todo!(\"task 3.1: share the rows, see README.md, step 2\")
    // END SOLUTION
}
";

/// What a file with an open region has under its `//!` in the handout.
pub const ALLOW: &str = "#![allow(dead_code, unused_imports, unused_mut, unused_variables, \
                         unreachable_code)] // Delete this line when all tasks of this file are done.";

/// `BLOCK` in the handout.
pub const BLOCK_STUB: &str = "\
//! Blocks: each thread gets consecutive rows.
#![allow(dead_code, unused_imports, unused_mut, unused_variables, unreachable_code)] // Delete this line when all tasks of this file are done.

use std::ops::Range;
// >>> 3.1: imports for your code
// <<< 3.1

/// The sum of `rows`.
pub fn sum(rows: Range<u64>, workers: u64) -> u64 {
    // >>> 3.1: write your code here
    todo!(\"task 3.1: share the rows, see README.md, step 2\")
    // <<< 3.1
}
";

/// A second heart, with one region.
pub const CYCLIC: &str = "\
//! Cyclic: row r belongs to worker r mod P.

/// Whether `row` belongs to `worker`.
pub fn owns(row: usize, worker: usize, workers: usize) -> bool {
    // BEGIN SOLUTION 3.2
    row % workers == worker
    // STUB todo!(\"task 3.2\")
    // END SOLUTION
}
";

const FILES: [(&str, &str); 25] = [
    (".gitignore", "/target/\n/*.tar.gz\n"),
    (".gitattributes", "* text=auto eol=lf\n"),
    (".github/CONTRIBUTING.md", "# How to take part\n"),
    (".ci/run", "make test\n"),
    (".devcontainer/devcontainer.json", "{}\n"),
    (".vscode/settings.json", "{}\n"),
    ("crates/README.md", "# The house\n"),
    ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"),
    ("Makefile", "all:\n\t@echo hello\n"),
    (
        "README.md",
        "# Course\n\n<!-- Not in the handout: -->\nmake handout\n\
        <!-- In the handout again. -->\nmake run\n",
    ),
    ("data/poem.txt", "A word.\n"),
    ("crates/compare/BENCHMARKS.md", "# Ours and others\n"),
    ("crates/compare/peers/peer.py", "\"\"\"The exercise, solved in Python.\"\"\"\n"),
    ("crates/course/ANSWERS.md", "# The answers\n"),
    ("crates/course/TEACHING.md", "# How to teach\n"),
    ("crates/course/ROOMS.md", "# Rooms\n"),
    ("crates/talk/slides/part1.typ", "// What is said in class.\n"),
    ("crates/kernels/Cargo.toml", "[package]\nname = \"kernels\"\n"),
    ("crates/kernels/src/lib.rs", "//! Kernels.\n\npub fn sum() {}\n"),
    (
        "crates/hello/Cargo.toml",
        "[package]\nname = \"hello\"\n[package.metadata.course]\n\
        id = \"1\"\ntitle = \"Hello\"\nfiles = [\"src/main.rs\"]\n",
    ),
    (
        "crates/hello/src/main.rs",
        "//! Hello.\n\nfn main() {\n    // BEGIN SOLUTION 3.1\n    \
        println!(\"hello, world\");\n    // STUB todo!(\"task 3.1\")\n    \
        // END SOLUTION\n}\n",
    ),
    (
        "crates/rows/Cargo.toml",
        "[package]\nname = \"rows\"\n[package.metadata.course]\n\
        id = \"3\"\ntitle = \"Rows on threads\"\n\
        files = [\"src/block.rs\", \"src/cyclic.rs\"]\n",
    ),
    ("crates/rows/README.md", "# Rows\n\nShare the rows.\n"),
    ("crates/rows/src/main.rs", "//! Sums.\n\nmod block;\nmod cyclic;\n\nfn main() {}\n"),
    ("crates/rows/launch.sh", "#!/bin/sh\n"),
];

/// A repository with the miniature project, which goes away with this value.
pub struct Mini {
    folder: TempDir,
}

impl Mini {
    /// The project, committed; `None` in an unpacked handout on a machine
    /// without git: there is nothing that `course` could do there.
    pub fn new() -> Option<Self> {
        let is_clone = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.git").exists();
        if !is_clone && Command::new("git").arg("--version").output().is_err() {
            eprintln!("not tested: there is no git on this machine");
            return None;
        }
        let mini = Mini { folder: tempfile::tempdir().unwrap() };
        for (path, text) in FILES {
            mini.write(path, text);
        }
        mini.write("crates/rows/src/block.rs", BLOCK);
        mini.write("crates/rows/src/cyclic.rs", CYCLIC);
        let script = mini.root().join("crates/rows/launch.sh");
        fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
        mini.git("init --quiet");
        mini.commit();
        Some(mini)
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file of the project, whatever stood there.
    pub fn write(&self, path: &str, text: &str) {
        write(self.root(), path, text);
    }

    /// Adds and commits all that there is.
    pub fn commit(&self) {
        self.git("add --all");
        self.git(
            "-c user.name=test -c user.email=t@e.st -c commit.gpgsign=false \
             commit --quiet --allow-empty -m test",
        );
    }

    /// Runs git in the project.
    pub fn git(&self, words: &str) {
        let mut git = alone("git");
        git.arg("-C").arg(self.root()).args(words.split(' '));
        let output = git.output().unwrap();
        assert!(output.status.success(), "git {words}: {output:?}");
    }

    /// The handout of the project, in a folder of its own.
    pub fn handout(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        course(self.root(), &format!("handout --folder {}", folder.path().display()))
            .success();
        folder
    }
}

/// Writes a file below `folder`, and the folders that lead to it.
pub fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// How `course` ended.
#[derive(Debug)]
pub struct Outcome {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// The report of a run that went well.
    #[track_caller]
    pub fn success(self) -> String {
        assert_eq!(self.status, 0, "{}", self.stderr);
        self.stdout
    }

    /// One line on stderr that says what is wrong, and nothing on stdout.
    #[track_caller]
    pub fn assert_one_error(&self, case: &str) {
        assert!(self.stderr.starts_with("error: "), "{case}: {}", self.stderr);
        assert_eq!(self.stderr.matches("error: ").count(), 1, "{case}: {}", self.stderr);
        assert_eq!(self.stderr.lines().count(), 1, "{case}: {}", self.stderr);
        assert!(!self.stderr.contains("Usage"), "{case}: {}", self.stderr);
        assert_eq!(self.stdout, "", "{case}");
    }
}

/// A command that does not hear of another repository, as from within a git hook.
pub fn alone(program: &str) -> Command {
    let mut command = Command::new(program);
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command
}

/// Runs `course` in `folder`.
pub fn course(folder: &Path, words: &str) -> Outcome {
    let mut course = alone(env!("CARGO_BIN_EXE_course"));
    let output =
        course.current_dir(folder).args(words.split_whitespace()).output().unwrap();
    Outcome {
        status: output.status.code().expect("no signal ended it"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What a .tar.gz holds: contents and modes by path.
pub fn unpacked(tarball: &Path) -> BTreeMap<String, (String, u32)> {
    let gzip = flate2::read::GzDecoder::new(fs::File::open(tarball).unwrap());
    let mut archive = tar::Archive::new(gzip);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_str().unwrap().to_owned();
        let text = std::io::read_to_string(&mut entry).unwrap();
        (path, (text, entry.header().mode().unwrap()))
    });
    entries.collect()
}
