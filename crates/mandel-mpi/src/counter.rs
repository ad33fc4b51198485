//! Counter: every rank takes its next tile from a counter on rank 0.

use harness::Lane;
use kernels::mandel::{View, count_rows, place};
use kernels::split::displacements;
use mpi::Count;
use mpi::datatype::PartitionMut;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Counter, Rows, RowsMut};

/// Fills `image`, the whole picture on rank 0 and empty on the other ranks.
///
/// Nobody hands out tiles: whoever is free reads and advances the counter in
/// one step, and rank 0 computes like the others. Only a rank itself knows
/// which rows it has computed, so it tells rank 0 in the end.
pub fn compute(
    view: &View,
    tile_rows: usize,
    image: &mut [u32],
    lane: &mut Lane,
    world: &SimpleCommunicator,
) {
    // BEGIN SOLUTION 4.5
    let counter = Counter::new(world, view.height, tile_rows);
    let (mut rows, mut pixels) = (vec![], vec![]);
    while let Some(tile) = counter.next() {
        let begin = pixels.len();
        pixels.resize(begin + tile.len() * view.width, 0);
        rows.extend(tile.clone());
        lane.compute(tile, |tile| count_rows(view, tile, &mut pixels[begin..]));
    }

    let (root, part) = (world.process_at_rank(0), Rows::new(&pixels, view.width));
    if world.rank() != 0 {
        root.gather_into(&(rows.len() as Count));
        root.gather_varcount_into(&Rows::new(&rows, 1));
        root.gather_varcount_into(&part);
        return;
    }
    let mut counts = vec![0; world.size() as usize];
    root.gather_into_root(&(rows.len() as Count), &mut counts[..]);
    let starts = displacements(&counts);

    let mut all_rows = vec![0; view.height];
    let mut places = PartitionMut::new(&mut all_rows[..], &counts[..], &starts[..]);
    root.gather_varcount_into_root(&Rows::new(&rows, 1), &mut places);

    let mut gathered = vec![0; image.len()];
    let mut whole = RowsMut::new(&mut gathered, view.width);
    let mut parts = PartitionMut::new(&mut whole, &counts[..], &starts[..]);
    root.gather_varcount_into_root(&part, &mut parts);
    place(view, all_rows, &gathered, image);
    // STUB todo!("task 4.5: take tiles, then gather, see crates/mandel-mpi/README.md, step 7")
    // END SOLUTION
}
