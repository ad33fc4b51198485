//! The program, run for real.

use std::fs;
use std::process::Command;

use harness::mandel::trial::{assert_pictured, expected};
use harness::mandel::{Costs, read_counts};
use harness::trial::{Folder, assert_minds_stdout, bytes, run};
use kernels::mandel::{SIGHTS, View, tile_costs};
use kernels::schedule::{Price, Schedule, predict};
use serde_json::json;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mandel-serial");

#[test]
fn the_counts_are_those_of_every_pixel() {
    let folder = Folder::new();
    let out = folder.path("counts.npy");
    for sight in SIGHTS {
        for (width, height, max_iter) in
            [(37, 41, 300), (1, 1, 1), (1, 9, 50), (9, 1, 50)]
        {
            let (pixels, iterations) =
                expected(&sight.view(width, height, max_iter), 0..height);
            for kernel in ["scalar", "simd", "shortcut"] {
                let words = format!(
                    "--view {} --width {width} --height {height} --max-iter {max_iter} \
                     --kernel {kernel} --runs 1 --warmup 0 --json --check --out {}",
                    sight.name,
                    out.display()
                );
                let record = run(PROGRAM, &words).success().json();
                let counts = read_counts(&out).unwrap();
                assert_eq!(counts.dim(), (height, width), "{words}");
                assert!(counts.iter().eq(&pixels), "{words}");
                assert_eq!(record["iterations"], iterations, "{words}");
                assert_eq!(record["kernel"], kernel, "{words}");
            }
        }
    }
}

#[test]
fn any_part_of_the_plane_can_be_asked_for() {
    let folder = Folder::new();
    let out = folder.path("counts.npy");
    let words = format!(
        "--re 5 6 --re -7.5e-1 -0.5 --im -1e-2 .5 --width 31 --height 17 --max-iter 99 \
         --json --runs 3 --out {}",
        out.display()
    );
    let record = run(PROGRAM, &words).success().json();
    let view = View {
        re_min: -0.75,
        re_max: -0.5,
        im_min: -0.01,
        im_max: 0.5,
        ..SIGHTS[0].view(31, 17, 99)
    };
    assert!(read_counts(&out).unwrap().iter().eq(&expected(&view, 0..view.height).0));
    assert_eq!((&record["view"], &record["re"]), (&json!(null), &json!([-0.75, -0.5])));
    assert_eq!(record["samples_s"].as_array().unwrap().len(), 3);
}

#[test]
fn the_record_holds_the_keys_that_are_promised() {
    let record = run(PROGRAM, "--json --runs 2 --width 20 --height 10").success().json();
    let keys: Vec<&str> =
        record.as_object().unwrap().keys().map(String::as_str).collect();
    for key in [
        "program",
        "version",
        "mpi",
        "workers",
        "hosts",
        "cores",
        "median_s",
        "min_s",
        "samples_s",
        "instructions",
        "iterations",
        "view",
        "width",
        "height",
        "max_iter",
        "kernel",
        "chunks",
        "costs",
    ] {
        assert!(keys.contains(&key), "{key} is missing in {keys:?}");
    }
    assert_eq!(
        (&record["program"], &record["workers"]),
        (&json!("mandel-serial"), &json!(1))
    );
}

#[test]
fn chunks_are_shared_as_the_schedules_say() {
    let (counts, iterations) = expected(&SIGHTS[0].view(60, 50, 300), 0..50);
    let words = "--width 60 --height 50 --max-iter 300 --chunks 1 --chunks 2,3,8,64";
    let record = run(PROGRAM, &format!("{words} --json --check")).success().json();
    let mut chunks = record["chunks"].as_array().unwrap().iter();
    for workers in [2, 3, 8, 64] {
        for (name, model, size) in [
            ("block", Schedule::Block, [1, 60]),
            ("cyclic", Schedule::Cyclic, [1, 60]),
            ("tiles", Schedule::Dynamic, [16, 16]),
        ] {
            let costs = tile_costs(&counts, 60, size);
            let right = predict(&costs, workers, model, Price::default());
            let found = chunks.next().unwrap();
            let case = format!("{name} on {workers}: {found}");
            assert_eq!(
                (&found["workers"], &found["schedule"]),
                (&json!(workers), &json!(name))
            );
            assert_eq!(found["work"], json!(right.work), "{case}");
            assert_eq!(found["least"], *right.work.iter().min().unwrap(), "{case}");
            assert_eq!(found["most"], *right.work.iter().max().unwrap(), "{case}");
            let close = |key: &str, number: f64| {
                let found = found[key].as_f64().unwrap();
                assert!((found - number).abs() < 1e-9 * number, "{key} of {case}");
            };
            close("mean", iterations as f64 / workers as f64);
            close("imbalance", right.imbalance());
        }
    }
    assert_eq!(chunks.next(), None);
}

#[test]
fn one_sentence_says_who_did_the_most() {
    let words = "--width 480 --height 400 --kernel simd --runs 1 --chunks 2,3";
    let told = run(PROGRAM, words).success().stdout;
    for sentence in [
        "2 blocks: each worker did about 50 % of the work; ",
        "3 blocks: the middle worker did 72 % of the work; of tiles the busiest one did 33 %",
    ] {
        assert!(told.lines().any(|line| line.starts_with(sentence)), "{told}");
    }
}

#[test]
fn the_costs_are_the_counts_and_a_time_or_none_for_each_pixel() {
    let folder = Folder::new();
    let out = folder.path("costs.npz");
    let words = "--width 37 --height 23 --max-iter 20000 --runs 3 --json --costs";
    let record = run(PROGRAM, &format!("{words} {}", out.display())).success().json();
    let (counts, _) = expected(&SIGHTS[0].view(37, 23, 20_000), 0..23);
    let costs = Costs::read(&out).unwrap();
    assert_eq!((costs.shape, &costs.iterations), ((23, 37), &counts));
    assert!(costs.resolution_s > 0.0 && costs.overhead_s >= 0.0, "{costs:?}");
    assert_eq!(costs.seconds.len(), counts.len());
    let is_told = |seconds: f32| f64::from(seconds) > 0.999 * costs.resolution_s;
    assert!(costs.seconds.iter().all(|&seconds| seconds == 0.0 || is_told(seconds)));
    // 20,000 iterations take longer than any clock's step.
    let pixels = counts.iter().zip(&costs.seconds);
    let mut slow = pixels.filter(|(count, _)| **count == 20_000).peekable();
    assert!(slow.peek().is_some() && slow.all(|(_, &seconds)| is_told(seconds)));
    // Pixel after pixel takes about as long as all at once, in the same unit.
    let sum_s: f64 = costs.seconds.iter().copied().map(f64::from).sum();
    let ratio = sum_s / record["median_s"].as_f64().unwrap();
    assert!((0.02..50.0).contains(&ratio), "{ratio}");
    let unresolved = costs.seconds.iter().filter(|seconds| **seconds == 0.0).count();
    assert_eq!(record["costs"]["unresolved"], unresolved);
    let told = record["costs"]["resolution_s"].as_f64().unwrap();
    assert!((told / costs.resolution_s - 1.0).abs() < 1e-9, "{record}");
    assert_eq!(folder.names(), ["costs.npz"], "nothing half-written");
}

#[test]
fn the_picture_is_a_png_of_that_size_in_the_colours_of_the_counts() {
    let folder = Folder::new();
    let png = folder.path("picture.png");
    for (width, height, max_iter) in [(480, 400, 50), (7, 5, 9), (1, 1, 1), (900, 2, 300)]
    {
        let words = format!(
            "--width {width} --height {height} --max-iter {max_iter} --runs 1 --png {}",
            png.display()
        );
        run(PROGRAM, &words).success();
        assert_pictured(&SIGHTS[0].view(width, height, max_iter), &png);
        assert_eq!(folder.names(), ["picture.png"], "nothing half-written");
    }
}

#[test]
fn records_are_appended_whatever_the_view() {
    let folder = Folder::new();
    let csv = folder.path("records.csv");
    for view in ["--view island", "--re 0 1 --im 0 1"] {
        let words = format!("{view} --width 9 --height 9 --csv {}", csv.display());
        run(PROGRAM, &words).success();
    }
    let lines = fs::read_to_string(&csv).unwrap();
    assert_eq!(lines.lines().count(), 3, "{lines}");
}

#[test]
fn a_mistake_is_one_message_and_leaves_the_files_alone() {
    let folder = Folder::new();
    let (out, old) = (folder.path("counts.npy"), b"an old result");
    fs::write(&out, old).unwrap();
    for (words, status, named) in [
        ("--sise 3", 2, "--sise"),
        ("--width 0", 2, "--width"),
        ("--height -5", 2, "-5"),
        ("--width 99999999999999999999", 2, "--width"),
        ("--max-iter 0", 2, "--max-iter"),
        ("--max-iter many", 2, "--max-iter"),
        ("--runs 0", 2, "--runs"),
        ("--view atlantis", 2, "atlantis"),
        ("--re 0 1", 2, "--im"),
        ("--re 1 0 --im 0 1", 2, "--re"),
        ("--re 0 1 --im 0 inf", 2, "--im"),
        ("--view whole --re 0 1 --im 0 1", 2, "--view"),
        ("--kernel fused", 2, "--kernel"),
        ("--costs c.npz --kernel simd", 2, "--kernel scalar"),
        ("--costs same.npz --png same.npz", 2, "--png"),
        ("--costs c.npz --runs 1000000 --width 90000000 --height 1", 1, "--costs"),
        ("--costs /nowhere/costs.npz", 1, "/nowhere/costs.npz"),
        ("--chunks 0", 2, "--chunks"),
        ("--chunks 3,4097", 2, "--chunks"),
        ("--chunks 3,x", 2, "--chunks"),
        ("--schedule block", 2, "--schedule"),
        ("--width 2000000000 --height 2000000000", 1, "--width"),
        ("--png /nowhere/picture.png", 1, "/nowhere/picture.png"),
        ("--csv /nowhere/records.csv", 1, "/nowhere/records.csv"),
        ("--png /", 1, "/"),
    ] {
        let outcome = run(PROGRAM, &format!("{words} --out {}", out.display()));
        let message = outcome.failure(status);
        assert!(message.contains(named), "{words}: {message}");
        assert_eq!(outcome.stdout, "", "{words}");
        assert_eq!(folder.names(), ["counts.npy"], "{words}");
        assert_eq!(bytes(&out), old, "{words}");
    }
    let same = format!("--width 9 --height 9 --costs {0} --out {0}", out.display());
    assert!(run(PROGRAM, &same).failure(2).contains("--out"));
    assert_eq!(bytes(&out), old);
}

#[test]
fn what_stands_in_the_way_of_an_output_is_found_before_the_work() {
    let folder = Folder::with(&[("other.csv", "x,y\n1,2"), ("old.npy", "old")]);
    let path = |name: &str| folder.path(name).display().to_string();
    std::os::unix::fs::symlink("new", folder.path("link")).unwrap();
    for (outputs, status, named) in [
        (format!("--out {} --csv {}", path("old.npy"), path("other.csv")), 1, "columns"),
        (format!("--out {} --png {}", path("new"), path("./new")), 2, "--png"),
        (format!("--out {} --costs {}", path("new"), path("link")), 2, "--costs"),
        (format!("--csv {} --trace {}", path("link"), path("new")), 2, "--trace"),
    ] {
        // The work would take days.
        let words = format!("--width 9000 --height 9000 --max-iter 4294967295 {outputs}");
        let outcome = run(PROGRAM, &words);
        let message = outcome.failure(status);
        assert!(message.contains(named), "{words}: {message}");
        assert_eq!(folder.names(), ["link", "old.npy", "other.csv"], "{words}");
        assert_eq!(bytes(&folder.path("old.npy")), b"old", "{words}");
        assert_eq!(bytes(&folder.path("other.csv")), b"x,y\n1,2", "{words}");
    }
}

#[test]
fn nothing_is_replaced_where_stdout_cannot_be_written() {
    let folder = Folder::with(&[("counts", "old"), ("records", "")]);
    let (out, csv) = (folder.path("counts"), folder.path("records"));
    let mut command = Command::new(PROGRAM);
    command.args(["--width=8", "--height=8", "--runs=1", "--png=/dev/null", "--out"]);
    assert_minds_stdout(command.arg(&out).arg("--csv").arg(&csv));
    assert_minds_stdout(Command::new(PROGRAM).arg("--help"));
    assert_eq!((bytes(&out), bytes(&csv)), (b"old".to_vec(), Vec::new()));
    assert_eq!(folder.names(), ["counts", "records"]);
}

#[test]
fn an_archive_goes_through_a_pipe_too() {
    let words = "--width 8 --height 6 --runs 1 --costs /dev/stdout --csv /dev/stdout";
    let stdout = run(PROGRAM, words).success().stdout;
    assert!(stdout.starts_with("PK"), "{stdout}");
    assert!(stdout.contains("\nprogram,version,"), "{stdout}");
}
