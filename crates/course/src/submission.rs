//! A submission: which crate of it is compared, whatever folder it was packed in.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::archive;
use crate::intake::{self, Content};

/// The files of a submission.
pub struct Submission {
    /// The folder in which it was found, from the given path: empty or with a final `/`.
    pub folder: String,
    /// Whether it holds the project and not just the exercise's crate.
    pub is_whole: bool,
    /// By their paths in the project.
    pub files: BTreeMap<String, Content>,
}

/// The submission of the crate `name` at `path`.
///
/// # Errors
///
/// If there is none, it is not readable, too large, not of that crate, or
/// names a file outside of itself.
pub fn read(path: &Path, name: &str) -> Result<Submission, String> {
    let files = files(path)?;
    of_crate(&files, name).map_err(|error| format!("{}: {error}", path.display()))
}

/// All files of the submission at `path`, by their paths in it.
///
/// # Errors
///
/// If there is none, it is not readable, too large, or names a file outside of itself.
pub fn files(path: &Path) -> Result<BTreeMap<String, Content>, String> {
    let at = |error: String| format!("{}: {error}", path.display());
    let about = fs::metadata(path).map_err(|error| at(error.to_string()))?;
    if about.is_dir() {
        intake::folder(path).map_err(at)
    } else if about.is_file() {
        let file = fs::File::open(path).map_err(|error| at(error.to_string()))?;
        archive::read(file).map_err(at)
    } else {
        Err(at("neither a folder nor an archive".into()))
    }
}

/// The submission in `files`, which hold the project, the crate `name`, or a
/// folder with one of them.
///
/// # Errors
///
/// If there is no such crate in it.
pub fn of_crate(
    files: &BTreeMap<String, Content>,
    name: &str,
) -> Result<Submission, String> {
    let whole = find(files, &format!("/crates/{name}/src/"));
    let named =
        find(files, &format!("/{name}/src/")).map(|folder| format!("{folder}{name}/"));
    // A crate under another name: at the top, or in the one folder of a tarball.
    let renamed = find(files, "/src/").filter(|folder| folder.matches('/').count() < 2);
    let is_whole = whole.is_some();
    let folder =
        whole.or(named).or(renamed).ok_or_else(|| format!("no crate {name} in it"))?;
    let start = if is_whole { String::new() } else { format!("crates/{name}/") };
    let files = files.iter().filter_map(|(path, content)| {
        let path = path.strip_prefix(&folder)?;
        Some((format!("{start}{path}"), content.clone()))
    });
    let files: BTreeMap<_, _> = files.collect();
    match files.get(&format!("crates/{name}/Cargo.toml")).and_then(package_name) {
        Some(other) if other != name => Err(format!("its crate is {other}, not {name}")),
        _ => Ok(Submission { folder, is_whole, files }),
    }
}

/// The topmost folder in which `middle` is found: empty, or with a final `/`.
fn find(files: &BTreeMap<String, Content>, middle: &str) -> Option<String> {
    // "/" in front, so that `middle` is found at the start of a path, too.
    let folders = files
        .keys()
        .filter_map(|path| format!("/{path}").find(middle).map(|end| &path[..end]));
    folders.min_by_key(|folder| (folder.matches('/').count(), *folder)).map(str::to_owned)
}

fn package_name(manifest: &Content) -> Option<String> {
    let Content::Bytes(bytes) = manifest else { return None };
    let manifest: toml::Table = str::from_utf8(bytes).ok()?.parse().ok()?;
    Some(manifest.get("package")?.get("name")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(paths: &[&str]) -> Result<Submission, String> {
        let content = |path: &str| match path.strip_suffix("Cargo.toml") {
            Some(folder) => {
                let name = if folder.contains("other") { "other" } else { "rows" };
                Content::Bytes(format!("[package]\nname = \"{name}\"\n").into())
            }
            None => Content::Bytes(Vec::new()),
        };
        let files = paths.iter().map(|path| (path.to_string(), content(path)));
        of_crate(&files.collect(), "rows")
    }

    #[test]
    fn a_crate_is_found_in_whatever_folder_it_was_packed() {
        let cases = [
            (&["crates/rows/src/main.rs", "Makefile"][..], "", true),
            (&["all/crates/rows/src/main.rs", "all/Makefile"], "all/", true),
            (&["anna/all/crates/rows/src/main.rs"], "anna/all/", true),
            (
                &["all/crates/rows/src/main.rs", "a/b/crates/rows/src/main.rs"],
                "all/",
                true,
            ),
            (&["src/main.rs", "Cargo.toml"], "", false),
            (&["rows/src/main.rs", "rows/Cargo.toml"], "rows/", false),
            (&["other/src/main.rs", "rows/src/main.rs"], "rows/", false),
            (&["anna/src/main.rs", "anna/Cargo.toml"], "anna/", false),
        ];
        for (paths, folder, is_whole) in cases {
            let submission =
                located(paths).unwrap_or_else(|error| panic!("{paths:?}: {error}"));
            assert_eq!(submission.folder, folder, "{paths:?}");
            assert_eq!(submission.is_whole, is_whole, "{paths:?}");
            let is_found = submission.files.contains_key("crates/rows/src/main.rs");
            assert!(is_found, "{paths:?} gave {:?}", submission.files);
        }
    }

    #[test]
    fn another_crate_is_not_taken_for_the_exercise() {
        let cases = [
            (&["README.md"][..], "no crate rows in it"),
            (&["materials/crates/columns/src/main.rs"], "no crate rows in it"),
            (&["other/src/main.rs", "other/Cargo.toml"], "its crate is other, not rows"),
        ];
        for (paths, expected) in cases {
            assert_eq!(located(paths).err().as_deref(), Some(expected), "{paths:?}");
        }
    }
}
