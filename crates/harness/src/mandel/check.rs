//! Every pixel counted again, one by one, by another route.

use kernels::mandel::View;
use num_complex::Complex64;

use crate::Error;

/// Makes sure that each pixel has the right count.
///
/// It knows neither rows nor workers nor the kernels: it takes each pixel's
/// point by itself and iterates on complex numbers.
///
/// # Errors
///
/// [`Error::Failure`] with the first wrong pixel and the number of them.
///
/// # Panics
///
/// If `counts` is not the whole picture.
pub fn check(view: &View, counts: &[u32]) -> Result<(), Error> {
    assert_eq!(counts.len(), view.width * view.height, "not the picture of {view:?}");
    let wrong = || {
        (0..counts.len()).filter(|&pixel| {
            let (x, y) = (pixel % view.width, pixel / view.width);
            counts[pixel] != count(point(view, x, y), view.max_iter)
        })
    };
    let Some(first) = wrong().next() else { return Ok(()) };
    let (x, y) = (first % view.width, first / view.width);
    Err(Error::failure(format!(
        "wrong result: {} of {} pixels; the first, in row {y} and column {x}, has the count {} \
         and should have {}",
        wrong().count(),
        counts.len(),
        counts[first],
        count(point(view, x, y), view.max_iter)
    )))
}

/// The point at the centre of the pixel in column `x` and row `y`.
fn point(view: &View, x: usize, y: usize) -> Complex64 {
    let dx = (view.re_max - view.re_min) / view.width as f64;
    let dy = (view.im_max - view.im_min) / view.height as f64;
    let (right, down) = (x as f64 + 0.5, y as f64 + 0.5);
    Complex64::new(view.re_min + right * dx, view.im_max - down * dy)
}

/// The number of the first z beyond 2, or `max_iter`.
fn count(c: Complex64, max_iter: u32) -> u32 {
    let mut z = Complex64::ZERO;
    let mut n = 0;
    while n < max_iter && z.norm_sqr() <= 4.0 {
        z = square(z) + c;
        n += 1;
    }
    n
}

/// The square by the same formula as the kernels'. The product z * z adds
/// re im to itself, which is another number where re im is so small that it
/// has lost digits already.
fn square(z: Complex64) -> Complex64 {
    Complex64::new(z.re * z.re - z.im * z.im, 2.0 * z.re * z.im)
}

#[cfg(test)]
mod tests {
    use kernels::mandel::{SIGHTS, count_rows};

    use super::*;

    fn views() -> impl Iterator<Item = View> {
        SIGHTS.iter().map(|sight| sight.view(53, 41, 700))
    }

    #[test]
    fn the_kernels_counts_pass_and_any_other_fails() {
        for view in views() {
            let mut counts = vec![0; view.width * view.height];
            count_rows(&view, 0..view.height, &mut counts);
            check(&view, &counts).unwrap();
            for pixel in [0, 1000, counts.len() - 1] {
                counts[pixel] ^= 1;
                let error = check(&view, &counts).expect_err(&format!("{view:?}"));
                assert!(error.to_string().contains("1 of 2173"), "{error}");
                counts[pixel] ^= 1;
            }
        }
    }

    #[test]
    fn numbers_near_the_smallest_ones_are_counted_alike() {
        let view = View {
            re_min: -1.9916,
            re_max: -1.9912,
            im_min: -1e-322,
            im_max: 4e-322,
            ..SIGHTS[0].view(300, 11, 2000)
        };
        let mut counts = vec![0; view.width * view.height];
        count_rows(&view, 0..view.height, &mut counts);
        check(&view, &counts).unwrap();
    }
}
