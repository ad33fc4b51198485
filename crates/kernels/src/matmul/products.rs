//! The lower rungs of the ladder of matrix products: naive, reordered, tiled.

use ndarray::{ArrayView2, ArrayViewMut2, s};

/// C = A B by the formula: element (i, j) is row i of A times column j of B.
///
/// Slow because of the column: consecutive elements of it lie a whole row of
/// B apart, and each comes with a cache line of which one number is used.
pub fn naive(a: ArrayView2<f64>, b: ArrayView2<f64>, mut c: ArrayViewMut2<f64>) {
    for i in 0..a.nrows() {
        for j in 0..b.ncols() {
            let mut sum = 0.0;
            for k in 0..a.ncols() {
                sum += a[[i, k]] * b[[k, j]];
            }
            c[[i, j]] = sum;
        }
    }
}

/// C = A B with the loops over j and k exchanged.
///
/// The inner loop then walks along one row of B and one row of C, both
/// contiguous, instead of striding down a column of B.
pub fn reordered(a: ArrayView2<f64>, b: ArrayView2<f64>, mut c: ArrayViewMut2<f64>) {
    c.fill(0.0);
    add_product(a, b, c);
}

/// C = A B by tiles.
///
/// A tile of B is used for every row of A while it is in the cache; without
/// tiles each row of A brings the whole of B in again.
pub fn tiled(a: ArrayView2<f64>, b: ArrayView2<f64>, mut c: ArrayViewMut2<f64>) {
    // 64 x 512 numbers of 8 bytes are 256 kB: they fit the second-level cache
    // of today's cores, and 512 columns keep the inner loop long.
    const DEPTH: usize = 64;
    const WIDTH: usize = 512;
    c.fill(0.0);
    for k in (0..b.nrows()).step_by(DEPTH) {
        let depth = k..b.nrows().min(k + DEPTH);
        for j in (0..b.ncols()).step_by(WIDTH) {
            let width = j..b.ncols().min(j + WIDTH);
            let b_tile = b.slice(s![depth.clone(), width.clone()]);
            add_product(
                a.slice(s![.., depth.clone()]),
                b_tile,
                c.slice_mut(s![.., width]),
            );
        }
    }
}

/// C += A B, a row of B at a time.
fn add_product(a: ArrayView2<f64>, b: ArrayView2<f64>, mut c: ArrayViewMut2<f64>) {
    for (a_row, mut c_row) in a.outer_iter().zip(c.outer_iter_mut()) {
        for (&factor, b_row) in a_row.iter().zip(b.outer_iter()) {
            c_row.scaled_add(factor, &b_row);
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::matmul::{Kernel, generate};

    proptest! {
        #[test]
        fn every_kernel_computes_the_naive_product(
            m in 0..40_usize, k in 0..150_usize, n in 0..40_usize, seed in any::<u64>(),
        ) {
            let (a, b) = (generate(seed, 'a', 0..m, k), generate(seed, 'b', 0..k, n));
            let product = |kernel: Kernel| {
                // What stood in C before must not matter.
                let mut c = Array2::from_elem((m, n), f64::NAN);
                kernel.multiply(a.view(), b.view(), c.view_mut());
                c
            };
            let expected = product(Kernel::Naive);
            // Each sum of k terms below 1 is wrong by k^2 units in the last
            // place of 1 at most, whatever its order.
            let bound = (k * k) as f64 * f64::EPSILON;
            for (name, kernel) in Kernel::ALL {
                let error = (&product(kernel) - &expected).mapv(f64::abs);
                prop_assert!(error.iter().all(|e| *e <= bound), "{name}: {error}");
            }
        }
    }

    #[test]
    fn tiles_cover_matrices_larger_than_one_tile() {
        let (m, k, n) = (3, 130, 1030);
        let (a, b) = (generate(1, 'a', 0..m, k), generate(1, 'b', 0..k, n));
        let (mut expected, mut c) = (Array2::zeros((m, n)), Array2::zeros((m, n)));
        naive(a.view(), b.view(), expected.view_mut());
        tiled(a.view(), b.view(), c.view_mut());
        assert!((c - expected).iter().all(|e| e.abs() < 1e-12));
    }
}
