//! mandel: every kernel, and every schedule with threads and with ranks, on
//! several views.

use harness::{Error, program};
use kernels::mandel::VIEW;
use serde_json::{Value, json};
use study::csv;
use study::implementation::{Implementation, Start};
use study::options::Options;
use study::record::{Record, records};
use study::rounds::{self, Row};
use study::summary::Report;
use study::table::{Column, EFFICIENCY, MEDIAN, SPEED_UP, figure, table};

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
const VIEWS: [&str; 2] = [VIEW, "upper"];

/// The first is the one that the programs use unless asked.
const KERNELS: [&str; 3] = ["scalar", "simd", "shortcut"];

const IMBALANCE: Column = Column {
    heading: "imbalance",
    cell: |record: &Record| figure(record.figure("imbalance"), 2),
};
const TIMES_SCALAR: Column = Column {
    heading: "x scalar",
    cell: |record: &Record| figure(record.figure("kernel_speedup"), 1),
};
const LEGEND: &str = "\
speed-up   time of mandel-serial with the same kernel / median; efficiency = speed-up / workers
imbalance  the busiest worker's iterations / mean: 1 is balanced; the master of mandel-mpi
           dynamic and ahead counts as a worker, and computes nothing
x scalar   time of mandel-serial scalar / median
";

/// What the topic writes.
pub const FILES: [&str; 2] = ["mandel.csv", "mandel-counts.npy"];

/// Runs the topic: a table a view on stdout, the records in mandel.csv, the
/// counts of the first view in mandel-counts.npy, which plots draws.
///
/// # Errors
///
/// [`Error::Failure`] if a file cannot be written.
pub fn run(options: &Options, args: &Args) -> Result<Report, Error> {
    let mut files = vec![options.result(FILES[0])?];
    let counts = options.result(FILES[1])?;
    let views = match args.view.as_slice() {
        [] => VIEWS.map(String::from).to_vec(),
        views => views.to_vec(),
    };
    let mut all = Vec::new();
    for (number, view) in views.iter().enumerate() {
        let mut implementations = implementations(options, &flags(options, args, view));
        if number == 0 {
            implementations[0].first = vec!["--out".into(), counts.clone().into()];
        }
        let mut rows = rounds::run(options, implementations);
        rounds::agree(&mut rows, &["iterations"]);
        let records = compared(&rows, view);
        let millions = rows[0].figure("iterations").map(|n| format!(", {:.0}", n / 1e6));
        let millions = millions.map(|n| n + " million iterations").unwrap_or_default();
        program::print(&format!(
            "\nMandelbrot set, view {view}{millions}\n\n{}\n{LEGEND}",
            table(&[MEDIAN, SPEED_UP, EFFICIENCY, IMBALANCE, TIMES_SCALAR], &records)
        ))?;
        all.extend(records);
    }
    let columns =
        ["view", "kernel", "kernel_speedup", "iterations", "max_iter", "imbalance"];
    csv::write(&files[0], &columns, &all)?;
    // Old counts may be there; this run wrote some where its first row says so.
    files.extend(Some(counts).filter(|_| all[0].is_verified()));
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

/// All rows of the table. The schedules are compared with the scalar kernel,
/// which makes the longest rows; the best ones show what a faster kernel leaves.
fn implementations(options: &Options, flags: &str) -> Vec<Implementation> {
    let new = |program, strategy: &str, start, workers, words: &str| {
        let words = format!("{flags} {words}");
        Implementation::new(program, strategy, start, workers, &words)
    };
    let serial = KERNELS.map(|kernel| {
        let words = format!("--kernel {kernel}");
        Implementation {
            serial: true,
            ..new("mandel-serial", kernel, Start::Alone, 1, &words)
        }
    });
    let threads = ["block", "cyclic", "dynamic", "rayon", "dynamic simd"];
    let threads = threads.map(|strategy| ("mandel-threads", Start::Workers, strategy));
    let ranks = ["block", "cyclic", "dynamic", "ahead", "counter", "counter simd"];
    let ranks = ranks.map(|strategy| ("mandel-mpi", Start::Ranks, strategy));
    let parallel = threads.into_iter().chain(ranks).map(|(program, start, strategy)| {
        let words = format!("--schedule {}", strategy.replace("simd", "--kernel simd"));
        new(program, strategy, start, options.workers, &words)
    });
    let mut all: Vec<_> = serial.into_iter().chain(parallel).collect();
    for implementation in all.iter_mut().filter(|i| kernel(i) == KERNELS[0]) {
        // A run takes about a second, beside which what warms up is little:
        // one in each round will do, and the median leaves an odd one out.
        (implementation.runs, implementation.warmup) = (1, 0);
    }
    all
}

/// The kernel that an implementation uses.
fn kernel(implementation: &Implementation) -> &'static str {
    let last = implementation.strategy.split(' ').next_back();
    KERNELS.into_iter().find(|kernel| last == Some(kernel)).unwrap_or(KERNELS[0])
}

/// The records in the order of the rows. Each is compared with mandel-serial
/// with the same kernel: how well work is shared is one question, how fast a
/// worker is another, which `kernel_speedup` answers.
fn compared(rows: &[Row], view: &str) -> Vec<Record> {
    let scalar = rows[0].median_s();
    let figures = |row: &Row| figures(row, view, scalar);
    let mut all: Vec<(usize, Record)> = Vec::new();
    for name in KERNELS {
        let (numbers, same): (Vec<usize>, Vec<Row>) = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| kernel(&row.implementation) == name)
            .map(|(number, row)| (number, row.clone()))
            .unzip();
        all.extend(numbers.into_iter().zip(records(&same, figures)));
    }
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, record)| record).collect()
}

fn figures(row: &Row, view: &str, scalar: Option<f64>) -> Value {
    let ratio = |median: f64| Some(scalar? / median);
    json!({
        "view": view,
        "kernel": kernel(&row.implementation),
        "kernel_speedup": row.median_s().and_then(ratio),
        "iterations": row.value("iterations"),
        "max_iter": row.value("max_iter"),
        "imbalance": row.figure("imbalance"),
        "headline": format!("view {view}"),
    })
}
