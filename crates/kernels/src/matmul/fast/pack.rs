//! Blocks of B copied into the order in which the tiles read them.

use ndarray::ArrayView2;
use pulp::Simd;

/// Numbers in a cache line: a vector that lies in two of them takes two loads.
pub const LINE: usize = 8;

/// A block of B as panels of `VECTORS` vectors of columns, in each the rows one
/// after the other, within `buffer`. The last panel is as many vectors wide as it
/// needs, its last vector filled up with zeros.
#[inline(always)]
pub fn columns<'b, S: Simd, const VECTORS: usize>(
    b: ArrayView2<f64>,
    buffer: &'b mut Vec<f64>,
) -> &'b [f64] {
    let (depth, width) = (b.nrows(), VECTORS * S::F64_LANES);
    let length = depth * b.ncols().next_multiple_of(S::F64_LANES);
    buffer.resize(buffer.len().max(length + LINE), 0.0);
    let start = buffer.as_ptr().align_offset(LINE * size_of::<f64>());
    let panels = &mut buffer[start..][..length];
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
    panels
}

#[cfg(test)]
mod tests {
    use pulp::WithSimd;

    use super::*;
    use crate::instructions::Instructions;
    use crate::matmul::generate;

    struct Columns;

    impl WithSimd for Columns {
        type Output = ();

        fn with_simd<S: Simd>(self, _: S) {
            const VECTORS: usize = 3;
            let (lanes, width) = (S::F64_LANES, VECTORS * S::F64_LANES);
            // What stood there before must not matter.
            let mut buffer = vec![f64::NAN; 2000];
            for (k, n) in [(1, 1), (3, width), (5, width + 1), (2, 3 * width - 1)] {
                let b = generate(1, 'b', 0..k, n);
                let element = |l, j| b.get((l, j)).copied().unwrap_or(0.0);
                let mut expected = Vec::new();
                for first in (0..n).step_by(width) {
                    let end = n.next_multiple_of(lanes).min(first + width);
                    for l in 0..k {
                        expected.extend((first..end).map(|j| element(l, j)));
                    }
                }
                let panels = columns::<S, VECTORS>(b.view(), &mut buffer);
                assert_eq!(panels, expected, "{k} x {n}, vectors of {lanes}");
                assert_eq!(panels.as_ptr().addr() % 64, 0, "vectors of {lanes}");
            }
        }
    }

    #[test]
    fn columns_come_in_aligned_panels_with_zeros_behind_the_last() {
        Instructions::available()
            .for_each(|instructions| instructions.vectorize(Columns));
    }
}
