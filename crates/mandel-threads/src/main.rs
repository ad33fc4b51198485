//! The Mandelbrot set, by threads: tasks 3.1 to 3.4.

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use harness::mandel::{self, Dealing, Picture, Tiles};
use harness::options::Workers;
use harness::record::Setting;
use harness::{Common, Error, measure, options};
use kernels::memory;

mod block;
mod cyclic;
mod dynamic;
mod rayon;

/// Draw a view of the Mandelbrot set with threads
#[derive(Parser)]
#[command(name = "mandel-threads", version)]
struct Args {
    #[command(flatten)]
    picture: Picture,

    #[command(flatten)]
    workers: Workers,

    /// Which worker computes which rows
    #[arg(long, value_enum, default_value_t = Schedule::Block)]
    schedule: Schedule,

    #[command(flatten)]
    tiles: Tiles,

    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Schedule {
    /// Consecutive rows for each worker
    Block,
    /// Row r for worker r mod the number of workers
    Cyclic,
    /// The next tile for whichever worker is free
    Dynamic,
    /// The same, handed out by rayon
    Rayon,
}

/// The whole picture.
const COPIES: usize = 1;

fn main() -> ExitCode {
    harness::program::run(run)
}

fn run(args: Args) -> Result<(), Error> {
    let outputs = mandel::prepare(&args.picture, &args.common, COPIES)?;
    let (view, tile_rows) = (args.picture.view()?, args.tiles.tile);
    let workers = args.workers.workers;
    if args.schedule == Schedule::Rayon {
        rayon::start(workers)?;
    }

    let mut image = memory::zeros(view.width * view.height);
    let measured = measure::measure(&args.common, workers, |lanes| match args.schedule {
        Schedule::Block => block::compute(&view, &mut image, lanes),
        Schedule::Cyclic => cyclic::compute(&view, &mut image, lanes),
        Schedule::Dynamic => dynamic::compute(&view, tile_rows, &mut image, lanes),
        Schedule::Rayon => rayon::compute(&view, tile_rows, &mut image, lanes),
    });
    let setting = Setting::here("mandel-threads", workers);

    let dealing = Dealing { schedule: options::name(&args.schedule), tile_rows };
    let Args { picture, common, .. } = &args;
    mandel::conclude(picture, common, dealing, outputs, &setting, &measured, &image)
}
