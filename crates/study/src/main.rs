//! Runs the programs of a topic side by side and compares them in one table.
//!
//! Data flows one way: program, JSON, study, results/*.csv, table. Study knows
//! the programs by their command lines and by the JSON that they print, and
//! does not care who prints it.
//!
//! 1. [`implementation`]: what can be run, as data: a program and its flags;
//!    where it is not ours, a [`peer`].
//! 2. [`rounds`]: all of them run in turn, several times over ([`child`]).
//! 3. [`record`]: times, speed-ups and troubles, one record a row, and the
//!    [`machine`] it is from.
//! 4. [`csv`], [`table`] and [`summary`]: the records for plots and for people.
//!
//! A topic is what it runs and which columns it shows: [`hello`] with its
//! [`ping_pong`], [`matmul`] with its [`sweep`], [`mandel`], [`words`]; [`costs`]
//! tells how uneven single pixels are ([`distribution`]) and what chunks of them
//! come to. [`mod@bench`] gives those three more
//! and more workers, [`compare`] sets our programs beside those of others; what
//! both call a [`topic`] stands by itself.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use harness::{Error, program};

use crate::options::Options;
use crate::summary::Report;

mod options;

mod implementation;
mod peer;

mod child;
mod rounds;

mod machine;
mod record;

mod csv;
mod summary;
mod table;

mod costs;
mod distribution;
mod hello;
mod mandel;
mod matmul;
mod ping_pong;
mod sweep;
mod words;

mod bench;
mod compare;
mod topic;

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
    /// Our programs beside the same in Python and in C, on the same input
    Compare(compare::Args),
}

fn main() -> ExitCode {
    program::run(run)
}

fn run(args: Args) -> Result<(), Error> {
    let options = &args.options;
    options.check()?;
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
        Topic::Compare(args) => compare::run(options, args)?,
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
