//! `course handout --update`: work that is carried over into a newer handout.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::mini::{ALLOW, BLOCK, BLOCK_STUB, Mini, Outcome, course, write};

const HEART: &str = "crates/rows/src/block.rs";
const CYCLIC: &str = "crates/rows/src/cyclic.rs";
const SHEET: &str = "crates/rows/README.md";
const ASKS: &str =
    "# Rows\n\n## Predict\n\n1. How long?\n\n## Questions\n\n1. Why?\n2. And?\n";

/// A student's heart: a region of imports and one of code.
fn written() -> String {
    let text = BLOCK_STUB.replace("// <<< 3.1\n\n", "use std::iter;\n// <<< 3.1\n\n");
    let (start, rest) = text.split_once("    todo!(").unwrap();
    let (_, end) = rest.split_once('\n').unwrap();
    format!("{start}    let _ = (workers, iter::empty::<u8>());\n    rows.sum()\n{end}")
}

/// An old handout with one heart written and answers, and a project that went on.
fn old_and_new() -> Option<(Mini, tempfile::TempDir)> {
    let mini = Mini::new()?;
    mini.write(SHEET, ASKS);
    mini.commit();
    let old = mini.handout();
    write(old.path(), HEART, &written());
    let answers = fs::read_to_string(old.path().join("answers.toml")).unwrap();
    let answers = answers.replace("question.1 = \"\"", "question.1 = \"be\\\"cause\"");
    write(old.path(), "answers.toml", &answers);
    mini.write(
        HEART,
        &BLOCK.replace("/// The sum of", "/// All of").replace("share the", "cut the"),
    );
    mini.write(SHEET, &ASKS.replace("Why?", "Why so?"));
    mini.commit();
    Some((mini, old))
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let paths = [HEART, CYCLIC, "answers.toml", "crates/rows/Cargo.toml", "Makefile"];
    let read = |path: &str| fs::read_to_string(folder.join(path)).unwrap();
    paths.iter().map(|path| (path.to_string(), read(path))).collect()
}

fn update(mini: &Mini, old: &Path, new: &Path) -> Outcome {
    let words = format!("handout --update {} --folder {}", old.display(), new.display());
    course(mini.root(), &words)
}

#[test]
fn what_was_written_is_in_the_newer_handout() {
    let Some((mini, old)) = old_and_new() else { return };
    let before = files(old.path());
    let new = tempfile::tempdir().unwrap();
    let report = update(&mini, old.path(), new.path()).success();
    assert_eq!(files(old.path()), before, "the old folder is only read");

    let found = files(new.path());
    let expected = written().replace("/// The sum of", "/// All of");
    assert_eq!(found[HEART], expected, "{report}");
    assert!(found[CYCLIC].contains("todo!(\"task 3.2\")"), "{report}");
    let answers = &found["answers.toml"];
    assert!(
        answers.contains("# 1. Why so?\nquestion.1 = \"be\\\"cause\"\n"),
        "{answers}"
    );
    let lines = format!(
        "carried over from {0}:\n  3.1 {HEART}\n  1 answer in answers.toml\n\
         not carried over from {0}:\n  3.1 crates/hello/src/main.rs: not written yet\n  \
         {HEART}: differs outside of the regions, by the newer handout or by your edits\n  \
         3.2 {CYCLIC}: not written yet\n",
        old.path().display()
    );
    assert!(report.starts_with(&lines), "{report}");
}

#[test]
fn an_unpacked_handout_takes_the_work_into_its_own_folder_once() {
    let Some((mini, old)) = old_and_new() else { return };
    let new = mini.handout();
    let words = format!("handout --update {}", old.path().display());
    let report = course(new.path(), &words).success();
    assert!(report.starts_with("carried over from "), "{report}");
    let found = files(new.path());
    assert!(found[HEART].contains("    rows.sum()\n"), "{report}");
    // What is written after that stays.
    let better = found[HEART].replace("rows.sum()", "rows.rev().sum()");
    write(new.path(), HEART, &better);
    let report = course(new.path(), &words).success();
    assert!(
        report.contains(&format!("3.1 {HEART}: written in the newer file already")),
        "{report}"
    );
    assert_eq!(files(new.path())[HEART], better);
    assert!(!report.contains("\n  1 answer"), "{report}");

    let outcome = course(new.path(), &format!("{words} --folder out"));
    assert_eq!(outcome.status, 2, "{outcome:?}");
    outcome.assert_one_error("--folder");
}

#[test]
fn what_cannot_be_carried_is_named_with_the_reason() {
    let Some((mini, old)) = old_and_new() else { return };
    let cases = [
        (
            HEART,
            written().replacen("// <<< 3.1", "// <<<3.1", 1),
            "block.rs:7: a mark is damaged",
        ),
        (
            HEART,
            written()
                .replace("    // >>> 3.1: write", "    // >>> 3.9: write")
                .replace("    // <<< 3.1", "    // <<< 3.9"),
            "3.9 crates/rows/src/block.rs: the newer file has no such task",
        ),
        (
            HEART,
            written() + "// >>> 3.1: write your code here\n// <<< 3.1\n",
            "it has more places to write in now, or fewer",
        ),
        (
            "crates/rows/src/mine.rs",
            "//! Mine.\n".into(),
            "crates/rows/src/mine.rs: no file of the newer handout",
        ),
        ("answers.toml", "[rows]\nquestion.1 = \"\n".into(), "answers.toml:2: "),
        (
            "answers.toml",
            "[rows]\nquestion.9 = \"so\"\n".into(),
            "rows question.9 in answers.toml: the newer sheets do not ask this",
        ),
    ];
    for (path, text, expected) in cases {
        let before = fs::read_to_string(old.path().join(path)).ok();
        write(old.path(), path, &text);
        let new = tempfile::tempdir().unwrap();
        let report = update(&mini, old.path(), new.path()).success();
        let (_, left) = report.split_once("not carried over from").unwrap();
        assert!(left.contains(expected), "{expected}: {report}");
        match before {
            Some(before) => write(old.path(), path, &before),
            None => fs::remove_file(old.path().join(path)).unwrap(),
        }
    }
    let outcome = update(&mini, &mini.root().join("data"), &mini.root().join("new"));
    assert_eq!(outcome.status, 1, "{outcome:?}");
    outcome.assert_one_error("data");
    assert!(!mini.root().join("new").exists());
}

#[test]
fn the_line_that_allows_what_is_unused_stays_away_when_all_is_written() {
    let Some((mini, old)) = old_and_new() else { return };
    write(old.path(), HEART, &written().replace(&format!("{ALLOW}\n"), ""));
    let new = tempfile::tempdir().unwrap();
    update(&mini, old.path(), new.path()).success();
    let text = &files(new.path())[HEART];
    assert!(!text.contains("#![allow") && text.contains("rows.sum()"), "{text}");
}

#[test]
fn answers_are_asked_for_and_are_no_edit() {
    let Some((mini, old)) = old_and_new() else { return };
    let words = format!("diff rows --submission {}", old.path().display());
    let report = course(mini.root(), &words).success();
    assert!(!report.contains("answers.toml"), "{report}");
    mini.write(SHEET, &ASKS.replace("2. And?", "4. And?"));
    let outcome = course(mini.root(), "handout");
    assert_eq!(outcome.status, 1);
    assert!(outcome.stderr.contains("crates/rows/README.md: question 4 comes after 1"));
}
