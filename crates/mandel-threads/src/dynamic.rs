//! Dynamic: whichever thread is free takes the next tile.

use std::sync::Mutex;
use std::thread;

use harness::Lane;
use kernels::mandel::{View, count_rows};
use kernels::split::tile;

/// Fills `image` with the counts of `view`, one thread for each of `lanes`.
///
/// The tiles wait in a queue that all threads share. A lock makes sure that
/// each tile is taken by one thread only.
pub fn compute(view: &View, tile_rows: usize, image: &mut [u32], lanes: &mut [Lane]) {
    // BEGIN SOLUTION 3.3
    let queue = Mutex::new(image.chunks_mut(tile_rows * view.width).enumerate());
    thread::scope(|scope| {
        for lane in lanes {
            scope.spawn(|| {
                loop {
                    // A statement of its own: the lock is released at its end.
                    // `while let Some(..) = queue.lock().unwrap().next()` would
                    // keep it until the tile is computed, and all others wait.
                    let next = queue.lock().unwrap().next();
                    let Some((number, pixels)) = next else { break };
                    let rows = tile(view.height, tile_rows, number).unwrap();
                    lane.compute(rows, |rows| count_rows(view, rows, pixels));
                }
            });
        }
    });
    // STUB todo!("task 3.3: share a tile queue, see crates/mandel-threads/README.md, step 5")
    // END SOLUTION
}
