//! The verdict in words: a line for ranks that are alike, and the likeliest cause.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::graph::{Verdict, is_matched, partners, waiting_messages};
use crate::state::{
    COMPLETE, Channel, Comm, Lines, POST, Rank, Receive, Stage, State, WORLD, Wait,
};

mod cause;
mod differ;

/// More rows than this say less than fewer would.
const ROWS: usize = 12;

/// The whole message: at most a screen, however many ranks there are.
pub fn text(states: &[State], verdict: &Verdict, lines: &[Lines]) -> String {
    match verdict {
        Verdict::Stuck(stuck) => {
            let mut text = vec![headline(states, stuck)];
            text.extend(rows(states, stuck, lines));
            text.push(format!("  cause: {}", cause::of(states, stuck)));
            text.join("\n")
        }
        Verdict::Differ(pair) => differ::text(states, pair, lines),
    }
}

/// A note on ranks that poll for what never comes: they may have other plans.
pub fn note(states: &[State], verdict: &Verdict, lines: &[Lines]) -> String {
    let Verdict::Stuck(stuck) = verdict else { return text(states, verdict, lines) };
    let mut text =
        vec![format!("note: {} asked again and again for what never comes", have(stuck))];
    text.extend(rows(states, stuck, lines));
    text.push(format!("  cause: {}", cause::of(states, stuck)));
    text.join("\n")
}

/// What each rank does when the job's time limit has passed, as far as it is known.
pub fn over(limit: Duration, states: &[State], lines: &[Lines]) -> String {
    let limit = limit.as_secs();
    let mut text = vec![format!("error: the job has lasted longer than {limit} s")];
    let all: Vec<Rank> = (0..states.len()).collect();
    text.extend(rows(states, &all, lines));
    text.join("\n")
}

fn have(ranks: &[Rank]) -> String {
    format!("{} {}", names(ranks), if ranks.len() == 1 { "has" } else { "have" })
}

fn headline(states: &[State], stuck: &[Rank]) -> String {
    let others = |stage: fn(&State) -> bool| -> Vec<Rank> {
        (0..states.len()).filter(|r| !stuck.contains(r) && stage(&states[*r])).collect()
    };
    let go_on = others(|state| state.stage != Stage::Ended);
    if !go_on.is_empty() {
        let goes = if go_on.len() == 1 { "goes" } else { "go" };
        let waits = if stuck.len() == 1 { "waits" } else { "wait" };
        return format!(
            "error: {} {waits} for ever (deadlock), though {} {goes} on",
            names(stuck),
            names(&go_on)
        );
    }
    let ended = others(|state| state.stage == Stage::Ended);
    match stuck {
        [_] => {
            format!("error: nothing moves: {} waits for ever (deadlock)", names(stuck))
        }
        _ if ended.is_empty() => {
            format!(
                "error: nothing moves: {} ranks wait for each other (deadlock)",
                stuck.len()
            )
        }
        _ => format!("error: nothing moves: {} wait for ever (deadlock)", names(stuck)),
    }
}

// ---- Rows ------------------------------------------------------------------------

/// A row for ranks that are alike.
fn rows(states: &[State], stuck: &[Rank], lines: &[Lines]) -> Vec<String> {
    let exact = grouped(states, stuck, lines, true);
    // Where each has a partner of its own, it is not named.
    let groups =
        if exact.len() > ROWS { grouped(states, stuck, lines, false) } else { exact };
    let mut rows: Vec<String> =
        groups.iter().take(ROWS).map(|row| row.to_string()).collect();
    if groups.len() > ROWS {
        rows.push(format!("  and {} more", groups.len() - ROWS));
    }
    rows
}

struct Row {
    ranks: Vec<Rank>,
    line: String,
    does: String,
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "  {}  ", names(&self.ranks))?;
        if !self.line.is_empty() {
            write!(f, "{}  ", self.line)?;
        }
        f.write_str(&number(&self.does, self.ranks.len()))
    }
}

/// `does` of several ranks: `receives` becomes `receive`.
fn number(does: &str, ranks: usize) -> String {
    let verb = does.split(' ').next().unwrap_or_default();
    let plural = match verb {
        _ if ranks == 1 => verb,
        "is" => "are",
        "has" => "have",
        _ => verb.trim_end_matches('s'),
    };
    format!("{plural}{}", &does[verb.len()..])
}

fn grouped(states: &[State], stuck: &[Rank], lines: &[Lines], exact: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut add = |rank: Rank, line: Option<String>, does: String| {
        let line = line.unwrap_or_default();
        match rows.iter_mut().find(|row| row.does == does && row.line == line) {
            Some(row) if row.ranks.contains(&rank) => {}
            Some(row) => row.ranks.push(rank),
            None => rows.push(Row { ranks: vec![rank], line, does }),
        }
    };
    for &rank in stuck {
        add(rank, lines[rank].here.clone(), does(states, rank, exact));
    }
    // Whoever has sent what nobody takes, or is not there any more.
    for &rank in stuck {
        for (from, _) in stray(states, rank) {
            let known = Channel { peer: rank, ..from };
            let waits = unmatched(states, from.peer);
            if waits
                .iter()
                .any(|wait| matches!(wait, Wait::Send { to, .. } if *to == known))
            {
                continue;
            }
            let line = lines[from.peer].sends.iter().find(|(to, _)| *to == known);
            let to = if exact { format!("to rank {rank}") } else { "to them".to_owned() };
            let does = format!("sent {to} with tag {}: nobody receives that", from.tag);
            add(
                from.peer,
                line.map(|(_, line)| line.clone()),
                does + &within(states, known.comm),
            );
        }
        for partner in awaited(states, rank) {
            if states[partner].stage == Stage::Ended && !stuck.contains(&partner) {
                add(partner, None, does(states, partner, exact));
            }
        }
    }
    rows
}

/// All ranks that could bring what a rank waits for in vain.
fn awaited(states: &[State], rank: Rank) -> Vec<Rank> {
    let waits = unmatched(states, rank);
    waits.iter().flat_map(|wait| partners(states, rank, wait)).collect()
}

fn unmatched(states: &[State], rank: Rank) -> Vec<&Wait> {
    states[rank].waits.iter().filter(|wait| !is_matched(states, rank, wait)).collect()
}

/// Messages to a rank that waits for another.
fn stray(states: &[State], rank: Rank) -> Vec<(Channel, u64)> {
    let waits = unmatched(states, rank);
    let receives = waits.iter().any(|wait| matches!(wait, Wait::Receive { .. }));
    let waiting = waiting_messages(states, rank).into_iter();
    waiting.filter(|(from, _)| receives && from.tag >= 0).take(3).collect()
}

/// What a rank does.
fn does(states: &[State], rank: Rank, exact: bool) -> String {
    let state = &states[rank];
    let waits = unmatched(states, rank);
    match state.stage {
        // Whoever answers knows the world at least.
        Stage::Free if state.groups.is_empty() => {
            return "gives no answer: it is stopped".to_owned();
        }
        Stage::Free => return "computes".to_owned(),
        Stage::Ended => return "has ended, in MPI_Finalize".to_owned(),
        _ if waits.is_empty() => return format!("is in {}", state.call),
        _ => {}
    }
    let told: Vec<String> =
        waits.iter().take(2).map(|wait| waits_for(states, rank, wait, exact)).collect();
    let more = match waits.len().saturating_sub(2) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let told = told.join(if state.any { " or " } else { " and " }) + &more;
    if state.stage == Stage::Polls {
        return format!("asks with {} for {told}", state.call);
    }
    match &waits[..] {
        [Wait::Receive { probe: false, .. }] if state.call == "MPI_Recv" => {
            format!("receives{}", told.trim_start_matches("a message"))
        }
        [Wait::Send { to, .. }] if state.call.ends_with("end") => {
            let to = if exact {
                format!("rank {}", to.peer)
            } else {
                "another rank".to_owned()
            };
            format!("sends to {to}, {}: nobody receives that", tag_of(states, waits[0]))
        }
        [Wait::Collective { .. }] if !state.call.starts_with("MPI_Wait") => {
            format!("is in {}: {told}", state.call)
        }
        _ => format!("is in {} for {told}", state.call),
    }
}

fn tag_of(states: &[State], wait: &Wait) -> String {
    match wait {
        Wait::Send { to, .. } => format!("tag {}{}", to.tag, within(states, to.comm)),
        Wait::Receive { what, .. } => {
            let tag = what.tag.map_or("any tag".to_owned(), |tag| format!("tag {tag}"));
            tag + &within(states, what.comm)
        }
        _ => String::new(),
    }
}

fn waits_for(states: &[State], rank: Rank, wait: &Wait, exact: bool) -> String {
    let named =
        |other: Rank| if exact { format!("rank {other}") } else { "another".to_owned() };
    match wait {
        Wait::Receive {
            what: Receive { source: Some(source), tag: Some(tag), .. },
            ..
        } if *tag == POST || *tag == COMPLETE => {
            let call = if *tag == POST { "MPI_Win_post" } else { "MPI_Win_complete" };
            format!("{} to call {call}", named(*source))
        }
        Wait::Receive { what, .. } => {
            let source = match what.source {
                Some(source) if source == rank => "itself".to_owned(),
                Some(source) => named(source),
                None => "any rank".to_owned(),
            };
            format!("a message from {source}, {}", tag_of(states, wait))
        }
        Wait::Send { to, .. } => {
            let to = if to.peer == rank { "itself".to_owned() } else { named(to.peer) };
            format!("{to} to receive, {}", tag_of(states, wait))
        }
        Wait::Collective { comm, .. } => {
            let late = partners(states, rank, wait);
            let late =
                if late.is_empty() { "the others".to_owned() } else { names(&late) };
            format!("{late} did not come{}", within(states, *comm))
        }
        Wait::Lock(lock) => {
            let holders = partners(states, rank, wait);
            let holds = if holders.len() == 1 { "holds" } else { "hold" };
            format!(
                "the lock of rank {}'s window, which {} {holds}",
                lock.target,
                names(&holders)
            )
        }
    }
}

/// Where a communicator is not the world: who belongs to it.
fn within(states: &[State], comm: Comm) -> String {
    if comm == WORLD {
        return String::new();
    }
    let members = states.iter().map(|state| state.members(comm)).find(|m| !m.is_empty());
    let members = members.unwrap_or_default();
    if members.len() == states.len() {
        return ", in another communicator than MPI_COMM_WORLD".to_owned();
    }
    format!(", in the communicator of {}", names(members))
}

/// Ranks as one says them: `rank 3`, `ranks 0, 2`, `ranks 1-399`.
fn names(ranks: &[Rank]) -> String {
    let ranks: BTreeSet<Rank> = ranks.iter().copied().collect();
    let mut spans: Vec<(Rank, Rank)> = Vec::new();
    for &rank in &ranks {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == rank => *last = rank,
            _ => spans.push((rank, rank)),
        }
    }
    let span = |&(first, last): &(Rank, Rank)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}-{last}"),
    };
    let mut told: Vec<String> = spans.iter().take(8).map(span).collect();
    if spans.len() > 8 {
        told.push(format!("... ({} in all)", ranks.len()));
    }
    format!("rank{} {}", if ranks.len() == 1 { "" } else { "s" }, told.join(", "))
}

#[cfg(test)]
mod tests;
