//! Exercise 4: count words over MPI ranks, by map and reduce.

use std::collections::HashMap;
use std::process::ExitCode;

use clap::Parser;
use harness::words::{self, Counted, Flags};
use harness::{Common, Error, files, record};
use kernels::words::sorted;
use mpi::topology::SimpleCommunicator;

mod documents;
mod map;
mod occurrences;
mod reduce;

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
        record::prepare(&common)?;
        let out = files::output(flags.out.as_ref())?;
        let documents = words::list(&flags.paths)?;
        words::require_memory(&documents, setting.hosts)?;
        Ok((out, documents))
    })?;
    let (out, documents) = prepared.unzip();
    let documents = documents::broadcast(world, documents);

    let (mut pieces, mut total) = (Vec::new(), Vec::new());
    let measured = ranks::try_measure(world, &common, |lane| {
        // The words of the run before make room for those of this one.
        pieces.clear();
        pieces = documents::read(world, &documents, flags.rules(), lane)?;
        let mut counts = HashMap::new();
        lane.compute(0..1, || {
            counts = map::map(&pieces);
            counts.values().sum::<u64>()
        });
        total = sorted(reduce::reduce(world, &counts));
        Ok(())
    })?;
    let counted = Counted {
        total,
        per_document: documents::count_each(world, &flags, &documents, &pieces),
        occurrences: documents::find_each(world, &flags, &documents, &pieces),
        invalid_utf8: documents::invalid_utf8(world, &pieces),
    };

    let Some(measured) = measured else { return Ok(()) };
    if common.check {
        words::check(&flags, &documents, &counted)?;
    }
    words::write(out.flatten(), &flags, &documents, &counted)?;
    let summary = words::summary(&flags, &documents, &counted);
    let figures = words::figures(&flags, &documents, &counted, &measured);
    record::publish(&common, &setting, &measured, figures, &summary)
}
