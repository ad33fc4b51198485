//! What the tests of the Mandelbrot programs share: a small view, its counts,
//! and the comparison of what a program wrote with them.

use std::fs::File;
use std::io::BufReader;
use std::ops::Range;
use std::path::Path;

use kernels::mandel::{Sight, View, count_rows};
use kernels::split;
use serde_json::Value;

use super::{Scale, read_counts};

/// The upper half of the set, under an empty sky: `--view upper` of this size
/// with `--max-iter 300`.
pub fn upper(width: usize, height: usize) -> View {
    Sight::named("upper").expect("a sight of that name").view(width, height, 300)
}

/// The flags that ask a program for `view`, which is of [`upper`], and for its
/// counts in `out`.
pub fn flags(view: &View, out: &Path) -> String {
    let View { width, height, max_iter, .. } = view;
    format!(
        "--view upper --width {width} --height {height} --max-iter {max_iter} --json --out {}",
        out.display()
    )
}

/// The counts of some rows of a view by the serial kernel, and their sum.
pub fn expected(view: &View, rows: Range<usize>) -> (Vec<u32>, u64) {
    let mut counts = vec![0; rows.len() * view.width];
    let iterations = count_rows(view, rows, &mut counts);
    (counts, iterations)
}

/// The imbalance of blocks, counted: the work of the busiest of `workers`
/// divided by the mean.
pub fn imbalance_of_blocks(view: &View, workers: usize) -> f64 {
    let work: Vec<u64> = (0..workers)
        .map(|worker| expected(view, split::block(view.height, workers, worker)).1)
        .collect();
    let (most, sum) = (work.iter().max().expect("a worker"), work.iter().sum::<u64>());
    *most as f64 * workers as f64 / sum as f64
}

/// Makes sure that a program which was asked with [`flags`] wrote the right
/// counts to `out`, and that its `record` tells of them.
///
/// # Panics
///
/// If anything is wrong.
#[track_caller]
pub fn assert_drawn(view: &View, workers: usize, out: &Path, record: &Value) {
    let counts = read_counts(out).expect("counts that the program wrote");
    let (pixels, iterations) = expected(view, 0..view.height);
    assert_eq!(counts.dim(), (view.height, view.width));
    assert!(counts.iter().eq(&pixels), "wrong counts by {workers} workers: {record}");
    assert_eq!(record["iterations"], iterations);
    assert_eq!(record["busy_s"].as_array().map(Vec::len), Some(workers));
    assert_eq!(record["workers"], workers);
}

/// Makes sure that the PNG file `png` is the picture of `view` and nothing
/// around it: a pixel for each count, in the colour that the scale gives it.
///
/// # Panics
///
/// If the size or any pixel differs.
#[track_caller]
pub fn assert_pictured(view: &View, png: &Path) {
    let file = BufReader::new(File::open(png).expect("a picture that the program wrote"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG file");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut pixels).expect("a whole PNG file");
    assert_eq!((info.width as usize, info.height as usize), (view.width, view.height));
    let (counts, _) = expected(view, 0..view.height);
    let scale = Scale::of(&counts, view.max_iter);
    let colours: Vec<_> = counts.iter().map(|&count| scale.colour(count)).collect();
    assert!(pixels == colours.as_flattened(), "wrong colours in the picture of {view:?}");
}
