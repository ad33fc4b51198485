//! Runs the real program over fake ones and judges by the files that it writes.
#![cfg(unix)]

use std::fs;
use std::process::Command;

use harness::trial::{Outcome, outcome};

use lab::{Lab, PROGRAMS, fake, row};

#[path = "cli/bench.rs"]
mod bench;
#[path = "cli/costs.rs"]
mod costs;
#[path = "cli/lab.rs"]
mod lab;
#[path = "cli/ping_pong.rs"]
mod ping_pong;

impl Lab {
    /// Runs study in this lab; `trouble` is for fake-program.sh.
    fn study(&self, words: &str, trouble: &str) -> Outcome {
        self.run(env!("CARGO_BIN_EXE_study"), words, trouble)
    }

    /// The names of the files that study has written, sorted.
    fn results(&self) -> Vec<String> {
        let files = fs::read_dir(self.path("results")).unwrap();
        let name = |file: fs::DirEntry| file.file_name().into_string().unwrap();
        let mut names: Vec<String> = files.map(|file| name(file.unwrap())).collect();
        names.sort();
        names
    }
}

const NO_TROUBLE: &str = "";

#[test]
fn matmul_compares_the_ladder_the_cells_and_the_ranks() {
    let lab = Lab::new();
    lab.study("matmul --workers 2 --sweep 16", NO_TROUBLE).success();
    let rows = lab.csv("matmul.csv");
    assert_eq!(rows.len(), 4 + 2 * 6);
    for (implementation, workers, median, speedup, own, efficiency) in [
        ("matmul-shm naive", 1, "8.0", "0.1", "", "0.1"),
        ("matmul-shm fast", 1, "0.8", "1.0", "", "1.0"),
        ("matmul-shm threads shared", 2, "0.4", "2.0", "2.0", "1.0"),
        ("matmul-shm processes copied", 2, "0.8", "1.0", "2.0", "0.5"),
        ("matmul-mpi rows", 1, "0.8", "1.0", "1.0", "1.0"),
        ("matmul-mpi rows", 2, "0.4", "2.0", "2.0", "1.0"),
        ("matmul-mpi grid", 2, "0.4", "2.0", "2.0", "1.0"),
    ] {
        let row = row(&rows, implementation, workers);
        let found = ["median_s", "speedup", "speedup_own", "efficiency", "result"];
        assert_eq!(
            found.map(|key| row[key].as_str()),
            [median, speedup, own, efficiency, "verified"],
            "{implementation}, {workers}"
        );
    }
    let gflops: f64 = row(&rows, "matmul-shm fast", 1)["gflops"].parse().unwrap();
    assert!((gflops - 2e-9 * 1024_f64.powi(3) / 0.8).abs() < 1e-9, "{gflops}");
}

#[test]
fn more_workers_than_cores_are_marked_and_their_efficiency_is_not_quoted() {
    let lab = Lab::new();
    let done = lab.study("matmul --workers 3 --sweep 16", NO_TROUBLE).success();
    let rows = lab.csv("matmul.csv");
    let row = row(&rows, "matmul-mpi rows", 3);
    assert_eq!(
        (row["oversubscribed"].as_str(), row["efficiency"].as_str()),
        ("true", "")
    );
    assert!(done.stdout.contains("oversubscribed"), "{}", done.stdout);
}

#[test]
fn the_sweep_names_the_order_from_which_on_copying_does_not_matter() {
    let lab = Lab::new();
    let trouble = "*--memory copied*--size 16*=other";
    let done = lab.study("matmul --workers 2 --sweep 32,16,16", trouble).success();
    let orders: Vec<String> =
        lab.csv("matmul-sweep.csv").iter().map(|row| row["n"].clone()).collect();
    assert_eq!(orders, [["16"; 6], ["32"; 6]].concat());
    // The fake programs need twice the time for copying, always.
    assert!(
        done.stdout.contains("threads: it still matters at the largest n"),
        "{}",
        done.stdout
    );
}

#[test]
fn rounds_interleave_the_implementations_and_verify_in_the_first() {
    let lab = Lab::new();
    lab.study("words data --workers 2 --rounds 3", NO_TROUBLE).failure(1);
    assert_eq!(lab.calls(), [""; 0], "there is no such document");

    fs::create_dir(lab.path("data")).unwrap();
    lab.study("words data --workers 2 --rounds 3", NO_TROUBLE).success();
    let calls = lab.calls();
    let ranks: Vec<&str> = calls.iter().map(|call| &call[..1]).collect();
    assert_eq!(ranks, [["1", "2"]; 6].concat());
    let verified: Vec<bool> =
        calls.iter().map(|call| !call.contains("--no-check")).collect();
    assert_eq!(verified, [[true; 4], [false; 4], [false; 4]].concat());
    for (kernel, runs) in [("plain", "3"), ("fast", "9")] {
        let rows = lab.csv("words.csv");
        let row = row(&rows, &format!("wordcount {kernel}"), 2);
        assert_eq!((row["runs"].as_str(), row["mb_per_s"].as_str()), (runs, "200.0"));
        assert_eq!(row["speedup_own"], "2.0", "{kernel}");
    }
}

#[test]
fn what_is_not_written_yet_is_one_row_and_no_failure() {
    let lab = Lab::new();
    let trouble = "*--schedule cyclic*=todo";
    let done = lab.study("mandel --workers 2 --view whole", trouble).success();
    let rows = lab.csv("mandel.csv");
    for program in ["mandel-threads", "mandel-mpi"] {
        let cyclic = row(&rows, &format!("{program} cyclic"), 2);
        assert_eq!(cyclic["result"], "not written yet (3.2)");
        assert_eq!(cyclic["message"], "exit status 101");
        assert_eq!(cyclic["median_s"], "");
        assert_eq!(row(&rows, &format!("{program} block"), 2)["result"], "verified");
    }
    assert!(
        done.stdout.contains("not written yet (3.2): exit status 101"),
        "{}",
        done.stdout
    );
    let again = lab.calls().iter().filter(|call| call.contains("cyclic")).count();
    assert_eq!(again, 2, "what has failed is not started again");
}

#[test]
fn mandel_compares_schedules_of_one_kernel_and_kernels_by_another_column() {
    let lab = Lab::new();
    let done = lab.study("mandel --workers 2 --view whole", NO_TROUBLE).success();
    let rows = lab.csv("mandel.csv");
    assert_eq!(rows.len(), 3 + 5 + 6);
    for (implementation, workers, kernel, speedup, times_scalar) in [
        ("mandel-serial scalar", 1, "scalar", "1.0", "1.0"),
        ("mandel-serial simd", 1, "simd", "1.0", "20.0"),
        ("mandel-serial shortcut", 1, "shortcut", "1.0", "80.0"),
        ("mandel-threads cyclic", 2, "scalar", "2.0", "2.0"),
        ("mandel-threads dynamic simd", 2, "simd", "2.0", "40.0"),
        ("mandel-mpi counter simd", 2, "simd", "2.0", "40.0"),
    ] {
        let row = row(&rows, implementation, workers);
        let found = ["kernel", "speedup", "kernel_speedup", "result"];
        assert_eq!(
            found.map(|key| row[key].as_str()),
            [kernel, speedup, times_scalar, "verified"],
            "{implementation}"
        );
    }
    assert!(done.stdout.contains("x scalar"), "{}", done.stdout);
}

#[test]
fn a_failure_is_one_row_and_the_rest_runs() {
    let lab = Lab::new();
    fs::remove_file(lab.path("programs/mandel-mpi")).unwrap();
    let trouble =
        "*--schedule cyclic*=error\n*--schedule block*=text\n*--schedule rayon*=other";
    let done = lab.study("mandel --workers 2 --view whole", trouble);
    assert!(done.failure(1).contains("9 of 14"), "{}", done.stderr);
    let rows = lab.csv("mandel.csv");
    for (implementation, result, message) in [
        ("mandel-threads cyclic", "failed", "no such file (exit status 1)"),
        ("mandel-threads block", "failed", "it printed something other than JSON"),
        ("mandel-mpi block", "missing", "cargo build -p mandel-mpi makes it"),
        ("mandel-threads dynamic", "verified", ""),
    ] {
        let row = row(&rows, implementation, 2);
        let found = (row["result"].as_str(), row["message"].as_str());
        assert_eq!(found, (result, message), "{implementation}");
    }
    assert_eq!(row(&rows, "mandel-threads rayon", 2)["result"], "WRONG");
}

#[test]
fn other_counts_of_words_make_a_row_wrong() {
    let lab = Lab::new();
    fs::create_dir(lab.path("data")).unwrap();
    fs::write(lab.path("results"), "").unwrap();
    lab.study("words data", NO_TROUBLE).failure(1);
    fs::remove_file(lab.path("results")).unwrap();

    // The fake program does not see its rank count in its words: all differ
    // from round to round instead.
    let done = lab.study("words data --workers 2", "*--no-check*=other");
    done.failure(1);
    for row in lab.csv("words.csv") {
        assert_eq!((row["result"].as_str(), row["median_s"].as_str()), ("WRONG", ""));
    }
}

#[test]
fn a_program_that_hangs_is_ended_and_becomes_a_row() {
    let lab = Lab::new();
    let done = lab.study("hello --workers 1 --limit 1", "mpi-hello*=hang");
    done.failure(1);
    let rows = lab.csv("hello.csv");
    assert_eq!(row(&rows, "mpi-hello", 1)["result"], "failed");
    assert!(row(&rows, "mpi-hello", 1)["message"].starts_with("hanging"));
}

#[test]
fn each_launch_is_told_once_and_nothing_else_in_a_pipe() {
    let lab = Lab::new();
    let done = lab.study("hello --workers 2 --rounds 3", NO_TROUBLE).success();
    let lines: Vec<&str> = done.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{}", done.stderr);
    assert!(
        lines.iter().all(|line| line.starts_with("$ mpiexec -n ")),
        "{}",
        done.stderr
    );
}

#[test]
fn all_topics_end_with_one_summary_and_all_files() {
    let lab = Lab::new();
    fs::create_dir(lab.path("data")).unwrap();
    costs::write_costs(&lab);
    let done = lab.study("all --workers 2 --quick", "*--schedule cyclic*=todo").success();
    let files = [
        "chunks.csv",
        "costs-histogram.csv",
        "costs-lorenz.csv",
        "costs-summary.csv",
        "costs-times.csv",
        "costs.npz",
        "hello.csv",
        "mandel-counts.npy",
        "mandel.csv",
        "matmul-sweep.csv",
        "matmul.csv",
        "ping-pong.csv",
        "words.csv",
    ];
    assert_eq!(lab.results(), files);
    let (tables, written) = done.stdout.split_once("Written: ").expect("the files");
    assert!(files.iter().all(|file| written.contains(file)), "{written}");
    let (_, summary) = tables.split_once("Summary").expect("a summary");
    for program in PROGRAMS {
        let lines = summary.lines().filter(|line| line.starts_with(program)).count();
        assert_eq!(lines, 1, "{program}: {summary}");
    }
    assert_eq!(summary.matches("3.2").count(), 2, "{summary}");
    assert!(tables.lines().all(|line| line.chars().count() <= 100), "{tables}");
}

#[test]
fn what_cannot_work_is_refused_before_anything_runs() {
    for (words, status, named) in [
        ("", 2, ""),
        ("tables", 2, "tables"),
        ("hello --workers 0", 2, "--workers"),
        ("hello --rounds 0", 2, "--rounds"),
        ("matmul --size 0", 2, "--size"),
        ("matmul --sweep 16,x", 2, "--sweep"),
        ("hello --programs nowhere", 1, "nowhere"),
        ("hello --launcher nowhere", 1, "nowhere"),
        ("hello --out no/where", 1, "no/where"),
        ("words", 1, "data"),
        ("words nowhere.txt", 1, "nowhere.txt"),
        ("words /dev/null", 1, "/dev/null is no plain file"),
        ("bench", 1, "corpus-50M.txt"),
        ("bench --quick", 1, "data"),
        ("bench --out no/where", 1, "no/where"),
    ] {
        let lab = Lab::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_study"));
        command.args(["--programs".as_ref(), lab.path("programs").as_os_str()]);
        command.arg("--launcher").arg(fake("fake-launcher.sh"));
        command.args(words.split_whitespace()).env("CALLS", lab.path("calls"));
        let refused = outcome(command.current_dir(lab.path(".")));
        assert!(refused.failure(status).contains(named), "{words}: {}", refused.stderr);
        assert_eq!(lab.calls(), [""; 0], "{words}");
    }
}

#[test]
fn every_result_file_is_settled_before_the_first_program_runs() {
    let lab = Lab::new();
    fs::create_dir(lab.path("results")).unwrap();
    std::os::unix::fs::symlink("hello.csv", lab.path("results/costs-times.csv")).unwrap();
    let one = lab.study("all --quick", NO_TROUBLE);
    let message = one.failure(2);
    assert!(message.contains("costs-times.csv"), "{message}");
    assert_eq!(lab.results(), ["costs-times.csv"]);

    fs::write(lab.path("results/words.csv"), "a b").unwrap();
    let read = lab.study("words results/words.csv", NO_TROUBLE);
    assert!(read.failure(2).contains("words.csv"), "{}", read.stderr);
    assert_eq!(fs::read(lab.path("results/words.csv")).unwrap(), b"a b");
}
