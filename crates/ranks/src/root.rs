//! What rank 0 does alone, while the others wait for it.

use harness::Error;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives};

/// What `work` returns, on rank 0; `None` elsewhere, and only after rank 0 is
/// done.
///
/// Files and flags are checked this way: where rank 0 finds something wrong
/// it ends the job, and no other rank has computed or printed anything yet.
///
/// Collective: every rank must call it.
///
/// # Errors
///
/// That of `work`, on rank 0.
pub fn on_root<T>(
    world: &SimpleCommunicator,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let result = if world.rank() == 0 { Some(work()?) } else { None };
    world.barrier();
    Ok(result)
}
