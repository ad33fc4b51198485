//! One result file: written where nobody sees it, and given its name at once.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::cannot_write;
use super::place::Place;
use crate::Error;

/// A file that is going to be written.
///
/// Until it is complete it has no name at all where the system can do that, as
/// Linux can: an old file of its name survives a failed run, nobody ever sees
/// half a file, and nothing stays of a run that is killed.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    target: Target,
}

#[derive(Debug)]
enum Target {
    /// The bytes, and the place that gets them when they are complete.
    Staged(File, Place),
    /// A device or a pipe such as /dev/stdout: it is written in order.
    Stream(File),
}

impl Output {
    /// Makes sure that `path` can be written, and changes nothing there.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the folder is missing or not writable, or
    /// if `path` is a folder, a file that is write-protected or a pipe that
    /// nobody reads.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let target = open_target(path).map_err(|error| cannot_write(path, &error))?;
        Ok(Self { path: path.to_owned(), target })
    }

    /// Writes the whole file with `write` and gives it its name.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the disk is full or the folder has vanished.
    pub fn write(
        self,
        write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
    ) -> Result<(), Error> {
        self.fill(write)?;
        self.publish()
    }

    /// Writes the whole file with `write`; a file does not get its name yet.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the disk is full.
    pub fn fill(
        &self,
        write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let (Target::Staged(file, _) | Target::Stream(file)) = &self.target;
        let mut buffer = BufWriter::new(file);
        write(&mut buffer)
            .and_then(|()| buffer.flush())
            .map_err(|error| cannot_write(&self.path, &error))
    }

    /// Gives the file its name.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the folder has vanished.
    pub fn publish(self) -> Result<(), Error> {
        let Target::Staged(staged, place) = self.target else { return Ok(()) };
        let named = name(&staged, place.folder())
            .and_then(|file| file.persist(&place.path).map_err(|error| error.error));
        let published = match named {
            // What is mounted there, or lies in a folder of somebody else's,
            // cannot be replaced.
            Err(error) if place.found.is_some() && !is_full(&error) => {
                overwrite(&staged, &place.path)
            }
            named => named.map(drop),
        };
        published.map_err(|error| cannot_write(&self.path, &error))
    }
}

fn open_target(path: &Path) -> io::Result<Target> {
    let place = Place::of(path)?;
    if let Some(stream) = place.stream()? {
        return Ok(Target::Stream(stream));
    }
    let staged = tempfile::tempfile_in(place.folder());
    let Some(found) = &place.found else { return Ok(Target::Staged(staged?, place)) };
    OpenOptions::new().write(true).open(&place.path)?;
    // A file may be writable in a folder that is not.
    let staged = staged.or_else(|_| tempfile::tempfile())?;
    // Whoever could not read the old file shall not read the new one.
    let _ = staged.set_permissions(found.permissions());
    Ok(Target::Staged(staged, place))
}

/// Gives `staged` a name in `folder` that is none of the user's, and short:
/// it fits wherever the user's name does.
fn name(staged: &File, folder: &Path) -> io::Result<NamedTempFile<()>> {
    Builder::new().prefix(".part-").make_in(folder, |path| {
        link(staged, path).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Err(error),
            _ => copy(staged, &mut File::create_new(path)?),
        })
    })
}

/// Links a file without a name, as open(2) of Linux has it for O_TMPFILE.
#[cfg(target_os = "linux")]
fn link(staged: &File, path: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    use std::os::fd::AsRawFd;
    let own = format!("/proc/self/fd/{}", staged.as_raw_fd());
    Ok(linkat(CWD, own, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn overwrite(staged: &File, path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    copy(staged, &mut file)?;
    file.set_len(staged.metadata()?.len())
}

fn copy(mut staged: &File, file: &mut File) -> io::Result<()> {
    staged.rewind()?;
    io::copy(&mut staged, file).map(drop)
}

fn is_full(error: &io::Error) -> bool {
    [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&error.kind())
}
