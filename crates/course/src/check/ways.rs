//! A right picture by a wrong way: who computed what, and who ever at the same time.

use std::collections::{BTreeMap, BTreeSet};

use super::pictures::{Case, Schedule, Watch};
use super::verdict::Diagnosis;
use super::witness::{self, Work, Worker};

/// The rows of each worker.
type Shares = BTreeMap<Worker, BTreeSet<usize>>;

/// What is wrong with the way to a picture that is right; `None` if nothing is, or if
/// too little is known.
pub fn diagnose(case: &Case, work: &[Work]) -> Option<Diagnosis> {
    let shares = witness::rows_of_workers(work);
    let height = case.view.height;
    let all: BTreeSet<usize> = shares.values().flatten().copied().collect();
    // Rows that the kernels did not count were computed in another way.
    if case.workers == 1 || height < case.workers || all.len() < height {
        return None;
    }
    let diagnosis = match case.watch {
        Watch::Shares => shared(case, &shares),
        Watch::Gate => met(case, work, &shares),
        Watch::Hold => held(case, work),
    };
    diagnosis.map(|diagnosis| diagnosis.at(witness::first_line(work)))
}

/// Those that should compute.
fn expected(case: &Case) -> usize {
    let is_master_idle = case.are_ranks && case.schedule.has_master();
    case.workers - usize::from(is_master_idle)
}

fn name(case: &Case) -> &'static str {
    if case.are_ranks { "rank" } else { "thread" }
}

/// One worker has done everything.
fn alone(case: &Case, shares: &Shares) -> Option<Diagnosis> {
    let (&(process, _), _) = shares.first_key_value()?;
    if shares.len() > 1 || expected(case) < 2 {
        return None;
    }
    let who =
        if case.are_ranks { format!("rank {process}") } else { "one thread".into() };
    let found = format!(
        "The picture is right, but {who} has computed all {} rows of it.",
        case.view.height
    );
    let diagnosis = Diagnosis::found(found);
    // Of tiles one worker may take all because the others come too late, or stand before
    // a lock.
    if case.schedule.has_tiles() && !(case.are_ranks && case.schedule.has_master()) {
        let next = match case.are_ranks {
            true => "what does a rank wait for before it asks for its first tile?",
            false => {
                "how many threads are started before the first one is waited for, and what \
                 does a thread hold while it computes?"
            }
        };
        let diagnosis = Diagnosis { key: "one", ..diagnosis };
        return Some(diagnosis.look("who takes tiles").ask(next));
    }
    Some(
        diagnosis
            .because("one", "the work is not shared out.")
            .look("which rows each worker computes")
            .ask(format!("which rows does {} 1 compute?", name(case))),
    )
}

/// Whether the shares are those of the schedule.
fn shared(case: &Case, shares: &Shares) -> Option<Diagnosis> {
    // One worker may be enough for a few quick tiles, unless each begins with one of
    // its own; the gate tells more.
    if case.schedule.has_tiles() {
        let has_own = case.are_ranks && case.schedule.has_master();
        return if has_own { alone(case, shares) } else { None };
    }
    if let Some(diagnosis) = alone(case, shares) {
        return Some(diagnosis);
    }
    let (height, workers) = (case.view.height, case.workers);
    let is_dealt = (0..workers.min(height)).all(|hand| {
        let owner = shares.values().find(|rows| rows.contains(&hand));
        owner.is_some_and(|rows| rows.iter().all(|row| row % workers == hand))
    });
    let is_block = |rows: &BTreeSet<usize>| {
        let (first, last) = (rows.first(), rows.last());
        first.zip(last).is_some_and(|(first, last)| last - first + 1 == rows.len())
    };
    let are_blocks = shares.values().all(is_block);
    match case.schedule {
        Schedule::Cyclic if !is_dealt => {
            let found =
                "The picture is right, but the rows are not dealt out one by one.";
            Some(explain_hands(Diagnosis::found(found), are_blocks, workers))
        }
        Schedule::Block if !are_blocks => {
            let found = "The picture is right, but no worker's rows are consecutive.";
            let diagnosis = Diagnosis::found(found);
            Some(match is_dealt {
                true => diagnosis
                    .because(
                        "dealt",
                        "the rows are dealt out one by one: that is cyclic.",
                    )
                    .look("which rows each worker computes")
                    .ask(format!("what does block({height}, {workers}, 0) give?")),
                false => diagnosis.look("which rows each worker computes"),
            })
        }
        Schedule::Block => uneven(case, shares),
        _ => None,
    }
}

fn explain_hands(diagnosis: Diagnosis, are_blocks: bool, workers: usize) -> Diagnosis {
    let diagnosis = match are_blocks {
        true => diagnosis
            .because("blocks", "each worker has consecutive rows: that is block."),
        false => diagnosis,
    };
    diagnosis
        .look("which rows each worker computes")
        .ask(format!("whose are rows 0, 1 and {workers}, with {workers} workers?"))
}

/// Blocks of very different lengths, though all are consecutive.
fn uneven(case: &Case, shares: &Shares) -> Option<Diagnosis> {
    let (height, workers) = (case.view.height, case.workers);
    let most = shares.values().map(BTreeSet::len).max()?;
    // Whoever leaves the whole remainder to one worker has a share of this length.
    let allowed = height / workers + height % workers;
    (most > allowed.max(height.div_ceil(workers))).then(|| {
        let found = format!(
            "The picture is right, but one {} has computed {most} of {height} rows.",
            name(case)
        );
        Diagnosis::found(found)
            .because("uneven", "the blocks are not equally long.")
            .look("which rows each worker computes")
            .ask(format!("how many rows should each of {workers} workers have?"))
    })
}

/// Whether two workers were ever inside a kernel at the same time.
fn met(case: &Case, work: &[Work], shares: &Shares) -> Option<Diagnosis> {
    if expected(case) < 2 || witness::have_met(work) != Some(false) {
        return None;
    }
    if shares.len() == 1 {
        return alone(case, shares);
    }
    let found = format!(
        "The picture is right, but two {}s never computed at the same time.",
        name(case)
    );
    let diagnosis = Diagnosis::found(found);
    // Of a lock that is free at last anybody may be the next owner, often the last one.
    let takes_turns = takes_turns(work) || are_by_chance(case, shares);
    let piece = if case.schedule.has_tiles() { "tile" } else { "row" };
    Some(match (case.are_ranks, takes_turns) {
        // Piece after piece, by several threads: something is held meanwhile.
        (false, true) => diagnosis
            .because("lock", format!("the lock is held while a {piece} is computed."))
            .look("the statement that locks")
            .ask("until when does the guard live that lock() returns?"),
        (false, false) => diagnosis
            .because(
                "serial",
                "one thread ends before the next one begins, or keeps a lock until it ends.",
            )
            .look("where the threads are started")
            .ask("is a thread joined, or a lock held, inside the loop that starts them?"),
        (true, ..) => diagnosis
            .because("serial", "the ranks compute one after the other.")
            .look("what a rank waits for before it computes")
            .ask("which message must come before a rank may begin?"),
    })
}

/// Whether a worker has gone on after another one: not one after the other.
fn takes_turns(work: &[Work]) -> bool {
    let pieces = work.iter().flat_map(|work| &work.pieces);
    let order: Vec<usize> = pieces.map(|piece| piece.worker).collect();
    let changes = order.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let workers: BTreeSet<usize> = order.iter().copied().collect();
    changes >= workers.len()
}

/// Whether nobody can have fixed shares that are so unlike.
fn are_by_chance(case: &Case, shares: &Shares) -> bool {
    let most = shares.values().map(BTreeSet::len).max().unwrap_or(0);
    let least = shares.values().map(BTreeSet::len).min().unwrap_or(0);
    most - least > case.workers * case.tile
}

/// Whether a worker that was slow got less to do, as it should.
fn held(case: &Case, work: &[Work]) -> Option<Diagnosis> {
    let shares = witness::rows_of_workers(work);
    if shares.len() < 2 {
        return alone(case, &shares);
    }
    let (process, held) = work
        .iter()
        .enumerate()
        .find_map(|(process, work)| Some((process, work.held.as_ref()?)))?;
    // Of a rank it is all that it has computed; its number is the worker's.
    let is_held = |&(of, thread): &Worker| {
        of == process && (case.are_ranks || thread == held.worker)
    };
    let own = shares.iter().filter(|(worker, _)| is_held(worker));
    let rows: BTreeSet<usize> = own.flat_map(|(_, rows)| rows).copied().collect();
    let who = match case.are_ranks {
        true => format!("rank {process}"),
        false => "one thread".to_owned(),
    };
    // A tile, one that was asked for ahead, and the last one, which anybody may get.
    if rows.len() > 3 * case.tile {
        let found = format!(
            "The picture is right, but {who}, which was slow, has computed {} rows all the same.",
            rows.len()
        );
        return Some(
            Diagnosis::found(found)
                .because("static", "each worker's share is fixed beforehand.")
                .look("how a worker gets its next rows")
                .ask("who decides which rows a worker computes next, and when?"),
        );
    }
    (case.schedule == Schedule::Ahead && held.enough)
        .then(|| not_ahead(case, process, &rows))?
}

/// A worker that was held in its first tile has its second one already, if it has
/// asked ahead: one of the first tiles then, never the last that was left.
fn not_ahead(case: &Case, rank: usize, rows: &BTreeSet<usize>) -> Option<Diagnosis> {
    let tiles: BTreeSet<usize> = rows.iter().map(|row| row / case.tile).collect();
    let last = (case.view.height - 1) / case.tile;
    let has_second =
        tiles.len() > 1 && tiles.iter().nth(1).is_some_and(|tile| *tile + 1 < last);
    (!has_second).then(|| {
        let found = format!(
            "The picture is right, but rank {rank} had not asked for its second tile while \
             it computed its first."
        );
        Diagnosis::found(found)
            .because("late", "a worker asks for its next tile when it has computed: that is dynamic.")
            .look("where the worker asks")
            .ask("what is on its way while lane.compute runs?")
    })
}

#[cfg(test)]
mod tests {
    use super::super::pictures::tests::case;
    use super::super::witness::{Held, Piece};
    use super::*;

    /// The work of one process: workers and the rows of their pieces, in order.
    fn process(pieces: &[(usize, [usize; 2])]) -> Work {
        let piece = |&(worker, rows): &(usize, [usize; 2])| Piece {
            kind: "rows".into(),
            worker,
            rows: Some(rows),
            ..Piece::default()
        };
        Work { pieces: pieces.iter().map(piece).collect(), ..Work::default() }
    }

    fn gate(mut work: Work, met: bool) -> Vec<Work> {
        work.met = Some(met);
        vec![work]
    }

    fn key(case: &Case, work: &[Work]) -> Option<&'static str> {
        diagnose(case, work).map(|diagnosis| diagnosis.key)
    }

    const BLOCKS: [(usize, [usize; 2]); 3] = [(0, [0, 5]), (1, [5, 10]), (2, [10, 14])];

    fn dealt() -> Vec<(usize, [usize; 2])> {
        (0..14).map(|row| (row % 3, [row, row + 1])).collect()
    }

    #[test]
    fn shares_are_those_of_the_schedule() {
        let (block, cyclic) =
            (case(false, Schedule::Block), case(false, Schedule::Cyclic));
        let dealt = dealt();
        let one = [(0, [0, 14])];
        let uneven = [(0, [0, 2]), (1, [2, 12]), (2, [12, 14])];
        for (case, pieces, expected) in [
            (&block, &BLOCKS[..], None),
            (&block, &[(0, [0, 4]), (1, [4, 8]), (2, [8, 14])], None),
            (&block, &[(0, [0, 3]), (0, [3, 5]), (1, [5, 10]), (2, [10, 14])], None),
            (&block, &dealt, Some("dealt")),
            (&block, &one, Some("one")),
            (&block, &uneven, Some("uneven")),
            (&cyclic, &dealt, None),
            (&cyclic, &BLOCKS, Some("blocks")),
            (&cyclic, &one, Some("one")),
        ] {
            assert_eq!(key(case, &[process(pieces)]), expected, "{pieces:?}");
        }
    }

    #[test]
    fn rows_that_the_kernels_did_not_count_leave_no_judgement() {
        let pieces = [(0, [0, 7])];
        assert_eq!(key(&case(false, Schedule::Block), &[process(&pieces)]), None);
    }

    #[test]
    fn workers_that_never_meet_hold_a_lock_or_run_one_after_the_other() {
        let gated = |schedule| Case { watch: Watch::Gate, ..case(false, schedule) };
        let turns: Vec<_> = (0..14).map(|row| (row / 2 % 2, [row, row + 1])).collect();
        let dynamic = gated(Schedule::Dynamic);
        assert_eq!(key(&dynamic, &gate(process(&turns), true)), None);
        assert_eq!(key(&dynamic, &gate(process(&turns), false)), Some("lock"));
        assert_eq!(key(&dynamic, &gate(process(&BLOCKS), false)), Some("serial"));
        let of_a_few = [(0, [0, 13]), (1, [13, 14])];
        let fine = Case { tile: 1, ..dynamic.clone() };
        assert_eq!(key(&fine, &gate(process(&of_a_few), false)), Some("lock"));
        assert_eq!(key(&dynamic, &gate(process(&[(0, [0, 14])]), false)), Some("one"));
        let block = gated(Schedule::Block);
        assert_eq!(key(&block, &gate(process(&BLOCKS), false)), Some("serial"));
        assert_eq!(key(&block, &gate(process(&BLOCKS), true)), None);
    }

    /// Rank 0 is a master, rank 1 is held; tiles of 4 rows, the last one of 2.
    fn of_ranks(
        schedule: Schedule,
        first: &[[usize; 2]],
        second: &[[usize; 2]],
    ) -> Option<&'static str> {
        let case = Case { watch: Watch::Hold, ..case(true, schedule) };
        let rank = |rows: &[[usize; 2]]| {
            process(&rows.iter().map(|&rows| (0, rows)).collect::<Vec<_>>())
        };
        let mut held = rank(first);
        held.held = Some(Held { worker: 1, enough: true });
        key(&case, &[Work::default(), held, rank(second)])
    }

    #[test]
    fn whoever_is_slow_gets_less_unless_the_shares_are_fixed() {
        let (first, rest) = ([0, 4], [[4, 8], [8, 12], [12, 14]]);
        assert_eq!(of_ranks(Schedule::Dynamic, &[first], &rest), None);
        let ahead = of_ranks(Schedule::Ahead, &[first, [4, 8]], &[[8, 12], [12, 14]]);
        assert_eq!(ahead, None);
        assert_eq!(of_ranks(Schedule::Ahead, &[first], &rest), Some("late"));
        let last = of_ranks(Schedule::Ahead, &[first, [12, 14]], &[[4, 8], [8, 12]]);
        assert_eq!(last, Some("late"));
        let fixed = of_ranks(Schedule::Dynamic, &[[0, 13]], &[[13, 14]]);
        assert_eq!(fixed, Some("static"));
    }
}
