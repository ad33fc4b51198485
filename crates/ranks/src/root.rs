//! Work of rank 0 while the others wait, and work of all ranks that may fail.

use harness::Error;
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives};

/// What `work` returns on rank 0; `None` on the other ranks, which wait until rank 0
/// is done.
///
/// Files and flags are checked this way: if rank 0 finds something wrong, it ends
/// the job before any other rank has computed or printed anything.
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

/// What `work` returns, on every rank, and only after all ranks are done.
///
/// If it fails on several ranks, as with a file that has vanished, the
/// first of them says so and ends the job while the others wait.
///
/// Collective: every rank must call it.
///
/// # Errors
///
/// That of `work`, on the first rank that has one.
pub fn on_all<T>(
    world: &SimpleCommunicator,
    work: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let result = work();
    let mine = if result.is_err() { world.rank() } else { world.size() };
    let mut first = 0;
    world.all_reduce_into(&mine, &mut first, SystemOperation::min());
    while first < world.size() && first != world.rank() {
        std::thread::park();
    }
    result
}
