//! The project: its tracked files, and the exercises with their regions.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::intake::{self, Content};
use crate::region::{self, Piece, Region};
use crate::{git, marker};

/// Files by their paths, from the top folder on, with `/`.
pub type Tree = BTreeMap<String, File>;

/// A file's content, and whether it is a program or script.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// The content.
    pub bytes: Vec<u8>,
    /// Whether it may be executed.
    pub is_executable: bool,
}

/// The reference.
pub struct Project {
    /// The tracked files that students get, with the reference's markers.
    pub tree: Tree,
    /// The crates with a `[package.metadata.course]`, by name.
    pub exercises: BTreeMap<String, Exercise>,
}

/// A crate that students work on.
pub struct Exercise {
    /// Its number in the class, which another exercise may share.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The files with regions, cut at them.
    pub files: BTreeMap<String, Vec<Piece>>,
}

/// The one crate that may speak of markers outside of a region: this one.
const COURSE: &str = concat!("crates/", env!("CARGO_PKG_NAME"), "/");

/// The folder of the workspace: `given`, or found from the current folder upwards.
///
/// # Errors
///
/// If it has no Cargo.toml with a `[workspace]`.
pub fn root(given: Option<&Path>) -> Result<PathBuf, String> {
    let is_root = |folder: &Path| {
        let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        text.parse::<toml::Table>().is_ok_and(|table| table.contains_key("workspace"))
    };
    match given {
        Some(folder) if is_root(folder) => Ok(folder.to_path_buf()),
        Some(folder) => {
            Err(format!("{}: no Cargo.toml with a [workspace] in it", folder.display()))
        }
        None => {
            let here = env::current_dir()
                .map_err(|error| format!("the current folder: {error}"))?;
            here.ancestors()
                .find(|folder| is_root(folder))
                .map(Path::to_path_buf)
                .ok_or_else(|| {
                    format!(
                        "{}: not inside the project; name it with --root",
                        here.display()
                    )
                })
        }
    }
}

/// The project in the folder `root`, as its work tree has it.
///
/// # Errors
///
/// If git or a file cannot be read, a region or a Cargo.toml is malformed,
/// or there is no region at all, as in a handout.
pub fn load(root: &Path) -> Result<Project, String> {
    let mut tree = Tree::new();
    for git::Tracked { path, is_executable } in git::tracked(root)? {
        if !is_for_students(&path) {
            continue;
        }
        let mut bytes =
            fs::read(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
        if path == "README.md" {
            bytes = for_students(&path, &String::from_utf8_lossy(&bytes))?.into();
        }
        tree.insert(path, File { bytes, is_executable });
    }
    let exercises = exercises(&tree)?;
    let listed: BTreeSet<&String> =
        exercises.values().flat_map(|e| e.files.keys()).collect();
    refuse_stray_markers(&tree, &listed)?;
    let project = Project { tree, exercises };
    if project.regions().next().is_none() {
        return Err(format!(
            "{}: no region in any exercise: this is a handout, not the reference",
            root.display()
        ));
    }
    Ok(project)
}

impl Project {
    /// Every region, with the name of its crate and the path of its file.
    pub fn regions(&self) -> impl Iterator<Item = (&str, &str, &Region)> {
        let files = self.exercises.iter().flat_map(|(name, exercise)| {
            exercise.files.iter().map(move |file| (name, file))
        });
        files.flat_map(|(name, (path, pieces))| {
            pieces.iter().filter_map(move |piece| match piece {
                Piece::Region(region) => Some((name.as_str(), path.as_str(), region)),
                Piece::Given(_) => None,
            })
        })
    }

    /// The students' files: the reference for the regions that `is_solved`
    /// chooses by crate and region, stubs for the others.
    pub fn render(&self, is_solved: impl Fn(&str, &Region) -> bool) -> Tree {
        let mut tree = self.tree.clone();
        for (name, exercise) in &self.exercises {
            for (path, pieces) in &exercise.files {
                let text = region::render(pieces, |region| is_solved(name, region));
                tree.get_mut(path).expect("an exercise's files are in the tree").bytes =
                    text.into();
            }
        }
        tree
    }
}

/// The handout that `root` is, as it stands there; none if it is the reference.
///
/// # Errors
///
/// If a file or a manifest cannot be read.
pub fn handout(root: &Path) -> Result<Option<Tree>, String> {
    let mut tree = Tree::new();
    for (path, content) in intake::folder(root)? {
        if let Content::Bytes(bytes) = content {
            tree.insert(path, File { bytes, is_executable: false });
        }
    }
    let hearts = hearts(&tree)?;
    let texts = hearts.iter().filter_map(|(_, path)| text(&tree, path).ok());
    let is_handout = texts.flat_map(str::lines).any(marker::is_mark);
    Ok(is_handout.then_some(tree))
}

/// What students do not get: what `make compare` runs, for in it stand the exercises,
/// solved in Python; the sources of the talk, with the speaker's notes; the answers to the
/// sheets' questions, and how to teach; what cheats and breaks in, for `make grade` to
/// stand up to, and the solutions, right and wrong, that check is tried on.
const FOR_TEACHERS: [&str; 7] = [
    "crates/compare/",
    "crates/talk/",
    "crates/course/ANSWERS.md",
    "crates/course/TEACHING.md",
    "crates/course/bank/",
    "crates/course/tests/bank.rs",
    "crates/course/hostile/",
];

/// What tools see of the exercises.
const WITNESS_TEST: &str = "/tests/witness.rs";

/// What a page says to teachers stands between these lines.
const TO_TEACHERS: [&str; 2] =
    ["<!-- Not in the handout: -->", "<!-- In the handout again. -->"];

/// A page without what it says to teachers.
///
/// # Errors
///
/// If a line between the two is missing: the rest of the page would be lost,
/// or handed out.
fn for_students(path: &str, page: &str) -> Result<String, String> {
    let mut begun = None;
    let mut text = String::with_capacity(page.len());
    for (number, line) in (1..).zip(page.split_inclusive('\n')) {
        match (TO_TEACHERS.iter().position(|mark| line.trim_end() == *mark), begun) {
            (Some(0), None) => begun = Some(number),
            (Some(1), Some(_)) => begun = None,
            (Some(_), _) => return Err(unpaired(path, number)),
            (None, None) => text.push_str(line),
            (None, Some(_)) => {}
        }
    }
    match begun {
        Some(number) => Err(unpaired(path, number)),
        None => Ok(text),
    }
}

fn unpaired(path: &str, line: usize) -> String {
    let [begin, end] = TO_TEACHERS;
    format!("{path}:{line}: {begin} and {end} come in pairs")
}

/// Whether students get a file: not the project's own checks, nor what is for its
/// maintainers, nor the comparison with others. Of git's files they get those
/// that keep line ends as they are, and what is built out of a commit.
fn is_for_students(path: &str) -> bool {
    let is_of_git = |name: &str| {
        name.starts_with(".git") && ![".gitattributes", ".gitignore"].contains(&name)
    };
    path.split('/').all(|name| name != ".ci" && !is_of_git(name))
        && path != "crates/README.md"
        && !path.ends_with(WITNESS_TEST)
        && !FOR_TEACHERS.iter().any(|begin| path.starts_with(begin))
}

/// The exercises among the crates of `tree`.
fn exercises(tree: &Tree) -> Result<BTreeMap<String, Exercise>, String> {
    let mut exercises = BTreeMap::new();
    for (name, course) in described(tree)? {
        exercises.insert(name.clone(), exercise(tree, &name, &course)?);
    }
    Ok(exercises)
}

/// What students write in, as the manifests in `tree` say: crates and paths.
///
/// # Errors
///
/// If a manifest is malformed.
pub fn hearts(tree: &Tree) -> Result<Vec<(String, String)>, String> {
    let mut hearts = Vec::new();
    for (name, course) in described(tree)? {
        let names = course.get("files").and_then(|files| files.as_array());
        let names = names.into_iter().flatten().filter_map(|name| name.as_str());
        hearts.extend(names.map(|file| (name.clone(), format!("crates/{name}/{file}"))));
    }
    Ok(hearts)
}

/// The crates of `tree` with a `[package.metadata.course]`, and that table.
fn described(tree: &Tree) -> Result<Vec<(String, toml::Value)>, String> {
    let mut described = Vec::new();
    for path in tree.keys() {
        let name = path
            .strip_prefix("crates/")
            .and_then(|path| path.strip_suffix("/Cargo.toml"));
        let Some(name) = name.filter(|name| !name.contains('/')) else { continue };
        let manifest = table(path, text(tree, path)?)?;
        let course = manifest
            .get("package")
            .and_then(|package| package.get("metadata"))
            .and_then(|metadata| metadata.get("course"));
        if let Some(course) = course {
            described.push((name.to_owned(), course.clone()));
        }
    }
    Ok(described)
}

/// What the TOML file `path` holds, whose text is `text`.
///
/// # Errors
///
/// If it is no TOML: where, and why.
pub fn table(path: &str, text: &str) -> Result<toml::Table, String> {
    text.parse().map_err(|error: toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = 1 + text[..start].matches('\n').count();
        format!("{path}:{line}: {}", error.message())
    })
}

/// The exercise `name` that the table `course` describes.
fn exercise(tree: &Tree, name: &str, course: &toml::Value) -> Result<Exercise, String> {
    let folder = &format!("crates/{name}");
    let wrong =
        |what: &str| format!("{folder}/Cargo.toml: [package.metadata.course] {what}");
    let said = |key: &str| {
        let value = course.get(key).and_then(|value| value.as_str()).map(str::to_owned);
        value.ok_or_else(|| wrong(&format!("needs {key}, a text")))
    };
    let (id, title) = (said("id")?, said("title")?);
    let names = course.get("files").and_then(|files| files.as_array());
    let mut files = BTreeMap::new();
    for name in names.ok_or_else(|| wrong("needs files, a list of paths"))? {
        let name = name.as_str().ok_or_else(|| wrong("files: a path is a text"))?;
        let path = format!("{folder}/{name}");
        if !tree.contains_key(&path) {
            return Err(wrong(&format!("files: git does not track {name}")));
        }
        let pieces = region::parse(&path, text(tree, &path)?)?;
        if pieces.iter().any(|piece| matches!(piece, Piece::Region(_))) {
            files.insert(path, pieces);
        }
    }
    Ok(Exercise { id, title, files })
}

fn refuse_stray_markers(tree: &Tree, listed: &BTreeSet<&String>) -> Result<(), String> {
    for path in
        tree.keys().filter(|path| path.ends_with(".rs") && !path.starts_with(COURSE))
    {
        if !listed.contains(path)
            && let Some(error) = marker::stray_marker(path, text(tree, path)?)
        {
            return Err(error);
        }
    }
    Ok(())
}

fn text<'a>(tree: &'a Tree, path: &str) -> Result<&'a str, String> {
    let file = tree.get(path).ok_or_else(|| format!("{path}: no such file"))?;
    str::from_utf8(&file.bytes).map_err(|error| format!("{path}: {error}"))
}
