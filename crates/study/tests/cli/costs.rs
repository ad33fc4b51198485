//! costs, over a fake mandel-serial whose pixels are known.

use harness::files::Output;
use harness::mandel::Costs;

use super::{Lab, NO_TROUBLE};

/// What the fake program writes for `--costs`: 2 ns an iteration, and two pixels
/// that the clock could not time.
fn write_costs(lab: &Lab) {
    let costs = Costs {
        shape: (2, 3),
        iterations: vec![1, 1, 10, 20, 100, 1000],
        seconds: vec![0.0, 0.0, 20e-9, 40e-9, 200e-9, 2000e-9],
        resolution_s: 11e-9,
        overhead_s: 25e-9,
    };
    costs.write(Output::create(&lab.path("result")).unwrap()).unwrap();
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
    let bins = lab.csv("costs-histogram.csv");
    let pixels = |quantity: &str| -> usize {
        let bins = bins.iter().filter(|bin| bin["quantity"] == quantity);
        bins.map(|bin| bin["pixels"].parse::<usize>().unwrap()).sum()
    };
    assert_eq!((pixels("iterations"), pixels("seconds")), (6, 6));
    assert_eq!(lab.csv("costs-lorenz.csv").len(), 101);
    assert_eq!(lab.csv("costs-times.csv").len(), 5);
    assert!(done.stdout.contains("33 % of the pixels take less"), "{}", done.stdout);
    let calls = lab.calls();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(calls.iter().all(|call| call.contains("--view upper")), "{calls:?}");
}

#[test]
fn chunks_that_are_not_written_yet_leave_the_pixels_to_be_timed() {
    let lab = Lab::new();
    write_costs(&lab);
    let done = lab.study("costs", "*--chunks*=todo").success();
    let line = "mandel-serial chunks  not written yet (3b): exit status 101";
    assert!(done.stdout.lines().any(|told| told == line), "{}", done.stdout);
    assert!(!lab.path("results/chunks.csv").exists());
    assert_eq!(lab.csv("costs-summary.csv").len(), 1);
}
