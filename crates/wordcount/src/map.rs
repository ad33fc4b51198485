//! Map: every rank counts the words of its own pieces.

use std::collections::HashMap;

use kernels::words::Piece;

/// How often each word occurs in `pieces`.
pub fn map(pieces: &[Piece]) -> HashMap<&str, u64> {
    // BEGIN SOLUTION 5.1
    let mut counts = HashMap::new();
    for piece in pieces {
        for word in piece.words() {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    counts
    // STUB todo!("task 5.1: count the words, see crates/wordcount/README.md, step 1")
    // END SOLUTION
}
