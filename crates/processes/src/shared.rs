//! Memory that several processes see.
#![allow(unsafe_code)]

use std::env;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use harness::{Error, memory};
use memmap2::MmapMut;
use rustix::io::{FdFlags, fcntl_setfd};

/// Numbers that the program and all its workers see: no copies.
///
/// Nothing orders their accesses. The messages of [`crate::Worker`] and
/// [`crate::Parent`] must do so: who writes where, and when the others read.
#[derive(Debug)]
pub struct Shared {
    file: File,
    numbers: MmapMut,
}

impl Shared {
    /// Memory for `count` numbers, all zero.
    ///
    /// It is a file without a name, in memory where the system has a place
    /// for that: whatever happens to the processes, nothing stays behind.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the machine has not that much memory.
    pub fn new(count: usize) -> Result<Self, Error> {
        let bytes = memory::bytes(&[count], size_of::<f64>());
        memory::require(bytes, "the shared matrices")?;
        // A container's /dev/shm may be small; then a disk's cache is memory, too.
        let folders = [PathBuf::from("/dev/shm"), env::temp_dir()];
        let create = || -> Result<Self, String> {
            let mut reasons = Vec::new();
            for folder in &folders {
                let full = match Self::create(folder, (count * size_of::<f64>()) as u64) {
                    Ok(memory) => return Ok(memory),
                    Err(error) => error.kind() == io::ErrorKind::StorageFull,
                };
                let state = if full { "has no room" } else { "cannot be used" };
                reasons.push(format!("{} {state}", folder.display()));
            }
            Err(reasons.join(" and "))
        };
        create().map_err(|reasons| {
            Error::failure(format!(
                "no memory to share {}: {reasons}; give one more room (a container's \
                 --shm-size, or TMPDIR), or take --memory copied",
                memory::amount(bytes.unwrap_or_default())
            ))
        })
    }

    /// A file without a name in `folder`, and all of its room.
    fn create(folder: &Path, bytes: u64) -> io::Result<Self> {
        let file = tempfile::tempfile_in(folder)?;
        file.set_len(bytes)?;
        // Asked for now: a full disk is an error here and a crash later.
        #[cfg(target_os = "linux")]
        rustix::fs::fallocate(
            &file,
            rustix::fs::FallocateFlags::empty(),
            0,
            bytes.max(1),
        )?;
        // Workers inherit the open file, by its number.
        fcntl_setfd(&file, FdFlags::empty())?;
        Self::map(file)
    }

    /// The name by which a worker opens this memory.
    pub(crate) fn name(&self) -> String {
        self.file.as_raw_fd().to_string()
    }

    /// The memory of that name, in a worker: for the first who asks.
    pub(crate) fn open(name: &str) -> io::Result<Self> {
        static IS_TAKEN: AtomicBool = AtomicBool::new(false);
        let number =
            name.parse().map_err(|_| io::Error::other("the program shares none"))?;
        // A second owner would close what the first one has opened since.
        if IS_TAKEN.swap(true, Ordering::Relaxed) {
            return Err(io::Error::other("this worker has taken it before"));
        }
        // SAFETY: the program opened a file under this number and left it open
        // for its workers; nobody has taken it before.
        let file = File::from(unsafe { OwnedFd::from_raw_fd(number) });
        Self::map(file)
    }

    fn map(file: File) -> io::Result<Self> {
        // SAFETY: the file has no name: nobody but this program and its workers
        // can reach it, and none of them shortens it.
        let numbers = unsafe { MmapMut::map_mut(&file)? };
        Ok(Self { file, numbers })
    }

    /// The numbers.
    pub fn numbers(&self) -> &[f64] {
        bytemuck::cast_slice(&self.numbers)
    }

    /// The numbers, to be changed.
    pub fn numbers_mut(&mut self) -> &mut [f64] {
        bytemuck::cast_slice_mut(&mut self.numbers)
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::IntoRawFd;

    use super::*;

    #[test]
    fn a_worker_takes_the_memory_once() {
        let mut memory = Shared::new(3).unwrap();
        memory.numbers_mut()[1] = 7.0;
        // What a worker inherits: an open file, which nobody owns as yet.
        let number = memory.file.try_clone().unwrap().into_raw_fd().to_string();
        let first = Shared::open(&number).unwrap();
        assert_eq!(first.numbers(), [0.0, 7.0, 0.0]);
        let error = Shared::open(&number).expect_err("a second owner of the same file");
        assert!(error.to_string().contains("taken it before"), "{error}");
        first.file.metadata().expect("the first owner's file is open");
    }
}
