//! Powers of two that bring the rows and columns of a product to one size.

use ndarray::ArrayView1;

use super::{Part, Reduce};
use crate::matmul::Shape;

/// The exponents of the scales of a product.
///
/// With a_il 2^(g_l - e_i) and b_lj 2^(-g_l - f_j) in place of the factors no
/// number is above 1, each row of A and B has one of 1/2 or more, and the
/// product is c_ij 2^(-e_i - f_j).
pub struct Scales {
    /// e, for the rows of A and C.
    pub rows: Vec<i32>,
    /// g, for the columns of A and the rows of B.
    pub terms: Vec<i32>,
    /// f, for the columns of B and C.
    pub columns: Vec<i32>,
}

/// The exponent of what is zero: below that of any number, however scaled.
const NOTHING: i32 = -20_000;

/// The smallest number is 2 to the power of this.
const SMALLEST: i32 = -1074;

impl Scales {
    /// Those of A and B, of the finite numbers in them, beside the columns `apart`.
    pub fn new(
        shape: Shape,
        [a, b, _]: &[Part; 3],
        apart: &[bool],
        reduce: &mut impl FnMut(Reduce, &mut [f64]),
    ) -> Self {
        let mut reduce = |exponents: &[i32]| -> Vec<i32> {
            let mut numbers: Vec<f64> = exponents.iter().map(|&e| e.into()).collect();
            reduce(Reduce::Max, &mut numbers);
            numbers.iter().map(|&number| number as i32).collect()
        };
        let mut terms = vec![NOTHING; shape.k];
        b.each_row(|l, row| {
            let is_apart = |j: usize| apart[b.columns.start + j];
            terms[l] = largest(row, |j| if is_apart(j) { NOTHING } else { 0 });
        });
        let terms = reduce(&terms);

        let mut rows = vec![NOTHING; shape.m];
        a.each_row(|i, row| rows[i] = largest(row, |l| terms[a.columns.start + l]));
        let mut rows = reduce(&rows);
        // A row of zeros: any scale will do.
        rows.iter_mut().filter(|e| **e < NOTHING / 2).for_each(|e| *e = 0);

        let mut columns = vec![NOTHING; shape.n];
        b.each_row(|l, row| {
            for (f, &x) in columns[b.columns.clone()].iter_mut().zip(row) {
                *f = exponent(x).map_or(*f, |e| (*f).max(e - terms[l]));
            }
        });
        let mut columns = reduce(&columns);
        let used = columns.iter().zip(apart).filter(|(_, is_apart)| !**is_apart);
        let widest = used.map(|(&f, _)| f).max().filter(|&f| f > NOTHING / 2);
        // What underflows in every row is not to look as large as the rest.
        let least = SMALLEST + 52 - rows.iter().copied().max().unwrap_or(0);
        for f in &mut columns {
            *f = if *f > NOTHING / 2 { *f } else { widest.unwrap_or(0) }.max(least);
        }
        Self { rows, terms, columns }
    }

    /// Those of the transposed product, B^T A^T.
    pub fn transposed(&self) -> Self {
        Self {
            rows: self.columns.clone(),
            terms: self.terms.iter().map(|g| -g).collect(),
            columns: self.rows.clone(),
        }
    }

    /// What underflow explains in each row beside the columns apart, scaled:
    /// each of `k` terms loses half of the smallest number at most.
    ///
    /// Where it is far more than rounding in some columns, and less in others,
    /// it would hide errors in these: such a row joins the `rows` apart.
    pub fn underflow(&self, k: usize, columns: &[bool], rows: &mut [bool]) -> Vec<f64> {
        let used = self.columns.iter().zip(columns).filter(|(_, is_apart)| !**is_apart);
        let used = || used.clone().map(|(&f, _)| f);
        let (Some(least), Some(most)) = (used().min(), used().max()) else {
            return vec![0.0; rows.len()];
        };
        let columns: f64 = used().map(|f| scaled(1.0, least - f)).sum();
        let noise = |(&e, is_apart): (&i32, &mut bool)| {
            // In units of the rounding of one.
            let [low, high] = [least, most].map(|f| scaled(1.0, SMALLEST + 52 - e - f));
            *is_apart |= (1.0 + low) / (1.0 + high) > 1e3;
            scaled(k as f64 * columns, SMALLEST - e - least)
        };
        self.rows.iter().zip(rows).map(noise).collect()
    }
}

/// `x` times 2^`exponent`, rounded at most where it underflows; 0 for what is not finite.
#[inline(always)]
pub fn scaled(x: f64, exponent: i32) -> f64 {
    // In three steps: the power itself may be beyond the format, which no
    // number leaves or enters by more than this.
    let exponent = exponent.clamp(-2100, 2100);
    let power = |n: i32| f64::from_bits(((1023 + n) as u64) << 52);
    let third = exponent / 3;
    let x = if x.is_finite() { x } else { 0.0 };
    x * power(third) * power(third) * power(exponent - 2 * third)
}

/// The exponent e of |x| < 2^e, at most twice too large; `None` for zero and
/// what is not finite.
#[inline(always)]
fn exponent(x: f64) -> Option<i32> {
    let bits = x.abs().to_bits();
    match (bits >> 52) as i32 {
        _ if bits == 0 => None,
        0 => Some(SMALLEST + 64 - bits.leading_zeros() as i32),
        0x7FF => None,
        exponent => Some(exponent - 1022),
    }
}

/// The largest exponent in a row, each number with its own scale.
fn largest(row: ArrayView1<f64>, scale: impl Fn(usize) -> i32) -> i32 {
    let exponents =
        row.iter().enumerate().filter_map(|(l, &x)| Some(exponent(x)? + scale(l)));
    exponents.max().unwrap_or(NOTHING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_bound_numbers_within_a_factor_of_two() {
        for x in [1.0, 0.75, -3.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e-310] {
            let e = exponent(x).unwrap();
            let scaled = scaled(x.abs(), -e);
            assert!((0.5..1.0).contains(&scaled), "{x:e}: {scaled}");
        }
        assert_eq!([0.0, -0.0, f64::NAN, f64::INFINITY].map(exponent), [None; 4]);
    }
}
