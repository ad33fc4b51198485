//! Whatever a slide names is there, and a change that takes it away is found out: by a
//! copy of the project, in which something is renamed, removed or typed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::trial::{Outcome, outcome};
use regex::Regex;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn check(root: &Path) -> Outcome {
    outcome(
        Command::new(env!("CARGO_BIN_EXE_talk")).arg("--check").arg("--root").arg(root),
    )
}

#[test]
fn all_that_the_slides_name_is_there() {
    check(&root()).success();
}

/// What the slides look at, in a folder of its own.
fn copy() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for folder in ["crates", "results/reference"] {
        copy_folder(&root().join(folder), &copy.path().join(folder));
    }
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_folder(&path, &to);
        } else {
            fs::copy(path, to).unwrap();
        }
    }
}

/// Replaces `old`, which must be there, in the file `path`.
fn replace(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(old), "{}: no {old}", path.display());
    fs::write(path, text.replace(old, new)).unwrap();
}

/// Something that a slide names is taken away, and what is said about that.
type Break = (fn(&Path), &'static str);

const BREAKS: [Break; 6] = [
    // A function is renamed.
    (
        |root| {
            replace(&root.join("crates/mpi-hello/src/greet.rs"), "fn greet", "fn hail")
        },
        "no line begins with `fn greet`",
    ),
    // A task gets another number.
    (
        |root| {
            let heart = root.join("crates/mandel-threads/src/block.rs");
            replace(&heart, "BEGIN SOLUTION 3.1", "BEGIN SOLUTION 3.9");
        },
        "no region of task 3.1",
    ),
    // A call is gone.
    (
        |root| {
            let calls = root.join("crates/ranks/examples/calls.rs");
            replace(&calls, "    root.gather_into(&mine);\n", "");
        },
        "no line begins with `root.gather_into`",
    ),
    // A result file is removed.
    (
        |root| {
            fs::remove_file(root.join("results/reference/ping-pong.csv")).unwrap();
        },
        "rows(\"ping-pong.csv\", \"bytes, median_s, alpha_s, beta_s_per_byte\", \"\"): No such file",
    ),
    // A column is renamed.
    (
        |root| {
            let chunks = root.join("results/reference/chunks.csv");
            replace(&chunks, "imbalance", "unevenness");
        },
        "no column imbalance",
    ),
    // The compiler takes what it should refuse.
    (
        |root| {
            replace(&root.join("crates/talk/broken/race.rs"), "|| total += 2", "|| ()")
        },
        "the compiler does not refuse it",
    ),
];

#[test]
fn what_a_slide_names_and_is_not_there_is_found_out() {
    let copy = copy();
    BREAKS.iter().for_each(|(take_away, _)| take_away(copy.path()));
    let done = check(copy.path());
    let places = BREAKS.map(|(_, message)| {
        let line = done.stderr.lines().find(|line| line.contains(message));
        line.unwrap_or_else(|| panic!("{message}: {}", done.stderr))
    });
    assert!(places.iter().all(|place| place.starts_with("part")), "{places:?}");
    assert_eq!(done.status, Some(1));
}

#[test]
fn code_that_is_typed_into_a_slide_is_refused() {
    let copy = copy();
    let part = copy.path().join("crates/talk/slides/part1.typ");
    replace(&part, "#end-part", "```rust\nlet x = 1;\n```\n#end-part");
    let done = check(copy.path());
    assert!(done.failure(1).contains("take code from a crate"), "{}", done.stderr);
}

#[test]
fn a_solution_on_a_slide_is_refused() {
    let copy = copy();
    let part = copy.path().join("crates/talk/slides/part1.typ");
    let line = "*counts.entry(process.host.clone()).or_insert(0) += 1;";
    replace(&part, "#end-part", &format!("#raw(\"{line}\")\n#end-part"));
    let done = check(copy.path());
    let message = "the slides give a solution away";
    assert!(done.failure(1).contains(message), "{}", done.stderr);
}

/// The last row reads it, too.
#[test]
fn no_text_of_a_slide_is_set_smaller_than_24_points() {
    let size = Regex::new(r"(?:text\(|size: )(\d+)pt").unwrap();
    for name in ["theme", "drawing", "chart", "part1", "part2", "part3"] {
        let path = root().join(format!("crates/talk/slides/{name}.typ"));
        let text = fs::read_to_string(path).unwrap();
        for (number, line) in (1..).zip(text.lines()) {
            let sizes =
                size.captures_iter(line).map(|size| size[1].parse::<u32>().unwrap());
            assert!(
                sizes.min().is_none_or(|size| size >= 24),
                "{name}.typ:{number}: {line}"
            );
        }
    }
}

/// A file that lacks what the slides name is not mixed with another machine's.
#[test]
fn a_result_file_is_taken_whole_or_not_at_all() {
    let copy = copy();
    let results = copy.path().join("results");
    let text = fs::read_to_string(results.join("reference/ping-pong.csv")).unwrap();
    fs::write(results.join("ping-pong.csv"), text.replace("alpha_s", "latency_s"))
        .unwrap();
    let done = check(copy.path()).success();
    assert!(done.stderr.contains("note: results/ping-pong.csv lacks"), "{}", done.stderr);
}
