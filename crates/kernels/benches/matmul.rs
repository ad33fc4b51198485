//! The fast product, with each instruction set of the processor, beside the limit of
//! one core: multiply-adds without memory.

use std::hint::black_box;

use beside::{Samples, rate};
use criterion::{Criterion, Throughput};
use kernels::instructions::Instructions;
use kernels::matmul::{Kernel, flops, generate, peak};
use ndarray::Array2;

mod beside;

/// Orders of the matrices for the kernels that know no vectors.
const FEW: [usize; 2] = [256, 1024];
/// Orders for the fast one; the portable instructions get the first of them, for the
/// others would take minutes.
const ORDERS: [usize; 7] = [64, 128, 256, 512, 1024, 2048, 4096];
const PORTABLE: usize = 5;

const HEADER: &str = "\
One core, beside the peak in the same moment: multiply-adds in registers
kernel              n      median     GFLOP/s   of the peak";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut lines = Vec::new();
    for kernel in [Kernel::Reordered, Kernel::Tiled] {
        for n in FEW {
            lines.extend(bench(&mut criterion, kernel.name(), kernel, n));
        }
    }
    for instructions in Instructions::available() {
        instructions.choose();
        let name = format!("fast {}", instructions.name());
        let portable = instructions == Instructions::Portable;
        for &n in if portable { &ORDERS[..PORTABLE] } else { &ORDERS } {
            lines.extend(bench(&mut criterion, &name, Kernel::Fast, n));
        }
    }
    criterion.final_summary();
    beside::print(HEADER, &lines);
}

/// The line of one kernel and one order, if it was asked for.
fn bench(
    criterion: &mut Criterion,
    name: &str,
    kernel: Kernel,
    n: usize,
) -> Option<String> {
    let (a, b) = (generate(1, 'a', 0..n, n), generate(1, 'b', 0..n, n));
    let mut c = Array2::zeros((n, n));
    let operations = flops(n, n, n);
    let mut samples = Samples::default();
    let mut group = criterion.benchmark_group(format!("matmul {name}"));
    group.sample_size(10).throughput(Throughput::Elements(operations as u64));
    group.bench_function(format!("{n}"), |bencher| {
        bencher.iter_custom(|times| {
            let run = || {
                kernel.multiply(black_box(a.view()), b.view(), c.view_mut());
                operations
            };
            samples.measure(times, run, rate_of_peak)
        });
    });
    let [time_s, share] = samples.medians()?;
    let (time_ms, gflops) = (time_s * 1e3, operations / time_s / 1e9);
    Some(format!("{name:<14} {n:>6} {time_ms:>8.3} ms {gflops:>11.1} {share:>13.2}"))
}

/// Operations a second without memory.
fn rate_of_peak() -> f64 {
    rate(|| {
        let (operations, sum) = peak(black_box(300_000));
        black_box(sum);
        operations as f64
    })
}
