//! The file `work-R.json`.
//!
//! | field | means |
//! |---|---|
//! | `process`, `processes`, `pid` | R, the ranks of the job if it is one, the system's number |
//! | `cpu_s` | the processor time of the process: all of its threads, so far |
//! | `met` | whether two workers of the job have been inside the kernels at once; null without a gate, or if this process has computed nothing |
//! | `held` | how this process held its worker back; null if it did not |
//! | `pieces` | the pieces of work, in the order in which they began |
//!
//! Of each piece:
//!
//! | field | means |
//! |---|---|
//! | `kind` | `rows`: a call of `count_rows`; `product`: of `multiply`; `words`: of `Piece::words` |
//! | `run` | the number of the run, warm-ups first; null for work beside the runs |
//! | `worker` | the thread, by its first piece in the run |
//! | `begin_ns`, `end_ns` | by this host's monotonic clock, with the time at a gate; null if it never ended |
//! | `busy_ns` | the thread's own processor time |
//! | `line` | the line of the exercise, for the worker's first piece in the run |
//! | `rows`, `width`, `height`, `max_iter` | of `rows`: which rows of which picture; `units` are iterations |
//! | `m`, `k`, `n` | of `product`: the shape; `units` are multiply-adds |
//! | `document`, `bytes` | of `words`: the piece; `units` are words |

use std::backtrace::Backtrace;
use std::time::Duration;

use kernels::matmul::Shape;
use kernels::witness::Work;
use serde_json::{Value, json};

use super::{Process, Record, line};
use crate::clock;

/// A piece of work.
pub(super) struct Piece {
    pub work: Work,
    pub run: Option<usize>,
    pub worker: usize,
    pub begin: Duration,
    pub end: Option<Duration>,
    /// Until the end: what the thread had used before.
    pub busy: Duration,
    pub units: u64,
    pub stack: Option<Backtrace>,
}

/// What the file says.
pub(super) fn page(process: Process, met: Option<bool>, record: &Record) -> Value {
    let processes = match process {
        Process::Rank { ranks, .. } => Some(ranks),
        Process::Alone | Process::Worker { .. } => None,
    };
    json!({
        "process": process.number(),
        "processes": processes,
        "pid": std::process::id(),
        "cpu_s": clock::process_time().as_secs_f64(),
        "met": met.filter(|_| !record.pieces.is_empty()),
        "held": record.held,
        "pieces": record.pieces.iter().map(Piece::value).collect::<Vec<_>>(),
    })
}

impl Piece {
    fn value(&self) -> Value {
        let nanoseconds = |time: Duration| time.as_nanos() as u64;
        let kind = match self.work {
            Work::Rows { .. } => "rows",
            Work::Product(_) => "product",
            Work::Words { .. } => "words",
        };
        let mut value = json!({
            "kind": kind,
            "run": self.run,
            "worker": self.worker,
            "begin_ns": nanoseconds(self.begin),
            "end_ns": self.end.map(nanoseconds),
            "busy_ns": self.end.map(|_| nanoseconds(self.busy)),
            "line": self.stack.as_ref().and_then(line::of),
            "units": self.units,
        });
        let more = match &self.work {
            Work::Rows { rows, width, height, max_iter } => json!({
                "rows": [rows.start, rows.end], "width": width, "height": height,
                "max_iter": max_iter,
            }),
            Work::Product(Shape { m, k, n }) => json!({ "m": m, "k": k, "n": n }),
            Work::Words { document, bytes } => {
                json!({ "document": document, "bytes": bytes })
            }
        };
        let (Value::Object(all), Value::Object(more)) = (&mut value, more) else {
            unreachable!("both are written as objects");
        };
        all.extend(more);
        value
    }
}
