//! What a worker process has to know before the first product.

use std::ops::Range;

use harness::Error;
use harness::matmul::Shape;
use kernels::matmul::Kernel;
use kernels::split::block;
use ndarray::{ArrayView2, ArrayViewMut2};
use processes::{Parent, Shared, Team};

/// The task of worker processes that share the matrices.
pub const SHARED: &str = "shared";
/// The task of those that are sent copies.
pub const COPIED: &str = "copied";

/// One worker's share of the product.
pub struct Job {
    /// The product of the worker's rows.
    pub kernel: Kernel,
    /// The shapes of the whole matrices.
    pub shape: Shape,
    /// The worker's rows of A and C.
    pub rows: Range<usize>,
    /// Whether a trace is asked for.
    pub traced: bool,
}

/// Worker processes for matrices in shared memory, and that memory.
///
/// # Errors
///
/// [`Error::Failure`] if the machine gives no memory or no process.
pub fn start_shared(
    kernel: Kernel,
    a: ArrayView2<f64>,
    b: ArrayView2<f64>,
    workers: usize,
    traced: bool,
) -> Result<(Team, Shared), Error> {
    let mut memory = Shared::new(a.len() + b.len() + a.nrows() * b.ncols())?;
    let (to_a, rest) = memory.numbers_mut().split_at_mut(a.len());
    to_a.copy_from_slice(numbers(a));
    rest[..b.len()].copy_from_slice(numbers(b));
    let mut team = Team::start(workers, SHARED, Some(&memory))?;
    tell_jobs(&mut team, kernel, a, b, traced)?;
    Ok((team, memory))
}

/// Worker processes with memory of their own.
///
/// # Errors
///
/// [`Error::Failure`] if the machine gives no process.
pub fn start_copied(
    kernel: Kernel,
    a: ArrayView2<f64>,
    b: ArrayView2<f64>,
    workers: usize,
    traced: bool,
) -> Result<Team, Error> {
    let mut team = Team::start(workers, COPIED, None)?;
    tell_jobs(&mut team, kernel, a, b, traced)?;
    Ok(team)
}

/// The result in shared memory, of that many rows and columns.
pub fn result(memory: &Shared, shape: (usize, usize)) -> ArrayView2<'_, f64> {
    let all = memory.numbers();
    let start = all.len() - shape.0 * shape.1;
    ArrayView2::from_shape(shape, &all[start..]).expect("C is the last of the three")
}

fn tell_jobs(
    team: &mut Team,
    kernel: Kernel,
    a: ArrayView2<f64>,
    b: ArrayView2<f64>,
    traced: bool,
) -> Result<(), Error> {
    let ((m, k), n, workers) = (a.dim(), b.ncols(), team.len());
    for (number, worker) in team.iter_mut().enumerate() {
        let rows = block(m, workers, number);
        let (kernel, traced) = (kernel as usize, traced.into());
        worker.send(&[m, k, n, rows.start, rows.end, kernel, traced])?;
    }
    Ok(())
}

impl Job {
    /// What the program tells this worker.
    ///
    /// # Errors
    ///
    /// [`Error::Told`] when the program has ended.
    pub fn receive(parent: &mut Parent) -> Result<Self, Error> {
        let mut job = [0; 7];
        parent.receive_into(&mut job)?;
        let [m, k, n, start, end, kernel, traced] = job;
        let (kernel, traced) = (Kernel::ALL[kernel].1, traced != 0);
        Ok(Self { kernel, shape: Shape { m, k, n }, rows: start..end, traced })
    }

    /// The worker's rows of A, all of B, and the worker's rows of C.
    pub fn matrices<'a>(
        &self,
        memory: &'a mut Shared,
    ) -> (ArrayView2<'a, f64>, ArrayView2<'a, f64>, ArrayViewMut2<'a, f64>) {
        let (Shape { m, k, n }, rows) = (self.shape, self.rows.clone());
        let (a, rest) = memory.numbers_mut().split_at_mut(m * k);
        let (b, c) = rest.split_at_mut(k * n);
        let (a, c) =
            (&a[rows.start * k..rows.end * k], &mut c[rows.start * n..rows.end * n]);
        let fits = "as many numbers as the shape says";
        (
            ArrayView2::from_shape((rows.len(), k), a).expect(fits),
            ArrayView2::from_shape((k, n), b).expect(fits),
            ArrayViewMut2::from_shape((rows.len(), n), c).expect(fits),
        )
    }
}

/// The numbers of whole rows, one row after the other.
pub fn numbers<'a>(matrix: ArrayView2<'a, f64>) -> &'a [f64] {
    matrix.to_slice().expect("whole rows are contiguous")
}

/// The same, to be changed.
pub fn numbers_mut<'a>(matrix: ArrayViewMut2<'a, f64>) -> &'a mut [f64] {
    matrix.into_slice().expect("whole rows are contiguous")
}
