//! Dynamic: whichever rank is free gets the next tile.

use harness::Lane;
use kernels::mandel::{View, count_rows};
use kernels::split::{tile, tiles};
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Rows, RowsMut};

/// Fills `image`, the whole picture on rank 0 and empty on the other ranks.
///
/// Rank 0 is the master: it hands out tiles and computes nothing, unless it is
/// alone. The other ranks are workers. Worker w begins with tile w - 1 without
/// being told.
pub fn compute(
    view: &View,
    tile_rows: usize,
    image: &mut [u32],
    lane: &mut Lane,
    world: &SimpleCommunicator,
) {
    match (world.size(), world.rank()) {
        (1, _) => {
            lane.compute(0..view.height, |rows| count_rows(view, rows, image));
        }
        (_, 0) => hand_out(view, tile_rows, image, world),
        _ => work(view, tile_rows, lane, world),
    }
}

/// The master: receives the pixels of every tile. Whoever sent them is free, and
/// gets the number of the next tile.
fn hand_out(
    view: &View,
    tile_rows: usize,
    image: &mut [u32],
    world: &SimpleCommunicator,
) {
    // BEGIN SOLUTION 4.3
    let workers = world.size() as usize - 1;
    let mut tile_of: Vec<usize> = (0..workers).collect();
    for next in workers..workers + tiles(view.height, tile_rows) {
        let (pixels, status) = world.any_process().matched_probe();
        let worker = status.source_rank();
        let number = tile_of[worker as usize - 1];
        let rows = tile(view.height, tile_rows, number).unwrap();
        let place = &mut image[view.pixels(&rows)];
        pixels.matched_receive_into(&mut RowsMut::new(place, view.width));
        // After the last tile, too: its number tells the worker to stop.
        world.process_at_rank(worker).send(&next);
        tile_of[worker as usize - 1] = next;
    }
    // STUB todo!("task 4.3: hand out, receive tiles, see crates/mandel-mpi/README.md, step 5")
    // END SOLUTION
}

/// A worker: computes a tile, sends its pixels, receives the number of the next.
fn work(view: &View, tile_rows: usize, lane: &mut Lane, world: &SimpleCommunicator) {
    // BEGIN SOLUTION 4.3
    let master = world.process_at_rank(0);
    let mut number = world.rank() as usize - 1;
    while let Some(rows) = tile(view.height, tile_rows, number) {
        let mut pixels = vec![0; rows.len() * view.width];
        lane.compute(rows, |rows| count_rows(view, rows, &mut pixels));
        master.send(&Rows::new(&pixels, view.width));
        (number, _) = master.receive();
    }
    // STUB todo!("task 4.3: compute tiles, send them, see crates/mandel-mpi/README.md, step 5")
    // END SOLUTION
}
