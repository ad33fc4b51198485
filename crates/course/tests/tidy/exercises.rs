//! The exercises: the same files in each, and stubs that say what to do.

use std::collections::BTreeSet;

use crate::{EXERCISES, House, assert_none};

#[test]
fn exercises_have_the_same_files() {
    let Some(house) = House::load() else { return };
    let mut wrong = Vec::new();
    for name in house.crates.keys() {
        let is_exercise = EXERCISES.contains(&&**name);
        if house.course(name).is_some() != is_exercise {
            wrong.push(format!("{name}: [package.metadata.course] is for exercises"));
        }
        if !is_exercise {
            continue;
        }
        for file in ["README.md", "src/main.rs", "tests/cli.rs"] {
            if !house.texts.contains_key(&format!("crates/{name}/{file}")) {
                wrong.push(format!("{name}: no {file}"));
            }
        }
        for key in ["id", "title", "files", "minutes", "hints"] {
            if !house.course(name).is_some_and(|course| course.contains_key(key)) {
                wrong.push(format!("{name}: no {key} under [package.metadata.course]"));
            }
        }
        for file in ["src/lib.rs", "build.rs"] {
            if house.texts.contains_key(&format!("crates/{name}/{file}")) {
                wrong.push(format!("{name}: an exercise has no {file}"));
            }
        }
        if house.crates[name].contains_key("lib") {
            wrong.push(format!("{name}: an exercise has no library"));
        }
    }
    for (_, path) in house.hearts() {
        if !house.texts.contains_key(&path) {
            wrong.push(format!("{path}: no such file"));
        }
    }
    assert_none(wrong);
}

#[test]
fn every_stub_names_its_task_and_a_step_of_the_sheet() {
    let Some(house) = House::load() else { return };
    let mut wrong = Vec::new();
    let mut told = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for (name, path) in house.hearts() {
        let sheet = &house.texts[&format!("crates/{name}/README.md")];
        let mut id = "";
        for (number, line) in (1..).zip(house.texts[&path].lines()) {
            if let Some(begun) = line.trim().strip_prefix("// BEGIN SOLUTION ") {
                id = begun;
                ids.insert((name, id));
            }
            let Some((_, task)) = line.split_once("todo!(") else { continue };
            told.insert((name, id));
            let step = task
                .split_once("see README.md, step ")
                .and_then(|(_, step)| step.split_once("\")").map(|(step, _)| step));
            if !task.starts_with(&format!("\"exercise {id}: ")) {
                wrong.push(format!("{path}:{number}: does not begin with exercise {id}"));
            } else if !step.is_some_and(|step| has_step(sheet, step)) {
                wrong.push(format!("{path}:{number}: no such step in the sheet's task"));
            }
        }
    }
    for (name, id) in ids.difference(&told) {
        wrong.push(format!("{name}: no stub of {id} says what to do"));
    }
    assert_none(wrong);
}

/// Whether the numbered list under the sheet's task has an item `step`.
fn has_step(sheet: &str, step: &str) -> bool {
    let task = sheet.split("\n## ").find(|section| section.starts_with("The task\n"));
    let item = format!("{step}. ");
    task.is_some_and(|task| task.lines().any(|line| line.starts_with(&item)))
}
