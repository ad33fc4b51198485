//! A matrix product on one machine, by threads or processes, with shared or
//! copied operands: task 2.3.

use std::process::ExitCode;

use clap::Parser;
use harness::matmul::{self, Flags, Source};
use harness::measure::{Measured, measure, try_measure};
use harness::options::Workers;
use harness::record::{self, Crew, Setting};
use harness::{Common, Error, program};
use kernels::memory;
use ndarray::{ArrayView2, ArrayViewMut2};
use processes::Parent;

use crate::job::Job;
use crate::strategy::{Memory, With};

mod job;
mod processes_copied;
mod processes_shared;
mod strategy;
mod threads_copied;
mod threads_shared;

/// Multiply two matrices on one machine, with shared or copied operands
#[derive(Parser)]
#[command(name = "matmul-shm", version)]
struct Args {
    #[command(flatten)]
    matmul: Flags,

    #[command(flatten)]
    workers: Workers,

    /// What a worker is
    #[arg(long, value_enum, default_value_t = With::Threads)]
    with: With,

    /// Whether the workers see one memory or are sent copies
    #[arg(long, value_enum, default_value_t = Memory::Shared)]
    memory: Memory,

    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    // A worker process begins here too: its parent has told it what to do.
    match Parent::this() {
        Some(parent) => program::guard(|| work(parent?)),
        None => program::run(run),
    }
}

fn run(args: Args) -> Result<(), Error> {
    let source = Source::open(&args.matmul)?;
    let shape = source.shape;
    strategy::require_memory(shape, args.with, args.memory, args.workers.workers)?;
    let outputs = matmul::prepare(&args.matmul, &args.common, &["with", "memory"])?;

    let (a, b) = source.operands()?;
    let mut c = memory::matrix(shape.m, shape.n);
    let measured = multiply(&args, a.view(), b.view(), c.view_mut())?;
    if args.common.check {
        matmul::verify(a.view(), b.view(), c.view())?;
    }
    matmul::write(&outputs, c.view())?;

    let crew = match args.with {
        With::Threads => Crew::Threads,
        With::Processes => Crew::Processes,
    };
    let setting = Setting { crew, ..Setting::here("matmul-shm", args.workers.workers) };
    let how = strategy::describe(args.with, args.memory, args.workers.workers);
    let summary = matmul::summary(&args.matmul, shape, &measured, &how);
    let mut figures = matmul::figures(&args.matmul, shape, &measured);
    figures["with"] = args.with.to_string().into();
    figures["memory"] = args.memory.to_string().into();
    record::publish(&args.common, outputs, &setting, &measured, figures, &summary)
}

/// What a worker process does until its parent ends.
fn work(mut parent: Parent) -> Result<(), Error> {
    let job = Job::receive(&mut parent)?;
    match parent.task.as_str() {
        job::SHARED => processes_shared::work(&mut parent, &job),
        _ => processes_copied::work(&mut parent, &job),
    }
}

fn multiply(
    args: &Args,
    a: ArrayView2<f64>,
    b: ArrayView2<f64>,
    mut c: ArrayViewMut2<f64>,
) -> Result<Measured, Error> {
    let (kernel, workers, common) =
        (args.matmul.kernel, args.workers.workers, &args.common);
    let traced = common.trace.is_some();
    match (args.with, args.memory) {
        (With::Threads, Memory::Shared) => Ok(measure(common, workers, |lanes| {
            threads_shared::multiply(kernel, a, b, c.view_mut(), lanes);
        })),
        (With::Threads, Memory::Copied) => Ok(measure(common, workers, |lanes| {
            threads_copied::multiply(kernel, a, b, c.view_mut(), lanes);
        })),
        (With::Processes, Memory::Shared) => {
            let (mut team, memory) = job::start_shared(kernel, a, b, workers, traced)?;
            let measured = try_measure(common, workers, |lanes| {
                processes_shared::multiply(&mut team, lanes)
            })?;
            let shape = c.dim();
            c.assign(&job::result(&memory, shape));
            Ok(measured)
        }
        (With::Processes, Memory::Copied) => {
            let mut team = job::start_copied(kernel, a, b, workers, traced)?;
            try_measure(common, workers, |lanes| {
                processes_copied::multiply(&mut team, a, b, c.view_mut(), lanes)
            })
        }
    }
}
