//! What launch.sh hands to mpiexec, whatever the words and the machine's name.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use harness::program;
use harness::trial::{Folder, Outcome, outcome};
use ranks::trial;

/// Runs `echo` with `words`, and mpiexec with `flags`.
fn echo(flags: &str, words: &str) -> Outcome {
    let mut job = trial::command(1, "echo");
    outcome(job.args(words.split_whitespace()).env("MPIEXEC_FLAGS", flags))
}

#[test]
fn nothing_else_is_run_whatever_the_words() {
    for words in ["a : echo b", ":", "-- : b", "--mca a b", "-mca", "--gmca a b"] {
        let refused = words.split(' ').find(|word| *word == ":" || word.contains("mca"));
        let outcome = echo("", words);
        let says = format!("mpiexec takes {}", refused.unwrap().replace(':', "a lone :"));
        assert!(outcome.failure(2).contains(&says), "{}", outcome.stderr);
        assert_eq!(outcome.stdout, "", "{words}");
    }
    for word in ["-am", "--am", "-tune", "--tune", "--prtemca", "--pmixmca", "--omca"] {
        assert!(echo("", word).failure(2).contains(&format!("mpiexec takes {word} ")));
    }
    for words in [":: :a a: ./:", "--word=:", "--file=x.mca -amca tune", "-x A=1 -np 3"] {
        assert_eq!(echo("", words).success().stdout, format!("{words}\n"));
    }
}

#[test]
fn nothing_else_is_run_whatever_the_flags_of_mpiexec() {
    for (flags, says) in [
        (": echo b", "begins with :"),
        ("-v : echo b", ": in MPIEXEC_FLAGS"),
        ("echo b", "begins with echo"),
        ("--app f", "--app in MPIEXEC_FLAGS"),
        ("-v -configfile f", "-configfile in MPIEXEC_FLAGS"),
        ("-np 3", "NP is the number of ranks"),
    ] {
        let outcome = echo(flags, "a");
        assert!(outcome.failure(2).contains(says), "{flags}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "", "{flags}");
    }
    for ranks in ["", "0", "two", "2 : echo b", "-1"] {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("launch.sh");
        let outcome = outcome(Command::new(script).args(["-n", ranks, "echo", "a"]));
        assert!(outcome.failure(2).contains(&format!("-n '{ranks}' is not a positive")));
    }
}

#[test]
fn the_default_may_be_written_by_hand() {
    let mine = Path::new(env!("CARGO_MANIFEST_DIR")).join("launch.sh");
    let script = fs::read_to_string(mine).unwrap();
    // Some editors do not end the last line.
    let folder = Folder::with(&[
        ("crates/ranks/launch.sh", &script),
        ("mpiexec", "#!/bin/sh\nshift 2\nexec \"$@\"\n"),
        (".mpi/default", "mine"),
        (".mpi/mine.env", ""),
    ]);
    let top = fs::canonicalize(folder.path("")).unwrap();
    let record =
        format!("CARGO_TARGET_DIR={0}/target/mine MPIEXEC={0}/mpiexec", top.display());
    fs::write(folder.path(".mpi/mine.env"), record).unwrap();
    for program in ["crates/ranks/launch.sh", "mpiexec"] {
        let mode = PermissionsExt::from_mode(0o755);
        fs::set_permissions(folder.path(program), mode).unwrap();
    }
    let mut command = Command::new(folder.path("crates/ranks/launch.sh"));
    let outcome = outcome(command.args(["-n", "1", "echo", "a"]).env_remove("MPI"));
    assert_eq!(outcome.success().stdout, "a\n");
}

#[test]
fn a_job_runs_on_a_machine_of_any_name() {
    let rename = r#"printf %s "$0" >/proc/sys/kernel/hostname && exec "$@""#;
    let mut able = Command::new("unshare");
    able.args(["--uts", "sh", "-c", rename, "x", "true"]);
    // Only root may rename a host, and not in every container.
    if !able.output().is_ok_and(|output| output.status.success()) {
        return program::say("not tested: this machine cannot be renamed");
    }
    let long = "a-1.".repeat(14) + "a1";
    for name in ["my_host", "_", "MY-Host.x_y.org", "0017", "10.0.0.1", "a.b", &long] {
        let job = trial::command(3, &trial::example("trouble"));
        let mut named = Command::new("unshare");
        named.args(["--uts", "sh", "-c", rename, name]);
        named.arg(job.get_program()).args(job.get_args()).arg("nothing");
        let outcome = outcome(&mut named).success();
        assert_eq!(outcome.stderr.matches("] second").count(), 3, "{name}");
    }
    let job = trial::command(1, "echo");
    let mut named = Command::new("unshare");
    named.args(["--uts", "sh", "-c", rename, &"a".repeat(64)]);
    let outcome = outcome(named.arg(job.get_program()).args(job.get_args()));
    if outcome.status != Some(0) {
        assert!(outcome.failure(1).contains("name longer than"), "{}", outcome.stderr);
        assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    }
}
