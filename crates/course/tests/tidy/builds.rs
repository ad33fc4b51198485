//! What is below an exercise is built once, whoever is built with it.

use std::collections::BTreeSet;

use crate::{EXERCISES, House, assert_none, house};

/// Cargo takes a library with other features for another one and builds it anew,
/// with all that is above it. If only the tests, or only some programs, give a
/// library a feature, then crates/harness/Cargo.toml should name it with that feature.
#[test]
fn one_exercise_needs_nothing_that_the_workspace_has_not_built() {
    let Some(house) = House::load() else { return };
    let mut wrong = BTreeSet::new();
    // Build scripts and macros run here and have features of their own: what the
    // programs contain is compared by itself, then all together.
    for (program, tests) in [
        ("normal,no-proc-macro", "normal,dev,no-proc-macro"),
        ("normal,build", "normal,build,dev"),
    ] {
        let [built, tested] =
            [program, tests].map(|edges| libraries(&house, &["--workspace"], edges));
        for name in EXERCISES {
            let [mine, of_my_tests] =
                [program, tests].map(|edges| libraries(&house, &["-p", name], edges));
            for (mine, all, command) in [
                (&mine, &built, "cargo build"),
                (&mine, &tested, "cargo test"),
                (&of_my_tests, &tested, "cargo test"),
            ] {
                wrong.extend(mine.difference(all).map(|library| {
                    format!("{name} after {command} --workspace builds again: {library}")
                }));
            }
        }
    }
    assert_none(wrong);
}

/// What `chosen` is built from: names, versions and features.
fn libraries(house: &House, chosen: &[&str], edges: &str) -> BTreeSet<String> {
    let mut cargo = house::alone("cargo", &house.root);
    cargo.args(["tree", "--offline", "--prefix", "none", "--no-dedupe"]);
    cargo.args(["--format", "{p} with {f}", "--edges", edges]).args(chosen);
    let output = cargo.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree {chosen:?}: {told}");
    let listing = String::from_utf8(output.stdout).unwrap();
    listing.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
