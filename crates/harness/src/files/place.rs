//! Where a path leads: which file it is, however it is spelt.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Where a path leads.
#[derive(Debug)]
pub struct Place {
    /// The path, with the links at its end followed if it is a file's or
    /// nothing's yet.
    pub path: PathBuf,
    /// What is there, if something is.
    pub found: Option<Metadata>,
}

/// What makes two paths lead to one file: device and inode, or those of the
/// folder and a name in it where no file is yet.
pub type Id = (u64, u64, Option<OsString>);

/// As many links after one another as Linux follows.
const MOST_LINKS: usize = 40;

/// How long a pipe waits for somebody to open its other end.
const PATIENCE: Duration = Duration::from_secs(3);

impl Place {
    /// Where `path` leads.
    ///
    /// # Errors
    ///
    /// If its folder cannot be searched or its name is none.
    pub fn of(path: &Path) -> io::Result<Self> {
        let found = match fs::metadata(path) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let is_file = found.as_ref().is_none_or(Metadata::is_file);
        let path = if is_file { follow(path)? } else { path.to_owned() };
        // Path would drop these ends, and a file take the folder's name.
        let ends = [&b"/"[..], b"/."];
        let is = |end: &&[u8]| path.as_os_str().as_bytes().ends_with(end);
        if found.is_none() && ends.iter().any(is) {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(Self { path, found })
    }

    /// The folder that it lies in.
    pub fn folder(&self) -> &Path {
        folder(&self.path)
    }

    /// Which file it is.
    ///
    /// # Errors
    ///
    /// If there is neither a file nor a folder for it.
    pub fn id(&self) -> io::Result<Id> {
        if let Some(found) = &self.found {
            return Ok((found.dev(), found.ino(), None));
        }
        let folder = fs::metadata(self.folder())?;
        Ok((folder.dev(), folder.ino(), self.path.file_name().map(OsString::from)))
    }

    /// Whether several may write there: a terminal mixes what they write, and
    /// /dev/null drops it.
    pub fn is_mixed(&self) -> bool {
        let is_device = |found: &Metadata| found.file_type().is_char_device();
        self.found.as_ref().is_some_and(is_device) || own_stream(&self.path).is_some()
    }

    /// What is there, opened for writing, if it is written in order: a device, a
    /// pipe, or a stream of this program under a name of its own.
    ///
    /// # Errors
    ///
    /// If it is a folder or cannot be opened.
    pub fn stream(&self) -> io::Result<Option<File>> {
        let Some(found) = &self.found else { return Ok(None) };
        if found.is_dir() {
            return Err(io::Error::other("it is a folder"));
        }
        match own_stream(&self.path) {
            // Opened again, a file behind it would be written from its beginning.
            Some(own) => own.map(|own| Some(own.into())),
            None if found.is_file() => Ok(None),
            None => wait_to_open(&self.path, OpenOptions::new().write(true)).map(Some),
        }
    }
}

/// A copy of the stream of this program that `path` is another name of.
fn own_stream(path: &Path) -> Option<io::Result<OwnedFd>> {
    match path.to_str()? {
        "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" => {
            Some(io::stdout().as_fd().try_clone_to_owned())
        }
        "/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2" => {
            Some(io::stderr().as_fd().try_clone_to_owned())
        }
        _ => None,
    }
}

/// Which file stdout is, if it is one.
pub fn stdout_file() -> Option<Id> {
    let stdout = File::from(io::stdout().as_fd().try_clone_to_owned().ok()?);
    let found = stdout.metadata().ok().filter(Metadata::is_file)?;
    Some((found.dev(), found.ino(), None))
}

/// The file or pipe at `path`, opened for reading.
///
/// # Errors
///
/// If it is missing, a folder, or a pipe that nobody writes to.
pub fn open(path: &Path) -> io::Result<File> {
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    match found.is_file() {
        true => File::open(path),
        false => wait_to_open(path, OpenOptions::new().read(true)),
    }
}

/// Opens a device or a pipe, which may wait for whoever opens its other end.
fn wait_to_open(path: &Path, options: &OpenOptions) -> io::Result<File> {
    let (sender, receiver) = mpsc::channel();
    let (path, options) = (path.to_owned(), options.clone());
    // If it waits for ever, so does the thread, and ends with the program.
    thread::spawn(move || sender.send(options.open(path)));
    receiver.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        let seconds = PATIENCE.as_secs();
        Err(io::Error::other(format!("nobody has opened its other end for {seconds} s")))
    })
}

/// `path` with the links at its end followed, to something or to nothing.
fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let is_own = path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd");
        match fs::read_link(&path) {
            // What the system calls links there is none of our file system.
            Ok(target) if !is_own => path = folder(&path).join(target),
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("its links go round in a circle"))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
