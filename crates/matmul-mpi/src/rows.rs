//! Rows: scatter A by rows, broadcast B, multiply, gather the rows of C.

use harness::Lane;
use kernels::matmul::Kernel;
use kernels::split::block;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Rows, RowsMut};
// BEGIN SOLUTION 2.2
use mpi::Count;
use mpi::datatype::{Partition, PartitionMut};
// END SOLUTION

use crate::operands::{Part, Whole};

/// C = A B, with the whole matrices on rank 0.
///
/// Each rank computes the rows of C that belong to its rows of A. For that it
/// needs all of B. [`Rows`] lets MPI count in rows instead of numbers.
pub fn multiply(
    kernel: Kernel,
    whole: &mut Whole,
    part: &mut Part,
    world: &SimpleCommunicator,
    lane: &mut Lane,
) {
    let (m, ranks) = (whole.shape.m, world.size() as usize);
    let root = world.process_at_rank(0);
    let is_root = world.rank() == 0;

    // BEGIN SOLUTION 2.2
    let blocks = || (0..ranks).map(|rank| block(m, ranks, rank));
    let counts: Vec<Count> = blocks().map(|rows| rows.len() as Count).collect();
    let displacements: Vec<Count> = blocks().map(|rows| rows.start as Count).collect();
    // STUB if m % ranks != 0 {
    // STUB     todo!("task 2.2: any number of rows, see crates/matmul-mpi/README.md, step 3")
    // STUB }
    // END SOLUTION

    let mut my_a = RowsMut::new(&mut part.a, whole.shape.k);
    if is_root {
        let a = Rows::new(&whole.a, whole.shape.k);
        // BEGIN SOLUTION 2.2
        let by_rank = Partition::new(&a, &counts[..], &displacements[..]);
        root.scatter_varcount_into_root(&by_rank, &mut my_a);
        // STUB root.scatter_into_root(&a, &mut my_a);
        // END SOLUTION
    } else {
        // BEGIN SOLUTION 2.2
        root.scatter_varcount_into(&mut my_a);
        // STUB root.scatter_into(&mut my_a);
        // END SOLUTION
    }
    root.broadcast_into(&mut RowsMut::new(&mut part.b, whole.shape.n));

    let rows = block(m, ranks, world.rank() as usize);
    lane.compute(rows, |_| part.multiply(kernel));

    let my_c = Rows::new(&part.c, whole.shape.n);
    if is_root {
        let mut c = RowsMut::new(&mut whole.c, whole.shape.n);
        // BEGIN SOLUTION 2.2
        let mut by_rank = PartitionMut::new(&mut c, &counts[..], &displacements[..]);
        root.gather_varcount_into_root(&my_c, &mut by_rank);
        // STUB root.gather_into_root(&my_c, &mut c);
        // END SOLUTION
    } else {
        // BEGIN SOLUTION 2.2
        root.gather_varcount_into(&my_c);
        // STUB root.gather_into(&my_c);
        // END SOLUTION
    }
}
