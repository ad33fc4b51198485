//! The plain way: every rank cuts its share, then map, then reduce.

use std::collections::HashMap;

use harness::measure::Measured;
use harness::words::{self, Counted, Document, Flags};
use harness::{Common, Error, Lane};
use kernels::words::{Piece, Rules, sorted};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives};

use crate::{map, occurrences, reduce};

/// The times of the runs, and what was counted: on rank 0, empty on the other ranks.
///
/// # Errors
///
/// That of the first rank that cannot read its share.
pub fn count(
    world: &SimpleCommunicator,
    flags: &Flags,
    common: &Common,
    documents: &[Document],
) -> Result<(Option<Measured>, Counted), Error> {
    let (mut pieces, mut total) = (Vec::new(), Vec::new());
    let measured = ranks::try_measure(world, common, |lane| {
        // The words of the run before make room for those of this one.
        pieces.clear();
        pieces = read(world, documents, flags.rules(), lane)?;
        let mut counts = HashMap::new();
        lane.compute(0..1, |_| {
            counts = map::map(&pieces);
            counts.values().sum::<u64>()
        });
        harness::leave("map", world.rank() as usize, &counts);
        total = sorted(reduce::reduce(world, &counts));
        Ok(())
    })?;
    let counted = Counted {
        total,
        per_document: count_each(world, flags, documents, &pieces),
        occurrences: find_each(world, flags, documents, &pieces),
        invalid_utf8: invalid_utf8(world, &pieces),
    };
    Ok((measured, counted))
}

/// The words in this rank's share of the documents, once all ranks have theirs.
///
/// # Errors
///
/// That of the first rank that cannot read its share.
fn read(
    world: &SimpleCommunicator,
    documents: &[Document],
    rules: Rules,
    lane: &mut Lane,
) -> Result<Vec<Piece>, Error> {
    let share = (world.size() as usize, world.rank() as usize);
    ranks::on_all(world, || words::read(documents, share, rules, lane))
}

/// The sorted counts of each document where `--per-document` asks for them: on
/// rank 0, empty on the other ranks.
fn count_each(
    world: &SimpleCommunicator,
    flags: &Flags,
    documents: &[Document],
    pieces: &[Piece],
) -> Vec<Vec<(String, u64)>> {
    let asked = if flags.per_document { documents.len() } else { 0 };
    let count = |document| {
        let counts = map::map(words::of_document(pieces, document));
        sorted(reduce::reduce(world, &counts))
    };
    (0..asked).map(count).collect()
}

/// For each `--word` how often it occurs in each document: on rank 0, empty on the
/// other ranks.
fn find_each(
    world: &SimpleCommunicator,
    flags: &Flags,
    documents: &[Document],
    pieces: &[Piece],
) -> Vec<Vec<u64>> {
    let find = |word: &String| {
        // No piece has an empty word: what is not one word occurs nowhere.
        let form = flags.rules().form(word).unwrap_or_default();
        occurrences::occurrences(world, pieces, documents.len(), &form)
    };
    flags.words.iter().map(find).collect()
}

/// The number of sequences in all documents that are no UTF-8, on every rank.
fn invalid_utf8(world: &SimpleCommunicator, pieces: &[Piece]) -> u64 {
    let mine: u64 = pieces.iter().map(Piece::invalid_utf8).sum();
    let mut total = 0;
    world.all_reduce_into(&mine, &mut total, SystemOperation::sum());
    total
}
