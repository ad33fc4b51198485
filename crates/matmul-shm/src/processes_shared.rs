//! Processes that share the operands: a message only says when to begin.

use harness::{Error, Lane};
use processes::{Parent, Team};

use crate::job::Job;

/// C = A B with one process per lane; A, B and C lie in shared memory.
///
/// # Errors
///
/// What became of a worker that has ended.
pub fn multiply(team: &mut Team, lanes: &mut [Lane]) -> Result<(), Error> {
    for worker in team.iter_mut() {
        worker.send(&[BEGIN])?;
    }
    for (worker, lane) in team.iter_mut().zip(lanes) {
        *lane = worker.receive_lane()?;
    }
    Ok(())
}

/// The worker's side: computes its rows of C whenever it is told to.
///
/// # Errors
///
/// [`Error::Told`] when the program has ended, and the work with it.
pub fn work(parent: &mut Parent, job: &Job) -> Result<(), Error> {
    let mut memory = parent.shared()?;
    let (my_a, b, mut my_c) = job.matrices(&mut memory);
    loop {
        parent.receive_into(&mut [BEGIN])?;
        let mut lane = Lane::new(job.traced);
        lane.compute(job.rows.clone(), |_| {
            job.kernel.multiply(my_a, b, my_c.view_mut());
        });
        parent.send_lane(&lane)?;
    }
}

/// A message without content: that it comes is what counts.
const BEGIN: u8 = 0;
