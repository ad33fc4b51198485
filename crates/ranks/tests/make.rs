//! What make does before it builds.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use harness::trial::{Folder, Outcome, outcome};

/// A project of the Makefile, two sources, and a program that is built already.
fn project() -> Folder {
    let script = "#!/bin/sh\necho \"$@\"\n";
    let folder = Folder::with(&[
        ("crates/a/src/main.rs", "old"),
        ("crates/b/src/main.rs", "old"),
        ("target/release/mandel-threads", script),
        ("bin/cargo", script),
    ]);
    for program in ["target/release/mandel-threads", "bin/cargo"] {
        let mode = PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder.path(program), mode).unwrap();
    }
    let makefile = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Makefile");
    fs::copy(makefile, folder.path("Makefile")).unwrap();
    folder
}

fn run(project: &Folder, workers: &str) -> Outcome {
    let mut make = Command::new("make");
    make.arg("-s").arg("run-mandel-threads").arg(format!("NP={workers}"));
    let path = format!("{}:{}", project.path("bin").display(), env!("PATH"));
    make.env("PATH", path).env_remove("MAKEFLAGS").current_dir(project.path(""));
    outcome(&mut make)
}

#[test]
fn the_number_of_workers_is_one_whatever_it_holds() {
    let project = project();
    for workers in ["", "0", "-1", "two", "2 : echo b", "2; echo b", "2\"; echo b; \""] {
        let outcome = run(&project, workers);
        let says = format!("error: NP={workers} is not a positive whole number");
        assert_eq!(outcome.status, Some(2));
        assert!(outcome.stderr.starts_with(&says), "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "", "{workers}");
    }
    let said = run(&project, "3").success().stdout;
    assert_eq!(said.lines().last(), Some("--workers 3"));
}

#[test]
fn what_a_tarball_brings_is_new_to_cargo() {
    let (project, hour) = (project(), Duration::from_secs(3600));
    let sources = ["crates/a/src/main.rs", "crates/b/src/main.rs"];
    let time = |name: &str| fs::metadata(project.path(name)).unwrap().modified().unwrap();
    run(&project, "1").success();
    let before = sources.map(time);
    let built = SystemTime::now();
    // As tar does: another content, and the time that it had elsewhere.
    fs::write(project.path(sources[0]), "new").unwrap();
    let unpacked = File::options().write(true).open(project.path(sources[0])).unwrap();
    unpacked.set_modified(built - hour).unwrap();
    run(&project, "1").success();
    assert!(time(sources[0]) >= built - Duration::from_secs(1), "{:?}", time(sources[0]));
    assert_eq!(time(sources[1]), before[1], "nobody has touched it");
    let after = sources.map(time);
    run(&project, "1").success();
    assert_eq!(sources.map(time), after, "it is new once");
}

#[test]
fn a_folder_that_one_may_not_write_in_is_named() {
    let project = project();
    fs::rename(project.path("target"), project.path("gone")).unwrap();
    // Root may write everywhere, but not here.
    symlink("/proc/nowhere", project.path("target")).unwrap();
    let outcome = run(&project, "1");
    assert_eq!(outcome.status, Some(2), "that of make");
    let message = outcome.stderr.lines().next().unwrap_or_default();
    assert!(message.contains("may not be written in: copy it to"), "{message}");
    let folder = project.path("Makefile").parent().unwrap().display().to_string();
    assert!(message.contains(&folder), "{message}");
}
