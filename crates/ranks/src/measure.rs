//! Timed runs of a job: from one barrier to the end of its slowest rank.

use std::time::Duration;

use harness::measure::Measured;
use harness::{Common, Lane, progress};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Root};

/// Runs `work` as often as `common` asks; the times and lanes are rank 0's to
/// see, the other ranks get `None`.
///
/// Collective: every rank must call it.
pub fn measure(
    world: &SimpleCommunicator,
    common: &Common,
    mut work: impl FnMut(&mut Lane),
) -> Option<Measured> {
    let mut bar = (world.rank() == 0).then(|| progress::runs(common));
    let mut timed_run = || {
        let mut lane = Lane::default();
        world.barrier();
        let start = mpi::time();
        work(&mut lane);
        let seconds = mpi::time() - start;
        let run = (slowest(world, seconds), all_lanes(world, &lane));
        bar.iter_mut().for_each(progress::Bar::advance);
        run
    };
    for _ in 0..common.warmup {
        timed_run();
    }
    let runs: Vec<_> = (0..common.runs).map(|_| timed_run()).collect();
    (world.rank() == 0).then(|| Measured::new(runs))
}

/// The longest of the ranks' times, on every rank.
fn slowest(world: &SimpleCommunicator, seconds: f64) -> f64 {
    let mut longest = 0.0;
    world.all_reduce_into(&seconds, &mut longest, SystemOperation::max());
    longest
}

/// The lanes of all ranks, on rank 0; elsewhere none.
fn all_lanes(world: &SimpleCommunicator, lane: &Lane) -> Vec<Lane> {
    let nanoseconds = |time: Duration| time.as_nanos() as u64;
    let mine =
        [lane.work, lane.tiles, nanoseconds(lane.busy), nanoseconds(lane.computing)];
    let root = world.process_at_rank(0);
    if world.rank() != 0 {
        root.gather_into(&mine[..]);
        return Vec::new();
    }
    let mut all = vec![0_u64; mine.len() * world.size() as usize];
    root.gather_into_root(&mine[..], &mut all[..]);
    all.chunks(mine.len())
        .map(|lane| Lane {
            work: lane[0],
            tiles: lane[1],
            busy: Duration::from_nanos(lane[2]),
            computing: Duration::from_nanos(lane[3]),
        })
        .collect()
}
