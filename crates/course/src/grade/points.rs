//! What a task is worth, and what its inputs are made from.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// The file that a teacher edits.
pub const FILE: &str = "crates/course/points.toml";

/// What stands in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    class: String,
    points: BTreeMap<String, f64>,
}

impl Points {
    /// The points for each of `tasks`.
    ///
    /// # Errors
    ///
    /// If the file at `path` is not readable, names another task or leaves one out.
    pub fn read(path: &Path, tasks: &[&str]) -> Result<Self, String> {
        let at = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = fs::read_to_string(path).map_err(|error| at(&error))?;
        let points: Points = toml::from_str(&text).map_err(|error| at(&error))?;
        let unknown = points.points.keys().find(|task| !tasks.contains(&task.as_str()));
        if let Some(task) = unknown {
            return Err(at(&format!("there is nothing to write in a task {task}")));
        }
        match tasks.iter().find(|task| !points.points.contains_key(**task)) {
            Some(task) => Err(at(&format!("no points for task {task}"))),
            None => Ok(points),
        }
    }

    /// What `task` is worth.
    pub fn of(&self, task: &str) -> f64 {
        self.points.get(task).copied().unwrap_or_default()
    }

    /// What all inputs of a student's run number `run` are made from.
    pub fn seed(&self, student: &str, run: u64) -> u64 {
        // FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv
        let bytes = [&self.class, "\0", student, "\0", &run.to_string()].concat();
        let step = |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        };
        bytes.bytes().fold(0xcbf2_9ce4_8422_2325, step)
    }

    /// The number of the run after the one that had `seed`; 1 if there was none.
    pub fn next_run(&self, student: &str, seed: Option<u64>) -> u64 {
        let is_last = |run: &u64| Some(self.seed(student, *run)) == seed;
        (1..1000).find(is_last).map_or(1, |run| run + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Points, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("points.toml");
        fs::write(&path, text).unwrap();
        Points::read(&path, &["1.1", "1.2"])
    }

    #[test]
    fn every_task_has_points_and_no_other() {
        let points =
            read("class = \"a\"\n[points]\n\"1.1\" = 1\n\"1.2\" = 0.5\n").unwrap();
        assert_eq!([points.of("1.1"), points.of("1.2")], [1.0, 0.5]);
        for (text, expected) in [
            ("class = \"a\"\n[points]\n\"1.1\" = 1\n", "no points for task 1.2"),
            (
                "class = \"a\"\n[points]\n\"1.1\" = 1\n\"1.2\" = 1\n\"9.9\" = 1\n",
                "there is nothing to write in a task 9.9",
            ),
            ("class = \"a\"\npoint = 1\n[points]\n", "unknown field"),
        ] {
            let error = read(text).err().expect(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_seed_is_a_students_and_changes_with_every_run() {
        let points = read("class = \"a\"\n[points]\n\"1.1\" = 1\n\"1.2\" = 1\n").unwrap();
        let other = read("class = \"b\"\n[points]\n\"1.1\" = 1\n\"1.2\" = 1\n").unwrap();
        let seeds = [
            points.seed("anna", 1),
            points.seed("anna", 2),
            points.seed("bert", 1),
            other.seed("anna", 1),
        ];
        for (number, seed) in seeds.iter().enumerate() {
            assert!(!seeds[..number].contains(seed), "{seeds:?}");
        }
        assert_eq!(points.next_run("anna", Some(seeds[1])), 3);
        assert_eq!(points.next_run("anna", None), 1);
    }
}
