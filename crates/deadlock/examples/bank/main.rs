//! Jobs that stand still, and jobs that only seem to: `bank NAME`.

use std::process::ExitCode;

use deadlock as _;
use mpi::topology::SimpleCommunicator as World;
use mpi::traits::Communicator;

mod collectives;
mod innocent;
mod messages;
mod partial;
mod requests;
mod windows;

/// A job: what it does on each rank.
type Job = fn(&World);

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    let banks = [
        messages::JOBS,
        requests::JOBS,
        collectives::JOBS,
        partial::JOBS,
        windows::JOBS,
        innocent::JOBS,
    ];
    let Some((_, job)) = banks.concat().into_iter().find(|(known, _)| *known == name)
    else {
        eprintln!("error: {name:?} is not in the bank");
        return ExitCode::from(2);
    };
    let universe = mpi::initialize().expect("MPI starts");
    job(&universe.world());
    ExitCode::SUCCESS
}

/// Of a message so long that it waits for its receive.
const LONG: usize = 1 << 18;

/// This rank and the number of ranks.
fn me(world: &World) -> (i32, i32) {
    (world.rank(), world.size())
}
