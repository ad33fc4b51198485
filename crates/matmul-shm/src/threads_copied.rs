//! Threads that share nothing: each is sent copies, and sends its rows of C back.

use std::sync::mpsc;
use std::thread;

use harness::Lane;
use kernels::matmul::Kernel;
use kernels::split::block;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

/// C = A B with one thread per lane.
///
/// A thread owns what it works on, as a process does: a copy of its rows of A,
/// a copy of all of B, and rows of C that are copied once more at the end.
pub fn multiply(
    kernel: Kernel,
    a: ArrayView2<f64>,
    b: ArrayView2<f64>,
    mut c: ArrayViewMut2<f64>,
    lanes: &mut [Lane],
) {
    let workers = lanes.len();
    thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for (worker, lane) in lanes.iter_mut().enumerate() {
            let rows = block(a.nrows(), workers, worker);
            let my_a = a.slice(s![rows.clone(), ..]).to_owned();
            let my_b = b.to_owned();
            let sender = sender.clone();
            scope.spawn(move || {
                let mut my_c = Array2::zeros((rows.len(), my_b.ncols()));
                lane.compute(rows.clone(), |_| {
                    kernel.multiply(my_a.view(), my_b.view(), my_c.view_mut());
                });
                sender.send((rows, my_c)).expect("the results are awaited");
            });
        }
        // The results end when the last sender is gone: ours goes first.
        drop(sender);
        for (rows, my_c) in results {
            c.slice_mut(s![rows, ..]).assign(&my_c);
        }
    });
}
