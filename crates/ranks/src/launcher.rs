//! A launcher of another MPI starts N jobs of one rank instead of one of N.

use std::env;
use std::process::ExitCode;

use harness::{Error, program};

use crate::machines::library;

/// What launchers tell the processes that they start: how many there are, and
/// which one it is. `PCR_RANKS` comes from our own launch.sh.
const LAUNCHERS: [(&str, &str, &str); 4] = [
    ("Open MPI's mpiexec", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),
    ("MPICH's mpiexec", "PMI_SIZE", "PMI_RANK"),
    ("srun", "SLURM_STEP_NUM_TASKS", "SLURM_PROCID"),
    ("the launcher", "PCR_RANKS", "PCR_RANK"),
];

/// Compares the communicator's size with what the launcher says it started.
///
/// # Errors
///
/// [`Error::Failure`] if the launcher started more processes than the
/// communicator has: it does not belong to the MPI library of this program.
pub fn check(size: i32) -> Result<(), Error> {
    let number = |name| env::var(name).ok().and_then(|value| value.parse::<i32>().ok());
    for (launcher, started, _) in LAUNCHERS {
        if let Some(started) = number(started).filter(|&started| started > size) {
            return Err(Error::failure(format!(
                "{launcher} started {started} processes, but each is alone: this program is \
                 built with {}, start it with the mpiexec of that library",
                library()
            )));
        }
    }
    Ok(())
}

/// Whether the program was started as any other, without a launcher: there are no
/// others to end, and MPI's notice of the end would only stand beside the message.
pub fn started_none() -> bool {
    let unset = |name| env::var_os(name).is_none();
    LAUNCHERS.iter().all(|(_, size, rank)| unset(size) && unset(rank))
}

/// Whether the launcher says that all of `ranks` ranks run on this host. MPI would have to
/// ask all of them.
pub fn is_on_one_host(ranks: usize) -> bool {
    // Open MPI's mpiexec and MPICH's.
    let here = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"].map(env::var);
    here.into_iter().flatten().any(|here| here.parse() == Ok(ranks))
}

/// Only the first of the processes reports it.
pub fn refuse(error: &Error) -> ExitCode {
    let told = LAUNCHERS.iter().find_map(|(_, _, rank)| env::var(rank).ok());
    if told.is_none_or(|rank| rank == "0") {
        program::say(&error.to_string());
    }
    ExitCode::from(error.status())
}
