//! Runs the real `course` on a miniature project and on what students make of it.

mod diff;
mod handout;
mod mini;
mod offline;
mod update;

use mini::{Mini, course};

#[test]
fn a_bad_command_line_is_one_line_with_status_2() {
    let Some(mini) = Mini::new() else { return };
    let cases = [
        "",
        "handouts",
        "handout --flag",
        "handout --solved 3.1",
        "handout --folder out --out out.tar.gz",
        "handout --update crates",
        "handout --update crates --folder out --solved all",
        "handout --update crates --folder out --offline",
        "handout --folder out --solved 9z",
        "handout --folder out --solved hello:3.2",
        "diff rows",
        "diff --submission .",
        "diff nothing --submission .",
        "diff kernels --submission .",
        "grade",
        "grade data --only nobody",
        "wall",
    ];
    for words in cases {
        let outcome = course(mini.root(), words);
        assert_eq!(outcome.status, 2, "{words}: {outcome:?}");
        outcome.assert_one_error(words);
        assert!(!mini.root().join("out").exists(), "{words}");
    }
}

#[test]
fn what_depends_on_files_is_one_line_with_status_1() {
    let Some(mini) = Mini::new() else { return };
    mini.write("plain.txt", "no tarball");
    let cases = [
        ("handout --out missing/out.tar.gz", "missing/out.tar.gz: no such folder"),
        ("handout --out crates", "crates: it is a folder"),
        ("handout --folder crates", "crates: not empty"),
        ("solutions --out crates", "crates: it is a folder"),
        ("handout --root crates", "crates: no Cargo.toml with a [workspace]"),
        ("diff rows --submission missing", "missing: No such file"),
        ("diff rows --submission plain.txt", "plain.txt: not a readable .tar.gz"),
        ("grade missing", "missing: No such file"),
        ("grade crates/hello/src --points plain.txt", "plain.txt: "),
        ("diff rows --submission data", "data: no crate rows in it"),
        (
            "diff rows --submission crates/hello",
            "crates/hello: its crate is hello, not rows",
        ),
    ];
    for (words, expected) in cases {
        let outcome = course(mini.root(), words);
        assert_eq!(outcome.status, 1, "{words}: {outcome:?}");
        outcome.assert_one_error(words);
        assert!(outcome.stderr.contains(expected), "{words}: {}", outcome.stderr);
    }
}

#[test]
fn of_a_flag_given_twice_the_last_wins() {
    let Some(mini) = Mini::new() else { return };
    course(mini.root(), "handout --out one.tar.gz --out two.tar.gz").success();
    assert!(!mini.root().join("one.tar.gz").exists());
    assert!(mini.root().join("two.tar.gz").exists());
}

#[test]
fn without_a_sandbox_nothing_is_graded() {
    let Some(mini) = Mini::new() else { return };
    let points = concat!(env!("CARGO_MANIFEST_DIR"), "/points.toml");
    let mut course = mini::alone(env!("CARGO_BIN_EXE_course"));
    course.args(["grade", "data", "--points", points]).current_dir(mini.root());
    let output = course.env("PATH", "nowhere").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("error: there is no sandbox"), "{message}");
    assert!(message.contains("apt-get install bubblewrap"), "{message}");
    assert!(!mini.root().join("data-grades").exists());
}
