//! Freivalds' test of a product whose matrices lie on many ranks.

use harness::Error;
use harness::matmul::{self, VECTORS};
use kernels::matmul::{Part, Reduce, freivalds_of_parts};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;

use crate::blocks::{self, Blocks};

/// Numbers that one reduction takes: MPI counts them in an int.
const PIECE: usize = 1 << 24;

/// Verifies C = A B by [`VECTORS`] random vectors.
///
/// The test takes products of a matrix with a vector only, and those add up
/// from what each rank owns: no matrix has to be collected.
///
/// Collective: every rank must call it.
///
/// # Errors
///
/// [`Error::Failure`] if C is wrong.
pub fn verify(blocks: &Blocks, world: &SimpleCommunicator) -> Result<(), Error> {
    let parts = [&blocks.a, &blocks.b, &blocks.c].map(own);
    let error =
        freivalds_of_parts(blocks.shape, &parts, VECTORS, 0, |reduce, numbers| {
            for numbers in numbers.chunks_mut(PIECE) {
                let operation = match reduce {
                    Reduce::Sum => SystemOperation::sum(),
                    Reduce::Max => SystemOperation::max(),
                };
                world.all_reduce_into(&numbers.to_vec()[..], numbers, operation);
            }
        });
    ranks::on_root(world, || matmul::accept(error)).map(drop)
}

/// What of a block is this rank's alone.
fn own(part: &blocks::Part) -> Part<'_> {
    Part {
        rows: part.block.own.clone(),
        columns: part.block.columns.clone(),
        numbers: part.own(),
    }
}
