//! What a run's workers have computed, as the kernels themselves tell it: on request.
//!
//! `PCR_WITNESS=FOLDER` has every process of a run write `FOLDER/work-R.json` at its
//! end: R is the rank under MPI and 0 without; of worker processes the program itself is
//! 0, and its workers are 1 and on. The file says which piece of work was computed
//! by which thread, from when to when, and how much it was. `page` has its format.
//! Nothing is timed in such a run: it shows who did what.
//!
//! Two knobs make visible in one short run how the workers share the work. They
//! hold a worker back *inside* the kernel, so it does not matter how the program is written:
//!
//! - `PCR_GATE=1` (`gate`): a worker's first piece waits until a second worker is inside
//!   too. If that never happens, the work is serial, however many workers there are.
//! - `PCR_HOLD=W` (`hold`): the first piece of worker W lasts until the others have
//!   done nearly all rows. If W gets its full share after that, the schedule is static.
//!   The others wait for W to come.
//!
//! The processes of a job tell each other how far they are by files in FOLDER, which
//! must be empty at first. Where ranks run on several hosts they see different
//! folders: the knobs do nothing then.
//!
//! What a program computes to verify its result is left out. A run that fails, by an
//! error or a panic, leaves no file. A call of [`kernels::mandel::count_pixel`] and
//! `--kernel fast` of wordcount are not seen.

mod gate;
mod hold;
mod line;
mod page;
#[cfg(test)]
mod tests;

use std::backtrace::Backtrace;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::thread::{self, ThreadId};

use kernels::witness::{Listener, Work, listen};

use crate::files::Output;
use crate::{Error, clock};
use gate::Gate;
use hold::{Held, Hold};
use page::Piece;

/// The variable that names the folder; without it nothing is recorded.
pub const FOLDER: &str = "PCR_WITNESS";
/// The variable that has workers wait for each other.
pub const GATE: &str = "PCR_GATE";
/// The variable that names the worker that is held back.
pub const HOLD: &str = "PCR_HOLD";

/// Which process of a run this is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Process {
    /// The program, whose workers are threads.
    Alone,
    /// A rank of an MPI job; `together` if all are on this host.
    #[allow(missing_docs)]
    Rank { rank: usize, ranks: usize, together: bool },
    /// A worker process. Its program ends it without a warning, so it writes its
    /// file after each piece.
    Worker {
        /// Its number, from 0 on.
        number: usize,
    },
}

static PROCESS: OnceLock<Process> = OnceLock::new();
static WITNESS: OnceLock<Witness> = OnceLock::new();

struct Witness {
    folder: PathBuf,
    process: Process,
    gate: Option<Gate>,
    hold: Option<Hold>,
    record: Mutex<Record>,
}

/// What this process has computed so far.
#[derive(Default)]
struct Record {
    /// The runs that have begun.
    runs: usize,
    is_running: bool,
    is_verifying: bool,
    /// The threads that have computed in this run, in order of appearance.
    workers: Vec<ThreadId>,
    pieces: Vec<Piece>,
    held: Option<Held>,
}

/// Says which process this is, if it is not the program alone: before its command line
/// is parsed.
pub fn introduce(process: Process) {
    // The first who says it knows.
    let _ = PROCESS.set(process);
}

/// Listens to the kernels from now on, if [`FOLDER`] is set.
///
/// # Errors
///
/// [`Error::Failure`] if the folder cannot be made, [`Error::Usage`] if [`HOLD`] is
/// no number.
pub(crate) fn start() -> Result<(), Error> {
    let Some(folder) = folder() else { return Ok(()) };
    fs::create_dir_all(&folder).map_err(|error| {
        Error::failure(format!("{FOLDER}={}: {error}", folder.display()))
    })?;
    let process = PROCESS.get().copied().unwrap_or(Process::Alone);
    let gate = variable(GATE).filter(|asked| asked != "0" && process.sees_all());
    let hold = held_worker()?.filter(|_| process.sees_all());
    let witness = Witness {
        gate: gate.map(|_| Gate::new(&folder, process.number())),
        hold: hold.map(|worker| Hold::new(&folder, process, worker)),
        folder,
        process,
        record: Mutex::default(),
    };
    if WITNESS.set(witness).is_ok() {
        listen(Listener { begin, end });
    }
    Ok(())
}

/// The folder in which a tool wants to see what a run does, if there is one.
pub(crate) fn folder() -> Option<PathBuf> {
    variable(FOLDER).map(PathBuf::from)
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn held_worker() -> Result<Option<usize>, Error> {
    let Some(worker) = variable(HOLD) else { return Ok(None) };
    let worker = worker.to_string_lossy();
    let number = worker.parse().map_err(|_| {
        Error::usage(format!("{HOLD}={worker}: not the number of a worker, from 0 on"))
    });
    number.map(Some)
}

/// A run, timed or to warm up, from [`run`] until it is dropped.
#[derive(Debug)]
pub struct Run(());

/// A run begins: workers are numbered anew.
#[must_use]
pub fn run() -> Run {
    if let Some(mut record) = WITNESS.get().map(Witness::record) {
        record.runs += 1;
        record.is_running = true;
        record.workers.clear();
    }
    Run(())
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(mut record) = WITNESS.get().map(Witness::record) {
            record.is_running = false;
        }
    }
}

/// What `work` returns; what it computes is no part of the run's work.
pub(crate) fn unseen<T>(work: impl FnOnce() -> T) -> T {
    let set = |is_verifying| {
        if let Some(mut record) = WITNESS.get().map(Witness::record) {
            record.is_verifying = is_verifying;
        }
    };
    set(true);
    let result = work();
    set(false);
    result
}

/// Writes what this process has computed, if anybody wants to know: at the end of a
/// run that has gone well.
///
/// # Errors
///
/// [`Error::Failure`] if the file cannot be written.
pub fn finish() -> Result<(), Error> {
    WITNESS.get().map_or(Ok(()), Witness::write)
}

/// The number of work that is not recorded.
const UNSEEN: usize = usize::MAX;

fn begin(work: Work) -> usize {
    let Some(witness) = WITNESS.get() else { return UNSEEN };
    let Some(begun) = witness.record().begin(&work) else { return UNSEEN };
    let Begun { number, worker, is_first } = begun;
    if let Some(gate) = &witness.gate {
        gate.enter(worker, is_first);
    }
    if let (Some(hold), Work::Rows { rows, height, .. }) = (&witness.hold, &work) {
        let held = hold.enter(worker, is_first, rows.len(), *height);
        if let Some(held) = held.map(|held| Held { piece: number, ..held }) {
            witness.record().held = Some(held);
        }
    }
    // Waiting takes no processor time, looking around does.
    witness.record().pieces[number].busy = clock::thread_time();
    number
}

fn end(number: usize, units: u64) {
    let Some(witness) = WITNESS.get().filter(|_| number != UNSEEN) else { return };
    let (now, busy) = (clock::now(), clock::thread_time());
    let piece = {
        let mut record = witness.record();
        let piece = &mut record.pieces[number];
        (piece.end, piece.units) = (Some(now), units);
        piece.busy = busy.saturating_sub(piece.busy);
        (piece.worker, piece.work.clone())
    };
    if let Some(gate) = &witness.gate {
        gate.leave(piece.0);
    }
    if let (Some(hold), Work::Rows { rows, .. }) = (&witness.hold, &piece.1) {
        hold.leave(piece.0, rows.len());
    }
    if matches!(witness.process, Process::Worker { .. }) {
        // Whoever reads the folder sees that there is none.
        let _ = witness.write();
    }
}

/// Work that is recorded.
struct Begun {
    number: usize,
    worker: usize,
    /// Whether it is the worker's first piece.
    is_first: bool,
}

impl Record {
    fn begin(&mut self, work: &Work) -> Option<Begun> {
        if self.is_verifying {
            return None;
        }
        let thread = thread::current().id();
        let known = self.workers.iter().position(|worker| *worker == thread);
        let worker = known.unwrap_or(self.workers.len());
        if known.is_none() {
            self.workers.push(thread);
        }
        self.pieces.push(Piece {
            work: work.clone(),
            run: self.is_running.then(|| self.runs - 1),
            worker,
            begin: clock::now(),
            end: None,
            busy: clock::thread_time(),
            units: 0,
            stack: known.is_none().then(Backtrace::force_capture),
        });
        // The knobs work in the first run.
        let is_first = known.is_none() && self.runs < 2;
        Some(Begun { number: self.pieces.len() - 1, worker, is_first })
    }
}

impl Witness {
    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn write(&self) -> Result<(), Error> {
        let met = self.gate.as_ref().map(Gate::have_met);
        let page = page::page(self.process, met, &self.record());
        let name = format!("work-{}.json", self.process.number());
        let file = Output::create(&self.folder.join(name))?;
        file.write(|file| Ok(serde_json::to_writer(file, &page)?))
    }
}

impl Process {
    fn number(self) -> usize {
        match self {
            Process::Alone => 0,
            Process::Rank { rank, .. } => rank,
            Process::Worker { number } => number + 1,
        }
    }

    /// Whether it sees the files of all other processes.
    fn sees_all(self) -> bool {
        !matches!(self, Process::Rank { together: false, .. })
    }
}
