//! The tile: a few rows and vectors of C in registers, for all terms of a panel.

use std::array::from_fn;

use ndarray::ArrayViewMut2;
use pulp::Simd;

use super::Sums;
use super::pack::LINE;

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

/// The product of rows of A and a panel of B, into the columns of C from `start`.
/// What begins at `next` comes near in the meantime.
#[inline(always)]
pub fn multiply<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: [&[f64]; ROWS],
    b: &[f64],
    c: &mut [&mut [f64]; ROWS],
    start: usize,
    sums: Sums,
    next: [*const f64; ROWS],
) {
    let width = VECTORS * S::F64_LANES;
    let ahead = [c.each_ref().map(|row| row.as_ptr().wrapping_add(start)), next];
    if c.iter().any(|row| row.len() < start + width) {
        // Past the last column or below the last row.
        let tile = product::<S, ROWS, VECTORS>(simd, a, b, &ahead);
        for (row, tile_row) in c.iter_mut().zip(tile) {
            write_edge(simd, row.get_mut(start..).unwrap_or_default(), tile_row, sums);
        }
        return;
    }
    let tile = product::<S, ROWS, VECTORS>(simd, a, b, &ahead);
    for i in 0..ROWS {
        let (row, _) = S::as_mut_simd_f64s(&mut c[i][start..start + width]);
        for j in 0..VECTORS {
            row[j] = match sums {
                Sums::Set => tile[i][j],
                Sums::Add => simd.add_f64s(row[j], tile[i][j]),
            };
        }
    }
}

/// Cache lines that are asked for ahead, from each address.
pub const AHEAD: usize = 4;

/// The sums of all terms: for each, a column of the rows of A times a row of the
/// panel of B. Lines from the addresses `ahead` come near in the meantime, one by one:
/// the loads would wait for many at once.
#[expect(unsafe_code, reason = "checking the end of each row would take registers")]
#[inline(always)]
fn product<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: [&[f64]; ROWS],
    b: &[f64],
    ahead: &[[*const f64; ROWS]; 2],
) -> [[S::f64s; VECTORS]; ROWS] {
    let (b_rows, _) = S::as_simd_f64s(b).0.as_chunks::<VECTORS>();
    let a = a.map(|row| row[..b_rows.len()].as_ptr());
    let (mut row, mut line) = (0, 0);
    let mut sums = [[simd.splat_f64s(0.0); VECTORS]; ROWS];
    for (k, b_row) in b_rows.iter().enumerate() {
        if k % 8 == 0 && line < AHEAD {
            prefetch::<FIRST_LEVEL>(ahead[0][row].wrapping_add(line * LINE));
            prefetch::<SECOND_LEVEL>(ahead[1][row].wrapping_add(line * LINE));
            (row, line) = if row + 1 < ROWS { (row + 1, line) } else { (0, line + 1) };
        }
        for i in 0..ROWS {
            // SAFETY: `k` is below `b_rows.len()`, and so many numbers lie there.
            let factor = simd.splat_f64s(unsafe { *a[i].add(k) });
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

/// What x86 calls the caches to be filled, `_MM_HINT_T0` and `_MM_HINT_T1`.
const FIRST_LEVEL: i32 = 3;
const SECOND_LEVEL: i32 = 2;

/// Asks for the cache line of an address that is needed soon, in the cache of `HINT`.
#[expect(unsafe_code, reason = "the standard library has no safe prefetch")]
#[inline(always)]
fn prefetch<const HINT: i32>(address: *const f64) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing and faults nowhere, whatever the address.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<HINT>(address.cast());
    }
}
