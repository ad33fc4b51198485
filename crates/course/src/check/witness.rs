//! What the kernels and the layer under MPI have seen of a run: who computed what
//! when, and who sent how much to whom.

use std::collections::{BTreeMap, BTreeSet};

use harness::witness;
use serde::Deserialize;

use super::files;
use super::run::Run;
use super::trial::FOLDER;

/// The variable that asks for it, and the folder that it names.
pub const ASK: (&str, &str) = (witness::FOLDER, "FOLDER/witness");

/// The kernels' view of one process.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Work {
    /// Whether two workers of the job were inside the kernels at once; `None` if
    /// nobody asked or computed.
    pub met: Option<bool>,
    /// What came of holding one worker, in the process that has it.
    pub held: Option<Held>,
    /// The calls of kernels, as they began.
    pub pieces: Vec<Piece>,
}

/// A worker that was held in its first piece.
#[derive(Clone, Debug, Deserialize)]
pub struct Held {
    /// Its thread's index; under MPI its rank.
    pub worker: usize,
    /// Whether the others then did all of the rest, up to two pieces.
    pub enough: bool,
}

/// One call of a kernel.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Piece {
    /// `rows`, `product` or `words`.
    pub kind: String,
    /// The worker, by its thread.
    pub worker: usize,
    /// The student's line, of a worker's first piece.
    pub line: Option<String>,
    /// The rows of a picture.
    pub rows: Option<[usize; 2]>,
    /// The rows of a product.
    pub m: Option<usize>,
}

/// The messages of one rank.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Messages {
    /// Those of the student's part, in all runs.
    pub in_runs: Traffic,
}

/// What went through MPI.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Traffic {
    /// Bytes from other ranks.
    pub bytes_received: u64,
    /// Messages from each other rank.
    pub received: Vec<Letters>,
    /// The collectives by their names.
    pub collectives: Vec<Collective>,
}

/// Messages from one rank.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Letters {
    /// The student's line of the last one.
    pub line: Option<String>,
}

/// A collective.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Collective {
    /// The name in C.
    pub call: String,
    /// The student's line of the last call.
    pub line: Option<String>,
}

/// The kernels' view of all ranks of a run, or of its one process.
///
/// # Errors
///
/// In words, if a rank's is missing.
pub fn work(run: &Run) -> Result<Vec<Work>, String> {
    (0..run.ranks).map(|rank| read(run, &format!("work-{rank}.json"))).collect()
}

/// The messages of all ranks of a run.
///
/// # Errors
///
/// In words, if a rank's are missing.
pub fn messages(run: &Run) -> Result<Vec<Messages>, String> {
    (0..run.ranks).map(|rank| read(run, &format!("messages-{rank}.json"))).collect()
}

fn read<T: for<'de> Deserialize<'de>>(run: &Run, name: &str) -> Result<T, String> {
    let folder = ASK.1.replace(FOLDER, &run.folder.display().to_string());
    let value = files::json(&std::path::Path::new(&folder).join(name))?;
    serde_json::from_value(value).map_err(|error| format!("{name}: {error}"))
}

/// The value that a step of the exercise left under `name` on `rank`, for `make check`.
///
/// # Errors
///
/// In words, if there is none.
pub fn left(run: &Run, name: &str, rank: usize) -> Result<serde_json::Value, String> {
    read(run, &format!("{name}-{rank}.json"))
}

/// A worker of a job: its process and its thread.
pub type Worker = (usize, usize);

/// The rows of a picture that each worker has computed, of those that have any.
pub fn rows_of_workers(work: &[Work]) -> BTreeMap<Worker, BTreeSet<usize>> {
    let mut workers: BTreeMap<Worker, BTreeSet<usize>> = BTreeMap::new();
    for (process, work) in work.iter().enumerate() {
        for piece in work.pieces.iter().filter(|piece| piece.kind == "rows") {
            let [first, end] = piece.rows.unwrap_or_default();
            workers.entry((process, piece.worker)).or_default().extend(first..end);
        }
    }
    workers.retain(|_, rows| !rows.is_empty());
    workers
}

/// Whether two workers of the job have ever been at work at the same time; `None` if
/// that was not asked.
pub fn have_met(work: &[Work]) -> Option<bool> {
    let told = || work.iter().filter_map(|work| work.met);
    told().max()
}

/// The student's line in which some rows were computed first.
pub fn first_line(work: &[Work]) -> Option<String> {
    work.iter().flat_map(|work| &work.pieces).find_map(|piece| piece.line.clone())
}

/// The student's line of the collective whose name begins with one of `calls`.
pub fn line_of(messages: &[Messages], calls: &[&str]) -> Option<String> {
    let collectives = messages.iter().flat_map(|messages| &messages.in_runs.collectives);
    let mut named =
        collectives.filter(|known| calls.iter().any(|call| known.call.starts_with(call)));
    named.find_map(|known| known.line.clone())
}
