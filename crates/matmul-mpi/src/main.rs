//! A matrix product, over MPI ranks: tasks 2.1, 2.2 and 2.4.

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use harness::matmul::{self, Flags, Shape, Source};
use harness::{Common, Error};
use kernels::matmul::Grid;
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

use plan::Plan;
use report::Done;

mod blocks;
mod check;
mod grid;
mod operands;
mod plan;
mod report;
mod rows;

/// Multiply two matrices over MPI ranks
#[derive(Parser)]
#[command(name = "matmul-mpi", version)]
struct Args {
    #[command(flatten)]
    matmul: Flags,

    /// How the matrices are spread over the ranks
    #[arg(long, value_enum, default_value_t = Algorithm::Rows)]
    algorithm: Algorithm,

    #[command(flatten)]
    plan: Plan,

    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Algorithm {
    /// Scatter the rows of A, broadcast B, gather the rows of C
    Rows,
    /// Blocks on a grid of ranks, with as few words sent as can be
    Grid,
}

fn main() -> ExitCode {
    ranks::run(run)
}

fn run(args: Args, world: &SimpleCommunicator) -> Result<(), Error> {
    let checked = ranks::on_root(world, || {
        args.plan.check(args.algorithm == Algorithm::Grid, world.size() as usize)?;
        let source = Source::open(&args.matmul)?;
        Ok((source, matmul::prepare(&args.matmul, &args.common, &report::FIGURES)?))
    })?;
    let (source, outputs) = checked.unzip();
    let shape = operands::broadcast_shape(source.as_ref().map(|s| s.shape), world);

    let done = match args.algorithm {
        Algorithm::Rows => by_rows(&args, shape, source, world)?,
        Algorithm::Grid => on_a_grid(&args, shape, source, world)?,
    };

    if let (Some(outputs), Some(c)) = (&outputs, &done.c) {
        matmul::write(outputs, c.view())?;
    }
    report::publish(&args.matmul, &args.common, outputs, shape, done, world)
}

/// The whole matrices lie on rank 0: see [`rows`].
fn by_rows(
    args: &Args,
    shape: Shape,
    source: Option<Source>,
    world: &SimpleCommunicator,
) -> Result<Done, Error> {
    let (mut whole, mut part) = operands::place(shape, source, world)?;
    let measured = ranks::measure(world, &args.common, |lane| {
        rows::multiply(args.matmul.kernel, &mut whole, &mut part, world, lane);
    });
    let grid = Grid { pr: world.size() as usize, pc: 1, pk: 1 };
    let words = operands::words_received(&whole, &part, world);
    let c = operands::result(whole, part, args.common.check, world)?;
    Ok(Done { measured, algorithm: "rows", grid, words, c })
}

/// Each rank has its parts of the matrices, and no rank a whole one: see [`grid`].
fn on_a_grid(
    args: &Args,
    shape: Shape,
    source: Option<Source>,
    world: &SimpleCommunicator,
) -> Result<Done, Error> {
    let reserved = blocks::whole_on_root(&args.matmul, shape, world)?;
    let grid = args.plan.choose(shape, reserved, world)?;
    let mut blocks = blocks::place(grid, shape, &args.matmul, source, world)?;
    let lines = grid::Lines::new(grid, world);
    let mut words = 0;
    let measured = ranks::measure(world, &args.common, |lane| {
        words = grid::multiply(args.matmul.kernel, &mut blocks, &lines, lane);
    });
    if args.common.check {
        check::verify(&blocks, world)?;
    }
    let c = args.matmul.out.as_ref().and_then(|_| blocks.collect(world));
    Ok(Done { measured, algorithm: "grid", grid, words, c })
}
