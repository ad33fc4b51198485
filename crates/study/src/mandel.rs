//! mandel: every schedule with threads and with ranks, on several views.

use harness::{Error, program};
use serde_json::{Value, json};

use crate::csv;
use crate::implementation::{Implementation, Start};
use crate::options::Options;
use crate::record::{Record, is_verified, records};
use crate::rounds::{self, Row};
use crate::summary::Report;
use crate::table::{Column, EFFICIENCY, MEDIAN, SPEED_UP, figure, table};

/// What the topic can be asked for; the programs know the defaults.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Args {
    /// Views of the plane, one table each [default: whole,upper]
    #[arg(long, value_name = "VIEW,...", value_delimiter = ',', num_args = 1)]
    pub view: Vec<String>,

    /// Pixels in a row
    #[arg(long, value_name = "PIXELS")]
    pub width: Option<usize>,

    /// Pixels in a column
    #[arg(long, value_name = "PIXELS")]
    pub height: Option<usize>,

    /// Iterations after which a point counts as inside
    #[arg(long, value_name = "N")]
    pub max_iter: Option<u32>,
}

/// The view `whole` is balanced by symmetry at two workers; `upper` never.
const VIEWS: [&str; 2] = ["whole", "upper"];

const IMBALANCE: Column = Column {
    heading: "imbalance",
    cell: |record: &Record| figure(record, "imbalance", 2),
};
const LEGEND: &str = "\
imbalance  slowest worker's iterations / mean: 1 is balanced
speed-up   time of mandel-serial / median; efficiency = speed-up / workers
";

/// Runs the topic: a table a view on stdout, the records in mandel.csv, the
/// picture of the first view in mandel.png.
///
/// # Errors
///
/// [`Error::Failure`] where a file cannot be written.
pub fn run(options: &Options, args: &Args) -> Result<Report, Error> {
    let mut files = vec![options.result("mandel.csv")?];
    let picture = options.result("mandel.png")?;
    let views = match args.view.as_slice() {
        [] => VIEWS.map(String::from).to_vec(),
        views => views.to_vec(),
    };
    let mut all = Vec::new();
    for (number, view) in views.iter().enumerate() {
        let mut implementations = implementations(options, &flags(options, args, view));
        if number == 0 {
            implementations[0].first = vec!["--png".into(), picture.clone().into()];
        }
        let mut rows = rounds::run(options, implementations);
        rounds::agree(&mut rows, &["iterations"]);
        let records = records(&rows, |row| figures(row, view));
        let millions = rows[0].figure("iterations").map(|n| format!(", {:.0}", n / 1e6));
        let millions = millions.map(|n| n + " million iterations").unwrap_or_default();
        program::print(&format!(
            "\nMandelbrot set, view {view}{millions}\n\n{}\n{LEGEND}",
            table(&[MEDIAN, SPEED_UP, EFFICIENCY, IMBALANCE], &records)
        ))?;
        all.extend(records);
    }
    csv::write(&files[0], &["view", "iterations", "imbalance"], &all)?;
    // An old picture may be there; this run drew one where its first row says so.
    files.extend(Some(picture).filter(|_| is_verified(&all[0])));
    Ok(Report { records: all, files })
}

fn flags(options: &Options, args: &Args, view: &str) -> String {
    let quick = |size: usize| options.quick.then_some(size);
    let mut flags = format!("--view {view}");
    for (flag, value) in [
        ("width", args.width.or(quick(480))),
        ("height", args.height.or(quick(400))),
        ("max-iter", args.max_iter.map(|n| n as usize)),
    ] {
        if let Some(value) = value {
            flags += &format!(" --{flag} {value}");
        }
    }
    flags
}

fn implementations(options: &Options, flags: &str) -> Vec<Implementation> {
    let new = |program, strategy: &str, start, workers, schedule: &str| Implementation {
        // A run takes about a second, beside which what warms up is little:
        // one in each round will do, and the median leaves an odd one out.
        runs: 1,
        warmup: 0,
        ..Implementation::new(
            program,
            strategy,
            start,
            workers,
            &format!("{flags} {schedule}"),
        )
    };
    let serial =
        Implementation { serial: true, ..new("mandel-serial", "", Start::Alone, 1, "") };
    let threads = ["block", "cyclic", "dynamic", "dynamic --rayon"];
    let ranks = ["block", "cyclic", "dynamic", "counter"];
    let threads = threads.map(|schedule| {
        let (strategy, flag) =
            (schedule.replace("--", ""), format!("--schedule {schedule}"));
        new("mandel-threads", &strategy, Start::Workers, options.workers, &flag)
    });
    let ranks = ranks.map(|schedule| {
        let flag = format!("--schedule {schedule}");
        new("mandel-mpi", schedule, Start::Ranks, options.workers, &flag)
    });
    [serial].into_iter().chain(threads).chain(ranks).collect()
}

fn figures(row: &Row, view: &str) -> Value {
    json!({
        "view": view,
        "iterations": row.value("iterations"),
        "imbalance": row.figure("imbalance"),
        "headline": format!("view {view}"),
    })
}
