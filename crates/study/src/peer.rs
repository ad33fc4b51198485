//! A peer: a program that is not ours, and how it is started.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::child::Trouble;

/// How a peer is started, and with how many threads in each process.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    /// The interpreter or the program.
    pub file: PathBuf,
    /// What stands before the flags: the script of an interpreter.
    pub script: Vec<OsString>,
    /// How many a library may start in each process.
    pub threads: usize,
    /// Whether it writes what it has computed where `--out` says.
    pub writes_result: bool,
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
