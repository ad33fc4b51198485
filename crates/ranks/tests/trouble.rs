//! Whatever goes wrong on whichever rank: one message, the status, no hang.

use std::process::Command;
use std::time::{Duration, Instant};

use harness::trial::{Outcome, assert_minds_stdout, outcome};
use ranks::trial;

/// Runs the example `trouble`.
fn run(ranks: usize, words: &str) -> Outcome {
    outcome(&mut command(ranks, words))
}

fn command(ranks: usize, words: &str) -> Command {
    let mut command = trial::command(ranks, &trial::example("trouble"));
    command.args(words.split_whitespace());
    command
}

#[test]
fn any_trouble_on_any_rank_ends_the_job_with_one_message() {
    for (trouble, status, about) in [
        ("error", 1, "the file is torn"),
        ("usage", 2, "the flags fight"),
        ("panic", 101, "the sum is 3"),
        ("panic-everywhere", 101, "the sum is 3"),
        ("thread", 101, "the sum is 3"),
        ("exit", 1, "has left without MPI_Finalize"),
        ("exit7", 1, "has left without MPI_Finalize"),
        ("exit --no-watch", 1, "left the job early, with status 0"),
        ("quit", 1, "left the job early, with status 0"),
        ("abort", 134, "SIGABRT"),
        ("kill", 137, "SIGKILL"),
        ("term", 143, "SIGTERM"),
        ("fault", 139, "SIGSEGV"),
        ("late", 1, "the file is torn"),
        ("late --no-watch", 1, "the file is torn"),
    ] {
        for (ranks, rank) in [(1, 0), (4, 0), (4, 2)] {
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
fn a_job_that_lasts_longer_than_its_limit_says_what_its_ranks_do() {
    for (words, says) in [
        ("sleep", &["  compute"][..]),
        ("sleep --no-watch", &[][..]),
        ("poll", &["MPI_Iprobe", "a message from any rank"][..]),
    ] {
        for ranks in [1, 3] {
            let outcome = run(ranks, &format!("{words} --time-limit 2"));
            assert_eq!(outcome.status, Some(124), "{words}: {}", outcome.stderr);
            let said = &outcome.stderr;
            let all = said.matches("error: the job has lasted longer than 2 s").count();
            assert_eq!(all, 1, "{words}: {said}");
            assert!(says.iter().all(|part| said.contains(part)), "{words}: {said}");
        }
    }
    assert!(run(1, "nothing --time-limit 0").failure(2).contains("--time-limit"));
}

#[test]
fn a_message_that_has_no_room_is_an_error_of_mpi_s() {
    for (ranks, rank) in [(2, 0), (4, 3)] {
        let outcome = run(ranks, &format!("truncate --rank {rank}"));
        let message = outcome.failure(101);
        // Open MPI's words, MPICH's words.
        let says = ["MPI_ERR_TRUNCATE", "truncated"].map(|says| message.contains(says));
        assert!(says.contains(&true), "{message}");
    }
}

#[test]
fn the_last_words_of_a_rank_that_crashes_are_not_lost() {
    for (trouble, words) in
        [("abort", "my last words"), ("overflow", "has overflowed its stack")]
    {
        for _ in 0..5 {
            let outcome = run(3, &format!("{trouble} --rank 1"));
            assert_eq!(outcome.status, Some(134), "{}", outcome.stderr);
            let line = outcome.stderr.lines().find(|line| line.contains(words));
            assert!(
                line.is_some_and(|line| line.starts_with("[rank 1] ")),
                "{}",
                outcome.stderr
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
