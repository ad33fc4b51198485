//! Whatever goes wrong on whichever rank: one message, the status, no hang.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use harness::trial::{Outcome, assert_minds_stdout, outcome};
use ranks::trial;

/// Runs the example `trouble`, which lies beside the tests' folder.
fn run(ranks: usize, words: &str) -> Outcome {
    outcome(&mut command(ranks, words))
}

fn command(ranks: usize, words: &str) -> Command {
    let tests = env::current_exe().expect("a test has a path");
    let built = tests.ancestors().nth(2).expect("in target/PROFILE/deps");
    let program: PathBuf = built.join("examples/trouble");
    let mut command = trial::command(ranks, program.to_str().expect("a plain path"));
    command.args(words.split_whitespace());
    command
}

#[test]
fn any_trouble_on_any_rank_ends_the_job_with_one_message() {
    for (trouble, status, about) in [
        ("error", 1, "the file is torn"),
        ("usage", 2, "the flags fight"),
        ("panic", 101, "the sum is 3"),
        ("exit", 1, "process::exit"),
        ("panic-everywhere", 101, "the sum is 3"),
    ] {
        for (ranks, rank) in [(1, 0), (4, 0), (4, 1), (4, 3)] {
            let start = Instant::now();
            let outcome = run(ranks, &format!("{trouble} --rank {rank}"));
            let message = outcome.failure(status);
            assert!(message.contains(about), "{trouble}, {rank} of {ranks}: {message}");
            // A hang would last until the launcher's time limit.
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "{trouble} {ranks} {rank}"
            );
        }
    }
}

#[test]
fn lines_on_stderr_come_with_their_rank() {
    let outcome = run(3, "nothing").success();
    for rank in 0..3 {
        for line in ["first", "second"] {
            let expected = format!("[rank {rank}] {line}");
            let found = outcome.stderr.lines().filter(|line| *line == expected).count();
            assert_eq!(found, 1, "{expected} in:\n{}", outcome.stderr);
        }
    }
}

#[test]
fn rows_are_gathered_from_ranks_with_many_and_with_none() {
    for ranks in [1, 2, 3, 7] {
        run(ranks, "rows").success();
    }
}

#[test]
fn rows_are_shared_and_summed_along_lines_longer_and_shorter_than_they() {
    for ranks in [1, 2, 3, 7] {
        run(ranks, "lines").success();
    }
}

#[test]
fn a_job_minds_its_stdout() {
    for ranks in [1, 3] {
        assert_minds_stdout(&mut command(ranks, "--help"));
    }
}
