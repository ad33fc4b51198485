//! What passes Freivalds' test, and what does not.

use ndarray::{Array2, arr2};
use proptest::prelude::*;

use super::*;
use crate::matmul::{Kernel, generate};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

fn multiplied(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let mut c = Array2::zeros((a.nrows(), b.ncols()));
    Kernel::Fast.multiply(a.view(), b.view(), c.view_mut());
    c
}

fn error(a: &Array2<f64>, b: &Array2<f64>, c: &Array2<f64>) -> f64 {
    freivalds(a.view(), b.view(), c.view(), 20, 3)
}

/// Random matrices whose rows and columns have these sizes, in turn; the
/// terms of A are as much larger as those of B are smaller.
fn sized(
    [m, k, n]: [usize; 3],
    rows: &[f64],
    terms: &[f64],
    columns: &[f64],
) -> [Array2<f64>; 2] {
    let (mut a, mut b) = (generate(1, 'a', 0..m, k), generate(1, 'b', 0..k, n));
    let of = |sizes: &[f64], i: usize| sizes[i % sizes.len()];
    a.indexed_iter_mut().for_each(|((i, l), x)| *x *= of(rows, i) * of(terms, l));
    b.indexed_iter_mut().for_each(|((l, j), x)| *x *= of(columns, j) / of(terms, l));
    [a, b]
}

#[test]
fn right_products_pass_whatever_the_shape() {
    for (m, k, n) in [(1, 1, 1), (3, 200, 5), (64, 64, 64), (5, 1, 300), (1, 700, 1)] {
        let (a, b) = (generate(1, 'a', 0..m, k), generate(1, 'b', 0..k, n));
        let error = error(&a, &b, &multiplied(&a, &b));
        assert!(error <= 1.0, "{m} x {k} x {n}: {error}");
    }
}

#[test]
fn at_any_size_right_products_pass_and_a_wrong_element_is_found() {
    for (rows, terms, columns) in [
        (&[1.0][..], &[1.0][..], &[1.0][..]),
        (&[1e150], &[1.0], &[1e157]),
        (&[1e307], &[1.0], &[1e-1]),
        (&[1e-150], &[1.0], &[1e-150]),
        (&[1e-300], &[1.0], &[1.0]),
        (&[1e-310], &[1.0], &[1e8]),
        (&[1.0], &[1.0], &[1e-318]),
        (&[1e-160], &[1.0], &[1e-160]),
        (&[1e300, 1e-300], &[1.0], &[1.0]),
        (&[1.0], &[1.0], &[1e300, 1e-300, 1.0]),
        (&[1e-300, 1e100], &[1.0], &[1e200, 1.0, 1e-10]),
        (&[1e-200, 1.0], &[1.0], &[1e-200, 1.0]),
        (&[1.0], &[1e-300, 1e300], &[1.0]),
        (&[1e5, 1.0], &[1e-290, 1.0, 1e290], &[1e-5, 1.0]),
        (&[1.0, 0.0], &[1.0], &[1.0, 0.0]),
    ] {
        let case = format!("{rows:?} {terms:?} {columns:?}");
        let [a, b] = sized([30, 40, 50], rows, terms, columns);
        let c = multiplied(&a, &b);
        let right = error(&a, &b, &c);
        assert!(right <= 1.0, "{case}: {right}");
        for place in [(0, 0), (7, 9), (16, 3), (29, 49)] {
            for wrong in
                [c[place] * (1.0 + 1e-6), c[place] * 2.0, -c[place], 1e-150, INF, NAN]
            {
                // What underflows to nothing, or nearly so, has no such error;
                // a zero beside ordinary numbers is judged by their rounding.
                let unseen = (wrong - c[place]).abs() < 1e-320
                    || c[place] == 0.0 && wrong == 1e-150 && rows.contains(&0.0);
                let mut c = c.clone();
                c[place] = wrong;
                let found = error(&a, &b, &c);
                assert!(unseen || found > 1.0, "{case} {place:?} {wrong:e}: {found}");
            }
        }
        let mut c = c;
        c.swap([2, 3], [2, 6]);
        assert!(error(&a, &b, &c) > 1.0 || c[[2, 3]] == c[[2, 6]], "{case}");
    }
}

#[test]
fn infinities_and_nan_pass_where_the_format_has_them_and_nowhere_else() {
    let big = 1e200;
    for (what, a, b, right, wrong) in [
        (
            "a NaN",
            arr2(&[[NAN, 1.0]]),
            arr2(&[[0.0], [1.0]]),
            &[NAN][..],
            &[1.0, INF][..],
        ),
        (
            "an infinity",
            arr2(&[[INF, 1.0]]),
            arr2(&[[2.0], [1.0]]),
            &[INF],
            &[-INF, NAN, 3.0],
        ),
        (
            "its other sign",
            arr2(&[[1.0, -2.0]]),
            arr2(&[[9.0], [INF]]),
            &[-INF],
            &[INF, NAN, 0.0],
        ),
        (
            "infinity times 0",
            arr2(&[[INF, 1.0]]),
            arr2(&[[-0.0], [1.0]]),
            &[NAN],
            &[INF, 1.0],
        ),
        ("both", arr2(&[[INF, INF]]), arr2(&[[1.0], [-1.0]]), &[NAN], &[INF, -INF, 0.0]),
        (
            "overflow",
            arr2(&[[big, 1.0]]),
            arr2(&[[big], [1.0]]),
            &[INF],
            &[f64::MAX, NAN, -INF],
        ),
        (
            "downwards",
            arr2(&[[big, big]]),
            arr2(&[[-big], [-big]]),
            &[-INF],
            &[f64::MIN, NAN, INF],
        ),
        // 1e400 - 1e400, in whatever order, or with a fused multiply-add.
        (
            "both ways",
            arr2(&[[big, big]]),
            arr2(&[[big], [-big]]),
            &[INF, -INF, NAN, 0.0],
            &[],
        ),
        (
            "and past it",
            arr2(&[[big, -INF]]),
            arr2(&[[big], [1.0]]),
            &[-INF, NAN],
            &[INF, 1.0],
        ),
        (
            "not quite",
            arr2(&[[1e154, 1e154]]),
            arr2(&[[8e153], [8e153]]),
            &[1.6e308],
            &[INF, NAN],
        ),
    ] {
        for (c, passes) in
            right.iter().map(|c| (*c, true)).chain(wrong.iter().map(|c| (*c, false)))
        {
            let found = error(&a, &b, &arr2(&[[c]]));
            assert_eq!(found <= 1.0, passes, "{what}: {c:e} has {found}");
        }
    }
}

/// A matrix with some infinities, NaNs and large numbers in it.
fn edges(rows: usize, columns: usize) -> impl Strategy<Value = Array2<f64>> {
    let number = prop_oneof![
        40 => -1.0..1.0,
        1 => Just(INF), 1 => Just(-INF), 1 => Just(NAN), 2 => Just(0.0),
        1 => -1e308..1e308, 1 => -1e-308..1e-308,
    ];
    proptest::collection::vec(number, rows * columns).prop_map(move |numbers| {
        Array2::from_shape_vec((rows, columns), numbers).unwrap()
    })
}

proptest! {
    #[test]
    fn every_kernel_is_right_at_the_edge(a in edges(7, 9), b in edges(9, 5), place in 0..35_usize) {
        for (name, kernel) in Kernel::ALL {
            let mut c = Array2::zeros((7, 5));
            kernel.multiply(a.view(), b.view(), c.view_mut());
            let right = error(&a, &b, &c);
            prop_assert!(right <= 1.0, "{}: {}", name, right);
            let x = &mut c.as_slice_mut().unwrap()[place];
            let (was, other) = (*x, if x.is_finite() { NAN } else { 1.0 });
            *x = other;
            // Only where terms may overflow in both ways does anything pass.
            let exact = (0..9).all(|l| (a[[place / 5, l]] * b[[l, place % 5]]).abs() < 1e307)
                || was.is_nan() && (0..9).all(|l| a[[place / 5, l]].abs() < 1e150);
            let found = error(&a, &b, &c);
            prop_assert!(!exact || found > 1.0, "{}: {} for {} at {}: {}", name, other, was, place, found);
        }
    }
}
