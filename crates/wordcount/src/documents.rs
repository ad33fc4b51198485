//! The list of documents, which all ranks must agree on.

use harness::words::{self, Document};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, Root};

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
