//! Launching real MPI jobs in tests.

use std::env;
use std::path::Path;
use std::process::Command;

use harness::trial::{LIMIT, Outcome, outcome};

use crate::options::TIME_LIMIT;

/// Runs `program` with `words`, split at spaces, on `ranks` ranks.
///
/// # Panics
///
/// If the job cannot be launched or hangs.
pub fn run(ranks: usize, program: &str, words: &str) -> Outcome {
    outcome(command(ranks, program).args(words.split_whitespace()))
}

/// The command that launches `program` on `ranks` ranks: strictly, so that what works by
/// luck fails.
pub fn command(ranks: usize, program: &str) -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("launch.sh");
    let mut command = Command::new(script);
    command.arg("-n").arg(ranks.to_string()).arg(program);
    command.env("STRICT", "1").env(TIME_LIMIT, (LIMIT.as_secs() - 20).to_string());
    // Every launcher ends a job after so many seconds by itself.
    command.env("MPIEXEC_TIMEOUT", (LIMIT.as_secs() - 10).to_string());
    command
}

/// The path of an example of this crate, from one of its tests: it lies beside the
/// tests' folder.
///
/// # Panics
///
/// If the path cannot be written in UTF-8.
pub fn example(name: &str) -> String {
    let test = env::current_exe().expect("a test has a path");
    let built = test.ancestors().nth(2).expect("in target/PROFILE/deps");
    let path = built.join("examples").join(name);
    path.into_os_string().into_string().expect("a path in UTF-8")
}
