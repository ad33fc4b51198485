//! Timed runs of a job: from one barrier to the end of its slowest rank.

use harness::measure::Measured;
use harness::{Common, Error, Lane, clock, progress, witness};
use kernels::split::displacements;
use mpi::Count;
use mpi::collective::SystemOperation;
use mpi::datatype::{Equivalence, PartitionMut};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives, Root};

use crate::clocks;

/// Runs `work` as often as `common` asks; rank 0 gets the times and lanes,
/// the other ranks get `None`.
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
        let mut lane = Lane::new(common.trace.is_some());
        world.barrier();
        let run = (witness::run(), deadlock::run());
        let start = clock::now();
        work(&mut lane)?;
        lane.run = start..clock::now();
        drop(run);
        let seconds = (lane.run.end - start).as_secs_f64();
        let run = (largest(world, seconds), all_lanes(world, &lane));
        bar.iter_mut().for_each(progress::Bar::advance);
        Ok(run)
    };
    for _ in 0..common.warmup {
        timed_run()?;
    }
    let runs =
        (0..common.runs).map(|_| timed_run()).collect::<Result<Vec<_>, Error>>()?;
    let clocks = common.trace.as_ref().map(|_| clocks::offsets(world));
    Ok((world.rank() == 0).then(|| match clocks {
        None => Measured::new(runs),
        Some(clocks) => Measured::new(runs).aligned(clocks),
    }))
}

/// The largest of the ranks' numbers, on every rank.
///
/// Collective: every rank must call it.
pub fn largest<T: Equivalence + Default>(world: &SimpleCommunicator, mine: T) -> T {
    let mut largest = T::default();
    world.all_reduce_into(&mine, &mut largest, SystemOperation::max());
    largest
}

/// The lanes of all ranks on rank 0; none on the other ranks.
fn all_lanes(world: &SimpleCommunicator, lane: &Lane) -> Vec<Lane> {
    let mine = lane.to_numbers();
    let length = mine.len() as Count;
    let root = world.process_at_rank(0);
    if world.rank() != 0 {
        root.gather_into(&length);
        root.gather_varcount_into(&mine[..]);
        return Vec::new();
    }
    // A traced lane is as long as it has tiles: the lengths come first.
    let mut lengths = vec![0; world.size() as usize];
    root.gather_into_root(&length, &mut lengths[..]);
    let total: Count = lengths.iter().sum();
    let mut all = vec![0_u64; total as usize];
    let starts = displacements(&lengths);
    let mut places = PartitionMut::new(&mut all[..], &lengths[..], starts);
    root.gather_varcount_into_root(&mine[..], &mut places);

    let mut rest = &all[..];
    let lane = |length: Count| {
        let (numbers, others) = rest.split_at(length as usize);
        rest = others;
        Lane::from_numbers(numbers)
    };
    lengths.into_iter().map(lane).collect()
}
