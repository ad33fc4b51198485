//! MPI: start-up, failure, rows as a datatype, lines of ranks, the shared counter.
//!
//! An exercise talks MPI itself, with the traits of the `mpi` crate: scatter,
//! broadcast, send and receive stand in the exercise. What stands here is what
//! would distract from them:
//!
//! - [`run`] starts MPI, parses the command line and makes sure that any error
//!   or panic on any rank ends the whole job with one message.
//! - [`on_root`] lets rank 0 check files and flags before anybody computes.
//! - [`on_all`] lets every rank do what may fail, with one message if it does.
//! - [`measure()`] takes the time of the slowest rank; [`try_measure`] of work that
//!   may fail. Where a trace is asked for, the clocks of all machines are
//!   compared, and the ranks' times brought to rank 0's.
//! - [`ping_pong()`] takes the time of messages between two ranks, by their size.
//! - [`Rows`] and [`RowsMut`] let MPI count in rows instead of elements.
//! - [`all_gather_rows`] and [`reduce_scatter_rows`] share a block among the ranks
//!   of a line.
//! - [`Counter`] hands out tiles without a master.
//! - [`setting`] and [`hosts`] tell where a job ran, [`memory_share`] how much
//!   memory each rank can have there.
//! - [`trial`] launches real jobs in tests.
//!
//! A program that is linked with this crate is watched: should its job stand still,
//! [`deadlock`] says why, unless `--no-watch` is given.
//!
//! This is the one crate with unsafe MPI calls, beside [`deadlock`], which passes calls on. `launch.sh` beside it starts
//! jobs, for make, the tests and the tools alike; `setup.sh` finds an MPI or
//! installs one.

mod clocks;
mod counter;
mod job;
mod keeper;
mod launcher;
mod lines;
mod machines;
mod measure;
mod options;
mod ping_pong;
mod root;
mod rows;
pub mod trial;

pub use counter::Counter;
pub use job::run;
pub use lines::{all_gather_rows, reduce_scatter_rows};
pub use machines::{count_text, hosts, library, memory_share, setting};
pub use measure::{largest, measure, try_measure};
pub use ping_pong::{Message, ping_pong};
pub use root::{on_all, on_root};
pub use rows::{Rows, RowsMut};
