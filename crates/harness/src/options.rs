//! The flags that every program has.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread::available_parallelism;

use clap::builder::RangedU64ValueParser;
use clap::{ArgAction, Args, ValueEnum};

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

    /// Write what each worker did when, in the run of median time, to F.json;
    /// https://ui.perfetto.dev opens it
    #[arg(long, value_name = "F.json")]
    pub trace: Option<PathBuf>,

    /// Do not verify the result; otherwise it is verified independently, outside
    /// the timed region
    #[arg(long = "no-check", action = ArgAction::SetFalse, overrides_with = "checked")]
    pub check: bool,

    /// Verify the result; this is the default
    #[arg(long = "check", hide = true, overrides_with = "check")]
    pub checked: bool,
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

/// A number of bytes such as `200M`, as clap takes it; K, M and G stand for
/// 10^3, 10^6 and 10^9.
///
/// # Errors
///
/// What such a number looks like, if `text` is none or is zero.
pub fn bytes(text: &str) -> Result<u64, String> {
    let units = [('K', 1_000), ('M', 1_000_000), ('G', 1_000_000_000)];
    let unit = units.into_iter().find(|(letter, _)| text.ends_with(*letter));
    let (digits, factor) = match unit {
        Some((_, factor)) => (&text[..text.len() - 1], factor),
        None => (text, 1),
    };
    // Rust's own parser would take a sign.
    let number = digits.chars().all(|c| c.is_ascii_digit()).then(|| digits.parse().ok());
    let bytes = number.flatten().and_then(|number: u64| number.checked_mul(factor));
    bytes
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "not a number of bytes such as 50000000, 50M or 2G".to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_a_unit_or_none() {
        for (text, expected) in [
            ("1", Some(1)),
            ("50000000", Some(50_000_000)),
            ("3K", Some(3_000)),
            ("200M", Some(200_000_000)),
            ("2000G", Some(2_000_000_000_000)),
            ("0", None),
            ("0M", None),
            ("-1", None),
            ("+1", None),
            ("", None),
            ("M", None),
            ("1.5G", None),
            ("1MB", None),
            ("99999999999999999999", None),
            ("99999999999999999G", None),
        ] {
            assert_eq!(bytes(text).ok(), expected, "{text}");
        }
    }
}
