//! Which ranks can never go on: a graph of waits, reduced.
//!
//! A rank waits for all of some things or for one of them, and each thing is
//! done by one rank, by all or by any of several: arcs with AND and OR. What
//! has found its partner draws no arc. All ranks that stand still or have ended
//! are taken for lost; those that can go on because of a rank that is not
//! lost are taken out, until nobody is. (T. Hilbrich, B. R. de Supinski,
//! M. Schulz, M. S. Mueller: A graph based approach for MPI deadlock detection,
//! ICS 2009.)
//!
//! Where messages may be matched in several ways, a wait counts as served if it
//! may be: nothing is called lost that could go on.

use crate::state::{Channel, Collective, Rank, Receive, Stage, State, Wait};

/// Why a job is at its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// These ranks wait for what can never come.
    Stuck(Vec<Rank>),
    /// Two ranks disagree about the same collective.
    Differ(Box<[(Rank, Collective); 2]>),
}

/// The verdict on the states of all ranks, if there is one.
///
/// `polls` says whether a rank that polls counts as one that waits.
pub fn judge(states: &[State], polls: bool) -> Option<Verdict> {
    if let Some(pair) = disagreement(states) {
        return Some(Verdict::Differ(Box::new(pair)));
    }
    let polls =
        |state: &State| polls && state.stage == Stage::Polls && state.still >= 10.0;
    let stuck = reduce(states, |state| state.is_stuck() || polls(state));
    // Whoever belongs to them and has only just come would seem to go on.
    let soon = reduce(states, |state| state.stage == Stage::Blocked || polls(state));
    (!stuck.is_empty() && stuck.len() == soon.len()).then_some(Verdict::Stuck(stuck))
}

/// The ranks that can never go on, if all wait that `waits` says wait.
fn reduce(states: &[State], waits: impl Fn(&State) -> bool) -> Vec<Rank> {
    let waits = |rank: Rank| waits(&states[rank]);
    let mut lost: Vec<bool> =
        (0..states.len()).map(|r| waits(r) || states[r].stage == Stage::Ended).collect();
    while let Some(rank) =
        (0..states.len()).find(|&r| lost[r] && waits(r) && goes_on(states, &lost, r))
    {
        lost[rank] = false;
    }
    (0..states.len()).filter(|&r| lost[r] && waits(r)).collect()
}

fn goes_on(states: &[State], lost: &[bool], rank: Rank) -> bool {
    let state = &states[rank];
    let mut waits = state.waits.iter();
    let served = |wait| is_served(states, lost, rank, wait);
    // A wait for nothing returns at once.
    if state.any || state.waits.is_empty() {
        state.waits.is_empty() || waits.any(served)
    } else {
        waits.all(served)
    }
}

/// Whether a rank that is not lost may still bring what `rank` waits for.
fn is_served(states: &[State], lost: &[bool], rank: Rank, wait: &Wait) -> bool {
    let lives = |other: &Rank| !lost[*other];
    if is_matched(states, rank, wait) {
        return true;
    }
    let from = partners(states, rank, wait);
    match wait {
        Wait::Receive { .. } | Wait::Send { .. } => from.iter().any(lives),
        Wait::Lock(_) => from.iter().all(lives),
        Wait::Collective { needs, .. } => match needs {
            crate::state::Needs::All => from.iter().all(lives),
            crate::state::Needs::Root(root) if from.contains(root) => lives(root),
            _ => from.iter().any(lives),
        },
    }
}

/// The ranks that could bring what `rank` waits for.
pub fn partners(states: &[State], rank: Rank, wait: &Wait) -> Vec<Rank> {
    let state = &states[rank];
    match wait {
        Wait::Receive { what, .. } => match what.source {
            Some(source) => vec![source],
            None => {
                let members = state.members(what.comm).iter().copied();
                members.filter(|&other| other != rank).collect()
            }
        },
        Wait::Send { to, .. } => vec![to.peer],
        Wait::Collective { comm, nth, .. } => {
            let late = |&&other: &&Rank| states[other].begun(*comm) < *nth;
            state.members(*comm).iter().filter(late).copied().collect()
        }
        Wait::Lock(lock) => {
            let holds = |&other: &Rank| {
                let theirs = &states[other];
                let waits = theirs.waits.iter().any(|wait| is_lock(wait, lock.target));
                other != rank
                    && !waits
                    && theirs.locks.iter().any(|held| {
                        (held.window, held.target) == (lock.window, lock.target)
                            && (held.exclusive || lock.exclusive)
                    })
            };
            (0..states.len()).filter(holds).collect()
        }
    }
}

fn is_lock(wait: &Wait, target: Rank) -> bool {
    matches!(wait, Wait::Lock(lock) if lock.target == target)
}

/// Whether what `rank` waits for has found its partner, or may have.
pub fn is_matched(states: &[State], rank: Rank, wait: &Wait) -> bool {
    match wait {
        Wait::Receive { what, after, .. } => {
            let waiting = waiting_messages(states, rank);
            let mine: Vec<_> =
                waiting.iter().filter(|(from, _)| what.takes(*from)).collect();
            let messages: u64 = mine.iter().map(|(_, count)| count).sum();
            // A receive posted before takes one of them for sure if there is
            // nothing else that it could take.
            let narrower = |earlier: &&Receive| {
                let mut takes =
                    waiting.iter().filter(|(from, _)| earlier.takes(*from)).peekable();
                takes.peek().is_some() && takes.all(|(from, _)| what.takes(*from))
            };
            let earlier = states[rank].posted.iter().take(*after).filter(narrower);
            messages > earlier.count() as u64
        }
        Wait::Send { to, nth } => {
            let from = Channel { peer: rank, ..*to };
            let receiver = &states[to.peer];
            let posted = receiver.posted.iter().filter(|receive| receive.takes(from));
            let blocked = receiver.waits.iter().filter(|wait| {
                matches!(wait, Wait::Receive { what, after, probe: false }
                    if *after == receiver.posted.len() && what.takes(from))
            });
            let taken = posted.count() as u64 + blocked.count() as u64;
            // What a matched probe has taken waits for its receive.
            let probed = receiver.probed.iter().filter(|probed| **probed == from).count();
            let got = receiver.got(from);
            if *nth <= got { *nth + probed as u64 <= got } else { got + taken >= *nth }
        }
        Wait::Collective { .. } | Wait::Lock(_) => {
            partners(states, rank, wait).is_empty()
        }
    }
}

/// The messages sent to `rank` that it has not received: from whom, how many.
pub fn waiting_messages(states: &[State], rank: Rank) -> Vec<(Channel, u64)> {
    let mut waiting = Vec::new();
    for (sender, state) in states.iter().enumerate() {
        for &(to, sent) in state.sent.iter().filter(|(to, _)| to.peer == rank) {
            let from = Channel { peer: sender, ..to };
            let left = sent.saturating_sub(states[rank].got(from));
            if left > 0 {
                waiting.push((from, left));
            }
        }
    }
    waiting
}

/// Two ranks that have called the same collective of a communicator differently.
fn disagreement(states: &[State]) -> Option<[(Rank, Collective); 2]> {
    let mut first: std::collections::HashMap<_, (Rank, &Collective)> = Default::default();
    let mut found: Option<[(Rank, Collective); 2]> = None;
    for (rank, state) in states.iter().enumerate() {
        for ours in &state.recent {
            let (other, theirs) =
                *first.entry((ours.comm, ours.nth)).or_insert((rank, ours));
            let earlier =
                found.as_ref().is_none_or(|[(_, known), _]| ours.nth < known.nth);
            if earlier && differ(ours, theirs) {
                found = Some([(other, theirs.clone()), (rank, ours.clone())]);
            }
        }
    }
    found
}

fn differ(a: &Collective, b: &Collective) -> bool {
    fn unlike<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
        a.is_some() && b.is_some() && a != b
    }
    a.call != b.call
        || unlike(a.terms.root, b.terms.root)
        || unlike(a.terms.operation, b.terms.operation)
        || unlike(a.terms.bytes, b.terms.bytes)
}

#[cfg(test)]
pub(crate) mod tests;
