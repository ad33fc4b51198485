//! Runs wordcount on several ranks and judges by the files that it writes.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::trial::{Folder, Outcome, assert_traced, bytes, outcome};
use kernels::words::corpus;
use serde_json::{Value, json};

use peer::{documents, expected, lines, regex_words, whitespace_words};

// A file beside this one would be a test program of its own.
#[path = "cli/documents.rs"]
mod documents_of_all_kinds;
#[path = "cli/failing.rs"]
mod failing;
#[path = "cli/peer.rs"]
mod peer;

const PROGRAM: &str = env!("CARGO_BIN_EXE_wordcount");
const EDGE_CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/edge-cases");
const RANKS: [usize; 4] = [1, 2, 3, 7];
/// What is yours to write comes first: a stub says so before anything else.
const KERNELS: [&str; 2] = ["plain", "fast"];

/// Each kernel on each number of ranks.
fn ways() -> impl Iterator<Item = (&'static str, usize)> {
    KERNELS.into_iter().flat_map(|kernel| RANKS.map(|ranks| (kernel, ranks)))
}

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
    let words = format!("--runs 2 --warmup 0 --out {} {words}", out.display());
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
        for (kernel, ranks) in ways() {
            let case = format!("{}, {kernel} on {ranks} ranks", path.display());
            let found = counted(ranks, &format!("--kernel {kernel}"), &[path]);
            assert_same(&found, &expected, &case);
        }
    }
}

#[test]
fn white_space_leaves_bytes_as_they_are() {
    let folder = some_documents();
    let expected = expected(&documents(&folder.path("")), whitespace_words);
    for (kernel, ranks) in ways() {
        let words = format!("--tokens whitespace --kernel {kernel}");
        let found = counted(ranks, &words, &[&folder.path("")]);
        assert_same(&found, &expected, &format!("{words} on {ranks} ranks"));
    }
}

#[test]
fn every_rule_gives_the_same_bytes_for_any_number_of_ranks() {
    let folder = some_documents();
    for words in
        ["--nfc", "--tokens uax29", "--tokens uax29 --nfc", "--tokens whitespace --nfc"]
    {
        let alone = counted(1, &format!("{words} --kernel plain"), &[&folder.path("")]);
        assert!(alone.len() > 10_000, "{words}: {} bytes", alone.len());
        for (kernel, ranks) in ways() {
            let words = format!("{words} --kernel {kernel}");
            let found = counted(ranks, &words, &[&folder.path("")]);
            assert_same(&found, &alone, &format!("{words} on {ranks} ranks"));
        }
    }
}

#[test]
fn a_composed_and_a_decomposed_letter_are_one_with_nfc() {
    let folder = Folder::new();
    fs::write(folder.path("a.txt"), "\u{e9}t\u{e9} e\u{301}te\u{301}").unwrap();
    let path = folder.path("a.txt");
    for (kernel, rule) in KERNELS
        .into_iter()
        .flat_map(|kernel| ["words", "uax29", "whitespace"].map(|rule| (kernel, rule)))
    {
        let words = format!("--kernel {kernel} --tokens {rule}");
        let apart = counted(2, &words, &[&path]);
        let expected = "word,count\ne\u{301}te\u{301},1\n\u{e9}t\u{e9},1\n";
        assert_same(&apart, expected.as_bytes(), &words);
        let one = counted(2, &format!("--nfc {words}"), &[&path]);
        assert_same(&one, "word,count\n\u{e9}t\u{e9},2\n".as_bytes(), &words);
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
    for (kernel, ranks) in ways() {
        let words = format!("--per-document --kernel {kernel}");
        let found = counted(ranks, &words, &[Path::new(EDGE_CASES)]);
        assert_same(&found, &expected, &format!("{kernel} on {ranks} ranks"));
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
    for (kernel, ranks) in ways() {
        let flags = "--word One --word one --word tan --word don't --word nowhere";
        let flags = format!("--json --check --kernel {kernel} {flags}");
        let json = run(ranks, &flags, &[&folder.path("")]).success().json();
        assert_eq!(json["kernel"], json!(kernel));
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
    for (ranks, rule) in [
        (1, "words --kernel plain"),
        (3, "whitespace --kernel plain"),
        (7, "uax29 --kernel plain"),
        (2, "words"),
        (3, "whitespace"),
        (1, "uax29"),
    ] {
        let words = format!("--json --check --tokens {rule}");
        let json = run(ranks, &words, &[Path::new(EDGE_CASES)]).success().json();
        assert_eq!(json["invalid_utf8"], json!(expected), "{rule} on {ranks} ranks");
    }
}

#[test]
fn a_trace_shows_the_time_of_each_rank() {
    let (folder, documents) = (Folder::new(), some_documents());
    let trace = folder.path("trace.json");
    for (kernel, ranks) in ways() {
        let words = format!("--kernel {kernel} --json --trace {}", trace.display());
        let record = run(ranks, &words, &[&documents.path(".")]).success().json();
        // Words have no rows that would be computed once.
        assert_traced(&trace, &record, None);
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
        for (kernel, ranks) in ways() {
            let expected = [&b"word,count\n"[..], words].concat();
            let found = counted(ranks, &format!("--kernel {kernel}"), &[&path]);
            assert_same(&found, &expected, &format!("{text:?} {kernel} {ranks}"));
        }
    }
}

#[test]
fn a_document_named_twice_counts_twice() {
    let folder = Folder::new();
    let (text, other) = (folder.path("a.txt"), folder.path("b.log"));
    fs::write(&text, "one\n").unwrap();
    fs::write(&other, "two\n").unwrap();
    for kernel in KERNELS {
        let words = format!("--kernel {kernel}");
        let found = counted(3, &words, &[&text, &folder.path(""), &other]);
        assert_same(&found, b"word,count\none,2\ntwo,1\n", "a file, its folder, another");
    }
}
