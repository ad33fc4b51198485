//! The tree behind the wall: the handout, with one student's regions in it.
//!
//! It holds what the class got and no solution. The libraries and our own crates are
//! built once; for each submission only the exercises are built again.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use harness::program;

use super::guard::Account;
use crate::Failure;
use crate::project::{File, Tree};

/// What a build may take: processes and threads, MiB of memory and files, KiB of output.
const BUILD: &str = "--processes 2048 --memory 8192 --disk 8192 --output 16384";
/// The seconds for everything at once, the first time.
const FIRST_BUILD_S: u64 = 3600;
/// What a run may take. Check ends it after 30 seconds.
const RUN: &str = "--seconds 60 --processes 512 --memory 4096 --disk 512 --output 1024";

/// What the grader itself leaves in the tree.
const OUR_OWN: [&str; 3] = ["target", ".mpi", ".cargo"];

/// A folder with the tree, and how it is built and run.
pub struct Lane {
    /// The tree's top folder.
    pub root: PathBuf,
    /// The one folder in which a student's program may write.
    pub scratch: PathBuf,
    has_wall: bool,
    build_limit_s: u64,
    account: PathBuf,
    toolchain: PathBuf,
    cargo_home: PathBuf,
    /// Further folders that programs read, such as an MPI in /opt.
    read: Vec<PathBuf>,
}

impl Lane {
    /// The lane in the folder `work`.
    ///
    /// # Errors
    ///
    /// If there is no cargo, or the folder cannot be made.
    pub fn new(
        work: &Path,
        has_wall: bool,
        build_limit_s: u64,
        read: &[PathBuf],
    ) -> Result<Self, String> {
        let lane = Self {
            root: work.join("tree"),
            scratch: work.join("scratch"),
            has_wall,
            build_limit_s,
            account: work.join("account"),
            toolchain: toolchain()?,
            cargo_home: cargo_home()?,
            read: read.to_vec(),
        };
        lane.make_open(&lane.root.join("target"))?;
        make(&lane.scratch)?;
        // A file of a student's must not lie where others may run it.
        let closed = fs::set_permissions(work, Permissions::from_mode(0o700));
        closed.map_err(|error| format!("{}: {error}", work.display()))?;
        Ok(lane)
    }

    /// Makes the tree what `tree` says. A file that is right already is left alone, so
    /// that cargo builds only what has changed.
    ///
    /// # Errors
    ///
    /// If a file cannot be written or removed.
    pub fn write(&self, tree: &Tree) -> Result<(), String> {
        let ours = |entry: &walkdir::DirEntry| {
            entry.depth() != 1 || !OUR_OWN.iter().any(|name| entry.file_name() == *name)
        };
        let walk = walkdir::WalkDir::new(&self.root).into_iter().filter_entry(ours);
        for entry in walk {
            let entry = entry.map_err(|error| error.to_string())?;
            let path = entry.path().strip_prefix(&self.root).unwrap_or(entry.path());
            let is_wanted = path.to_str().is_some_and(|path| tree.contains_key(path));
            if !entry.file_type().is_dir() && !is_wanted {
                let removed = fs::remove_file(entry.path());
                removed
                    .map_err(|error| format!("{}: {error}", entry.path().display()))?;
            }
        }
        tree.iter().try_for_each(|(path, file)| self.write_file(path, file))
    }

    fn write_file(&self, path: &str, file: &File) -> Result<(), String> {
        let path = self.root.join(path);
        if fs::read(&path).is_ok_and(|bytes| bytes == file.bytes) {
            return Ok(());
        }
        let mode = if file.is_executable { 0o755 } else { 0o644 };
        self.make_open(path.parent().expect("it lies in the tree"))?;
        fs::write(&path, &file.bytes)
            .and_then(|()| fs::set_permissions(&path, Permissions::from_mode(mode)))
            .map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Makes a folder of the tree that another user may read, whatever the umask says.
    fn make_open(&self, folder: &Path) -> Result<(), String> {
        if folder.is_dir() {
            return Ok(());
        }
        if folder != self.root {
            self.make_open(folder.parent().expect("it lies in the tree"))?;
        }
        make(folder)?;
        let opened = fs::set_permissions(folder, Permissions::from_mode(0o755));
        opened.map_err(|error| format!("{}: {error}", folder.display()))
    }

    /// Sets MPI up and fetches the libraries, in front of the wall: nothing of a
    /// student's is there yet. Then builds all of `crates` behind it, with the
    /// libraries that `own_programs` are made of, as far as they are the same. If all of
    /// that was done before for this `tree`, nothing is left to do.
    ///
    /// # Errors
    ///
    /// If one of that fails.
    pub fn prepare(
        &self,
        tree: &Tree,
        crates: &[&str],
        own_programs: &Path,
    ) -> Result<(), Failure> {
        let ready = self.root.with_file_name("ready");
        let stamp = self.stamp(tree);
        if fs::read_to_string(&ready).is_ok_and(|known| known == stamp) {
            return Ok(());
        }
        let _ = fs::remove_file(&ready);
        self.write(tree)?;
        let fetched = Command::new(self.root.join("crates/ranks/setup.sh"))
            .args(["cargo", "fetch", "--locked", "--quiet"])
            .current_dir(&self.root)
            .stdout(Stdio::null())
            .status();
        if !fetched.is_ok_and(|status| status.success()) {
            let message = "the libraries could not be fetched; see above".into();
            return Err(Failure::Files(message));
        }
        self.begin_with(own_programs, crates)?;
        let built = self.cargo(crates, FIRST_BUILD_S)?;
        if !built.is_success {
            program::say(&built.stderr);
            let message = "the handout cannot be built; see above".into();
            return Err(Failure::Files(message));
        }
        fs::write(&ready, stamp)
            .map_err(|error| Failure::Files(format!("{}: {error}", ready.display())))
    }

    /// A short text that changes with `tree`, the compiler and the MPI.
    fn stamp(&self, tree: &Tree) -> String {
        let mut hasher = DefaultHasher::new();
        (mpi(), &self.toolchain).hash(&mut hasher);
        tree.iter().for_each(|(path, file)| (path, &file.bytes).hash(&mut hasher));
        format!("{:016x}\n", hasher.finish())
    }

    /// Takes over the libraries that were built for the programs in the folder `own`.
    /// cargo builds again what does not fit. No exercise comes along: the reference must
    /// not lie behind the wall.
    fn begin_with(&self, own: &Path, exercises: &[&str]) -> Result<(), String> {
        let programs = self.programs()?;
        // Such as openmpi/release: another MPI's have other flags.
        let mpi = |path: &Path| {
            path.parent().map(|parent| parent.file_name().map(OsString::from))
        };
        if mpi(own) != mpi(&programs) || programs.exists() {
            return Ok(());
        }
        let names: Vec<String> =
            exercises.iter().map(|name| name.replace('-', "_")).collect();
        let is_exercise = |file: &str| {
            let file = file.strip_prefix("lib").unwrap_or(file).replace('-', "_");
            names.iter().any(|name| file.starts_with(name))
        };
        for folder in ["deps", "build", ".fingerprint"] {
            make(&programs.join(folder))?;
            let mut copy = Command::new("cp");
            copy.arg("-a");
            for entry in own.join(folder).read_dir().into_iter().flatten().flatten() {
                let file = entry.file_name().to_string_lossy().into_owned();
                let is_library = [".rlib", ".rmeta", ".so", ".d"]
                    .iter()
                    .any(|end| file.ends_with(end));
                if (folder != "deps" || is_library) && !is_exercise(&file) {
                    copy.arg(entry.path());
                }
            }
            // Whatever is missing then is built.
            let _ = copy.arg(programs.join(folder)).stderr(Stdio::null()).status();
        }
        Ok(())
    }

    /// Builds `crates` anew, and what cargo said.
    ///
    /// # Errors
    ///
    /// If cargo cannot be started, or what the last student left not be removed.
    pub fn build(&self, crates: &[&str]) -> Result<Built, Failure> {
        for name in crates {
            self.forget(name)?;
        }
        self.cargo(crates, self.build_limit_s)
    }

    /// The folder with the programs.
    ///
    /// # Errors
    ///
    /// If MPI was not set up.
    pub fn programs(&self) -> Result<PathBuf, String> {
        let path = self.root.join(".mpi/default");
        let default = || fs::read_to_string(&path);
        let mpi = mpi().map_or_else(default, Ok);
        let mpi = mpi.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(self.root.join("target").join(mpi.trim()).join("release"))
    }

    /// What is put before the command of a run.
    ///
    /// # Errors
    ///
    /// If this program does not know where it lies.
    pub fn run_prefix(&self) -> Result<Vec<OsString>, String> {
        let programs = self.programs()?;
        let mut words = self.prefix(RUN, &[&self.root], &[&self.scratch], &programs)?;
        if self.has_wall
            && let Some(mpi) = mpi()
        {
            words.extend(["/usr/bin/env".into(), format!("MPI={mpi}").into()]);
        }
        Ok(words)
    }

    /// What happened to the commands behind the wall since this was asked last.
    pub fn accounts(&self) -> Vec<Account> {
        let text = fs::read_to_string(&self.account).unwrap_or_default();
        let _ = fs::remove_file(&self.account);
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Empties the folder in which the last student's programs wrote.
    ///
    /// # Errors
    ///
    /// If it cannot be emptied.
    pub fn clean(&self) -> Result<(), String> {
        let at = |error| format!("{}: {error}", self.scratch.display());
        // A folder may have been closed to its owner, too.
        let folders = walkdir::WalkDir::new(&self.scratch).into_iter();
        for entry in folders.filter_map(Result::ok).filter(|e| e.file_type().is_dir()) {
            let _ = fs::set_permissions(entry.path(), Permissions::from_mode(0o700));
        }
        fs::remove_dir_all(&self.scratch).map_err(at)?;
        make(&self.scratch)
    }

    fn cargo(&self, crates: &[&str], seconds: u64) -> Result<Built, Failure> {
        let target = self.root.join("target");
        let registry = self.cargo_home.join("registry");
        let mut read = vec![&*self.root, &*self.toolchain, &*registry];
        let config = self.cargo_home.join("config.toml");
        read.extend(config.is_file().then_some(&*config));
        let bin = self.toolchain.join("bin");
        let mut words = self.prefix(
            &format!("--seconds {seconds} {BUILD}"),
            &read,
            &[&target],
            &bin,
        )?;
        words.extend(["/usr/bin/env".into(), "CARGO_NET_OFFLINE=true".into()]);
        let mut home = OsString::from("CARGO_HOME=");
        home.push(&self.cargo_home);
        words.push(home);
        words.extend(mpi().map(|mpi| format!("MPI={mpi}").into()));
        words.push(self.root.join("crates/ranks/setup.sh").into());
        words.extend(
            "cargo build --release --locked --offline".split(' ').map(Into::into),
        );
        words.extend(["--keep-going", "--message-format=json"].map(Into::into));
        words.extend(crates.iter().flat_map(|name| ["-p".into(), OsString::from(name)]));
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir(&self.root).stdin(Stdio::null());
        let output = command.output();
        let output =
            output.map_err(|error| format!("cargo cannot be started: {error}"))?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(Built {
            is_success: output.status.success(),
            messages: text(output.stdout),
            stderr: text(output.stderr),
        })
    }

    /// The words that put a command behind the wall, with so much to see.
    fn prefix(
        &self,
        limits: &str,
        read: &[&Path],
        write: &[&Path],
        path: &Path,
    ) -> Result<Vec<OsString>, String> {
        if !self.has_wall {
            return Ok(Vec::new());
        }
        let course = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut words = vec![course.into_os_string(), "wall".into()];
        let mut flag = |name: &str, path: &Path| {
            words.extend([name.into(), path.into()]);
        };
        let read = read.iter().copied().chain(self.read.iter().map(PathBuf::as_path));
        read.for_each(|folder| flag("--read", folder));
        write.iter().for_each(|folder| flag("--write", folder));
        flag("--path", path);
        flag("--chdir", &self.root);
        flag("--account", &self.account);
        words.extend(limits.split_whitespace().map(Into::into));
        words.push("--".into());
        Ok(words)
    }

    /// Removes what was built of the crate `name`: a program of the last student's
    /// must not be taken for this one's, if this one's cannot be built.
    fn forget(&self, name: &str) -> Result<(), String> {
        let programs = self.programs()?;
        let snake = name.replace('-', "_");
        let starts = BTreeSet::from([format!("{name}-"), format!("{snake}-")]);
        for folder in [&programs.join("deps"), &programs.join(".fingerprint"), &programs]
        {
            for entry in folder.read_dir().into_iter().flatten().flatten() {
                let file = entry.file_name();
                let file = file.to_string_lossy();
                let is_of_crate = starts.iter().any(|start| file.starts_with(start));
                if file != name && file != format!("{name}.d") && !is_of_crate {
                    continue;
                }
                let path = entry.path();
                let removed = match path.is_dir() {
                    true => fs::remove_dir_all(&path),
                    false => fs::remove_file(&path),
                };
                removed.map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
        Ok(())
    }
}

/// What cargo said.
pub struct Built {
    /// Whether all was built.
    pub is_success: bool,
    /// Its messages, a line of JSON each.
    pub messages: String,
    /// What it wrote for people.
    pub stderr: String,
}

fn make(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// The folder of the compiler and its libraries.
fn toolchain() -> Result<PathBuf, String> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output();
    let output = output.map_err(|error| format!("rustc cannot be started: {error}"))?;
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// The MPI that was asked for by name.
fn mpi() -> Option<String> {
    std::env::var("MPI").ok().filter(|mpi| !mpi.is_empty())
}

fn cargo_home() -> Result<PathBuf, String> {
    let given = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo"));
    given.or(home).ok_or_else(|| "HOME is not set: where are cargo's libraries?".into())
}
