//! `course handout --offline`: a handout that builds where there is no network.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::mini::{Mini, alone};

/// Runs a command that hears of no network; what it says, and whether it went well.
fn ended(command: &mut Command) -> (String, bool) {
    let output = command.env("CARGO_NET_OFFLINE", "true").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).unwrap(), output.status.success())
}

#[test]
fn the_handout_brings_its_libraries() {
    let Some(mini) = Mini::new() else { return };
    // Libraries that `course` itself is built from are here, whatever else is.
    let hello = fs::read_to_string(mini.root().join("crates/hello/Cargo.toml")).unwrap();
    mini.write(
        "crates/hello/Cargo.toml",
        &format!("{hello}[dependencies]\nsimilar = {{ version = \"3\", default-features = false }}\n"),
    );
    fs::remove_file(mini.root().join("crates/compare/BENCHMARKS.md")).unwrap();
    fs::remove_dir_all(mini.root().join("crates/compare")).unwrap();
    mini.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"crates/hello\", \"crates/kernels\"]\n",
    );
    mini.write("crates/kernels/src/lib.rs", "//! Kernels.\n");
    let locked = ended(alone("cargo").arg("generate-lockfile").current_dir(mini.root()));
    if !locked.1 {
        eprintln!("not tested: {}", locked.0);
        return;
    }
    mini.commit();

    let folder = tempfile::tempdir().unwrap();
    let mut course = alone(env!("CARGO_BIN_EXE_course"));
    course.args(["handout", "--offline", "--folder"]).arg(folder.path());
    // No pip, so no wheels: that is said, and no failure.
    let cargo = Path::new(env!("CARGO")).parent().unwrap();
    let tools = tempfile::tempdir().unwrap();
    fs::write(
        tools.path().join("python3"),
        "#!/bin/sh\necho no wheel here >&2\nexit 1\n",
    )
    .unwrap();
    let mut chmod = Command::new("chmod");
    assert!(
        chmod.arg("+x").arg(tools.path().join("python3")).status().unwrap().success()
    );
    let path = [
        tools.path().display().to_string(),
        cargo.display().to_string(),
        env!("PATH").into(),
    ];
    let (said, is_success) =
        ended(course.env("PATH", path.join(":")).current_dir(mini.root()));
    assert!(is_success, "{said}");
    assert!(said.contains("no wheels, so the room's machines need"), "{said}");
    assert!(said.contains("no wheel here"), "{said}");
    assert!(fs::read_dir(folder.path().join("vendor")).unwrap().count() > 1, "{said}");

    let home = tempfile::tempdir().unwrap();
    let mut build = alone("cargo");
    build.args(["check", "-p", "hello"]).current_dir(folder.path());
    build
        .env("CARGO_HOME", home.path())
        .env("CARGO_TARGET_DIR", home.path().join("target"));
    let (said, is_success) = ended(&mut build);
    assert!(is_success, "{said}");
    // Without the configuration that came along, there is nothing to build from.
    fs::remove_dir_all(folder.path().join(".cargo")).unwrap();
    let (said, is_success) = ended(&mut build);
    assert!(!is_success, "{said}");
}
