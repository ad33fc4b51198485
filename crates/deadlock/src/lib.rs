//! Says which rank waits for whom when an MPI job stands still.
//!
//! MPI lets a tool define every `MPI_X` itself and call the library under the second
//! name `PMPI_X`. This crate does so in every program that is linked with it, and
//! in any other into which its shared library is preloaded (`LD_PRELOAD`).
//!
//! - `calls`: the calls by our own definition. Each records what it waits for.
//! - `live`: the record of this rank: a few stores a call, no look at the stack.
//! - `watch`: a thread of each rank sees when it stands still, and tells rank 0.
//! - `wire`: the sockets over which rank 0 then asks all ranks for their states.
//! - [`state`]: what a rank answers.
//! - [`graph`]: who waits for whom, reduced to those who can never go on.
//! - [`explain`]: the verdict in words, with the likeliest cause.
//! - `lines`: the student's line in which a rank stands.
//!
//! `graph` and `explain` know neither MPI nor sockets: their tests write states by hand.
//!
//! `DEADLOCK_WATCH=0` switches all of it off. `STRICT=1` makes standard sends synchronous
//! and collectives synchronise, so that what works by luck fails at once. For tools that
//! judge a program, `live::summary` counts messages and bytes, and delays a rank.

mod calls;
pub mod explain;
pub mod graph;
mod lines;
mod live;
pub mod state;
mod watch;
mod wire;

pub use live::summary::{Run, run};
pub use live::{is_watching, stop};
pub use watch::{Say, say_with};

/// The line of the exercise in which this thread is, such as `crates/x/src/y.rs:18`.
pub fn student_line() -> Option<String> {
    let line = lines::in_exercise(&std::backtrace::Backtrace::force_capture());
    // Not that of a program or a library in C.
    line.filter(|line| line.starts_with("crates/"))
}
