//! How few words have to be sent, whatever the way to share out a product.

use super::shape::Shape;

/// The fewest words that the busiest of `ranks` ranks can receive, whatever
/// the algorithm and however large the memory.
///
/// It holds for every way to compute the *m* x *k* x *n* products of which the
/// inputs lie on the ranks once, and of which the work is spread evenly. Its
/// share of the work makes a rank touch D words at least, and it owns a P-th
/// of the three matrices; the rest has to be received. With the sizes sorted,
/// m >= n >= k:
///
/// ```text
/// D = (mn + mk) / P + nk           where P <= m / n             slabs
/// D = 2 sqrt(mnk^2 / P) + mn / P   where m / n <= P <= mn / k^2  beams
/// D = 3 (mnk / P)^(2/3)            where mn / k^2 <= P           cubes
/// ```
///
/// (H. Al Daas, G. Ballard, L. Grigori, S. Kumar, K. Rouse, "Tight
/// memory-independent parallel matrix multiplication communication lower
/// bounds", SPAA 2022.)
pub fn words_lower_bound(ranks: usize, shape: Shape) -> f64 {
    let mut sizes = [shape.m, shape.k, shape.n].map(|size| size as f64);
    sizes.sort_by(f64::total_cmp);
    let ([k, n, m], p) = (sizes, ranks as f64);
    let touched = if p <= m / n {
        (m * n + m * k) / p + n * k
    } else if p <= m * n / (k * k) {
        2.0 * (m * n * k * k / p).sqrt() + m * n / p
    } else {
        3.0 * (m * n * k / p).powf(2.0 / 3.0)
    };
    // On one rank the difference is 0, but for rounding.
    (touched - (m * n + m * k + n * k) / p).max(0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bound_has_the_values_of_its_three_cases() {
        // Slabs, beams and cubes, whatever the order of the sizes.
        for (ranks, [m, k, n], expected) in [
            (4, [1000, 10, 50], 500.0 - 500.0 / 4.0),
            (4, [10, 50, 1000], 500.0 - 500.0 / 4.0),
            (100, [100, 20, 400], 800.0 + 400.0 - 500.0),
            (64, [16384, 16384, 16384], 3.0 * 4096.0 * 4096.0 - 3.0 * 2048.0 * 2048.0),
            (1, [7, 8, 9], 0.0),
        ] {
            let found = words_lower_bound(ranks, Shape { m, k, n });
            assert!((found - expected).abs() < 1e-6, "{ranks} {m} {k} {n}: {found}");
        }
    }

    proptest! {
        #[test]
        fn the_bound_has_no_steps_between_its_cases(
            m in 1..500_usize, k in 1..500_usize, n in 1..500_usize,
        ) {
            let shape = Shape { m, k, n };
            let mut sizes = [m, k, n];
            sizes.sort();
            let [k, n, m] = sizes;
            for p in [m / n, m * n / (k * k)].into_iter().filter(|&p| p > 1) {
                let (before, after) = (words_lower_bound(p, shape), words_lower_bound(p + 1, shape));
                let touched = |words: f64, p: usize| words + (m * n + m * k + n * k) as f64 / p as f64;
                let (before, after) = (touched(before, p), touched(after, p + 1));
                let ratio = p as f64 / (p + 1) as f64;
                prop_assert!(before >= after && after >= before * ratio, "{p}: {before} {after}");
            }
        }
    }
}
