//! The peers as implementations: scripts of a Python, and a driver of ScaLAPACK.
//!
//! They are small programs in the folder `peers`, written for this comparison.
//! setup.sh puts what they need into a folder of its own, the environment.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use kernels::instructions::Instructions;
use study::implementation::{Implementation, Peer, Start};

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
    let peer = peer(environment.join("bin/python"), words, threads);
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
    let peer = peer(environment.join("bin/scalapack"), Vec::new(), 1);
    Implementation {
        peer: Some(peer),
        ..Implementation::new("scalapack", strategy, Start::Ranks, ranks, flags)
    }
}

/// What libraries read to know how many threads they may start.
const THREADS: [&str; 5] = [
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
];

/// Settings that would slow OpenBLAS down; the peers do not get them. Only where our
/// kernels are held to AVX2 is OpenBLAS, too: its Haswell is the first with that.
fn restraints() -> [(&'static str, Option<String>); 2] {
    let chosen = Instructions::chosen();
    let held = chosen == Instructions::Avx2 && Instructions::Avx512.is_available();
    let core = held.then(|| "Haswell".to_owned());
    [("OPENBLAS_CORETYPE", core), ("OPENBLAS_L2_SIZE", None)]
}

/// The peer in `file`, whose libraries start `threads` threads in each process:
/// as many as it has workers there.
fn peer(file: PathBuf, script: Vec<OsString>, threads: usize) -> Peer {
    let threads = THREADS.map(|name| (name, Some(threads.to_string())));
    // Nothing is left beside the scripts.
    let quiet = ("PYTHONDONTWRITEBYTECODE", Some("1".to_owned()));
    let environment = threads.into_iter().chain(restraints()).chain([quiet]).collect();
    Peer { file: installed(file), script, environment, writes_result: true }
}

/// The file, or why it is not there: setup.sh says so in a file beside it.
fn installed(file: PathBuf) -> Result<PathBuf, String> {
    if file.is_file() {
        return Ok(file);
    }
    match fs::read_to_string(file.with_extension("missing")) {
        Ok(reason) => Err(reason.trim().to_owned()),
        Err(_) => Err(format!("no {}; make compare makes it", file.display())),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}
