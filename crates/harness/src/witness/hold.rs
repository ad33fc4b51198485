//! The hold: one worker's first piece lasts until the others have done the rest.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde::Serialize;

use super::Process;
use super::gate::LOOK;
use crate::clock;

/// The others have had so much time since one of them finished a piece: no more comes.
const STALLED: Duration = Duration::from_secs(2);
/// How long the worker waits in all.
const LONGEST: Duration = Duration::from_secs(10);

/// The pieces that may be missing when the worker goes on: its own, and the one that
/// it may have asked for already.
const OWN: usize = 2;

/// How the file begins that is as long as a process has done rows.
const ROWS: &str = "rows-";

/// Who is held, and how far the others are.
pub(super) struct Hold {
    folder: PathBuf,
    process: Process,
    worker: usize,
    pub(super) stalled: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    has_begun: bool,
    /// The rows that others in this process have done.
    rows: usize,
    /// Where other processes see it, once there are some.
    file: Option<File>,
}

/// How a worker was held.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Held {
    /// Which one.
    pub worker: usize,
    /// The number of its piece.
    pub piece: usize,
    /// The rows that the others had done when it went on.
    pub others: usize,
    /// Whether that was all but two pieces' worth.
    pub enough: bool,
    /// How long it waited.
    pub waited_s: f64,
}

impl Hold {
    pub fn new(folder: &Path, process: Process, worker: usize) -> Self {
        let (folder, state) = (folder.to_owned(), Mutex::default());
        Self { folder, process, worker, stalled: STALLED, state }
    }

    /// A worker is inside, with a piece of a picture; the one that is to be held stays
    /// with its first piece.
    pub fn enter(&self, worker: usize, rows: usize, height: usize) -> Option<Held> {
        if !self.is_held(worker) || self.state().has_begun {
            return None;
        }
        self.state().has_begun = true;
        let wanted = height.saturating_sub(OWN * rows);
        let start = clock::now();
        let (mut others, mut last) = (self.others(), start);
        while others < wanted
            && last - start < LONGEST
            && clock::now() - last < self.stalled
        {
            thread::sleep(LOOK);
            let now = self.others();
            if now != others {
                (others, last) = (now, clock::now());
            }
        }
        let waited_s = (clock::now() - start).as_secs_f64();
        Some(Held {
            worker: self.worker,
            piece: 0,
            others,
            enough: others >= wanted,
            waited_s,
        })
    }

    /// A worker has done some rows.
    pub fn leave(&self, worker: usize, rows: usize) {
        if self.is_held(worker) {
            return;
        }
        let mut state = self.state();
        state.rows += rows;
        let Process::Rank { rank, .. } = self.process else { return };
        if state.file.is_none() {
            state.file = File::create(self.folder.join(format!("{ROWS}{rank}"))).ok();
        }
        // A length changes at once: nobody ever reads half a number.
        state.file.iter().for_each(|file| _ = file.set_len(state.rows as u64));
    }

    /// Whether this is the worker: a rank, or a thread of the program.
    fn is_held(&self, worker: usize) -> bool {
        match self.process {
            Process::Rank { rank, .. } => rank == self.worker,
            _ => worker == self.worker,
        }
    }

    /// The rows that all others have done.
    fn others(&self) -> usize {
        if !matches!(self.process, Process::Rank { .. }) {
            return self.state().rows;
        }
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let rows =
            entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(ROWS));
        rows.filter_map(|entry| Some(entry.metadata().ok()?.len() as usize)).sum()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
