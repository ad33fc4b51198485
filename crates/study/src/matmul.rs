//! matmul: the serial ladder, threads, processes and ranks at the same size.

use clap::builder::RangedU64ValueParser;
use harness::{Error, program};
use serde_json::{Value, json};
use study::csv;
use study::implementation::{Implementation, Start};
use study::options::Options;
use study::record::{Record, records};
use study::rounds::{self, Row};
use study::summary::Report;
use study::table::{Column, EFFICIENCY, MEDIAN, SPEED_UP, figure, table};

use crate::products::{gflops, parallel};
use crate::sweep;

/// What the topic can be asked for.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Args {
    /// The order n of the matrices, 1 to 65536 [default: 1024]
    #[arg(long, value_name = "N", value_parser = order())]
    pub size: Option<usize>,

    /// The orders of the sweep, 1 to 65536 [default: 128,256,512,1024,2048]
    #[arg(long, value_name = "N,N,...", value_delimiter = ',', num_args = 1)]
    #[arg(value_parser = order())]
    pub sweep: Vec<usize>,
}

fn order() -> RangedU64ValueParser<usize> {
    harness::options::count(65_536)
}

const GFLOPS: Column = Column {
    heading: "GFLOP/s",
    cell: |record: &Record| figure(record.figure("gflops"), 1),
};
const OWN: Column = Column {
    heading: "own x1",
    cell: |record: &Record| figure(record.figure("speedup_own"), 2),
};
const LEGEND: &str = "\
speed-up    best serial time / median
own x1      the same implementation on one worker / median
efficiency  speed-up / workers; not quoted with more workers than cores
";

/// What the topic writes.
pub const FILES: [&str; 2] = ["matmul.csv", "matmul-sweep.csv"];

/// Runs the topic: its tables on stdout, its records in matmul.csv and
/// matmul-sweep.csv.
///
/// # Errors
///
/// [`Error::Failure`] if a file cannot be written.
pub fn run(options: &Options, args: &Args) -> Result<Report, Error> {
    let files = FILES.map(|name| options.result(name));
    let files = files.into_iter().collect::<Result<Vec<_>, _>>()?;
    let size = args.size.unwrap_or(if options.quick { 256 } else { 1024 });

    let rows = rounds::run(options, implementations(options, size));
    let mut records = records(&rows, |row| figures(row, &rows, size));
    csv::write(&files[0], &["n", "gflops", "speedup_own"], &records)?;
    program::print(&format!(
        "\nMatrix product of order {size}\n\n{}\n{LEGEND}",
        table(&[MEDIAN, GFLOPS, SPEED_UP, OWN, EFFICIENCY], &records)
    ))?;

    records.extend(sweep::run(options, &args.sweep, &files[1])?);
    Ok(Report { records, files })
}

fn implementations(options: &Options, size: usize) -> Vec<Implementation> {
    let ladder = ["naive", "reordered", "tiled", "fast"].map(|kernel| Implementation {
        serial: true,
        // The naive product of order 1024 takes seconds: one run a round.
        runs: if kernel == "naive" { 1 } else { 3 },
        warmup: u32::from(kernel != "naive"),
        ..Implementation::new(
            "matmul-shm",
            kernel,
            Start::Workers,
            1,
            &format!("--kernel {kernel} --size {size}"),
        )
    });
    let mut all = Vec::from(ladder);
    let mut counts = vec![1, options.workers];
    counts.dedup();
    all.extend(counts.into_iter().flat_map(|workers| parallel(workers, size)));
    all
}

fn figures(row: &Row, rows: &[Row], size: usize) -> Value {
    let gflops = gflops(row, size);
    let own =
        rows.iter().find(|other| is_own(&other.implementation, &row.implementation));
    let speedup_own = own
        .filter(|_| !row.implementation.serial)
        .and_then(|own| Some(own.median_s()? / row.median_s()?));
    let headline = gflops.map(|gflops| format!("{gflops:.1} GFLOP/s"));
    json!({ "n": size, "gflops": gflops, "speedup_own": speedup_own, "headline": headline })
}

fn is_own(other: &Implementation, this: &Implementation) -> bool {
    other.workers == 1
        && (other.program, &other.strategy) == (this.program, &this.strategy)
}
