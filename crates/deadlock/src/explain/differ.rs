//! The verdict in words where ranks have called the same collective differently.

use std::collections::BTreeMap;

use super::{ROWS, Row, within};
use crate::state::{Collective, Lines, Rank, Stage, State, Terms};

/// The whole message: who calls what.
pub fn text(states: &[State], pair: &[(Rank, Collective); 2], lines: &[Lines]) -> String {
    let [(_, a), (_, b)] = pair;
    let place = (a.comm, a.nth);
    let mut rows: BTreeMap<(String, String), Vec<Rank>> = BTreeMap::new();
    for (rank, state) in states.iter().enumerate() {
        let ours = state.recent.iter().find(|known| (known.comm, known.nth) == place);
        let Some(ours) = ours else { continue };
        let here = lines[rank].collectives.iter().find(|(known, _)| *known == place);
        let is_there = state.stage == Stage::Blocked && state.call == ours.call;
        let stands = lines[rank].here.clone().filter(|_| is_there);
        let line = here.map(|(_, line)| line.clone()).or(stands).unwrap_or_default();
        rows.entry((line, called(ours))).or_default().push(rank);
    }
    let mut rows: Vec<Row> =
        rows.into_iter().map(|((line, does), ranks)| Row { ranks, line, does }).collect();
    rows.sort_by_key(|row| row.ranks[0]);
    let of = within(states, a.comm);
    let mut text = vec![format!(
        "error: the ranks disagree about a collective (number {}{of})",
        a.nth
    )];
    text.extend(rows.iter().take(ROWS).map(Row::to_string));
    let unnamed = rows.iter().any(|row| row.line.is_empty());
    // Whoever has gone on from there; in a program without lines nothing helps.
    let helps = unnamed && lines.iter().any(|known| known.here.is_some());
    let where_to_look = if helps { "; STRICT=1 says where" } else { "" };
    text.push(format!("  cause: {}{where_to_look}", unlike(a, b, pair[0].0, pair[1].0)));
    text.join("\n")
}

fn called(ours: &Collective) -> String {
    let Terms { root, operation, bytes } = ours.terms;
    let root = root.map(|root| format!(", root {root}"));
    let operation = operation.map(|operation| format!(", {}", OPERATIONS[operation]));
    let bytes = bytes.map(|bytes| format!(", {}", length(bytes)));
    let parts = [root, operation, bytes].map(Option::unwrap_or_default);
    format!("calls {}{}", ours.call, parts.concat())
}

fn length(bytes: u64) -> String {
    format!("{bytes} byte{}", if bytes == 1 { "" } else { "s" })
}

/// In the order in which the calls number them.
const OPERATIONS: [&str; 11] = [
    "sum",
    "product",
    "maximum",
    "minimum",
    "logical and",
    "logical or",
    "logical xor",
    "bitwise and",
    "bitwise or",
    "bitwise xor",
    "an operation of its own",
];

fn unlike(a: &Collective, b: &Collective, first: Rank, second: Rank) -> String {
    if a.call != b.call {
        return format!(
            "rank {first} calls {} where rank {second} calls {}",
            a.call, b.call
        );
    }
    let pairs = [
        (
            "root",
            a.terms.root.map(|r| format!("rank {r}")),
            b.terms.root.map(|r| format!("rank {r}")),
        ),
        (
            "operation",
            a.terms.operation.map(|place| OPERATIONS[place].to_owned()),
            b.terms.operation.map(|place| OPERATIONS[place].to_owned()),
        ),
        ("length", a.terms.bytes.map(length), b.terms.bytes.map(length)),
    ];
    let unlike = pairs.into_iter().find(|(_, a, b)| a.is_some() && b.is_some() && a != b);
    let Some((what, Some(ours), Some(theirs))) = unlike else { return "?".to_owned() };
    format!("the {what} differs: {ours} on rank {first}, {theirs} on rank {second}")
}
