//! Every rank prints for itself.

use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

use crate::process::Process;

/// Prints one line: which rank of how many this is, and on which host.
///
/// All ranks print at the same time, and the launcher passes on what comes:
/// the order of the lines is nobody's.
pub fn greet(me: &Process, world: &SimpleCommunicator) {
    // BEGIN SOLUTION 1a
    println!("Hello from rank {} of {} on {}", me.rank, world.size(), me.host);
    // STUB let _ = (me, world.size());
    // STUB todo!("exercise 1a: print a line on every rank, see README.md, step 1")
    // END SOLUTION
}
