//! Freivalds' test of a product whose matrices lie on many ranks.

use harness::Error;
use harness::matmul::{self, Shape, VECTORS};
use kernels::matmul::{largest_ratio, rounding, signs};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ndarray::{Array2, ArrayView2, s};

use crate::blocks::{Blocks, Part};

/// Numbers that one reduction adds up.
const PIECE: usize = 1 << 24;

/// Verifies C = A B by [`VECTORS`] random vectors.
///
/// The test takes products of a matrix with a vector only, and those add up
/// from what each rank owns: no matrix has to be collected.
///
/// Collective: every rank must call it.
///
/// # Errors
///
/// [`Error::Failure`] if C is wrong, or if A or B hold numbers that are
/// not finite.
pub fn verify(blocks: &Blocks, world: &SimpleCommunicator) -> Result<(), Error> {
    let Blocks { a, b, c, shape, .. } = blocks;
    let Shape { m, k, n } = *shape;
    ranks::on_all(world, || {
        matmul::require_finite(a.own().iter().chain(b.own().iter()))
    })?;
    let times = |part: &Part, rows: usize, x: &Array2<f64>| {
        product(part, part.own(), rows, x, world)
    };
    let sizes = |part: &Part, rows: usize, x: &Array2<f64>| {
        product(part, part.own().mapv(f64::abs).view(), rows, x, world)
    };

    let ones = Array2::ones((n, 1));
    let explained = sizes(a, m, &sizes(b, k, &ones)) * rounding(k, n);
    let x = signs(0, n, VECTORS);
    let error = times(a, m, &times(b, k, &x)) - times(c, m, &x);
    let error = largest_ratio(&error, &explained);
    ranks::on_root(world, || matmul::accept(error)).map(drop)
}

/// The product of a matrix of `rows` rows with the columns of `x`, on every
/// rank; `own` are the numbers that this rank has in its own rows of `part`.
fn product(
    part: &Part,
    own: ArrayView2<f64>,
    rows: usize,
    x: &Array2<f64>,
    world: &SimpleCommunicator,
) -> Array2<f64> {
    let shape = (rows, x.ncols());
    let (mut mine, mut sum) = (Array2::zeros(shape), Array2::zeros(shape));
    let x = x.slice(s![part.block.columns.clone(), ..]);
    mine.slice_mut(s![part.block.own.clone(), ..]).assign(&own.dot(&x));
    let contiguous = "an array of its own";
    let mine = mine.as_slice().expect(contiguous);
    let out = sum.as_slice_mut().expect(contiguous);
    // In pieces, for MPI sums numbers, and counts them in an int.
    for (mine, out) in mine.chunks(PIECE).zip(out.chunks_mut(PIECE)) {
        world.all_reduce_into(mine, out, SystemOperation::sum());
    }
    sum
}
