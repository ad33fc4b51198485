//! The Mandelbrot set, by MPI ranks: tasks 4.1 to 4.5.

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use harness::mandel::{self, Dealing, Picture, Tiles};
use harness::{Common, Error, options};
use kernels::memory;
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

mod ahead;
mod block;
mod counter;
mod cyclic;
mod dynamic;

/// Draw a view of the Mandelbrot set with MPI ranks
#[derive(Parser)]
#[command(name = "mandel-mpi", version)]
struct Args {
    #[command(flatten)]
    picture: Picture,

    /// Which worker computes which rows
    #[arg(long, value_enum, default_value_t = Schedule::Block)]
    schedule: Schedule,

    #[command(flatten)]
    tiles: Tiles,

    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, ValueEnum)]
enum Schedule {
    /// Consecutive rows for each worker
    Block,
    /// Row r for worker r mod the number of workers
    Cyclic,
    /// The next tile for whichever worker is free
    Dynamic,
    /// The same, and workers ask for their next tile ahead of time
    Ahead,
    /// The same without a master: a counter hands out the tiles
    Counter,
}

/// The whole picture, the ranks' parts of it, and the parts on their way.
const COPIES: usize = 3;

fn main() -> ExitCode {
    ranks::run(run)
}

fn run(args: Args, world: &SimpleCommunicator) -> Result<(), Error> {
    let outputs =
        ranks::on_root(world, || mandel::prepare(&args.picture, &args.common, COPIES))?;
    let (view, tile_rows) = (args.picture.view()?, args.tiles.tile);

    let pixels = if world.rank() == 0 { view.width * view.height } else { 0 };
    let mut image = memory::zeros(pixels);
    let measured = ranks::measure(world, &args.common, |lane| match args.schedule {
        Schedule::Block => block::compute(&view, &mut image, lane, world),
        Schedule::Cyclic => cyclic::compute(&view, &mut image, lane, world),
        Schedule::Dynamic => dynamic::compute(&view, tile_rows, &mut image, lane, world),
        Schedule::Ahead => ahead::compute(&view, tile_rows, &mut image, lane, world),
        Schedule::Counter => counter::compute(&view, tile_rows, &mut image, lane, world),
    });
    let setting = ranks::setting("mandel-mpi", world);

    let (Some(outputs), Some(measured)) = (outputs, measured) else { return Ok(()) };
    let dealing = Dealing { schedule: options::name(&args.schedule), tile_rows };
    let Args { picture, common, .. } = &args;
    mandel::conclude(picture, common, dealing, outputs, &setting, &measured, &image)
}
