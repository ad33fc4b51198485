//! How rows are split among workers: blocks, cyclic, tiles.

use std::ops::Range;

/// The block of `0..n` that belongs to worker `part` of `parts`.
///
/// The first `n % parts` blocks hold one item more than the rest; blocks
/// are empty when `parts > n`.
///
/// # Panics
///
/// If `part` is not one of `0..parts`.
pub fn block(n: usize, parts: usize, part: usize) -> Range<usize> {
    assert!(part < parts, "there is no part {part} of {parts}");
    let (size, longer) = (n / parts, n % parts);
    let start = part * size + part.min(longer);
    start..start + size + usize::from(part < longer)
}

/// The rows of `0..n` that belong to worker `part` of `parts`: every
/// `parts`-th row, beginning with row `part`.
pub fn cyclic(n: usize, parts: usize, part: usize) -> impl Iterator<Item = usize> {
    (part..n).step_by(parts)
}

/// The number of tiles of `rows` rows in `0..n`; the last one may be shorter.
pub fn tiles(n: usize, rows: usize) -> usize {
    n.div_ceil(rows)
}

/// The rows of tile `number` in `0..n`, or `None` after the last tile.
pub fn tile(n: usize, rows: usize, number: usize) -> Option<Range<usize>> {
    let start = number.checked_mul(rows)?;
    (start < n).then(|| start..n.min(start.saturating_add(rows)))
}

/// Where each rank's part begins, if the parts lie one after the other: the sum
/// of the `counts` before its own. Both are MPI's: C's `int`.
///
/// # Panics
///
/// If a part begins beyond 2^31 - 1, the most that MPI can say.
pub fn displacements(counts: &[i32]) -> Vec<i32> {
    let begin = |sum: &mut i32, count: &i32| {
        let start = *sum;
        *sum = sum.checked_add(*count).expect("MPI counts up to 2^31 - 1");
        Some(start)
    };
    counts.iter().scan(0, begin).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_lie_one_after_the_other() {
        assert_eq!(displacements(&[3, 0, 2, 4]), [0, 3, 3, 5]);
        assert_eq!(displacements(&[]), []);
    }

    #[test]
    #[should_panic(expected = "2^31 - 1")]
    fn parts_beyond_what_mpi_counts_are_refused() {
        displacements(&[i32::MAX, 1, 0]);
    }

    proptest! {
        #[test]
        fn blocks_tile_the_range_and_differ_by_one_at_most(n in 0..5000_usize, parts in 1..300_usize) {
            let blocks: Vec<_> = (0..parts).map(|part| block(n, parts, part)).collect();
            let items: Vec<usize> = blocks.iter().cloned().flatten().collect();
            prop_assert_eq!(items, (0..n).collect::<Vec<_>>());
            let sizes = || blocks.iter().map(Range::len);
            prop_assert!(sizes().max().unwrap() - sizes().min().unwrap() <= 1);
        }

        #[test]
        fn each_row_is_in_one_cyclic_hand(n in 0..2000_usize, parts in 1..300_usize) {
            let mut owners = vec![None; n];
            for part in 0..parts {
                for row in cyclic(n, parts, part) {
                    prop_assert_eq!(owners[row].replace(part), None);
                }
            }
            prop_assert!(owners.iter().all(Option::is_some));
        }

        #[test]
        fn tiles_cover_the_range_in_order(n in 0..2000_usize, rows in 1..300_usize) {
            let covered: Vec<usize> = (0..).map_while(|t| tile(n, rows, t)).flatten().collect();
            prop_assert_eq!(covered, (0..n).collect::<Vec<_>>());
            prop_assert_eq!((0..).map_while(|t| tile(n, rows, t)).count(), tiles(n, rows));
        }
    }
}
