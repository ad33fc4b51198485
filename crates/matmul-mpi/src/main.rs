//! Exercise 2b: a matrix product over MPI ranks.

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use harness::matmul::{self, Flags};
use harness::{Common, Error, files, record};
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

mod operands;
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
    common: Common,
}

#[derive(Clone, Copy, ValueEnum)]
enum Algorithm {
    /// Scatter the rows of A, broadcast B, gather the rows of C
    Rows,
}

fn main() -> ExitCode {
    ranks::run(run)
}

fn run(args: Args, world: &SimpleCommunicator) -> Result<(), Error> {
    let checked = ranks::on_root(world, || {
        let source = operands::open(&args.matmul, world.size() as usize)?;
        record::prepare(&args.common)?;
        Ok((source, files::output(args.matmul.out.as_ref())?))
    })?;
    let (source, out) = checked.unzip();
    let (mut whole, mut part) = operands::place(source, world)?;

    let measured = ranks::measure(world, &args.common, |lane| match args.algorithm {
        Algorithm::Rows => {
            rows::multiply(args.matmul.kernel, &mut whole, &mut part, world, lane);
        }
    });
    let setting = ranks::setting("matmul-mpi", world);

    let Some(measured) = measured else { return Ok(()) };
    let [a, b, c] = whole.matrices(&part.b);
    if args.common.check {
        matmul::verify(a, b, c)?;
    }
    matmul::write(out.flatten(), c)?;
    let (compute_s, communicate_s) = (measured.compute_s(), measured.communicate_s());
    let mut figures = matmul::figures(&args.matmul, whole.shape, &measured);
    figures["algorithm"] = "rows".into();
    figures["compute_s"] = compute_s.into();
    figures["communicate_s"] = communicate_s.into();
    let summary = format!(
        "{}\ncomputing {}, communicating and waiting {}",
        matmul::summary(&args.matmul, whole.shape, &measured, &ranks::count_text(world)),
        record::seconds(compute_s),
        record::seconds(communicate_s),
    );
    record::publish(&args.common, &setting, &measured, figures, &summary)
}
