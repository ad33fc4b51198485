//! The limit: steps that nobody checks.

use std::array;

use pulp::{Simd, WithSimd};

use super::flight::Flight;
use super::simd::{MANY, SOME};
use crate::instructions::Instructions;

/// Takes `steps` steps of some points that never escape, without a check;
/// returns the number of steps of all points, and a number that depends on
/// each step.
///
/// No kernel that takes every step can be faster than this. Compare a kernel
/// with it to see what the checks cost.
pub fn peak(steps: u32) -> (u64, f64) {
    Instructions::chosen().vectorize(Peak { steps })
}

struct Peak {
    steps: u32,
}

impl WithSimd for Peak {
    type Output = (u64, f64);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        if S::REGISTER_COUNT >= 32 {
            run::<S, MANY>(simd, self.steps)
        } else {
            run::<S, SOME>(simd, self.steps)
        }
    }
}

#[inline(always)]
fn run<S: Simd, const N: usize>(simd: S, steps: u32) -> (u64, f64) {
    let c_re = array::from_fn(|v| simd.splat_f64s(-0.5 + 0.01 * v as f64));
    let c_im = array::from_fn(|v| simd.splat_f64s(0.1 + 0.01 * v as f64));
    let mut flight = Flight::<S, N> { re: c_re, im: c_im, c_re, c_im };
    flight.run(simd, steps);
    let sum = |a, &b: &S::f64s| simd.add_f64s(a, b);
    let sum = flight.re.iter().chain(&flight.im).fold(simd.splat_f64s(0.0), sum);
    (u64::from(steps) * Flight::<S, N>::POINTS as u64, simd.reduce_sum_f64s(sum))
}
