//! What every topic needs to know: how many workers, which programs, where to.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use harness::Error;
use harness::files::{self, Named, Output};
use harness::options::{MOST_WORKERS, cores, count};
use kernels::instructions::Instructions;

use crate::machine::processor;

/// The flags that every topic has.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Threads, processes or ranks of each implementation, 1 to 4096
    #[arg(long, value_name = "NP", default_value_t = 4, global = true)]
    #[arg(value_parser = count(MOST_WORKERS))]
    pub workers: usize,

    /// Times that every implementation is started, in turn with the others, 1 to 1000
    #[arg(long, value_name = "R", default_value_t = 3, global = true)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rounds: u32,

    /// A first look: one round of one run each, on small inputs
    #[arg(long, global = true)]
    pub quick: bool,

    /// The folder of the programs [default: the folder of this program]
    #[arg(long, value_name = "DIR", global = true)]
    pub programs: Option<PathBuf>,

    /// What launches an MPI program: SCRIPT -n NP PROGRAM [ARG...] [default: crates/ranks/launch.sh]
    #[arg(long, value_name = "SCRIPT", global = true)]
    pub launcher: Option<PathBuf>,

    /// The folder that gets the CSV files; made if it is missing
    #[arg(long, value_name = "DIR", default_value = "results", global = true)]
    pub out: PathBuf,

    /// Seconds after which a program is taken for hanging and ended, 1 to 86400
    #[arg(long, value_name = "SECONDS", default_value_t = 600, global = true)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub limit: u64,
}

impl Options {
    /// Makes sure, before anything runs, that the folders and the launcher are there.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] with the first that is not.
    pub fn check(&self) -> Result<(), Error> {
        if self.programs.as_ref().is_some_and(|folder| !folder.is_dir()) {
            let folder = self.folder();
            return Err(missing("folder of programs", &folder, "--programs"));
        }
        if !self.launcher().is_file() {
            return Err(missing("launcher", &self.launcher(), "--launcher"));
        }
        if !self.out.exists() {
            fs::create_dir(&self.out).map_err(|error| {
                let folder = self.out.display();
                Error::failure(format!("cannot make the folder {folder}: {error}"))
            })?;
        }
        Ok(())
    }

    /// Makes sure, before anything runs, that all result files `names` can be
    /// written, and that each is a file of its own and none of the `inputs`.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] with the two that are one, [`Error::Failure`] with the
    /// one that cannot be written.
    pub fn settle(&self, names: &[&str], inputs: &[PathBuf]) -> Result<(), Error> {
        let paths: Vec<PathBuf> = names.iter().map(|name| self.out.join(name)).collect();
        let inputs: Vec<Named> =
            inputs.iter().map(|path| ("document", &**path)).collect();
        let outputs: Vec<Named> = paths.iter().map(|path| ("result", &**path)).collect();
        files::distinct(&inputs, &outputs)?;
        // What is checked here leaves no trace: a Ctrl-C may come any time.
        paths.iter().try_for_each(|path| Output::create(path).map(drop))
    }

    /// The path of result file `name`, which must be writable.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if it is not.
    pub fn result(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.out.join(name);
        Output::create(&path).map(|_| path)
    }

    /// The path of the generated text: data/ alone is counted in a moment.
    pub fn corpus(&self) -> PathBuf {
        self.out.join(CORPUS)
    }

    /// The path of program `name`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// The script that launches MPI programs.
    pub fn launcher(&self) -> PathBuf {
        let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../ranks/launch.sh");
        self.launcher.clone().unwrap_or_else(|| {
            let script = beside();
            fs::canonicalize(&script).unwrap_or(script)
        })
    }

    /// One line on top of all tables.
    pub fn headline(&self) -> String {
        let (workers, rounds, cores) = (self.workers, self.rounds(), cores());
        let (processor, instructions) = (processor(), Instructions::chosen().name());
        format!("Medians of {rounds} rounds, {workers} workers on {cores} cores")
            .replace(" 1 rounds", " 1 round")
            .replace(" 1 workers", " 1 worker")
            .replace(" 1 cores", " 1 core")
            + &format!(" of {processor}, {instructions}\n")
    }

    /// The times that every implementation is started.
    pub fn rounds(&self) -> u32 {
        if self.quick { 1 } else { self.rounds }
    }

    /// How long a program may take.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.limit)
    }

    /// 1 to NP, or powers of two and NP where that would be too many steps.
    pub fn worker_counts(&self) -> Vec<usize> {
        const MOST_STEPS: usize = 8;
        if self.workers <= MOST_STEPS {
            return (1..=self.workers).collect();
        }
        let powers = (0..).map(|power| 1 << power);
        powers.take_while(|&count| count < self.workers).chain([self.workers]).collect()
    }

    /// All programs are built into one folder: that of this program.
    fn folder(&self) -> PathBuf {
        let own = || Some(env::current_exe().ok()?.parent()?.to_owned());
        self.programs.clone().or_else(own).unwrap_or_default()
    }
}

/// The name of the generated text.
const CORPUS: &str = "corpus-50M.txt";

/// The message that document `path` is missing, and how it is made; or that it
/// is a pipe, of which a second program would read nothing.
pub fn missing_document(path: &Path) -> Error {
    if path.exists() {
        let remedy = "several programs are to read it: make a file of it";
        return Error::failure(format!("{} is no plain file; {remedy}", path.display()));
    }
    let remedy = match path.file_name().is_some_and(|name| name == CORPUS) {
        true => "make it with `make corpus SIZE=50M`",
        false => "name other documents",
    };
    Error::failure(format!("there is no document {}; {remedy}", path.display()))
}

fn missing(what: &str, path: &Path, flag: &str) -> Error {
    Error::failure(format!("{flag}: there is no {what} {}", path.display()))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn worker_counts_begin_with_one_and_end_with_np() {
        for (workers, counts) in [
            ("1", &[1][..]),
            ("4", &[1, 2, 3, 4]),
            ("9", &[1, 2, 4, 8, 9]),
            ("16", &[1, 2, 4, 8, 16]),
        ] {
            let line = Line::parse_from(["study", "--workers", workers]);
            assert_eq!(line.options.worker_counts(), counts, "{workers}");
        }
    }
}
