//! Where a job runs: the MPI library, the machines, the record's setting.

use std::collections::BTreeMap;

use harness::memory;
use harness::record::{Crew, Setting};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives};

/// The MPI library that this program runs with, such as `Open MPI v4.1.4`.
pub fn library() -> String {
    let version = mpi::environment::library_version().unwrap_or_default();
    // Open MPI goes on after a comma, MPICH on the next line.
    let first = version.split([',', '\n']).next().unwrap_or_default();
    first.replace("Version:", "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// MPI_MAX_PROCESSOR_NAME is 256 in Open MPI and 128 in MPICH.
const LONGEST: usize = 256;

/// The number of ranks on each machine, by host name; the same on every rank.
///
/// Collective: every rank must call it.
pub fn hosts(world: &SimpleCommunicator) -> BTreeMap<String, usize> {
    count_by_name(&host_of_each(world))
}

fn count_by_name(hosts: &[String]) -> BTreeMap<String, usize> {
    let mut ranks = BTreeMap::new();
    for host in hosts {
        *ranks.entry(host.clone()).or_insert(0) += 1;
    }
    ranks
}

/// The name of each rank's machine; the same on every rank.
///
/// Collective: every rank must call it.
pub fn host_of_each(world: &SimpleCommunicator) -> Vec<String> {
    let name = host();
    let mut mine = [0_u8; LONGEST];
    mine[..name.len()].copy_from_slice(name.as_bytes());
    let mut all = vec![0_u8; LONGEST * world.size() as usize];
    world.all_gather_into(&mine[..], &mut all[..]);
    let text = |name| String::from_utf8_lossy(name).trim_end_matches('\0').to_owned();
    all.chunks(LONGEST).map(text).collect()
}

/// The bytes of memory that each rank can have: what a machine has free beside
/// `reserved` bytes, divided by the ranks on it, or less where a limit of the
/// process says so; the least of all ranks.
///
/// Collective: every rank must call it, and all get the same.
pub fn memory_share(world: &SimpleCommunicator, reserved: u64) -> u64 {
    let ranks_here = hosts(world)[&host()] as u64;
    let share = memory::available().saturating_sub(reserved) / ranks_here;
    let mine = share.min(memory::own());
    let mut least = 0;
    world.all_reduce_into(&mine, &mut least, SystemOperation::min());
    least
}

/// The name of this rank's machine.
fn host() -> String {
    let name = mpi::environment::processor_name().unwrap_or_default();
    name.chars().filter(char::is_ascii).take(LONGEST).collect()
}

/// The setting of an MPI program, for its record.
///
/// Collective: every rank must call it.
pub fn setting(program: &'static str, world: &SimpleCommunicator) -> Setting {
    let hosts = host_of_each(world);
    Setting {
        mpi: Some(library()),
        hosts: count_by_name(&hosts).len(),
        crew: Crew::Ranks(hosts),
        ..Setting::here(program, world.size() as usize)
    }
}

/// The ranks in words: `1 rank`, `4 ranks`.
pub fn count_text(world: &SimpleCommunicator) -> String {
    match world.size() {
        1 => "1 rank".to_owned(),
        size => format!("{size} ranks"),
    }
}
