//! The few points that vectors leave to the scalar kernel.

/// Whether the rounding of a step could change the count of c in a way that
/// the vectors do not allow for.
///
/// - A point beyond 2 stays beyond if |c| is less: |z^2 + c| >= |z|^2 - |c| is
///   more than |z|. If |c| is 2 but for rounding, rounding could bring the
///   point back. (Points with a larger |c| are gone after one step.)
/// - If c is within 1e-280 of the real axis, but not on it, re im may be below
///   the smallest normal number. Then it has lost digits, and twice of it is
///   not 2 re times im. For any other c, so small a number vanishes beside the
///   imaginary part of c. In the first steps it vanishes for this c as well:
///   only re counts.
pub(super) fn is_delicate(c_re: f64, c_im: f64) -> bool {
    let near_the_circle = c_re * c_re + c_im * c_im > 4.0 - 1e-12;
    let near_the_axis = c_im != 0.0 && c_im.abs() < 1e-280;
    near_the_circle | near_the_axis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_the_circle_and_nearly_on_the_axis_are_delicate() {
        for (re, im, delicate) in [
            (-2.0, 0.0, true),
            (-2.0_f64.next_up(), 0.0, true),
            (-2.0_f64.next_down(), 1e-8, true),
            (0.0, 2.0, true),
            (-1.999, 0.0, false),
            (-1.0, 0.0, false),
            (-1.0, -0.0, false),
            (-1.0, 5e-324, true),
            (-1.0, -1e-290, true),
            (-1.0, 1e-270, false),
        ] {
            assert_eq!(is_delicate(re, im), delicate, "{re:e} + {im:e} i");
        }
    }
}
