//! Dynamic once more: rayon's threads take the tiles.

use std::sync::Mutex;

use harness::{Error, Lane};
use kernels::mandel::{View, count_rows};
use rayon::prelude::*;

/// Starts rayon's threads, once and before the clock runs.
///
/// # Errors
///
/// [`Error::Failure`] where this machine gives us no more threads.
pub fn start(workers: usize) -> Result<(), Error> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(workers)
        .build_global()
        .map_err(|error| Error::failure(format!("--workers {workers}: {error}")))
}

/// Fills `counts` with the counts of `view` by rayon's threads, as many as
/// there are `lanes`.
///
/// rayon cuts the tiles into two halves, again and again; a thread that has
/// run out of work steals a part from another one.
pub fn compute(view: &View, tile: usize, counts: &mut [u32], lanes: &mut [Lane]) {
    // A lane belongs to one thread, and that thread alone locks it; rayon only
    // cannot know.
    let lanes: Vec<Mutex<&mut Lane>> = lanes.iter_mut().map(Mutex::new).collect();
    // BEGIN SOLUTION 3b
    let tiles = counts.par_chunks_mut(tile * view.width).enumerate();
    // Without a longest length rayon would cut only as finely as it sees need.
    tiles.with_max_len(1).for_each(|(number, pixels)| {
        let first = number * tile;
        let rows = first..first + pixels.len() / view.width;
        // A single tile stays with us: rayon wakes no thread for it.
        let thread = rayon::current_thread_index().unwrap_or(0);
        let mut lane = lanes[thread].lock().unwrap();
        lane.compute(rows.clone(), || count_rows(view, rows, pixels));
    });
    // STUB let _ = (view, tile, counts.par_iter(), lanes, count_rows);
    // STUB todo!("exercise 3b: let rayon hand out the tiles, see README.md, step 6")
    // END SOLUTION
}
