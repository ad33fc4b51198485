//! A peer: a program that is not ours, and how it is started.
//!
//! Peers are small programs in the folder `peers`, written for this comparison.
//! setup.sh puts what they need into a folder of its own, the environment.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::Trouble;
use crate::implementation::{Implementation, Start};

/// How a peer is started, and with how many threads in each process.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    file: PathBuf,
    /// What stands before the flags: the script of an interpreter.
    script: Vec<OsString>,
    threads: usize,
    /// Whether it writes what it has computed where `--out` says.
    pub writes_result: bool,
}

/// The workers of a Python peer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Workers {
    /// Threads of a library.
    Threads(usize),
    /// Processes that it starts.
    Processes(usize),
    /// Ranks of MPI.
    Ranks(usize),
}

/// What libraries read to know how many threads they may start.
const THREADS: [&str; 5] = [
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
];

/// Settings that make OpenBLAS slower than the machine lets it be.
const RESTRAINTS: [&str; 2] = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];

/// The Python script `script`, such as `matmul_numpy.py`, which the tables call
/// `program` and `strategy`.
pub fn python(
    environment: &Path,
    script: &str,
    [program, strategy]: [&'static str; 2],
    workers: Workers,
    flags: &str,
) -> Implementation {
    let (start, threads, workers) = match workers {
        Workers::Threads(count) => (Start::Workers, count, count),
        Workers::Processes(count) => (Start::Workers, 1, count),
        Workers::Ranks(count) => (Start::Ranks, 1, count),
    };
    let mut words = Vec::new();
    if start == Start::Ranks {
        // With it, an exception on one rank ends the job instead of hanging it.
        words.extend(["-m", "mpi4py"].map(OsString::from));
    }
    words.push(folder().join(script).into());
    let file = environment.join("bin/python");
    let peer = Peer { file, script: words, threads, writes_result: true };
    Implementation {
        peer: Some(peer),
        ..Implementation::new(program, strategy, start, workers, flags)
    }
}

/// Our driver of ScaLAPACK, with blocks of `strategy`.
pub fn scalapack(
    environment: &Path,
    strategy: &str,
    ranks: usize,
    flags: &str,
) -> Implementation {
    let file = environment.join("bin/scalapack");
    Implementation {
        peer: Some(Peer { file, script: Vec::new(), threads: 1, writes_result: true }),
        ..Implementation::new("scalapack", strategy, Start::Ranks, ranks, flags)
    }
}

impl Peer {
    /// What is started: an interpreter or a program.
    ///
    /// # Errors
    ///
    /// [`Trouble::NotInstalled`] where it is not there; setup.sh says why in a
    /// file beside it.
    pub fn file(&self) -> Result<PathBuf, Trouble> {
        if self.file.is_file() {
            return Ok(self.file.clone());
        }
        let reason = fs::read_to_string(self.file.with_extension("missing"));
        let reason = reason.map(|text| text.trim().to_owned());
        let otherwise = |_| format!("no {}; make compare makes it", self.file.display());
        Err(Trouble::NotInstalled(reason.unwrap_or_else(otherwise)))
    }

    /// Adds the script to `command`, and sets its environment: a library
    /// starts as many threads as the peer has workers in one process.
    pub fn prepare(&self, command: &mut Command) {
        command.args(&self.script);
        for name in THREADS {
            command.env(name, self.threads.to_string());
        }
        for name in RESTRAINTS {
            command.env_remove(name);
        }
        // Nothing is left beside the scripts.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}
