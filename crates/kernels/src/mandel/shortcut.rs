//! `shortcut`: which steps the simd kernel may leave out, because their outcome is known.
//!
//! Almost all steps of a picture belong to points that never escape. Two facts
//! save most of these steps and change no count:
//!
//! - Most of the set is the cardioid, its heart, and the largest disc on it. A
//!   formula tells whether a point lies in them: no step is needed.
//! - Every other point in the open runs into a cycle, soon to the bit: once z
//!   is what it was a round before, it will be so for ever. The lengths of
//!   rounds have many divisors, so most cycles, which are short, end together
//!   with the round. One comparison a round finds them.

/// Points this near to the edge are iterated: some 10,000 times the rounding error
/// of the two formulas.
const MARGIN: f64 = 1e-12;

/// Whether c lies in the cardioid or the disc around -1, but not near the edge.
///
/// In the cardioid z runs into a single point, in the disc of radius 1/4 into a
/// cycle of two. The cardioid is where |1 - sqrt(1 - 4 c)| < 1. Without the roots,
/// with x = re c - 1/4 and q = x^2 + (im c)^2: q (q + x) < (im c)^2 / 4.
pub(super) fn is_surely_inside(c_re: f64, c_im: f64) -> bool {
    let (x, im_squared) = (c_re - 0.25, c_im * c_im);
    let q = x * x + im_squared;
    let in_cardioid = q * (q + x) < 0.25 * im_squared - MARGIN;
    let in_disc = (c_re + 1.0) * (c_re + 1.0) + im_squared < 0.0625 - MARGIN;
    in_cardioid | in_disc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_points_within_the_rims_are_known() {
        for (re, im, known) in [
            (0.0, 0.0, true),
            (0.249, 0.0, true),
            (0.25, 0.0, false),
            (0.251, 0.0, false),
            (-0.7499, 0.0, true),
            (-0.75, 0.0, false),
            (-0.7501, 0.0, true),
            (-1.2499, 0.0, true),
            (-1.25, 0.0, false),
            (-1.2501, 0.0, false),
            (-1.0, 0.2499, true),
            (-1.0, 0.25, false),
            (-0.125, 0.6, true),
            // In the set, but in a smaller part of it.
            (-0.125, 0.74, false),
            (-1.3, 0.0, false),
            (1e200, 1e200, false),
        ] {
            assert_eq!(is_surely_inside(re, im), known, "{re} + {im} i");
            assert_eq!(is_surely_inside(re, -im), known, "{re} - {im} i");
        }
    }
}
