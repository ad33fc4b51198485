//! Every file: what its first line says, blanks, length, no trace of a machine.

use std::path::Path;

use serde_json::Value;

use crate::{House, assert_none, house};

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
    for (path, text) in
        house.files("", &[".rs", ".md", ".sh", ".py", ".c", ".toml", ".yml", ".ci/run"])
    {
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
fn settings_of_editors_are_json() {
    let Some(house) = House::load() else { return };
    let all = house.files(".", &[".json"]);
    let names: Vec<&str> = all.map(|(path, _)| path).collect();
    assert_eq!(names, [".devcontainer/devcontainer.json", ".vscode/settings.json"]);
    assert_none(names.into_iter().filter_map(|path| {
        let parsed = serde_json::from_str::<Value>(&house.texts[path]);
        parsed.err().map(|error| format!("{path}: {error}"))
    }));
}

/// The list of packages is that of machine.sh: set-up, containers and pages go by it.
#[test]
fn packages_are_listed_once() {
    let Some(house) = House::load() else { return };
    let script = house.root.join("crates/ranks/machine.sh");
    let rooms = &house.texts["crates/course/ROOMS.md"];
    let mut lists = Vec::new();
    for manager in ["apt-get", "dnf", "pacman", "brew"] {
        let output = house::alone(&script, &house.root).arg(manager).output().unwrap();
        lists.push(String::from_utf8(output.stdout).unwrap().trim().to_owned());
    }
    let missing = lists.iter().filter(|list| !rooms.contains(list.as_str()));
    assert_none(missing.map(|list| format!("ROOMS.md does not say: {list}")));
    for file in [".devcontainer/Dockerfile", ".devcontainer/apptainer.def"] {
        let text = &house.texts[file];
        assert!(text.contains("crates/ranks/machine.sh apt-get)"), "{file}");
        assert!(!text.contains("openmpi"), "{file} has a list of its own");
    }
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
fn a_clone_has_the_same_bytes_where_git_would_change_line_ends() {
    let Some(house) = House::load() else { return };
    let clone = tempfile::tempdir().unwrap();
    let git = |words: &str, folder: &Path| {
        let output = house::alone("git", folder).args(words.split(' ')).output().unwrap();
        assert!(output.status.success(), "git {words}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let words = "clone --quiet --config core.autocrlf=true .";
    git(&format!("{words} {}", clone.path().display()), &house.root);
    // Such as `i/lf w/crlf attr/ Makefile`: in the repository, in the clone.
    let listing = git("ls-files --eol", clone.path());
    assert_none(listing.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let [kept, found] =
            [words.next()?.strip_prefix("i/"), words.next()?.strip_prefix("w/")];
        (kept != found).then(|| line.to_owned())
    }));
}
