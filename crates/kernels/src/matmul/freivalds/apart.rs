//! Rows and columns that are checked element by element.
//!
//! What IEEE 754 says of an element whatever the order of its sum:
//!
//! - with a factor that is infinite or NaN it is an infinity or NaN, and which
//!   of them follows from the signs of the factors alone;
//! - it is an infinity only if the terms of its sign can overflow, and NaN only
//!   if those of either sign can;
//! - if it is finite, nothing has overflowed: rounding explains its error.

use ndarray::{Array2, Array3, s};

use super::scales::{Scales, scaled};
use super::{Part, Reduce, ratio, rounding};
use crate::matmul::Shape;

/// Rows that are checked at a time: more would take more memory.
const BATCH: usize = 16;

/// Which rows and columns are apart: those of A and B with numbers that are not
/// finite, and for C the rows or the columns, whatever is fewer.
pub fn find(
    shape: Shape,
    [a, b, c]: &[Part; 3],
    reduce: &mut impl FnMut(Reduce, &mut [f64]),
) -> [Vec<bool>; 2] {
    let mut mark = |count: usize, part: &Part, skip: Option<[&[bool]; 2]>| -> Vec<bool> {
        let mut marks = vec![0.0; count];
        part.each_row(|i, row| {
            let skips = |j| {
                skip.is_some_and(|[rows, columns]| {
                    rows[i] || columns[part.columns.start + j]
                })
            };
            let mut numbers = row.iter().enumerate();
            if numbers.any(|(j, x)| !x.is_finite() && !skips(j)) {
                marks[i] = 1.0;
            }
        });
        reduce(Reduce::Max, &mut marks);
        marks.iter().map(|&mark| mark > 0.0).collect()
    };
    let mut rows = mark(shape.m, a, None);
    let mut columns = mark(shape.n, &b.transposed(), None);
    let more_rows = mark(shape.m, c, Some([&rows, &columns]));
    let more_columns = mark(shape.n, &c.transposed(), Some([&columns, &rows]));
    let count = |marks: &[bool]| marks.iter().filter(|mark| **mark).count();
    let (marks, more) = match count(&more_rows) <= count(&more_columns) {
        true => (&mut rows, more_rows),
        false => (&mut columns, more_columns),
    };
    marks.iter_mut().zip(more).for_each(|(mark, more)| *mark |= more);
    [rows, columns]
}

/// The largest error in the `rows` that are marked, as far as this worker has
/// them of C.
pub fn check(
    rows: &[bool],
    k: usize,
    [a, b, c]: &[Part; 3],
    scales: &Scales,
    reduce: &mut impl FnMut(Reduce, &mut [f64]),
) -> f64 {
    let rows: Vec<usize> = (0..rows.len()).filter(|&i| rows[i]).collect();
    let mut worst = 0.0_f64;
    for batch in rows.chunks(BATCH) {
        let mut factors = Array2::zeros((batch.len(), k));
        for (r, &i) in batch.iter().enumerate().filter(|(_, i)| a.rows.contains(i)) {
            let row = a.numbers.row(i - a.rows.start);
            factors.slice_mut(s![r, a.columns.clone()]).assign(&row);
        }
        // Every number is with one worker, the others add zeros.
        reduce(Reduce::Sum, factors.as_slice_mut().expect("an array of its own"));
        let mut sums = add_terms(batch, &factors, b, scales);
        reduce(Reduce::Sum, sums.as_slice_mut().expect("an array of its own"));
        for (r, &i) in batch.iter().enumerate().filter(|(_, i)| c.rows.contains(i)) {
            for (j, &x) in c.columns.clone().zip(c.numbers.row(i - c.rows.start)) {
                let [positive, negative, kind] = [0, 1, 2].map(|sum| sums[[sum, r, j]]);
                let sums = Sums { positive, negative, kind, k, n: scales.columns.len() };
                worst = worst.max(sums.error(x, scales.rows[i] + scales.columns[j]));
            }
        }
    }
    worst
}

/// For each element of a batch of rows the sums of its positive and of its
/// negative terms, scaled, and of the kinds of its terms.
fn add_terms(
    batch: &[usize],
    factors: &Array2<f64>,
    b: &Part,
    scales: &Scales,
) -> Array3<f64> {
    let Scales { rows: e, terms: g, columns: f } = scales;
    let mut sums = Array3::zeros((3, batch.len(), f.len()));
    b.each_row(|l, row| {
        let places = row.iter().zip(&f[b.columns.clone()]);
        let numbers: Vec<[f64; 2]> =
            places.map(|(&x, f)| [scaled(x, -g[l] - f), kind(x)]).collect();
        for (r, &i) in batch.iter().enumerate() {
            let x = factors[[r, l]];
            let (factor, its_kind) = (scaled(x, g[l] - e[i]), kind(x));
            let (mut positive, mut negative, mut kinds) =
                sums.multi_slice_mut((s![0, r, ..], s![1, r, ..], s![2, r, ..]));
            let columns = b.columns.clone();
            let sums = positive.slice_mut(s![columns.clone()]).into_iter();
            let sums = sums.zip(negative.slice_mut(s![columns.clone()]));
            let sums = sums.zip(kinds.slice_mut(s![columns]));
            for (((positive, negative), kinds), [number, kind]) in sums.zip(&numbers) {
                let term = factor * number;
                *positive += term.max(0.0);
                *negative += (-term).max(0.0);
                *kinds += its_kind * kind;
            }
        }
    });
    sums
}

/// What is infinite or NaN, and the sign of anything else, or 0. Sums of
/// products of kinds never overflow, and are what the factors' are by IEEE 754.
fn kind(x: f64) -> f64 {
    if x.is_finite() && x != 0.0 { x.signum() } else { x }
}

/// The sums of an element's terms.
struct Sums {
    positive: f64,
    negative: f64,
    kind: f64,
    k: usize,
    n: usize,
}

impl Sums {
    /// The error of the element `x`, whose terms are scaled by 2^-`exponent`.
    fn error(&self, x: f64, exponent: i32) -> f64 {
        let rounding = rounding(self.k, self.n);
        let overflows = |sum: f64| sum * (1.0 + rounding) >= scaled(1.0, 1024 - exponent);
        let (up, down) = (overflows(self.positive), overflows(self.negative));
        let is_right = match self.kind {
            _ if x.is_finite() && self.kind.is_finite() => {
                let error = scaled(x, -exponent) - (self.positive - self.negative);
                // Of the product itself, and of the terms scaled here.
                let underflow = scaled(1.0, -1074 - exponent) + f64::from_bits(1);
                let sizes = self.positive + self.negative;
                return ratio(error, sizes * rounding + self.k as f64 * underflow);
            }
            kind if kind.is_nan() => x.is_nan(),
            // Finite terms of the other sign may have overflowed.
            f64::INFINITY => x == f64::INFINITY || x.is_nan() && down,
            f64::NEG_INFINITY => x == f64::NEG_INFINITY || x.is_nan() && up,
            _ if x.is_nan() => up && down,
            _ => {
                if x > 0.0 {
                    up
                } else {
                    down
                }
            }
        };
        if is_right { 0.0 } else { f64::INFINITY }
    }
}
