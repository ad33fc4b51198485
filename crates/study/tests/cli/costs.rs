//! costs, over a fake mandel-serial whose pixels are known.

use std::fs::{self, File};

use harness::mandel::Costs;

use super::{Lab, NO_TROUBLE};

/// What the fake program writes for `--costs`: 2 ns an iteration and 5 ns a pixel,
/// and two pixels that the clock could not time.
pub fn write_costs(lab: &Lab) {
    let costs = Costs {
        shape: (2, 4),
        iterations: vec![1, 1, 10, 11, 12, 20, 100, 1000],
        seconds: vec![0.0, 0.0, 25e-9, 27e-9, 29e-9, 45e-9, 205e-9, 2005e-9],
        resolution_s: 11e-9,
        overhead_s: 25e-9,
    };
    costs.write(&mut File::create(lab.path("result")).unwrap()).unwrap();
}

#[test]
fn costs_leaves_a_few_figures_of_many_pixels() {
    let lab = Lab::new();
    write_costs(&lab);
    let done = lab.study("costs --view upper", NO_TROUBLE).success();
    let chunks = lab.csv("chunks.csv");
    let found = ["workers", "schedule", "most", "imbalance", "work"];
    let found = found.map(|key| chunks[0][key].as_str());
    assert_eq!(found, ["3", "block", "4", "2.0", "1 4 1"]);
    let summary = &lab.csv("costs-summary.csv")[0];
    let number = |key: &str| summary[key].parse::<f64>().unwrap();
    assert!((number("iteration_s") - 2e-9).abs() < 1e-14, "{summary:?}");
    assert_eq!(number("unresolved"), 2.0);
    assert!((number("gini_iterations") - 0.81374).abs() < 1e-5, "{summary:?}");
    assert!((number("gini_seconds") - 0.80918).abs() < 1e-5, "{summary:?}");
    let bins = lab.csv("costs-histogram.csv");
    let pixels = |quantity: &str| -> usize {
        let bins = bins.iter().filter(|bin| bin["quantity"] == quantity);
        bins.map(|bin| bin["pixels"].parse::<usize>().unwrap()).sum()
    };
    assert_eq!((pixels("iterations"), pixels("seconds")), (8, 8));
    let untold = ["quantity", "from", "to", "pixels"].map(|key| &*bins[0][key]);
    assert_eq!(untold, ["seconds", "0.0", "1.1e-8", "2"]);
    let figures = |name: &str, line: usize, keys: &[&str]| -> Vec<f64> {
        let lines = lab.csv(name);
        keys.iter().map(|key| lines[line][*key].parse().unwrap()).collect()
    };
    let is_close = |found: &[f64], right: &[f64]| {
        found.iter().zip(right).all(|(found, right)| (found - right).abs() < 1e-5 * right)
    };
    assert_eq!(lab.csv("costs-lorenz.csv").len(), 101);
    let most = figures("costs-lorenz.csv", 90, &["pixels", "iterations", "seconds"]);
    assert!(is_close(&most, &[0.9, 155.0 / 1155.0, 331.0 / 2336.0]), "{most:?}");
    let ginis = figures("costs-lorenz.csv", 90, &["gini_iterations", "gini_seconds"]);
    assert!(is_close(&ginis, &[0.81374, 0.80918]), "{ginis:?}");
    assert_eq!(lab.csv("costs-times.csv").len(), 5);
    let keys = ["iterations", "pixels", "low_s", "median_s", "high_s", "fitted_s"];
    let tens = figures("costs-times.csv", 1, &keys);
    assert!(is_close(&tens, &[11.0, 3.0, 25e-9, 27e-9, 27e-9, 27e-9]), "{tens:?}");
    for sentence in [
        "workers  block  cyclic  tiles\n",
        "costliest fifth takes 95 % of all",
        "An iteration takes 2.00 ns (fitted, R2 1.000)",
        "25 % of the pixels take less",
    ] {
        assert!(done.stdout.contains(sentence), "{}", done.stdout);
    }
    let (_, written) = done.stdout.split_once("Written: ").expect("the files");
    for name in lab.results() {
        assert!(written.contains(&name), "{name}: {written}");
    }
    let calls = lab.calls();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(calls.iter().all(|call| call.contains("--view upper")), "{calls:?}");
    // The last of a repeated flag counts.
    let timed = calls.iter().find(|call| call.contains("--costs")).unwrap();
    assert!(timed.rsplit("--runs ").next().unwrap().starts_with("9 "), "{timed}");
}

#[test]
fn pixels_that_could_not_be_timed_leave_the_chunks_and_no_old_figures() {
    let lab = Lab::new();
    write_costs(&lab);
    fs::create_dir(lab.path("results")).unwrap();
    fs::copy(lab.path("result"), lab.path("results/costs.npz")).unwrap();
    let done = lab.study("costs", "*--costs*=error");
    assert!(done.failure(1).contains("1 of 2"), "{}", done.stderr);
    assert!(!done.stdout.contains("costliest fifth"), "{}", done.stdout);
    assert_eq!(lab.csv("chunks.csv").len(), 1);
}

#[test]
fn chunks_that_are_not_written_yet_leave_the_pixels_to_be_timed() {
    let lab = Lab::new();
    write_costs(&lab);
    let done = lab.study("costs", "*--chunks*=todo").success();
    let line = "mandel-serial chunks  not written yet (3.2): exit status 101";
    assert!(done.stdout.lines().any(|told| told == line), "{}", done.stdout);
    assert!(!lab.path("results/chunks.csv").exists());
    assert_eq!(lab.csv("costs-summary.csv").len(), 1);
}
