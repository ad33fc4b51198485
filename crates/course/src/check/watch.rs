//! `--watch`: the check again whenever a file of the exercise is saved.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};
use std::{fs, thread};

use walkdir::WalkDir;

use crate::Failure;

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_millis(300);

/// Checks the exercise `name` by make, which builds it, now and after each change.
///
/// It ends with Ctrl-C.
///
/// # Errors
///
/// If make cannot be started.
pub fn watch(root: &Path, name: &str) -> Result<(), Failure> {
    let folder = root.join("crates").join(name);
    loop {
        let seen = files(&folder);
        // Not what this make was called with: that would watch again.
        let status = Command::new("make")
            .args(["--no-print-directory", "-s", "-C"])
            .arg(root)
            .arg(format!("check-{name}"))
            .args(["ARGS="])
            .env_remove("MAKEFLAGS")
            .env_remove("MAKELEVEL")
            .status();
        status.map_err(|error| Failure::Files(format!("make: {error}")))?;
        harness::program::say(&format!(
            "Waiting until a file in crates/{name} is saved. Ctrl-C ends it."
        ));
        while files(&folder) == seen {
            thread::sleep(PAUSE);
        }
    }
}

/// The source files below `folder`, with the times of their last change.
fn files(folder: &Path) -> Vec<(std::path::PathBuf, Option<SystemTime>)> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    let files = entries.filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let time = |path: &Path| fs::metadata(path).and_then(|data| data.modified()).ok();
    files.map(|path| (path.clone(), time(&path))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_file_is_seen_and_another_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("block.rs");
        fs::write(&path, "").unwrap();
        let seen = files(folder.path());
        fs::write(folder.path().join("block.rs.swp"), "").unwrap();
        assert_eq!(files(folder.path()), seen);
        let later = SystemTime::now() + Duration::from_secs(5);
        fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
        assert_ne!(files(folder.path()), seen);
    }
}
