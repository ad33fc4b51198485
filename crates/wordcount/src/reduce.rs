//! Reduce: the counts of all ranks become one total on rank 0.

use std::collections::HashMap;

use kernels::words::{ROW, pack, unpack};
use mpi::Count;
use mpi::datatype::PartitionMut;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ranks::{Rows, RowsMut};

/// How often each word occurs on all ranks together, on rank 0; elsewhere no
/// word.
///
/// A map travels as bytes: [`pack`] makes a message of whole rows of [`ROW`]
/// bytes, [`unpack`] takes one such message or several in a row.
pub fn reduce(
    world: &SimpleCommunicator,
    counts: &HashMap<&str, u64>,
) -> HashMap<String, u64> {
    // BEGIN SOLUTION 4b
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
    let mut starts = Vec::new();
    let mut end = 0;
    for length in &lengths {
        starts.push(end);
        end += length;
    }
    let mut messages = vec![0; end as usize * ROW];
    let mut places = RowsMut::new(&mut messages, ROW);
    let mut places = PartitionMut::new(&mut places, lengths, starts);
    root.gather_varcount_into_root(&Rows::new(&message, ROW), &mut places);

    // The total has as many words as rank 0's map, or more: room for them
    // from the beginning saves the total from growing, word by word.
    let mut total = HashMap::with_capacity(counts.len());
    for (word, count) in unpack(&messages) {
        *total.entry(word.to_owned()).or_insert(0) += count;
    }
    total
    // STUB let _ = (world.rank(), counts, pack, unpack, ROW, Rows::<u8>::new);
    // STUB let _ = (RowsMut::<u8>::new, PartitionMut::<[u8], Vec<Count>, Vec<Count>>::new);
    // STUB todo!("exercise 4b: gather the packed maps and add up, see README.md, step 2")
    // END SOLUTION
}
