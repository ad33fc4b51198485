//! Mandelbrot runs: their flags, pictures, counts, checks and records.
//!
//! The three programs differ in who computes which rows; what a run is asked
//! for and what it leaves is the same, and stands here:
//!
//! - [`Picture`]: the flags, as a view and as [`Files`] to be written.
//! - [`check`]: every pixel counted again, one by one.
//! - [`figures`] and [`summary`]: what the record says, and who did how much.

mod canvas;
mod chart;
mod check;
mod colours;
mod files;
mod options;
mod report;
mod ticks;
pub mod trial;

pub use check::check;
pub use files::{Files, read_counts};
pub use options::{Kernel, Picture, Tiles};
pub use report::{Dealing, figures, summary};
