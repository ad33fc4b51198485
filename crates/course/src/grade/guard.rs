//! `course wall`: one command behind the wall, watched from outside to its end.
//!
//! Check puts it before every command of a student's program. What the limits of
//! a process cannot say is counted here: the memory and the processes of all, the
//! output, the files, the time. At the end no process is left, and nothing but
//! plain files and folders. One line in the account tells how it went.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{fs, sync::Arc};

use harness::program;
use rustix::process::{Pid, Signal};
use serde::{Deserialize, Serialize};

use super::census::{self, Process};
use super::wall::{self, Limits, View};
use super::witness;
use crate::Failure;

/// The command line of `course wall`.
#[derive(clap::Args, Debug)]
pub struct WallArgs {
    #[command(flatten)]
    view: View,
    #[command(flatten)]
    limits: Limits,
    /// The file that gets one line of JSON on how it went
    #[arg(long, value_name = "FILE")]
    account: PathBuf,
    /// The command
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// How a command behind the wall went.
#[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Account {
    /// Why it was ended; none if it ended by itself.
    pub ended: Option<String>,
    /// Where what the process says of itself is not what the kernel says.
    pub doubts: Vec<String>,
    /// On the clock.
    pub seconds: f64,
    /// The most memory of all its processes together, as far as it was seen.
    pub peak_mib: u64,
}

/// How often the processes are looked at.
const PERIOD: Duration = Duration::from_millis(20);
/// Counting the files takes this share of the time, at most: there may be thousands.
const COUNTING: u32 = 20;
/// For how long a command that was ended may take to be gone.
const GRACE: Duration = Duration::from_secs(5);

/// Runs the command and ends as it does.
///
/// # Errors
///
/// If it cannot be started, or its account not be written. Its own status is one
/// as well, unless it is 0.
pub fn wall(args: &WallArgs) -> Result<String, Failure> {
    let start = Instant::now();
    args.view.write.iter().try_for_each(|folder| wall::give(folder))?;
    let mut command = wall::bubblewrap(&args.view, &args.limits);
    command.args(&args.command).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn();
    let mut child = child.map_err(|error| format!("bwrap cannot be started: {error}"))?;
    let is_flooded = Arc::new(AtomicBool::new(false));
    let most = args.limits.output << 10;
    let out = child.stdout.take().expect("it is piped");
    let err = child.stderr.take().expect("it is piped");
    let readers = [
        pass_on(out, io::stdout(), most, &is_flooded),
        pass_on(err, io::stderr(), most, &is_flooded),
    ];
    let seen = BTreeMap::new();
    let mut watch =
        Watch { args, start, next_count: start, is_flooded, seen, peak_bytes: 0 };
    let ended = watch.until_the_end(&mut child);
    let status = child.wait().map_err(|error| format!("bwrap: {error}"))?;
    for reader in readers {
        let _ = reader.join();
    }
    args.view.write.iter().for_each(|folder| remove_all_but_files(folder));
    let cpu_s = watch.seen.values().map(|process| (process.inner_pid, process.cpu_s));
    let doubts = witness_folder(&args.command)
        .map_or_else(Vec::new, |folder| witness::doubts(&folder, &cpu_s.collect()));
    let account = Account {
        ended,
        doubts,
        seconds: start.elapsed().as_secs_f64(),
        peak_mib: watch.peak_bytes >> 20,
    };
    append(&args.account, &account)?;
    conclude(&account, status)
}

/// What a command behind the wall is watched with.
struct Watch<'a> {
    args: &'a WallArgs,
    start: Instant,
    next_count: Instant,
    is_flooded: Arc<AtomicBool>,
    /// Every process that was seen, as it was last seen.
    seen: BTreeMap<i32, Process>,
    peak_bytes: u64,
}

impl Watch<'_> {
    /// Watches `child`, which is bubblewrap, until it has ended or was ended; why it was.
    fn until_the_end(&mut self, child: &mut Child) -> Option<String> {
        let (pid, parent) = (child.id() as i32, rustix::process::getppid());
        while matches!(child.try_wait(), Ok(None)) {
            let processes = census::descendants(pid);
            let excess = self.excess(&processes);
            let is_orphan = rustix::process::getppid() != parent;
            let excess = excess.or(is_orphan.then(|| "nobody waits for it".into()));
            if excess.is_some() {
                end(child, processes.first());
                return excess;
            }
            thread::sleep(PERIOD);
        }
        None
    }

    /// The first limit that is exceeded.
    fn excess(&mut self, processes: &[Process]) -> Option<String> {
        let Limits { seconds, processes: most, memory, disk, output } = self.args.limits;
        let bytes: u64 = processes.iter().map(|process| process.resident_bytes).sum();
        self.peak_bytes = self.peak_bytes.max(bytes);
        self.seen.extend(processes.iter().map(|process| (process.pid, process.clone())));
        let too_much = |what: String| Some(format!("it took more than {what}"));
        if bytes > memory << 20 {
            return too_much(format!("{memory} MiB of memory"));
        }
        if processes.len() > most {
            return too_much(format!("{most} processes"));
        }
        if self.is_flooded.load(Ordering::Relaxed) {
            return too_much(format!("{output} KiB of output"));
        }
        if self.next_count <= Instant::now() {
            let begun = Instant::now();
            if is_over(&self.args.view.write, disk << 20) {
                return too_much(format!("{disk} MiB of files"));
            }
            self.next_count =
                Instant::now() + (begun.elapsed() * COUNTING).max(5 * PERIOD);
        }
        if self.start.elapsed().as_secs() >= seconds {
            return too_much(format!("{seconds} seconds"));
        }
        None
    }
}

/// Ends `child` and all behind the wall: the kernel ends them with `first`, the
/// first process there, and bubblewrap itself when the last one is gone.
fn end(child: &mut Child, first: Option<&Process>) {
    if let Some(pid) = first.and_then(|process| Pid::from_raw(process.pid)) {
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
    let start = Instant::now();
    while matches!(child.try_wait(), Ok(None)) {
        if start.elapsed() > GRACE {
            let _ = child.kill();
        }
        thread::sleep(PERIOD);
    }
}

/// Passes on at most `most` bytes; if there are more, says so in `is_flooded`.
fn pass_on(
    mut from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    most: u64,
    is_flooded: &Arc<AtomicBool>,
) -> JoinHandle<()> {
    let is_flooded = Arc::clone(is_flooded);
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        let mut left = most as usize;
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let passed = read.min(left);
            left -= passed;
            // Where nobody listens, the command still may go on.
            let _ = to.write_all(&buffer[..passed]).and_then(|()| to.flush());
            if passed < read {
                is_flooded.store(true, Ordering::Relaxed);
            }
        }
    })
}

/// Whether there are more than so many `bytes` in `folders`, a block for each name.
fn is_over(folders: &[PathBuf], bytes: u64) -> bool {
    let entries = folders.iter().flat_map(walkdir::WalkDir::new).flatten();
    let sizes = entries.map(|entry| {
        let length = entry.metadata().map_or(0, |about| about.len());
        length.next_multiple_of(4096) + 4096
    });
    // It stops there: there may be millions.
    sizes
        .scan(0, |sum, size| Some(*sum + size).inspect(|all| *sum = *all))
        .any(|s| s > bytes)
}

/// Removes what is neither a file nor a folder below `folder`: a link would lead
/// its reader out, and a pipe would make him wait.
fn remove_all_but_files(folder: &Path) {
    for entry in walkdir::WalkDir::new(folder).min_depth(1).into_iter().flatten() {
        let kind = entry.file_type();
        if !kind.is_file() && !kind.is_dir() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Where the command's program was told to write what it computes.
fn witness_folder(command: &[OsString]) -> Option<PathBuf> {
    let value = |word: &OsString| {
        let value = word.as_bytes().strip_prefix(b"PCR_WITNESS=")?.to_vec();
        String::from_utf8(value).ok().map(PathBuf::from)
    };
    command.iter().find_map(value)
}

fn append(path: &Path, account: &Account) -> Result<(), String> {
    let line = serde_json::to_string(account).expect("it has no map") + "\n";
    let file = fs::OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(line.as_bytes()))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn conclude(account: &Account, status: ExitStatus) -> Result<String, Failure> {
    if let Some(why) = &account.ended {
        program::say(&format!("error: {why}, and was ended"));
        return Err(Failure::Told(137));
    }
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(String::new()),
        (Some(code), _) => Err(Failure::Told(code as u8)),
        (None, signal) => Err(Failure::Told(128 + signal.unwrap_or_default() as u8)),
    }
}
