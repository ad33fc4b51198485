//! Cyclic: rows are dealt out to the ranks like cards.

use harness::Lane;
use kernels::mandel::{View, count_rows};
use kernels::split::cyclic;
use mpi::Count;
use mpi::datatype::PartitionMut;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Rows, RowsMut};

use crate::place::{displacements, place};

/// Fills `image`, the whole picture on rank 0 and empty elsewhere.
///
/// Row r belongs to rank r mod the number of ranks. What rank 0 gathers is
/// in the order of the ranks, and each row has yet to find its place.
pub fn compute(
    view: &View,
    world: &SimpleCommunicator,
    lane: &mut Lane,
    image: &mut [u32],
) {
    let (ranks, rank) = (world.size() as usize, world.rank() as usize);
    // BEGIN SOLUTION 3b
    let rows: Vec<usize> = cyclic(view.height, ranks, rank).collect();
    let mut mine = vec![0; rows.len() * view.width];
    for (&y, row) in rows.iter().zip(mine.chunks_mut(view.width)) {
        lane.compute(y..y + 1, || count_rows(view, y..y + 1, row));
    }

    let root = world.process_at_rank(0);
    let part = Rows::new(&mine, view.width);
    if rank != 0 {
        root.gather_varcount_into(&part);
        return;
    }
    let counts: Vec<Count> = (0..ranks)
        .map(|rank| cyclic(view.height, ranks, rank).count() as Count)
        .collect();
    let mut gathered = vec![0; image.len()];
    let mut whole = RowsMut::new(&mut gathered, view.width);
    let mut hands = PartitionMut::new(&mut whole, &counts[..], displacements(&counts));
    root.gather_varcount_into_root(&part, &mut hands);

    let in_order_of_ranks = (0..ranks).flat_map(|rank| cyclic(view.height, ranks, rank));
    place(view, in_order_of_ranks, &gathered, image);
    // STUB let _ = (view, lane, count_rows, displacements, Rows::<u32>::new);
    // STUB let _ = (RowsMut::<u32>::new, PartitionMut::<[u32], Vec<Count>, Vec<Count>>::new);
    // STUB place(view, cyclic(0, ranks, rank), &[], image);
    // STUB todo!("exercise 3b: compute this rank's rows, gather, place, see README.md, step 4")
    // END SOLUTION
}
