//! The ways to multiply matrices with several workers, and their rate.

use study::implementation::{Implementation, Start};
use study::rounds::Row;

/// The ways: program, strategy, how it gets its workers, flags.
pub const PARALLEL: [(&str, &str, Start, &str); 6] = [
    ("matmul-shm", "threads shared", Start::Workers, "--with threads --memory shared"),
    ("matmul-shm", "threads copied", Start::Workers, "--with threads --memory copied"),
    (
        "matmul-shm",
        "processes shared",
        Start::Workers,
        "--with processes --memory shared",
    ),
    (
        "matmul-shm",
        "processes copied",
        Start::Workers,
        "--with processes --memory copied",
    ),
    ("matmul-mpi", "rows", Start::Ranks, "--algorithm rows"),
    ("matmul-mpi", "grid", Start::Ranks, "--algorithm grid"),
];

/// Every way to multiply matrices of order `size` with `workers` workers.
pub fn parallel(workers: usize, size: usize) -> [Implementation; 6] {
    PARALLEL.map(|(program, strategy, start, flags)| {
        let flags = format!("{flags} --kernel fast --size {size}");
        Implementation::new(program, strategy, start, workers, &flags)
    })
}

/// 2 n^3 operations in the median time, in billions a second.
pub fn gflops(row: &Row, size: usize) -> Option<f64> {
    Some(2e-9 * (size as f64).powi(3) / row.median_s()?)
}
