//! Threads that share the operands: each computes a block of the rows of C.

use std::thread;

use harness::Lane;
use kernels::matmul::Kernel;
use kernels::split::block;
use ndarray::{ArrayView2, ArrayViewMut2, Axis, s};

/// C = A B with one thread per lane.
///
/// Nothing is copied: a thread sees its rows of A and all of B where they
/// are. Only C is cut, since each row of it is written by one thread.
pub fn multiply(
    kernel: Kernel,
    a: ArrayView2<f64>,
    b: ArrayView2<f64>,
    c: ArrayViewMut2<f64>,
    lanes: &mut [Lane],
) {
    let workers = lanes.len();
    thread::scope(|scope| {
        let mut rest = c;
        for (worker, lane) in lanes.iter_mut().enumerate() {
            let rows = block(a.nrows(), workers, worker);
            let (my_c, others) = rest.split_at(Axis(0), rows.len());
            rest = others;
            let my_a = a.slice_move(s![rows.clone(), ..]);
            scope.spawn(move || lane.compute(rows, |_| kernel.multiply(my_a, b, my_c)));
        }
    });
}
