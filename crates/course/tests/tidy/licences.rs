//! The libraries that are built here have licences that a class can live with.

use serde_json::Value;

use crate::{House, assert_none, house};

#[test]
fn every_library_has_an_allowed_licence() {
    let Some(house) = House::load() else { return };
    // The list of `make deny`, which also looks at what other systems need.
    let rules: toml::Table = house.texts[".github/deny.toml"].parse().unwrap();
    let allowed = rules["licenses"]["allow"].as_array().unwrap();
    let allowed: Vec<&str> =
        allowed.iter().map(|licence| licence.as_str().unwrap()).collect();

    let mut cargo = house::alone("cargo", &house.root);
    cargo.args(["metadata", "--format-version", "1", "--offline"]);
    let output = cargo.args(["--filter-platform", "host-tuple"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata: {told}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > house.crates.len(), "no library at all?");
    assert_none(packages.iter().filter_map(|package| {
        let licence = package["license"].as_str().unwrap_or("none");
        let (name, version) = (&package["name"], &package["version"]);
        (!is_allowed(licence, &allowed)).then(|| format!("{name} {version}: {licence}"))
    }));
}

/// Whether we may use what has the licence `expression`, as SPDX writes it.
///
/// OR binds before AND here, whatever the brackets say: that may refuse what
/// could be allowed, and never allows what must be refused.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain
        .split(" AND ")
        .all(|part| part.split(" OR ").any(|licence| allowed.contains(&licence)))
}

#[test]
fn licences_are_read_as_they_are_meant() {
    let allowed = ["MIT", "ISC"];
    for (expression, expected) in [
        ("MIT", true),
        ("MIT/GPL-3.0", true),
        ("GPL-3.0 OR MIT", true),
        ("MIT AND ISC", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND ISC", true),
        ("(MIT OR ISC) AND GPL-3.0", false),
        ("GPL-3.0 OR (MIT AND AGPL-3.0)", false),
        ("MIT WITH exception", false),
        ("none", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}
