//! Mandelbrot runs: their flags, pictures, counts, checks and records.
//!
//! The three programs differ in who computes which rows. Their flags, files and
//! records are the same:
//!
//! - [`Picture`]: the flags, as a view and as files to be written.
//! - [`check()`]: every pixel counted again, one by one.
//! - [`figures`] and [`summary`]: what the record says, and who did how much.
//! - [`prepare`] and [`conclude`]: how the parallel programs begin and end.
//! - [`Share`]: what chunks of the picture would give each worker.
//! - [`Costs`]: the iterations and the time of each pixel.

mod check;
mod chunks;
mod clock;
mod colours;
mod costs;
mod files;
mod options;
mod report;
pub mod trial;

pub use check::check;
pub use chunks::{
    SCHEDULES, Share, check_chunks, chunk_figures, chunk_summary, piece_costs,
};
pub use colours::{Colour, INSIDE, Scale, gradient};
pub use costs::Costs;
pub use files::{read_counts, write};
pub use options::{Kernel, Picture, Tiles};
pub use report::{Dealing, FIGURES, conclude, figures, prepare, summary};
