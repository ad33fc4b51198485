//! `course hint`: the next hint for the task that check has last found not right.
//!
//! The hints stand in the exercise's Cargo.toml: three for each task, from where to
//! look to which call. Hints for one cause of a failure have its name beside the
//! task's, and come first when check has found that cause.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Failure;
use crate::check::progress::{Known, Progress, State};
use crate::check::{TASKS, Task, known_exercise};

/// The command line of `course hint`.
#[derive(clap::Args, Debug)]
pub struct HintArgs {
    /// The exercise, as mandel-threads
    #[arg(value_name = "CRATE")]
    name: String,
}

/// The hints of an exercise, by `3.1`, or `3.1 remainder` for one cause.
type Hints = BTreeMap<String, Vec<String>>;

/// The next hint, in words; it is counted.
///
/// # Errors
///
/// If there is no such exercise, or its Cargo.toml cannot be read.
pub fn hint(root: &Path, args: &HintArgs) -> Result<String, Failure> {
    let name = &args.name;
    known_exercise(name)?;
    let mut progress = Progress::load(root);
    let is_done = |task: &&Task| progress.state(task.id) == Some(State::Done);
    let mut tasks = TASKS.iter().filter(|task| task.program == *name);
    let Some(task) = tasks.find(|task| !is_done(task)) else {
        return Ok(format!("All tasks of {name} are done.\n"));
    };
    let hints = read(&root.join("crates").join(name).join("Cargo.toml"))?;
    let known = progress.of(task.id);
    let text = next(task, &hints, known);
    progress.save()?;
    Ok(text)
}

/// The hints in the file `path`.
fn read(path: &Path) -> Result<Hints, Failure> {
    let wrong = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
    let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let manifest: toml::Table = text.parse().map_err(|error| wrong(&error))?;
    let hints = ["package", "metadata", "course", "hints"]
        .iter()
        .try_fold(&toml::Value::Table(manifest), |table, name| table.get(*name))
        .cloned();
    let hints = hints.ok_or_else(|| wrong(&"no [package.metadata.course.hints]"))?;
    let hints = hints.try_into();
    Ok(hints.map_err(|error| wrong(&error))?)
}

/// The next hint of `task`, of which so much is `known`; all of them once all were given.
fn next(task: &Task, hints: &Hints, known: &mut Known) -> String {
    let of = |key: &str| -> Vec<(String, &String)> {
        let texts = hints.get(key).map_or(&[][..], Vec::as_slice);
        (1..).zip(texts).map(|(number, text)| (format!("{key} {number}"), text)).collect()
    };
    let bound = of(&format!("{} {}", task.id, known.cause));
    let all: Vec<_> = bound.into_iter().chain(of(task.id)).collect();
    let head = format!("{}  {}\n", task.id, task.title);
    let open = all.iter().position(|(name, _)| !known.hints.contains(name));
    match open {
        Some(place) => {
            let (name, text) = &all[place];
            known.hints.push(name.clone());
            format!("{head}Hint {} of {}: {text}\n", place + 1, all.len())
        }
        None if all.is_empty() => format!("{head}There is no hint for this task.\n"),
        None => {
            let told =
                (1..).zip(&all).map(|(n, (_, text))| format!("Hint {n}: {text}\n"));
            format!("{head}These are all hints:\n{}", told.collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints() -> Hints {
        let list = |texts: &[&str]| texts.iter().map(|text| text.to_string()).collect();
        BTreeMap::from([
            ("2.2".to_owned(), list(&["where", "idea", "call"])),
            ("2.2 remainder".to_owned(), list(&["counts"])),
        ])
    }

    #[test]
    fn hints_come_one_by_one_and_those_of_the_failure_first() {
        let task = TASKS.iter().find(|task| task.id == "2.2").unwrap();
        let mut known = Known::default();
        let said = |known: &mut Known| {
            let text = next(task, &hints(), known);
            text.lines().nth(1).unwrap().to_owned()
        };
        assert_eq!(said(&mut known), "Hint 1 of 3: where");
        known.cause = "remainder".into();
        assert_eq!(said(&mut known), "Hint 1 of 4: counts");
        assert_eq!(said(&mut known), "Hint 3 of 4: idea");
        known.cause = "other".into();
        assert_eq!(said(&mut known), "Hint 3 of 3: call");
        assert_eq!(said(&mut known), "These are all hints:");
    }

    /// Every task that one writes has its three hints, and no hint is for nothing.
    #[test]
    fn every_task_has_three_hints() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for task in &TASKS {
            let hints = read(&crates.join(task.program).join("Cargo.toml")).unwrap();
            let count = hints.get(task.id).map_or(0, Vec::len);
            assert!(count == 3 || !task.is_written && count > 0, "{}: {count}", task.id);
            for key in hints.keys() {
                let id = key.split(' ').next().unwrap();
                let is_own =
                    TASKS.iter().any(|t| t.id == id && t.program == task.program);
                assert!(is_own, "{}: {key} is no task of it", task.program);
            }
        }
    }
}
