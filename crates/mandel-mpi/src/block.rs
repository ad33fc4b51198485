//! Block: every rank computes consecutive rows.

use harness::Lane;
use kernels::mandel::{View, count_rows};
use kernels::split::{block, displacements};
use mpi::Count;
use mpi::datatype::PartitionMut;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Rows, RowsMut};

/// Fills `image`, the whole picture on rank 0 and empty on the other ranks.
///
/// The blocks lie in the picture in the order of the ranks: what rank 0
/// gathers stands where it belongs.
pub fn compute(
    view: &View,
    image: &mut [u32],
    lane: &mut Lane,
    world: &SimpleCommunicator,
) {
    let (ranks, rank) = (world.size() as usize, world.rank() as usize);
    // BEGIN SOLUTION 4.1
    let rows = block(view.height, ranks, rank);
    let mut mine = vec![0; rows.len() * view.width];
    lane.compute(rows, |rows| count_rows(view, rows, &mut mine));

    let root = world.process_at_rank(0);
    let part = Rows::new(&mine, view.width);
    if rank != 0 {
        root.gather_varcount_into(&part);
        return;
    }
    // Counts and displacements are numbers of rows, not of pixels.
    let counts: Vec<Count> =
        (0..ranks).map(|rank| block(view.height, ranks, rank).len() as Count).collect();
    let mut whole = RowsMut::new(image, view.width);
    let mut blocks = PartitionMut::new(&mut whole, &counts[..], displacements(&counts));
    root.gather_varcount_into_root(&part, &mut blocks);
    // STUB todo!("task 4.1: compute a block, gather, see crates/mandel-mpi/README.md, step 2")
    // END SOLUTION
}
