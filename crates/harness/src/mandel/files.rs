//! The files of a run: the picture as PNG, the counts as .npy.

use std::io::{self, BufReader, Write};
use std::path::Path;

use kernels::mandel::View;
use ndarray::{Array2, ShapeBuilder};
use npyz::Order;

use super::colours::Scale;
use crate::record::Outputs;
use crate::{Error, files, npy};

/// Writes the counts and draws the picture, where the flags ask for it.
///
/// # Errors
///
/// [`Error::Failure`] if a file cannot be written.
///
/// # Panics
///
/// If `counts` is not the whole picture.
pub fn write(outputs: &Outputs, view: &View, counts: &[u32]) -> Result<(), Error> {
    assert_eq!(counts.len(), view.width * view.height, "not the picture of {view:?}");
    let shape = (view.height, view.width);
    outputs.write("--out", |file| npy::write(file, shape, counts))?;
    outputs.write("--png", |file| write_png(file, view, counts))
}

/// Writes each count as one pixel, row after row: no second picture is in memory.
fn write_png(file: impl Write, view: &View, counts: &[u32]) -> io::Result<()> {
    let scale = Scale::of(counts, view.max_iter);
    let side = |length: usize| u32::try_from(length).map_err(io::Error::other);
    let mut encoder = png::Encoder::new(file, side(view.width)?, side(view.height)?);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    let mut pixels = writer.stream_writer()?;
    for row in counts.chunks_exact(view.width) {
        let row: Vec<_> = row.iter().map(|&count| scale.colour(count)).collect();
        pixels.write_all(row.as_flattened())?;
    }
    Ok(pixels.finish()?)
}

/// The counts that `--out` wrote, one row of the array for each row of pixels.
///
/// # Errors
///
/// [`Error::Failure`] if the file is missing or holds something else.
pub fn read_counts(path: &Path) -> Result<Array2<u32>, Error> {
    let read = || -> io::Result<Array2<u32>> {
        let file = npy::open(BufReader::new(files::open(path)?))?;
        let &[height, width] = file.shape() else {
            return Err(io::Error::other("counts have two dimensions"));
        };
        let (shape, order) = ((height as usize, width as usize), file.order());
        let counts = npy::numbers(file)?;
        Array2::from_shape_vec(shape.set_f(order == Order::Fortran), counts)
            .map_err(io::Error::other)
    };
    read().map_err(|error| {
        Error::failure(format!("cannot read {}: {error}", path.display()))
    })
}
