//! The costs of the default view, counted in iterations while the page is made.

use kernels::mandel::{
    HEIGHT, Kernel, MAX_ITER, Sight, TILE, View, WIDTH, count_rows, tile_costs,
};
use kernels::schedule::Price;

/// What it costs in the model to be handed tiles, in iterations, where no message
/// was measured: at 2.5 ns an iteration, 2 us for a request and its answer, as
/// between processes of one machine.
pub const PRICE: Price = price(800);

/// The price of a request that takes so many iterations. That the master needs a
/// quarter of it is a guess, as the page says, and there to be changed.
pub const fn price(request: u64) -> Price {
    Price { request, service: request / 4 }
}

/// Iterations of a picture's pixels and tiles: exact, and no measurement.
pub struct Costs {
    /// Pixels in a row.
    pub width: usize,
    /// The number of rows.
    pub height: usize,
    /// The count of a pixel of the set.
    pub max_iter: u32,
    /// The pixels of the set.
    pub inside: usize,
    /// The median pixel's iterations.
    pub median: u32,
    /// The iterations of each row.
    pub rows: Vec<u64>,
    /// The iterations of each square tile, in reading order.
    pub squares: Vec<u64>,
    /// What it costs to be handed a tile, in iterations.
    pub price: Price,
}

impl Costs {
    /// Those of one of the views that have a name, in the programs' default size.
    ///
    /// # Panics
    ///
    /// If there is no such view.
    pub fn of(name: &str) -> Self {
        let sight = Sight::named(name).unwrap_or_else(|| panic!("no view {name}"));
        let scalar = sight.view(WIDTH, HEIGHT, MAX_ITER);
        let view = View { kernel: Kernel::Simd, ..scalar };
        let mut counts = vec![0; WIDTH * HEIGHT];
        count_rows(&view, 0..HEIGHT, &mut counts);
        Self::of_counts(&mut counts, WIDTH, MAX_ITER)
    }

    /// Those of the `counts` of a picture, which lose their order.
    fn of_counts(counts: &mut [u32], width: usize, max_iter: u32) -> Self {
        let rows = tile_costs(counts, width, [1, width]);
        let squares = tile_costs(counts, width, [TILE, TILE]);
        let inside = counts.iter().filter(|&&count| count == max_iter).count();
        let middle = counts.len() / 2;
        let median = *counts.select_nth_unstable(middle).1;
        let (height, price) = (rows.len(), PRICE);
        Self { width, height, max_iter, inside, median, rows, squares, price }
    }

    /// The iterations of the whole picture.
    pub fn total(&self) -> u64 {
        self.rows.iter().sum()
    }

    /// The number of pixels.
    pub fn pixels(&self) -> usize {
        self.width * self.height
    }

    /// The share of the work that lies in the pixels of the set.
    pub fn inside_work(&self) -> f64 {
        (self.inside as u64 * u64::from(self.max_iter)) as f64 / self.total() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_lies_in_the_pixels_of_the_set() {
        let mut counts = vec![9, 1, 2, 9, 3, 4];
        let costs = Costs::of_counts(&mut counts, 3, 9);
        assert_eq!((costs.width, costs.height, costs.inside), (3, 2, 2));
        assert_eq!((costs.median, costs.total()), (4, 28));
        assert_eq!(
            (costs.rows.as_slice(), costs.squares.as_slice()),
            (&[12, 16][..], &[28][..])
        );
        assert_eq!(costs.inside_work(), 18.0 / 28.0);
    }
}
