//! What a product leaves: its record, with the words that were sent beside the fewest.

use harness::matmul::{self, Flags, Shape};
use harness::measure::Measured;
use harness::record::{self, Outputs};
use harness::{Common, Error};
use kernels::matmul::{Grid, words_lower_bound};
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;
use ndarray::Array2;

/// A product, as one rank has done it.
pub struct Done {
    /// The times, on rank 0.
    pub measured: Option<Measured>,
    /// What the command line calls the algorithm.
    pub algorithm: &'static str,
    /// How the work is cut into parts.
    pub grid: Grid,
    /// The words that this rank has received in one run.
    pub words: u64,
    /// The whole result on rank 0, if it was collected.
    pub c: Option<Array2<f64>>,
}

/// The names of the program's own figures.
pub const FIGURES: [&str; 6] = [
    "algorithm",
    "compute_s",
    "communicate_s",
    "grid",
    "words_received_max",
    "words_lower_bound",
];

/// Publishes the record, on rank 0.
///
/// Collective: every rank must call it.
///
/// # Errors
///
/// [`Error::Failure`] if a file or stdout cannot be written.
pub fn publish(
    flags: &Flags,
    common: &Common,
    outputs: Option<Outputs>,
    shape: Shape,
    done: Done,
    world: &SimpleCommunicator,
) -> Result<(), Error> {
    let setting = ranks::setting("matmul-mpi", world);
    let words = ranks::largest(world, done.words);
    let (Some(outputs), Some(measured)) = (outputs, done.measured) else {
        return Ok(());
    };

    let bound = words_lower_bound(world.size() as usize, shape);
    let Grid { pr, pc, pk } = done.grid;
    let times =
        measured.is_recorded().then(|| (measured.compute_s(), measured.communicate_s()));
    let mut figures = matmul::figures(flags, shape, &measured);
    figures["algorithm"] = done.algorithm.into();
    figures["compute_s"] = times.map(|(compute_s, _)| compute_s).into();
    figures["communicate_s"] = times.map(|(_, communicate_s)| communicate_s).into();
    figures["grid"] = [pr, pc, pk].as_slice().into();
    figures["words_received_max"] = words.into();
    figures["words_lower_bound"] = bound.into();
    let times = match times {
        None => "how long it computed is not known: nothing went through lane.compute"
            .to_owned(),
        Some((compute_s, communicate_s)) => format!(
            "computing {}, communicating and waiting {}",
            record::seconds(compute_s),
            record::seconds(communicate_s)
        ),
    };
    let summary = format!(
        "{}\n{times}\n\
         {} as a grid of {}: {words} words received by the busiest rank, {bound:.0} at least",
        matmul::summary(flags, shape, &measured, &ranks::count_text(world)),
        done.algorithm,
        done.grid,
    );
    record::publish(common, outputs, &setting, &measured, figures, &summary)
}
