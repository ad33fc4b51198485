//! Texts of states written by hand.

use super::*;
use crate::graph::judge;
use crate::graph::tests::{block, channel, collective, receive, send, world};
use crate::state::Terms;

fn told(states: &[State]) -> String {
    let verdict = judge(states, false).expect("stuck");
    let line = |rank: Rank| Lines {
        here: Some(format!("crates/x/src/y.rs:{}", if rank == 0 { 18 } else { 23 })),
        ..Lines::default()
    };
    let lines: Vec<Lines> = (0..states.len()).map(line).collect();
    text(states, &verdict, &lines)
}

#[test]
fn a_wrong_tag_is_the_cause_and_equal_ranks_are_one_line() {
    let mut states = world(4);
    block(&mut states, 0, "MPI_Recv", vec![receive(Some(1), 2)]);
    for rank in 1..4 {
        send(&mut states, rank, 0, 1);
    }
    assert_eq!(
        told(&states),
        "error: nothing moves: 4 ranks wait for each other (deadlock)\n  \
         rank 0  crates/x/src/y.rs:18  receives from rank 1, tag 2\n  \
         ranks 1-3  crates/x/src/y.rs:23  send to rank 0, tag 1: nobody receives that\n  \
         cause: rank 0 waits for tag 2, rank 1 sent tag 1"
    );
}

#[test]
fn the_text_is_no_longer_for_400_ranks() {
    let mut states = world(400);
    for rank in 0..400 {
        send(&mut states, rank, (rank + 1) % 400, 0);
    }
    let text = told(&states);
    assert!(text.lines().count() < 8, "{text}");
    assert!(text.contains("ranks 1-399"), "{text}");
    assert!(text.ends_with("0 -> 1 -> 2 -> 3 -> 4 -> 5 -> ... -> 0"), "{text}");
}

#[test]
fn each_cause_has_its_sentence() {
    let mut states = world(3);
    for rank in [0, 1] {
        collective(&mut states, rank, "MPI_Barrier", Terms::default());
    }
    states[2].stage = Stage::Ended;
    let ended = told(&states);
    block(&mut states, 2, "MPI_Recv", vec![receive(Some(0), 9)]);
    let missing = told(&states);

    let mut states = world(2);
    block(&mut states, 0, "MPI_Recv", vec![receive(Some(1), 7)]);
    block(&mut states, 1, "MPI_Recv", vec![receive(None, 7)]);
    let nobody = told(&states);
    states[1].sent.push((channel(0, 7), 1));
    states[0].got.push((channel(1, 7), 1));
    states[1].stage = Stage::Ended;
    let taken = told(&states);
    block(&mut states, 1, "MPI_Recv", vec![receive(Some(1), 7)]);
    let itself = told(&states);

    for (text, cause) in [
        (ended, "ranks 0, 1 wait for rank 2 to take part, and rank 2 has ended"),
        (missing, "rank 2 never reaches the MPI_Barrier of rank 0"),
        (nobody, "rank 1 receives from any rank with tag 7, and nobody is left to send"),
        (taken, "one message more than rank 1 sent"),
        (itself, "rank 1 receives from itself"),
    ] {
        let said = text.lines().last().unwrap();
        assert!(said.starts_with("  cause: ") && said.contains(cause), "{cause}\n{text}");
    }
}

#[test]
fn whoever_has_gone_on_from_a_collective_is_found_in_a_strict_run() {
    let mut states = world(2);
    for (rank, bytes) in [(0, 4), (1, 1)] {
        let terms = Terms { bytes: Some(bytes), ..Terms::default() };
        collective(&mut states, rank, "MPI_Gather", terms);
    }
    let both_there = told(&states);
    states[1].stage = Stage::Ended;
    assert_eq!(
        told(&states),
        "error: the ranks disagree about a collective (number 1)\n  \
         rank 0  crates/x/src/y.rs:18  calls MPI_Gather, 4 bytes\n  \
         rank 1  calls MPI_Gather, 1 byte\n  \
         cause: the length differs: 4 bytes on rank 0, 1 byte on rank 1; STRICT=1 says where"
    );
    assert!(!both_there.contains("STRICT"), "{both_there}");
}

#[test]
fn when_the_time_is_over_each_rank_says_what_it_does() {
    let mut states = world(5);
    block(&mut states, 1, "MPI_Recv", vec![receive(Some(0), 7)]);
    states[2].stage = Stage::Ended;
    states[3] = State::default();
    let lines = vec![Lines::default(); 5];
    assert_eq!(
        over(Duration::from_secs(60), &states, &lines),
        "error: the job has lasted longer than 60 s\n  \
         ranks 0, 4  compute\n  \
         rank 1  receives from rank 0, tag 7\n  \
         rank 2  has ended, in MPI_Finalize\n  \
         rank 3  gives no answer: it is stopped"
    );
}
