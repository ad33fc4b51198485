//! Hello from every MPI process: tasks 1.1 to 1.3.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use harness::record::{self, Outputs};
use harness::{Common, Error};
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;
use serde_json::json;

use crate::process::Process;

mod collect;
mod greet;
mod ping_pong;
mod process;

/// Say hello from every MPI process, then collect who is where
#[derive(Parser)]
#[command(name = "mpi-hello", version)]
struct Args {
    /// Write the columns rank,host,pid to FILE; with --ping-pong bytes,seconds
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Measure instead what messages between ranks 0 and 1 take, from 0 bytes to 16 MiB
    #[arg(long)]
    ping_pong: bool,

    #[command(flatten)]
    common: Common,
}

/// The names of what the record says of the processes.
const FIGURES: [&str; 2] = ["ranks", "processes_per_host"];

fn main() -> ExitCode {
    ranks::run(run)
}

fn run(args: Args, world: &SimpleCommunicator) -> Result<(), Error> {
    let outputs = ranks::on_root(world, || {
        let figures = if args.ping_pong { &ping_pong::FIGURES[..] } else { &FIGURES };
        Outputs::settle(&args.common, &[], &[("--out", args.out.as_ref())], figures)
    })?;
    if args.ping_pong {
        return ping_pong::run(world, &args.common, outputs);
    }
    let me = Process::this(world);
    harness::leave("process", world.rank() as usize, &me);
    if !args.common.json {
        greet::greet(&me, world);
    }

    let mut processes = Vec::new();
    let measured = ranks::measure(world, &args.common, |_lane| {
        processes = collect::collect(world, &me);
    });
    let setting = ranks::setting("mpi-hello", world);
    let hosts = ranks::hosts(world);

    let (Some(outputs), Some(measured)) = (outputs, measured) else { return Ok(()) };
    harness::leave("collected", 0, &processes);
    let per_host = collect::processes_per_host(&processes);
    if args.common.check {
        process::check(&processes, &per_host, &hosts)?;
    }
    process::write(&outputs, &processes)?;
    let summary = process::summary(&setting, &processes, &per_host);
    let figures = json!({ "ranks": processes, "processes_per_host": per_host });
    record::publish(&args.common, outputs, &setting, &measured, figures, &summary)
}
