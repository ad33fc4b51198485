//! The Mandelbrot set, by one worker: tasks 3.5 and 3.6.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgAction, Parser};
use harness::mandel::{self, Costs, Picture, SCHEDULES, Share};
use harness::options::{MOST_WORKERS, count};
use harness::record::{Outputs, Setting};
use harness::{Common, Error, measure, record};
use kernels::mandel::count_rows;
use kernels::memory;

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
    args.picture.check(1)?;
    if args.costs.is_some() {
        Costs::check(&args.picture, &args.common)?;
    }
    let [png, out] = args.picture.files();
    let files = [png, out, ("--costs", args.costs.as_ref())];
    let figures = [&mandel::FIGURES[..], &["chunks", "costs"]].concat();
    let outputs = Outputs::settle(&args.common, &[], &files, &figures)?;

    let mut image = memory::zeros(view.width * view.height);
    let measured = measure::measure(&args.common, 1, |lanes| {
        lanes[0].compute(0..view.height, |rows| count_rows(&view, rows, &mut image));
    });

    let shares = args.chunks.map(|workers| shares(&image, view.width, &workers));
    if args.common.check {
        mandel::check(&view, &image)?;
        mandel::check_chunks(&image, view.width, shares.as_deref().unwrap_or_default())?;
    }
    mandel::write(&outputs, &view, &image)?;
    let setting = Setting::here("mandel-serial", 1);
    let mut figures = mandel::figures(&args.picture, &measured, None, &image);
    let mut summary = mandel::summary(&args.picture, &measured, None, &image);
    figures["chunks"] = shares.as_deref().map(mandel::chunk_figures).into();
    figures["costs"] = ().into();
    if let Some(shares) = shares {
        summary = format!("{}\n{summary}", mandel::chunk_summary(&shares));
    }
    if args.costs.is_some() {
        let costs = Costs::measure(&view, &image, &args.common);
        outputs.write("--costs", |file| costs.write(file))?;
        figures["costs"] = costs.figures();
        summary = format!("{summary}\n{}", costs.summary());
    }
    record::publish(&args.common, outputs, &setting, &measured, figures, &summary)
}

/// What each schedule gives to each worker, for each of the numbers `workers`.
fn shares(image: &[u32], width: usize, workers: &[usize]) -> Vec<Share> {
    let mut shares = Vec::new();
    for &workers in workers {
        for schedule in SCHEDULES {
            let costs = mandel::piece_costs(schedule, image, width);
            let work = chunks::chunk_costs(&costs, workers, schedule);
            shares.push(Share { schedule, work, imbalance: 0.0 });
        }
    }
    let work: Vec<_> = shares.iter().map(|share| &share.work).collect();
    harness::leave("chunks", 0, &work);
    for share in &mut shares {
        share.imbalance = imbalance::imbalance(&share.work);
    }
    shares
}
