//! The whole matrices on rank 0, and each rank's part of them.

use harness::Error;
use harness::matmul::{Flags, Shape, Source};
use kernels::matmul::Kernel;
use kernels::split::block;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, Root};
use ndarray::{ArrayView2, ArrayViewMut2};

/// The whole of A and C, on rank 0; elsewhere they are empty. B is whole on
/// every rank: see [`Part`].
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
    /// B, *k* x *n*; on rank 0 from the beginning, elsewhere once it is sent.
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
/// [`Error::Failure`], on rank 0, where a file cannot be read.
pub fn place(
    source: Option<Source>,
    world: &SimpleCommunicator,
) -> Result<(Whole, Part), Error> {
    let shape = broadcast_shape(source.as_ref().map(|source| source.shape), world);
    let Shape { m, k, n } = shape;
    let (a, b, c) = match source {
        Some(source) => {
            let (a, b) = source.operands()?;
            (
                a.into_raw_vec_and_offset().0,
                b.into_raw_vec_and_offset().0,
                vec![0.0; m * n],
            )
        }
        None => (Vec::new(), vec![0.0; k * n], Vec::new()),
    };
    let rows = block(m, world.size() as usize, world.rank() as usize).len();
    let part = Part { rows, shape, a: vec![0.0; rows * k], b, c: vec![0.0; rows * n] };
    Ok((Whole { shape, a, c }, part))
}

/// Looks at the flags and files, and whether the memory holds it all.
///
/// # Errors
///
/// [`Error`] where one of them is not right.
pub fn open(flags: &Flags, ranks: usize) -> Result<Source, Error> {
    let source = Source::open(flags)?;
    // As if all ranks were on this machine: their parts of A and C make one
    // more of each, and every rank has a whole B.
    source.shape.require_memory(2, ranks, 2)?;
    Ok(source)
}

fn broadcast_shape(shape: Option<Shape>, world: &SimpleCommunicator) -> Shape {
    let mut numbers =
        shape.map_or([0; 3], |Shape { m, k, n }| [m as u64, k as u64, n as u64]);
    world.process_at_rank(0).broadcast_into(&mut numbers[..]);
    let [m, k, n] = numbers.map(|number| number as usize);
    Shape { m, k, n }
}

impl Whole {
    /// A, B and C as matrices, on rank 0.
    pub fn matrices<'a>(&'a self, b: &'a [f64]) -> [ArrayView2<'a, f64>; 3] {
        let Shape { m, k, n } = self.shape;
        [view(&self.a, m, k), view(b, k, n), view(&self.c, m, n)]
    }
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
