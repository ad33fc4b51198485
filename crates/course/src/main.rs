//! The class' tools: check and hint for students; the handout, the solutions, the
//! diff of a submission and grades for teachers.
//!
//! `region` says how the reference marks what students write. `project` reads
//! the reference, `handout` writes the tarballs, `leak` checks that they give no
//! solution away; `answers` asks what the sheets ask, `offline` adds what a room
//! without a network needs, `update` carries work over into a newer handout;
//! `submission` takes in a student's work, `diff` compares it.
//! These know the exercises by their Cargo.toml only, and neither build nor run
//! a student's code. `check` runs it, and `hint` gives the next hint; they need no git.
//! `grade` has check judge what a class has handed in, behind a wall.

mod answers;
mod archive;
mod check;
mod compare;
mod diff;
mod git;
mod grade;
mod handout;
mod hint;
mod intake;
mod leak;
mod marker;
mod offline;
mod project;
mod region;
mod submission;
mod tarball;
mod update;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind as Kind;
use clap::{Parser, Subcommand};
use harness::{Error, program};

#[derive(Debug, Parser)]
#[command(version, about, args_override_self = true, arg_required_else_help = false)]
struct Args {
    /// The project's folder [default: found from the current folder upwards]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the class' tarball: every region replaced by its stub
    Handout(handout::HandoutArgs),
    /// Write the same tarball with the reference solutions
    Solutions(handout::SolutionsArgs),
    /// Show region by region how a submission differs from the reference
    Diff(diff::DiffArgs),
    /// Try the tasks of an exercise, and say why the first that is not right is not
    Check(check::CheckArgs),
    /// Give the next hint for the task of an exercise that is not right yet
    Hint(hint::HintArgs),
    /// Give a verdict and points for every task of every submission, behind a wall
    Grade(grade::GradeArgs),
    /// Run one command behind grade's wall
    #[command(hide = true)]
    Wall(grade::WallArgs),
}

/// Why there is no result: one line for the user.
#[derive(Debug)]
pub enum Failure {
    /// A command line that is wrong on any machine: exit status 2.
    CommandLine(String),
    /// A file that is missing, malformed or cannot be written: exit status 1.
    Files(String),
    /// Nobody listens any more: the exit status.
    Told(u8),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Usage(message) => Failure::CommandLine(message),
            Error::Failure(message) => Failure::Files(message),
            Error::Told(status) => Failure::Told(status),
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Failure::Files(message)
    }
}

fn main() -> ExitCode {
    let (status, message) = match arguments().and_then(|args| args.map_or(Ok(()), run)) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Told(status)) => return ExitCode::from(status),
        Err(Failure::Files(message)) => (1, message),
        Err(Failure::CommandLine(message)) => (2, message),
    };
    // A message is one line, whatever the name of a student's file.
    program::say(&format!("error: {}", compare::visible(&message.replace('\n', " "))));
    ExitCode::from(status)
}

fn run(args: Args) -> Result<(), Failure> {
    // It runs wherever the command does that it is put before.
    if let Command::Wall(args) = &args.command {
        return grade::wall(args).map(drop);
    }
    let root = project::root(args.root.as_deref())?;
    let report = match &args.command {
        Command::Handout(args) => handout::handout(&root, args)?,
        Command::Solutions(args) => handout::solutions(&root, args)?,
        Command::Diff(args) => diff::diff(&root, args)?,
        Command::Check(args) => return check::check(&root, args),
        Command::Hint(args) => hint::hint(&root, args)?,
        Command::Grade(args) => grade::grade(&root, args)?,
        Command::Wall(_) => unreachable!("it is done above"),
    };
    Ok(program::print(&report)?)
}

/// The command line; none where `--help` or `--version` is all that is asked for.
fn arguments() -> Result<Option<Args>, Failure> {
    match Args::try_parse() {
        Ok(args) => Ok(Some(args)),
        Err(error) => match error.kind() {
            Kind::DisplayHelp | Kind::DisplayVersion => {
                program::print(&error.render().to_string())?;
                Ok(None)
            }
            _ => Err(Failure::CommandLine(one_line(&error.to_string()))),
        },
    }
}

/// clap's message without its usage: the lines before the first empty one.
fn one_line(message: &str) -> String {
    let lines: Vec<&str> = message.lines().take_while(|line| !line.is_empty()).collect();
    let words: Vec<&str> =
        lines.iter().flat_map(|line| line.split_whitespace()).collect();
    format!("{} (try --help)", words.join(" ").trim_start_matches("error: "))
}
