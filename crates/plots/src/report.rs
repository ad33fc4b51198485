//! The page results/index.html: pictures, what they say, and a model to play with.
//!
//! One file without any reference to another: it opens from a disk, on a phone
//! and on paper.
//!
//! 1. [`figures`]: the list of what is shown, in which section.
//! 2. [`readings`], [`uneven`] and [`reach`]: what a picture's figures say, as a
//!    sentence.
//! 3. [`costs`], [`curve`] and [`beside`]: the default view's costs, what the
//!    model of `kernels::schedule` makes of them, and measurements beside it.
//! 4. [`page`]: all of that as HTML, with the [`machines`] that it is from, and
//!    with [`set`] and [`simulator`] in their sections.

use std::io::Write;
use std::path::{Path, PathBuf};

use harness::Error;
use harness::files::Output;

use crate::data;
use crate::report::costs::Costs;
use crate::report::material::Material;

mod figures;
mod reach;
mod readings;
mod uneven;

mod beside;
mod costs;
mod curve;

mod machines;
mod material;
mod page;
mod set;
mod simulator;

mod html;

/// Writes index.html into the folder `out`; returns its path. What does not lie
/// in `results` is shown from its folder `reference`, and the page says so.
///
/// # Errors
///
/// [`Error::Failure`] where there is nothing to show, a file cannot be read, or
/// the page cannot be written.
pub fn write(results: &Path, out: &Path) -> Result<PathBuf, Error> {
    let files: Vec<&str> = material::files().collect();
    // Refuses an empty folder, and says where all is from the reference.
    data::folder(results, &files)?;
    crate::make_folder(out)?;
    let path = out.join("index.html");
    let output = Output::create(&path)?;
    let material = Material::load(results, Costs::of("whole"))?;
    let text = page::page(&material)?;
    output.write(|file| file.write_all(text.as_bytes()))?;
    Ok(path)
}
