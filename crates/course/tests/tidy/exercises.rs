//! The exercises: the same files in each, and stubs that say what to do.

use std::collections::{BTreeMap, BTreeSet};

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
            let place = format!("see crates/{name}/README.md, step ");
            let step = task
                .split_once(&place)
                .and_then(|(_, step)| step.split_once("\")").map(|(step, _)| step));
            if !task.starts_with(&format!("\"task {id}: ")) {
                wrong.push(format!("{path}:{number}: does not begin with task {id}"));
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

/// Every task has one number, in one crate, and one row in the README's table.
#[test]
fn every_task_has_one_row_in_the_readme() {
    let Some(house) = House::load() else { return };
    let readme = &house.texts["README.md"];
    let mut wrong = Vec::new();
    let mut crates: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, path) in house.hearts() {
        let file = path.rsplit('/').next().unwrap_or_default();
        for line in house.texts[&path].lines() {
            let Some(id) = line.trim().strip_prefix("// BEGIN SOLUTION ") else {
                continue;
            };
            if *crates.entry(id).or_insert(name) != name {
                wrong.push(format!("{path}: task {id} is in {} already", crates[id]));
            }
            let start = format!("| {id} |");
            let mut rows = readme.lines().filter(|row| row.starts_with(&start));
            let is_row =
                rows.next().is_some_and(|row| row.contains(&format!("`{file}`")));
            if !is_row || rows.next().is_some() {
                wrong.push(format!("{path}: README.md needs one row {id} with `{file}`"));
            }
        }
    }
    assert_none(wrong);
}

/// Minutes stand beside each step, and add up to what the sheet and Cargo.toml say.
#[test]
fn the_minutes_of_the_steps_add_up() {
    let Some(house) = House::load() else { return };
    let mut wrong = Vec::new();
    for name in EXERCISES {
        let minutes = house.course(name).unwrap()["minutes"].as_integer().unwrap();
        let sheet = &house.texts[&format!("crates/{name}/README.md")];
        let task = sheet.split("\n## ").find(|section| section.starts_with("The task\n"));
        let each = task.unwrap_or_default().split(" minutes)").map(|before| {
            let number = before.rsplit('(').next().unwrap_or_default();
            number.parse::<i64>().unwrap_or(0)
        });
        let sum: i64 = each.sum();
        if sum != minutes {
            wrong.push(format!(
                "{name}: {sum} minutes in the sheet, {minutes} in Cargo.toml"
            ));
        }
        let extra = if name == "matmul-mpi" { 30 } else { 0 };
        if !sheet.contains(&format!("About {} minutes", minutes - extra)) {
            wrong
                .push(format!("{name}: the sheet's aim names another number of minutes"));
        }
    }
    assert_none(wrong);
}

/// How many items a page numbers under its heading `## Predict...` or `## Questions`
/// and what follows; `level` is that of the headings.
fn numbered(page: &str, level: &str) -> [usize; 2] {
    let (mut counts, mut place) = ([0, 0], None);
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix(level) {
            place = match heading {
                _ if heading.starts_with("Predict") => Some(0),
                "Questions" => Some(1),
                _ => place.filter(|&place| place == 1),
            };
        }
        let number = line.split_once(". ").and_then(|(number, _)| number.parse().ok());
        if let (Some(place), Some(number)) = (place, number) {
            let before: usize = counts[place];
            counts[place] = if number == before + 1 { number } else { usize::MAX / 2 };
        }
    }
    counts
}

#[test]
fn every_prediction_and_question_has_an_answer() {
    let Some(house) = House::load() else { return };
    let answers = &house.texts["crates/course/ANSWERS.md"];
    let mut wrong = Vec::new();
    for name in EXERCISES {
        let asked = numbered(&house.texts[&format!("crates/{name}/README.md")], "## ");
        let start = format!("\n## {name}\n");
        let section = answers.split_once(&start).map_or("", |(_, rest)| rest);
        let section = section.split("\n## ").next().unwrap_or_default();
        let answered = numbered(section, "### ");
        if asked != answered || asked.contains(&0) {
            wrong.push(format!(
                "{name}: {asked:?} predictions and questions, {answered:?} answers"
            ));
        }
    }
    assert_none(wrong);
}

/// A plan's rows follow one another: start and minutes give the next row's start.
#[test]
fn the_plans_of_the_class_have_no_gap() {
    let Some(house) = House::load() else { return };
    let page = &house.texts["crates/course/TEACHING.md"];
    let mut wrong = Vec::new();
    let (mut plans, mut next) = (0, None);
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let row = cells.get(1).zip(cells.get(2)).and_then(|(start, minutes)| {
            let (hour, minute) = start.split_once(':')?;
            let start: u32 =
                hour.parse::<u32>().ok()? * 60 + minute.parse::<u32>().ok()?;
            Some((start, minutes.parse::<u32>().ok()?))
        });
        match (row, next) {
            (Some((start, _)), Some(expected)) if start != expected => {
                wrong.push(format!(
                    "{line} begins {} minutes off",
                    start.abs_diff(expected)
                ));
            }
            (Some(_), None) => plans += 1,
            _ => {}
        }
        next = row.map(|(start, minutes)| start + minutes);
    }
    assert_eq!(plans, 3, "half a day and two days");
    assert_none(wrong);
}

/// What a sheet shows is compiled: each line stands in `ranks/examples/calls.rs`
/// as well, in the function that is called as the crate.
#[test]
fn every_call_that_a_sheet_shows_is_compiled() {
    let Some(house) = House::load() else { return };
    let calls = &house.texts["crates/ranks/examples/calls.rs"];
    let mut wrong = Vec::new();
    for name in EXERCISES {
        let function = format!("\nfn {}(", name.replace('-', "_"));
        let body = calls.split_once(&function).map_or("", |(_, body)| body);
        let body = body.split("\n}\n").next().unwrap_or_default();
        let compiled: BTreeSet<&str> = body.lines().map(str::trim).collect();
        let sheet = &house.texts[&format!("crates/{name}/README.md")];
        let shown: Vec<&str> = rust_lines(sheet).collect();
        if shown.len() < 4 {
            wrong.push(format!("{name}: the sheet shows {} calls", shown.len()));
        }
        let unknown = shown.into_iter().filter(|line| !compiled.contains(line));
        wrong.extend(unknown.map(|line| format!("{name}: not compiled: {line}")));
    }
    assert_none(wrong);
}

/// The lines of code in the blocks of a page that are Rust, without comments.
fn rust_lines(page: &str) -> impl Iterator<Item = &str> {
    let blocks = page.split("```").skip(1).step_by(2);
    let blocks = blocks.filter_map(|block| block.strip_prefix("rust\n"));
    let lines = blocks.flat_map(str::lines);
    lines.map(|line| line.split("  //").next().unwrap_or_default().trim())
}
