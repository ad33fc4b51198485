//! Checking a product without computing it again.

use ndarray::{Array2, ArrayView2};

use super::generate::element;

/// The largest error of C against A B seen by `vectors` random vectors, as a
/// multiple of what rounding can explain: a right product has at most 1.
///
/// Freivalds' test: for a random vector x of +1 and -1, A (B x) and C x are
/// *m* numbers that differ, with probability 1/2 or more, if C is not A B.
/// It takes three products of a matrix with a vector instead of one of
/// matrices (R. Freivalds, "Probabilistic machines can use less running
/// time", IFIP Congress 1977).
///
/// Rounding explains [`rounding`] (|A| |B| 1)_i in row i. A number that is not
/// finite counts as infinitely wrong.
pub fn freivalds(
    a: ArrayView2<f64>,
    b: ArrayView2<f64>,
    c: ArrayView2<f64>,
    vectors: usize,
    seed: u64,
) -> f64 {
    let (k, n) = b.dim();
    let ones = Array2::ones((n, 1));
    let explained = a.mapv(f64::abs).dot(&b.mapv(f64::abs).dot(&ones)) * rounding(k, n);
    let x = signs(seed, n, vectors);
    let error = a.dot(&b.dot(&x)) - c.dot(&x);
    largest_ratio(&error, &explained)
}

/// The `vectors` random vectors of `seed`, `n` times +1 or -1, as columns.
pub fn signs(seed: u64, n: usize, vectors: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, vectors), |(j, vector)| {
        element(seed, 'x', vector, j).signum()
    })
}

/// 2 (*k* + *n*) epsilon: twice the sum of the bounds, in whatever order sums
/// are taken, of the three products involved and of C's own (N. Higham,
/// "Accuracy and Stability of Numerical Algorithms", 2nd edition, section 3.5).
pub fn rounding(k: usize, n: usize) -> f64 {
    2.0 * (k + n) as f64 * f64::EPSILON
}

/// The largest of the ratios error / explained: the columns of `error` belong
/// to as many vectors, the one column of `explained` to all of them.
pub fn largest_ratio(error: &Array2<f64>, explained: &Array2<f64>) -> f64 {
    let ratio = |error: f64, explained: f64| match error.abs() / explained {
        _ if error == 0.0 => 0.0,
        ratio if ratio.is_nan() => f64::INFINITY,
        ratio => ratio,
    };
    let rows = error.outer_iter().zip(explained);
    let ratios = rows.flat_map(|(row, &explained)| {
        row.into_iter().map(move |&error| ratio(error, explained))
    });
    ratios.fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matmul::{Kernel, generate};

    fn product(m: usize, k: usize, n: usize) -> [Array2<f64>; 3] {
        let (a, b) = (generate(1, 'a', 0..m, k), generate(1, 'b', 0..k, n));
        let mut c = Array2::zeros((m, n));
        Kernel::Fast.multiply(a.view(), b.view(), c.view_mut());
        [a, b, c]
    }

    #[test]
    fn right_products_pass() {
        for (m, k, n) in [(1, 1, 1), (3, 200, 5), (64, 64, 64), (5, 1, 300)] {
            let [a, b, c] = product(m, k, n);
            let error = freivalds(a.view(), b.view(), c.view(), 20, 3);
            assert!(error <= 1.0, "{m} x {k} x {n}: {error}");
        }
    }

    #[test]
    fn one_wrong_element_is_seen() {
        let [a, b, c] = product(30, 40, 50);
        for wrong in [c[[7, 9]] + 1e-6, f64::NAN, f64::INFINITY] {
            let mut c = c.clone();
            c[[7, 9]] = wrong;
            assert!(freivalds(a.view(), b.view(), c.view(), 20, 3) > 1.0, "{wrong}");
        }
    }

    #[test]
    fn two_exchanged_elements_are_seen() {
        let [a, b, mut c] = product(30, 40, 50);
        c.swap([2, 3], [2, 4]);
        assert!(freivalds(a.view(), b.view(), c.view(), 20, 3) > 1.0);
    }
}
