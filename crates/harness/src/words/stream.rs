//! Reading what has no size, or a wrong one: pipes, devices, files of /proc.

use std::env;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

/// Every rank gets a copy, so there is an end to it: some devices have none.
const MOST: usize = 256 << 20;

/// How long nothing may come.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where to open `path` if it is a descriptor, such as /dev/stdin or what a shell
/// makes of `<(command)`; `None` if it is none.
///
/// mpiexec does not hand descriptors on, so launch.sh says who has them.
pub fn descriptor(path: &Path) -> Option<PathBuf> {
    let of_process =
        || path.strip_prefix("/dev/fd").or_else(|_| path.strip_prefix("/proc/self/fd"));
    let number = if path == "/dev/stdin" { Path::new("0") } else { of_process().ok()? };
    Some(match env::var("PCR_LAUNCHER") {
        Ok(process) => Path::new("/proc").join(process).join("fd").join(number),
        Err(_) => path.to_owned(),
    })
}

/// All that comes from `path`, to its end.
///
/// # Errors
///
/// If it cannot be opened or read, is a terminal, has more than 256 MiB, or if
/// nothing comes for ten seconds: a pipe that nobody writes to.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let (sender, blocks) = mpsc::sync_channel(1);
    let path = path.to_owned();
    // Opening a pipe waits for its writer, without a limit: this thread does it.
    thread::spawn(move || {
        if let Err(error) = send(&path, &sender) {
            // Nobody listens when patience has ended before.
            let _ = sender.send(Err(error));
        }
    });
    let mut text = Vec::new();
    loop {
        match blocks.recv_timeout(PATIENCE) {
            Ok(block) => text.extend(block?),
            Err(RecvTimeoutError::Disconnected) => return Ok(text),
            Err(RecvTimeoutError::Timeout) => {
                let waited = "nothing came from it for 10 s: does anything write to it?";
                return Err(io::Error::other(waited));
            }
        }
        if text.len() > MOST {
            let most =
                "it has more than 256 MiB and tells no size: make a file of it first";
            return Err(io::Error::other(most));
        }
    }
}

/// Sends the content of `path`, block by block.
fn send(path: &Path, blocks: &SyncSender<io::Result<Vec<u8>>>) -> io::Result<()> {
    let mut file = File::open(path)?;
    if file.is_terminal() {
        return Err(io::Error::other("it is a terminal: name a file or a pipe"));
    }
    let mut block = vec![0; 256 << 10];
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(read) if blocks.send(Ok(block[..read].to_vec())).is_err() => return Ok(()),
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                return Err(error);
            }
            _ => {}
        }
    }
}
