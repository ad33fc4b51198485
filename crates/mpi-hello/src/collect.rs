//! Rank 0 collects who is where; the others send it.

use std::collections::BTreeMap;

use mpi::topology::SimpleCommunicator;
use mpi::traits::*;

use crate::process::Process;

/// All processes in the order of their ranks on rank 0; none on the other ranks.
///
/// A process travels as bytes: [`Process::to_bytes`], [`Process::from_bytes`].
pub fn collect(world: &SimpleCommunicator, me: &Process) -> Vec<Process> {
    // BEGIN SOLUTION 1.2
    let root = world.process_at_rank(0);
    if world.rank() != 0 {
        root.send(&me.to_bytes()[..]);
        return Vec::new();
    }
    let mut processes = vec![me.clone()];
    // We name the sender, so we choose the order, whoever is ready first.
    for rank in 1..world.size() {
        let (bytes, _status) = world.process_at_rank(rank).receive_vec::<u8>();
        processes.push(Process::from_bytes(&bytes));
    }
    processes
    // STUB todo!("task 1.2: receive from each in turn, see crates/mpi-hello/README.md, step 2")
    // END SOLUTION
}

/// How many of the processes run on each host.
pub fn processes_per_host(processes: &[Process]) -> BTreeMap<String, usize> {
    // BEGIN SOLUTION 1.3
    let mut counts = BTreeMap::new();
    for process in processes {
        *counts.entry(process.host.clone()).or_insert(0) += 1;
    }
    counts
    // STUB todo!("task 1.3: count processes by host, see crates/mpi-hello/README.md, step 3")
    // END SOLUTION
}
