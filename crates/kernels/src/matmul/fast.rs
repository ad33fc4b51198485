//! The fast product: operands packed for each level of cache, and a tile of C
//! that stays in the vector registers.
//!
//! A core can do two vector multiply-adds in each cycle and load two vectors.
//! A product that loads both factors for every multiply-add, and C besides, is
//! held up by its loads; one that keeps *r* x *v* vectors of C in registers
//! loads *r* + *v* for *r v* of them. That is the [`tile`]. Around it the loops
//! cut A and B into blocks such that what a tile reads is near:
//!
//! - a panel of A, [`DEPTH`] numbers of each of its rows, in the first-level cache,
//! - a block of B, [`DEPTH`] x [`WIDTH`], in the second-level cache,
//! - a block of A, [`HEIGHT`] x [`DEPTH`], in the third-level cache.
//!
//! [`pack`] copies each block into the order in which the tiles read it, so
//! that they walk through memory one vector after the other. The structure is
//! that of GotoBLAS and BLIS: Goto and van de Geijn, Anatomy of high-performance
//! matrix multiplication, ACM TOMS 34 (2008), with the roles of A and B exchanged,
//! for rows are what lies together here.

mod pack;
mod tile;

use std::ops::Range;

use ndarray::{ArrayView2, ArrayViewMut2, Axis, s};
use pulp::{Arch, Simd, WithSimd};

use crate::split;

/// Terms of each sum that are added at a time: columns of A, rows of B.
const DEPTH: usize = 384;

/// Columns of B and C in a block, a multiple of what any tile is wide.
const WIDTH: usize = 240;

/// Rows of A and C in a block, a multiple of what any tile is high.
const HEIGHT: usize = 512;

/// C = A B, with the vector instructions of the machine that it runs on.
///
/// Each element is the sum of its terms in the order of k, in runs of
/// [`DEPTH`] terms, each multiply-add rounded once where the machine has fused
/// ones: it differs from the naive product by rounding only.
///
/// # Panics
///
/// If the numbers of a row are not next to each other.
pub fn fast(a: ArrayView2<f64>, b: ArrayView2<f64>, c: ArrayViewMut2<f64>) {
    Arch::new().dispatch(Product { a, b, c });
}

struct Product<'a> {
    a: ArrayView2<'a, f64>,
    b: ArrayView2<'a, f64>,
    c: ArrayViewMut2<'a, f64>,
}

impl WithSimd for Product<'_> {
    type Output = ();

    // A tile of R rows and 3 vectors needs 3 R registers for C, 3 for B and one
    // for A: R is what 16 or 32 registers have room for.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match S::REGISTER_COUNT {
            32.. => self.by_blocks::<S, 8>(simd),
            _ => self.by_blocks::<S, 4>(simd),
        }
    }
}

impl Product<'_> {
    #[inline(always)]
    fn by_blocks<S: Simd, const ROWS: usize>(self, simd: S) {
        let Product { a, b, mut c } = self;
        if a.ncols() == 0 {
            return c.fill(0.0);
        }
        let (mut a_block, mut b_block) = (Vec::new(), Vec::new());
        for terms in blocks(a.ncols(), DEPTH) {
            for rows in blocks(a.nrows(), HEIGHT) {
                let a = a.slice(s![rows.clone(), terms.clone()]);
                pack::rows::<ROWS>(a, &mut a_block);
                for columns in blocks(b.ncols(), WIDTH) {
                    let b = b.slice(s![terms.clone(), columns.clone()]);
                    pack::columns::<S>(b, &mut b_block);
                    let c = c.slice_mut(s![rows.clone(), columns]);
                    let sums = if terms.start == 0 { Sums::Set } else { Sums::Add };
                    by_tiles::<S, ROWS>(simd, &a_block, &b_block, terms.len(), c, sums);
                }
            }
        }
    }
}

/// The product of two packed blocks, of that many terms, into a block of C.
#[inline(always)]
fn by_tiles<S: Simd, const ROWS: usize>(
    simd: S,
    a_block: &[f64],
    b_block: &[f64],
    terms: usize,
    mut c: ArrayViewMut2<f64>,
    sums: Sums,
) {
    let width = pack::width::<S>();
    let bands = c.axis_chunks_iter_mut(Axis(0), ROWS);
    for (band, a) in bands.into_iter().zip(a_block.chunks_exact(ROWS * terms)) {
        let mut c = tile::rows(band);
        for (panel, b) in b_block.chunks(width * terms).enumerate() {
            let start = panel * width;
            match b.len() / (S::F64_LANES * terms) {
                1 => tile::multiply::<S, ROWS, 1>(simd, a, b, &mut c, start, sums),
                2 => tile::multiply::<S, ROWS, 2>(simd, a, b, &mut c, start, sums),
                _ => tile::multiply::<S, ROWS, 3>(simd, a, b, &mut c, start, sums),
            }
        }
    }
}

/// What becomes of the sums of a tile.
#[derive(Clone, Copy)]
enum Sums {
    /// They are C so far.
    Set,
    /// They are added to what is there.
    Add,
}

/// `0..count` in consecutive ranges of `step`, the last one shorter.
fn blocks(count: usize, step: usize) -> impl Iterator<Item = Range<usize>> {
    (0..).map_while(move |number| split::tile(count, step, number))
}

#[cfg(test)]
mod tests {
    use std::panic;

    use ndarray::Array2;
    use proptest::prelude::*;
    use pulp::Scalar;

    use super::*;
    use crate::matmul::{generate, naive};

    /// The product by each set of vector instructions that this machine has.
    fn products(a: &Array2<f64>, b: &Array2<f64>) -> Vec<(&'static str, Array2<f64>)> {
        let mut products = Vec::new();
        let mut add = |name, vectorize: &dyn Fn(Product)| {
            // What stood in C before must not matter.
            let mut c = Array2::from_elem((a.nrows(), b.ncols()), f64::NAN);
            vectorize(Product { a: a.view(), b: b.view(), c: c.view_mut() });
            products.push((name, c));
        };
        add("plain", &|product| Simd::vectorize(Scalar, product));
        #[cfg(target_arch = "x86_64")]
        {
            use pulp::x86::{V3, V4};
            if let Some(avx2) = V3::try_new() {
                add("AVX2", &|product| Simd::vectorize(avx2, product));
            }
            if let Some(avx512) = V4::try_new() {
                add("AVX-512", &|product| Simd::vectorize(avx512, product));
            }
        }
        add("the best", &|product| Arch::new().dispatch(product));
        products
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
        for (m, k, n) in [
            (HEIGHT + 1, 3, WIDTH + 1),
            (HEIGHT, DEPTH, 9),
            (9, DEPTH + 1, WIDTH),
            (17, 2 * DEPTH + 5, WIDTH - 1),
        ] {
            assert_naive(m, k, n, 1);
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
