//! Freivalds' test of a product whose matrices lie on many ranks.

use harness::Error;
use harness::matmul::{self, Shape, VECTORS};
use kernels::matmul::{largest_ratio, rounding, signs};
use mpi::collective::SystemOperation;
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ndarray::{Array1, ArrayView2, s};

use crate::blocks::{Blocks, Part};

/// Verifies C = A B by [`VECTORS`] random vectors.
///
/// The test takes products of a matrix with a vector only, and those add up
/// from what each rank owns: no matrix has to be collected.
///
/// Collective: every rank must call it.
///
/// # Errors
///
/// [`Error::Failure`] where C is wrong, or where A or B hold numbers that are
/// not finite.
pub fn verify(blocks: &Blocks, world: &SimpleCommunicator) -> Result<(), Error> {
    let Blocks { a, b, c, shape, .. } = blocks;
    let Shape { m, k, n } = *shape;
    ranks::on_all(world, || {
        matmul::require_finite(a.own().iter().chain(b.own().iter()))
    })?;
    let times = |part: &Part, rows: usize, x: &Array1<f64>| {
        product(part, part.own(), rows, x, world)
    };
    let sizes = |part: &Part, rows: usize, x: &Array1<f64>| {
        product(part, part.own().mapv(f64::abs).view(), rows, x, world)
    };

    let explained = sizes(a, m, &sizes(b, k, &Array1::ones(n))) * rounding(k, n);
    let ratio = |vector: usize| {
        let x = signs(0, vector, n);
        let error = times(a, m, &times(b, k, &x)) - times(c, m, &x);
        largest_ratio(&error.mapv(f64::abs), &explained)
    };
    let error = (0..VECTORS).map(ratio).fold(0.0, f64::max);
    ranks::on_root(world, || matmul::accept(error)).map(drop)
}

/// The product of a matrix of `rows` rows with `x`, on every rank; `own` are
/// the numbers that this rank has in its own rows of `part`.
fn product(
    part: &Part,
    own: ArrayView2<f64>,
    rows: usize,
    x: &Array1<f64>,
    world: &SimpleCommunicator,
) -> Array1<f64> {
    let mut mine = Array1::zeros(rows);
    let x = x.slice(s![part.block.columns.clone()]);
    mine.slice_mut(s![part.block.own.clone()]).assign(&own.dot(&x));
    let mut sum = Array1::zeros(rows);
    let (mine, out) = (mine.as_slice(), sum.as_slice_mut());
    let contiguous = "a vector of its own";
    world.all_reduce_into(
        mine.expect(contiguous),
        out.expect(contiguous),
        SystemOperation::sum(),
    );
    sum
}
