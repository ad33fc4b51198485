//! Threads that share the operands: each computes a block of the rows of C.

use std::thread;

use harness::Lane;
use kernels::matmul::{Kernel, flops};
use kernels::split::block;
use ndarray::{ArrayView2, ArrayViewMut2, Axis, s};

/// C = A B with one thread per lane, or fewer where the product is small.
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
    let workers = kernel.worth(flops(a.nrows(), a.ncols(), b.ncols()), lanes.len());
    thread::scope(|scope| {
        let mut rest = c;
        for (worker, lane) in lanes.iter_mut().take(workers).enumerate() {
            let rows = block(a.nrows(), workers, worker);
            let (my_c, others) = rest.split_at(Axis(0), rows.len());
            rest = others;
            let my_a = a.slice_move(s![rows.clone(), ..]);
            let product = move || lane.compute(rows, |_| kernel.multiply(my_a, b, my_c));
            // The last block is for the thread that we are: it would only wait.
            match worker + 1 == workers {
                true => product(),
                false => drop(scope.spawn(product)),
            }
        }
    });
}
