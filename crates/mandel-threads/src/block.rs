//! Block: every thread computes consecutive rows.

use std::thread;

use harness::Lane;
use kernels::mandel::{View, count_rows};
use kernels::split::block;

/// Fills `image` with the counts of `view`, one thread for each of `lanes`.
///
/// The picture is cut into as many blocks as there are threads. No two of
/// them overlap, so no thread has to wait for another one.
pub fn compute(view: &View, image: &mut [u32], lanes: &mut [Lane]) {
    let workers = lanes.len();
    // BEGIN SOLUTION 3.1
    thread::scope(|scope| {
        let mut rest = image;
        for (worker, lane) in lanes.iter_mut().enumerate() {
            let rows = block(view.height, workers, worker);
            let (mine, others) = rest.split_at_mut(rows.len() * view.width);
            rest = others;
            scope.spawn(move || lane.compute(rows, |rows| count_rows(view, rows, mine)));
        }
    });
    // STUB todo!("task 3.1: give each thread rows, see crates/mandel-threads/README.md, step 2")
    // END SOLUTION
}
