//! Reduce: the counts of all ranks become one total on rank 0.

use std::collections::HashMap;

use kernels::split::displacements;
use kernels::words::{ROW, pack, unpack};
use mpi::Count;
use mpi::datatype::PartitionMut;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Rows, RowsMut};

/// How often each word occurs on all ranks together: complete on rank 0, empty
/// on the other ranks.
///
/// A map travels as bytes: [`pack`] makes a message of whole rows of [`ROW`]
/// bytes, [`unpack`] takes one such message or several in a row.
pub fn reduce(
    world: &SimpleCommunicator,
    counts: &HashMap<&str, u64>,
) -> HashMap<String, u64> {
    // BEGIN SOLUTION 5.2
    let root = world.process_at_rank(0);
    let message = pack(counts);
    let rows = (message.len() / ROW) as Count;
    if world.rank() != 0 {
        root.gather_into(&rows);
        root.gather_varcount_into(&Rows::new(&message, ROW));
        return HashMap::new();
    }

    // The messages differ in length: their lengths come first.
    let mut lengths = vec![0; world.size() as usize];
    root.gather_into_root(&rows, &mut lengths[..]);
    let all_rows: Count = lengths.iter().sum();
    let mut messages = vec![0; all_rows as usize * ROW];
    let mut whole = RowsMut::new(&mut messages, ROW);
    let mut places = PartitionMut::new(&mut whole, &lengths[..], displacements(&lengths));
    root.gather_varcount_into_root(&Rows::new(&message, ROW), &mut places);

    // The total has at least as many words as rank 0's map. With room for them
    // from the beginning, the map need not grow word by word.
    let mut total = HashMap::with_capacity(counts.len());
    for (word, count) in unpack(&messages) {
        *total.entry(word.to_owned()).or_insert(0) += count;
    }
    total
    // STUB todo!("task 5.2: gather packed maps, add up, see crates/wordcount/README.md, step 2")
    // END SOLUTION
}
