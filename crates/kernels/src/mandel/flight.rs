//! Points that take their steps side by side, several vectors of them.
//!
//! Each operation of a step waits for the one before: with a single vector the
//! processor would be idle most of the time. With several vectors in flight it
//! works on one of them while the others wait.

use std::array;

use pulp::{Simd, bytemuck};

use super::points::Points;

/// `N` vectors of points c, and the z that each of them has come to.
pub(super) struct Flight<S: Simd, const N: usize> {
    pub re: [S::f64s; N],
    pub im: [S::f64s; N],
    pub c_re: [S::f64s; N],
    pub c_im: [S::f64s; N],
}

impl<S: Simd, const N: usize> Flight<S, N> {
    /// The number of points.
    pub const POINTS: usize = N * S::F64_LANES;

    /// Points of one row before their first step: z is 0.
    #[inline(always)]
    pub fn at_zero(simd: S, c_re: &[f64], c_im: f64) -> Self {
        let zeros = [simd.splat_f64s(0.0); N];
        let c_im = [simd.splat_f64s(c_im); N];
        Self { re: zeros, im: zeros, c_re: vectors::<S, N>(c_re), c_im }
    }

    /// The points from number `first` on.
    #[inline(always)]
    pub fn from(points: &Points, first: usize) -> Self {
        let those = first..first + Self::POINTS;
        Self {
            re: vectors::<S, N>(&points.re[those.clone()]),
            im: vectors::<S, N>(&points.im[those.clone()]),
            c_re: vectors::<S, N>(&points.c_re[those.clone()]),
            c_im: vectors::<S, N>(&points.c_im[those]),
        }
    }

    /// One step of z = z^2 + c, rounded as in the scalar kernel.
    ///
    /// 2 re im + c_im may be fused, because doubling is exact: the product re im
    /// is rounded, and then the sum. (If the product is so small that it has lost
    /// digits, doubling it gives another number: see
    /// [`is_delicate`](super::delicate::is_delicate).) Some processors have two
    /// units that multiply and two others that add. One fused operation in three
    /// vectors gives all four the same amount of work.
    #[inline(always)]
    pub fn step(&mut self, simd: S) {
        let two = simd.splat_f64s(2.0);
        for v in 0..N {
            let (re, im) = (self.re[v], self.im[v]);
            let squares = simd.sub_f64s(simd.mul_f64s(re, re), simd.mul_f64s(im, im));
            let product = simd.mul_f64s(re, im);
            self.re[v] = simd.add_f64s(squares, self.c_re[v]);
            self.im[v] = if v % 3 == 0 && !S::IS_SCALAR {
                simd.mul_add_f64s(two, product, self.c_im[v])
            } else {
                simd.add_f64s(simd.add_f64s(product, product), self.c_im[v])
            };
        }
    }

    /// Takes `steps` steps, without a check in between.
    #[inline(always)]
    pub fn run(&mut self, simd: S, steps: u32) {
        for _ in 0..steps / 4 {
            for _ in 0..4 {
                self.step(simd);
            }
        }
        for _ in 0..steps % 4 {
            self.step(simd);
        }
    }

    /// The number of steps, at most `steps`, that each point stays within 2 of
    /// the origin.
    #[inline(always)]
    pub fn count(&mut self, simd: S, steps: u32) -> [S::u64s; N] {
        let (zero, one) = (simd.splat_u64s(0), simd.splat_u64s(1));
        let mut counts = [zero; N];
        let mut inside = [simd.equal_u64s(zero, zero); N];
        for n in 0..steps {
            for v in 0..N {
                inside[v] = simd.and_m64s(inside[v], self.inside(simd, v));
                let more = simd.select_u64s(inside[v], one, zero);
                counts[v] = simd.add_u64s(counts[v], more);
            }
            // A check costs time as well: every other step is enough.
            if n % 2 == 1 && !any_of_all(simd, inside) {
                break;
            }
            self.step(simd);
        }
        counts
    }

    /// Which points of vector `v` are within 2 of the origin. Points that have left
    /// and overflowed since are infinite or not a number, so they are not within.
    #[inline(always)]
    pub fn inside(&self, simd: S, v: usize) -> S::m64s {
        let (re, im) = (self.re[v], self.im[v]);
        let norm = simd.add_f64s(simd.mul_f64s(re, re), simd.mul_f64s(im, im));
        simd.less_than_or_equal_f64s(norm, simd.splat_f64s(4.0))
    }
}

/// `N` vectors, filled from `numbers`.
#[inline(always)]
fn vectors<S: Simd, const N: usize>(numbers: &[f64]) -> [S::f64s; N] {
    let (vectors, _) = S::as_simd_f64s(numbers);
    array::from_fn(|v| vectors[v])
}

/// Whether a lane of a mask is set.
#[inline(always)]
pub(super) fn any<S: Simd>(mask: S::m64s) -> bool {
    bytemuck::bytes_of(&mask).iter().fold(0, |all, byte| all | byte) != 0
}

/// Whether a lane of any of the masks is set.
#[inline(always)]
pub(super) fn any_of_all<S: Simd, const N: usize>(simd: S, masks: [S::m64s; N]) -> bool {
    any::<S>(masks.into_iter().reduce(|a, b| simd.or_m64s(a, b)).expect("a vector"))
}
