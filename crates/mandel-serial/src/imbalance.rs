//! The imbalance: how uneven the work of some workers is, as one number.

/// The busiest worker's work divided by the mean: 1 is balanced, and the worst
/// value is the number of workers.
pub fn imbalance(work: &[u64]) -> f64 {
    // BEGIN SOLUTION 3.6
    let most = *work.iter().max().unwrap();
    let mean = work.iter().sum::<u64>() as f64 / work.len() as f64;
    most as f64 / mean
    // STUB todo!("task 3.6: make it one number, see crates/mandel-serial/README.md, step 6")
    // END SOLUTION
}
