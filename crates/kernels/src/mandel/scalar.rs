//! `scalar`: one pixel after another, one step after another.

use std::ops::Range;

use super::View;

/// Fills `out` with the counts of the pixels in `rows`; returns their sum.
pub(super) fn count_rows(view: &View, rows: Range<usize>, out: &mut [u32]) -> u64 {
    let mut steps = 0;
    for (y, row) in rows.zip(out.chunks_exact_mut(view.width)) {
        let im = view.im(y);
        for (x, count) in row.iter_mut().enumerate() {
            *count = escape_count(view.re(x), im, view.max_iter);
            steps += u64::from(*count);
        }
    }
    steps
}

/// How many steps of z = z^2 + c, begun at 0, stay within 2 of the origin; at
/// most `max_iter`.
///
/// Every operation is rounded by itself: Rust never fuses a product and a sum.
pub(super) fn escape_count(c_re: f64, c_im: f64, max_iter: u32) -> u32 {
    let (mut re, mut im) = (0.0, 0.0);
    for n in 0..max_iter {
        let (re_squared, im_squared) = (re * re, im * im);
        if re_squared + im_squared > 4.0 {
            return n;
        }
        im = 2.0 * re * im + c_im;
        re = re_squared - im_squared + c_re;
    }
    max_iter
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_points_have_their_counts() {
        for (re, im, count) in [
            (0.0, 0.0, 100),
            (-1.0, 0.0, 100),
            (0.0, 1.0, 100),
            // The point farthest out of the set: |z| is 2 for ever, not more.
            (-2.0, 0.0, 100),
            // 0, 1, 2, 5: the count is the number of the first z beyond 2.
            (1.0, 0.0, 3),
            (2.0, 0.0, 2),
            (-2.5, 0.0, 1),
            (0.0, -3.0, 1),
        ] {
            assert_eq!(escape_count(re, im, 100), count, "{re} + {im} i");
        }
    }

    proptest! {
        #[test]
        fn fewer_steps_only_cut_the_counts(
            re in -2.5..1.0_f64, im in -1.5..1.5_f64, few in 1..50_u32, more in 50..500_u32,
        ) {
            prop_assert_eq!(escape_count(re, im, few), escape_count(re, im, more).min(few));
        }
    }
}
