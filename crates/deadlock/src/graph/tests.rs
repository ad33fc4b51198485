//! Verdicts on states written by hand.

use super::*;
use crate::state::{Group, Needs, Terms, WORLD};

/// `size` ranks of a world, which compute.
pub fn world(size: usize) -> Vec<State> {
    let members: Vec<Rank> = (0..size).collect();
    let groups = vec![Group { comm: WORLD, members, begun: 0 }];
    vec![State { groups, ..State::default() }; size]
}

pub fn receive(source: Option<Rank>, tag: i32) -> Wait {
    let what = Receive { comm: WORLD, source, tag: Some(tag) };
    Wait::Receive { what, after: 0, probe: false }
}

pub fn channel(peer: Rank, tag: i32) -> Channel {
    Channel { comm: WORLD, peer, tag }
}

pub fn block(states: &mut [State], rank: Rank, call: &str, waits: Vec<Wait>) {
    let state = &mut states[rank];
    (state.stage, state.still, state.call) = (Stage::Blocked, 1.0, call.to_owned());
    state.waits = waits;
}

/// `rank` sends the first message of a channel, and waits for its receive.
pub fn send(states: &mut [State], rank: Rank, to: Rank, tag: i32) {
    states[rank].sent.push((channel(to, tag), 1));
    block(states, rank, "MPI_Send", vec![Wait::Send { to: channel(to, tag), nth: 1 }]);
}

pub fn collective(states: &mut [State], rank: Rank, call: &str, terms: Terms) {
    states[rank].groups[0].begun = 1;
    let call = call.to_owned();
    states[rank].recent.push(Collective {
        comm: WORLD,
        nth: 1,
        call: call.clone(),
        terms,
    });
    let wait = Wait::Collective { comm: WORLD, nth: 1, needs: Needs::All };
    block(states, rank, &call, vec![wait]);
}

fn stuck(ranks: &[Rank]) -> Option<Verdict> {
    Some(Verdict::Stuck(ranks.to_vec()))
}

#[test]
fn a_cycle_is_stuck_and_whoever_waits_for_it() {
    let mut states = world(4);
    for (rank, source) in [(0, 1), (1, 0), (2, 1)] {
        block(&mut states, rank, "MPI_Recv", vec![receive(Some(source), 0)]);
    }
    assert_eq!(judge(&states, false), stuck(&[0, 1, 2]), "rank 3 computes");
    states[1].still = 0.9;
    assert_eq!(judge(&states, false), None, "rank 1 has just come");
}

#[test]
fn a_message_under_way_or_a_partner_that_computes_is_waited_for() {
    let mut states = world(3);
    block(&mut states, 0, "MPI_Recv", vec![receive(Some(1), 5)]);
    block(&mut states, 1, "MPI_Recv", vec![receive(Some(2), 5)]);
    assert_eq!(judge(&states, false), None, "rank 2 computes");
    block(&mut states, 2, "MPI_Recv", vec![receive(Some(0), 5)]);
    assert_eq!(judge(&states, false), stuck(&[0, 1, 2]));
    states[2].sent.push((channel(1, 5), 1));
    assert_eq!(judge(&states, false), None, "rank 1's message is under way");
    states[1].got.push((channel(2, 5), 1));
    assert_eq!(judge(&states, false), stuck(&[0, 1, 2]), "it was received before");
}

#[test]
fn a_send_is_served_by_a_receive_that_takes_it() {
    for (tag, expected) in [(1, None), (2, stuck(&[0, 1]))] {
        let mut states = world(2);
        send(&mut states, 0, 1, 1);
        block(&mut states, 1, "MPI_Recv", vec![receive(Some(0), tag)]);
        assert_eq!(judge(&states, false), expected, "tag {tag}");
    }
}

#[test]
fn a_receive_gets_what_earlier_receives_leave() {
    for (messages, expected) in [(2, stuck(&[0])), (3, None)] {
        let mut states = world(2);
        states[1].stage = Stage::Ended;
        states[1].sent.push((channel(0, 1), messages));
        let Wait::Receive { what, .. } = receive(None, 1) else { unreachable!() };
        states[0].posted = vec![what, what];
        let wait = Wait::Receive { what, after: 2, probe: false };
        block(&mut states, 0, "MPI_Recv", vec![wait]);
        assert_eq!(judge(&states, false), expected, "{messages} messages");
    }
}

#[test]
fn one_of_several_is_enough_for_a_wait_for_any() {
    let mut states = world(3);
    states[2].stage = Stage::Ended;
    block(&mut states, 0, "MPI_Waitany", vec![receive(Some(1), 0), receive(Some(2), 0)]);
    assert_eq!(judge(&states, false), stuck(&[0]), "all of them, and rank 2 has ended");
    states[0].any = true;
    assert_eq!(judge(&states, false), None, "rank 1 computes");
    block(&mut states, 1, "MPI_Recv", vec![receive(None, 0)]);
    assert_eq!(judge(&states, false), stuck(&[0, 1]));
}

#[test]
fn who_polls_may_do_something_else_unless_asked_as_one_who_waits() {
    let mut states = world(2);
    block(&mut states, 0, "MPI_Recv", vec![receive(Some(1), 0)]);
    block(&mut states, 1, "MPI_Iprobe", vec![receive(Some(0), 0)]);
    states[1].stage = Stage::Polls;
    assert_eq!(judge(&states, false), None);
    assert_eq!(judge(&states, true), None, "not for long");
    states[1].still = 10.0;
    assert_eq!(judge(&states, true), stuck(&[0, 1]));
}

#[test]
fn a_collective_waits_for_those_who_have_not_begun_it() {
    let mut states = world(3);
    for rank in [0, 1] {
        collective(&mut states, rank, "MPI_Barrier", Terms::default());
    }
    assert_eq!(judge(&states, false), None, "rank 2 computes");
    states[2].stage = Stage::Ended;
    assert_eq!(judge(&states, false), stuck(&[0, 1]));
    states[2].groups[0].begun = 1;
    assert_eq!(judge(&states, false), None, "all have begun it");
}

#[test]
fn collectives_that_differ_are_found_before_anybody_stands_still() {
    let root = |root| Terms { root: Some(root), ..Terms::default() };
    for (call, terms, differs) in [
        ("MPI_Bcast", root(0), false),
        ("MPI_Bcast", root(1), true),
        ("MPI_Reduce", root(0), true),
        ("MPI_Bcast", Terms::default(), false),
    ] {
        let mut states = world(2);
        collective(&mut states, 0, "MPI_Bcast", root(0));
        collective(&mut states, 1, call, terms);
        states[0].still = 0.0;
        let found = matches!(judge(&states, false), Some(Verdict::Differ(_)));
        assert_eq!(found, differs, "{call} {terms:?}");
    }
}

#[test]
fn a_lock_is_waited_for_until_its_holder_lets_go() {
    let lock = crate::state::Lock { window: 7, target: 0, exclusive: true };
    let mut states = world(2);
    states[0].locks.push(lock);
    block(&mut states, 0, "MPI_Recv", vec![receive(Some(1), 0)]);
    states[1].locks.push(lock);
    block(&mut states, 1, "MPI_Win_lock", vec![Wait::Lock(lock)]);
    assert_eq!(judge(&states, false), stuck(&[0, 1]));
    block(&mut states, 0, "MPI_Win_unlock", vec![Wait::Lock(lock)]);
    assert_eq!(judge(&states, false), None, "one of them has it");
}
