//! Documents that are no plain files, or have names that are no plain texts.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use harness::trial::{Folder, bytes, outcome};
use serde_json::json;

use super::peer::{expected, regex_words};
use super::{PROGRAM, assert_same, command, counted, run, ways};

#[test]
fn what_has_no_size_or_a_wrong_one_is_read_to_its_end() {
    let folder = Folder::new();
    for path in ["/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"] {
        if !Path::new(path).exists() {
            continue; // Not on macOS.
        }
        let copy = folder.path("copy");
        fs::write(&copy, bytes(path.as_ref())).unwrap();
        let expected = expected(&[copy], regex_words);
        assert!(expected.len() > 30, "{path}");
        for (kernel, ranks) in ways() {
            let found = counted(ranks, &format!("--kernel {kernel}"), &[path.as_ref()]);
            assert_same(&found, &expected, &format!("{path}, {kernel} on {ranks} ranks"));
        }
    }
}

#[test]
fn a_pipe_is_a_document_that_counts_as_often_as_it_is_named() {
    let folder = Folder::new();
    let (pipe, out) = (folder.path("pipe"), folder.path("out.csv"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // More than fits into a pipe, so its writer waits for the reader.
    fs::write(folder.path("text"), "one two one ".repeat(50_000)).unwrap();
    for (kernel, ranks) in ways() {
        for (document, script) in [
            (&*pipe, r#"cat text >pipe & "$@""#),
            (Path::new("/dev/stdin"), r#"cat text | "$@""#),
            (Path::new("/dev/fd/0"), r#""$@" <text"#),
            (Path::new("/dev/fd/63"), r#""$@" 63< <(cat text)"#),
        ] {
            let mut job = command(ranks, &format!("--kernel {kernel}"), &[document; 2]);
            job.arg("--out").arg(&out);
            let mut piped = Command::new("bash");
            piped.args(["-c", script, "bash"]).current_dir(folder.path(""));
            outcome(piped.arg(job.get_program()).args(job.get_args())).success();
            let case = format!("{}, {kernel} on {ranks} ranks", document.display());
            assert_same(&bytes(&out), b"word,count\none,200000\ntwo,100000\n", &case);
        }
    }
}

#[test]
fn what_never_comes_or_never_ends_is_no_document() {
    let folder = Folder::new();
    let pipe = folder.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (document, says) in [
        (&*pipe, "pipe: nothing came from it for 10 s"),
        (Path::new("/dev/zero"), "/dev/zero: it has more than 256 MiB"),
        (Path::new("/dev/fd/99"), "/dev/fd/99: no rank has it: name a file"),
    ] {
        let start = Instant::now();
        let outcome = run(3, "", &[document]);
        assert!(outcome.failure(1).contains(says), "{}", outcome.stderr);
        assert!(start.elapsed().as_secs() < 60, "{says}");
    }
}

#[test]
fn each_document_has_its_own_name_whatever_its_bytes() {
    let folder = Folder::new();
    let names = [&b"\xFE.txt"[..], b"\xFF.txt", b"\\xff.txt", b"\xEF\xBF\xBD.txt"];
    for (count, name) in (1..).zip(names) {
        let path = folder.path("").join(OsStr::from_bytes(name));
        // Some file systems take no such name.
        if fs::write(path, "one ".repeat(count)).is_err() {
            return;
        }
    }
    let top = folder.path("").display().to_string();
    let words = ["\\x5cxff", "\u{fffd}", "\\xfe", "\\xff"];
    let in_order = words.map(|name| format!("{top}{name}.txt"));
    let counts = [3, 4, 1, 2];
    for (kernel, ranks) in ways() {
        let words = format!("--json --word one --kernel {kernel}");
        let record = run(ranks, &words, &[&folder.path("")]).success().json();
        let per_document = in_order.iter().zip(counts);
        let per_document: serde_json::Map<_, _> =
            per_document.map(|(name, count)| (name.clone(), json!(count))).collect();
        let expected = json!({ "total": 10, "per_document": per_document });
        assert_eq!(record["words"]["one"], expected, "{kernel} on {ranks} ranks");
        let words = format!("--per-document --kernel {kernel}");
        let csv = String::from_utf8(counted(ranks, &words, &[&folder.path("")])).unwrap();
        let rows = in_order.iter().zip(counts);
        let rows: String =
            rows.map(|(name, count)| format!("{name},one,{count}\n")).collect();
        assert_eq!(csv, format!("document,word,count\n{rows}"), "{kernel} on {ranks}");
    }
}

#[test]
fn a_colon_can_be_a_document_and_a_word() {
    let folder = Folder::new();
    fs::write(folder.path(":"), "a : b").unwrap();
    let words = "--word=: --tokens whitespace --json ./:";
    let mut job = ranks::trial::command(2, PROGRAM);
    let outcome = outcome(job.args(words.split(' ')).current_dir(folder.path("")));
    assert_eq!(outcome.success().json()["words"][":"]["total"], 1);
}
