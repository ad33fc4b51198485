//! The Mandelbrot set: views of the plane and the escape count of each pixel.
//!
//! A point c of the plane belongs to the set if z = z^2 + c, begun at 0, stays
//! within 2 of the origin for ever. If it does not, its count is the number of
//! steps that it stayed, and sets the colour of its pixel. The work is the sum
//! of the counts, and most of it lies where the picture is darkest: a pixel of
//! the set takes `max_iter` steps, the median pixel of the whole set's picture
//! takes three.
//!
//! Three kernels count, each in a file of its own, and their counts are the same
//! to the bit. Read `scalar` first.

mod costs;
mod delicate;
mod flight;
mod peak;
mod points;
mod scalar;
mod shortcut;
mod simd;
#[cfg(test)]
mod tests;

use std::hint::black_box;
use std::ops::Range;

pub use costs::tile_costs;
pub use peak::peak;

use crate::witness::{self, Work};

/// A rectangle of the complex plane, cut into pixels.
///
/// Row 0 is on top. A pixel stands for the point at its centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// The left edge.
    pub re_min: f64,
    /// The right edge.
    pub re_max: f64,
    /// The lower edge.
    pub im_min: f64,
    /// The upper edge.
    pub im_max: f64,
    /// Pixels in a row.
    pub width: usize,
    /// The number of rows.
    pub height: usize,
    /// The count of a point that has not escaped after so many steps.
    pub max_iter: u32,
    /// How the pixels are counted; every kernel gives the same counts.
    pub kernel: Kernel,
}

/// How the pixels are counted: each kernel is faster than the one before it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Kernel {
    /// One pixel after another, one step after another.
    #[default]
    Scalar,
    /// Many pixels at a time, in vectors, with a check once in a while.
    Simd,
    /// The same without the steps whose outcome is known.
    Shortcut,
}

impl View {
    /// The real part of the pixels in column `x`.
    pub fn re(&self, x: usize) -> f64 {
        let step = (self.re_max - self.re_min) / self.width as f64;
        self.re_min + (x as f64 + 0.5) * step
    }

    /// The imaginary part of the pixels in row `y`.
    pub fn im(&self, y: usize) -> f64 {
        let step = (self.im_max - self.im_min) / self.height as f64;
        self.im_max - (y as f64 + 0.5) * step
    }

    /// Where the pixels of `rows` stand in the counts of the whole picture.
    pub fn pixels(&self, rows: &Range<usize>) -> Range<usize> {
        rows.start * self.width..rows.end * self.width
    }
}

/// A part of the plane that is worth a look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sight {
    /// What it is called on a command line.
    pub name: &'static str,
    /// From the left edge to the right one.
    pub re: [f64; 2],
    /// From the lower edge to the upper one.
    pub im: [f64; 2],
}

/// The name of the view that is drawn by default.
pub const VIEW: &str = SIGHTS[0].name;
/// Pixels in a row of that picture.
pub const WIDTH: usize = 1920;
/// The number of its rows.
pub const HEIGHT: usize = 1600;
/// The number of its pixels that belong to the set.
pub const MAX_ITER: u32 = 1000;
/// The edge in pixels of the square tiles whose costs are reported.
pub const TILE: usize = 16;

impl Sight {
    /// The sight that has this name, if there is one.
    pub fn named(name: &str) -> Option<&'static Self> {
        SIGHTS.iter().find(|sight| sight.name == name)
    }

    /// Its picture with this many pixels, by the scalar kernel.
    pub fn view(&self, width: usize, height: usize, max_iter: u32) -> View {
        let ([re_min, re_max], [im_min, im_max]) = (self.re, self.im);
        let kernel = Kernel::Scalar;
        View { re_min, re_max, im_min, im_max, width, height, max_iter, kernel }
    }
}

/// The named sights, each 1.2 times as wide as it is high. The first is the whole
/// set, which is symmetric: its lower half is the mirror image of the upper.
pub const SIGHTS: [Sight; 7] = [
    Sight { name: "whole", re: [-2.25, 0.75], im: [-1.25, 1.25] },
    Sight { name: "upper", re: [-2.25, 0.75], im: [-0.25, 2.25] },
    Sight { name: "seahorse", re: [-0.76, -0.736], im: [0.12, 0.14] },
    Sight { name: "elephant", re: [0.25, 0.37], im: [-0.03, 0.07] },
    Sight { name: "spiral", re: [-0.0925, -0.0805], im: [0.649, 0.659] },
    Sight { name: "island", re: [-1.81, -1.738], im: [-0.03, 0.03] },
    Sight { name: "antenna", re: [-0.19, -0.13], im: [1.0, 1.05] },
];

/// Fills `out` with the counts of the pixels in `rows` and returns the number of
/// steps that it took: the sum of the counts.
///
/// The counts are the same to the bit, whoever computes which rows by whichever
/// kernel.
///
/// # Panics
///
/// If `rows` reaches beyond the picture or `out` does not hold as many
/// pixels.
#[track_caller]
pub fn count_rows(view: &View, rows: Range<usize>, out: &mut [u32]) -> u64 {
    assert!(rows.end <= view.height, "rows {rows:?} of {}", view.height);
    assert_eq!(
        out.len(),
        rows.len() * view.width,
        "pixels in `out`, for {} rows of {}",
        rows.len(),
        view.width
    );
    let &View { width, height, max_iter, kernel, .. } = view;
    let begun =
        witness::begin(|| Work::Rows { rows: rows.clone(), width, height, max_iter });
    let steps = match kernel {
        Kernel::Scalar => scalar::count_rows(view, rows, out),
        Kernel::Simd => simd::count_rows::<false>(view, rows, out),
        Kernel::Shortcut => simd::count_rows::<true>(view, rows, out),
    };
    if let Some(begun) = begun {
        begun.end(steps);
    }
    steps
}

/// Copies row after row of `gathered` to where `rows` says that it belongs in
/// `image`, the picture of `view`.
///
/// # Panics
///
/// If `gathered` has more rows than `rows` names, or fewer.
pub fn place(
    view: &View,
    rows: impl IntoIterator<Item = usize>,
    gathered: &[u32],
    image: &mut [u32],
) {
    let mut pixels = gathered.chunks_exact(view.width);
    for y in rows {
        let row = pixels.next().unwrap_or_else(|| panic!("no pixels for row {y}"));
        image[view.pixels(&(y..y + 1))].copy_from_slice(row);
    }
    assert_eq!(pixels.len(), 0, "rows without a place");
}

/// The count of one pixel, by the scalar kernel.
///
/// # Panics
///
/// If the picture has no such pixel.
pub fn count_pixel(view: &View, x: usize, y: usize) -> u32 {
    assert!(x < view.width && y < view.height, "pixel {x}, {y} of {view:?}");
    // Otherwise the compiler puts both coordinates into one vector, and each step
    // waits for its shuffles: half as slow again as a pixel in a row.
    let (re, im) = (black_box(view.re(x)), black_box(view.im(y)));
    scalar::escape_count(re, im, view.max_iter)
}

#[cfg(test)]
mod views {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    const KERNELS: [Kernel; 3] = [Kernel::Scalar, Kernel::Simd, Kernel::Shortcut];

    fn counts(view: &View) -> Vec<u32> {
        let mut counts = vec![0; view.width * view.height];
        count_rows(view, 0..view.height, &mut counts);
        counts
    }

    #[test]
    fn a_pixel_stands_for_its_centre_and_row_0_is_on_top() {
        let view = SIGHTS[0].view(6, 5, 9);
        let res: Vec<f64> = (0..6).map(|x| view.re(x)).collect();
        let ims: Vec<f64> = (0..5).map(|y| view.im(y)).collect();
        assert_eq!(res, [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5]);
        assert_eq!(ims, [1.0, 0.5, 0.0, -0.5, -1.0]);
    }

    #[test]
    fn a_picture_is_counted_by_the_formula() {
        let expected = [
            [1, 2, 3, 4, 9, 2],
            [1, 3, 5, 9, 9, 5],
            [9, 9, 9, 9, 9, 5],
            [1, 3, 5, 9, 9, 5],
            [1, 2, 3, 4, 9, 2],
        ];
        assert_eq!(counts(&SIGHTS[0].view(6, 5, 9)), expected.concat());
    }

    #[test]
    fn python_counts_the_same() {
        let counts = counts(&SIGHTS[0].view(60, 50, 300));
        let digest = |digest: u64, &count: &u32| {
            digest.wrapping_mul(31).wrapping_add(u64::from(count))
        };
        assert_eq!(counts.iter().sum::<u32>(), 197_252);
        assert_eq!(counts.iter().fold(0, digest), 7_547_631_945_541_880_588);
    }

    #[test]
    fn the_steps_are_the_sum_of_the_counts() {
        for sight in &SIGHTS {
            let view = sight.view(31, 17, 200);
            let mut out = vec![0; 31 * 17];
            let steps = count_rows(&view, 0..17, &mut out);
            let sum: u64 = out.iter().map(|&count| u64::from(count)).sum();
            assert_eq!(steps, sum, "{}", sight.name);
        }
    }

    #[test]
    #[should_panic(expected = "for 2 rows of 6")]
    fn rows_that_do_not_fit_are_refused() {
        count_rows(&SIGHTS[0].view(6, 5, 9), 0..2, &mut [0; 11]);
    }

    #[test]
    fn rows_come_to_their_places() {
        let view = SIGHTS[0].view(2, 3, 1);
        let mut image = [0; 6];
        place(&view, [2, 0, 1], &[20, 21, 0, 1, 10, 11], &mut image);
        assert_eq!(image, [0, 1, 10, 11, 20, 21]);
    }

    #[test]
    #[should_panic(expected = "no pixels for row 1")]
    fn a_row_without_pixels_is_refused() {
        place(&SIGHTS[0].view(2, 3, 1), [0, 1], &[0, 1], &mut [0; 6]);
    }

    proptest! {
        #[test]
        fn rows_are_the_same_whoever_counts_them(
            sight in 0..SIGHTS.len(), width in 1..40_usize, height in 1..40_usize,
            cut in 0.0..1.0_f64, kernel in select(&KERNELS[..]),
        ) {
            let view = View { kernel, ..SIGHTS[sight].view(width, height, 150) };
            let cut = (cut * height as f64) as usize;
            let mut parts = vec![0; width * height];
            let (upper, lower) = parts.split_at_mut(cut * width);
            count_rows(&view, cut..height, lower);
            count_rows(&view, 0..cut, upper);
            prop_assert_eq!(parts, counts(&view));
        }
    }
}
