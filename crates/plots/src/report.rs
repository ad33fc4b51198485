//! The page results/index.html: pictures, what they say, and a model to play with.
//!
//! One file without any reference to another: it opens from a disk, on a phone
//! and on paper.
//!
//! 1. [`readings`], [`uneven`] and [`reach`]: what a picture's figures say, as a
//!    sentence.
//! 2. [`costs`], [`curve`] and [`beside`]: the default view's costs, what the
//!    model of `kernels::schedule` makes of them, and measurements beside it.
//! 3. [`mod@page`]: all of that as HTML, in the order of
//!    [`FIGURES`](crate::figures::FIGURES), with the [`machines`] that it is from, and
//!    with [`set`] and [`simulator`] in their sections.

use std::path::{Path, PathBuf};

use harness::Error;
use kernels::mandel::VIEW;

use crate::report::costs::Costs;
use crate::report::material::Material;

pub mod reach;
pub mod readings;
pub mod uneven;

mod beside;
pub mod costs;
pub mod curve;

mod machines;
mod material;
mod page;
mod set;
mod simulator;

mod html;

/// The page, as index.html of the folder `out`. What does not lie in `results`
/// is shown from its folder `reference`, and the page says so.
///
/// # Errors
///
/// [`Error::Failure`] if a file cannot be read.
pub fn page(results: &Path, out: &Path) -> Result<(PathBuf, Vec<u8>), Error> {
    let material = Material::load(results, Costs::of(VIEW))?;
    Ok((out.join("index.html"), page::page(&material)?.into_bytes()))
}
