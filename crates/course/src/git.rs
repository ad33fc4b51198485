//! What git knows of the project: which files belong to it, and since when.

use std::path::Path;
use std::process::Command;

/// A file that git tracks.
pub struct Tracked {
    /// From the project's folder, with `/`.
    pub path: String,
    /// As git has it, whatever the file system says.
    pub is_executable: bool,
}

/// The tracked files in and below `root`, in byte order of path.
///
/// # Errors
///
/// If there is no repository, no tracked file, or one that is a link or whose
/// lines end with CRLF here only: git sees no change in that.
pub fn tracked(root: &Path) -> Result<Vec<Tracked>, String> {
    let listing = git(root, &["ls-files", "--stage", "--eol", "-z"])?;
    let mut files = Vec::new();
    for entry in listing.split_terminator('\0') {
        let mut fields = entry.splitn(3, '\t');
        let (Some(about), Some(ends), Some(path)) =
            (fields.next(), fields.next(), fields.next())
        else {
            return Err("git ls-files: no path in its answer".into());
        };
        if ends.starts_with("i/lf")
            && (ends.contains("w/crlf") || ends.contains("w/mixed"))
        {
            return Err(format!(
                "{path}: its lines end with CRLF, those of the repository with LF; save it so"
            ));
        }
        let is_executable = match about.split(' ').next() {
            Some("100644") => false,
            Some("100755") => true,
            _ => {
                return Err(format!(
                    "{path}: a link or a module: only plain files can be handed out"
                ));
            }
        };
        files.push(Tracked { path: path.into(), is_executable });
    }
    if files.is_empty() {
        return Err(format!("{}: git tracks no file here", root.display()));
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// The time of the last commit, in seconds since 1970.
///
/// # Errors
///
/// If there is no commit yet.
pub fn commit_time_s(root: &Path) -> Result<u64, String> {
    let time = git(root, &["log", "-1", "--format=%ct"])?;
    time.trim().parse().map_err(|_| format!("git log: {time:?} is no time"))
}

/// Whether a tracked file differs from the last commit, or is not in it yet.
///
/// # Errors
///
/// If there is no repository.
pub fn has_changes(root: &Path) -> Result<bool, String> {
    Ok(!git(root, &["status", "--porcelain", "--untracked-files=no", "--", "."])?
        .is_empty())
}

/// What git prints for `words` in `root`.
fn git(root: &Path, words: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    // Its messages are compared and shown, so they must be in English.
    // No optional locks: another git may be at work in the same folder.
    command.args(["--no-optional-locks", "-C"]).arg(root).args(words).env("LC_ALL", "C");
    let output =
        command.output().map_err(|error| format!("git cannot be started: {error}"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        let message = message.lines().next().unwrap_or("no reason given");
        let remedy = if message.contains("not a git repository") {
            "; run this in the repository of the course, not in an unpacked handout"
        } else {
            ""
        };
        let message = message.trim_start_matches("fatal: ");
        return Err(format!("git {} in {}: {message}{remedy}", words[0], root.display()));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| "git: a tracked file's name is not UTF-8".to_string())
}
