//! What the tests of the house share: where it is, and how its commands are run.
#![allow(dead_code, reason = "each test needs a part of it")]

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;
use std::{env, fs};

/// The project's folder; `None` in an unpacked handout, which is not the house.
pub fn reference() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = fs::canonicalize(root).unwrap();
    let heart = root.join("crates/mpi-hello/src/greet.rs");
    let has_regions =
        fs::read_to_string(heart).is_ok_and(|text| text.contains("// BEGIN SOLUTION"));
    if has_regions && root.join(".git").exists() {
        return Some(root);
    }
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        say("not tested: this is a handout, not the reference in its repository");
    });
    None
}

/// Writes a line to stderr that the test harness does not keep to itself, and
/// at once, for other tests write theirs.
pub fn say(line: &str) {
    io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// A command that does not hear of the make and the cargo that run this test.
pub fn alone(program: impl AsRef<Path>, folder: &Path) -> Command {
    const NAMES: [&str; 11] = [
        "ARGS",
        "CARGO",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_WORK_TREE",
        "MAKEFLAGS",
        "MAKELEVEL",
        "MAKEOVERRIDES",
        "MFLAGS",
        "NP",
        "LD_LIBRARY_PATH",
    ];
    // CARGO_HOME and the settings of the network stay.
    const STARTS: [&str; 7] = [
        "CARGO_BIN_",
        "CARGO_BUILD_",
        "CARGO_CRATE_",
        "CARGO_MANIFEST_",
        "CARGO_PKG_",
        "CARGO_PRIMARY_",
        "CARGO_TARGET_",
    ];
    let mut command = Command::new(program.as_ref());
    command.current_dir(folder);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if NAMES.contains(&&*text) || STARTS.iter().any(|start| text.starts_with(start)) {
            command.env_remove(&name);
        }
    }
    command
}

/// Sets `folder` up as a workspace with the MPI that the project has installed and these
/// profiles, as set-up would; the folder of what is built there. `None` if there is no
/// MPI, for then nothing of this can run.
pub fn set_up(root: &Path, folder: &Path, profiles: &str) -> Option<PathBuf> {
    let read = |name: &str| fs::read_to_string(root.join(".mpi").join(name));
    let asked = env::var("MPI").ok().filter(|name| !name.is_empty());
    let name = asked.or_else(|| read("default").ok()).unwrap_or_default();
    let name = name.trim();
    let Ok(environment) = read(&format!("{name}.env")) else {
        say("not tested: no MPI is set up here, as `make test` does it");
        return None;
    };
    let target = folder.join("target").join(name);
    let is_kept = |line: &&str| !line.starts_with("export CARGO_TARGET_DIR=");
    let mut lines: Vec<&str> = environment.lines().filter(is_kept).collect();
    let own = format!("export CARGO_TARGET_DIR='{}'\n", target.display());
    lines.push(&own);
    // launch.sh reads a whole line.
    write(&folder.join(".mpi/default"), format!("{name}\n"));
    write(&folder.join(format!(".mpi/{name}.env")), lines.join("\n"));
    write(&folder.join(".cargo/config.toml"), profiles);
    Some(target)
}

/// The folder for what cargo builds on the way, with the libraries that the project has
/// built. Cargo before 1.91 does not know it, and builds the libraries again.
pub fn build_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().into()
}

/// Writes a file, and the folders that lead to it.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}
