//! The tile: a few rows and vectors of C in registers, for all terms of a panel.

use std::array::from_fn;

use ndarray::ArrayViewMut2;
use pulp::Simd;

use super::Sums;

/// The rows of a band of C, as many as there are; the others are empty.
pub fn rows<'c, const ROWS: usize>(
    band: ArrayViewMut2<'c, f64>,
) -> [&'c mut [f64]; ROWS] {
    let mut rows: [&mut [f64]; ROWS] = from_fn(|_| Default::default());
    for (slot, row) in rows.iter_mut().zip(band.into_outer_iter_mut()) {
        *slot = row.into_slice().expect("the numbers of a row lie together");
    }
    rows
}

/// The product of a panel of A and a panel of B, into the columns of C from
/// `start`.
#[inline(always)]
pub fn multiply<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: &[f64],
    b: &[f64],
    c: &mut [&mut [f64]; ROWS],
    start: usize,
    sums: Sums,
) {
    let width = VECTORS * S::F64_LANES;
    if c.iter().any(|row| row.len() < start + width) {
        // Past the last column or below the last row.
        let tile = product::<S, ROWS, VECTORS>(simd, a, b);
        for (row, tile_row) in c.iter_mut().zip(tile) {
            write_edge(simd, row.get_mut(start..).unwrap_or_default(), tile_row, sums);
        }
        return;
    }
    let rows = c.each_mut().map(|row| {
        let row = &mut row[start..start + width];
        prefetch(row);
        S::as_mut_simd_f64s(row).0.first_chunk_mut::<VECTORS>().expect("a whole tile")
    });
    let tile = product::<S, ROWS, VECTORS>(simd, a, b);
    for i in 0..ROWS {
        for j in 0..VECTORS {
            rows[i][j] = match sums {
                Sums::Set => tile[i][j],
                Sums::Add => simd.add_f64s(rows[i][j], tile[i][j]),
            };
        }
    }
}

/// The sums of all terms: for each, a column of the panel of A times a row of
/// the panel of B.
#[inline(always)]
fn product<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: &[f64],
    b: &[f64],
) -> [[S::f64s; VECTORS]; ROWS] {
    let (a_columns, _) = a.as_chunks::<ROWS>();
    let (b_vectors, _) = S::as_simd_f64s(b);
    let (b_rows, _) = b_vectors.as_chunks::<VECTORS>();
    let mut sums = [[simd.splat_f64s(0.0); VECTORS]; ROWS];
    for (a_column, b_row) in a_columns.iter().zip(b_rows) {
        for i in 0..ROWS {
            let factor = simd.splat_f64s(a_column[i]);
            for j in 0..VECTORS {
                sums[i][j] = simd.mul_add_e_f64s(factor, b_row[j], sums[i][j]);
            }
        }
    }
    sums
}

/// A row of a tile into what there is of a row of C.
#[inline(always)]
fn write_edge<S: Simd, const VECTORS: usize>(
    simd: S,
    c: &mut [f64],
    tile_row: [S::f64s; VECTORS],
    sums: Sums,
) {
    for (part, sum) in c.chunks_mut(S::F64_LANES).zip(tile_row) {
        let sum = match sums {
            Sums::Set => sum,
            Sums::Add => simd.add_f64s(simd.partial_load_f64s(part), sum),
        };
        simd.partial_store_f64s(part, sum);
    }
}

/// Asks for the cache lines of numbers that are written soon.
#[expect(unsafe_code, reason = "the standard library has no safe prefetch")]
#[inline(always)]
fn prefetch(numbers: &[f64]) {
    // The last number too: a row may begin in the middle of a line.
    for number in numbers.iter().step_by(8).chain(numbers.last()) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a prefetch reads nothing and faults nowhere.
        unsafe {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(number).cast());
        }
    }
}
