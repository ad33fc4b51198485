//! What the code of some crates must not contain.

use std::collections::BTreeSet;

use crate::{House, assert_none};

#[test]
fn kernels_is_pure() {
    let Some(house) = House::load() else { return };
    let mut wrong = Vec::new();
    for (path, text) in house.files("crates/kernels/src/", &[".rs"]) {
        for module in ["env", "fs", "io", "net", "os", "process", "thread", "time"] {
            if std_modules(text).contains(module) {
                wrong.push(format!("{path}: std::{module}"));
            }
        }
        for name in ["println!", "print!", "eprintln!", "eprint!", "dbg!"] {
            if code(text).any(|line| line.contains(name)) {
                wrong.push(format!("{path}: {name}"));
            }
        }
    }
    assert_none(wrong);
}

/// The lines of `text` that are no comment.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// The modules `m` that are named as `std::m` or in `std::{m, ..}`.
fn std_modules(text: &str) -> BTreeSet<String> {
    let code: String = code(text).collect::<Vec<_>>().join("\n");
    let mut modules = BTreeSet::new();
    for after in code.split("std::").skip(1) {
        let group = after.strip_prefix('{').and_then(|group| group.split(';').next());
        for item in group.unwrap_or(after).split([',', '{', '}']) {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            modules.insert(item.trim().chars().take_while(|&c| is_part(c)).collect());
            if group.is_none() {
                break;
            }
        }
    }
    modules
}

#[test]
fn modules_of_std_are_found_however_they_are_named() {
    for (text, expected) in [
        ("use std::fs;", true),
        ("let f = std::fs::File::open(p);", true),
        ("use std::{collections::BTreeMap, fs, ops};", true),
        ("use std::{\n    fs::{self, File},\n    ops,\n};", true),
        ("// std::fs would be I/O.", false),
        ("use std::collections::{BTreeMap, fs};", false),
        ("use std::fsync;", false),
    ] {
        assert_eq!(std_modules(text).contains("fs"), expected, "{text}");
    }
}

#[test]
fn unsafe_code_has_its_places() {
    let Some(house) = House::load() else { return };
    let homes = [
        "crates/deadlock/",
        "crates/kernels/src/",
        "crates/processes/",
        "crates/ranks/",
        // This test names what it looks for.
        "crates/course/tests/",
    ];
    let sources = house.files("crates/", &[".rs"]);
    let elsewhere =
        sources.filter(|(path, _)| !homes.iter().any(|home| path.starts_with(home)));
    let wrong = elsewhere.filter(|(_, text)| text.contains("(unsafe_code"));
    assert_none(wrong.map(|(path, _)| format!("{path}: allows unsafe code")));
}
