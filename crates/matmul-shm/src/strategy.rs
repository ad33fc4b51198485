//! The four strategies: what a worker is, and whether memory is shared.

use std::fmt;

use clap::ValueEnum;
use harness::Error;
use harness::matmul::{self, Shape};

/// What a worker is.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum With {
    /// Threads of this process
    Threads,
    /// Processes of their own, as multiprocessing has them
    Processes,
}

/// Where the workers find their operands.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Memory {
    /// In one memory that all see: no copies
    Shared,
    /// In memory of their own: operands are sent, results are sent back
    Copied,
}

impl fmt::Display for With {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            With::Threads => "threads",
            With::Processes => "processes",
        })
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Memory::Shared => "shared",
            Memory::Copied => "copied",
        })
    }
}

/// The workers in words: `4 threads, shared memory`.
pub fn describe(with: With, memory: Memory, workers: usize) -> String {
    match (workers, with) {
        (1, With::Threads) => format!("1 thread, {memory} memory"),
        (1, With::Processes) => format!("1 process, {memory} memory"),
        _ => format!("{workers} {with}, {memory} memory"),
    }
}

/// Makes sure that the copies of A, B and C that the strategy makes fit.
///
/// # Errors
///
/// [`Error::Failure`] if they do not.
pub fn require_memory(
    shape: Shape,
    with: With,
    memory: Memory,
    workers: usize,
) -> Result<(), Error> {
    match (with, memory) {
        (With::Threads, Memory::Shared) => matmul::require_memory(shape, [1; 3], [1; 3]),
        // The parent's own, and the same again in the shared memory.
        (With::Processes, Memory::Shared) => {
            matmul::require_memory(shape, [2; 3], [2; 3])
        }
        // All blocks of A and C together make one more of each; each worker
        // has a whole B, in the memory of this process if it is a thread.
        (_, Memory::Copied) => {
            let all = [2, 1 + workers, 2];
            let own = match with {
                With::Threads => all,
                With::Processes => [1; 3],
            };
            matmul::require_memory(shape, all, own)
        }
    }
}
