//! Blocks of A and B copied into the order in which the tiles read them.

use ndarray::{ArrayView2, Axis};
use pulp::Simd;

/// Vectors of B and C that a tile is wide.
pub const VECTORS: usize = 3;

/// Columns of B and C that a tile is wide.
pub fn width<S: Simd>() -> usize {
    VECTORS * S::F64_LANES
}

/// A block of A as panels of `ROWS` rows, in each the columns one after the
/// other. Below the last row are zeros.
pub fn rows<const ROWS: usize>(a: ArrayView2<f64>, panels: &mut Vec<f64>) {
    let depth = a.ncols();
    panels.resize(a.nrows().next_multiple_of(ROWS) * depth, 0.0);
    let bands = a.axis_chunks_iter(Axis(0), ROWS);
    for (band, panel) in bands.into_iter().zip(panels.chunks_exact_mut(ROWS * depth)) {
        let mut rows: [&[f64]; ROWS] = [&ZEROS[..depth]; ROWS];
        for (row, slot) in band.outer_iter().zip(&mut rows) {
            *slot = row.to_slice().expect("the numbers of a row lie together");
        }
        let (columns, _) = panel.as_chunks_mut::<ROWS>();
        for (k, column) in columns.iter_mut().enumerate() {
            *column = rows.map(|row| row[k]);
        }
    }
}

const ZEROS: [f64; super::DEPTH] = [0.0; super::DEPTH];

/// A block of B as panels of [`VECTORS`] vectors of columns, in each the rows one
/// after the other. The last panel is as many vectors wide as it needs, its
/// last vector filled up with zeros.
#[inline(always)]
pub fn columns<S: Simd>(b: ArrayView2<f64>, panels: &mut Vec<f64>) {
    let (depth, width) = (b.nrows(), width::<S>());
    panels.resize(depth * b.ncols().next_multiple_of(S::F64_LANES), 0.0);
    let (whole, last) = panels.split_at_mut(b.ncols() / width * width * depth);
    // By rows of B, which are what lies together: each gives every panel a row.
    for (k, row) in b.outer_iter().enumerate() {
        let row = row.to_slice().expect("the numbers of a row lie together");
        let (parts, rest) = row.split_at(b.ncols() / width * width);
        // In whole vectors: copying slices of some length is a call each.
        let (parts, _) = S::as_simd_f64s(parts).0.as_chunks::<VECTORS>();
        for (part, panel) in parts.iter().zip(whole.chunks_exact_mut(width * depth)) {
            S::as_mut_simd_f64s(panel).0.as_chunks_mut().0[k] = *part;
        }
        let width = last.len() / depth;
        let (numbers, padding) = last[k * width..][..width].split_at_mut(rest.len());
        numbers.copy_from_slice(rest);
        padding.fill(0.0);
    }
}
