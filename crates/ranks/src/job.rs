//! The life of a job: start-up, and one message when any rank fails.

use std::panic;
use std::process::ExitCode;

use clap::Parser;
use harness::Error;
use harness::program::{self, PANICKED, Parsed};
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

use crate::options::{Options, WithOptions};
use crate::{launcher, speech};

/// Starts MPI, parses the command line, runs the program, ends MPI.
///
/// Whatever goes wrong on a rank, an error, a panic or an early
/// `process::exit`, is reported once and ends the job on all ranks. Without that
/// a panic would hang the job: unwinding would drop MPI's universe, which
/// waits in `MPI_Finalize` for ranks that wait for this one.
pub fn run<Args: Parser>(
    program: impl FnOnce(Args, &SimpleCommunicator) -> Result<(), Error>,
) -> ExitCode {
    let Some(universe) = mpi::initialize() else {
        program::say("error: MPI does not start, or was started before");
        return ExitCode::FAILURE;
    };
    let world = universe.world();
    if let Err(error) = launcher::check(world.size()) {
        return launcher::refuse(&error);
    }
    speech::prefix_lines(world.rank());
    panic::set_hook(Box::new(|panic| {
        let message = program::panic_message(panic);
        abort(&on_rank(&with_line(message, deadlock::student_line())), PANICKED);
    }));
    deadlock::say_with(say_last);
    at_exit::watch();
    match start(program, &world) {
        Ok(()) => {
            drop(universe);
            speech::restore();
            ExitCode::SUCCESS
        }
        Err(error) => abort(&error.to_string(), error.status()),
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
            program(args, world)
        }
        Ok(Parsed::Text(text)) if world.rank() == 0 => program::print(&text),
        Ok(Parsed::Text(_)) => Ok(()),
        Err(error) if world.rank() == 0 => Err(error),
        // Every rank has read the same command line: rank 0 says what is
        // wrong with it, and ends the job while the others wait here.
        Err(_) => loop {
            std::thread::park();
        },
    }
}

/// Says what happened and ends the job on all ranks with `status`.
fn abort(message: &str, status: u8) -> ! {
    say_last(message);
    at_exit::look_away();
    // MPI-4.1, section 9.8, MPI_Abort.
    SimpleCommunicator::world().abort(status.into())
}

/// The last words of a job.
fn say_last(message: &str) {
    speech::restore();
    program::say(message);
    speech::wait_until_read();
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

#[allow(unsafe_code)]
mod at_exit {
    //! A rank that leaves without `MPI_Finalize`, as `process::exit` does,
    //! would leave the others waiting; MPICH would even call it a success.

    use std::sync::atomic::{AtomicBool, Ordering};

    use mpi::ffi;

    static WATCHING: AtomicBool = AtomicBool::new(false);

    unsafe extern "C" {
        fn atexit(callback: extern "C" fn()) -> std::ffi::c_int;
    }

    /// From now on an early exit ends the job.
    pub fn watch() {
        WATCHING.store(true, Ordering::SeqCst);
        // SAFETY: `left` is a function without state that never unwinds: it
        // returns, or it ends the process.
        unsafe { atexit(left) };
    }

    /// From now on an exit is intended.
    pub fn look_away() {
        WATCHING.store(false, Ordering::SeqCst);
    }

    extern "C" fn left() {
        let mut finalized = 0;
        // SAFETY: MPI_Finalized may be called at any time (MPI-4.1, 11.2.4),
        // and `finalized` outlives the call.
        unsafe { ffi::MPI_Finalized(&mut finalized) };
        if finalized == 0 && WATCHING.load(Ordering::SeqCst) {
            super::abort(&super::on_rank("it left the job early, by process::exit"), 1);
        }
    }
}
