//! The fast way: tiles from a counter, cut and counted at once, then a shuffle.
//!
//! Nothing here is for you to write. It differs from the plain way in three
//! things: a rank takes a tile of text when it is free, so that a disturbed
//! one does not hold the others up; words go into the table of
//! [`kernels::words::fast`] as they are cut; and all ranks add up and sort, a
//! part of the words each, so that rank 0 has only to merge (see [`shuffle`]).

use std::collections::BTreeMap;

use harness::measure::Measured;
use harness::words::{Counted, Document, Flags, Reader, tiles};
use harness::{Common, Error, Lane};
use kernels::words::fast::{Counter, Tally};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;

use crate::shuffle;

/// The times of the runs, and what was counted: on rank 0, empty on the other ranks.
///
/// # Errors
///
/// That of the first rank that cannot read a document.
pub fn count(
    world: &SimpleCommunicator,
    flags: &Flags,
    common: &Common,
    documents: &[Document],
) -> Result<(Option<Measured>, Counted), Error> {
    let (mut total, mut invalid) = (Vec::new(), 0);
    let measured = ranks::try_measure(world, common, |lane| {
        let mut tallies = count_tiles(world, flags, documents, |_| 0, lane)?;
        let mine = tallies.remove(&0).unwrap_or_default();
        invalid = mine.invalid_utf8();
        total = shuffle::reduce(world, &mine);
        Ok(())
    })?;
    let mut counted = Counted {
        total,
        invalid_utf8: add_up(world, &[invalid])[0],
        ..Counted::default()
    };
    if flags.per_document || !flags.words.is_empty() {
        count_each(world, flags, documents, &mut counted)?;
    }
    Ok((measured, counted))
}

/// Counts once more what is asked for by document.
fn count_each(
    world: &SimpleCommunicator,
    flags: &Flags,
    documents: &[Document],
    counted: &mut Counted,
) -> Result<(), Error> {
    let mut lane = Lane::default();
    let mut tallies = count_tiles(world, flags, documents, |number| number, &mut lane)?;
    for word in &flags.words {
        // No document has an empty word: what is not one word occurs nowhere.
        let form = flags.rules().form(word).unwrap_or_default();
        let count = |number| tallies.get(&number).map_or(0, |tally| tally.get(&form));
        let mine: Vec<u64> = (0..documents.len()).map(count).collect();
        counted.occurrences.push(add_up(world, &mine));
    }
    let asked = if flags.per_document { documents.len() } else { 0 };
    for number in 0..asked {
        let mine = tallies.remove(&number).unwrap_or_default();
        counted.per_document.push(shuffle::reduce(world, &mine));
    }
    Ok(())
}

/// The words that this rank has counted; those of document d in the tally of
/// number `tally_of(d)`.
///
/// # Errors
///
/// That of the first rank that cannot read a tile.
fn count_tiles(
    world: &SimpleCommunicator,
    flags: &Flags,
    documents: &[Document],
    tally_of: impl Fn(usize) -> usize,
    lane: &mut Lane,
) -> Result<BTreeMap<usize, Tally>, Error> {
    let tiles = tiles(documents, world.size() as usize);
    let mut tallies = BTreeMap::<usize, Tally>::new();
    ranks::on_all(world, || {
        let mut counter = Counter::new(flags.rules());
        let mut reader = Reader::new(documents, tiles, flags.tokens);
        let next_tile = ranks::Counter::new(world, tiles, 1);
        while let Some(tile) = next_tile.next() {
            reader.read(tile.start, |number, text| {
                let tally = tallies.entry(tally_of(number)).or_default();
                lane.compute(tile.clone(), |_| {
                    counter.count(text, tally);
                    text.len() as u64
                });
            })?;
        }
        Ok(())
    })?;
    Ok(tallies)
}

/// The sums of the ranks' numbers, on every rank.
fn add_up(world: &SimpleCommunicator, mine: &[u64]) -> Vec<u64> {
    let mut total = vec![0; mine.len()];
    world.all_reduce_into(mine, &mut total[..], SystemOperation::sum());
    total
}
