//! The wall, each limit of it, and the bank of hostile submissions behind it.
//!
//! Where there is no bubblewrap, these tests say that they were left out. CI installs it.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

mod bank;
#[path = "../house/mod.rs"]
mod house;
mod wall;

use house::say;

/// `course`, where every user may run it.
struct Course {
    folder: tempfile::TempDir,
}

impl Course {
    /// A folder with the program; `None`, and it is said, where there is no sandbox, or
    /// where this is a handout.
    fn new() -> Option<Self> {
        house::reference()?;
        if !has_sandbox() {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), open).unwrap();
        fs::copy(env!("CARGO_BIN_EXE_course"), folder.path().join("course")).unwrap();
        Some(Self { folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A folder of that name that belongs to `user`.
    fn folder(&self, name: &str, user: Option<u32>) -> PathBuf {
        let path = self.path(&format!("{name}-{}", user.unwrap_or_default()));
        fs::create_dir_all(&path).unwrap();
        if let Some(user) = user {
            std::os::unix::fs::chown(&path, Some(user), Some(user)).unwrap();
        }
        path
    }

    /// `course` with `words`, for this user or as another one.
    fn run(&self, user: Option<u32>, words: &[&OsStr]) -> Output {
        let course = self.path("course");
        let mut command = match user {
            None => Command::new(&course),
            Some(user) => {
                let mut command = Command::new("setpriv");
                let user = user.to_string();
                command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]);
                command.arg(&course);
                command
            }
        };
        command.args(words).output().unwrap()
    }
}

/// The users as whom the tests run: this one and, if this is root, an ordinary one.
fn users() -> Vec<Option<u32>> {
    if is_root() { vec![None, Some(54_321)] } else { vec![None] }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

/// Whether there is a sandbox; if not, that is said once.
fn has_sandbox() -> bool {
    static HAS: OnceLock<bool> = OnceLock::new();
    let tried = || {
        let words = ["--unshare-all", "--ro-bind", "/", "/", "--", "true"];
        let works = Command::new("bwrap").args(words).output();
        let does = works.is_ok_and(|output| output.status.success());
        if !does {
            say(
                "not tested: the wall of `make grade`, for bubblewrap is missing here or may not work",
            );
        }
        does
    };
    *HAS.get_or_init(tried)
}

/// The lines of the file `path`, one JSON value each.
fn lines(path: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
