//! The program, run for real on 1, 2, 3 and 7 ranks.

use std::ops::Range;

use harness::mandel::read_counts;
use harness::trial::Folder;
use kernels::mandel::{View, count_rows};
use kernels::split;
use ranks::trial;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mandel-mpi");

/// The upper half of the set, under an empty sky.
fn upper(width: usize, height: usize) -> View {
    let ([re_min, re_max], [im_min, im_max]) = ([-2.25, 0.75], [-0.25, 2.25]);
    View { re_min, re_max, im_min, im_max, width, height, max_iter: 300 }
}

/// The counts of some rows of a view, and their sum.
fn expected(view: &View, rows: Range<usize>) -> (Vec<u32>, u64) {
    let mut counts = vec![0; rows.len() * view.width];
    let iterations = count_rows(view, rows, &mut counts);
    (counts, iterations)
}

/// Runs the program and makes sure that its counts are the right ones.
#[track_caller]
fn draw(view: &View, ranks: usize, flags: &str) -> Value {
    let folder = Folder::new();
    let out = folder.path("counts.npy");
    let words = format!(
        "--view upper --width {} --height {} --max-iter {} {flags} --json --out {}",
        view.width,
        view.height,
        view.max_iter,
        out.display()
    );
    let record = trial::run(ranks, PROGRAM, &words).success().json();
    let counts = read_counts(&out).unwrap();
    let (pixels, iterations) = expected(view, 0..view.height);
    assert_eq!(counts.dim(), (view.height, view.width), "{words}");
    assert!(counts.iter().eq(&pixels), "wrong counts on {ranks} ranks: {words}");
    assert_eq!(record["iterations"], iterations, "{words}");
    assert_eq!(record["busy_s"].as_array().unwrap().len(), ranks, "{words}");
    assert_eq!(record["workers"], ranks, "{words}");
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
        let work: Vec<u64> = (0..ranks)
            .map(|rank| expected(&view, split::block(view.height, ranks, rank)).1)
            .collect();
        let (most, sum) = (*work.iter().max().unwrap(), work.iter().sum::<u64>());
        let imbalance = most as f64 * ranks as f64 / sum as f64;
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
    ] {
        for ranks in [1, 4] {
            let outcome = trial::run(ranks, PROGRAM, words);
            let message = outcome.failure(status);
            assert!(message.contains(named), "{words}: {message}");
            assert_eq!(outcome.stdout, "", "{words}");
        }
    }
}
