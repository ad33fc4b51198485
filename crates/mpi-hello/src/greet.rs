//! Every rank prints for itself.

use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

use crate::process::Process;

/// Prints one line: which rank of how many this is, and on which host.
///
/// All ranks print at the same time, and the launcher passes on what comes: the
/// lines may appear in any order.
pub fn greet(me: &Process, world: &SimpleCommunicator) {
    // BEGIN SOLUTION 1.1
    println!("Hello from rank {} of {} on {}", me.rank, world.size(), me.host);
    // STUB todo!("task 1.1: print a line on every rank, see crates/mpi-hello/README.md, step 1")
    // END SOLUTION
}
