//! What makes a picture wrong, each as the whole picture that it would give.

use std::ops::Range;

use kernels::split::{block, cyclic, tile, tiles};

use super::pictures::{Case, Schedule};
use super::rows::{Cause, Origin, Told, Truth};

/// A cause by the rows that it gives.
struct Known {
    key: &'static str,
    origins: Vec<Origin>,
    cause: &'static str,
    look: &'static str,
    next: String,
}

/// The causes that fit the case, with the pictures that they give; no two alike.
pub fn of(case: &Case, truth: &Truth<u32>) -> Vec<Cause<u32>> {
    let mut known = match case.schedule {
        Schedule::Block => of_blocks(case),
        Schedule::Cyclic => of_hands(case),
        _ => of_tiles(case),
    };
    known.retain(|known| known.origins.len() == truth.height());
    let causes = known.into_iter().map(|known| {
        let Known { key, origins, cause, look, next } = known;
        let told = Told { key, cause: cause.into(), look, next };
        Cause { result: truth.arranged(&origins), told }
    });
    causes.collect()
}

fn kept(height: usize, is_kept: impl Fn(usize) -> bool) -> Vec<Origin> {
    let origin = |row| if is_kept(row) { Origin::Row(row) } else { Origin::Zero };
    (0..height).map(origin).collect()
}

/// Rows beyond the last whole multiple were left out.
fn remainder(case: &Case) -> Option<Known> {
    let (height, workers) = (case.view.height, case.workers);
    let worker = if case.are_ranks { "rank" } else { "thread" };
    let whole = height / workers * workers;
    (whole < height && whole > 0).then(|| Known {
        key: "remainder",
        origins: kept(height, |row| row < whole),
        cause: "height / workers rows for each; the remainder was left out.",
        look: "which rows each worker gets",
        next: format!("who computes row {whole} of {height}, with {workers} {worker}s?"),
    })
}

fn of_blocks(case: &Case) -> Vec<Known> {
    let (height, workers) = (case.view.height, case.workers);
    let blocks = || (0..workers).map(|worker| block(height, workers, worker));
    let mut known: Vec<Known> = remainder(case).into_iter().collect();
    if workers > 1 && height >= workers {
        let mine = block(height, workers, 0);
        known.push(match case.are_ranks {
            true => Known {
                key: "alone",
                origins: kept(height, |row| mine.contains(&row)),
                cause: "nothing was gathered: only what rank 0 computed is there.",
                look: "the gather",
                next:
                    "which ranks take part in the gather, and where does rank 0 receive?"
                        .into(),
            },
            false => Known {
                key: "alone",
                origins: kept(height, |row| mine.contains(&row)),
                cause: "only the first thread has computed its rows.",
                look: "the loop that starts the threads",
                next: "how often does the loop run, and is there a spawn in each turn?"
                    .into(),
            },
        });
        known.push(Known {
            key: "first-rows",
            origins: blocks().flat_map(|rows| (0..rows.len()).map(Origin::Row)).collect(),
            cause: "every worker computes the first rows of the picture, from row 0 on.",
            look: "the rows that count_rows gets",
            next: format!(
                "what does block({height}, {workers}, 1) give, and who asks it?"
            ),
        });
    }
    known
}

fn of_hands(case: &Case) -> Vec<Known> {
    let (height, workers) = (case.view.height, case.workers);
    let in_order_of_ranks =
        || (0..workers).flat_map(|worker| cyclic(height, workers, worker));
    let mut known: Vec<Known> = remainder(case).into_iter().collect();
    if workers > 1 && height > workers {
        known.push(Known {
            key: "unplaced",
            origins: in_order_of_ranks().map(Origin::Row).collect(),
            cause: "the rows stand in the order of the ranks that computed them: they were \
                    gathered, and not brought to their places.",
            look: "what happens to the rows after the gather",
            next: format!("which row of the picture is the second one that rank 0 computed, with {workers} ranks?"),
        });
        known.push(Known {
            key: "alone",
            origins: kept(height, |row| row % workers == 0),
            cause: "only the rows of the first worker are there.",
            look: "how the rows of the others come into the picture",
            next: "who computes row 1, and how does it come into the picture?".into(),
        });
        known.push(Known {
            key: "hand-rows",
            origins: (0..height).map(|row| Origin::Row(row / workers)).collect(),
            cause: "a worker counts its rows from 0 on: row i of its hand was computed as row i \
                    of the picture.",
            look: "the rows that count_rows gets",
            next: format!("which row of the picture is the second one of worker 1, with {workers} workers?"),
        });
    }
    known
}

fn of_tiles(case: &Case) -> Vec<Known> {
    let height = case.view.height;
    let whole = height / case.tile * case.tile;
    let mut known = Vec::new();
    if whole < height && whole > 0 {
        known.push(Known {
            key: "short-tile",
            origins: kept(height, |row| row < whole),
            cause: "the last tile, which has fewer rows than the others, was left out.",
            look: "how many tiles there are",
            next: format!("how many tiles of {} rows cover {height} rows?", case.tile),
        });
    }
    if case.tile > 1 && height > case.tile {
        known.push(Known {
            key: "tile-rows",
            origins: (0..height)
                .map(|row| Origin::Row(row / case.tile + row % case.tile))
                .collect(),
            cause: "the number of a tile was taken for its first row.",
            look: "the rows that count_rows gets",
            next: format!("which rows are tile 2, with tiles of {} rows?", case.tile),
        });
    }
    let firsts = case.workers.saturating_sub(1) * case.tile;
    if case.are_ranks && case.schedule.has_master() && case.workers > 1 && firsts < height
    {
        known.push(Known {
            key: "first-tiles",
            origins: kept(height, |row| row >= firsts),
            cause: "the first tile of each worker is not there.",
            look: "what the master does with the first pixels of a worker",
            next: "which tile has worker w at the beginning, before the master has sent it any number?".into(),
        });
    }
    known
}

/// Pieces that are all there, in another order: it depends on the run which one.
pub fn by_order(case: &Case, origins: &[Origin]) -> Option<Told> {
    let (height, workers) = (case.view.height, case.workers);
    let pieces: Vec<Range<usize>> = match case.schedule {
        Schedule::Block => {
            (0..workers).map(|worker| block(height, workers, worker)).collect()
        }
        Schedule::Cyclic => return None,
        _ => (0..tiles(height, case.tile))
            .filter_map(|n| tile(height, case.tile, n))
            .collect(),
    };
    is_permuted(&pieces, origins).then(|| match case.schedule {
        Schedule::Block => Told {
            key: "order",
            cause: "the blocks are all there, in another order than that of the workers."
                .into(),
            look: "where each block goes",
            next: "where does the block of rank 1 begin, and who says so?".into(),
        },
        _ => Told {
            key: "arrival",
            cause: "the tiles are all there, in the order in which they arrived.".into(),
            look: "where the pixels of a tile go",
            next: "how does the receiver know which tile the pixels are of?".into(),
        },
    })
}

/// Whether each piece holds all rows of one piece, each piece once, in a wrong order.
fn is_permuted(pieces: &[Range<usize>], origins: &[Origin]) -> bool {
    // The rows lie where their pieces go, one after the other: a shorter one may
    // be anywhere among them.
    let mut left: Vec<&Range<usize>> =
        pieces.iter().filter(|rows| !rows.is_empty()).collect();
    let mut place = 0;
    let mut is_moved = false;
    while place < origins.len() {
        let Origin::Row(first) = origins[place] else { return false };
        let Some(which) = left.iter().position(|rows| rows.start == first) else {
            return false;
        };
        let rows = left.remove(which);
        is_moved |= place != first;
        for row in rows.clone() {
            if origins.get(place) != Some(&Origin::Row(row)) {
                return false;
            }
            place += 1;
        }
    }
    is_moved && left.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::pictures::tests::{case, named};
    use super::*;

    fn rows(rows: impl IntoIterator<Item = usize>) -> Vec<Origin> {
        rows.into_iter().map(Origin::Row).collect()
    }

    /// 14 rows, 3 workers, tiles of 4 rows: blocks of 5, 5 and 4.
    #[test]
    fn each_cause_is_known_by_the_rows_that_it_gives() {
        use Schedule::{Block, Counter, Cyclic, Dynamic, Rayon};
        let zeros = |count| vec![Origin::Zero; count];
        let only_every_third = kept(14, |row| row % 3 == 0);
        let cases: [(bool, Schedule, Vec<Origin>, &str); 13] = [
            (true, Block, [rows(0..12), zeros(2)].concat(), "remainder"),
            (false, Cyclic, [rows(0..12), zeros(2)].concat(), "remainder"),
            (true, Block, [rows(0..5), zeros(9)].concat(), "alone"),
            (false, Block, rows((0..5).chain(0..5).chain(0..4)), "first-rows"),
            (true, Block, rows((5..10).chain(0..5).chain(10..14)), "order"),
            (
                true,
                Cyclic,
                rows([0, 3, 6, 9, 12, 1, 4, 7, 10, 13, 2, 5, 8, 11]),
                "unplaced",
            ),
            (true, Cyclic, only_every_third, "alone"),
            (true, Cyclic, rows((0..14).map(|row| row / 3)), "hand-rows"),
            (false, Dynamic, [rows(0..12), zeros(2)].concat(), "short-tile"),
            (false, Rayon, rows((0..14).map(|row| row / 4 + row % 4)), "tile-rows"),
            (true, Dynamic, [zeros(8), rows(8..14)].concat(), "first-tiles"),
            (true, Dynamic, rows((4..8).chain(0..4).chain(8..14)), "arrival"),
            (true, Counter, rows((0..4).chain(12..14).chain(4..12)), "arrival"),
        ];
        for (are_ranks, schedule, origins, key) in cases {
            let case = case(are_ranks, schedule);
            assert_eq!(named(&case, &origins), Some(key), "{schedule:?} {origins:?}");
        }
    }

    #[test]
    fn what_no_cause_explains_has_none() {
        for schedule in [Schedule::Block, Schedule::Cyclic, Schedule::Dynamic] {
            let case = case(true, schedule);
            assert_eq!(named(&case, &rows(0..14)), None, "{schedule:?}");
            let mut origins = rows(0..14);
            origins.swap(2, 7);
            assert_eq!(named(&case, &origins), Some(""), "{schedule:?}");
            origins = [rows(0..12), vec![Origin::Zero; 2]].concat();
            origins[0] = Origin::Zero;
            assert_eq!(named(&case, &origins), Some(""), "{schedule:?}");
        }
    }
}
