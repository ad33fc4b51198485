//! A model of a run: the costs of its tiles in, the time of each worker out.
//!
//! Nothing is measured here and nothing runs. A simulated worker is free at
//! some moment, asks for tiles, gets an answer and computes; the worker that is
//! free next is always the next one to be looked at (a discrete-event
//! simulation). It tells what a schedule would do with thousands of workers,
//! as far as the machine is as simple as that: equal cores, costs that do not
//! depend on what others do, and no message but the ones priced.
//!
//! All is whole numbers, in whatever unit the costs have (iterations,
//! nanoseconds), so that every machine finds the same to the last digit.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::split;

/// Who computes which tiles, as the exercises share them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Consecutive tiles, equally many for each worker.
    Block,
    /// Tile t for worker t mod the number of workers.
    Cyclic,
    /// The next tile for whoever is free.
    Dynamic,
}

/// What it costs to be handed tiles, in the unit of the tiles' costs.
///
/// Block, cyclic and optimal blocks are agreed on beforehand: they pay nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Price {
    /// From a request until its answer, if nobody else asks: half of it each way.
    pub request: u64,
    /// The time that whoever hands out (a master, a counter, a lock) takes for
    /// each request: one is served after the other.
    pub service: u64,
}

/// What each worker would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// The work of each worker.
    pub work: Vec<u64>,
    /// The time after which the last worker is done.
    pub makespan: u64,
}

impl Prediction {
    /// The busiest worker's work over the mean: 1 is balanced.
    pub fn imbalance(&self) -> f64 {
        imbalance(&self.work)
    }

    /// The time of one worker that is handed nothing, over this one's.
    pub fn speedup(&self) -> f64 {
        ratio(self.total(), self.makespan)
    }

    fn total(&self) -> u64 {
        self.work.iter().sum()
    }
}

/// The busiest worker's work over the mean of all workers': 1 is balanced.
pub fn imbalance(work: &[u64]) -> f64 {
    let most = work.iter().max().copied().unwrap_or(0);
    ratio(most * work.len() as u64, work.iter().sum())
}

/// Without any work there is nothing out of balance, and no time to save.
fn ratio(one: u64, other: u64) -> f64 {
    if other == 0 { 1.0 } else { one as f64 / other as f64 }
}

/// What `workers` would do with tiles of such `costs`.
///
/// A master that only hands out is no worker: its time is `price.service`.
///
/// # Panics
///
/// If there is no worker.
pub fn predict(
    costs: &[u64],
    workers: usize,
    schedule: Schedule,
    price: Price,
) -> Prediction {
    match schedule {
        Schedule::Block => agreed(workers, |worker| {
            costs[split::block(costs.len(), workers, worker)].iter().sum()
        }),
        Schedule::Cyclic => agreed(workers, |worker| {
            split::cyclic(costs.len(), workers, worker).map(|tile| costs[tile]).sum()
        }),
        Schedule::Dynamic => on_demand(costs, workers, price, |_| 1),
    }
}

/// The same where whoever is free gets the next tiles: of those that are left as
/// many as would be each worker's share (Polychronopoulos and Kuck 1987, "guided
/// self-scheduling").
///
/// # Panics
///
/// If there is no worker.
pub fn guided(costs: &[u64], workers: usize, price: Price) -> Prediction {
    on_demand(costs, workers, price, |left| left.div_ceil(workers))
}

/// The same where whoever is free gets the costliest tile that is left: at most 4/3
/// of the shortest time there can be (Graham 1969). It needs the costs beforehand.
///
/// # Panics
///
/// If there is no worker.
pub fn longest_first(costs: &[u64], workers: usize, price: Price) -> Prediction {
    let mut costs = costs.to_vec();
    costs.sort_unstable_by_key(|&cost| Reverse(cost));
    on_demand(&costs, workers, price, |_| 1)
}

/// The same for consecutive tiles, cut where the costliest block is as cheap as can
/// be. It needs the costs beforehand, and nobody has to ask.
///
/// # Panics
///
/// If there is no worker.
pub fn optimal_blocks(costs: &[u64], workers: usize) -> Prediction {
    let blocks = cheapest_blocks(costs, workers);
    agreed(workers, |worker| blocks.get(worker).copied().unwrap_or(0))
}

/// The least time in which so many workers can be done: no schedule is better.
pub fn bound(costs: &[u64], workers: usize) -> u64 {
    let mean = costs.iter().sum::<u64>().div_ceil(workers as u64);
    mean.max(costs.iter().max().copied().unwrap_or(0))
}

fn agreed(workers: usize, work: impl Fn(usize) -> u64) -> Prediction {
    assert!(workers > 0, "somebody has to do the work");
    let work: Vec<u64> = (0..workers).map(work).collect();
    let makespan = work.iter().max().copied().unwrap_or(0);
    Prediction { work, makespan }
}

/// Whoever is free asks, and gets as many of the tiles that are left as
/// `how_many` says.
fn on_demand(
    costs: &[u64],
    workers: usize,
    price: Price,
    how_many: impl Fn(usize) -> usize,
) -> Prediction {
    assert!(workers > 0, "somebody has to do the work");
    let mut work = vec![0; workers];
    // The first of the heap is who is free first; of two the one of lower number.
    let mut free: BinaryHeap<_> =
        (0..workers).map(|worker| Reverse((0, worker))).collect();
    let (mut next, mut served, mut makespan) = (0, 0, 0);
    while next < costs.len() {
        let Reverse((now, worker)) = free.pop().expect("nobody leaves before the end");
        // All requests travel equally long: they arrive in the order in which
        // they are made.
        let there = price.request / 2;
        served = served.max(now + there) + price.service;
        let tiles = next..next + how_many(costs.len() - next);
        next = tiles.end;
        let cost: u64 = costs[tiles].iter().sum();
        let done = served + (price.request - there) + cost;
        work[worker] += cost;
        makespan = makespan.max(done);
        free.push(Reverse((done, worker)));
    }
    Prediction { work, makespan }
}

/// The costs of the blocks, at most `workers` of them.
///
/// Blocks of at most some cost are filled one after the other; the lowest limit
/// with which they are few enough is found by halving.
fn cheapest_blocks(costs: &[u64], workers: usize) -> Vec<u64> {
    assert!(workers > 0, "somebody has to do the work");
    let (mut low, mut high) = (bound(costs, workers), costs.iter().sum());
    while low < high {
        let limit = low + (high - low) / 2;
        if fill(costs, limit).len() <= workers {
            high = limit;
        } else {
            low = limit + 1;
        }
    }
    fill(costs, high)
}

/// The costs of consecutive blocks, each as long as it costs at most `limit`,
/// which no tile exceeds.
fn fill(costs: &[u64], limit: u64) -> Vec<u64> {
    let mut blocks = vec![0];
    for cost in costs {
        let last = blocks.last_mut().expect("there is one from the start");
        if *last + cost <= limit {
            *last += cost;
        } else {
            blocks.push(*cost);
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const FREE: Price = Price { request: 0, service: 0 };

    type Share = fn(&[u64], usize, Price) -> Prediction;

    /// Every way to share tiles, by its name.
    const WAYS: [(&str, Share); 6] = [
        ("block", |costs, workers, price| {
            predict(costs, workers, Schedule::Block, price)
        }),
        ("cyclic", |costs, workers, price| {
            predict(costs, workers, Schedule::Cyclic, price)
        }),
        ("dynamic", dynamic),
        ("guided", guided),
        ("longest first", longest_first),
        ("optimal blocks", |costs, workers, _| optimal_blocks(costs, workers)),
    ];

    fn dynamic(costs: &[u64], workers: usize, price: Price) -> Prediction {
        predict(costs, workers, Schedule::Dynamic, price)
    }

    #[test]
    fn each_schedule_shares_the_work_as_it_says() {
        let costs = [1, 1, 1, 9, 3, 3, 2, 2];
        let expected = [
            [3, 15, 4],
            [12, 6, 4],
            // 0 takes 1, 9; 1 takes 1, 3, 2; 2 takes 1, 3, 2.
            [10, 6, 6],
            // Three tiles, then two of five, one of three, one of two, the last.
            [5, 12, 5],
            [9, 7, 6],
            [3, 9, 10],
        ];
        for ((name, share), expected) in WAYS.into_iter().zip(expected) {
            assert_eq!(share(&costs, 3, FREE).work, expected, "{name}");
        }
    }

    #[test]
    fn a_request_takes_its_time_and_the_master_serves_one_after_the_other() {
        let price = Price { request: 10, service: 3 };
        let makespan = |workers| dynamic(&[100; 4], workers, price).makespan;
        // Each tile waits 5 + 3 + 5.
        assert_eq!(makespan(1), 4 * 113);
        // The fourth request is served after three others: 5 + 4 * 3 + 5.
        assert_eq!(makespan(4), 122);
        // A master that takes 3 for each of 1000 tiles: no number of workers
        // is done earlier.
        let many = dynamic(&[100; 1000], 10_000, price);
        assert_eq!(many.makespan, 5 + 3 * 1000 + 5 + 100);
        assert!(many.speedup() < 33.0);
    }

    #[test]
    fn without_work_nobody_waits() {
        for (name, share) in WAYS {
            let nothing = share(&[], 3, FREE);
            assert_eq!(nothing, Prediction { work: vec![0; 3], makespan: 0 }, "{name}");
            assert_eq!((nothing.imbalance(), nothing.speedup()), (1.0, 1.0));
        }
    }

    proptest! {
        #[test]
        fn no_schedule_loses_work_or_beats_the_bound(
            costs in vec(0..1000_u64, 0..200), workers in 1..40_usize,
            request in 0..50_u64, service in 0..20_u64,
        ) {
            let total: u64 = costs.iter().sum();
            let largest = costs.iter().max().copied().unwrap_or(0);
            let least = bound(&costs, workers);
            for (name, share) in WAYS {
                let free = share(&costs, workers, FREE);
                let priced = share(&costs, workers, Price { request, service });
                for run in [&free, &priced] {
                    prop_assert_eq!(run.work.len(), workers);
                    prop_assert_eq!(run.work.iter().sum::<u64>(), total);
                    prop_assert!(run.makespan >= least, "{} {:?}", name, run);
                }
                prop_assert_eq!(free.makespan, free.work.iter().max().copied().unwrap());
            }
            // Graham 1966: whoever takes a tile when free is done soon.
            let late = (total + (workers as u64 - 1) * largest) / workers as u64;
            prop_assert!(dynamic(&costs, workers, FREE).makespan <= late);
            prop_assert!(longest_first(&costs, workers, FREE).makespan <= late);
            let block = predict(&costs, workers, Schedule::Block, FREE);
            prop_assert!(optimal_blocks(&costs, workers).makespan <= block.makespan);
        }

        #[test]
        fn optimal_blocks_are_the_best_of_all_cuts(
            costs in vec(0..30_u64, 1..9), workers in 1..5_usize,
        ) {
            // Every way to cut, one after the other.
            fn best(costs: &[u64], workers: usize) -> u64 {
                if workers == 1 {
                    return costs.iter().sum();
                }
                let cut = |at: usize| {
                    let first: u64 = costs[..at].iter().sum();
                    first.max(best(&costs[at..], workers - 1))
                };
                (0..=costs.len()).map(cut).min().unwrap()
            }
            let found = optimal_blocks(&costs, workers).makespan;
            prop_assert_eq!(found, best(&costs, workers));
        }
    }
}
