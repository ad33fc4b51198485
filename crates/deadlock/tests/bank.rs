//! The bank: each job that stands still gets its sentence, each innocent none.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use harness::trial::{Outcome, outcome};

/// Runs a job of the bank.
fn run(name: &str, ranks: usize, strict: bool) -> Outcome {
    let tests = std::env::current_exe().expect("a test has a path");
    let bank =
        tests.ancestors().nth(2).expect("in target/PROFILE/deps").join("examples/bank");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ranks/launch.sh");
    let mut command = Command::new(script);
    command.args(["-n", &ranks.to_string()]).arg(bank).arg(name);
    command.env("DEADLOCK_LIMIT_MS", "300").env("MPIEXEC_TIMEOUT", "60");
    outcome(command.env("STRICT", if strict { "1" } else { "0" }))
}

/// In which runs a job gets its sentence: what works by luck needs a strict one.
#[derive(PartialEq)]
enum Runs {
    Both,
    Plain,
    Strict,
}
use Runs::{Both, Plain, Strict};

/// Name, ranks, runs, and what the report says.
const STANDING: &[(&str, usize, Runs, &str)] = &[
    ("all_receive_first", 2, Both, "each receives before it sends: 0 -> 1 -> 0"),
    ("ring_sends_first", 3, Strict, "each sends before it receives"),
    ("long_ring_sends_first", 3, Both, "each sends before it receives"),
    ("tags_differ", 2, Both, "rank 0 waits for tag 2, rank 1 sent tag 1"),
    (
        "stop_forgotten",
        3,
        Both,
        "ranks 1, 2 wait for one message more than rank 0 sent (1)",
    ),
    (
        "master_receives_once_too_often",
        3,
        Both,
        "nobody is left to send: all others have ended",
    ),
    ("remainder_rows", 4, Both, "one message more than rank 2 sent"),
    ("receives_from_itself", 3, Both, "rank 0 receives from itself"),
    ("sends_to_itself", 3, Both, "rank 2 sends to itself"),
    ("wrong_neighbour", 3, Plain, "but rank 2 sent that message"),
    ("probe_on_both_sides", 2, Both, "each receives before it sends"),
    ("matched_probe_then_receive", 2, Both, "by a matched probe"),
    (
        "never_received",
        2,
        Both,
        "rank 0 waits for rank 1 to receive, and rank 1 has ended",
    ),
    ("short_never_received", 2, Strict, "rank 0 waits for rank 1 to receive"),
    ("exchange_with_a_sender", 2, Strict, "rank 0 waits for rank 1 to receive"),
    ("replace_with_a_sender", 2, Strict, "rank 0 waits for rank 1 to receive"),
    ("short_reduce_in_if", 2, Strict, "rank 0 waits for rank 1 to take part"),
    ("wildcard_takes_it", 3, Both, "one message more than rank 1 sent (1)"),
    (
        "world_ranks_in_part",
        5,
        Both,
        "rank 0 waits for rank 4, but rank 2 sent that message",
    ),
    ("other_communicator", 2, Both, "in one communicator, rank 1 sent it in another"),
    ("waits_before_its_own_send", 2, Both, "each receives before it sends"),
    ("wait_all_lacks_one", 3, Both, "is in MPI_Waitall for a message from rank 2"),
    (
        "wait_any_gets_none",
        3,
        Both,
        "a message from rank 1, any tag or a message from rank 2",
    ),
    ("never_started", 2, Both, "rank 1 has made a persistent send and never started it"),
    (
        "collective_in_if",
        3,
        Both,
        "for ranks 1, 2 to take part, and ranks 1, 2 have ended",
    ),
    ("roots_differ", 3, Strict, "the root differs: rank 0 on rank 0, rank 1 on rank 1"),
    (
        "other_collective",
        3,
        Both,
        "rank 0 calls MPI_Allreduce where rank 1 calls MPI_Barrier",
    ),
    ("other_order", 3, Both, "rank 0 calls MPI_Barrier where rank 1 calls MPI_Allreduce"),
    (
        "operations_differ",
        2,
        Strict,
        "the operation differs: sum on rank 0, maximum on rank 1",
    ),
    (
        "lengths_differ",
        2,
        Both,
        "the length differs: 24 bytes on rank 0, 32 bytes on rank 1",
    ),
    ("early_return", 6, Both, "for ranks 4, 5 to take part"),
    (
        "collective_against_receive",
        2,
        Both,
        "rank 1 never reaches the MPI_Barrier of rank 0",
    ),
    ("opposite_order", 2, Both, "each needs the other first"),
    (
        "blocking_against_immediate",
        2,
        Both,
        "calls MPI_Barrier where rank 1 calls MPI_Ibarrier",
    ),
    ("part_waits_for_the_rest", 4, Both, "each needs the other first"),
    (
        "neighbour_receives_first",
        3,
        Both,
        "rank 2 never reaches the MPI_Neighbor_allgather of rank 0",
    ),
    (
        "third_computes",
        3,
        Both,
        "ranks 0, 1 wait for ever (deadlock), though rank 2 goes on",
    ),
    (
        "third_polls",
        3,
        Both,
        "ranks 0, 1 wait for ever (deadlock), though rank 2 goes on",
    ),
    ("freed_by_some", 3, Both, "rank 2 never reaches the MPI_Win_free of rank 0"),
    ("lock_is_held", 2, Both, "rank 0 holds a lock that rank 1 needs"),
    ("nobody_posts", 2, Both, "MPI_Win_post"),
    (
        "fence_by_some",
        2,
        Strict,
        "rank 0 calls MPI_Win_free where rank 1 calls MPI_Win_fence",
    ),
];

/// Makes sure that all jobs end rightly, in plain and in strict runs as `runs` has it.
/// Several run at a time: they mostly wait.
fn assert_right<T: Sync>(
    jobs: &[T],
    job: impl Fn(&T) -> (&str, usize, &Runs) + Sync,
    is_right: impl Fn(&T, &Outcome) -> bool + Sync,
) {
    let next = AtomicUsize::new(0);
    let wrong = |tried: &T| -> Vec<String> {
        let (name, ranks, runs) = job(tried);
        let modes = [(false, Strict), (true, Plain)].into_iter();
        let outcomes = modes
            .filter(|(_, other)| runs != other)
            .map(|(strict, _)| (strict, run(name, ranks, strict)));
        let wrong = outcomes.filter(|(_, outcome)| !is_right(tried, outcome));
        let told = |(strict, Outcome { status, stderr, .. })| {
            format!("{name}, strict {strict}: {status:?}\n{stderr}")
        };
        wrong.map(told).collect()
    };
    let work = || {
        let taken = || jobs.get(next.fetch_add(1, Ordering::Relaxed));
        std::iter::from_fn(taken).flat_map(&wrong).collect::<Vec<_>>()
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_stands_still_gets_its_sentence_and_its_line() {
    assert_right(
        STANDING,
        |(name, ranks, runs, _)| (name, *ranks, runs),
        |(.., sentence), Outcome { status, stderr, .. }| {
            *status == Some(124)
                && stderr.matches("error: ").count() == 1
                && stderr.contains(sentence)
                && stderr.contains("crates/deadlock/examples/bank/")
        },
    );
}

/// What MPI itself finds is one line with the call, the place and MPI's text.
#[test]
fn what_a_rank_finds_by_itself_is_said_with_its_line() {
    for (name, status, what) in [
        ("truncated", 101, "MPI_Recv"),
        ("negative_tag", 101, "MPI_Send"),
        ("leaves_without_finalize", 1, "rank 1 has left without MPI_Finalize"),
    ] {
        let outcome = run(name, 2, false);
        let says = outcome.failure(status);
        let place = "crates/deadlock/examples/bank/messages.rs:";
        assert!(says.contains(what) && says.contains(place), "{name}: {says}");
    }
}

#[test]
fn who_polls_gets_a_note() {
    for name in ["everybody_polls", "waits_for_whoever_polls"] {
        let outcome = run(name, 2, false).success();
        let notes = outcome.stderr.matches("note: ranks 0, 1 have asked").count();
        assert_eq!(notes, 1, "{name}: {}", outcome.stderr);
    }
}

/// What was lost in a job that ends well is noted.
#[test]
fn what_works_by_luck_gets_a_note_at_its_end() {
    for (name, note) in [
        ("short_never_received", "rank 1 ended without receiving 1 message sent to it"),
        (
            "short_reduce_in_if",
            "rank 0 called a collective of MPI_COMM_WORLD that rank 1 did not call",
        ),
        (
            "roots_differ",
            "ranks 0 and 1 called a collective of MPI_COMM_WORLD differently",
        ),
        ("operations_differ", "ranks 0 and 1 called a collective of MPI_COMM_WORLD"),
    ] {
        let outcome = run(name, 2, false).success();
        assert_eq!(
            outcome.stderr.matches("note: ").count(),
            1,
            "{name}: {}",
            outcome.stderr
        );
        assert!(outcome.stderr.contains(note), "{name}: {}", outcome.stderr);
    }
}

/// Name and ranks of what only seems to stand still.
const INNOCENT: &[(&str, usize)] = &[
    ("computes_long", 3),
    ("sleeps_long", 3),
    ("large_collectives", 3),
    ("slow_any_source", 3),
    ("probes_in_a_loop", 3),
    ("tests_in_a_loop", 2),
    ("parts", 4),
    ("ends_early_by_right", 4),
    ("one_sided_counter", 3),
    ("is_stopped", 2),
    ("many_messages", 16),
    ("head_to_head_at_once", 2),
    ("waits_in_any_order", 3),
    ("slow_chain", 4),
    ("second_thread_sends", 2),
    ("immediate_collectives", 3),
];

#[test]
fn innocents_stay_unreported() {
    assert_right(
        INNOCENT,
        |(name, ranks)| (name, *ranks, &Both),
        |_, Outcome { status, stderr, .. }| {
            *status == Some(0) && !stderr.contains("note: ")
        },
    );
}
