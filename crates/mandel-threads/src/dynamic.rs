//! Dynamic: whichever thread is free takes the next tile.

use std::sync::Mutex;
use std::thread;

use harness::Lane;
use kernels::mandel::{View, count_rows};

/// Fills `counts` with the counts of `view`, one thread for each of `lanes`.
///
/// The tiles, of `tile` rows each, wait in a queue that all threads share. A
/// lock makes sure that each is taken by one thread only.
pub fn compute(view: &View, tile: usize, counts: &mut [u32], lanes: &mut [Lane]) {
    // BEGIN SOLUTION 3b
    let pixels_of_tile = tile * view.width;
    let queue = Mutex::new(counts.chunks_mut(pixels_of_tile).enumerate());
    thread::scope(|scope| {
        for lane in lanes {
            scope.spawn(|| {
                loop {
                    // A statement of its own: the lock is released at its end.
                    // `while let Some(..) = queue.lock().unwrap().next()` would
                    // keep it until the tile is computed, and all others wait.
                    let next = queue.lock().unwrap().next();
                    let Some((number, pixels)) = next else { break };
                    let first = number * tile;
                    let rows = first..first + pixels.len() / view.width;
                    lane.compute(rows.clone(), || count_rows(view, rows, pixels));
                }
            });
        }
    });
    // STUB let _ = (view, tile, counts, lanes, Mutex::new(()), thread::yield_now, count_rows);
    // STUB todo!("exercise 3b: the threads take tiles from a queue, see README.md, step 5")
    // END SOLUTION
}
