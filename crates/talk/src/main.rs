//! Makes the lecture of the class from `crates/talk/slides`: slides, a handout of four a
//! page, the speaker's notes, and a page to read alone.
//!
//! 1. [`mod@reference`]: what the slides refer to: code, numbers, messages of programs.
//! 2. [`code`], [`results`], [`runs`]: what that is today. [`material`]: all of it, as the
//!    one file that Typst reads. [`leak`]: none of it is a solution.
//! 3. [`page`]: the same slides as HTML. [`limits`]: what `--measure` measures.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use harness::{Error, program};

use crate::runs::Runs;

mod code;
mod leak;
mod limits;
mod material;
mod page;
mod reference;
mod results;
mod runs;

/// Make the lecture: results/parallel_talk.pdf, a handout, notes, and results/talk.html
#[derive(Parser)]
#[command(name = "talk", version)]
struct Args {
    /// Show the solutions of the tasks; the files get names of their own
    #[arg(long)]
    solutions: bool,

    /// Only find out whether all is there that the slides name
    #[arg(long)]
    check: bool,

    /// Measure the two limits of one core, for the roofline, into results/roofline.csv
    #[arg(long)]
    measure: bool,

    /// The project's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    root: PathBuf,
}

fn main() -> ExitCode {
    program::run(run)
}

fn run(args: Args) -> Result<(), Error> {
    let root = fs::canonicalize(&args.root).map_err(|error| {
        Error::failure(format!("--root {}: {error}", args.root.display()))
    })?;
    if args.measure {
        let path = root.join("results/roofline.csv");
        limits::measure(&path)?;
        return program::print("Written: results/roofline.csv\n");
    }
    if args.check {
        for solved in [false, true] {
            material::gather(&root, solved, &Runs::Compiler).map_err(Error::failure)?;
        }
        return program::print("All that the slides name is there.\n");
    }
    let written = make(&root, args.solutions).map_err(Error::failure)?;
    program::print(&format!("Written: {}\n", written.join(", ")))
}

/// Makes all files; returns their names.
fn make(root: &Path, solved: bool) -> Result<Vec<String>, String> {
    let runs = Runs::all()?;
    let build = root.join("target/talk");
    let cannot = |path: &Path, error| format!("cannot write {}: {error}", path.display());
    // What an earlier talk left there is not part of this one.
    let _ = fs::remove_dir_all(&build);
    fs::create_dir_all(&build).map_err(|error| cannot(&build, error))?;
    let material = material::gather(root, solved, &runs)?;
    let path = build.join("material.json");
    fs::write(&path, material.to_string()).map_err(|error| cannot(&path, error))?;
    runs.draw(&build.join("whole.png"))?;
    Runs::typeset(root, &build, solved)?;
    let page = build.join("talk.html");
    fs::write(&page, page::page(&build)?).map_err(|error| cannot(&page, error))?;

    let suffix = if solved { "_solutions" } else { "" };
    let files = [
        ("slides.pdf", format!("parallel_talk{suffix}.pdf")),
        ("handout.pdf", format!("parallel_talk{suffix}_handout.pdf")),
        ("notes.pdf", format!("parallel_talk{suffix}_notes.pdf")),
        ("talk.html", format!("talk{suffix}.html")),
        ("pages.pdf", "no-rust-yet.pdf".to_owned()),
    ];
    let mut written = Vec::new();
    for (made, name) in files.into_iter().filter(|(made, _)| build.join(made).exists()) {
        let path = root.join("results").join(&name);
        fs::copy(build.join(made), &path).map_err(|error| cannot(&path, error))?;
        written.push(format!("results/{name}"));
    }
    Ok(written)
}
