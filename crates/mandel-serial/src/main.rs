//! Exercise 3: a picture of the Mandelbrot set by one worker.

use std::process::ExitCode;

use clap::Parser;
use harness::mandel::{self, Picture};
use harness::record::Setting;
use harness::{Common, Error, measure, record};
use kernels::mandel::count_rows;

/// Draw a view of the Mandelbrot set with one worker
#[derive(Parser)]
#[command(name = "mandel-serial", version)]
struct Args {
    #[command(flatten)]
    picture: Picture,

    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    harness::program::run(run)
}

fn run(args: Args) -> Result<(), Error> {
    let view = args.picture.view()?;
    let files = args.picture.prepare(1)?;
    record::prepare(&args.common)?;

    let rows = 0..view.height;
    let mut counts = vec![0; view.width * view.height];
    let measured = measure::measure(&args.common, 1, |lanes| {
        let lane = &mut lanes[0];
        lane.compute(rows.clone(), || count_rows(&view, rows.clone(), &mut counts));
    });

    if args.common.check {
        mandel::check(&view, &counts)?;
    }
    files.write(&view, &counts)?;
    let setting = Setting::here("mandel-serial", 1);
    let figures = mandel::figures(&args.picture, &measured, None);
    let summary = mandel::summary(&args.picture, &measured, None);
    record::publish(&args.common, &setting, &measured, figures, &summary)
}
