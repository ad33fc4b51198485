//! The rules of the house that a machine can see: of its crates, of the code in
//! them, of the exercises, of all its text, and of `make`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

mod builds;
mod crates;
mod exercises;
#[path = "../house/mod.rs"]
mod house;
mod licences;
mod make;
mod sources;
mod text;

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
