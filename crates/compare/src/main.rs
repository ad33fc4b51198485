//! Our programs beside what a user would pick instead, in one run.
//!
//! A [`contest`] is one table: programs that compute the same on the same
//! input, ours and under each the [`peers`] that go about it in the same way.
//! All run interleaved. A [`judge`] compares each result with that of our
//! plainest program before any time counts. What the tables say, [`report`]
//! keeps as a page.

use std::process::ExitCode;

use clap::ValueEnum;
use harness::files::{self, Named, Output};
use harness::{Error, program};
use study::csv;
use study::summary::{self, Report};
use study::topic::Topic;

use crate::args::Args;
use crate::contest::Contest;

mod args;

mod contest;
mod judge;
mod peers;

mod mandel;
mod matmul;
mod words;

mod report;

fn main() -> ExitCode {
    program::run(run)
}

/// Runs one topic or all: tables on stdout, the records in compare.csv, and the
/// page of `--report`.
///
/// # Errors
///
/// [`Error::Failure`] if a document is missing or a file cannot be written.
fn run(args: Args) -> Result<(), Error> {
    let options = &args.options;
    options.check()?;
    let file = options.result("compare.csv")?;
    if let Some(page) = &args.report {
        let corpus = options.corpus();
        let documents = args.documents.iter().chain([&corpus]);
        let documents: Vec<Named> = documents.map(|path| ("document", &**path)).collect();
        files::distinct(&documents, &[("result", &file), ("--report", page)])?;
        Output::create(page)?;
        report::read(page)?;
    }
    program::print(&options.headline())?;
    let topics = match args.topic {
        Some(topic) => vec![topic],
        None => Topic::value_variants().to_vec(),
    };
    // A missing document is said now, not after some minutes.
    let contests = topics
        .iter()
        .map(|&topic| contests(topic, &args))
        .collect::<Result<Vec<_>, _>>()?;

    let mut all = Vec::new();
    for (&topic, contests) in topics.iter().zip(contests) {
        let mut tables = Vec::new();
        for contest in contests {
            let table = contest.run(options)?;
            program::print(&table.text())?;
            all.extend(table.records.clone());
            tables.push(table);
        }
        if let Some(page) = &args.report {
            let section = report::section(&args, topic, &tables);
            report::replace(page, topic, &section)?;
        }
    }
    csv::write(&file, &contest::COLUMNS, &all)?;
    let files = [Some(file), args.report.clone()].into_iter().flatten().collect();
    summary::conclude(&[Report { records: all, files }])
}

/// The tables of a topic.
fn contests(topic: Topic, args: &Args) -> Result<Vec<Contest>, Error> {
    match topic {
        Topic::Matmul => Ok(matmul::contests(args)),
        Topic::Mandel => Ok(vec![mandel::contest(args)]),
        Topic::Words => words::contests(args),
    }
}
