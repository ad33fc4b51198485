//! Runs the programs of a topic side by side and compares them in one table.
//!
//! A topic is what it runs and which columns it shows: [`hello`] with its
//! [`ping_pong`], [`matmul`] with its [`products`] and their [`sweep`], [`mandel`],
//! [`words`]. [`costs`] tells how uneven single pixels are ([`distribution`]) and
//! how uneven chunks of them are. [`mod@bench`] adds workers and shows how matmul,
//! mandel and words scale. The library beside this program does the running,
//! the records and the tables.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use harness::{Error, program};
use study::options::Options;
use study::summary::{self, Report};

mod hello;
mod ping_pong;

mod matmul;
mod products;
mod sweep;

mod costs;
mod distribution;
mod mandel;

mod words;

mod bench;

/// Run the programs of a topic side by side and compare them in one table
#[derive(Parser)]
#[command(name = "study", version)]
struct Args {
    #[command(subcommand)]
    topic: Topic,

    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Topic {
    /// The time that rank 0 takes to collect who is where, on 1 to NP ranks, and that of a message
    Hello,
    /// Matrix products: the serial ladder, threads, processes and ranks, and a sweep of sizes
    Matmul(matmul::Args),
    /// The Mandelbrot set: every schedule, with threads and with ranks
    Mandel(mandel::Args),
    /// How uneven the pixels of the Mandelbrot set are, and chunks of them for 2 to 1024 workers
    Costs(costs::Args),
    /// Counting words on 1 to NP ranks
    Words(words::Args),
    /// All topics, then one summary
    All,
    /// Strong and weak scaling over 1 to NP workers
    Bench,
}

impl Topic {
    /// The result files that it writes.
    fn files(&self) -> Vec<&'static str> {
        match self {
            Topic::Hello => hello::FILES.to_vec(),
            Topic::Matmul(_) => matmul::FILES.to_vec(),
            Topic::Mandel(_) => mandel::FILES.to_vec(),
            Topic::Costs(_) => costs::FILES.to_vec(),
            Topic::Words(_) => vec![words::FILE],
            Topic::All => [&hello::FILES, &matmul::FILES, &mandel::FILES]
                .into_iter()
                .flatten()
                .chain(&costs::FILES)
                .chain(&[words::FILE])
                .copied()
                .collect(),
            Topic::Bench => vec![bench::FILE],
        }
    }

    /// The documents that the user names for it.
    fn documents(&self) -> &[PathBuf] {
        match self {
            Topic::Words(args) => &args.paths,
            _ => &[],
        }
    }
}

fn main() -> ExitCode {
    program::run(run)
}

fn run(args: Args) -> Result<(), Error> {
    let options = &args.options;
    options.check()?;
    options.settle(&args.topic.files(), args.topic.documents())?;
    // Costs are no medians over rounds, and have one worker.
    if !matches!(args.topic, Topic::Costs(_)) {
        program::print(&options.headline())?;
    }
    let reports = match &args.topic {
        Topic::Hello => vec![hello::run(options)?],
        Topic::Matmul(args) => vec![matmul::run(options, args)?],
        Topic::Mandel(args) => vec![mandel::run(options, args)?],
        Topic::Costs(args) => vec![costs::run(options, args)?],
        Topic::Words(args) => vec![words::run(options, args)?],
        Topic::All => all(options)?,
        Topic::Bench => vec![bench::run(options)?],
    };
    summary::conclude(&reports)
}

fn all(options: &Options) -> Result<Vec<Report>, Error> {
    let words = words::Args::default();
    // A missing corpus is said now, not after some minutes.
    words::documents(options, &words)?;
    let reports = vec![
        hello::run(options)?,
        matmul::run(options, &matmul::Args::default())?,
        mandel::run(options, &mandel::Args::default())?
            .and(costs::run(options, &costs::Args::default())?),
        words::run(options, &words)?,
    ];
    program::print(&summary::table(&reports))?;
    Ok(reports)
}
