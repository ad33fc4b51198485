//! The most multiply-adds that a core can do: the limit of a matrix product.

use pulp::{Simd, WithSimd};

use crate::instructions::Instructions;

/// Operations that one core did with the chosen instructions, and a number that depends on all of them.
///
/// Each of `rounds` rounds is a multiply-add in every lane of as many vectors
/// as a core needs to keep its units busy, for a sum must wait for itself. No
/// memory is touched.
pub fn peak(rounds: u64) -> (u64, f64) {
    Instructions::chosen().vectorize(Peak { rounds })
}

/// Sums at a time: two multiply-adds a cycle, each done after four or five.
const VECTORS: usize = 12;

struct Peak {
    rounds: u64,
}

impl WithSimd for Peak {
    type Output = (u64, f64);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (u64, f64) {
        let (factor, term) = (simd.splat_f64s(0.999_999), simd.splat_f64s(1e-9));
        let mut sums = [simd.splat_f64s(1.0); VECTORS];
        for _ in 0..self.rounds {
            for sum in &mut sums {
                *sum = simd.mul_add_e_f64s(*sum, factor, term);
            }
        }
        let sum = sums.into_iter().map(|sum| simd.reduce_sum_f64s(sum)).sum();
        let operations = self.rounds * (2 * VECTORS * S::F64_LANES) as u64;
        (operations, sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_did_what_was_counted() {
        let (operations, sum) = peak(1000);
        let mut lane = 1.0_f64;
        (0..1000).for_each(|_| lane = lane * 0.999_999 + 1e-9);
        let lanes = operations as f64 / 2000.0;
        assert!((sum - lanes * lane).abs() < 1e-9 * lanes, "{sum} in {lanes} lanes");
    }
}
