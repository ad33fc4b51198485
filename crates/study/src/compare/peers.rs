//! The peers as implementations: scripts of a Python, and a driver of ScaLAPACK.
//!
//! They are small programs in the folder `peers`, written for this comparison.
//! setup.sh puts what they need into a folder of its own, the environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::implementation::{Implementation, Start};
use crate::peer::Peer;

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

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}
