//! Exercise 3: a picture of the Mandelbrot set by one worker.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgAction, Parser};
use harness::mandel::{self, Costs, Picture, SCHEDULES, Share};
use harness::options::{MOST_WORKERS, count};
use harness::record::Setting;
use harness::{Common, Error, measure, record};
use kernels::mandel::count_rows;

mod chunks;
mod imbalance;

/// Draw a view of the Mandelbrot set with one worker
#[derive(Parser)]
#[command(name = "mandel-serial", version)]
struct Args {
    #[command(flatten)]
    picture: Picture,

    /// Say what the chunks of the picture would give each of P workers, 1 to 4096
    #[arg(long, value_name = "P,...", value_delimiter = ',', num_args = 1)]
    #[arg(value_parser = count(MOST_WORKERS), action = ArgAction::Set)]
    chunks: Option<Vec<usize>>,

    /// Time each pixel, too, and write iterations and seconds to FILE; needs --kernel scalar
    #[arg(long, value_name = "COSTS.npz")]
    costs: Option<PathBuf>,

    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    harness::program::run(run)
}

fn run(args: Args) -> Result<(), Error> {
    let view = args.picture.view()?;
    let files = args.picture.prepare(1)?;
    let costs_file = Costs::prepare(args.costs.as_ref(), &args.picture, &args.common)?;
    record::prepare(&args.common)?;

    let rows = 0..view.height;
    let mut counts = vec![0; view.width * view.height];
    let measured = measure::measure(&args.common, 1, |lanes| {
        let lane = &mut lanes[0];
        lane.compute(rows.clone(), || count_rows(&view, rows.clone(), &mut counts));
    });

    let shares = args.chunks.map(|workers| shares(&counts, view.width, &workers));
    if args.common.check {
        mandel::check(&view, &counts)?;
        mandel::check_chunks(&counts, view.width, shares.as_deref().unwrap_or_default())?;
    }
    files.write(&view, &counts)?;
    let setting = Setting::here("mandel-serial", 1);
    let mut figures = mandel::figures(&args.picture, &measured, None);
    let mut summary = mandel::summary(&args.picture, &measured, None);
    figures["chunks"] = shares.as_deref().map(mandel::chunk_figures).into();
    figures["costs"] = ().into();
    if let Some(shares) = shares {
        summary = format!("{}\n{summary}", mandel::chunk_summary(&shares));
    }
    if let Some(file) = costs_file {
        let costs = Costs::measure(&view, &counts, &args.common);
        costs.write(file)?;
        figures["costs"] = costs.figures();
        summary = format!("{summary}\n{}", costs.summary());
    }
    record::publish(&args.common, &setting, &measured, figures, &summary)
}

/// What each schedule gives to each worker, for each of the numbers `workers`.
fn shares(counts: &[u32], width: usize, workers: &[usize]) -> Vec<Share> {
    let mut shares = Vec::new();
    for &workers in workers {
        for schedule in SCHEDULES {
            let costs = schedule.costs(counts, width);
            let work = chunks::chunk_costs(&costs, workers, schedule);
            let imbalance = imbalance::imbalance(&work);
            shares.push(Share { schedule, work, imbalance });
        }
    }
    shares
}
