//! hello: the time of the gather, on 1 to NP ranks, and the price of a message.

use harness::{Error, program};
use serde_json::json;
use study::implementation::{Implementation, Start};
use study::options::Options;
use study::record::{Record, records};
use study::summary::Report;
use study::table::{Column, MEDIAN, table, time};
use study::{csv, rounds};

use crate::ping_pong;

const FASTEST: Column =
    Column { heading: "fastest", cell: |record: &Record| time(record.min_s) };

/// What the topic writes.
pub const FILES: [&str; 2] = ["hello.csv", "ping-pong.csv"];

/// Runs the topic: its tables on stdout, its records in hello.csv and, where
/// there are two ranks, in ping-pong.csv.
///
/// # Errors
///
/// [`Error::Failure`] if the file cannot be written.
pub fn run(options: &Options) -> Result<Report, Error> {
    let [file, messages] = FILES.map(|name| options.result(name));
    let (file, messages) = (file?, messages?);
    let rows = rounds::run(options, implementations(options));
    let mut records = records(&rows, |_| json!({ "headline": "gather" }));
    csv::write(&file, &[], &records)?;
    program::print(&format!(
        "\nHello: how long rank 0 takes to collect who is where\n\n{}",
        table(&[MEDIAN, FASTEST], &records)
    ))?;
    // The summary quotes the first of equals: the job of NP ranks.
    records.reverse();
    let mut files = vec![file];
    if options.workers > 1 {
        records.extend(ping_pong::run(options, &messages)?);
        files.push(messages);
    }
    Ok(Report { records, files })
}

fn implementations(options: &Options) -> Vec<Implementation> {
    let on = |ranks| Implementation {
        runs: 20,
        ..Implementation::new("mpi-hello", "", Start::Ranks, ranks, "")
    };
    options.worker_counts().into_iter().map(on).collect()
}
