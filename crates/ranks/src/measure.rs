//! Timed runs of a job: from one barrier to the end of its slowest rank.

use harness::measure::Measured;
use harness::{Common, Error, Lane, progress};
use mpi::collective::SystemOperation;
use mpi::datatype::Equivalence;
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
    let measured = try_measure(world, common, |lane| {
        work(lane);
        Ok(())
    });
    measured.expect("such work does not fail")
}

/// As [`measure`], for work that may fail.
///
/// Collective: every rank must call it, and work that fails on one rank only
/// ends the job: see [`on_all`](crate::on_all).
///
/// # Errors
///
/// That of `work`.
pub fn try_measure(
    world: &SimpleCommunicator,
    common: &Common,
    mut work: impl FnMut(&mut Lane) -> Result<(), Error>,
) -> Result<Option<Measured>, Error> {
    let mut bar = (world.rank() == 0).then(|| progress::runs(common));
    let mut timed_run = || {
        let mut lane = Lane::default();
        world.barrier();
        let start = mpi::time();
        work(&mut lane)?;
        let seconds = mpi::time() - start;
        let run = (largest(world, seconds), all_lanes(world, &lane));
        bar.iter_mut().for_each(progress::Bar::advance);
        Ok(run)
    };
    for _ in 0..common.warmup {
        timed_run()?;
    }
    let runs =
        (0..common.runs).map(|_| timed_run()).collect::<Result<Vec<_>, Error>>()?;
    Ok((world.rank() == 0).then(|| Measured::new(runs)))
}

/// The largest of the ranks' numbers, on every rank.
///
/// Collective: every rank must call it.
pub fn largest<T: Equivalence + Default>(world: &SimpleCommunicator, mine: T) -> T {
    let mut largest = T::default();
    world.all_reduce_into(&mine, &mut largest, SystemOperation::max());
    largest
}

/// The lanes of all ranks, on rank 0; elsewhere none.
fn all_lanes(world: &SimpleCommunicator, lane: &Lane) -> Vec<Lane> {
    let mine = lane.to_numbers();
    let root = world.process_at_rank(0);
    if world.rank() != 0 {
        root.gather_into(&mine[..]);
        return Vec::new();
    }
    let mut all = vec![0_u64; mine.len() * world.size() as usize];
    root.gather_into_root(&mine[..], &mut all[..]);
    let lane =
        |numbers: &[u64]| Lane::from_numbers(numbers.try_into().expect("equal chunks"));
    all.chunks(mine.len()).map(lane).collect()
}
