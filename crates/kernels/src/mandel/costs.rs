//! What the tiles of a picture cost, from the counts of its pixels.

/// The iterations of each tile of `rows` x `columns` pixels, in reading order;
/// tiles at the right and at the bottom may be smaller.
///
/// `counts` are those of a whole picture of the given width.
///
/// # Panics
///
/// If a tile has no pixel, or `counts` is no whole number of rows.
pub fn tile_costs(counts: &[u32], width: usize, [rows, columns]: [usize; 2]) -> Vec<u64> {
    assert!(rows > 0 && columns > 0, "a tile of {rows} x {columns} pixels");
    assert!(
        counts.len().is_multiple_of(width),
        "{} counts in rows of {width}",
        counts.len()
    );
    let mut costs = Vec::new();
    for band in counts.chunks(rows * width) {
        let first = costs.len();
        costs.resize(first + width.div_ceil(columns), 0);
        for row in band.chunks_exact(width) {
            for (cost, pixels) in costs[first..].iter_mut().zip(row.chunks(columns)) {
                *cost += pixels.iter().copied().map(u64::from).sum::<u64>();
            }
        }
    }
    costs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mandel::{
        HEIGHT, Kernel, MAX_ITER, SIGHTS, TILE, View, WIDTH, count_rows,
    };
    use crate::schedule::{Price, Schedule, predict};

    #[test]
    fn tiles_at_the_rims_are_smaller() {
        let counts: Vec<u32> = (1..=12).collect();
        assert_eq!(tile_costs(&counts, 4, [1, 4]), [10, 26, 42]);
        assert_eq!(tile_costs(&counts, 4, [2, 3]), [1 + 2 + 3 + 5 + 6 + 7, 12, 30, 12]);
        assert_eq!(tile_costs(&counts, 4, [9, 9]), [78]);
    }

    /// The imbalance that the class sees in the default view. A few lines of NumPy
    /// gave the same numbers.
    #[test]
    fn the_default_view_is_out_of_balance_as_it_is_known_to_be() {
        let scalar = SIGHTS[0].view(WIDTH, HEIGHT, MAX_ITER);
        let view = View { kernel: Kernel::Simd, ..scalar };
        let mut counts = vec![0; view.width * view.height];
        count_rows(&view, 0..view.height, &mut counts);
        let rows = tile_costs(&counts, view.width, [1, view.width]);
        let squares = tile_costs(&counts, view.width, [TILE, TILE]);
        let imbalance = |costs: &[u64], schedule, workers| {
            predict(costs, workers, schedule, Price::default()).imbalance()
        };
        let blocks =
            [2, 3, 8, 64].map(|workers| imbalance(&rows, Schedule::Block, workers));
        let demand =
            [64, 1024].map(|workers| imbalance(&rows, Schedule::Dynamic, workers));
        assert_eq!(blocks.map(rounded), ["1.00", "2.18", "2.35", "2.71"]);
        assert_eq!(rounded(imbalance(&rows, Schedule::Cyclic, 64)), "1.01");
        // With 1024 workers there are too few rows: the longest row alone sets the time.
        assert_eq!(demand.map(rounded), ["1.00", "1.77"]);
        assert_eq!(rounded(imbalance(&squares, Schedule::Dynamic, 1024)), "1.25");
    }

    fn rounded(number: f64) -> String {
        format!("{number:.2}")
    }
}
