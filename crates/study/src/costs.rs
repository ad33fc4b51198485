//! costs: how uneven the pixels of the Mandelbrot set are, and chunks of them for
//! 2 to 1024 workers. Many pixels become a few figures.

use std::path::{Path, PathBuf};

use harness::mandel::Costs;
use harness::record::{Figures, fields};
use harness::{Error, program};
use kernels::mandel::VIEW;
use serde_json::{Value, json};
use study::csv;
use study::implementation::{Implementation, Start};
use study::machine::processor;
use study::options::Options;
use study::record::{Record, records};
use study::rounds::{self, Row};
use study::summary::Report;
use study::table::{self, Line, align};

use crate::distribution::{Bin, Fit, fit, gini, histogram, lorenz, spreads};

/// What the topic can be asked for.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Args {
    /// The view of the plane [default: whole]
    #[arg(long, value_name = "VIEW")]
    pub view: Option<String>,
}

/// The numbers of workers: three is the first at which the whole set, which is
/// symmetric, is out of balance.
const WORKERS: [usize; 11] = [2, 3, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/// How often each pixel is timed.
const REPEATS: u32 = 9;

/// Up to so many workers the work of each one is recorded too, for a picture.
const NAMED: usize = 16;

/// What the topic writes: the chunks, the pixels, and what is left of those.
pub const FILES: [&str; 6] = [
    "chunks.csv",
    "costs.npz",
    "costs-summary.csv",
    "costs-histogram.csv",
    "costs-lorenz.csv",
    "costs-times.csv",
];

/// Runs the topic: imbalances and a few sentences on stdout; the chunks in
/// chunks.csv, what is left of the pixels in costs-*.csv, all pixels in costs.npz.
///
/// # Errors
///
/// [`Error::Failure`] if a file cannot be written.
pub fn run(options: &Options, args: &Args) -> Result<Report, Error> {
    let chunks = options.result(FILES[0])?;
    let pixels = options.result(FILES[1])?;
    let view = args.view.as_deref().unwrap_or(VIEW);
    // What is counted is the same each time, and pixels are timed several times
    // in one run.
    let once = Options { rounds: 1, ..options.clone() };
    let rows =
        rounds::run(&once, vec![shared(view, options), timed(view, options, &pixels)]);
    let all = records(&rows, |_| json!({ "headline": format!("view {view}") }));
    program::print(&format!(
        "\nMandelbrot set, view {view}: the imbalance of chunks\n\n"
    ))?;
    let mut files = Vec::new();
    if all[0].is_verified() {
        let shares = shares(&rows[0]);
        program::print(&format!("{}\n{LEGEND}\n", imbalances(&shares)))?;
        csv::write_plain(&chunks, &shares)?;
        files.push(chunks);
    } else {
        program::print(&format!("{}\n", unmeasured(&all[0])))?;
    }
    if all[1].is_verified() {
        let costs = Costs::read(&pixels)?;
        let line = fit(&resolved(&costs));
        let summary = summary(&rows[1], &costs, line);
        program::print(&sentences(&summary, &costs))?;
        files.extend(write(options, &costs, line, &summary)?);
        files.push(pixels);
    } else {
        program::print(&format!("{}\n", unmeasured(&all[1])))?;
    }
    Ok(Report { records: all, files })
}

const LEGEND: &str = "\
block, cyclic  each worker gets rows
tiles          the worker that has done the least gets the next 16 x 16 pixels
imbalance      the busiest worker's iterations / mean: 1 is balanced, counted by the
               student's own chunk_costs and imbalance (mandel-serial --chunks)
";

/// The run that counts the chunks of the whole picture: one of fewer rows would
/// have too few for a thousand workers.
fn shared(view: &str, options: &Options) -> Implementation {
    let size = if options.quick { "--width 480 --height 400" } else { "" };
    let workers = WORKERS.map(|workers| workers.to_string()).join(",");
    let words = format!("--view {view} {size} --kernel simd --chunks {workers}");
    let new = Implementation::new("mandel-serial", "chunks", Start::Alone, 1, &words);
    Implementation { runs: 1, warmup: 0, ..new }
}

/// The run that times each pixel.
fn timed(view: &str, options: &Options, file: &Path) -> Implementation {
    let (width, height) = if options.quick { (120, 100) } else { (480, 400) };
    // The last of a repeated flag wins: one reading of a pixel is none, even at
    // a first look.
    let words =
        format!("--view {view} --width {width} --height {height} --runs {REPEATS}");
    let mut new = Implementation::new("mandel-serial", "costs", Start::Alone, 1, &words);
    new.words.extend(["--costs".into(), file.into()]);
    new
}

fn unmeasured(record: &Record) -> String {
    format!("{}  {}", record.implementation, record.note())
}

/// One line a schedule and number of workers.
fn shares(row: &Row) -> Vec<Figures> {
    let found = row.value("chunks");
    let shares = found.as_array().into_iter().flatten().filter_map(Value::as_object);
    let mut lines = Vec::new();
    for share in shares {
        let mut line = picture(row);
        line.extend(share.clone());
        let work = line["work"].as_array_mut().filter(|work| work.len() > NAMED);
        work.into_iter().for_each(Vec::clear);
        line.extend(cores_and_version(row));
        line.extend(processor_and_instructions(row));
        lines.push(line);
    }
    lines
}

/// What was drawn.
fn picture(row: &Row) -> Figures {
    let keys = ["view", "width", "height", "max_iter"];
    keys.map(|key| (key.to_owned(), row.value(key))).into_iter().collect()
}

/// Where, and by which version.
fn cores_and_version(row: &Row) -> Figures {
    let said = row.rounds.first();
    fields(&json!({
        "cores": said.map(|said| said.cores),
        "version": said.map(|said| &said.version),
    }))
}

/// What the kernel ran on.
fn processor_and_instructions(row: &Row) -> Figures {
    let said = row.rounds.first().map(|said| &said.instructions);
    fields(&json!({ "processor": processor(), "instructions": said }))
}

/// A line for each number of workers, a column for each schedule.
fn imbalances(shares: &[Figures]) -> String {
    let lines: Vec<Line> = shares
        .chunk_by(|a, b| a["workers"] == b["workers"])
        .map(|shares| {
            let figures =
                shares.iter().map(|share| table::figure(share["imbalance"].as_f64(), 2));
            let workers = table::figure(shares[0]["workers"].as_f64(), 0);
            Line::Cells(
                [workers].into_iter().chain(figures).chain([String::new()]).collect(),
            )
        })
        .collect();
    align(&["workers", "block", "cyclic", "tiles", ""], &lines)
}

fn numbers<T: Copy + Into<f64>>(values: &[T]) -> Vec<f64> {
    values.iter().map(|&value| value.into()).collect()
}

/// The iterations and the seconds of the pixels that the clock could time.
fn resolved(costs: &Costs) -> Vec<(f64, f64)> {
    let pixels = costs.iterations.iter().zip(&costs.seconds);
    let known = pixels.filter(|(_, seconds)| **seconds > 0.0);
    known.map(|(&iterations, &seconds)| (iterations.into(), seconds.into())).collect()
}

/// `line` is what an iteration takes, as it was fitted to the pixels.
fn summary(row: &Row, costs: &Costs, line: Fit) -> Figures {
    let mut summary = picture(row);
    let figures = json!({
        "repeats": REPEATS,
        "iterations": row.value("iterations"),
        "resolution_s": costs.resolution_s,
        "overhead_s": costs.overhead_s,
        "unresolved": costs.unresolved(),
        "iteration_s": line.slope,
        "offset_s": line.offset,
        "r_squared": line.r_squared,
        "gini_iterations": gini(&numbers(&costs.iterations)),
        "gini_seconds": gini(&numbers(&costs.seconds)),
    });
    summary.extend(fields(&figures));
    summary.extend(cores_and_version(row));
    summary.insert("kernel".into(), row.value("kernel"));
    summary.extend(processor_and_instructions(row));
    summary
}

fn sentences(summary: &Figures, costs: &Costs) -> String {
    let number = |key: &str| summary[key].as_f64().unwrap_or(f64::NAN);
    let curve = lorenz(&numbers(&costs.iterations), 5);
    let pixels = costs.iterations.len();
    format!(
        "Of {pixels} pixels the costliest fifth takes {:.0} % of all iterations (Gini \
         coefficient {:.2}).\nAn iteration takes {:.2} ns (fitted, R2 {:.3}). {:.0} % of the \
         pixels take less than the\n{:.0} ns that the clock can resolve.\n",
        100.0 * (1.0 - curve[4].1),
        number("gini_iterations"),
        1e9 * number("iteration_s"),
        number("r_squared"),
        100.0 * number("unresolved") / pixels as f64,
        1e9 * number("resolution_s"),
    )
}

/// Writes the figures that sum up the pixels; returns the files.
fn write(
    options: &Options,
    costs: &Costs,
    line: Fit,
    summary: &Figures,
) -> Result<Vec<PathBuf>, Error> {
    let (iterations, seconds) = (numbers(&costs.iterations), numbers(&costs.seconds));
    let mut bins = Vec::new();
    // Pixels too quick for the clock have a bin of their own, from 0.
    let (from, to) = (0.0, costs.resolution_s);
    let untold = Bin { from, to, count: costs.unresolved() };
    bins.push(("seconds", untold));
    for (quantity, values) in [("iterations", &iterations), ("seconds", &seconds)] {
        bins.extend(histogram(values).into_iter().map(|bin| (quantity, bin)));
    }
    let bins = bins.into_iter().map(|(quantity, Bin { from, to, count })| {
        fields(&json!({ "quantity": quantity, "from": from, "to": to, "pixels": count }))
    });
    let both = lorenz(&iterations, 100).into_iter().zip(lorenz(&seconds, 100));
    let curve = both.map(|((pixels, iterations), (_, seconds))| {
        fields(&json!({
            "pixels": pixels, "iterations": iterations, "seconds": seconds,
            "gini_iterations": summary["gini_iterations"],
            "gini_seconds": summary["gini_seconds"],
        }))
    });
    let points: Vec<(f64, f64)> = iterations.iter().copied().zip(seconds).collect();
    let times = spreads(&points).into_iter().map(|spread| {
        let [low, median, high] = spread.y;
        fields(&json!({
            "iterations": spread.x, "pixels": spread.count,
            "low_s": low, "median_s": median, "high_s": high,
            "fitted_s": line.offset + line.slope * spread.x,
        }))
    });
    let mut files = Vec::new();
    let tables =
        [vec![summary.clone()], bins.collect(), curve.collect(), times.collect()];
    for (name, lines) in FILES[2..].iter().zip(tables) {
        let path = options.result(name)?;
        csv::write_plain(&path, &lines)?;
        files.push(path);
    }
    Ok(files)
}
