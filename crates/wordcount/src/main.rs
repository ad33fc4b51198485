//! Counting words over MPI ranks, by map and reduce: tasks 5.1 to 5.3.

use std::process::ExitCode;

use clap::Parser;
use harness::words::{self, Flags, Kernel};
use harness::{Common, Error, record};
use mpi::topology::SimpleCommunicator;

mod documents;
mod fast;
mod map;
mod occurrences;
mod plain;
mod reduce;
mod shuffle;

/// Count the words of documents over MPI ranks
#[derive(Parser)]
#[command(name = "wordcount", version)]
struct Args {
    #[command(flatten)]
    words: Flags,

    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    ranks::run(run)
}

fn run(
    Args { words: flags, common }: Args,
    world: &SimpleCommunicator,
) -> Result<(), Error> {
    let setting = ranks::setting("wordcount", world);
    let prepared = ranks::on_root(world, || {
        let documents = words::list(&flags.paths)?;
        let outputs = words::prepare(&flags, &common, &documents)?;
        if flags.kernel == Kernel::Plain {
            words::require_memory(&documents, setting.hosts, setting.workers)?;
        }
        Ok((outputs, documents))
    })?;
    let (outputs, documents) = prepared.unzip();
    let documents = documents::broadcast(world, documents);

    let (measured, counted) = match flags.kernel {
        Kernel::Plain => plain::count(world, &flags, &common, &documents)?,
        Kernel::Fast => fast::count(world, &flags, &common, &documents)?,
    };
    let (Some(outputs), Some(measured)) = (outputs, measured) else { return Ok(()) };
    if common.check {
        words::check(&flags, &documents, &counted)?;
    }
    words::write(&outputs, &flags, &documents, &counted)?;
    let summary = words::summary(&flags, &documents, &counted);
    let figures = words::figures(&flags, &documents, &counted, &measured);
    record::publish(&common, outputs, &setting, &measured, figures, &summary)
}
