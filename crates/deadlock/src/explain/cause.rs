//! The likeliest cause of a deadlock: the first that fits.

use super::{awaited, names, stray, unmatched, within};
use crate::graph::{partners, waiting_messages};
use crate::state::{Channel, Rank, Receive, Stage, State, Wait};

/// A sentence, if this is the cause.
type Cause = fn(&[State], &[Rank]) -> Option<String>;

/// The likeliest cause, in one sentence.
pub fn of(states: &[State], stuck: &[Rank]) -> String {
    let causes: [Cause; 12] = [
        itself,
        probed,
        other_tag,
        other_communicator,
        one_too_many,
        other_peer,
        unstarted,
        nobody_left,
        ended,
        missing,
        locked,
        cycle,
    ];
    let found = causes.iter().find_map(|cause| cause(states, stuck));
    found.unwrap_or_else(|| "each waits for what another would do only later".to_owned())
}

/// Each receive that a stuck rank waits for in vain.
fn receives<'a>(
    states: &'a [State],
    stuck: &'a [Rank],
) -> impl Iterator<Item = (Rank, Receive)> + 'a {
    waits(states, stuck).filter_map(|(rank, wait)| match wait {
        Wait::Receive { what, .. } => Some((rank, *what)),
        _ => None,
    })
}

/// Each send that a stuck rank waits for in vain.
fn sends<'a>(
    states: &'a [State],
    stuck: &'a [Rank],
) -> impl Iterator<Item = (Rank, Channel)> + 'a {
    waits(states, stuck).filter_map(|(rank, wait)| match wait {
        Wait::Send { to, .. } => Some((rank, *to)),
        _ => None,
    })
}

fn waits<'a>(
    states: &'a [State],
    stuck: &'a [Rank],
) -> impl Iterator<Item = (Rank, &'a Wait)> {
    let of = move |&rank: &Rank| {
        unmatched(states, rank).into_iter().map(move |wait| (rank, wait))
    };
    stuck.iter().flat_map(of)
}

fn itself(states: &[State], stuck: &[Rank]) -> Option<String> {
    if let Some((rank, _)) =
        receives(states, stuck).find(|(rank, what)| what.source == Some(*rank))
    {
        return Some(format!("rank {rank} receives from itself what it has not sent"));
    }
    let (rank, _) = sends(states, stuck).find(|(rank, to)| to.peer == *rank)?;
    Some(format!("rank {rank} sends to itself: nobody is there to receive while it does"))
}

fn probed(states: &[State], stuck: &[Rank]) -> Option<String> {
    receives(states, stuck).find_map(|(rank, what)| {
        let taken = states[rank].probed.iter().find(|from| what.takes(**from))?;
        Some(format!(
            "rank {rank} has taken the message of rank {} by a matched probe: only \
             a matched receive gets it",
            taken.peer
        ))
    })
}

fn other_tag(states: &[State], stuck: &[Rank]) -> Option<String> {
    receives(states, stuck).find_map(|(rank, what)| {
        let any_tag = Receive { tag: None, ..what };
        let (from, _) =
            stray(states, rank).into_iter().find(|(from, _)| any_tag.takes(*from))?;
        let wanted = what.tag?;
        let sent = format!("rank {} sent tag {}", from.peer, from.tag);
        Some(format!("rank {rank} waits for tag {wanted}, {sent}"))
    })
}

fn other_communicator(states: &[State], stuck: &[Rank]) -> Option<String> {
    receives(states, stuck).find_map(|(rank, what)| {
        let fits = |(from, _): &(Channel, u64)| {
            from.comm != what.comm && Receive { comm: from.comm, ..what }.takes(*from)
        };
        let (from, _) = stray(states, rank).into_iter().find(fits)?;
        Some(format!(
            "rank {rank} waits for a message in one communicator, rank {} sent it in another",
            from.peer
        ))
    })
}

/// The message has come from another rank, or gone to one.
fn other_peer(states: &[State], stuck: &[Rank]) -> Option<String> {
    receives(states, stuck).find_map(|(rank, what)| {
        let wanted = what.source?;
        let any_source = Receive { source: None, ..what };
        if let Some((from, _)) =
            stray(states, rank).into_iter().find(|(from, _)| any_source.takes(*from))
        {
            return Some(format!(
                "rank {rank} waits for rank {wanted}, but rank {} sent that message",
                from.peer
            ));
        }
        // Not to this rank at all.
        let strayed = |&other: &Rank| {
            let waiting = waiting_messages(states, other);
            waiting.iter().any(|(from, _)| what.takes(*from))
        };
        let others = (0..states.len()).filter(|&other| other != rank);
        let other = others.into_iter().find(strayed)?;
        Some(format!(
            "rank {rank} waits for rank {wanted}, which sent that message to rank {other}"
        ))
    })
}

fn unstarted(states: &[State], stuck: &[Rank]) -> Option<String> {
    receives(states, stuck).find_map(|(rank, what)| {
        let source = what.source?;
        let fits = |wait: &&Wait| match wait {
            Wait::Send { to, .. } => {
                to.peer == rank && what.takes(Channel { peer: source, ..*to })
            }
            _ => false,
        };
        states.get(source)?.unstarted.iter().find(fits)?;
        Some(format!("rank {source} has made a persistent send and never started it"))
    })
}

fn nobody_left(states: &[State], stuck: &[Rank]) -> Option<String> {
    let (rank, what) = receives(states, stuck).find(|(_, what)| what.source.is_none())?;
    let ended = awaited(states, rank).iter().all(|r| states[*r].stage == Stage::Ended);
    let left = if ended { "all others have ended" } else { "all others wait themselves" };
    let tag = what.tag.map_or(String::new(), |tag| format!(" with tag {tag}"));
    Some(format!(
        "rank {rank} receives from any rank{tag}, and nobody is left to send: {left}"
    ))
}

/// A rank waits for another message of one that has sent all of its own.
fn one_too_many(states: &[State], stuck: &[Rank]) -> Option<String> {
    receives(states, stuck).find(|(rank, what)| {
        let gone = what.source.is_some_and(|source| states[source].stage == Stage::Ended);
        gone && earlier(states, *rank, what) > 0
    })?;
    ended(states, stuck)
}

fn ended(states: &[State], stuck: &[Rank]) -> Option<String> {
    let gone = |rank: Rank| -> Vec<Rank> {
        let mut gone = awaited(states, rank);
        gone.retain(|partner| states[*partner].stage == Stage::Ended);
        gone
    };
    let &first = stuck.iter().find(|rank| !gone(**rank).is_empty())?;
    let alike: Vec<Rank> =
        stuck.iter().copied().filter(|r| gone(*r) == gone(first)).collect();
    let gone = names(&gone(first));
    let wants = match unmatched(states, first).first() {
        Some(Wait::Receive { what, .. }) if earlier(states, first, what) > 0 => {
            let sent = earlier(states, first, what);
            format!("for one message more than {gone} sent ({sent})")
        }
        Some(Wait::Receive { .. }) => format!("for a message from {gone}"),
        Some(Wait::Send { .. }) => format!("for {gone} to receive"),
        _ => format!("for {gone} to take part"),
    };
    let (wait, has) = (
        numbered(&alike, "wait"),
        if gone.starts_with("ranks") { "have" } else { "has" },
    );
    Some(format!("{wait} {wants}, and {gone} {has} ended"))
}

/// How many messages that fit were sent, and received before.
fn earlier(states: &[State], rank: Rank, what: &Receive) -> u64 {
    let Some(source) = what.source else { return 0 };
    let fits = |&&(to, _): &&(Channel, u64)| {
        to.peer == rank && what.takes(Channel { peer: source, ..to })
    };
    states[source].sent.iter().filter(fits).map(|(_, count)| count).sum()
}

/// Ranks with a verb: `rank 3 waits`, `ranks 0, 2 wait`.
fn numbered(ranks: &[Rank], verb: &str) -> String {
    format!("{} {verb}{}", names(ranks), if ranks.len() == 1 { "s" } else { "" })
}

/// A collective that some never reach.
fn missing(states: &[State], stuck: &[Rank]) -> Option<String> {
    stuck.iter().find_map(|&rank| {
        let waits = unmatched(states, rank);
        let wait = waits.into_iter().find(|wait| is_collective(wait))?;
        let Wait::Collective { comm, nth, .. } = wait else { return None };
        let late: Vec<Rank> = partners(states, rank, wait);
        let late: Vec<Rank> = late.into_iter().filter(|r| stuck.contains(r)).collect();
        let &first = late.first()?;
        let call = states[rank].recent.iter().find(|c| (c.comm, c.nth) == (*comm, *nth));
        let call = call.map_or(states[rank].call.as_str(), |known| known.call.as_str());
        // Two communicators in opposite order: both are in a collective.
        let theirs = &states[first];
        if unmatched(states, first).iter().any(|wait| is_collective(wait)) {
            return Some(format!(
                "rank {rank} is in {call}{} while rank {first} is in {}, and each needs the \
                 other first",
                within(states, *comm),
                theirs.call
            ));
        }
        let reach = if late.len() == 1 { "reaches" } else { "reach" };
        Some(format!("{} never {reach} the {call} of rank {rank}", names(&late)))
    })
}

fn locked(states: &[State], stuck: &[Rank]) -> Option<String> {
    stuck.iter().find_map(|&rank| {
        let waits = unmatched(states, rank);
        let wait = waits.into_iter().find(|wait| matches!(wait, Wait::Lock(_)))?;
        let holders = partners(states, rank, wait);
        let &holder = holders.first()?;
        Some(format!(
            "rank {holder} holds a lock that rank {rank} needs, and waits for rank {rank}"
        ))
    })
}

/// Each waits for the next, and the last for the first.
fn cycle(states: &[State], stuck: &[Rank]) -> Option<String> {
    let mut path = vec![*stuck.first()?];
    let closes = loop {
        let last = *path.last()?;
        let next = awaited(states, last).into_iter().find(|rank| stuck.contains(rank))?;
        if let Some(place) = path.iter().position(|known| *known == next) {
            break place;
        }
        path.push(next);
    };
    let ring = &path[closes..];
    let all = |fits: fn(&Wait) -> bool| {
        ring.iter().all(|&rank| unmatched(states, rank).iter().all(|wait| fits(wait)))
    };
    let mut shown: Vec<String> = ring.iter().take(6).map(Rank::to_string).collect();
    if ring.len() > 6 {
        shown.push("...".to_owned());
    }
    shown.push(ring[0].to_string());
    let shown = shown.join(" -> ");
    Some(if all(|wait| matches!(wait, Wait::Receive { .. })) {
        format!("each receives before it sends: {shown}")
    } else if all(|wait| matches!(wait, Wait::Send { .. })) {
        format!(
            "each sends before it receives, and no send ends before its receive: {shown}"
        )
    } else {
        format!("each waits for the next: {shown}")
    })
}

fn is_collective(wait: &Wait) -> bool {
    matches!(wait, Wait::Collective { .. })
}
