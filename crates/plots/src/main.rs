//! Draws the figures of results/*.csv, and the traces there, as SVG and PNG, or as
//! a page; measures nothing.
//!
//! 1. [`data`]: the CSV files that study wrote.
//! 2. [`matmul`], [`mandel`], [`costs`], [`chunks`], [`words`], [`ping_pong`],
//!    [`scaling`]: what a topic shows, as plain values; [`trace`]: what the workers
//!    of one run did when, from results/trace-*.json.
//! 3. [`axis`], [`bars`], [`lines`], [`curves`], [`map`] and [`timeline`]: a chart of such
//!    values, drawn with a [`pen`] on a [`canvas`] that becomes a file.
//! 4. [`set`]: the picture of the Mandelbrot set, from results/mandel-counts.npy.
//! 5. [`figures`]: the list of all that; [`report`]: the page with all of them, and a model to play with.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use harness::files::{self, Named, Output};
use harness::{Error, program};

use crate::figures::{FIGURES, Source};

mod data;

mod chunks;
mod costs;
mod mandel;
mod matmul;
mod ping_pong;
mod scaling;
mod trace;
mod words;

mod axis;
mod bars;
mod curves;
mod lines;
mod map;
mod timeline;

mod canvas;
mod pen;

mod set;

mod figures;
mod report;

/// Draw what lies in results/ (CSV files, traces, counts) as SVG and PNG, or as a page
#[derive(Parser)]
#[command(name = "plots", version)]
struct Args {
    /// The folder with the CSV files and traces; if it has none, its folder `reference`
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,

    /// The folder that gets the pictures; made if it is missing [default: that of --results]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Write the page index.html instead, with all pictures in it
    #[arg(long)]
    report: bool,
}

fn main() -> ExitCode {
    program::run(run)
}

fn run(args: Args) -> Result<(), Error> {
    pen::register_font();
    let files: Vec<&str> = figures::files().collect();
    let folder = data::folder(&args.results, &files)?;
    let out = args.out.as_ref().unwrap_or(&args.results);
    fs::create_dir_all(out).map_err(|error| {
        Error::failure(format!("cannot make the folder {}: {error}", out.display()))
    })?;
    let drawn = match args.report {
        true => vec![report::page(&args.results, out)?],
        false => pictures(&folder, out)?,
    };
    write(&folder, &drawn)?;
    let names: Vec<String> = drawn.iter().map(|(p, _)| p.display().to_string()).collect();
    program::print(&format!("Written: {}\n", names.join(", ")))
}

/// A path, and what is going to be there.
type Drawn = (PathBuf, Vec<u8>);

/// Writes all that was drawn from what lies in `folder`; nothing if one of the
/// files cannot be written, or is one that was read.
fn write(folder: &Path, drawn: &[Drawn]) -> Result<(), Error> {
    let mut read: Vec<PathBuf> = figures::files().map(|name| folder.join(name)).collect();
    read.extend(data::traces(folder).into_iter().chain([folder.join(set::COUNTS)]));
    let inputs: Vec<Named> = read.iter().map(|path| ("the result", &**path)).collect();
    let outputs: Vec<Named> =
        drawn.iter().map(|(path, _)| ("picture", &**path)).collect();
    files::distinct(&inputs, &outputs)?;
    let created = drawn.iter().map(|(path, _)| Output::create(path));
    let created = created.collect::<Result<Vec<_>, _>>()?;
    for (output, (_, bytes)) in created.iter().zip(drawn) {
        output.fill(|file| file.write_all(bytes))?;
    }
    created.into_iter().try_for_each(Output::publish)
}

/// Draws what there is in `folder`, as files of `out`.
fn pictures(folder: &Path, out: &Path) -> Result<Vec<Drawn>, Error> {
    let mut drawn = timelines(folder, out)?;
    if let Some(bytes) = set::picture(folder)? {
        drawn.push((out.join(set::PICTURE), bytes));
    }
    let (mut missing, mut notes) = (Vec::new(), Vec::new());
    for figure in FIGURES {
        let Source::Rows { file, draw, .. } = figure.source else { continue };
        let path = folder.join(file);
        if !path.exists() {
            missing.push(file);
            continue;
        }
        match draw(&data::read(&path)?) {
            Some(picture) => drawn.extend(picture.files(picture.name, out)),
            None => notes.push(format!("{file} holds no times yet")),
        }
    }
    // A file of several pictures is missing once.
    missing.dedup();
    notes.dedup();
    if !missing.is_empty() {
        notes.insert(0, format!("{} has no {}", folder.display(), missing.join(", ")));
    }
    if !notes.is_empty() {
        program::say(&format!("note: not drawn: {}", notes.join("; ")));
    }
    Ok(drawn)
}

/// Draws the traces in `folder`, as pictures of the same names.
fn timelines(folder: &Path, out: &Path) -> Result<Vec<Drawn>, Error> {
    let mut drawn = Vec::new();
    for path in data::traces(folder) {
        let name = path.file_stem().unwrap_or_default();
        drawn.extend(trace::picture(&path)?.files(name, out));
    }
    Ok(drawn)
}
