//! Documents and ranks: the list, the shares, and what is asked of each one.

use harness::words::{self, Document, Flags};
use harness::{Error, Lane};
use kernels::words::{Piece, Rules, sorted};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Root};

use crate::{map, occurrences, reduce};

/// The documents that rank 0 has listed, on every rank: all must agree on
/// which bytes are whose.
pub fn broadcast(
    world: &SimpleCommunicator,
    listed: Option<Vec<Document>>,
) -> Vec<Document> {
    let mut message = listed.map_or(Vec::new(), |listed| words::to_bytes(&listed));
    let mut length = message.len();
    let root = world.process_at_rank(0);
    root.broadcast_into(&mut length);
    message.resize(length, 0);
    root.broadcast_into(&mut message[..]);
    words::from_bytes(&message)
}

/// The words in this rank's share of the documents, once all ranks have theirs.
///
/// # Errors
///
/// That of the first rank that cannot read its share.
pub fn read(
    world: &SimpleCommunicator,
    documents: &[Document],
    rules: Rules,
    lane: &mut Lane,
) -> Result<Vec<Piece>, Error> {
    let share = (world.size() as usize, world.rank() as usize);
    ranks::on_all(world, || words::read(documents, share, rules, lane))
}

/// The sorted counts of each document where `--per-document` asks for them, on
/// rank 0; elsewhere no word.
pub fn count_each(
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

/// For each `--word` how often it occurs in each document, on rank 0;
/// elsewhere no number.
pub fn find_each(
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
pub fn invalid_utf8(world: &SimpleCommunicator, pieces: &[Piece]) -> u64 {
    let mine: u64 = pieces.iter().map(Piece::invalid_utf8).sum();
    let mut total = 0;
    world.all_reduce_into(&mine, &mut total, SystemOperation::sum());
    total
}
