//! The two limits of one core, for the roofline: how much it can multiply and add when
//! it touches no memory, and how much memory it can read.

use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::thread::available_parallelism;
use std::time::Instant;

use harness::files::Output;
use harness::{Error, program};
use kernels::instructions::Instructions;
use kernels::matmul::peak;
use study::machine;

/// Far more numbers than any cache holds: 1 GB.
const NUMBERS: usize = 128 << 20;
/// They are read in parts, and a limit is the best that was seen in so many short moments:
/// no other program had the core then.
const PARTS: usize = 64;

/// Measures both, and writes them to `path`, a CSV file.
///
/// # Errors
///
/// If the file cannot be written.
pub fn measure(path: &Path) -> Result<(), Error> {
    program::choose_instructions()?;
    let peak_flops = best(0..PARTS, |_| {
        let (operations, sum) = peak(black_box(300_000));
        black_box(sum);
        operations as f64
    });
    let numbers: Vec<f64> = (0..NUMBERS).map(|number| number as f64).collect();
    let bytes = best(numbers.chunks(NUMBERS / PARTS), |part| {
        black_box(sum(black_box(part)));
        size_of_val(part) as f64
    });
    let cores = available_parallelism().map_or(1, usize::from);
    let text = format!(
        "instructions,peak_gflops,memory_gb_per_s,runs,cores,version,processor\n\
         {},{:.3},{:.3},{PARTS},{cores},{},{}\n",
        Instructions::chosen().name(),
        peak_flops / 1e9,
        bytes / 1e9,
        env!("CARGO_PKG_VERSION"),
        machine::processor(),
    );
    let output = Output::create(path)?;
    output.fill(|file| file.write_all(text.as_bytes()))?;
    output.publish()
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
fn best<P>(parts: impl Iterator<Item = P>, work: impl Fn(P) -> f64) -> f64 {
    let rate = |part| {
        let start = Instant::now();
        let done = work(part);
        done / start.elapsed().as_secs_f64()
    };
    parts.map(rate).fold(0.0, f64::max)
}
