//! The whole matrices on rank 0, and each rank's part of them.

use harness::Error;
use harness::matmul::{self, Shape, Source};
use kernels::matmul::Kernel;
use kernels::memory::zeros;
use kernels::split::block;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, Root};
use ndarray::{Array2, ArrayView2, ArrayViewMut2};

/// The whole of A and C on rank 0; empty on the other ranks. B is whole on every
/// rank: see [`Part`].
pub struct Whole {
    /// The shapes, on every rank.
    pub shape: Shape,
    /// A, *m* x *k*, its rows one after the other.
    pub a: Vec<f64>,
    /// C, *m* x *n*.
    pub c: Vec<f64>,
}

/// What one rank works on: its block of the rows of A and C, and B.
pub struct Part {
    rows: usize,
    shape: Shape,
    /// The rank's rows of A, *k* columns.
    pub a: Vec<f64>,
    /// B, *k* x *n*: on rank 0 from the beginning, on the others once it is sent.
    pub b: Vec<f64>,
    /// The rank's rows of C, *n* columns.
    pub c: Vec<f64>,
}

/// The matrices in place at their owners: A and B on rank 0.
///
/// Collective: every rank must call it; `source` is rank 0's.
///
/// # Errors
///
/// [`Error::Failure`], on rank 0, if a file cannot be read or the memory is
/// too small.
pub fn place(
    shape: Shape,
    source: Option<Source>,
    world: &SimpleCommunicator,
) -> Result<(Whole, Part), Error> {
    let Shape { m, k, n } = shape;
    // As if all ranks were on this machine: their parts of A and C make one
    // more of each, and every rank has a whole B.
    let ranks = world.size() as usize;
    ranks::on_root(world, || matmul::require_memory(shape, [2, ranks, 2], [2, 1, 2]))?;
    let (a, b, c) = match source {
        Some(source) => {
            let (a, b) = source.operands()?;
            (a.into_raw_vec_and_offset().0, b.into_raw_vec_and_offset().0, zeros(m * n))
        }
        None => (Vec::new(), zeros(k * n), Vec::new()),
    };
    let rows = block(m, world.size() as usize, world.rank() as usize).len();
    let part = Part { rows, shape, a: zeros(rows * k), b, c: zeros(rows * n) };
    Ok((Whole { shape, a, c }, part))
}

/// The shapes, which rank 0 knows, on every rank.
///
/// Collective: every rank must call it.
pub fn broadcast_shape(shape: Option<Shape>, world: &SimpleCommunicator) -> Shape {
    let mut numbers =
        shape.map_or([0; 3], |Shape { m, k, n }| [m as u64, k as u64, n as u64]);
    world.process_at_rank(0).broadcast_into(&mut numbers[..]);
    let [m, k, n] = numbers.map(|number| number as usize);
    Shape { m, k, n }
}

/// C on rank 0, verified if `check` says so; `None` on the other ranks.
///
/// # Errors
///
/// [`Error::Failure`] if it is wrong.
pub fn result(
    whole: Whole,
    part: Part,
    check: bool,
    world: &SimpleCommunicator,
) -> Result<Option<Array2<f64>>, Error> {
    if world.rank() != 0 {
        return Ok(None);
    }
    let Shape { m, k, n } = whole.shape;
    if check {
        let [a, b, c] = [view(&whole.a, m, k), view(&part.b, k, n), view(&whole.c, m, n)];
        matmul::verify(a, b, c)?;
    }
    Ok(Some(Array2::from_shape_vec((m, n), whole.c).expect(FITS)))
}

/// The words that this rank receives: its rows of A and the whole of B; on
/// rank 0, which has both, the other ranks' rows of C.
pub fn words_received(whole: &Whole, part: &Part, world: &SimpleCommunicator) -> u64 {
    let words = match world.rank() {
        0 => whole.c.len() - part.c.len(),
        _ => part.a.len() + part.b.len(),
    };
    words as u64
}

impl Part {
    /// The rank's rows of C, by `kernel`.
    pub fn multiply(&mut self, kernel: Kernel) {
        let Shape { k, n, .. } = self.shape;
        let c = ArrayViewMut2::from_shape((self.rows, n), &mut self.c).expect(FITS);
        kernel.multiply(view(&self.a, self.rows, k), view(&self.b, k, n), c);
    }
}

const FITS: &str = "as many numbers as the shape says";

fn view(numbers: &[f64], rows: usize, columns: usize) -> ArrayView2<'_, f64> {
    ArrayView2::from_shape((rows, columns), numbers).expect(FITS)
}
