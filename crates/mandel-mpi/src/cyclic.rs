//! Cyclic: rows are dealt out like cards.

use harness::Lane;
use kernels::mandel::{View, count_rows, place};
use kernels::split::{cyclic, displacements};
use mpi::Count;
use mpi::datatype::PartitionMut;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Rows, RowsMut};

/// Fills `image`, the whole picture on rank 0 and empty on the other ranks.
///
/// Row r belongs to rank r mod the number of ranks. What rank 0 gathers is
/// in the order of the ranks, and each row has yet to find its place.
pub fn compute(
    view: &View,
    image: &mut [u32],
    lane: &mut Lane,
    world: &SimpleCommunicator,
) {
    let (ranks, rank) = (world.size() as usize, world.rank() as usize);
    // BEGIN SOLUTION 4.2
    let rows: Vec<usize> = cyclic(view.height, ranks, rank).collect();
    let mut mine = vec![0; rows.len() * view.width];
    for (&y, row) in rows.iter().zip(mine.chunks_mut(view.width)) {
        lane.compute(y..y + 1, |rows| count_rows(view, rows, row));
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
    // STUB todo!("task 4.2: compute, gather, place, see crates/mandel-mpi/README.md, step 4")
    // END SOLUTION
}
