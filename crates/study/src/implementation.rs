//! An implementation, as data: which program, which flags, how many workers.

use std::ffi::OsString;
use std::process::Command;

use crate::options::Options;

/// One way to compute what a topic asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Implementation {
    /// The program's name in the folder of programs.
    pub program: &'static str,
    /// What distinguishes it from others of the same program: `threads shared`.
    pub strategy: String,
    /// Threads, processes or ranks.
    pub workers: usize,
    /// How the program is told so.
    pub start: Start,
    /// The flags and inputs of the strategy.
    pub words: Vec<OsString>,
    /// Further flags of the first round, such as the one for a picture.
    pub first: Vec<OsString>,
    /// Timed runs in each round.
    pub runs: u32,
    /// Runs before the timed ones, in each round.
    pub warmup: u32,
    /// Whether the best of these is the best serial time.
    pub serial: bool,
}

/// How a program gets its workers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    /// It is serial.
    Alone,
    /// It starts `--workers W` itself.
    Workers,
    /// The launcher starts it so many times.
    Ranks,
}

impl Implementation {
    /// An implementation with the given flags, split at spaces.
    pub fn new(
        program: &'static str,
        strategy: &str,
        start: Start,
        workers: usize,
        flags: &str,
    ) -> Self {
        Self {
            program,
            strategy: strategy.to_owned(),
            workers,
            start,
            words: flags.split_whitespace().map(OsString::from).collect(),
            first: Vec::new(),
            runs: 3,
            warmup: 1,
            serial: false,
        }
    }

    /// What the table calls it: `matmul-shm threads shared`.
    pub fn name(&self) -> String {
        format!("{} {}", self.program, self.strategy).trim_end().to_owned()
    }

    /// The command that runs it. In the first round results are verified too:
    /// they do not change, and verifying takes longer than some runs.
    pub fn command(&self, options: &Options, round: u32) -> Command {
        let program = options.program(self.program);
        let mut command = match self.start {
            Start::Alone | Start::Workers => Command::new(&program),
            Start::Ranks => Command::new(options.launcher()),
        };
        let workers = self.workers.to_string();
        match self.start {
            Start::Alone => {}
            Start::Workers => drop(command.args(["--workers", &workers])),
            Start::Ranks => drop(command.args(["-n", &workers]).arg(program)),
        }
        let runs = if options.quick { 1 } else { self.runs };
        command.args(["--runs", &runs.to_string()]);
        command.args(["--warmup", &self.warmup.to_string(), "--json"]);
        if round == 0 {
            command.arg("--check").args(&self.first);
        }
        command.args(&self.words);
        command
    }
}
