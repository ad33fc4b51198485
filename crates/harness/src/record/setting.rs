//! Which program ran, where, and with which workers.

/// Which program ran, and where.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The program's name.
    pub program: &'static str,
    /// The version, which all programs of the workspace share.
    pub version: &'static str,
    /// The MPI library and its version, of an MPI program.
    pub mpi: Option<String>,
    /// Threads, processes or ranks.
    pub workers: usize,
    /// The number of machines.
    pub hosts: usize,
    /// What the workers are.
    pub crew: Crew,
}

/// What the workers of a run are.
#[derive(Clone, Debug)]
pub enum Crew {
    /// Threads of the program.
    Threads,
    /// Processes of the program's own machine.
    Processes,
    /// MPI ranks, and the machine of each.
    Ranks(Vec<String>),
}

impl Setting {
    /// The setting of a program whose workers are threads.
    pub fn here(program: &'static str, workers: usize) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self { program, version, mpi: None, workers, hosts: 1, crew: Crew::Threads }
    }
}
