//! Each rank has a keeper: the process that the launcher started.
//!
//! The keeper forks the rank, passes on what it prints on stderr, and outlives
//! it. So the last words of a rank that crashes are not lost, whatever way a rank
//! ends is told in our own words, and the launcher hears the same status on
//! every MPI.

use std::env;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Error, ErrorKind, PipeReader, Read, Write};
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::process;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use deadlock::wait_until_read;
use harness::program;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getppid, waitpid};
use rustix::stdio;

/// What a rank has of its keeper.
struct Link {
    /// The terminal, file or pipe that stderr was before the keeper.
    stderr: File,
    /// Where the rank says what [`Told`] holds, and hears that all has been passed on.
    line: UnixStream,
}

static LINK: OnceLock<Link> = OnceLock::new();

/// The rank will be gone soon, and has said why, or all is well.
const TOLD: u8 = b't';
const DONE: u8 = b'd';

/// How long somebody may take to read what was printed.
const PATIENCE: Duration = Duration::from_secs(1);

/// Forks the rank, in which it returns; the keeper stays behind.
///
/// To be called before MPI starts, and before there is a second thread.
///
/// # Errors
///
/// The system's, if it gives no process or no pipe.
pub fn fork() -> io::Result<()> {
    let (reader, writer) = io::pipe()?;
    let (mine, line) = UnixStream::pair()?;
    let Some(rank) = fork_process()? else {
        // Should the keeper be killed, the rank is not left behind.
        #[cfg(target_os = "linux")]
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        let stderr = File::from(rustix::io::dup(stdio::stderr())?);
        stdio::dup2_stderr(&writer)?;
        line.set_read_timeout(Some(PATIENCE))?;
        LINK.get_or_init(|| Link { stderr, line });
        return Ok(());
    };
    drop((writer, line));
    keep(rank, reader, mine)
}

/// Tells the keeper which rank it keeps.
pub fn introduce(rank: i32, size: i32) {
    if let Some(mut link) = LINK.get().map(|link| &link.line) {
        let _ = link.write_all(&[rank.to_ne_bytes(), size.to_ne_bytes()].concat());
    }
}

/// The rank's work is done: its end is not early any more.
pub fn finish() {
    leave(DONE);
}

/// Prints the rank's last line as it is, after all that it has said before.
pub fn say_last(say: impl FnOnce()) {
    leave(TOLD);
    say();
    wait_until_read();
}

/// Gives stderr back once the keeper has passed on what is under way.
fn leave(last: u8) {
    let Some(Link { stderr, line }) = LINK.get() else { return };
    let mut line: &UnixStream = line;
    let _ = line.write_all(&[last]);
    // This closes the writing end of the pipe; the keeper answers with the end of the line.
    if stdio::dup2_stderr(stderr).is_ok() {
        let _ = line.read(&mut [0]);
    }
}

/// Passes on lines until the rank is gone, then ends as it did.
fn keep(rank: Pid, reader: PipeReader, line: UnixStream) -> ! {
    thread::spawn(|| end_with(getppid()));
    let copying = thread::spawn(move || pass_on(reader, line));
    let status = loop {
        match waitpid(Some(rank), WaitOptions::empty()) {
            Ok(Some((_, status))) => break status,
            Err(error) if Error::from(error).kind() != ErrorKind::Interrupted => {
                unreachable!("the rank is a child of this process: {error}")
            }
            _ => {}
        }
    };
    // A process that the rank has left behind may keep the pipe open.
    let end = Instant::now() + PATIENCE;
    while !copying.is_finished() && Instant::now() < end {
        thread::sleep(Duration::from_millis(1));
    }
    let last = if copying.is_finished() { copying.join().ok() } else { None };
    let (status, message) = ending(status, last.unwrap_or_default());
    if let Some(message) = message {
        program::say(&message);
        wait_until_read();
        abort_mpich(status);
    }
    process::exit(status)
}

/// Ends the job as `MPI_Abort` in the rank would have done, where MPICH's mpiexec,
/// told by a status alone, prints a page on stdout and ends with a status of its own.
///
/// The command is that of PMI version 1 (Balaji and others, "PMI: a scalable parallel
/// process-management interface for extreme-scale systems", 2010).
#[allow(unsafe_code, reason = "a descriptor is known by its number alone")]
fn abort_mpich(status: i32) {
    let number = env::var("PMI_FD").ok().and_then(|text| text.parse().ok());
    let Some(number) = number else { return };
    // SAFETY: the launcher has opened it for this process, and nobody here closes it.
    let socket = unsafe { BorrowedFd::borrow_raw(number) };
    let command = format!("cmd=abort exitcode={status}\n");
    if rustix::io::write(socket, command.as_bytes()).is_ok() {
        thread::sleep(PATIENCE);
    }
}

/// Ends this process, and with it the rank, once the launcher has gone.
fn end_with(launcher: Option<Pid>) {
    // Asked, because Linux's own signal tells of the end of a thread of the launcher.
    while getppid() == launcher {
        thread::sleep(PATIENCE / 4);
    }
    process::exit(128 + Signal::HUP.as_raw());
}

/// What a rank has told its keeper.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    /// The rank and their number, once MPI has started.
    rank: Option<[i32; 2]>,
    /// [`DONE`] or [`TOLD`].
    last: Option<u8>,
}

/// Puts `[rank r]` in front of every line. Each launcher has its own flag for
/// this, and it tags stdout too.
fn pass_on(reader: PipeReader, line: UnixStream) -> Told {
    let mut reader = BufReader::new(reader);
    let mut text = Vec::new();
    let mut heard = Vec::new();
    let _ = line.set_nonblocking(true);
    let mut told = Told::default();
    while let Ok(1..) = reader.read_until(b'\n', &mut text) {
        told = Told::hear(&line, &mut heard);
        if !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        // A progress bar is no line of its own: launch.sh draws it in place.
        if let Some([rank, _]) = told.rank.filter(|_| !text.starts_with(b"\r")) {
            text.splice(..0, format!("[rank {rank}] ").into_bytes());
        }
        // One write a line, so that lines of several ranks stay whole.
        let _ = io::stderr().write_all(&text);
        text.clear();
    }
    if told.last.is_none() {
        told = Told::hear(&line, &mut heard);
    }
    told
}

impl Told {
    /// What has come through the line so far.
    fn hear(mut line: &UnixStream, heard: &mut Vec<u8>) -> Self {
        let _ = line.read_to_end(heard);
        let number =
            |bytes: &[u8]| i32::from_ne_bytes(bytes.try_into().expect("four of them"));
        Self {
            rank: heard.get(..8).map(|bytes| [number(&bytes[..4]), number(&bytes[4..])]),
            last: heard.get(8).copied(),
        }
    }
}

/// The keeper's own status, and what is to be said if nobody has.
fn ending(status: WaitStatus, told: Told) -> (i32, Option<String>) {
    let exit = status.exit_status();
    let code =
        exit.unwrap_or_else(|| 128 + status.terminating_signal().unwrap_or_default());
    match (told.last, exit) {
        (Some(TOLD), _) | (Some(_), Some(0)) => return (code, None),
        // MPI has said why it does not start.
        (None, Some(1..)) if told.rank.is_none() => return (code, None),
        _ => {}
    }
    let how = match exit {
        Some(code) => format!("it left the job early, with status {code}"),
        None => how(code - 128),
    };
    let who = told
        .rank
        .map_or("a rank".to_owned(), |[rank, size]| format!("rank {rank} of {size}"));
    (code.max(1), Some(format!("error: {who}: {how}")))
}

/// How a signal ends a process.
fn how(signal: i32) -> String {
    let names = [
        (Signal::SEGV, "it touched memory that is not its own (SIGSEGV)"),
        (Signal::BUS, "it touched memory that is not there (SIGBUS)"),
        (Signal::ABORT, "it gave up (SIGABRT)"),
        (Signal::FPE, "it divided by zero (SIGFPE)"),
        (Signal::ILL, "it met an instruction that the processor does not know (SIGILL)"),
        (Signal::KILL, "it was killed (SIGKILL), by hand or because memory ran out"),
        (Signal::TERM, "it was terminated (SIGTERM)"),
    ];
    let name = names.iter().find(|(named, _)| named.as_raw() == signal);
    name.map_or_else(|| format!("signal {signal} ended it"), |(_, how)| (*how).to_owned())
}

/// Forks this process; `None` in the new one.
#[allow(unsafe_code, reason = "what a fork leaves of a process depends on its threads")]
fn fork_process() -> io::Result<Option<Pid>> {
    unsafe extern "C" {
        fn fork() -> std::ffi::c_int;
    }
    // SAFETY: the process has one thread, so that nothing is half done in the new one.
    match unsafe { fork() } {
        -1 => Err(Error::last_os_error()),
        id => Ok(Pid::from_raw(id)),
    }
}
