//! Rayon: dynamic once more, and a library hands out the tiles.

use std::sync::Mutex;

use harness::{Error, Lane};
use kernels::mandel::{View, count_rows};
use kernels::split::tile;
use rayon::prelude::*;

/// Starts rayon's threads, once and before the clock runs.
///
/// # Errors
///
/// [`Error::Failure`] if this machine gives us no more threads.
pub fn start(workers: usize) -> Result<(), Error> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(workers)
        .build_global()
        .map_err(|error| Error::failure(format!("--workers {workers}: {error}")))
}

/// Fills `image` with the counts of `view`, one of rayon's threads for each of
/// `lanes`.
///
/// rayon cuts the tiles in half, again and again; a thread that has run out of
/// work steals a part from another one.
pub fn compute(view: &View, tile_rows: usize, image: &mut [u32], lanes: &mut [Lane]) {
    // Only one thread ever locks a lane, but rayon's types cannot say so.
    let lanes: Vec<Mutex<&mut Lane>> = lanes.iter_mut().map(Mutex::new).collect();
    // BEGIN SOLUTION 3.4
    let tiles = image.par_chunks_mut(tile_rows * view.width).enumerate();
    // Without a longest length rayon would cut only as finely as it sees need.
    tiles.with_max_len(1).for_each(|(number, pixels)| {
        // A single tile stays with us: rayon wakes no thread for it.
        let thread = rayon::current_thread_index().unwrap_or(0);
        let mut lane = lanes[thread].lock().unwrap();
        let rows = tile(view.height, tile_rows, number).unwrap();
        lane.compute(rows, |rows| count_rows(view, rows, pixels));
    });
    // STUB todo!("task 3.4: let rayon share tiles, see crates/mandel-threads/README.md, step 6")
    // END SOLUTION
}
