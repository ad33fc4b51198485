//! Runs corpus and judges by the files that it writes.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

use harness::trial::{Folder, Outcome, bytes, outcome, run};

const CORPUS: &str = env!("CARGO_BIN_EXE_corpus");

fn run_in(folder: &Folder, words: &str) -> Outcome {
    let mut command = Command::new(CORPUS);
    outcome(command.args(words.split_whitespace()).current_dir(folder.path("")))
}

#[test]
fn a_text_has_its_size_and_depends_on_its_seed_alone() {
    let folder = Folder::new();
    for (words, name, size) in [
        ("--size 3M", "results/corpus-3M.txt", 3_000_000),
        ("--size 1000K --seed 7", "results/corpus-1M-seed-7.txt", 1_000_000),
        ("--size 123457", "results/corpus-123457.txt", 123_457),
        ("--size 1 --out one.txt", "one.txt", 1),
        ("--size 1M --out ./again.txt --seed 7", "again.txt", 1_000_000),
    ] {
        run_in(&folder, words).success();
        let text = bytes(&folder.path(name));
        assert_eq!(text.len(), size, "{words}");
        assert!(text.is_ascii() && text.ends_with(b"\n"), "{words}");
    }
    let text = |name| bytes(&folder.path(name));
    assert!(text("results/corpus-1M-seed-7.txt") == text("again.txt"));
    assert!(text("again.txt") != text("results/corpus-3M.txt")[..1_000_000]);
}

#[test]
fn a_text_that_is_there_already_is_kept_and_another_one_replaced() {
    let folder = Folder::new();
    let path = folder.path("text");
    run_in(&folder, "--size 1M --out text").success();
    let (text, file) = (bytes(&path), fs::metadata(&path).unwrap().ino());

    let again = run_in(&folder, "--size 1M --out text").success();
    assert!(again.stdout.contains("text is there already"), "{}", again.stdout);
    assert_eq!(fs::metadata(&path).unwrap().ino(), file);

    let mut one_byte = text.clone();
    one_byte[999_000] = b'#';
    let longer = [&text[..], b"x"].concat();
    for other in [vec![b'x'; 1_000_000], text[..500_000].to_vec(), one_byte, longer] {
        fs::write(&path, other).unwrap();
        run_in(&folder, "--size 1M --out text").success();
        assert!(bytes(&path) == text);
    }
    assert_eq!(folder.names(), ["text"]);
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let folder = Folder::new();
    for (words, status, says) in [
        ("", 2, "--size"),
        ("--size 0", 2, "1000G"),
        ("--size -5", 2, "-5"),
        ("--size 200MB", 2, "200MB"),
        ("--size 1.5G", 2, "1.5G"),
        ("--size 99999999999999999999", 2, "1000G"),
        ("--size 2M --seed x", 2, "--seed"),
        ("--size 2M --out none/text", 1, "none/text"),
        ("--size 2M --out .", 1, "cannot write ."),
    ] {
        let outcome = run_in(&folder, words);
        let message = outcome.failure(status);
        assert!(message.contains(says), "{words}: {message}");
        assert_eq!(folder.names(), [""; 0], "{words}");
    }
}

#[test]
fn a_text_that_the_disk_cannot_hold_is_refused() {
    let folder = Folder::new();
    let most =
        run(CORPUS, &format!("--size 1000G --out {}", folder.path("text").display()));
    let message = most.failure(1);
    assert!(message.contains("the disk has"), "{message}");
    assert_eq!(folder.names(), [""; 0]);
}
