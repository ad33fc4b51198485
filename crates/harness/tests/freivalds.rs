//! The check of a product whose matrices lie with several workers.

use std::sync::{Barrier, Mutex};
use std::thread;

use kernels::matmul::{
    Kernel, Part, Reduce, Shape, freivalds, freivalds_of_parts, generate,
};
use kernels::split::block;
use ndarray::{Array2, s};

const INF: f64 = f64::INFINITY;
const WORKERS: usize = 3;

/// What each worker says of a product, with some columns of A, and some rows of B
/// and C.
fn by_parts([a, b, c]: &[Array2<f64>; 3]) -> Vec<f64> {
    let ((m, k), n) = (a.dim(), b.ncols());
    let (all, barrier) = (&Mutex::new(vec![Vec::new(); WORKERS]), &Barrier::new(WORKERS));
    let work = move |worker| {
        let [terms, rows] = [k, m].map(|count| block(count, WORKERS, worker));
        let parts = [
            Part {
                rows: 0..m,
                columns: terms.clone(),
                numbers: a.slice(s![.., terms.clone()]),
            },
            Part { rows: terms.clone(), columns: 0..n, numbers: b.slice(s![terms, ..]) },
            Part { rows: rows.clone(), columns: 0..n, numbers: c.slice(s![rows, ..]) },
        ];
        freivalds_of_parts(Shape { m, k, n }, &parts, 20, 3, |reduce, numbers| {
            all.lock().unwrap()[worker] = numbers.to_vec();
            barrier.wait();
            let all = all.lock().unwrap().clone();
            for (place, number) in numbers.iter_mut().enumerate() {
                let everybodys = all.iter().map(|numbers| numbers[place]);
                *number = match reduce {
                    Reduce::Sum => everybodys.sum(),
                    Reduce::Max => everybodys.fold(-INF, f64::max),
                };
            }
            barrier.wait();
        })
    };
    thread::scope(|scope| {
        let workers: Vec<_> =
            (0..WORKERS).map(|w| scope.spawn(move || work(w))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    })
}

#[test]
fn all_workers_find_what_one_with_the_whole_matrices_finds() {
    for edge in [1.0, INF, -INF, f64::NAN, 1e200, 1e-310, 0.0] {
        let (mut a, mut b) = (generate(1, 'a', 0..11, 8), generate(1, 'b', 0..8, 10));
        (a[[2, 3]], a[[9, 7]], b[[3, 4]], b[[7, 9]]) = (edge, 2.0, edge, -edge);
        let mut c = Array2::zeros((11, 10));
        Kernel::Fast.multiply(a.view(), b.view(), c.view_mut());
        let mut matrices = [a, b, c];
        assert!(by_parts(&matrices).iter().all(|error| *error <= 1.0), "{edge}");
        for place in [(0, 0), (2, 4), (2, 5), (5, 4), (9, 9), (10, 1)] {
            let right = matrices[2][place];
            for wrong in [right + 1e-3, 1.0, f64::NAN, INF, -INF] {
                matrices[2][place] = wrong;
                let [a, b, c] = matrices.each_ref().map(|matrix| matrix.view());
                let whole = freivalds(a, b, c, 20, 3) <= 1.0;
                let parts: Vec<bool> =
                    by_parts(&matrices).iter().map(|error| *error <= 1.0).collect();
                assert_eq!(
                    parts, [whole; WORKERS],
                    "{edge}: {wrong} for {right} at {place:?}"
                );
            }
            matrices[2][place] = right;
        }
    }
}
