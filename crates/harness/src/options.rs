//! The flags that every program has.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread::available_parallelism;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};

/// How often to run, and where the figures go.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// Timed runs; the median and the minimum are reported
    #[arg(long, value_name = "R", default_value_t = 5)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub runs: u32,

    /// Runs before the timed ones, to warm up caches and threads
    #[arg(long, value_name = "W", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub warmup: u32,

    /// Print one JSON object on stdout and nothing else
    #[arg(long)]
    pub json: bool,

    /// Append one record to FILE, with a header if the file is empty
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,

    /// Verify the result independently, outside the timed region
    #[arg(long)]
    pub check: bool,
}

/// The number of threads, processes or ranks that one run may ask for.
pub const MOST_WORKERS: u64 = 4096;

/// How many workers; a flag of the programs that start their own.
#[derive(Args, Clone, Debug)]
pub struct Workers {
    /// Threads or processes, 1 to 4096
    #[arg(long, value_name = "T", default_value_t = cores())]
    #[arg(value_parser = count(MOST_WORKERS))]
    pub workers: usize,
}

/// A whole number from 1 to `most`, as clap takes it.
pub fn count(most: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=most)
}

/// What `value` is called on the command line.
pub fn name(value: &impl ValueEnum) -> String {
    let value = value.to_possible_value().expect("no value is skipped");
    value.get_name().to_owned()
}

/// The cores that this process may use.
pub fn cores() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}
