//! Counter: every rank takes its next tile from a counter on rank 0.

use harness::Lane;
use kernels::mandel::{View, count_rows};
use mpi::Count;
use mpi::datatype::PartitionMut;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Counter, Rows, RowsMut};

use crate::place::{displacements, place};

/// Fills `image`, the whole picture on rank 0 and empty elsewhere.
///
/// Nobody hands out tiles: the counter is read and advanced in one step by
/// whoever is free, and rank 0 computes like the others. Which rows a rank
/// has computed only itself knows, so that it tells rank 0 in the end.
pub fn compute(
    view: &View,
    tile: usize,
    world: &SimpleCommunicator,
    lane: &mut Lane,
    image: &mut [u32],
) {
    // BEGIN SOLUTION 3c
    let counter = Counter::new(world, view.height, tile);
    let (mut rows, mut pixels) = (vec![], vec![]);
    while let Some(tile) = counter.next() {
        let begin = pixels.len();
        pixels.resize(begin + tile.len() * view.width, 0);
        lane.compute(tile.clone(), || {
            count_rows(view, tile.clone(), &mut pixels[begin..])
        });
        rows.extend(tile);
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
    // STUB let _ = (view, tile, world.rank(), lane, count_rows, displacements, Counter::next);
    // STUB let _ = (Rows::<u32>::new, RowsMut::<u32>::new);
    // STUB let _ = PartitionMut::<[u32], Vec<Count>, Vec<Count>>::new;
    // STUB place(view, None, &[], image);
    // STUB todo!("exercise 3c: take tiles while there are any, gather, see README.md, step 6")
    // END SOLUTION
}
