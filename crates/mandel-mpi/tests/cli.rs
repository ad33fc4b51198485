//! The program, run for real on 1, 2, 3 and 7 ranks.

use harness::mandel::trial::{assert_drawn, flags, imbalance_of_blocks, upper};
use harness::trial::{Folder, assert_traced};
use kernels::mandel::View;
use ranks::trial;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mandel-mpi");

/// Runs the program and makes sure that its counts are the right ones.
#[track_caller]
fn draw(view: &View, ranks: usize, schedule: &str) -> Value {
    let folder = Folder::new();
    let out = folder.path("counts.npy");
    let words = format!("{} {schedule}", flags(view, &out));
    let record = trial::run(ranks, PROGRAM, &words).success().json();
    assert_drawn(view, ranks, &out, &record);
    record
}

/// Heights that no number of ranks divides, and fewer rows than ranks.
#[track_caller]
fn draws_the_same_on_any_number_of_ranks(flags: &str) {
    for ranks in [1, 2, 3, 7] {
        for (width, height) in [(37, 41), (5, 3), (1, 1)] {
            draw(&upper(width, height), ranks, &format!("{flags} --runs 2"));
        }
    }
}

#[test]
fn block_draws_the_picture() {
    draws_the_same_on_any_number_of_ranks("--schedule block --tile 4");
}

#[test]
fn cyclic_draws_the_picture() {
    draws_the_same_on_any_number_of_ranks("--schedule cyclic --tile 4");
}

#[test]
fn dynamic_draws_the_picture() {
    for tile in [1, 3, 1000] {
        let flags = format!("--schedule dynamic --tile {tile}");
        draws_the_same_on_any_number_of_ranks(&flags);
    }
}

#[test]
fn counter_draws_the_picture() {
    for tile in [1, 3, 1000] {
        let flags = format!("--schedule counter --tile {tile}");
        draws_the_same_on_any_number_of_ranks(&flags);
    }
}

#[test]
fn every_kernel_draws_the_picture_and_is_counted_alike() {
    let view = upper(133, 71);
    let imbalance = imbalance_of_blocks(&view, 3);
    for kernel in ["simd", "shortcut"] {
        for schedule in ["block", "cyclic", "dynamic --tile 5", "counter --tile 5"] {
            let flags = format!("--schedule {schedule} --kernel {kernel} --runs 1");
            let record = draw(&view, 3, &flags);
            assert_eq!(record["kernel"], kernel);
            assert!(schedule != "block" || record["imbalance"] == imbalance, "{record}");
        }
    }
}

/// Messages of some 4000 bytes and more wait until somebody receives them.
#[test]
fn dynamic_draws_rows_that_are_long_messages() {
    let view = View { max_iter: 20, ..upper(5000, 30) };
    for ranks in [2, 4] {
        for tile in [1, 7] {
            draw(&view, ranks, &format!("--schedule dynamic --tile {tile} --runs 2"));
        }
    }
}

#[test]
fn the_imbalance_of_blocks_is_counted() {
    let view = upper(60, 50);
    for ranks in [2, 3] {
        let imbalance = imbalance_of_blocks(&view, ranks);
        let record = draw(&view, ranks, "--schedule block --runs 1");
        assert_eq!(record["imbalance"], imbalance, "{ranks} ranks");
        assert!(imbalance > 1.8, "{ranks} ranks: {imbalance}");
    }
}

#[test]
fn the_master_computes_nothing_unless_it_is_alone() {
    for (ranks, idle) in [(1, false), (3, true)] {
        let record = draw(&upper(60, 50), ranks, "--schedule dynamic --runs 1");
        assert_eq!(record["busy_s"][0] == 0.0, idle, "{ranks} ranks");
    }
}

#[test]
fn a_trace_shows_each_row_once_and_the_time_of_each_rank() {
    let folder = Folder::new();
    let trace = folder.path("trace.json");
    for ranks in [1, 3, 4] {
        for schedule in ["block", "cyclic", "dynamic --tile 3", "counter --tile 3"] {
            let words = format!(
                "--width 37 --height 41 --schedule {schedule} --runs 4 --json --trace {}",
                trace.display()
            );
            let record = trial::run(ranks, PROGRAM, &words).success().json();
            assert_traced(&trace, &record, Some(41));
        }
    }
    assert_eq!(folder.names(), ["trace.json"]);
}

#[test]
fn the_check_of_the_program_agrees() {
    trial::run(3, PROGRAM, "--width 40 --height 30 --runs 2 --check").success();
}

#[test]
fn a_mistake_is_one_message_on_any_number_of_ranks() {
    for (words, status, named) in [
        ("--sise 3", 2, "--sise"),
        ("--tile 0", 2, "--tile"),
        ("--schedule guided", 2, "guided"),
        ("--workers 2", 2, "--workers"),
        ("--re 1 0 --im 0 1", 2, "--re"),
        ("--width 2000000000 --height 2000000000", 1, "--width"),
        ("--out /nowhere/counts.npy", 1, "/nowhere/counts.npy"),
        ("--png /nowhere/picture.png", 1, "/nowhere/picture.png"),
        ("--trace /nowhere/trace.json", 1, "/nowhere/trace.json"),
    ] {
        for ranks in [1, 4] {
            let outcome = trial::run(ranks, PROGRAM, words);
            let message = outcome.failure(status);
            assert!(message.contains(named), "{words}: {message}");
            assert_eq!(outcome.stdout, "", "{words}");
        }
    }
}
