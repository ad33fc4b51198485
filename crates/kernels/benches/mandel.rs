//! The Mandelbrot kernels beside the limit of one core: steps that nobody checks.

use std::hint::black_box;

use beside::{Samples, rate};
use criterion::{Criterion, Throughput};
use kernels::instructions::Instructions;
use kernels::mandel::{HEIGHT, Kernel, MAX_ITER, SIGHTS, View, WIDTH, count_rows, peak};

mod beside;

/// Width, height and max_iter of the pictures, all of the whole set.
const PICTURES: [(usize, usize, u32); 2] =
    [(WIDTH, HEIGHT, MAX_ITER), (960, 800, 10_000)];

const VECTORS: [(&str, Kernel); 2] =
    [("simd", Kernel::Simd), ("shortcut", Kernel::Shortcut)];

const HEADER: &str = "\
One core, beside the peak in the same moment: steps without any look
view whole             kernel               median    x scalar   of the peak";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let lines: Vec<String> =
        PICTURES.into_iter().flat_map(|picture| bench(&mut criterion, picture)).collect();
    criterion.final_summary();
    beside::print(HEADER, &lines);
}

/// Measures all kernels on one picture; returns a line for each that was asked for.
fn bench(
    criterion: &mut Criterion,
    (width, height, max_iter): (usize, usize, u32),
) -> Vec<String> {
    let name = format!("{width} x {height}, {max_iter}");
    let scalar = SIGHTS[0].view(width, height, max_iter);
    let mut counts = vec![0; width * height];
    let steps =
        count_rows(&View { kernel: Kernel::Shortcut, ..scalar }, 0..height, &mut counts);

    let mut group = criterion.benchmark_group(format!("mandel {name}"));
    group.sample_size(10).throughput(Throughput::Elements(steps));
    let mut lines = Vec::new();
    let mut scalar_s = None;
    let scalar_alone = [(Instructions::chosen(), "scalar".to_owned(), Kernel::Scalar)];
    let in_vectors = Instructions::available().flat_map(|instructions| {
        let name = |name| format!("{name} {}", instructions.name());
        VECTORS.map(|(kernel_name, kernel)| (instructions, name(kernel_name), kernel))
    });
    for (instructions, kernel_name, kernel) in scalar_alone.into_iter().chain(in_vectors)
    {
        instructions.choose();
        let view = View { kernel, ..scalar };
        let mut samples = Samples::default();
        group.bench_function(&kernel_name, |bencher| {
            bencher.iter_custom(|times| {
                let run = || count_rows(black_box(&view), 0..height, &mut counts) as f64;
                samples.measure(times, run, rate_of_peak)
            });
        });
        let Some([time_s, share]) = samples.medians() else { continue };
        if kernel == Kernel::Scalar {
            scalar_s = Some(time_s);
        }
        let faster = scalar_s.map(|scalar_s: f64| format!("{:.1}", scalar_s / time_s));
        let (time_ms, faster) = (time_s * 1e3, faster.as_deref().unwrap_or("-"));
        lines.push(format!(
            "{name:<22} {kernel_name:<17} {time_ms:>8.1} ms {faster:>8} {share:>13.2}"
        ));
    }
    lines
}

/// Steps a second that nobody checks.
fn rate_of_peak() -> f64 {
    rate(|| {
        let (steps, sum) = peak(black_box(1_000_000));
        black_box(sum);
        steps as f64
    })
}
