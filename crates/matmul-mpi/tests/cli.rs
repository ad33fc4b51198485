//! matmul-mpi as users run it, judged by the matrices that it wrote.

use std::fs;

use harness::trial::{Folder, assert_traced, matrix};
use kernels::matmul::{Kernel, generate};
use ndarray::Array2;
use ranks::trial::run;

const PROGRAM: &str = env!("CARGO_BIN_EXE_matmul-mpi");

#[test]
fn any_shape_on_any_number_of_ranks_gives_the_product() {
    let folder = Folder::new();
    let out = folder.path("c.npy");
    for (m, k, n) in [(42, 42, 42), (37, 29, 31), (2, 5, 3), (1, 1, 1)] {
        let (a, b) = (generate(3, 'a', 0..m, k), generate(3, 'b', 0..k, n));
        let mut expected = Array2::zeros((m, n));
        Kernel::Naive.multiply(a.view(), b.view(), expected.view_mut());
        for ranks in [1, 2, 3, 7] {
            let words = format!(
                "--m {m} --k {k} --n {n} --seed 3 --runs 1 --check --out {}",
                out.display()
            );
            run(ranks, PROGRAM, &words).success();
            let error = (matrix(&out) - &expected).mapv(f64::abs);
            assert!(
                error.iter().all(|e| *e < 1e-10),
                "{m} x {k} x {n} on {ranks}: {error}"
            );
        }
    }
}

#[test]
fn a_trace_shows_each_row_once_and_the_time_of_each_rank() {
    let folder = Folder::new();
    let trace = folder.path("trace.json");
    // The grid of these ranks cuts the rows only: each is one rank's.
    for (ranks, algorithm) in
        [(1, "rows"), (3, "rows"), (4, "rows"), (3, "grid --grid 3x1x1")]
    {
        let words = format!(
            "--size 37 --algorithm {algorithm} --runs 3 --json --trace {}",
            trace.display()
        );
        let record = run(ranks, PROGRAM, &words).success().json();
        assert_traced(&trace, &record, Some(37));
    }
    assert_eq!(folder.names(), ["trace.json"]);
}

#[test]
fn the_json_object_holds_the_keys_of_the_course() {
    let json = run(2, PROGRAM, "--size 64 --json --kernel tiled").success().json();
    for key in ["mpi", "hosts", "cores", "min_s", "gflops", "compute_s", "communicate_s"]
    {
        assert!(!json[key].is_null(), "{key} in {json}");
    }
    assert_eq!(json["workers"], 2);
}

#[test]
fn mistakes_end_in_one_line_and_the_right_status() {
    let folder = Folder::new();
    fs::write(folder.path("text.npy"), "1 2\n3 4\n").unwrap();
    let path = |name: &str| folder.path(name).display().to_string();
    for (words, status, about) in [
        ("--oops".to_owned(), 2, "--oops"),
        ("--size 0".into(), 2, "--size"),
        ("--size 3000000".into(), 1, "memory"),
        ("--algorithm grit".into(), 2, "grit"),
        (format!("--a {0} --b {0}", path("text.npy")), 1, "text.npy"),
        (format!("--size 4 --out {}", path("missing/c.npy")), 1, "c.npy"),
        (format!("--size 4 --trace {}", path("missing/t.json")), 1, "t.json"),
    ] {
        for ranks in [1, 4] {
            let outcome = run(ranks, PROGRAM, &words);
            let message = outcome.failure(status);
            assert!(message.contains(about), "{words} on {ranks}: {message}");
            assert_eq!(outcome.stdout, "", "{words} on {ranks}");
        }
    }
    assert_eq!(folder.names(), ["text.npy"], "nothing is left behind");
}
