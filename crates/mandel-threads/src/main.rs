//! Exercise 3: a picture of the Mandelbrot set by threads.

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use harness::mandel::{self, Dealing, Picture, Tiles};
use harness::options::{self, Workers};
use harness::record::Setting;
use harness::{Common, Error, measure, record};
use serde_json::json;

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

    /// Which thread computes which rows
    #[arg(long, value_enum, default_value_t = Schedule::Block)]
    schedule: Schedule,

    #[command(flatten)]
    tiles: Tiles,

    /// Let rayon's threads take the tiles; needs --schedule dynamic
    #[arg(long)]
    rayon: bool,

    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Schedule {
    /// Consecutive rows for each thread
    Block,
    /// Row r for thread r mod the number of threads
    Cyclic,
    /// The next tile for whichever thread is free
    Dynamic,
}

fn main() -> ExitCode {
    harness::program::run(run)
}

fn run(args: Args) -> Result<(), Error> {
    let (workers, tile) = (args.workers.workers, args.tiles.tile);
    if args.rayon && args.schedule != Schedule::Dynamic {
        return Err(Error::usage("--rayon needs --schedule dynamic"));
    }
    let view = args.picture.view()?;
    let files = args.picture.prepare(1)?;
    record::prepare(&args.common)?;
    if args.rayon {
        rayon::start(workers)?;
    }

    let mut counts = vec![0; view.width * view.height];
    let measured = measure::measure(&args.common, workers, |lanes| match args.schedule {
        Schedule::Block => block::compute(&view, &mut counts, lanes),
        Schedule::Cyclic => cyclic::compute(&view, &mut counts, lanes),
        Schedule::Dynamic if args.rayon => {
            rayon::compute(&view, tile, &mut counts, lanes)
        }
        Schedule::Dynamic => dynamic::compute(&view, tile, &mut counts, lanes),
    });

    if args.common.check {
        mandel::check(&view, &counts)?;
    }
    files.write(&view, &counts)?;
    let setting = Setting::here("mandel-threads", workers);
    let dealing = Some(Dealing { schedule: &options::name(&args.schedule), tile });
    let mut figures = mandel::figures(&args.picture, &measured, dealing);
    figures["rayon"] = json!(args.rayon);
    let summary = mandel::summary(&args.picture, &measured, dealing);
    record::publish(&args.common, &setting, &measured, figures, &summary)
}
