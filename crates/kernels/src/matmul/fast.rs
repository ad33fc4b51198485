//! The fast product: B packed for the caches, and a tile of C that stays in the
//! vector registers.
//!
//! A core can do two vector multiply-adds in each cycle and load two vectors.
//! A product that loads both factors for every multiply-add, and C besides, is
//! held up by its loads; one that keeps *r* x *v* vectors of C in registers
//! loads *r* + *v* for *r v* of them. That is the [`tile`]. Around it the loops
//! cut the matrices such that what a tile reads is near:
//!
//! - a [`Block`] of B stays in the second-level cache while all rows of C pass by,
//! - as many numbers of a tile's rows of A stay near while the tile moves along it.
//!
//! [`pack`] copies a block of B into the order in which the tiles read it, so that
//! they walk through memory one vector after the other. The rows of A lie in
//! that order already: packed they were no faster, and packing took its time. The
//! structure is otherwise that of GotoBLAS and BLIS: Goto and van de Geijn, Anatomy
//! of high-performance matrix multiplication, ACM TOMS 34 (2008), with the roles of
//! A and B exchanged, for rows are what lies together here.

mod pack;
mod tile;

use std::array::from_fn;
use std::ops::Range;

use ndarray::{ArrayView2, ArrayViewMut2, Axis, s};
use pulp::{Simd, WithSimd};

use crate::instructions::Instructions;

/// How large a block of B is at most: it takes up three quarters of a second-level
/// cache or a little more, and the wider it is, the less often A is read.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// Terms of each sum that are added at a time: columns of A, rows of B.
    depth: usize,
    /// Vectors that a row has.
    vectors: usize,
}

/// With 32 registers: 864 KiB with AVX-512, whose processors have 1 MiB or more.
const LARGE: Block = Block { depth: 384, vectors: 36 };
/// With 16 registers: 384 KiB with AVX2, whose processors have 512 KiB or so.
const SMALL: Block = Block { depth: 256, vectors: 48 };

/// C = A B, with the instructions that are [chosen](Instructions::chosen).
///
/// Each element is the sum of its terms in the order of k, in runs of nearly even
/// length, each multiply-add rounded once where the instructions have fused ones. It
/// differs from the naive product by rounding only, and is the same whoever computes
/// which rows.
///
/// # Panics
///
/// If the numbers of a row are not next to each other.
pub fn fast(a: ArrayView2<f64>, b: ArrayView2<f64>, c: ArrayViewMut2<f64>) {
    Instructions::chosen().vectorize(Product { a, b, c });
}

struct Product<'a> {
    a: ArrayView2<'a, f64>,
    b: ArrayView2<'a, f64>,
    c: ArrayViewMut2<'a, f64>,
}

impl WithSimd for Product<'_> {
    type Output = ();

    // A tile of R rows and V vectors needs R V registers for C, V for B and one or
    // two for A: 28 of 32, or 15 of 16. One of 4 x 3 vectors spills on 16.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::REGISTER_COUNT {
            32.. => self.by_blocks::<S, 8, 3>(simd, LARGE),
            _ => self.by_blocks::<S, 6, 2>(simd, SMALL),
        }
    }
}

impl Product<'_> {
    #[inline(always)]
    fn by_blocks<S: Simd, const ROWS: usize, const VECTORS: usize>(
        self,
        simd: S,
        block: Block,
    ) {
        let Product { a, b, mut c } = self;
        if a.ncols() == 0 {
            return c.fill(0.0);
        }
        let mut packed = Vec::new();
        for terms in blocks(a.ncols(), block.depth, 1) {
            let a = a.slice(s![.., terms.clone()]);
            let sums = if terms.start == 0 { Sums::Set } else { Sums::Add };
            let width = VECTORS * S::F64_LANES;
            for columns in blocks(b.ncols(), block.vectors * S::F64_LANES, width) {
                let b = b.slice(s![terms.clone(), columns.clone()]);
                let panels = pack::columns::<S, VECTORS>(b, &mut packed);
                let c = c.slice_mut(s![.., columns]);
                by_tiles::<S, ROWS, VECTORS>(simd, a, panels, c, sums);
            }
        }
    }
}

/// The product of A and a packed block of B into columns of C.
#[inline(always)]
fn by_tiles<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: ArrayView2<f64>,
    b_block: &[f64],
    mut c: ArrayViewMut2<f64>,
    sums: Sums,
) {
    let terms = a.ncols();
    let panels = b_block.chunks(VECTORS * S::F64_LANES * terms);
    for (first, band) in (0..).step_by(ROWS).zip(c.axis_chunks_iter_mut(Axis(0), ROWS)) {
        let (a_rows, next_a) = (rows::<ROWS>(&a, first), rows::<ROWS>(&a, first + ROWS));
        let mut c = tile::rows(band);
        for (number, b) in panels.clone().enumerate() {
            let start = number * VECTORS * S::F64_LANES;
            // Some numbers of the next rows of A each time.
            let part = terms.div_ceil(panels.len()).next_multiple_of(pack::LINE);
            let next = next_a.map(|row| row.as_ptr().wrapping_add(number * part));
            match b.len() / (S::F64_LANES * terms) {
                1 => tile::multiply::<S, ROWS, 1>(
                    simd, a_rows, b, &mut c, start, sums, next,
                ),
                2 if VECTORS > 2 => {
                    tile::multiply::<S, ROWS, 2>(
                        simd, a_rows, b, &mut c, start, sums, next,
                    );
                }
                _ => tile::multiply::<S, ROWS, VECTORS>(
                    simd, a_rows, b, &mut c, start, sums, next,
                ),
            }
        }
    }
}

/// The rows of A from `first` on; below the last one, that one again.
fn rows<'a, const ROWS: usize>(
    a: &'a ArrayView2<f64>,
    first: usize,
) -> [&'a [f64]; ROWS] {
    from_fn(|i| {
        let row = a.row((first + i).min(a.nrows() - 1));
        row.to_slice().expect("the numbers of a row lie together")
    })
}

/// What becomes of the sums of a tile.
#[derive(Clone, Copy)]
enum Sums {
    /// They are C so far.
    Set,
    /// They are added to what is there.
    Add,
}

/// `0..count` in as few consecutive ranges of at most `most` as there can be, nearly
/// even, all but the last a multiple of `multiple`, as `most` is.
fn blocks(
    count: usize,
    most: usize,
    multiple: usize,
) -> impl Iterator<Item = Range<usize>> {
    let even = count.div_ceil(count.div_ceil(most).max(1)).next_multiple_of(multiple);
    (0..count).step_by(even.max(1)).map(move |start| start..count.min(start + even))
}

#[cfg(test)]
mod tests {
    use std::panic;

    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::matmul::{generate, naive};

    /// The product by each set of instructions that this processor has.
    fn products(a: &Array2<f64>, b: &Array2<f64>) -> Vec<(&'static str, Array2<f64>)> {
        let product = |instructions: Instructions| {
            // What stood in C before must not matter.
            let mut c = Array2::from_elem((a.nrows(), b.ncols()), f64::NAN);
            let (a, b) = (a.view(), b.view());
            instructions.vectorize(Product { a, b, c: c.view_mut() });
            (instructions.name(), c)
        };
        Instructions::available().map(product).collect()
    }

    fn assert_naive(m: usize, k: usize, n: usize, seed: u64) {
        let (a, b) = (generate(seed, 'a', 0..m, k), generate(seed, 'b', 0..k, n));
        let mut expected = Array2::zeros((m, n));
        naive(a.view(), b.view(), expected.view_mut());
        for (name, c) in products(&a, &b) {
            // Each sum of k terms below 1 is wrong by k^2 units in the last
            // place of 1 at most, whatever its order.
            let bound = (k * k) as f64 * f64::EPSILON;
            let right = c.iter().zip(&expected).all(|(c, e)| (c - e).abs() <= bound);
            assert!(right, "{name}: {m} x {k} x {n}");
        }
    }

    proptest! {
        #[test]
        fn all_instructions_compute_the_naive_product(
            m in 0..30_usize, k in 0..40_usize, n in 0..80_usize, seed in any::<u64>(),
        ) {
            assert_naive(m, k, n, seed);
        }
    }

    #[test]
    fn blocks_fit_together() {
        for Block { depth, vectors } in [LARGE, SMALL] {
            for lanes in [1, 4, 8] {
                let width = vectors * lanes;
                for (m, k, n) in [
                    (7, 3, width + 1),
                    (8, depth, 9),
                    (9, depth + 1, width),
                    (17, 2 * depth + 5, width - 1),
                ] {
                    assert_naive(m, k, n, 1);
                }
            }
        }
    }

    #[test]
    fn blocks_are_nearly_even() {
        for (count, most, multiple, expected) in [
            (0, 5, 1, vec![]),
            (8, 5, 1, vec![0..4, 4..8]),
            (11, 5, 1, vec![0..4, 4..8, 8..11]),
            (100, 72, 24, vec![0..72, 72..100]),
        ] {
            let found: Vec<_> = blocks(count, most, multiple).collect();
            assert_eq!(found, expected, "{count} by {most}");
        }
    }

    #[test]
    fn the_same_rows_have_the_same_bits_whoever_computes_them() {
        let (a, b) = (generate(1, 'a', 0..50, 700), generate(1, 'b', 0..700, 90));
        for (name, whole) in products(&a, &b) {
            for rows in [0..1, 7..20, 13..50] {
                let part = a.slice(s![rows.clone(), ..]).to_owned();
                let parts = products(&part, &b);
                let found = parts.iter().find(|(other, _)| *other == name).unwrap();
                assert_eq!(
                    found.1,
                    whole.slice(s![rows.clone(), ..]),
                    "{name}, {rows:?}"
                );
            }
        }
    }

    #[test]
    fn rows_may_lie_apart() {
        let (a, b) = (generate(1, 'a', 0..20, 30), generate(1, 'b', 0..30, 50));
        let (a, b) = (a.slice(s![2..15, 3..20]), b.slice(s![5..22, 7..40]));
        let mut expected = Array2::zeros((13, 33));
        naive(a, b, expected.view_mut());
        let mut whole = Array2::from_elem((20, 60), 7.0);
        fast(a, b, whole.slice_mut(s![1..14, 10..43]));
        let part = whole.slice(s![1..14, 10..43]);
        assert!(part.iter().zip(&expected).all(|(c, e)| (c - e).abs() < 1e-12));
        assert_eq!(whole.iter().filter(|c| **c == 7.0).count(), 20 * 60 - 13 * 33);
    }

    #[test]
    fn columns_of_a_transposed_matrix_are_refused() {
        let square = Array2::<f64>::zeros((4, 4));
        for transposed in ["a", "b", "c"] {
            let refused = panic::catch_unwind(|| {
                let [a, b] = ["a", "b"].map(|name| match name == transposed {
                    true => square.t(),
                    false => square.view(),
                });
                let mut c = square.clone();
                match transposed {
                    "c" => fast(a, b, c.view_mut().reversed_axes()),
                    _ => fast(a, b, c.view_mut()),
                }
            });
            let refused = refused.expect_err(transposed);
            let message = refused.downcast_ref::<String>().cloned().unwrap_or_default();
            assert!(message.contains("lie together"), "{transposed}: {message}");
        }
    }
}
