//! The gate: a worker's first piece waits inside the kernel for a second worker.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use std::{fs, thread};

use crate::clock;

/// Even on a crowded machine a thread that is ready runs within this time.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often it looks whether somebody has come.
pub(super) const LOOK: Duration = Duration::from_millis(1);

/// The file that says that two have met.
const MET: &str = "met";
/// How the file begins that says that a worker of a process is inside.
const INSIDE: &str = "inside-";

/// Who of this process is inside the kernels, and whether any two have met.
///
/// The threads of this process see each other here, other processes by a file.
pub(super) struct Gate {
    folder: PathBuf,
    /// The file that stands for this process.
    mine: String,
    /// How long a worker waits.
    pub(super) patience: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    inside: Vec<usize>,
    have_met: bool,
}

impl Gate {
    pub fn new(folder: &Path, process: usize) -> Self {
        let mine = format!("{INSIDE}{process}");
        let (folder, state) = (folder.to_owned(), Mutex::default());
        Self { folder, mine, patience: PATIENCE, state }
    }

    /// A worker is inside; with its first piece it waits for another one.
    pub fn enter(&self, worker: usize, is_first: bool) {
        self.come(worker);
        let start = clock::now();
        while !self.have_met() && is_first && clock::now() - start < self.patience {
            thread::sleep(LOOK);
        }
    }

    fn come(&self, worker: usize) {
        let mut state = self.state();
        let is_empty = state.inside.is_empty();
        state.inside.push(worker);
        if !state.have_met && is_empty {
            self.put(&self.mine);
        } else if !state.have_met && state.inside.iter().any(|other| *other != worker) {
            self.meet(&mut state);
        }
    }

    /// A worker has left the kernel.
    pub fn leave(&self, worker: usize) {
        let mut state = self.state();
        if let Some(place) = state.inside.iter().position(|other| *other == worker) {
            state.inside.swap_remove(place);
        }
        if state.inside.is_empty() && !state.have_met {
            let _ = fs::remove_file(self.folder.join(&self.mine));
        }
    }

    /// Whether two workers of the job have ever been inside at the same time.
    pub fn have_met(&self) -> bool {
        let mut state = self.state();
        // The other's file first: it goes only if nobody has met it, and whoever meets
        // it says so before it goes.
        if !state.have_met && !state.inside.is_empty() && self.sees_another() {
            self.meet(&mut state);
        }
        state.have_met |= self.folder.join(MET).exists();
        state.have_met
    }

    fn sees_another(&self) -> bool {
        let names = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names =
            names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.any(|name| name.starts_with(INSIDE) && name != self.mine)
    }

    fn meet(&self, state: &mut State) {
        state.have_met = true;
        self.put(MET);
    }

    /// Where it cannot be put, nobody meets anybody.
    fn put(&self, name: &str) {
        let _ = fs::write(self.folder.join(name), "");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
