//! Set-up on a machine without MPI: who is asked, and what is installed then.
#![cfg(target_os = "linux")]

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use harness::trial::{Folder, Outcome, outcome};

/// The machine's own tools that set-up calls.
const TOOLS: [&str; 10] =
    ["bash", "cat", "dirname", "env", "flock", "grep", "head", "mkdir", "mv", "sh"];

/// A machine of its own: a copy of set-up, and a PATH on which there is no MPI
/// but a package manager that brings one.
struct Machine {
    folder: Folder,
}

impl Machine {
    fn new() -> Self {
        let machine = Self { folder: Folder::new() };
        for tool in TOOLS {
            symlink(on_path(tool), machine.path("bin", tool)).unwrap();
        }
        for script in ["setup.sh", "machine.sh"] {
            let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
            let name = script.file_name().unwrap().to_str().unwrap().to_owned();
            fs::copy(script, machine.path("crates/ranks", &name)).unwrap();
        }
        let packages = machine.path("packages", "");
        machine.add("bin", "cargo", "");
        machine.add("bin", "cc", "echo /include");
        machine.add("bin", "id", "echo 0");
        let install =
            format!("mv {0}/mpicc {0}/mpiexec \"${{0%/*}}\"", packages.display());
        machine.add("bin", "apt-get", &format!("echo \"$*\" >>\"$0.log\"\n{install}"));
        machine.add("packages", "mpicc", "echo Open MPI");
        machine.add("packages", "mpiexec", "echo Open MPI");
        fs::write(machine.path("clang", "libclang.so"), "").unwrap();
        machine
    }

    /// A file's path; its folder is there.
    fn path(&self, folder: &str, name: &str) -> PathBuf {
        let folder = self.folder.path(folder);
        fs::create_dir_all(&folder).unwrap();
        folder.join(name)
    }

    fn add(&self, folder: &str, name: &str, script: &str) {
        let path = self.path(folder, name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }

    /// Runs set-up; somebody at a terminal types `typed`, if there is somebody.
    fn set_up(&self, typed: Option<&str>) -> Outcome {
        let setup = self.path("crates/ranks", "setup.sh").display().to_string();
        let mut command = Command::new(on_path("sh"));
        command.arg("-c").arg(match typed {
            None => setup,
            Some(typed) => {
                let script = on_path("script").display().to_string();
                format!("printf '{typed}' | {script} -qec {setup} /dev/null")
            }
        });
        let libclang = self.path("clang", "");
        command.env("PATH", self.path("bin", "")).env("LIBCLANG_PATH", libclang);
        outcome(command.env_remove("MPI").env_remove("RUSTFLAGS"))
    }

    /// What the package manager was asked for.
    fn asked(&self) -> String {
        fs::read_to_string(self.path("bin", "apt-get.log")).unwrap_or_default()
    }
}

fn on_path(tool: &str) -> PathBuf {
    let folders = env::var_os("PATH").expect("there is a PATH");
    let mut found = env::split_paths(&folders).map(|folder| folder.join(tool));
    found.find(|path| path.exists()).unwrap_or_else(|| panic!("{tool} is not installed"))
}

const INSTALL: &str = "apt-get install -y openmpi-bin libopenmpi-dev";

#[test]
fn where_nobody_watches_set_up_says_what_it_installs() {
    let machine = Machine::new();
    let outcome = machine.set_up(None).success();
    assert!(outcome.stderr.contains(INSTALL), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains("[Y/n]"), "{}", outcome.stderr);
    assert_eq!(outcome.stdout, "");
    assert_eq!(machine.asked(), "install -y openmpi-bin libopenmpi-dev\n");
    let again = machine.set_up(None).success();
    assert_eq!(again.stderr, "", "all is there");
}

#[test]
fn whoever_watches_is_asked_once() {
    for typed in [r"\n", r"Yes\n"] {
        let machine = Machine::new();
        let said = machine.set_up(Some(typed)).success().stdout;
        // What is typed shows too, before or after it.
        let question =
            said.lines().find(|line| line.contains("[Y/n]")).unwrap_or_default();
        assert!(question.contains(INSTALL), "{said}");
        assert_eq!(said.matches("[Y/n]").count(), 1, "{said}");
        assert_eq!(machine.asked(), "install -y openmpi-bin libopenmpi-dev\n");
        let again = machine.set_up(Some(typed)).success();
        assert!(!again.stdout.contains("[Y/n]"), "{}", again.stdout);
    }
}

#[test]
fn without_a_yes_the_system_stays_as_it_is() {
    for typed in [r"n\n", r"what?\n", ""] {
        let machine = Machine::new();
        let outcome = machine.set_up(Some(typed));
        assert_eq!(machine.asked(), "", "{typed}: {}", outcome.stdout);
        // This machine has no Python either, which the wheel needs.
        assert_eq!(outcome.status, Some(1), "{typed}: {}", outcome.stdout);
        let message = outcome.stdout.lines().last().unwrap_or_default();
        assert!(message.contains("error: python3"), "{typed}: {message}");
        let files: Vec<_> = fs::read_dir(machine.path(".mpi", "")).unwrap().collect();
        assert!(files.len() <= 2, "only the log and the lock: {files:?}");
    }
}

#[test]
fn the_record_of_an_mpi_that_has_gone_is_not_what_the_user_asked_for() {
    let machine = Machine::new();
    let launch = machine.path("crates/ranks", "launch.sh");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("launch.sh"), &launch).unwrap();
    machine.add("crates/ranks", "setup.sh", "echo asked for ${MPI:-any} >&2; exit 1");
    fs::write(machine.path(".mpi", "default"), "mpich\n").unwrap();
    let record = "export MPI=mpich MPIEXEC=/gone CARGO_TARGET_DIR=/gone\n";
    fs::write(machine.path(".mpi", "mpich.env"), record).unwrap();
    for (asked, found) in [("", "asked for any"), ("mpich", "asked for mpich")] {
        let mut command = Command::new(&launch);
        let outcome = outcome(command.args(["-n", "1", "true"]).env("MPI", asked));
        assert_eq!(outcome.status, Some(1), "{}", outcome.stderr);
        assert_eq!(outcome.stderr.trim(), found);
    }
}
