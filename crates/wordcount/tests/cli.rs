//! Runs wordcount on several ranks and judges by the files that it writes.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::trial::{Folder, Outcome, bytes, outcome};
use kernels::words::corpus;
use serde_json::{Value, json};

use peer::{documents, expected, lines, regex_words, whitespace_words};

// A file beside this one would be a test program of its own.
#[path = "cli/failing.rs"]
mod failing;
#[path = "cli/peer.rs"]
mod peer;

const PROGRAM: &str = env!("CARGO_BIN_EXE_wordcount");
const EDGE_CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/edge-cases");
const RANKS: [usize; 4] = [1, 2, 3, 7];

/// One run, without a warm-up, on words and paths that may hold spaces.
fn command(ranks: usize, words: &str, paths: &[&Path]) -> Command {
    let mut command = ranks::trial::command(ranks, PROGRAM);
    command.args(["--runs", "1", "--warmup", "0"]);
    command.args(words.split_whitespace()).args(paths);
    command
}

fn run(ranks: usize, words: &str, paths: &[&Path]) -> Outcome {
    outcome(&mut command(ranks, words, paths))
}

/// What `--out` holds after a run that checks itself.
fn counted(ranks: usize, words: &str, paths: &[&Path]) -> Vec<u8> {
    let folder = Folder::new();
    let out = folder.path("out.csv");
    let words = format!("--check --out {} {words}", out.display());
    run(ranks, &words, paths).success();
    bytes(&out)
}

#[track_caller]
fn assert_same(found: &[u8], expected: &[u8], case: &str) {
    let (text, wanted) =
        (String::from_utf8_lossy(found), String::from_utf8_lossy(expected));
    for (found, wanted) in text.lines().zip(wanted.lines()) {
        assert_eq!(found, wanted, "{case}");
    }
    assert!(found == expected, "{case}: {} and {} bytes", found.len(), expected.len());
}

/// Documents of some size: a long one, short ones, one that no cut fits.
fn some_documents() -> Folder {
    let folder = Folder::new();
    let long: String = corpus::text(1, 400_000).collect();
    fs::write(folder.path("long.txt"), long).unwrap();
    for (number, edge_case) in documents(Path::new(EDGE_CASES)).iter().enumerate() {
        fs::copy(edge_case, folder.path(&format!("{number}.txt"))).unwrap();
    }
    fs::write(folder.path("uncut.txt"), "x\u{e9}.".repeat(90_000)).unwrap();
    folder
}

#[test]
fn any_number_of_ranks_counts_what_the_regex_crate_finds() {
    let folder = some_documents();
    for path in [Path::new(EDGE_CASES), &folder.path("")] {
        let expected = expected(&documents(path), regex_words);
        for ranks in RANKS {
            let case = format!("{} on {ranks} ranks", path.display());
            assert_same(&counted(ranks, "", &[path]), &expected, &case);
        }
    }
}

#[test]
fn white_space_leaves_bytes_as_they_are() {
    let folder = some_documents();
    let expected = expected(&documents(&folder.path("")), whitespace_words);
    for ranks in RANKS {
        let found = counted(ranks, "--tokens whitespace", &[&folder.path("")]);
        assert_same(&found, &expected, &format!("{ranks} ranks"));
    }
}

#[test]
fn every_rule_gives_the_same_bytes_for_any_number_of_ranks() {
    let folder = some_documents();
    for words in
        ["--nfc", "--tokens uax29", "--tokens uax29 --nfc", "--tokens whitespace --nfc"]
    {
        let alone = counted(1, words, &[&folder.path("")]);
        assert!(alone.len() > 10_000, "{words}: {} bytes", alone.len());
        for ranks in [2, 3, 7] {
            let found = counted(ranks, words, &[&folder.path("")]);
            assert_same(&found, &alone, &format!("{words} on {ranks} ranks"));
        }
    }
}

#[test]
fn a_composed_and_a_decomposed_letter_are_one_with_nfc() {
    let folder = Folder::new();
    fs::write(folder.path("a.txt"), "\u{e9}t\u{e9} e\u{301}te\u{301}").unwrap();
    for words in ["", "--tokens uax29", "--tokens whitespace"] {
        let path = folder.path("a.txt");
        let apart = counted(2, words, &[&path]);
        assert_same(
            &apart,
            "word,count\ne\u{301}te\u{301},1\n\u{e9}t\u{e9},1\n".as_bytes(),
            words,
        );
        let one = counted(2, &format!("--nfc {words}"), &[&path]);
        assert_same(&one, "word,count\n\u{e9}t\u{e9},2\n".as_bytes(), words);
    }
}

#[test]
fn each_document_is_counted_by_itself_in_the_order_of_the_list() {
    let mut expected = b"document,word,count\n".to_vec();
    for path in documents(Path::new(EDGE_CASES)) {
        let name = path.to_str().unwrap();
        let quotes = if name.contains(',') { "\"" } else { "" };
        let prefix = format!("{quotes}{name}{quotes},");
        expected.extend(lines(prefix.as_bytes(), regex_words(&bytes(&path))));
    }
    for ranks in RANKS {
        let found = counted(ranks, "--per-document", &[Path::new(EDGE_CASES)]);
        assert_same(&found, &expected, &format!("{ranks} ranks"));
    }
}

#[test]
fn words_are_found_in_each_document_and_in_all() {
    let folder = some_documents();
    let paths = documents(&folder.path(""));
    let words: Vec<Vec<Vec<u8>>> =
        paths.iter().map(|path| regex_words(&bytes(path))).collect();
    let occurrences = |word: &str| -> Value {
        let count =
            |words: &Vec<Vec<u8>>| words.iter().filter(|w| *w == word.as_bytes()).count();
        let counts: Vec<usize> = words.iter().map(count).collect();
        let names = paths.iter().map(|path| path.display().to_string());
        let per_document: HashMap<String, usize> =
            names.zip(counts.iter().copied()).collect();
        json!({ "total": counts.iter().sum::<usize>(), "per_document": per_document })
    };
    let mut distinct: Vec<&Vec<u8>> = words.iter().flatten().collect();
    distinct.sort();
    distinct.dedup();
    for ranks in RANKS {
        let flags =
            "--json --check --word One --word one --word tan --word don't --word nowhere";
        let json = run(ranks, flags, &[&folder.path("")]).success().json();
        assert_eq!(json["words"].as_object().unwrap().len(), 5, "{ranks} ranks");
        for (word, counted_as) in [
            ("One", "one"),
            ("one", "one"),
            ("tan", "tan"),
            ("don't", "don't"),
            ("nowhere", "nowhere"),
        ] {
            assert_eq!(
                json["words"][word],
                occurrences(counted_as),
                "{word} on {ranks} ranks"
            );
        }
        assert!(json["words"]["tan"]["total"].as_u64() > Some(100), "{ranks} ranks");
        let bytes: u64 = paths.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
        for (key, value) in [
            ("bytes", bytes),
            ("documents", paths.len() as u64),
            ("tokens", words.iter().map(|words| words.len() as u64).sum()),
            ("distinct", distinct.len() as u64),
            ("workers", ranks as u64),
        ] {
            assert_eq!(json[key], json!(value), "{key} on {ranks} ranks");
        }
    }
}

#[test]
fn invalid_sequences_are_counted_as_std_reports_them() {
    let paths = documents(Path::new(EDGE_CASES));
    let invalid = |path: &PathBuf| {
        let bytes = bytes(path);
        bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count()
    };
    let expected: usize = paths.iter().map(invalid).sum();
    assert!(expected > 20);
    for (ranks, rule) in [(1, "words"), (3, "whitespace"), (7, "uax29"), (2, "words")] {
        let words = format!("--json --check --tokens {rule}");
        let json = run(ranks, &words, &[Path::new(EDGE_CASES)]).success().json();
        assert_eq!(json["invalid_utf8"], json!(expected), "{rule} on {ranks} ranks");
    }
}

#[test]
fn less_work_than_ranks_is_no_trouble() {
    let folder = Folder::new();
    for (text, words) in [
        (&b""[..], &b""[..]),
        (b"x", b"x,1\n"),
        (b"a b", b"a,1\nb,1\n"),
        (b"\xEF\xBB\xBF", b""),
        (b"\xEF\xBB\xBFA", b"a,1\n"),
        (b" \n\n", b""),
        (b"\xFF", b""),
    ] {
        let path = folder.path("small.txt");
        fs::write(&path, text).unwrap();
        for ranks in RANKS {
            let expected = [&b"word,count\n"[..], words].concat();
            assert_same(
                &counted(ranks, "", &[&path]),
                &expected,
                &format!("{text:?} {ranks}"),
            );
        }
    }
}

#[test]
fn a_document_named_twice_counts_twice() {
    let folder = Folder::new();
    let (text, other) = (folder.path("a.txt"), folder.path("b.log"));
    fs::write(&text, "one\n").unwrap();
    fs::write(&other, "two\n").unwrap();
    let found = counted(3, "", &[&text, &folder.path(""), &other]);
    assert_same(
        &found,
        b"word,count\none,2\ntwo,1\n",
        "a file, its folder, another file",
    );
}
