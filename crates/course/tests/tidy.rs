//! The rules of the house that a machine can see.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

mod house;

/// The exercises, in the order of the class.
const EXERCISES: [&str; 7] = [
    "mpi-hello",
    "matmul-mpi",
    "matmul-shm",
    "mandel-serial",
    "mandel-threads",
    "mandel-mpi",
    "wordcount",
];

/// The crates of the house, each with the ones that it may depend on. Study
/// takes from kernels the generator of the corpus, and nothing else.
const HOUSE: [(&str, &[&str]); 7] = [
    ("kernels", &[]),
    ("harness", &["kernels"]),
    ("processes", &["harness", "kernels"]),
    ("ranks", &["harness", "kernels"]),
    ("study", &["harness", "kernels"]),
    ("plots", &["harness", "kernels"]),
    ("course", &[]),
];

/// The project's text files, and its crates' manifests.
struct House {
    root: PathBuf,
    texts: BTreeMap<String, String>,
    crates: BTreeMap<String, toml::Table>,
}

impl House {
    /// The files that git tracks or would track; `None` in a handout.
    fn load() -> Option<Self> {
        let root = house::reference()?;
        let mut git = house::alone("git", &root);
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listing = String::from_utf8(git.output().unwrap().stdout).unwrap();
        let mut texts = BTreeMap::new();
        for path in listing.split_terminator('\0') {
            // Data are not ours, and may be in any encoding; pictures are no text.
            if path.starts_with("data/") && path != "data/README.md" {
                continue;
            }
            // git lists a file until its removal is committed.
            let Ok(bytes) = fs::read(root.join(path)) else { continue };
            if let Ok(text) = String::from_utf8(bytes) {
                texts.insert(path.to_owned(), text);
            }
        }
        let manifests = texts.iter().filter_map(|(path, text)| {
            let name = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
            Some((name.to_owned(), text.parse().unwrap()))
        });
        let crates = manifests.collect();
        Some(Self { root, texts, crates })
    }

    /// The files with one of the endings `ends`, below `folder`.
    fn files(&self, folder: &str, ends: &[&str]) -> impl Iterator<Item = (&str, &str)> {
        let files = self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        files.filter(move |(path, _)| {
            path.starts_with(folder) && ends.iter().any(|end| path.ends_with(end))
        })
    }

    /// The crates that `name` names in its tables of dependencies.
    fn dependencies(&self, name: &str) -> BTreeSet<&str> {
        let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
        let tables =
            tables.iter().filter_map(|table| self.crates[name].get(*table)?.as_table());
        tables.flat_map(|table| table.keys().map(String::as_str)).collect()
    }

    /// What `[package.metadata.course]` of an exercise says.
    fn course(&self, name: &str) -> Option<&toml::Table> {
        self.crates[name]["package"].get("metadata")?.get("course")?.as_table()
    }

    /// The files that students write in, as paths from the top folder.
    fn hearts(&self) -> Vec<(&str, String)> {
        let of = |name| {
            let files = self.course(name).unwrap()["files"].as_array().unwrap();
            files
                .iter()
                .map(move |f| (name, format!("crates/{name}/{}", f.as_str().unwrap())))
        };
        EXERCISES.into_iter().flat_map(of).collect()
    }
}

/// Fails with all that is wrong, a line each.
#[track_caller]
fn assert_none(wrong: impl IntoIterator<Item = String>) {
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let Some(house) = House::load() else { return };
    let sources = house.files("crates/", &[".rs"]);
    assert_none(sources.filter_map(|(path, text)| {
        let first = text.lines().next().unwrap_or_default();
        (!first.starts_with("//! "))
            .then(|| format!("{path}:1: no //! on the first line"))
    }));
}

#[test]
fn text_has_no_tabs_no_trailing_blanks_and_ends_with_a_line_feed() {
    let Some(house) = House::load() else { return };
    let mut wrong = Vec::new();
    for (path, text) in house.files("", &[".rs", ".md", ".sh", ".toml", ".ci/run"]) {
        for (number, line) in (1..).zip(text.lines()) {
            if line.contains('\t') || line.trim_end() != line {
                wrong.push(format!("{path}:{number}: a tab or a trailing blank"));
            }
        }
        if !text.ends_with('\n') || text.ends_with("\n\n") {
            wrong.push(format!("{path}: ends with no line feed, or with an empty line"));
        }
    }
    assert_none(wrong);
}

#[test]
fn files_are_short() {
    let Some(house) = House::load() else { return };
    let hearts: Vec<String> = house.hearts().into_iter().map(|(_, path)| path).collect();
    let sources =
        house.files("crates/", &[".rs"]).filter(|(path, _)| path.contains("/src/"));
    assert_none(sources.filter_map(|(path, text)| {
        let is_heart = hearts.iter().any(|heart| heart == path);
        // A solution or its stub: nobody reads both.
        let is_read = |line: &&str| !is_heart || !line.trim().starts_with("// STUB");
        let lines = text.lines().filter(is_read).count();
        let most = if is_heart { 90 } else { 400 };
        (lines > most).then(|| format!("{path}: {lines} lines, at most {most}"))
    }));
}

#[test]
fn no_file_knows_the_machine_that_it_was_written_on() {
    let Some(house) = House::load() else { return };
    // In pieces, so that this file passes.
    let folders = ["work", "root", "home"].map(|name| format!("/{name}/"));
    let mut wrong = Vec::new();
    for (path, text) in house.files("", &[""]) {
        for (number, line) in (1..).zip(text.lines()) {
            if folders.iter().any(|folder| line.contains(folder)) {
                wrong.push(format!("{path}:{number}: a path of one machine"));
            }
        }
    }
    assert_none(wrong);
}

#[test]
fn the_crates_are_those_of_the_design() {
    let Some(house) = House::load() else { return };
    let found: BTreeSet<&str> = house.crates.keys().map(String::as_str).collect();
    let known = HOUSE.iter().map(|(name, _)| *name).chain(EXERCISES);
    assert_eq!(found, known.collect());
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
    let with_mpi: Vec<&str> = over_ranks.copied().chain(["ranks"]).collect();
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
fn unsafe_code_is_allowed_in_three_crates() {
    let Some(house) = House::load() else { return };
    let homes =
        ["crates/kernels/", "crates/processes/", "crates/ranks/", "crates/course/"];
    let sources = house.files("crates/", &[".rs"]);
    let others =
        sources.filter(|(path, _)| !homes.iter().any(|home| path.starts_with(home)));
    let course = house.files("crates/course/src/", &[".rs"]);
    let wrong = others.chain(course).filter(|(_, text)| text.contains("(unsafe_code"));
    assert_none(wrong.map(|(path, _)| format!("{path}: allows unsafe code")));
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
    let expected = house.crates.keys().filter(|name| !links_mpi(name));
    let expected: Vec<String> = expected.map(|name| format!("crates/{name}")).collect();
    assert_eq!(found, expected.iter().map(String::as_str).collect());
}

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

#[test]
fn make_alone_lists_what_works() {
    let Some(house) = House::load() else { return };
    let make = |words: &str| {
        let output =
            house::alone("make", &house.root).args(words.split(' ')).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let database = make("-pn help");
    let targets = database.lines().find_map(|line| line.strip_prefix(".PHONY: "));
    let targets: BTreeSet<&str> = targets.unwrap().split_whitespace().collect();
    assert!(targets.contains("run-hello"), "{targets:?}");

    let help = make("-s help");
    let is_part = |c: char| c.is_alphanumeric() || c == '-';
    let named: BTreeSet<&str> = help.split(|c| !is_part(c)).collect();
    assert_none(targets.iter().filter_map(|target| {
        let of_crates = ["run", "diff"].iter().any(|verb| {
            let name = target.strip_prefix(verb).and_then(|rest| rest.strip_prefix('-'));
            named.contains(&*format!("{verb}-CRATE"))
                && name.is_some_and(|n| named.contains(n))
        });
        let is_named = named.contains(target) || of_crates || *target == "help";
        (!is_named).then(|| format!("make does not list {target}"))
    }));
    // What the help says that one can type.
    let typed = help.lines().filter_map(|line| line.strip_prefix("make "));
    assert_none(typed.filter_map(|line| {
        let target = line.split(|c| !is_part(c)).next().unwrap();
        let is_known = targets.contains(target) || target.ends_with("-CRATE");
        (!is_known).then(|| format!("make {target} does not work"))
    }));
}
