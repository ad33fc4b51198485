//! The two limits of one core, for the roofline: how much it can multiply and add when
//! it touches no memory, and how much memory it can read; and what the kernels make of it.

use std::hint::black_box;
use std::path::Path;
use std::thread::available_parallelism;
use std::time::Instant;

use harness::record::{Figures, fields};
use harness::{Error, program};
use kernels::instructions::Instructions;
use kernels::matmul::{Kernel, flops, generate, peak};
use serde_json::json;
use study::{csv, machine};

/// Far more numbers than any cache holds: 1 GB.
const NUMBERS: usize = 128 << 20;
/// They are read in parts, and a limit is the best that was seen in so many short moments:
/// no other program had the core then.
const PARTS: usize = 64;

/// The order of the matrices that the kernels multiply.
const ORDER: usize = 1024;
/// How often they do. The naive one takes seconds.
const RUNS: [(&str, usize); 4] =
    [("naive", 2), ("reordered", 10), ("tiled", 10), ("fast", 100)];

/// Measures both, and the kernels beneath them, and writes all to `path`, a CSV file.
///
/// # Errors
///
/// If the file cannot be written.
pub fn measure(path: &Path) -> Result<(), Error> {
    program::prepare_kernels()?;
    let numbers: Vec<f64> = (0..NUMBERS).map(|number| number as f64).collect();
    let bytes = best(numbers.chunks(NUMBERS / PARTS), |part| {
        black_box(sum(black_box(part)));
        size_of_val(part) as f64
    });
    drop(numbers);
    let operations = best(0..PARTS, |_| {
        let (operations, sum) = peak(black_box(300_000));
        black_box(sum);
        operations as f64
    });
    let mut rows = vec![
        line("memory", [None, Some(bytes)], PARTS),
        line("peak", [Some(operations), None], PARTS),
    ];
    let [a, b] = ['a', 'b'].map(|name| generate(1, name, 0..ORDER, ORDER));
    let mut c = a.clone();
    for (name, runs) in RUNS {
        let kernel = Kernel::named(name).expect("it is one of the kernels");
        let rate = best(0..runs, |_| {
            kernel.multiply(black_box(a.view()), b.view(), c.view_mut());
            flops(ORDER, ORDER, ORDER)
        });
        rows.push(line(name, [Some(rate), None], runs));
    }
    csv::write_plain(path, &rows)
}

/// One line of the file: operations and bytes a second.
fn line(name: &str, [flops, bytes]: [Option<f64>; 2], runs: usize) -> Figures {
    let giga = |rate: Option<f64>| rate.map(|rate| rate / 1e9);
    fields(&json!({
        "name": name,
        "n": ORDER,
        "gflops": giga(flops),
        "gb_per_s": giga(bytes),
        "runs": runs,
        "cores": available_parallelism().map_or(1, usize::from),
        "version": env!("CARGO_PKG_VERSION"),
        "processor": machine::processor(),
        "instructions": Instructions::chosen().name(),
    }))
}

/// The sum, in eight parts: a single one would wait for itself.
fn sum(numbers: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    for eight in numbers.chunks_exact(8) {
        for (sum, number) in sums.iter_mut().zip(eight) {
            *sum += number;
        }
    }
    sums.iter().sum()
}

/// The most that `work` did in a second with any of `parts`; it returns how much it did.
fn best<P>(parts: impl Iterator<Item = P>, mut work: impl FnMut(P) -> f64) -> f64 {
    let rate = |part| {
        let start = Instant::now();
        let done = work(part);
        done / start.elapsed().as_secs_f64()
    };
    parts.map(rate).fold(0.0, f64::max)
}
