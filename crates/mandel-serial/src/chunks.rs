//! Chunks: which worker would get which pieces of a picture, and what they cost.

use kernels::schedule::Schedule;
use kernels::split::block;

/// The work of each of `workers` workers, in iterations.
///
/// `costs` are those of the pieces of a picture, from its top to its bottom: of
/// its rows for block and cyclic, of its square tiles for dynamic. Every piece
/// belongs to one worker, so the sum of the work is that of the costs.
pub fn chunk_costs(costs: &[u64], workers: usize, schedule: Schedule) -> Vec<u64> {
    // BEGIN SOLUTION 3.5
    let mut work = vec![0; workers];
    match schedule {
        Schedule::Block => {
            for (worker, work) in work.iter_mut().enumerate() {
                *work = costs[block(costs.len(), workers, worker)].iter().sum();
            }
        }
        Schedule::Cyclic => {
            for (row, cost) in costs.iter().enumerate() {
                work[row % workers] += cost;
            }
        }
        Schedule::Dynamic => {
            // Whoever has done the least so far is the first to be free again.
            for cost in costs {
                *work.iter_mut().min().unwrap() += cost;
            }
        }
    }
    work
    // STUB todo!("task 3.5: each worker's work, see crates/mandel-serial/README.md, step 5")
    // END SOLUTION
}
