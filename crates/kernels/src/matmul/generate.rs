//! Matrices from a seed: any worker can make its own part.

use std::ops::Range;

use ndarray::Array2;

use crate::memory;

/// Element (`i`, `j`) of the matrix `name` of `seed`, uniform in [-1, 1).
///
/// A pure function of its arguments: whoever needs an element computes it, in
/// any order and on any rank, and all get the same.
pub fn element(seed: u64, name: char, i: usize, j: usize) -> f64 {
    let row = mix(seed ^ mix(u64::from(name)) ^ mix(!(i as u64)));
    uniform(mix(row ^ j as u64))
}

/// The rows `rows` of the matrix `name` of `seed`, with `columns` columns.
pub fn generate(
    seed: u64,
    name: char,
    rows: Range<usize>,
    columns: usize,
) -> Array2<f64> {
    generate_block(seed, name, rows, 0..columns)
}

/// The block `rows` x `columns` of the matrix `name` of `seed`.
pub fn generate_block(
    seed: u64,
    name: char,
    rows: Range<usize>,
    columns: Range<usize>,
) -> Array2<f64> {
    let (row, column) = (rows.start, columns.start);
    let mut block = memory::matrix(rows.len(), columns.len());
    for ((i, j), number) in block.indexed_iter_mut() {
        *number = element(seed, name, row + i, column + j);
    }
    block
}

/// The top 53 bits as a multiple of 2^-52 in [0, 2), moved to [-1, 1).
fn uniform(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// A bijection in which every bit of the input moves every bit of the output:
/// the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast Splittable
/// Pseudorandom Number Generators", OOPSLA 2014).
fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_equals_the_same_rows_and_columns_of_the_whole() {
        let whole = generate(7, 'a', 0..20, 6);
        assert_eq!(generate(7, 'a', 5..9, 6), whole.slice(ndarray::s![5..9, ..]));
        let block = generate_block(7, 'a', 5..9, 2..5);
        assert_eq!(block, whole.slice(ndarray::s![5..9, 2..5]));
    }

    #[test]
    fn elements_fill_the_interval_evenly() {
        let matrix = generate(1, 'a', 0..400, 400);
        let count = matrix.len() as f64;
        let (mean, square) = (matrix.sum() / count, matrix.mapv(|x| x * x).sum() / count);
        assert!(matrix.iter().all(|x| (-1.0..1.0).contains(x)));
        // Five standard deviations of the mean of so many uniform numbers.
        assert!(mean.abs() < 5.0 * (1.0 / 3.0_f64).sqrt() / count.sqrt(), "mean {mean}");
        assert!((square - 1.0 / 3.0).abs() < 0.005, "mean square {square}");
    }

    #[test]
    fn seed_name_row_and_column_all_matter() {
        let elements = [
            element(1, 'a', 2, 3),
            element(2, 'a', 2, 3),
            element(1, 'b', 2, 3),
            element(1, 'a', 3, 3),
            element(1, 'a', 3, 2),
        ];
        for (i, x) in elements.iter().enumerate() {
            assert!(!elements[..i].contains(x), "{elements:?}");
        }
    }
}
