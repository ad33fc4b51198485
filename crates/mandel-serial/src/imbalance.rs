//! The imbalance: how uneven the work of some workers is, as one number.

/// The busiest worker's work divided by the mean: 1 is balanced, and the number
/// of workers is as bad as it can be.
pub fn imbalance(work: &[u64]) -> f64 {
    // BEGIN SOLUTION 3b-2
    let most = *work.iter().max().unwrap();
    let mean = work.iter().sum::<u64>() as f64 / work.len() as f64;
    most as f64 / mean
    // STUB let _ = work;
    // STUB todo!("exercise 3b-2: make one number of the work, see README.md, step 6")
    // END SOLUTION
}
