//! An implementation, as data: which program, which flags, how many workers.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::child::{Trouble, tied};
use crate::options::Options;

/// One way to compute what a topic asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Implementation {
    /// The program's name: of ours, in the folder of programs.
    pub program: &'static str,
    /// How it is started and in which environment, where it is not ours.
    pub peer: Option<Peer>,
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

/// A program that is not ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    /// The interpreter or the program; or why this machine lacks it.
    pub file: Result<PathBuf, String>,
    /// What stands before the flags: the script of an interpreter.
    pub script: Vec<OsString>,
    /// The variables that it gets or, where there is no value, does not get.
    pub environment: Vec<(&'static str, Option<String>)>,
    /// Whether it writes what it has computed where `--out` says.
    pub writes_result: bool,
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
            peer: None,
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

    /// Whether it takes `--out` and writes there what it has computed.
    pub fn writes_result(&self) -> bool {
        self.peer.as_ref().is_none_or(|peer| peer.writes_result)
    }

    /// The file that is started, or why there is none.
    ///
    /// # Errors
    ///
    /// [`Trouble::Missing`] for a program of ours, [`Trouble::NotInstalled`] for
    /// a peer.
    pub fn file(&self, options: &Options) -> Result<PathBuf, Trouble> {
        match &self.peer {
            Some(peer) => peer.file.clone().map_err(Trouble::NotInstalled),
            None => Some(options.program(self.program))
                .filter(|program| program.is_file())
                .ok_or(Trouble::Missing(self.program)),
        }
    }

    /// The command that runs it. In the first round results are verified too:
    /// they do not change, and verifying takes longer than some runs.
    ///
    /// # Errors
    ///
    /// As for [`Implementation::file`].
    pub fn command(&self, options: &Options, round: u32) -> Result<Command, Trouble> {
        let (program, workers) = (self.file(options)?, self.workers.to_string());
        let mut command = match self.start {
            Start::Alone | Start::Workers => tied(program),
            Start::Ranks => {
                let mut command = tied(options.launcher());
                command.args(["-n", &workers]).arg(program);
                command
            }
        };
        if let Some(peer) = &self.peer {
            command.args(&peer.script);
            for (name, value) in &peer.environment {
                match value {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            }
        }
        if self.start == Start::Workers {
            command.args(["--workers", &workers]);
        }
        let runs = if options.quick { 1 } else { self.runs };
        command.args(["--runs", &runs.to_string()]);
        command.args(["--warmup", &self.warmup.to_string()]);
        // A peer always prints its JSON, and does not verify its own result.
        if self.peer.is_none() {
            command.arg("--json").args((round > 0).then_some("--no-check"));
        }
        if round == 0 {
            command.args(&self.first);
        }
        command.args(&self.words);
        Ok(command)
    }
}
