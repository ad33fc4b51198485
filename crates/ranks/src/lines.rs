//! Lines of ranks that share a block of a matrix: all-gather and reduce-scatter, in place.
//!
//! The rows of the block are shared among the ranks of the line as
//! [`kernels::split::block`] has it; each rank's rows stand where they belong
//! in its buffer for the whole block. MPI_Allgatherv and MPI_Reduce_scatter
//! would do, but for three things. rsmpi has no in-place form of the first, and
//! on one machine copying one's own rows takes as long as sending them. MPI
//! sums only basic types, whose counts end at 2^31. And the second takes
//! buffers of its own as large as the block. So ranks exchange rows pair by
//! pair, as MPI libraries do too when messages are long: no way sends fewer
//! words (R. Thakur, R. Rabenseifner, W. Gropp, "Optimization of collective
//! communication operations in MPICH", 2005).

use std::ops::{AddAssign, Range};

use kernels::split::block;
use mpi::datatype::Equivalence;
use mpi::point_to_point::send_receive_into;
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

use crate::{Rows, RowsMut};

/// Sends this rank's rows of `matrix`, of `width` elements each, to all ranks of
/// `line`, and puts theirs in place; returns the number of elements received.
///
/// Collective: every rank of the line must call it with a matrix of that size.
///
/// # Panics
///
/// If `matrix` is no whole number of rows.
pub fn all_gather_rows<T: Equivalence>(
    line: &SimpleCommunicator,
    width: usize,
    matrix: &mut [T],
) -> u64 {
    let mut received = 0;
    for (to, from) in pairs(line) {
        let parts =
            [part(line, matrix, width, line.rank()), part(line, matrix, width, from)];
        let [mine, theirs] =
            matrix.get_disjoint_mut(parts).expect("parts do not overlap");
        exchange(line, (mine, to), (theirs, from), width);
        received += theirs.len() as u64;
    }
    received
}

/// Adds to this rank's rows of `matrix`, of `width` elements each, those that
/// the other ranks of `line` have there; returns the number of elements received.
///
/// Summands come in a fixed order, so that a grid always gives the same sums.
/// `incoming`, where they come in, is as long as this rank's part if there are
/// other ranks.
///
/// Collective: every rank of the line must call it with a matrix of that size.
///
/// # Panics
///
/// If `matrix` is no whole number of rows, or `incoming` is shorter than this
/// rank's part.
pub fn reduce_scatter_rows<T: Equivalence + AddAssign + Copy>(
    line: &SimpleCommunicator,
    width: usize,
    matrix: &mut [T],
    incoming: &mut [T],
) -> u64 {
    let mine = part(line, matrix, width, line.rank());
    let mut received = 0;
    for (to, from) in pairs(line) {
        let theirs = part(line, matrix, width, to);
        let incoming = &mut incoming[..mine.len()];
        exchange(line, (&matrix[theirs], to), (incoming, from), width);
        for (sum, summand) in matrix[mine.clone()].iter_mut().zip(&*incoming) {
            *sum += *summand;
        }
        received += incoming.len() as u64;
    }
    received
}

/// With whom this rank exchanges, step by step: in step s it sends to the rank
/// s after it and receives from the one s before, so that nobody waits for a
/// rank that is busy with another.
fn pairs(line: &SimpleCommunicator) -> impl Iterator<Item = (i32, i32)> + use<> {
    let (rank, size) = (line.rank(), line.size());
    (1..size).map(move |step| ((rank + step) % size, (rank + size - step) % size))
}

/// Where the rows of `rank` stand in `matrix`.
fn part<T>(
    line: &SimpleCommunicator,
    matrix: &[T],
    width: usize,
    rank: i32,
) -> Range<usize> {
    // Without columns there is nothing to share.
    let rows = matrix.len().checked_div(width).unwrap_or(0);
    let rows = block(rows, line.size() as usize, rank as usize);
    rows.start * width..rows.end * width
}

/// Sends the rows of `mine` to one rank while those of `theirs` come from another.
fn exchange<T: Equivalence>(
    line: &SimpleCommunicator,
    (mine, to): (&[T], i32),
    (theirs, from): (&mut [T], i32),
    width: usize,
) {
    if width > 0 {
        send_receive_into(
            &Rows::new(mine, width),
            &line.process_at_rank(to),
            &mut RowsMut::new(theirs, width),
            &line.process_at_rank(from),
        );
    }
}
