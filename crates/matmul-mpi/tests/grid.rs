//! matmul-mpi --algorithm grid as users run it, judged by what it wrote and counted.

use std::fs::{self, File};
use std::path::Path;

use harness::npy;
use harness::trial::{Folder, Outcome, matrix};
use kernels::matmul::{Grid, Kernel, Shape, generate, words_lower_bound};
use ndarray::Array2;
use ranks::trial::run;

const PROGRAM: &str = env!("CARGO_BIN_EXE_matmul-mpi");

fn grid(ranks: usize, words: &str) -> Outcome {
    run(ranks, PROGRAM, &format!("--algorithm grid --runs 1 --warmup 0 {words}"))
}

fn operands(shape: Shape, seed: u64) -> [Array2<f64>; 2] {
    let Shape { m, k, n } = shape;
    [generate(seed, 'a', 0..m, k), generate(seed, 'b', 0..k, n)]
}

/// Fails unless `path` holds the product of `a` and `b`.
#[track_caller]
fn assert_product([a, b]: &[Array2<f64>; 2], path: &Path, what: &str) {
    let mut expected = Array2::zeros((a.nrows(), b.ncols()));
    Kernel::Naive.multiply(a.view(), b.view(), expected.view_mut());
    let found = matrix(path);
    assert_eq!(found.dim(), expected.dim(), "{what}");
    let error = (found - &expected).mapv(f64::abs);
    assert!(error.iter().all(|e| *e < 1e-10), "{what}: {error}");
}

#[test]
fn any_shape_on_any_number_of_ranks_gives_the_product() {
    let folder = Folder::new();
    let out = folder.path("c.npy");
    for (m, k, n) in [(42, 42, 42), (37, 290, 31), (2, 5, 3), (1, 1, 1)] {
        let operands = operands(Shape { m, k, n }, 3);
        for ranks in [1, 2, 3, 4, 7, 8] {
            let words = format!(
                "--m {m} --k {k} --n {n} --seed 3 --check --out {}",
                out.display()
            );
            grid(ranks, &words).success();
            assert_product(&operands, &out, &format!("{words} on {ranks}"));
        }
    }
}

#[test]
fn every_grid_gives_the_product_and_receives_the_words_of_the_formula() {
    let folder = Folder::new();
    let out = folder.path("c.npy");
    for shape in [Shape { m: 23, k: 17, n: 29 }, Shape { m: 3, k: 2, n: 5 }] {
        let operands = operands(shape, 1);
        let Shape { m, k, n } = shape;
        for form in [1, 2, 3, 4, 8].into_iter().flat_map(Grid::all) {
            let ranks = form.ranks().unwrap();
            // Twice, for what the first run leaves must not matter.
            let words = format!(
                "--m {m} --k {k} --n {n} --grid {form} --runs 2 --check --json --out {}",
                out.display()
            );
            let json = grid(ranks, &words).success().json();
            assert_product(&operands, &out, &words);
            assert_eq!(json["grid"], serde_json::json!([form.pr, form.pc, form.pk]));
            assert_eq!(json["words_received_max"], form.words_received(shape), "{words}");
        }
    }
}

#[test]
fn a_square_product_receives_little_more_than_the_bound() {
    for n in [960, 1024] {
        for ranks in [4, 8] {
            let json = grid(ranks, &format!("--size {n} --json")).success().json();
            let shape = Shape { m: n, k: n, n };
            let best = Grid::best(ranks, shape, u64::MAX).unwrap();
            let words = json["words_received_max"].as_u64().unwrap();
            assert_eq!(words, best.words_received(shape), "{n} on {ranks}");
            let bound = json["words_lower_bound"].as_f64().unwrap();
            assert_eq!(bound, words_lower_bound(ranks, shape), "{n} on {ranks}");
            let ratio = words as f64 / bound;
            assert!((1.0..=1.15).contains(&ratio), "{n} on {ranks}: {ratio}");
        }
    }
}

#[test]
fn rows_counts_its_words_too() {
    for (ranks, expected) in [(1, 0), (4, 25 * 70 + 70 * 40), (2, 50 * 70 + 70 * 40)] {
        let words = "--m 100 --k 70 --n 40 --runs 1 --json";
        let json = run(ranks, PROGRAM, words).success().json();
        assert_eq!(json["words_received_max"], expected, "on {ranks}");
        assert_eq!(json["grid"], serde_json::json!([ranks, 1, 1]));
        assert!(json["words_lower_bound"].is_f64(), "{json}");
    }
    // A wide C: most words go to rank 0.
    let json = run(4, PROGRAM, "--m 100 --k 1 --n 40 --json").success().json();
    assert_eq!(json["words_received_max"], 75 * 40);
}

#[test]
fn less_memory_makes_another_grid() {
    let shape = Shape { m: 64, k: 64, n: 64 };
    let large = Grid { pr: 1, pc: 3, pk: 2 }.bytes(shape);
    for (cap, expected) in [(large, [1, 3, 2]), (large - 1, [2, 3, 1])] {
        let words = format!("--size 64 --json --memory-cap {cap}");
        let json = grid(6, &words).success().json();
        assert_eq!(json["grid"], serde_json::json!(expected), "{cap}");
    }
}

#[test]
fn matrices_from_files_are_dealt_to_the_ranks() {
    let folder = Folder::new();
    let paths = ["a.npy", "b.npy", "c.npy"].map(|name| folder.path(name));
    let operands = operands(Shape { m: 19, k: 31, n: 11 }, 5);
    for (matrix, path) in operands.iter().zip(&paths) {
        let mut file = File::create(path).unwrap();
        npy::write(&mut file, matrix.dim(), matrix.as_slice().unwrap()).unwrap();
    }
    let [a, b, c] = paths.each_ref().map(|path| path.display());
    let words = format!("--a {a} --b {b} --out {c} --check");
    for (ranks, form) in
        [(1, ""), (3, ""), (8, ""), (8, "--grid 2x2x2"), (7, "--grid 1x1x7")]
    {
        grid(ranks, &format!("{words} {form}")).success();
        assert_product(&operands, &paths[2], &format!("{form} on {ranks}"));
        fs::remove_file(&paths[2]).unwrap();
    }
}

#[test]
fn numbers_at_the_edge_of_the_format_are_checked_where_they_lie() {
    let folder = Folder::new();
    let paths = ["a.npy", "b.npy", "c.npy"].map(|name| folder.path(name));
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    for edge in [[inf, 1.0], [nan, 1e-310], [1e200, 1e250], [-inf, inf], [1e-200, 1e-150]]
    {
        let mut operands = operands(Shape { m: 19, k: 31, n: 11 }, 5);
        operands[0][[7, 30]] = edge[0];
        operands[1][[30, 5]] = edge[1];
        operands[1][[3, 9]] = edge[0];
        for (matrix, path) in operands.iter().zip(&paths) {
            let mut file = File::create(path).unwrap();
            npy::write(&mut file, matrix.dim(), matrix.as_slice().unwrap()).unwrap();
        }
        let [a, b, c] = paths.each_ref().map(|path| path.display());
        let mut first: Option<Vec<bool>> = None;
        for (ranks, form) in [(1, ""), (3, ""), (4, "--grid 2x1x2"), (8, "--grid 2x2x2")]
        {
            grid(ranks, &format!("--a {a} --b {b} --out {c} --runs 1 {form}")).success();
            let finite: Vec<bool> =
                matrix(&paths[2]).iter().map(|x| x.is_finite()).collect();
            let first = first.get_or_insert_with(|| finite.clone());
            assert_eq!(finite, *first, "{edge:?} {form} on {ranks}");
        }
    }
}

#[test]
fn mistakes_end_in_one_line_and_the_right_status() {
    for (words, status, about) in [
        ("--algorithm grid --grid 2x2", 2, "--grid"),
        ("--algorithm grid --grid 2x2x0", 2, "--grid"),
        ("--algorithm grid --grid +2x2x1", 2, "--grid"),
        ("--algorithm grid --grid 2x2x1x1", 2, "--grid"),
        ("--algorithm grid --grid 2x2x2", 2, "8 ranks, this job has 4"),
        ("--algorithm grid --grid 4294967296x4294967296x1", 2, "--grid"),
        ("--grid 2x2x1", 2, "--algorithm grid"),
        ("--algorithm rows --memory-cap 2G", 2, "--memory-cap"),
        ("--algorithm grid --memory-cap 0", 2, "--memory-cap"),
        ("--algorithm grid --memory-cap 2Q", 2, "--memory-cap"),
        ("--algorithm grid --size 100 --memory-cap 1K", 1, "--memory-cap"),
        ("--algorithm grid --size 100 --memory-cap 1K --grid 2x2x1", 1, "--memory-cap"),
        ("--algorithm grid --size 3000000", 1, "memory"),
        ("--algorithm grid --size 3000000 --grid 4x1x1", 1, "--grid 4x1x1"),
    ] {
        let outcome = run(4, PROGRAM, words);
        let message = outcome.failure(status);
        assert!(message.contains(about), "{words}: {message}");
        assert_eq!(outcome.stdout, "", "{words}");
    }
}

#[test]
fn the_sheets_table_is_true() {
    let sheet = include_str!("../README.md");
    let shape = Shape { m: 16384, k: 16384, n: 16384 };
    let words = |pr, pc, pk| Grid { pr, pc, pk }.words_received(shape) as f64;
    // Rank 0 sends each rank its rows of A and all of B.
    let rows = (16384 * 16384 / 64 + 16384 * 16384) as f64;
    for (name, words) in [
        ("`rows`", rows),
        ("grid 8x8x1", words(8, 8, 1)),
        ("grid 4x4x4", words(4, 4, 4)),
        ("lower bound", words_lower_bound(64, shape)),
    ] {
        let line = format!("| {name} | {:.1} |", words / 1e6);
        assert!(sheet.contains(&line), "{line}");
    }
    let best = Grid { pr: 4, pc: 4, pk: 4 };
    assert_eq!(Grid::best(64, shape, u64::MAX), Some(best));
}
