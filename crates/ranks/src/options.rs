//! The flags that every MPI program has beside its own.

use clap::{ArgMatches, Args, Command, CommandFactory, FromArgMatches, Parser};

// No documentation: clap would take it for that of the program.
#[derive(Args)]
#[allow(missing_docs)]
pub struct Options {
    /// Do not watch for a job that stands still; otherwise it is ended with status 124
    /// and a report of who waits for whom
    #[arg(long)]
    pub no_watch: bool,
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
