//! Dynamic: rank 0 hands out tiles, the other ranks compute them.

use harness::Lane;
use kernels::mandel::{View, count_rows};
use kernels::split;
use mpi::request::{WaitGuard, scope};
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Rows, RowsMut};

/// Worker to master: I begin the tile of this number, which is the next one?
const ASK: i32 = 1;
/// Master to worker: the number of the next tile; there is no such tile when
/// all are taken.
const NEXT: i32 = 2;
/// Worker to master: the pixels of the tile that I began last.
const PIXELS: i32 = 3;

/// Fills `image`, the whole picture on rank 0 and empty elsewhere.
///
/// Worker w begins with tile w - 1, without asking. Rank 0 is the master and
/// computes nothing, unless it is alone.
pub fn compute(
    view: &View,
    tile: usize,
    world: &SimpleCommunicator,
    lane: &mut Lane,
    image: &mut [u32],
) {
    match (world.size(), world.rank()) {
        (1, _) => {
            let rows = 0..view.height;
            lane.compute(rows.clone(), || count_rows(view, rows, image));
        }
        (_, 0) => hand_out(view, tile, world, image),
        _ => work(view, tile, world, lane),
    }
}

/// The master: of each tile a worker tells once that it begins, and sends the
/// pixels once.
///
/// Messages of one rank arrive in the order in which it sent them (MPI-4.1,
/// section 3.5): pixels belong to the tile that their worker began last.
fn hand_out(view: &View, tile: usize, world: &SimpleCommunicator, image: &mut [u32]) {
    // BEGIN SOLUTION 3b
    let workers = world.size() as usize - 1;
    let mut next = workers;
    let mut computing = vec![0; workers + 1];
    for _ in 0..2 * split::tiles(view.height, tile) {
        let (message, status) = world.any_process().matched_probe();
        let worker = status.source_rank() as usize;
        if status.tag() == ASK {
            let (number, _) = message.matched_receive::<usize>();
            computing[worker] = number;
            world.process_at_rank(status.source_rank()).send_with_tag(&next, NEXT);
            next += 1;
        } else {
            let rows = split::tile(view.height, tile, computing[worker]).unwrap();
            let place = &mut image[view.pixels(&rows)];
            message.matched_receive_into(&mut RowsMut::new(place, view.width));
        }
    }
    // STUB let _ = (view, tile, world.rank(), NEXT, RowsMut::new(image, 1), split::tiles);
    // STUB todo!("exercise 3b: hand out the tiles and receive them, see README.md, step 5")
    // END SOLUTION
}

/// A worker: asks for its next tile before it computes the present one, so
/// that the answer is there when it is needed.
fn work(view: &View, tile: usize, world: &SimpleCommunicator, lane: &mut Lane) {
    // BEGIN SOLUTION 3b
    let master = world.process_at_rank(0);
    let mut number = world.rank() as usize - 1;
    while let Some(rows) = split::tile(view.height, tile, number) {
        let mut pixels = vec![0; rows.len() * view.width];
        let mut next = 0;
        scope(|scope| {
            // The answer finds its place ready, whenever it comes: the master
            // never waits for a worker. Both end with the scope.
            let _next = WaitGuard::from(
                master.immediate_receive_into_with_tag(scope, &mut next, NEXT),
            );
            let _ask =
                WaitGuard::from(master.immediate_send_with_tag(scope, &number, ASK));
            lane.compute(rows.clone(), || count_rows(view, rows, &mut pixels));
        });
        master.send_with_tag(&Rows::new(&pixels, view.width), PIXELS);
        number = next;
    }
    // STUB scope(|_| drop(None::<WaitGuard<u8, mpi::request::StaticScope>>));
    // STUB let _ = (view, tile, world.rank(), lane, ASK, PIXELS, Rows::<u32>::new);
    // STUB todo!("exercise 3b: ask ahead, compute, send the pixels, see README.md, step 5")
    // END SOLUTION
}
