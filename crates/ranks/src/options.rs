//! The flags that every MPI program has beside its own.

use std::env;
use std::time::Duration;

use clap::{ArgMatches, Args, Command, CommandFactory, FromArgMatches, Parser};

// No documentation: clap would take it for that of the program.
#[derive(Args)]
#[allow(missing_docs)]
pub struct Options {
    /// Do not watch for a job that stands still; otherwise it is ended with status 124
    /// and a report of who waits for whom
    #[arg(long)]
    pub no_watch: bool,

    /// End the job after so many seconds with status 124, and say what each rank does
    /// then; time in which the job is stopped does not count
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    pub time_limit: Option<u64>,
}

/// The variable with the time limit of a program that is not given one: tests set it.
pub const TIME_LIMIT: &str = "PCR_TIME_LIMIT";

impl Options {
    /// How long the job may last, if there is a limit.
    pub fn limit(&self) -> Option<Duration> {
        let set = || env::var(TIME_LIMIT).ok()?.parse().ok();
        self.time_limit.or_else(set).map(Duration::from_secs)
    }
}

/// A program's flags and these.
pub struct WithOptions<A> {
    /// The program's.
    pub args: A,
    /// These.
    pub options: Options,
}

impl<A: Parser> Parser for WithOptions<A> {}

impl<A: Parser> CommandFactory for WithOptions<A> {
    fn command() -> Command {
        Options::augment_args(A::command())
    }

    fn command_for_update() -> Command {
        Options::augment_args_for_update(A::command_for_update())
    }
}

impl<A: Parser> FromArgMatches for WithOptions<A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let options = Options::from_arg_matches(matches)?;
        Ok(Self { args: A::from_arg_matches(matches)?, options })
    }

    fn update_from_arg_matches(
        &mut self,
        matches: &ArgMatches,
    ) -> Result<(), clap::Error> {
        self.options.update_from_arg_matches(matches)?;
        self.args.update_from_arg_matches(matches)
    }
}
