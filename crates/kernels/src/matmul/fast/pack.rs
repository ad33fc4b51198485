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

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::matmul::generate;

    /// Element (`i`, `j`), or what fills a panel up.
    fn element(matrix: &Array2<f64>, i: usize, j: usize) -> f64 {
        matrix.get((i, j)).copied().unwrap_or(0.0)
    }

    #[test]
    fn rows_come_in_panels_with_zeros_below_the_last() {
        const ROWS: usize = 4;
        // What stood there before must not matter.
        let mut panels = vec![f64::NAN; 1000];
        for (m, k) in [(1, 1), (4, 3), (7, 5), (9, 2)] {
            let a = generate(1, 'a', 0..m, k);
            rows::<ROWS>(a.view(), &mut panels);
            let mut expected = Vec::new();
            for first in (0..m).step_by(ROWS) {
                for l in 0..k {
                    expected.extend((first..first + ROWS).map(|i| element(&a, i, l)));
                }
            }
            assert_eq!(panels, expected, "{m} x {k}");
        }
    }

    fn assert_columns<S: Simd>() {
        let (lanes, width) = (S::F64_LANES, width::<S>());
        let mut panels = vec![f64::NAN; 2000];
        for (k, n) in [(1, 1), (3, width), (5, width + 1), (2, 3 * width - 1)] {
            let b = generate(1, 'b', 0..k, n);
            columns::<S>(b.view(), &mut panels);
            let mut expected = Vec::new();
            for first in (0..n).step_by(width) {
                let end = n.next_multiple_of(lanes).min(first + width);
                for l in 0..k {
                    expected.extend((first..end).map(|j| element(&b, l, j)));
                }
            }
            assert_eq!(panels, expected, "{k} x {n}, vectors of {lanes}");
        }
    }

    #[test]
    fn columns_come_in_panels_with_zeros_behind_the_last() {
        assert_columns::<pulp::Scalar>();
        // They are only copied, which every machine can do.
        #[cfg(target_arch = "x86_64")]
        {
            assert_columns::<pulp::x86::V3>();
            assert_columns::<pulp::x86::V4>();
        }
    }
}
