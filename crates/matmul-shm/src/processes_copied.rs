//! Processes that share nothing: operands and results go through pipes.

use harness::{Error, Lane};
use kernels::memory::matrix;
use kernels::split::block;
use ndarray::{ArrayView2, ArrayViewMut2, s};
use processes::{Parent, Team};

use crate::job::{Job, numbers, numbers_mut};

/// C = A B with one process per lane.
///
/// # Errors
///
/// What became of a worker that has ended.
pub fn multiply(
    team: &mut Team,
    a: ArrayView2<f64>,
    b: ArrayView2<f64>,
    mut c: ArrayViewMut2<f64>,
    lanes: &mut [Lane],
) -> Result<(), Error> {
    let workers = lanes.len();
    for (number, worker) in team.iter_mut().enumerate() {
        let rows = block(a.nrows(), workers, number);
        worker.send(numbers(a.slice(s![rows, ..])))?;
        worker.send(numbers(b))?;
    }
    for (number, worker) in team.iter_mut().enumerate() {
        let rows = block(a.nrows(), workers, number);
        lanes[number] = worker.receive_lane()?;
        worker.receive_into(numbers_mut(c.slice_mut(s![rows, ..])))?;
    }
    Ok(())
}

/// The worker's side: receives its operands and sends its rows of C, again and again.
///
/// # Errors
///
/// [`Error::Told`] when the program has ended, and the work with it.
pub fn work(parent: &mut Parent, job: &Job) -> Result<(), Error> {
    let mut my_a = matrix(job.rows.len(), job.shape.k);
    let mut b = matrix(job.shape.k, job.shape.n);
    let mut my_c = matrix(job.rows.len(), job.shape.n);
    loop {
        parent.receive_into(numbers_mut(my_a.view_mut()))?;
        parent.receive_into(numbers_mut(b.view_mut()))?;
        let mut lane = Lane::new(job.traced);
        lane.compute(job.rows.clone(), |_| {
            job.kernel.multiply(my_a.view(), b.view(), my_c.view_mut());
        });
        parent.send_lane(&lane)?;
        parent.send(numbers(my_c.view()))?;
    }
}
