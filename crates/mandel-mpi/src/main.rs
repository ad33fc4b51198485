//! Exercise 3: a picture of the Mandelbrot set by MPI ranks.

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use harness::mandel::{self, Dealing, Picture, Tiles};
use harness::{Common, Error, options, record};
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

mod block;
mod counter;
mod cyclic;
mod dynamic;
mod place;

/// Draw a view of the Mandelbrot set with MPI ranks
#[derive(Parser)]
#[command(name = "mandel-mpi", version)]
struct Args {
    #[command(flatten)]
    picture: Picture,

    /// Which rank computes which rows
    #[arg(long, value_enum, default_value_t = Schedule::Block)]
    schedule: Schedule,

    #[command(flatten)]
    tiles: Tiles,

    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, ValueEnum)]
enum Schedule {
    /// Consecutive rows for each rank
    Block,
    /// Row r for rank r mod the number of ranks
    Cyclic,
    /// Rank 0 hands out tiles to the others
    Dynamic,
    /// Every rank takes its next tile from a counter on rank 0
    Counter,
}

/// The whole picture, the ranks' parts of it, and the parts on their way.
const COPIES: usize = 3;

fn main() -> ExitCode {
    ranks::run(run)
}

fn run(args: Args, world: &SimpleCommunicator) -> Result<(), Error> {
    let files = ranks::on_root(world, || {
        record::prepare(&args.common)?;
        args.picture.prepare(COPIES)
    })?;
    let (view, tile) = (args.picture.view()?, args.tiles.tile);

    let pixels = if world.rank() == 0 { view.width * view.height } else { 0 };
    let mut image = vec![0; pixels];
    let measured = ranks::measure(world, &args.common, |lane| match args.schedule {
        Schedule::Block => block::compute(&view, world, lane, &mut image),
        Schedule::Cyclic => cyclic::compute(&view, world, lane, &mut image),
        Schedule::Dynamic => dynamic::compute(&view, tile, world, lane, &mut image),
        Schedule::Counter => counter::compute(&view, tile, world, lane, &mut image),
    });
    let setting = ranks::setting("mandel-mpi", world);

    let (Some(files), Some(measured)) = (files, measured) else { return Ok(()) };
    if args.common.check {
        mandel::check(&view, &image)?;
    }
    files.write(&view, &image)?;
    let dealing = Some(Dealing { schedule: &options::name(&args.schedule), tile });
    let figures = mandel::figures(&args.picture, &measured, dealing);
    let summary = mandel::summary(&args.picture, &measured, dealing);
    record::publish(&args.common, &setting, &measured, figures, &summary)
}
