//! The program, run for real.

use std::fs;

use harness::mandel::read_counts;
use harness::mandel::trial::expected;
use harness::trial::{Folder, bytes, run};
use kernels::mandel::{SIGHTS, View};
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
        "iterations",
        "view",
        "width",
        "height",
        "max_iter",
        "kernel",
    ] {
        assert!(keys.contains(&key), "{key} is missing in {keys:?}");
    }
    assert_eq!(
        (&record["program"], &record["workers"]),
        (&json!("mandel-serial"), &json!(1))
    );
}

#[test]
fn the_picture_is_a_png_of_at_least_that_size() {
    let folder = Folder::new();
    let png = folder.path("picture.png");
    for (width, height) in [(480, 400), (7, 5), (1, 1), (900, 2)] {
        let words = format!(
            "--width {width} --height {height} --max-iter 50 --runs 1 --png {}",
            png.display()
        );
        run(PROGRAM, &words).success();
        let file = bytes(&png);
        let side = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().unwrap());
        assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n", "{words}");
        assert!(side(16) > width && side(20) > height, "{words}");
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
        ("--costs costs.npz", 2, "--costs"),
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
}
