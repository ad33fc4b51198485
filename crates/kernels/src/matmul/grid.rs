//! A grid of ranks: which block of which matrix each rank needs, and what it costs.

use std::fmt;
use std::ops::Range;

use super::shape::Shape;
use crate::split::block;

/// A grid of `pr` x `pc` x `pk` ranks for C = A B.
///
/// The *m* x *k* x *n* multiplications of a product fill a box: multiplication
/// (i, l, j) takes element (i, l) of A and (l, j) of B and adds to (i, j) of C.
/// The grid cuts the box into bricks, *m* into `pr` parts, *n* into `pc` and
/// *k* into `pk`, and each rank computes one brick. Three faces of a brick are
/// what its rank needs: a block of A, one of B and one of C. The fewer words
/// the faces of a brick have for what is inside it, the less is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Grid {
    /// Parts of *m*: blocks of the rows of A and C.
    pub pr: usize,
    /// Parts of *n*: blocks of the columns of B and C.
    pub pc: usize,
    /// Parts of *k*: blocks of the columns of A and the rows of B.
    pub pk: usize,
}

/// A block of a matrix that several ranks need, of which each owns some rows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Block {
    /// The block's rows of the whole matrix.
    pub rows: Range<usize>,
    /// The block's columns of the whole matrix.
    pub columns: Range<usize>,
    /// The rows that this rank owns, as rows of the whole matrix.
    pub own: Range<usize>,
}

impl Grid {
    /// Every grid of `ranks` ranks: the ways to write it as a product of three.
    pub fn all(ranks: usize) -> impl Iterator<Item = Self> {
        let divisors =
            |n: usize| (1..=n).filter(move |divisor| n.is_multiple_of(*divisor));
        // Few layers and short rows come first: see `best`.
        divisors(ranks).flat_map(move |pk| {
            let in_a_layer = ranks / pk;
            divisors(in_a_layer).map(move |pr| Self { pr, pc: in_a_layer / pr, pk })
        })
    }

    /// The grid of `ranks` ranks whose busiest rank receives the fewest words,
    /// of those that need at most `cap` bytes a rank; `None` if all need more.
    ///
    /// Of grids with equally many words it is the one with the fewest layers,
    /// which adds up least, and then the one with the shortest rows of B and C:
    /// the closer together rows lie, the less a product waits for memory.
    pub fn best(ranks: usize, shape: Shape, cap: u64) -> Option<Self> {
        Self::all(ranks)
            .filter(|grid| grid.bytes(shape) <= cap)
            .min_by_key(|grid| grid.words_received(shape))
    }

    /// The number of ranks; `None` if it cannot be counted.
    pub fn ranks(self) -> Option<usize> {
        self.pr.checked_mul(self.pc)?.checked_mul(self.pk)
    }

    /// The place of `rank` in the grid: along *m*, along *n* and along *k*.
    pub fn place(self, rank: usize) -> [usize; 3] {
        let column = rank / self.pk;
        [column / self.pc, column % self.pc, rank % self.pk]
    }

    /// The blocks of A, B and C that `rank` works on.
    ///
    /// The `pc` ranks that need the same block of A own equal parts of it, so
    /// do the `pr` ranks of a block of B and the `pk` ranks of a block of C:
    /// every element of the three matrices has one owner.
    pub fn blocks(self, shape: Shape, rank: usize) -> [Block; 3] {
        let [i, j, l] = self.place(rank);
        let rows = || block(shape.m, self.pr, i);
        let columns = || block(shape.n, self.pc, j);
        let depth = || block(shape.k, self.pk, l);
        [
            Block::shared(rows(), depth(), self.pc, j),
            Block::shared(depth(), columns(), self.pr, i),
            Block::shared(rows(), columns(), self.pk, l),
        ]
    }

    /// The words that the busiest rank receives.
    pub fn words_received(self, shape: Shape) -> u64 {
        self.most(|rank| self.words_received_by(rank, shape))
    }

    /// The words that `rank` receives: what it lacks of its blocks of A and B,
    /// and `pk` - 1 further summands of what it owns of C.
    pub fn words_received_by(self, rank: usize, shape: Shape) -> u64 {
        let [a, b, c] = self.blocks(shape, rank);
        let lacks = |block: &Block| block.words() - block.own_words();
        lacks(&a) + lacks(&b) + (self.pk as u64 - 1) * c.own_words()
    }

    /// The bytes that the rank with the largest blocks needs: the blocks of A,
    /// B and C, and where sums are received a place for one.
    pub fn bytes(self, shape: Shape) -> u64 {
        let words = self.most(|rank| {
            let [a, b, c] = self.blocks(shape, rank);
            let incoming = if self.pk > 1 { c.own_words() } else { 0 };
            a.words() + b.words() + c.words() + incoming
        });
        words.saturating_mul(size_of::<f64>() as u64)
    }

    /// The most that any rank has of what `words` tells.
    fn most(self, words: impl Fn(usize) -> u64) -> u64 {
        (0..self.pr * self.pc * self.pk).map(words).max().unwrap_or(0)
    }
}

/// As the command line has it: `4x4x2`.
impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}x{}x{}", self.pr, self.pc, self.pk)
    }
}

impl Block {
    /// The block `rows` x `columns` as the rank at `place` of `sharers` sees it.
    fn shared(
        rows: Range<usize>,
        columns: Range<usize>,
        sharers: usize,
        place: usize,
    ) -> Self {
        let own = block(rows.len(), sharers, place);
        let own = rows.start + own.start..rows.start + own.end;
        Self { rows, columns, own }
    }

    /// The words in the whole block.
    pub fn words(&self) -> u64 {
        self.rows.len() as u64 * self.columns.len() as u64
    }

    /// The words in the rows that this rank owns.
    pub fn own_words(&self) -> u64 {
        self.own.len() as u64 * self.columns.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::matmul::words_lower_bound;

    fn square(n: usize) -> Shape {
        Shape { m: n, k: n, n }
    }

    fn grids(ranks: usize) -> Vec<[usize; 3]> {
        Grid::all(ranks).map(|Grid { pr, pc, pk }| [pr, pc, pk]).collect()
    }

    #[test]
    fn every_factorisation_is_tried_once() {
        assert_eq!(grids(1), [[1, 1, 1]]);
        assert_eq!(grids(3), [[1, 3, 1], [3, 1, 1], [1, 1, 3]]);
        let four = [[1, 4, 1], [2, 2, 1], [4, 1, 1], [1, 2, 2], [2, 1, 2], [1, 1, 4]];
        assert_eq!(grids(4), four);
        assert_eq!(grids(64).len(), 28, "as many as 6 = a + b + c has solutions");
    }

    proptest! {
        #[test]
        fn every_element_has_one_owner(
            m in 1..20_usize, k in 1..20_usize, n in 1..20_usize, ranks in 1..25_usize,
        ) {
            let shape = Shape { m, k, n };
            for grid in Grid::all(ranks) {
                prop_assert_eq!(grid.ranks(), Some(ranks));
                let mut owners = [vec![0; m * k], vec![0; k * n], vec![0; m * n]];
                for rank in 0..ranks {
                    let blocks = grid.blocks(shape, rank);
                    for ((block, owners), width) in blocks.iter().zip(&mut owners).zip([k, n, n]) {
                        for row in block.own.clone() {
                            block.columns.clone().for_each(|column| owners[row * width + column] += 1);
                        }
                    }
                }
                prop_assert!(owners.concat().iter().all(|&owners| owners == 1), "{:?}", grid);
            }
        }

        #[test]
        fn where_all_divides_the_words_are_those_of_the_formula(
            m in 1..9_u64, k in 1..9_u64, n in 1..9_u64, ranks in 1..40_usize,
        ) {
            for grid in Grid::all(ranks) {
                let p = ranks as u64;
                let (m, k, n) = (m * p, k * p, n * p);
                let shape = Shape { m: m as usize, k: k as usize, n: n as usize };
                let [pr, pc, pk] = [grid.pr, grid.pc, grid.pk].map(|parts| parts as u64);
                let (a, b, c) = (m / pr * (k / pk), k / pk * (n / pc), m / pr * (n / pc));
                let words = a - a / pc + b - b / pr + c - c / pk;
                prop_assert_eq!(grid.words_received(shape), words, "{:?}", grid);
                prop_assert!(words as f64 >= words_lower_bound(ranks, shape) * (1.0 - 1e-12));
            }
        }
    }

    #[test]
    fn square_products_stay_near_the_bound() {
        for n in [960, 1024] {
            for ranks in [4, 8, 16] {
                let best = Grid::best(ranks, square(n), u64::MAX).unwrap();
                let (words, bound) =
                    (best.words_received(square(n)), words_lower_bound(ranks, square(n)));
                let ratio = words as f64 / bound;
                assert!(
                    (1.0..=1.15).contains(&ratio),
                    "{n} on {ranks}: {best:?} {ratio}"
                );
            }
        }
    }

    #[test]
    fn less_memory_makes_another_grid_and_too_little_none() {
        let best = |cap| Grid::best(6, square(1024), cap);
        let fewest_words = Grid { pr: 1, pc: 3, pk: 2 };
        assert_eq!(best(u64::MAX), Some(fewest_words));
        let smaller = best(fewest_words.bytes(square(1024)) - 1);
        assert_eq!(smaller, Some(Grid { pr: 2, pc: 3, pk: 1 }));
        assert_eq!(best(1 << 20), None);
    }

    #[test]
    fn of_equal_words_the_fewest_layers_and_the_shortest_rows_win() {
        let best = |ranks| Grid::best(ranks, square(960), u64::MAX);
        assert_eq!(best(2), Some(Grid { pr: 1, pc: 2, pk: 1 }));
        assert_eq!(best(6), Some(Grid { pr: 2, pc: 3, pk: 1 }));
    }

    #[test]
    fn the_largest_sizes_are_counted_without_overflow() {
        let shape = square(i32::MAX as usize);
        let grid = Grid { pr: 1, pc: 1, pk: 1 };
        assert_eq!((grid.bytes(shape), grid.words_received(shape)), (u64::MAX, 0));
        assert_eq!(Grid { pr: usize::MAX, pc: 2, pk: 1 }.ranks(), None);
    }
}
