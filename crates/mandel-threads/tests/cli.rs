//! The program, run for real.

use harness::mandel::trial::{assert_drawn, flags, imbalance_of_blocks, upper};
use harness::trial::{Folder, assert_traced, run};
use kernels::mandel::View;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mandel-threads");

/// Runs the program and makes sure that its counts are the right ones.
#[track_caller]
fn draw(view: &View, workers: usize, schedule: &str) -> Value {
    let folder = Folder::new();
    let out = folder.path("counts.npy");
    let words = format!(
        "{} --workers {workers} {schedule} --runs 1 --warmup 0",
        flags(view, &out)
    );
    let record = run(PROGRAM, &words).success().json();
    assert_drawn(view, workers, &out, &record);
    record
}

/// Any number of workers draws the same picture, also more than rows.
#[track_caller]
fn draws_the_same_for_any_number_of_workers(flags: &str) {
    for workers in [1, 2, 3, 7, 50] {
        for (width, height) in [(37, 41), (5, 3), (1, 1)] {
            draw(&upper(width, height), workers, flags);
        }
    }
}

#[test]
fn block_draws_the_picture() {
    draws_the_same_for_any_number_of_workers("--schedule block --tile 4");
}

#[test]
fn cyclic_draws_the_picture() {
    draws_the_same_for_any_number_of_workers("--schedule cyclic --tile 4");
}

#[test]
fn dynamic_draws_the_picture() {
    for tile in [1, 3, 1000] {
        draws_the_same_for_any_number_of_workers(&format!(
            "--schedule dynamic --tile {tile}"
        ));
    }
}

#[test]
fn every_kernel_draws_the_picture_and_is_counted_alike() {
    let view = upper(133, 71);
    let imbalance = imbalance_of_blocks(&view, 3);
    for kernel in ["scalar", "simd", "shortcut"] {
        for schedule in ["block", "cyclic", "dynamic --tile 5", "dynamic --rayon"] {
            let flags = format!("--schedule {schedule} --kernel {kernel}");
            let record = draw(&view, 3, &flags);
            assert_eq!(record["kernel"], kernel);
            assert!(schedule != "block" || record["imbalance"] == imbalance, "{record}");
        }
    }
}

#[test]
fn rayon_draws_the_picture() {
    for tile in [1, 3, 1000] {
        let flags = format!("--schedule dynamic --rayon --tile {tile}");
        draws_the_same_for_any_number_of_workers(&flags);
    }
}

#[test]
fn the_imbalance_of_blocks_is_counted() {
    let view = upper(60, 50);
    for workers in [2, 3, 7] {
        let imbalance = imbalance_of_blocks(&view, workers);
        let record = draw(&view, workers, "--schedule block");
        assert_eq!(record["imbalance"], imbalance, "{workers} workers");
        assert!(imbalance > 1.8, "{workers} workers: {imbalance}");
    }
}

#[test]
fn cyclic_hands_are_balanced() {
    for workers in [2, 3, 7] {
        let record = draw(&upper(60, 280), workers, "--schedule cyclic");
        let imbalance = record["imbalance"].as_f64().unwrap();
        assert!(imbalance < 1.1, "{workers} workers: {imbalance}");
    }
}

/// More workers than rows, too: some then have nothing to compute.
#[test]
fn a_trace_shows_each_row_once_and_the_time_of_each_thread() {
    let folder = Folder::new();
    let trace = folder.path("trace.json");
    for workers in [1, 3, 4, 50] {
        for schedule in ["block", "cyclic", "dynamic --tile 3", "dynamic --rayon"] {
            let words = format!(
                "--width 37 --height 41 --schedule {schedule} --workers {workers} \
                 --runs 4 --json --trace {}",
                trace.display()
            );
            let record = run(PROGRAM, &words).success().json();
            assert_traced(&trace, &record, Some(41));
        }
    }
    assert_eq!(folder.names(), ["trace.json"]);
}

#[test]
fn the_check_of_the_program_agrees() {
    run(PROGRAM, "--width 40 --height 30 --runs 2 --check").success();
}

#[test]
fn a_mistake_is_one_message() {
    for (words, status, named) in [
        ("--workers 0", 2, "--workers"),
        ("--workers -2", 2, "-2"),
        ("--workers 1000000000", 2, "--workers"),
        ("--tile 0", 2, "--tile"),
        ("--tile -1", 2, "-1"),
        ("--schedule guided", 2, "guided"),
        ("--schedule counter", 2, "counter"),
        ("--rayon", 2, "--rayon"),
        ("--rayon --schedule cyclic", 2, "--rayon"),
        ("--width 2000000000 --height 2000000000", 1, "--width"),
        ("--out /nowhere/counts.npy", 1, "/nowhere/counts.npy"),
        ("--trace /nowhere/trace.json", 1, "/nowhere/trace.json"),
        ("--csv same --trace same", 2, "--trace"),
    ] {
        let outcome = run(PROGRAM, words);
        let message = outcome.failure(status);
        assert!(message.contains(named), "{words}: {message}");
        assert_eq!(outcome.stdout, "", "{words}");
    }
}
