//! Draws the figures of results/*.csv as SVG and PNG; measures nothing.
//!
//! 1. [`data`]: the CSV files that study wrote.
//! 2. [`matmul`], [`mandel`], [`costs`], [`chunks`], [`words`]: what a topic shows,
//!    as plain values.
//! 3. [`bars`], [`lines`], [`curves`] and [`map`]: a chart of such values, on a [`canvas`] that
//!    becomes a file.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use harness::{Error, program};

use crate::canvas::Picture;
use crate::data::Row;

mod data;

mod chunks;
mod costs;
mod mandel;
mod matmul;
mod words;

mod bars;
mod curves;
mod lines;
mod map;

mod canvas;

/// Draw the figures of results/*.csv as SVG and PNG
#[derive(Parser)]
#[command(name = "plots", version)]
struct Args {
    /// The folder with the CSV files; if it has none, its folder `reference`
    #[arg(long, value_name = "DIR", default_value = "results")]
    results: PathBuf,

    /// The folder that gets the pictures; made if it is missing [default: that of --results]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Draws one picture from the rows of a result file, if they hold what it needs.
type Draw = fn(&[Row]) -> Option<Picture>;

/// What can be drawn: a file, and how its rows become a picture.
const PICTURES: [(&str, Draw); 10] = [
    ("matmul.csv", matmul::bars),
    ("matmul-sweep.csv", matmul::sweep),
    ("mandel.csv", mandel::bars),
    ("costs-summary.csv", costs::map),
    ("costs-histogram.csv", costs::histograms),
    ("costs-lorenz.csv", costs::lorenz),
    ("costs-times.csv", costs::times),
    ("chunks.csv", chunks::imbalance),
    ("chunks.csv", chunks::map),
    ("words.csv", words::lines),
];

fn main() -> ExitCode {
    program::run(run)
}

fn run(args: Args) -> Result<(), Error> {
    let folder = data::folder(&args.results, &PICTURES.map(|(file, _)| file))?;
    let out = args.out.unwrap_or(args.results);
    fs::create_dir_all(&out).map_err(|error| {
        Error::failure(format!("cannot make the folder {}: {error}", out.display()))
    })?;
    canvas::register_font();
    let (mut written, mut missing) = (Vec::new(), BTreeSet::new());
    for (file, picture) in PICTURES {
        let path = folder.join(file);
        if !path.exists() {
            // Several pictures may be of one file.
            if missing.insert(file) {
                program::say(&format!("note: {} is missing: not drawn", path.display()));
            }
            continue;
        }
        match picture(&data::read(&path)?) {
            Some(picture) => written.extend(picture.write(&out)?),
            None => program::say(&format!(
                "note: {} holds no times yet: not drawn",
                path.display()
            )),
        }
    }
    let names: Vec<String> = written.iter().map(|p| p.display().to_string()).collect();
    program::print(&format!("Written: {}\n", names.join(", ")))
}
