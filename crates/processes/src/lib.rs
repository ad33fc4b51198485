//! Worker processes on one machine: starting them, pipes, shared memory.
//!
//! What Python's multiprocessing module is to the original class. A worker is
//! another process of the same program:
//!
//! - the program calls [`Team::start`] and gets one [`Worker`] per process, to
//!   send numbers to and receive numbers from;
//! - in the new process [`Parent::this`] tells that it is a worker, what its
//!   task is called, and is the other end of the pipes.
//!
//! Processes share no memory unless they ask for it: what goes through a pipe
//! is copied. [`Shared`] is memory that the program and all its workers see.
//!
//! A worker that fails says why and ends; whoever waits for it gets an error.
//! When the program ends, however it ends, its workers see their pipe closed
//! and end too. This is the one crate that maps memory.

mod shared;
mod team;
mod worker;

pub use shared::Shared;
pub use team::{Team, Worker};
pub use worker::Parent;
