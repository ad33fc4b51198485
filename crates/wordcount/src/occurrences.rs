//! Where a word occurs: one number for each document, summed over the ranks.

use kernels::words::Piece;
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;

/// How often `word` occurs in each of `documents` documents: complete on rank 0,
/// empty on the other ranks.
///
/// A piece knows the number of its document: [`Piece::document`].
pub fn occurrences(
    world: &SimpleCommunicator,
    pieces: &[Piece],
    documents: usize,
    word: &str,
) -> Vec<u64> {
    // BEGIN SOLUTION 5.3
    let mut mine = vec![0_u64; documents];
    for piece in pieces {
        let found = piece.words().filter(|other| *other == word).count();
        mine[piece.document()] += found as u64;
    }

    let root = world.process_at_rank(0);
    if world.rank() != 0 {
        root.reduce_into(&mine[..], SystemOperation::sum());
        return Vec::new();
    }
    let mut total = vec![0; documents];
    root.reduce_into_root(&mine[..], &mut total[..], SystemOperation::sum());
    total
    // STUB todo!("task 5.3: count by document, add up, see crates/wordcount/README.md, step 3")
    // END SOLUTION
}
