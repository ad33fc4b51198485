//! What `make` alone lists is what works.

use std::collections::BTreeSet;

use crate::{House, assert_none, house};

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
        let of_crates = ["run", "diff", "check", "hint"].iter().any(|verb| {
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
