//! Ahead: dynamic, and a worker asks for its next tile before it needs it.

use harness::Lane;
use kernels::mandel::{View, count_rows};
use kernels::split::{tile, tiles};
use mpi::request::{WaitGuard, scope};
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Rows, RowsMut};

/// Worker to master: I am starting this tile; which one comes next?
const ASK: i32 = 1;
/// Master to worker: the number of the next tile, beyond the last if all are taken.
const NEXT: i32 = 2;
/// Worker to master: the pixels of the tile that I announced last.
const PIXELS: i32 = 3;

/// Fills `image`, the whole picture on rank 0 and empty on the other ranks.
///
/// As in dynamic, rank 0 is the master and worker w begins with tile w - 1.
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

/// The master: a worker announces each tile once, and sends its pixels once.
///
/// Messages of one rank arrive in the order in which it sent them (MPI-4.1,
/// section 3.5): pixels belong to the tile that their worker announced last.
fn hand_out(
    view: &View,
    tile_rows: usize,
    image: &mut [u32],
    world: &SimpleCommunicator,
) {
    // BEGIN SOLUTION 4.4
    let workers = world.size() as usize - 1;
    let (mut tile_of, mut next) = (vec![0; workers], workers);
    for _ in 0..2 * tiles(view.height, tile_rows) {
        let (message, status) = world.any_process().matched_probe();
        let worker = status.source_rank();
        if status.tag() == ASK {
            (tile_of[worker as usize - 1], _) = message.matched_receive();
            world.process_at_rank(worker).send_with_tag(&next, NEXT);
            next += 1;
        } else {
            let rows =
                tile(view.height, tile_rows, tile_of[worker as usize - 1]).unwrap();
            let place = &mut image[view.pixels(&rows)];
            message.matched_receive_into(&mut RowsMut::new(place, view.width));
        }
    }
    // STUB todo!("task 4.4: answer, receive tiles, see crates/mandel-mpi/README.md, step 6")
    // END SOLUTION
}

/// A worker: asks for its next tile before it computes the present one, so
/// that the answer is there when it is needed.
fn work(view: &View, tile_rows: usize, lane: &mut Lane, world: &SimpleCommunicator) {
    // BEGIN SOLUTION 4.4
    let master = world.process_at_rank(0);
    let mut number = world.rank() as usize - 1;
    while let Some(rows) = tile(view.height, tile_rows, number) {
        let mut pixels = vec![0; rows.len() * view.width];
        let mut next = 0;
        scope(|scope| {
            // The answer finds its place ready, whenever it comes: the master
            // never waits for a worker. At the scope's end we wait for both.
            let answer = master.immediate_receive_into_with_tag(scope, &mut next, NEXT);
            let ask = master.immediate_send_with_tag(scope, &number, ASK);
            let _both = (WaitGuard::from(answer), WaitGuard::from(ask));
            lane.compute(rows, |rows| count_rows(view, rows, &mut pixels));
        });
        master.send_with_tag(&Rows::new(&pixels, view.width), PIXELS);
        number = next;
    }
    // STUB todo!("task 4.4: ask, then compute, see crates/mandel-mpi/README.md, step 6")
    // END SOLUTION
}
