//! The program, run for real with 1, 2, 3, 7 and 50 threads.

use harness::mandel::trial::{assert_drawn, flags, imbalance_of_blocks, upper};
use harness::trial::{Folder, Outcome, assert_traced, run};
use kernels::mandel::View;
use serde_json::Value;

const WORKERS: [usize; 5] = [1, 2, 3, 7, 50];
const TRACED: [usize; 4] = [1, 3, 4, 50];
const SCHEDULES: [&str; 4] = ["block", "cyclic", "dynamic", "rayon"];

fn start(workers: usize, words: &str) -> Outcome {
    let words = format!("--workers {workers} {words}");
    run(env!("CARGO_BIN_EXE_mandel-threads"), &words)
}

/// Runs the program and makes sure that its counts are the right ones.
#[track_caller]
fn draw(view: &View, workers: usize, schedule: &str) -> Value {
    let folder = Folder::new();
    let out = folder.path("counts.npy");
    let words =
        format!("--schedule {schedule} --runs 2 --warmup 0 {}", flags(view, &out));
    let record = start(workers, &words).success().json();
    assert_drawn(view, workers, &out, &record);
    record
}

/// Heights that no number of workers divides, and fewer rows than workers.
#[track_caller]
fn draws_the_same_for_any_number_of_workers(schedule: &str) {
    for workers in WORKERS {
        for (width, height, tile) in
            [(37, 41, 1), (37, 41, 3), (37, 41, 1000), (5, 3, 1), (1, 1, 1)]
        {
            let view = upper(width, height);
            draw(&view, workers, &format!("{schedule} --tile {tile}"));
        }
    }
}

#[test]
fn block_draws_the_picture() {
    draws_the_same_for_any_number_of_workers("block");
}

#[test]
fn cyclic_draws_the_picture() {
    draws_the_same_for_any_number_of_workers("cyclic");
}

#[test]
fn dynamic_draws_the_picture() {
    draws_the_same_for_any_number_of_workers("dynamic");
}

#[test]
fn rayon_draws_the_picture() {
    draws_the_same_for_any_number_of_workers("rayon");
}

#[test]
fn every_kernel_draws_the_picture_and_is_counted_alike() {
    let view = upper(133, 71);
    let imbalance = imbalance_of_blocks(&view, 3);
    for kernel in ["scalar", "simd", "shortcut"] {
        for schedule in SCHEDULES {
            let record =
                draw(&view, 3, &format!("{schedule} --tile 5 --kernel {kernel}"));
            assert_eq!(record["kernel"], kernel);
            assert!(schedule != "block" || record["imbalance"] == imbalance, "{record}");
        }
    }
}

#[test]
fn the_imbalance_of_blocks_is_counted() {
    let view = upper(60, 50);
    for workers in [2, 3, 7] {
        let imbalance = imbalance_of_blocks(&view, workers);
        let record = draw(&view, workers, "block");
        assert_eq!(record["imbalance"], imbalance, "{workers} workers");
        assert!(imbalance > 1.8, "{workers} workers: {imbalance}");
    }
}

#[test]
fn cyclic_hands_are_balanced() {
    for workers in [2, 3, 7] {
        let record = draw(&upper(60, 280), workers, "cyclic");
        let imbalance = record["imbalance"].as_f64().unwrap();
        assert!(imbalance < 1.1, "{workers} workers: {imbalance}");
    }
}

/// More workers than rows, too: some then have nothing to compute.
#[test]
fn a_trace_shows_each_row_once_and_the_time_of_each_worker() {
    let folder = Folder::new();
    let trace = folder.path("trace.json");
    for workers in TRACED {
        for schedule in SCHEDULES {
            let words = format!(
                "--width 37 --height 41 --schedule {schedule} --tile 3 --runs 4 --json --trace {}",
                trace.display()
            );
            let record = start(workers, &words).success().json();
            assert_traced(&trace, &record, Some(41));
        }
    }
    assert_eq!(folder.names(), ["trace.json"]);
}

#[test]
fn the_check_of_the_program_agrees_and_can_be_left_out() {
    for (flags, verdict) in [
        ("", "verified"),
        ("--no-check --check", "verified"),
        ("--no-check", "not checked"),
    ] {
        let words = format!("--width 40 --height 30 --runs 2 {flags}");
        let said = start(3, &words).success().stdout;
        assert!(said.trim_end().ends_with(&format!("; {verdict}")), "{flags}: {said}");
    }
}

#[test]
fn a_mistake_is_one_message() {
    for (words, status, named) in [
        ("--sise 3", 2, "--sise"),
        ("--tile 0", 2, "--tile"),
        ("--tile -1", 2, "-1"),
        ("--schedule guided", 2, "guided"),
        ("--schedule counter", 2, "counter"),
        ("--rayon", 2, "--rayon"),
        ("--workers 0", 2, "--workers"),
        ("--workers -2", 2, "-2"),
        ("--workers 1000000000", 2, "--workers"),
        ("--re 1 0 --im 0 1", 2, "--re"),
        ("--width 2000000000 --height 2000000000", 1, "--width"),
        ("--out /nowhere/counts.npy", 1, "/nowhere/counts.npy"),
        ("--png /nowhere/picture.png", 1, "/nowhere/picture.png"),
        ("--trace /nowhere/trace.json", 1, "/nowhere/trace.json"),
        ("--csv same --trace same", 2, "--trace"),
    ] {
        for workers in [1, 4] {
            let outcome = start(workers, words);
            let message = outcome.failure(status);
            assert!(message.contains(named), "{words}: {message}");
            assert_eq!(outcome.stdout, "", "{words}");
        }
    }
}
