//! Matrix products C = A B, from naive to fast, and how to check one.
//!
//! A is an *m* x *k* matrix, B is *k* x *n*, C is *m* x *n*; all are float64 in
//! row order. Every kernel takes any rows of A and the same rows of C, so that
//! serial programs, threads, processes and ranks call the same one.

mod bound;
mod fast;
mod freivalds;
mod generate;
mod grid;
mod peak;
mod products;
mod shape;

use ndarray::{ArrayView2, ArrayViewMut2};

use crate::witness::{self, Work};

pub use bound::words_lower_bound;
use fast::fast;
pub use freivalds::{Part, Reduce, freivalds, freivalds_of_parts};
pub use generate::{element, generate, generate_block};
pub use grid::{Block, Grid};
pub use peak::peak;
use products::{naive, reordered, tiled};
pub use shape::{Shape, flops};

/// The kernels, a ladder: each is faster than the one before it, `tiled` once B
/// has outgrown the cache.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kernel {
    /// Three loops as the formula has them.
    Naive,
    /// The same three loops in the order in which memory lies.
    Reordered,
    /// Tiles that stay in the cache.
    Tiled,
    /// Blocks for every cache, and tiles in the vector registers.
    Fast,
}

impl Kernel {
    /// All kernels, each with the name that the command line knows.
    pub const ALL: [(&str, Kernel); 4] = [
        ("naive", Kernel::Naive),
        ("reordered", Kernel::Reordered),
        ("tiled", Kernel::Tiled),
        ("fast", Kernel::Fast),
    ];

    /// The kernel of that name.
    pub fn named(name: &str) -> Option<Kernel> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, kernel)| kernel)
    }

    /// The name that the command line knows.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].0
    }

    /// C = A B, by this kernel on the calling thread.
    ///
    /// # Panics
    ///
    /// If the shapes do not match, or a matrix is not in row order.
    pub fn multiply(self, a: ArrayView2<f64>, b: ArrayView2<f64>, c: ArrayViewMut2<f64>) {
        let shape = (a.dim(), b.dim(), c.dim());
        assert_eq!((a.nrows(), b.ncols()), c.dim(), "shapes of A, B and C: {shape:?}");
        assert_eq!(a.ncols(), b.nrows(), "shapes of A, B and C: {shape:?}");
        let shape = Shape { m: a.nrows(), k: a.ncols(), n: b.ncols() };
        let begun = witness::begin(|| Work::Product(shape));
        match self {
            Kernel::Naive => naive(a, b, c),
            Kernel::Reordered => reordered(a, b, c),
            Kernel::Tiled => tiled(a, b, c),
            Kernel::Fast => fast(a, b, c),
        }
        if let Some(begun) = begun {
            begun.end((shape.m * shape.k * shape.n) as u64);
        }
    }
}
