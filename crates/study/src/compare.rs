//! compare: our programs beside what a user would pick instead, in one run.
//!
//! A [`contest`] is one table: programs that compute the same on the same
//! input, ours and under each the [`peers`] that go about it in the same way.
//! All run interleaved. A [`judge`] compares each result with that of our
//! plainest program before any time counts. What the tables say, [`report`]
//! keeps as a page.

use std::path::PathBuf;

use clap::ValueEnum;
use harness::files::Output;
use harness::options::count;
use harness::{Error, program};
use kernels::mandel::SIGHTS;

use crate::compare::contest::Contest;
use crate::csv;
use crate::options::Options;
use crate::summary::Report;
use crate::topic::Topic;

mod contest;
mod judge;
mod mandel;
mod matmul;
mod peers;
mod report;
mod words;

/// What is compared, on which input.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// One topic instead of all
    #[arg(value_enum)]
    topic: Option<Topic>,

    /// The folder in which setup.sh has put the peers' Python and ScaLAPACK
    #[arg(long, value_name = "DIR")]
    environment: PathBuf,

    /// matmul: the orders of the matrices, a table each, 1 to 65536
    #[arg(long, value_name = "N,...", value_delimiter = ',', num_args = 1)]
    #[arg(default_value = "2048", value_parser = count(65_536))]
    size: Vec<usize>,

    /// mandel: a well-known part of the plane
    #[arg(long, value_name = "NAME", default_value = SIGHTS[0].name)]
    #[arg(value_parser = SIGHTS.map(|sight| sight.name))]
    view: String,

    /// mandel: pixels in a row
    #[arg(long, value_name = "PIXELS", default_value_t = 1920)]
    #[arg(value_parser = count(65_536))]
    width: usize,

    /// mandel: the number of rows
    #[arg(long, value_name = "PIXELS", default_value_t = 1600)]
    #[arg(value_parser = count(65_536))]
    height: usize,

    /// mandel: iterations after which a point counts as inside
    #[arg(long, value_name = "N", default_value_t = 1000)]
    #[arg(value_parser = count(1_000_000_000))]
    max_iter: usize,

    /// words: documents of ASCII text [default: corpus-50M.txt in the folder of --out]
    #[arg(long, value_name = "FILE,...", value_delimiter = ',', num_args = 1)]
    documents: Vec<PathBuf>,

    /// Put the tables into FILE, a Markdown page, in place of those of the same topic
    #[arg(long, value_name = "FILE.md")]
    report: Option<PathBuf>,
}

/// Runs one topic or all: tables on stdout, the records in compare.csv, and the
/// page of `--report`.
///
/// # Errors
///
/// [`Error::Failure`] where a document is missing or a file cannot be written.
pub fn run(options: &Options, args: &Args) -> Result<Vec<Report>, Error> {
    let file = options.result("compare.csv")?;
    if let Some(page) = &args.report {
        Output::create(page)?;
    }
    let topics = match args.topic {
        Some(topic) => vec![topic],
        None => Topic::value_variants().to_vec(),
    };
    // A missing document is said now, not after some minutes.
    let contests = topics
        .iter()
        .map(|&topic| contests(topic, options, args))
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
            let section = report::section(options, args, topic, &tables);
            report::replace(page, topic, &section)?;
        }
    }
    csv::write(&file, &contest::COLUMNS, &all)?;
    let files = [Some(file), args.report.clone()].into_iter().flatten().collect();
    Ok(vec![Report { records: all, files }])
}

/// The tables of a topic.
fn contests(topic: Topic, options: &Options, args: &Args) -> Result<Vec<Contest>, Error> {
    match topic {
        Topic::Matmul => Ok(matmul::contests(options, args)),
        Topic::Mandel => Ok(vec![mandel::contest(options, args)]),
        Topic::Words => words::contests(options, args),
    }
}
