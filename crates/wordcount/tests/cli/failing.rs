//! What goes wrong is said once, and leaves nothing behind.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use harness::program;
use harness::trial::{Folder, bytes, outcome};
use kernels::words::corpus;

use super::{PROGRAM, assert_same, command, run};

#[test]
fn without_a_path_data_is_counted() {
    let folder = Folder::new();
    let mut here = command(2, "--out out.csv", &[]);
    here.current_dir(folder.path(""));
    let message = outcome(&mut here);
    let message = message.failure(1);
    assert!(message.contains("no folder data/ here: name documents"), "{message}");
    assert_eq!(folder.names(), [""; 0]);

    fs::create_dir(folder.path("data")).unwrap();
    fs::write(folder.path("data/a.txt"), "one").unwrap();
    outcome(&mut here).success();
    assert_same(&bytes(&folder.path("out.csv")), b"word,count\none,1\n", "data/");
}

#[test]
fn what_is_wrong_is_said_once_before_anything_is_counted() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).display().to_string();
    fs::create_dir_all(folder.path("in/empty")).unwrap();
    fs::write(folder.path("in/a.txt"), "one").unwrap();
    fs::write(folder.path("old.csv"), "old").unwrap();
    for (words, status, names) in [
        (format!("{} {}", path("in/a.txt"), path("missing.txt")), 1, path("missing.txt")),
        (path("in/a.txt/b"), 1, path("in/a.txt/b")),
        (path("in/empty"), 1, format!("{} has no *.txt file", path("in/empty"))),
        (format!("{} --out {}", path("in"), path("in/../in/a.txt")), 2, path("in/a.txt")),
        (
            format!("{} --out {}", path("in"), path("none/out.csv")),
            1,
            path("none/out.csv"),
        ),
        (format!("{} --out {}", path("in"), path("in")), 1, path("in")),
        (format!("{} --csv {}", path("in"), path("none/r.csv")), 1, path("none/r.csv")),
        (format!("{} --out {}", path("missing"), path("old.csv")), 1, path("missing")),
        ("--no-such-flag".to_owned(), 2, "--no-such-flag".to_owned()),
        ("--tokens letters".to_owned(), 2, "letters".to_owned()),
        ("--kernel quick".to_owned(), 2, "quick".to_owned()),
        ("--top -1".to_owned(), 2, "-1".to_owned()),
        ("--top many".to_owned(), 2, "many".to_owned()),
        ("--word".to_owned(), 2, "--word".to_owned()),
        ("--runs 0".to_owned(), 2, "--runs".to_owned()),
    ] {
        for ranks in [1, 4] {
            let outcome = ranks::trial::run(ranks, PROGRAM, &words);
            let message = outcome.failure(status);
            assert!(message.contains(&names), "{words} on {ranks} ranks: {message}");
            assert_eq!(folder.names(), ["in", "old.csv"], "{words} on {ranks} ranks");
            assert_eq!(
                bytes(&folder.path("old.csv")),
                b"old",
                "{words} on {ranks} ranks"
            );
        }
    }
}

#[test]
fn what_may_not_be_read_or_written_is_named() {
    let folder = Folder::new();
    let closed = folder.path("closed");
    fs::create_dir(&closed).unwrap();
    fs::write(folder.path("a.txt"), "one").unwrap();
    let allow = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(&closed, 0o000);
    if fs::read_dir(&closed).is_ok() {
        program::say("skipped: this user may read everything, as root may");
        allow(&closed, 0o700);
        return;
    }
    let shut = folder.path("shut.txt");
    fs::write(&shut, "two").unwrap();
    allow(&shut, 0o000);
    let top = folder.path("");
    for (words, path, names) in [
        (String::new(), &top, &closed),
        (String::new(), &shut, &shut),
        (
            format!("--out {}", closed.join("out.csv").display()),
            &folder.path("a.txt"),
            &closed,
        ),
    ] {
        for ranks in [1, 4] {
            let outcome = run(ranks, &words, &[path]);
            let message = outcome.failure(1);
            assert!(message.contains(&names.display().to_string()), "{ranks}: {message}");
            assert!(message.contains("permission denied"), "{ranks}: {message}");
        }
    }
    allow(&closed, 0o700);
}

#[test]
fn a_document_that_changes_or_vanishes_meanwhile_ends_the_job() {
    for (removed, reason) in
        [(true, "no such file"), (false, "changed while it was counted")]
    {
        for (kernel, ranks) in [("plain", 1), ("plain", 4), ("fast", 1), ("fast", 4)] {
            let folder = Folder::new();
            let (path, out) = (folder.path("a.txt"), folder.path("out.csv"));
            fs::write(&path, corpus::text(1, 100_000).collect::<String>()).unwrap();
            let begun = folder.path("begun");
            outcome(Command::new("mkfifo").arg(&begun)).success();
            let flags = format!(
                "--runs 1000000 --kernel {kernel} --out {} --csv {}",
                out.display(),
                begun.display()
            );
            let mut job = command(ranks, &flags, &[&path]);
            let running = std::thread::spawn(move || outcome(&mut job));
            // A pipe is open at both ends once the job has settled its outputs.
            let _begun = fs::File::open(&begun).unwrap();
            std::thread::sleep(Duration::from_millis(300));
            match removed {
                true => fs::remove_file(&path).unwrap(),
                false => fs::write(&path, "short").unwrap(),
            }
            let outcome = running.join().unwrap();
            let message = outcome.failure(1);
            let names = path.display().to_string();
            assert!(message.contains(&names) && message.contains(reason), "{message}");
            assert!(!out.exists(), "half a result on {ranks} ranks");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn memory_follows_the_words_and_not_the_bytes_between_them() {
    let folder = Folder::new();
    let gaps = folder.path("gaps.txt");
    let bytes: Vec<u8> =
        [&vec![0; 120 << 20][..], &b",;-".repeat(40 << 20), b" word"].concat();
    fs::write(&gaps, bytes).unwrap();
    for ranks in [1, 3] {
        // As little as the programs of MPI leave to one of theirs.
        let told = limited(ranks, 60 << 10, "--kernel fast", &gaps).success().stdout;
        assert!(told.contains("1 words, 1 distinct"), "{ranks} ranks: {told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn memory_that_is_limited_ends_the_job_with_one_message() {
    let folder = Folder::new();
    let word = folder.path("word.txt");
    fs::write(&word, vec![b'x'; 40 << 20]).unwrap();
    for (kernel, about) in [("plain", "need"), ("fast", "word.txt: ")] {
        for ranks in [1, 3, 4] {
            let outcome = limited(ranks, 60 << 10, &format!("--kernel {kernel}"), &word);
            let message = outcome.failure(1);
            assert!(
                message.contains(about) && message.contains("ulimit -v leaves"),
                "{kernel} on {ranks} ranks: {message}"
            );
        }
    }
}

/// A run with no more than `more` kB beside what a run without documents takes.
#[cfg(target_os = "linux")]
fn limited(ranks: usize, more: u64, words: &str, path: &Path) -> harness::trial::Outcome {
    let base = 500 << 10;
    let script = format!("ulimit -v {}; exec \"$0\" \"$@\"", base + more);
    let job = command(ranks, words, &[path]);
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &script]).arg(job.get_program()).args(job.get_args());
    outcome(&mut shell)
}
