//! From `main` to `run(args)`: the command line, errors and the exit status.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::process::{self, ExitCode};

use clap::Parser;
use clap::error::ErrorKind;
use kernels::instructions::Instructions;
use kernels::memory::NoMemory;

use crate::{memory, witness};

/// The exit status of a program that panicked.
pub const PANICKED: u8 = 101;

/// The exit status of a program whose reader has left, as of one that SIGPIPE ends.
pub const READER_LEFT: u8 = 128 + 13;

/// The variable that chooses the instruction set of the kernels.
pub const INSTRUCTIONS: &str = "PCR_INSTRUCTIONS";

/// Why a program ends without a result: one line for the user.
#[derive(Debug)]
pub enum Error {
    /// A command line that is wrong on any machine: exit status 2.
    Usage(String),
    /// A failure of the files, the machine or the result: exit status 1.
    Failure(String),
    /// A worker process failed and has said why itself, or nobody listens any
    /// more: the exit status.
    Told(u8),
}

impl Error {
    /// A command line that is wrong on any machine.
    pub fn usage(message: impl fmt::Display) -> Self {
        Error::Usage(message.to_string())
    }

    /// A missing or wrong file, too little memory, a wrong result.
    pub fn failure(message: impl fmt::Display) -> Self {
        Error::Failure(message.to_string())
    }

    /// The exit status that tells a script what kind of error it was.
    pub fn status(&self) -> u8 {
        match self {
            Error::Failure(_) => 1,
            Error::Usage(_) => 2,
            Error::Told(status) => *status,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            // A message is one line, whatever a file's name or a library says.
            Error::Usage(message) | Error::Failure(message) => {
                write!(f, "error: {}", message.replace(['\n', '\r'], " "))
            }
            Error::Told(status) => write!(f, "it ended with status {status}"),
        }
    }
}

/// Parses the command line, runs the program and returns its exit status.
pub fn run<Args: Parser>(program: impl FnOnce(Args) -> Result<(), Error>) -> ExitCode {
    guard(|| match parse(std::env::args_os())? {
        Parsed::Args(args) => program(args).and_then(|()| witness::finish()),
        Parsed::Text(text) => print(&text),
    })
}

/// Does `work` and returns the exit status.
///
/// An error and a panic end in one line on stderr that begins `error: `.
pub fn guard(work: impl FnOnce() -> Result<(), Error>) -> ExitCode {
    panic::set_hook(Box::new(|panic| match excuse(panic) {
        Some(error) => process::exit(tell(&error).into()),
        None => say(&panic_message(panic)),
    }));
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(tell(&error)),
    }
}

/// Says what went wrong, if nobody has yet; returns the exit status.
pub fn tell(error: &Error) -> u8 {
    if !matches!(error, Error::Told(_)) {
        say(&error.to_string());
    }
    error.status()
}

/// Has the kernels do what the environment asks for: use the instruction set that
/// [`INSTRUCTIONS`] names, and tell [`witness`] what they compute.
///
/// # Errors
///
/// [`Error::Usage`] if nobody knows that set, or this processor does not have it; that
/// of the witness.
pub fn prepare_kernels() -> Result<(), Error> {
    choose_instructions()?;
    witness::start()
}

fn choose_instructions() -> Result<(), Error> {
    if let Some(name) = std::env::var_os(INSTRUCTIONS).filter(|name| !name.is_empty()) {
        instructions(&name.to_string_lossy())?.choose();
    }
    Ok(())
}

fn instructions(name: &str) -> Result<Instructions, Error> {
    let sets: Vec<&str> = Instructions::available().map(Instructions::name).collect();
    let refused = |why| {
        let sets = sets.join(", ");
        Error::usage(format!("{INSTRUCTIONS}={name}: {why}; here there are {sets}"))
    };
    let set =
        Instructions::named(name).ok_or_else(|| refused("no such instruction set"))?;
    let available = set.is_available().then_some(set);
    available.ok_or_else(|| refused("this processor does not have it"))
}

/// What a command line asks for.
pub enum Parsed<Args> {
    /// A run.
    Args(Args),
    /// The text of `--help` or `--version`.
    Text(String),
}

/// The parsed command line; of a flag given twice the last one wins. The kernels are
/// then [prepared](prepare_kernels).
///
/// # Errors
///
/// clap's own words, on one line; and as for [`prepare_kernels`].
pub fn parse<Args: Parser>(
    words: impl IntoIterator<Item = OsString>,
) -> Result<Parsed<Args>, Error> {
    let command = Args::command().args_override_self(true);
    let matches = command.try_get_matches_from(words);
    match matches.and_then(|mut matches| Args::from_arg_matches_mut(&mut matches)) {
        Ok(args) => prepare_kernels().map(|()| Parsed::Args(args)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Ok(Parsed::Text(error.render().to_string()))
            }
            _ => Err(Error::usage(one_line(&error.render().to_string()))),
        },
    }
}

/// clap's message without its usage lines: several lines become one.
fn one_line(rendered: &str) -> String {
    let message = rendered.split("\nUsage:").next().unwrap_or(rendered);
    let message = message.split("\nFor more information").next().unwrap_or(message);
    let words: Vec<&str> =
        message.split_whitespace().skip_while(|w| *w == "error:").collect();
    format!("{} (try --help)", words.join(" "))
}

/// Writes `text` to stdout.
///
/// # Errors
///
/// [`Error::Failure`] if stdout cannot be written, as on a full disk;
/// [`Error::Told`] if its reader has left.
pub fn print(text: &str) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| cannot_write("to stdout", &error))
}

/// That `what` cannot be written; nothing is said if its reader has left, as
/// `head` does when it has seen enough.
pub fn cannot_write(what: impl fmt::Display, error: &io::Error) -> Error {
    use io::ErrorKind;
    let reason = match error.kind() {
        ErrorKind::BrokenPipe => return Error::Told(READER_LEFT),
        ErrorKind::NotFound => "no such folder",
        ErrorKind::PermissionDenied => "permission denied",
        ErrorKind::NotADirectory => "not a folder on the way",
        ErrorKind::InvalidFilename => "its name is too long",
        ErrorKind::StorageFull => "no space left on the device",
        _ => return Error::failure(format!("cannot write {what}: {error}")),
    };
    Error::failure(format!("cannot write {what}: {reason}"))
}

/// The error behind a panic that is nobody's mistake: stdout cannot be written, or
/// there is no memory.
pub fn excuse(panic: &PanicHookInfo) -> Option<Error> {
    if let Some(NoMemory { bytes }) = panic.payload().downcast_ref() {
        let bytes = memory::amount(*bytes as u64);
        return Some(Error::failure(format!(
            "the system gives no {bytes} of memory more: take less at a time, or raise the \
             limit (ulimit -v, the container's)"
        )));
    }
    let why = panic.payload_as_str()?.strip_prefix("failed printing to stdout: ")?;
    let left = io::Error::from(rustix::io::Errno::PIPE).to_string();
    Some(match why == left {
        true => Error::Told(READER_LEFT),
        false => Error::failure(format!("cannot write to stdout: {why}")),
    })
}

/// One line about a panic: what it says and where it happened.
pub fn panic_message(panic: &PanicHookInfo) -> String {
    let place = panic.location().map(|place| format!(" ({place})")).unwrap_or_default();
    let words = panic.payload_as_str().unwrap_or("panicked");
    format!("error: {}{place}", words.replace(['\n', '\r'], " "))
}

/// One line on stderr, in one write so that lines of several workers stay whole.
pub fn say(line: &str) {
    // Nobody is left to tell when stderr itself is closed.
    let _ = io::stderr().write_all(format!("{line}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Parser)]
    #[command(version)]
    struct Args {
        #[arg(long, num_args = 2, allow_hyphen_values = true, action = clap::ArgAction::Set)]
        re: Option<Vec<f64>>,
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        size: Option<u32>,
    }

    fn parsed(line: &str) -> Result<Args, Error> {
        match parse(line.split(' ').map(OsString::from))? {
            Parsed::Args(args) => Ok(args),
            Parsed::Text(text) => Err(Error::failure(text)),
        }
    }

    #[test]
    fn the_last_of_a_repeated_flag_wins() {
        let args = parsed("p --re -1 2 --size 3 --size 4 --re -5e-1 6").unwrap();
        assert_eq!(args.re, Some(vec![-0.5, 6.0]));
        assert_eq!(args.size, Some(4));
    }

    #[test]
    fn an_instruction_set_is_one_of_this_processor() {
        for set in Instructions::available() {
            assert_eq!(instructions(set.name()).ok(), Some(set));
        }
        let error = instructions("sse9").unwrap_err();
        assert_eq!(error.status(), 2);
        let message = error.to_string();
        assert!(
            message.starts_with("error: PCR_INSTRUCTIONS=sse9: no such"),
            "{message}"
        );
        assert!(message.ends_with("portable"), "{message}");
    }

    #[test]
    fn a_bad_command_line_is_one_line_with_status_2() {
        for line in [
            "p --sise 3",
            "p --size 0",
            "p --size -1",
            "p --size x",
            "p --re 1",
            "p extra",
        ] {
            let error = parsed(line).expect_err(line);
            let message = error.to_string();
            assert_eq!(error.status(), 2, "{line}");
            assert!(message.starts_with("error: "), "{line}: {message}");
            assert_eq!(message.matches("error: ").count(), 1, "{line}: {message}");
            assert_eq!(message.lines().count(), 1, "{line}: {message}");
        }
    }
}
