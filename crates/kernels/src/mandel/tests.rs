//! Every kernel, with every kind of vectors that this machine has, counts what
//! the scalar kernel counts.

use std::f64::consts::TAU;

use proptest::prelude::*;
use proptest::sample::select;

use super::scalar;
use super::simd::Rows;
use super::{Kernel, SIGHTS, View};
use crate::instructions::Instructions;

/// The counts by one kernel with one kind of vectors, and their sum.
type Counted = (String, Vec<u32>, u64);

/// By both kernels in vectors, with each set of instructions there is.
fn counted(view: &View) -> Vec<Counted> {
    Instructions::available().flat_map(|instructions| by(instructions, view)).collect()
}

fn by(instructions: Instructions, view: &View) -> [Counted; 2] {
    let rows = 0..view.height;
    let mut counts = [(); 2].map(|()| vec![0; view.width * view.height]);
    let [out, shorter] = &mut counts;
    let sums = [
        instructions.vectorize(Rows::<false> { view, rows: rows.clone(), out }),
        instructions.vectorize(Rows::<true> { view, rows, out: shorter }),
    ];
    let [out, shorter] = counts;
    let vectors = instructions.name();
    [
        (format!("simd, {vectors}"), out, sums[0]),
        (format!("shortcut, {vectors}"), shorter, sums[1]),
    ]
}

/// Makes sure that they all count alike.
#[track_caller]
fn assert_alike(view: &View) {
    let mut expected = vec![0; view.width * view.height];
    let sum = scalar::count_rows(view, 0..view.height, &mut expected);
    for (name, counts, counted_sum) in counted(view) {
        let differs = (0..counts.len()).find(|&pixel| counts[pixel] != expected[pixel]);
        if let Some(pixel) = differs {
            let (x, y) = (pixel % view.width, pixel / view.width);
            panic!(
                "{name}: {} instead of {} at c = {:e} + {:e} i of {view:?}",
                counts[pixel],
                expected[pixel],
                view.re(x),
                view.im(y)
            );
        }
        assert_eq!(counted_sum, sum, "{name}: the sum for {view:?}");
    }
}

/// A picture whose pixels lie within `radius` of `[re, im]`.
fn around([re, im]: [f64; 2], radius: f64, size: [usize; 2], max_iter: u32) -> View {
    let ([width, height], kernel) = (size, Kernel::Scalar);
    let (re_min, re_max) = (re - radius, re + radius);
    let (im_min, im_max) = (im - radius, im + radius);
    View { re_min, re_max, im_min, im_max, width, height, max_iter, kernel }
}

#[test]
fn all_sights_are_counted_alike() {
    for sight in &SIGHTS {
        assert_alike(&sight.view(123, 77, 1500));
    }
}

#[test]
fn a_crowd_that_overflows_is_counted_alike() {
    // All points of the set, more than a crowd holds; then borders as many.
    assert_alike(&around([-0.1, 0.1], 0.2, [129, 65], 60));
    assert_alike(&around([-0.7436, 0.1318], 0.002, [150, 110], 900));
}

#[test]
fn pictures_of_any_width_are_counted_alike() {
    for width in 1..=70 {
        for height in [1, 3] {
            assert_alike(&SIGHTS[0].view(width, height, 150));
        }
    }
}

#[test]
fn any_number_of_steps_is_counted_alike() {
    for max_iter in (0..=42).chain([87, 88, 89, 148, 149, 268, 508, 509, 928, 929, 5000])
    {
        assert_alike(&SIGHTS[0].view(33, 5, max_iter));
        assert_alike(&around([-1.4, 0.0], 0.03, [21, 3], max_iter));
    }
}

/// Where a count hangs on the last bit: the cusp, the points where the largest
/// parts of the set touch, the ends of the antennas, and the circle of radius 2.
const EDGES: [[f64; 2]; 8] = [
    [0.25, 0.0],
    [-0.75, 0.0],
    [-1.25, 0.0],
    [-2.0, 0.0],
    [0.0, 1.0],
    [-1.401155189, 0.0],
    [2.0, 0.0],
    [0.0, -2.0],
];

#[test]
fn the_edges_of_the_set_are_counted_alike() {
    for edge in EDGES {
        for radius in [1e-16, 4e-16, 1e-15, 1e-13, 1e-12, 1e-9, 1e-4] {
            // An odd width puts pixels on the edge itself.
            assert_alike(&around(edge, radius, [9, 9], 700));
            assert_alike(&around(edge, radius, [8, 6], 700));
        }
    }
}

#[test]
fn points_at_the_circle_of_radius_2_are_counted_alike() {
    // Near -2 the points crawl along the circle, and roundings decide.
    for (wide, high) in [(1e-15, 1e-7), (1e-12, 1e-6), (1e-15, 1e-15), (1e-8, 1e-12)] {
        let view = around([-2.0, 0.0], wide, [61, 41], 300);
        assert_alike(&View { im_min: -high, im_max: high, ..view });
    }
}

#[test]
fn numbers_near_the_smallest_and_the_largest_are_counted_alike() {
    for (re, im, max_iter) in [
        // Imaginary parts that a product with them may lose.
        ([-1.9916, -1.9912], [-1e-322, 4e-322], 2000),
        ([-1.9916, -1.9912], [-1e-307, 4e-307], 2000),
        ([-1.9916, -1.9912], [1e-281, 3e-280], 2000),
        ([-1e-310, 1e-310], [-1e-310, 1e-310], 2000),
        ([-1e-310, 1e-310], [0.9, 1.1], 300),
        // Squares that overflow, in the first step or a few steps later.
        ([-1e160, 1e160], [-1e155, 1e155], 50),
        ([-8e307, 8e307], [-8e307, 8e307], 50),
        ([-3.0, 1e154], [-1e-300, 1e77], 50),
    ] {
        let ([re_min, re_max], [im_min, im_max]) = (re, im);
        for (width, height) in [(31, 11), (30, 12)] {
            let view = SIGHTS[0].view(width, height, max_iter);
            assert_alike(&View { re_min, re_max, im_min, im_max, ..view });
        }
    }
}

proptest! {
    #[test]
    fn any_picture_is_counted_alike(
        re in -2.2..0.8_f64, im in -1.3..1.3_f64, zoom in -14.0..0.5_f64,
        width in 1..70_usize, height in 1..12_usize,
        max_iter in select(vec![0, 1, 2, 15, 16, 17, 40, 100, 1000]),
    ) {
        assert_alike(&around([re, im], 10_f64.powf(zoom), [width, height], max_iter));
    }

    #[test]
    fn the_rims_of_cardioid_and_disc_are_counted_alike(
        turn in 0.0..1.0_f64, zoom in -16.5..-2.0_f64, disc: bool,
        max_iter in select(vec![17, 300, 2000]),
    ) {
        let (sin, cos) = (turn * TAU).sin_cos();
        let rim = if disc {
            [-1.0 + cos / 4.0, sin / 4.0]
        } else {
            // u / 2 - u^2 / 4 for u = cos + i sin.
            [cos / 2.0 - (cos * cos - sin * sin) / 4.0, sin / 2.0 - sin * cos / 2.0]
        };
        assert_alike(&around(rim, 10_f64.powf(zoom), [11, 7], max_iter));
    }
}
