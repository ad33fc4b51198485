//! The life of a job: start-up, and one message when any rank fails.

use std::panic;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use harness::program::{self, PANICKED, Parsed};
use harness::{Error, witness};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives};

use crate::options::{Options, WithOptions};
use crate::{keeper, launcher};

/// Starts MPI, parses the command line, runs the program, ends MPI.
///
/// Whatever goes wrong on a rank, an error, a panic or an early
/// `process::exit`, is reported once and ends the job on all ranks. Without that
/// a panic would hang the job: unwinding would drop MPI's universe, which
/// waits in `MPI_Finalize` for ranks that wait for this one.
pub fn run<Args: Parser>(
    program: impl FnOnce(Args, &SimpleCommunicator) -> Result<(), Error>,
) -> ExitCode {
    if let Err(error) = keeper::fork() {
        program::say(&format!("error: no process can be started: {error}"));
        return ExitCode::FAILURE;
    }
    let Some(universe) = mpi::initialize() else {
        program::say("error: MPI does not start, or was started before");
        return ExitCode::FAILURE;
    };
    let world = universe.world();
    if let Err(error) = launcher::check(world.size()) {
        return launcher::refuse(&error);
    }
    keeper::introduce(world.rank(), world.size());
    let (rank, ranks) = (world.rank() as usize, world.size() as usize);
    let together = launcher::is_on_one_host(ranks);
    witness::introduce(witness::Process::Rank { rank, ranks, together });
    panic::set_hook(Box::new(|panic| match program::excuse(panic) {
        Some(error) => abort(&error),
        None => {
            let message = program::panic_message(panic);
            let message = on_rank(&with_line(message, deadlock::student_line()));
            keeper::say_last(|| program::say(&message));
            end(PANICKED)
        }
    }));
    deadlock::say_with(|report| keeper::say_last(|| program::say(report)));
    match start(program, &world) {
        Ok(()) => {
            // An error of a slower rank meets the others here, or where the watcher
            // has them meet: some launchers crash if ranks are in MPI_Finalize when
            // one calls MPI_Abort.
            if !deadlock::is_watching() {
                world.barrier();
            }
            drop(universe);
            keeper::finish();
            ExitCode::SUCCESS
        }
        Err(error) => abort(&error),
    }
}

fn start<Args: Parser>(
    program: impl FnOnce(Args, &SimpleCommunicator) -> Result<(), Error>,
    world: &SimpleCommunicator,
) -> Result<(), Error> {
    match program::parse::<WithOptions<Args>>(std::env::args_os()) {
        Ok(Parsed::Args(WithOptions { args, options: Options { no_watch } })) => {
            if no_watch {
                deadlock::stop();
            }
            program(args, world)?;
            witness::finish()
        }
        Ok(Parsed::Text(text)) if world.rank() == 0 => program::print(&text),
        Ok(Parsed::Text(_)) => Ok(()),
        Err(error) if world.rank() == 0 => Err(error),
        // Every rank has read the same command line: rank 0 says what is wrong with
        // it, and ends the job while the others wait here. Only if the instruction
        // set is one that rank 0's processor has must another rank say so.
        Err(error) => {
            std::thread::sleep(Duration::from_secs(2));
            Err(error)
        }
    }
}

/// Says what went wrong, if nobody has yet, and ends the job on all ranks.
fn abort(error: &Error) -> ! {
    keeper::say_last(|| _ = program::tell(error));
    end(error.status())
}

/// Ends the job on all ranks with `status`.
fn end(status: u8) -> ! {
    if launcher::started_none() {
        std::process::exit(status.into());
    }
    // MPI-4.1, section 9.8, MPI_Abort.
    SimpleCommunicator::world().abort(status.into())
}

fn on_rank(message: &str) -> String {
    let world = SimpleCommunicator::world();
    let says = message.strip_prefix("error: ").unwrap_or(message);
    format!("error: rank {} of {}: {says}", world.rank(), world.size())
}

/// A panic's message, with the line of the exercise if the panic is in a library.
fn with_line(message: String, line: Option<String>) -> String {
    match line.filter(|line| !message.contains(line)) {
        Some(line) => format!("{message}, called from {line}"),
        None => message,
    }
}
