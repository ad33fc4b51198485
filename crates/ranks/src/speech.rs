//! What a rank prints on stderr comes out line by line with `[rank r]` in front.

use std::fs::File;
use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::sync::Mutex;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::fs::{FileType, fstat};
use rustix::io::ioctl_fionread;
use rustix::stdio;

/// The terminal or file that stderr was, and the thread that copies to it.
static PREFIXING: Mutex<Option<(File, JoinHandle<()>)>> = Mutex::new(None);

/// Puts `[rank r]` in front of every line on stderr, from now on.
///
/// Each launcher has its own flag for this, and it tags stdout too.
/// If no pipe can be made, lines come out as they are.
pub fn prefix_lines(rank: i32) {
    let redirect = || -> io::Result<()> {
        let (reader, writer) = io::pipe()?;
        let stderr = File::from(rustix::io::dup(stdio::stderr())?);
        let copy = stderr.try_clone()?;
        stdio::dup2_stderr(&writer)?;
        let copying = thread::spawn(move || copy_lines(reader, copy, rank));
        *PREFIXING.lock().expect("nobody panics in here") = Some((stderr, copying));
        Ok(())
    };
    let _ = redirect();
}

/// Passes on what is still in the pipe and restores stderr.
pub fn restore() {
    let Some((stderr, copying)) = PREFIXING.lock().expect("nobody panics in here").take()
    else {
        return;
    };
    // This closes the only writing end of the pipe, so the copying ends.
    if stdio::dup2_stderr(&stderr).is_ok() {
        let _ = copying.join();
    }
}

/// Waits until the launcher has read what this rank has printed, a second at most.
///
/// MPICH's ends as soon as it hears that a rank aborts, and what it has not
/// read by then is lost.
pub fn wait_until_read() {
    let end = Instant::now() + Duration::from_secs(1);
    let is_pipe = |fd| {
        fstat(fd)
            .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Fifo)
    };
    for fd in [stdio::stdout(), stdio::stderr()] {
        while is_pipe(fd) && ioctl_fionread(fd).is_ok_and(|unread| unread > 0) {
            if Instant::now() >= end {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn copy_lines(reader: PipeReader, mut stderr: File, rank: i32) {
    let mut reader = BufReader::new(reader);
    let mut line = format!("[rank {rank}] ").into_bytes();
    let prefix = line.len();
    while let Ok(1..) = reader.read_until(b'\n', &mut line) {
        if !line.ends_with(b"\n") {
            line.push(b'\n');
        }
        // A progress bar is no line of its own: launch.sh draws it in place.
        let bar = line[prefix..].starts_with(b"\r");
        // One write a line, so that lines of several ranks stay whole.
        let _ = stderr.write_all(if bar { &line[prefix..] } else { &line });
        line.truncate(prefix);
    }
}
