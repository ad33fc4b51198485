//! Checking a product without computing it again.
//!
//! # The key fact
//!
//! For a random vector x of +1 and -1, A (B x) and C x are *m* numbers that
//! differ, with probability 1/2 or more, if C is not A B. It takes three
//! products of a matrix with a vector instead of one of matrices (R. Freivalds,
//! "Probabilistic machines can use less running time", IFIP Congress 1977).
//!
//! # At the edge of the format
//!
//! [`scales`] brings rows and columns to the same size by powers of two, which
//! round nothing: no sum of the check overflows, and a small column is not lost
//! beside a large one. Rounding explains [`rounding`] (|A| |B| 1)_i in row i,
//! and underflow *k* times the smallest number for each element.
//!
//! A row or column with a number that is not finite has no place in a sum: it
//! is checked [`apart`], element by element, which takes as long as to compute it
//! again. So is a row whose elements underflow in some columns and not in others.
//!
//! What it cannot see: an element that is far smaller than others of both its
//! row and its column is judged by the rounding of those.

mod apart;
mod scales;

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use super::generate::element;
use super::shape::Shape;
use scales::{Scales, scaled};

/// What one worker has of a matrix. All workers together have each number once.
#[derive(Clone)]
pub struct Part<'a> {
    /// Its rows of the whole matrix.
    pub rows: Range<usize>,
    /// Its columns.
    pub columns: Range<usize>,
    /// The numbers in them.
    pub numbers: ArrayView2<'a, f64>,
}

/// How the numbers of all workers become one.
#[derive(Clone, Copy, Debug)]
pub enum Reduce {
    /// Their sum.
    Sum,
    /// The largest of them.
    Max,
}

/// The largest error of C against A B seen by `vectors` random vectors, as a
/// multiple of what rounding and underflow can explain: a right product has at
/// most 1, whatever the order of its sums.
///
/// A number that is not finite is right where IEEE 754 can give it. Where sums
/// may overflow, some orders give a number, others an infinity or NaN: all of
/// these pass. Anywhere else it is infinitely wrong, and so is a finite number
/// where a factor is infinite or NaN.
pub fn freivalds(
    a: ArrayView2<f64>,
    b: ArrayView2<f64>,
    c: ArrayView2<f64>,
    vectors: usize,
    seed: u64,
) -> f64 {
    let shape = Shape { m: a.nrows(), k: a.ncols(), n: b.ncols() };
    let parts = [a, b, c].map(|numbers| Part {
        rows: 0..numbers.nrows(),
        columns: 0..numbers.ncols(),
        numbers,
    });
    freivalds_of_parts(shape, &parts, vectors, seed, |_, _| {})
}

/// The same for matrices whose parts are with many workers; all get the result.
///
/// `reduce` replaces numbers by those of all workers together, one by one. All
/// must call this function, with their parts of A, B and C.
pub fn freivalds_of_parts(
    shape: Shape,
    parts: &[Part; 3],
    vectors: usize,
    seed: u64,
    mut reduce: impl FnMut(Reduce, &mut [f64]),
) -> f64 {
    let [a, b, c] = parts;
    let Shape { m, k, n } = shape;
    let [mut rows, columns] = apart::find(shape, parts, &mut reduce);
    let scales = Scales::new(shape, parts, &columns, &mut reduce);
    let noise = scales.underflow(k, &columns, &mut rows);

    let mut x = signs(seed, n, vectors);
    let mut ones = Array1::ones(n);
    for j in (0..n).filter(|&j| columns[j]) {
        x.row_mut(j).fill(0.0);
        ones[j] = 0.0;
    }
    let Scales { rows: e, terms: g, columns: f } = &scales;
    let (y, sizes) = times(b, k, |l, j| -g[l] - f[j], (&x, &ones), &mut reduce);
    let (expected, sizes) = times(a, m, |i, l| g[l] - e[i], (&y, &sizes), &mut reduce);
    let (found, _) = times(c, m, |i, j| -e[i] - f[j], (&x, &ones), &mut reduce);

    let mut worst = [0.0_f64];
    for i in (0..m).filter(|&i| !rows[i]) {
        let explained = sizes[i] * rounding(k, n) + noise[i];
        for (expected, found) in expected.row(i).iter().zip(found.row(i)) {
            worst[0] = worst[0].max(ratio(expected - found, explained));
        }
    }
    if rows.iter().chain(&columns).any(|is_apart| *is_apart) {
        let scales = Scales::new(shape, parts, &vec![false; n], &mut reduce);
        let turned = [b, a, c].map(Part::transposed);
        let by_rows = apart::check(&rows, k, parts, &scales, &mut reduce);
        let by_columns =
            apart::check(&columns, k, &turned, &scales.transposed(), &mut reduce);
        worst[0] = worst[0].max(by_rows).max(by_columns);
    }
    reduce(Reduce::Max, &mut worst);
    worst[0]
}

/// The product of a part, scaled, with the columns of `x`, and that of its
/// magnitudes with `ones`: the sums of all workers, for `rows` rows.
fn times(
    part: &Part,
    rows: usize,
    exponent: impl Fn(usize, usize) -> i32,
    (x, ones): (&Array2<f64>, &Array1<f64>),
    reduce: &mut impl FnMut(Reduce, &mut [f64]),
) -> (Array2<f64>, Array1<f64>) {
    /// Rows that are scaled at a time: their copies stay in the cache.
    const BLOCK: usize = 16;
    let (mut sums, mut sizes) = (Array2::zeros((rows, x.ncols())), Array1::zeros(rows));
    let (x, ones) =
        (x.slice(s![part.columns.clone(), ..]), ones.slice(s![part.columns.clone()]));
    let mut first = part.rows.start;
    for block in part.numbers.axis_chunks_iter(Axis(0), BLOCK) {
        let mut block = Array2::from_shape_fn(block.dim(), |(i, j)| {
            scaled(block[[i, j]], exponent(first + i, part.columns.start + j))
        });
        let place = first..first + block.nrows();
        sums.slice_mut(s![place.clone(), ..]).assign(&block.dot(&x));
        block.mapv_inplace(f64::abs);
        sizes.slice_mut(s![place.clone()]).assign(&block.dot(&ones));
        first = place.end;
    }
    reduce(Reduce::Sum, sums.as_slice_mut().expect("an array of its own"));
    reduce(Reduce::Sum, sizes.as_slice_mut().expect("an array of its own"));
    (sums, sizes)
}

/// The `vectors` random vectors of `seed`, `n` times +1 or -1, as columns.
fn signs(seed: u64, n: usize, vectors: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, vectors), |(j, vector)| {
        element(seed, 'x', vector, j).signum()
    })
}

/// 2 (*k* + *n*) epsilon: twice the sum of the bounds, in whatever order sums
/// are taken, of the three products involved and of C's own (N. Higham,
/// "Accuracy and Stability of Numerical Algorithms", 2nd edition, section 3.5).
fn rounding(k: usize, n: usize) -> f64 {
    2.0 * (k + n) as f64 * f64::EPSILON
}

/// error / explained, infinite where that is no number.
fn ratio(error: f64, explained: f64) -> f64 {
    match error.abs() / explained {
        _ if error == 0.0 => 0.0,
        ratio if ratio.is_nan() => f64::INFINITY,
        ratio => ratio,
    }
}

impl Part<'_> {
    fn transposed(&self) -> Part<'_> {
        Part {
            rows: self.columns.clone(),
            columns: self.rows.clone(),
            numbers: self.numbers.t(),
        }
    }

    /// Hands each row to `each`, with its number.
    fn each_row(&self, mut each: impl FnMut(usize, ndarray::ArrayView1<f64>)) {
        for (i, row) in self.rows.clone().zip(self.numbers.outer_iter()) {
            each(i, row);
        }
    }
}

#[cfg(test)]
mod tests;
