//! The crates: which there are, and who may depend on whom.

use std::collections::BTreeSet;

use crate::{EXERCISES, House, assert_none};

/// The crates of the house, each with the ones that it may depend on. Study
/// takes from kernels the generator of the corpus and the fitted laws, compare
/// the views of the plane, and neither anything else.
const HOUSE: [(&str, &[&str]); 9] = [
    ("kernels", &[]),
    ("harness", &["kernels"]),
    ("processes", &["harness", "kernels"]),
    // Its tests launch jobs with harness.
    ("deadlock", &["harness"]),
    ("ranks", &["deadlock", "harness", "kernels"]),
    ("study", &["harness", "kernels"]),
    ("compare", &["study", "harness", "kernels"]),
    ("plots", &["harness", "kernels"]),
    ("course", &["harness", "kernels"]),
];

#[test]
fn the_crates_are_those_of_the_design() {
    let Some(house) = House::load() else { return };
    let found: BTreeSet<&str> = house.crates.keys().map(String::as_str).collect();
    let known = HOUSE.iter().map(|(name, _)| *name).chain(EXERCISES);
    assert_eq!(found, known.collect());
    let rows =
        house.texts["crates/README.md"].lines().filter(|line| line.starts_with('|'));
    let map: Vec<&str> =
        rows.flat_map(|row| row.split(&['|', '[', ']', ',', ' '])).collect();
    for name in &found {
        assert!(map.contains(name), "crates/README.md: {name} is not on the map");
    }
    for (name, manifest) in &house.crates {
        assert_eq!(manifest["package"]["name"].as_str(), Some(name.as_str()), "{name}");
        // Without it, unsafe code would be allowed there.
        assert_eq!(manifest["lints"]["workspace"].as_bool(), Some(true), "{name}");
    }
}

#[test]
fn dependencies_flow_one_way() {
    let Some(house) = House::load() else { return };
    let mut wrong = Vec::new();
    for name in house.crates.keys() {
        let row = HOUSE.iter().find(|(known, _)| known == name);
        // An exercise: whatever is below it.
        let allowed =
            row.map_or(&["ranks", "processes", "harness", "kernels"][..], |row| row.1);
        for dependency in house.dependencies(name) {
            if house.crates.contains_key(dependency) && !allowed.contains(&dependency) {
                wrong.push(format!("{name} depends on {dependency}"));
            }
        }
    }
    assert_none(wrong);
}

#[test]
fn what_is_heavy_or_dangerous_has_one_place() {
    let Some(house) = House::load() else { return };
    let over_ranks =
        EXERCISES.iter().filter(|name| house.dependencies(name).contains("ranks"));
    let with_mpi: Vec<&str> = over_ranks.copied().chain(["deadlock", "ranks"]).collect();
    let places =
        [("plotters", &["plots"][..]), ("memmap2", &["processes"]), ("mpi", &with_mpi)];
    let mut wrong = Vec::new();
    for name in house.crates.keys() {
        for (dependency, allowed) in places {
            if house.dependencies(name).contains(dependency)
                && !allowed.contains(&&**name)
            {
                wrong.push(format!("{name} depends on {dependency}"));
            }
        }
        // Features unify across a workspace: a feature would bring MPI to all.
        for dependency in ["mpi", "ranks"] {
            let entry =
                house.crates[name].get("dependencies").and_then(|d| d.get(dependency));
            if entry.is_some_and(|entry| entry.get("optional").is_some()) {
                wrong.push(format!("{name}: {dependency} is optional"));
            }
        }
    }
    assert_none(wrong);
}

#[test]
fn what_links_mpi_is_no_default_member() {
    let Some(house) = House::load() else { return };
    let workspace: toml::Table = house.texts["Cargo.toml"].parse().unwrap();
    let names = workspace["workspace"]["default-members"].as_array().unwrap();
    let found: BTreeSet<&str> = names.iter().map(|name| name.as_str().unwrap()).collect();
    let links_mpi = |name: &str| {
        let dependencies = house.dependencies(name);
        dependencies.contains("mpi") || dependencies.contains("ranks")
    };
    // A handout does not have compare.
    let by_default = |name: &&String| !links_mpi(name) && *name != "compare";
    let expected = house.crates.keys().filter(by_default);
    let expected: Vec<String> = expected.map(|name| format!("crates/{name}")).collect();
    assert_eq!(found, expected.iter().map(String::as_str).collect());
}
