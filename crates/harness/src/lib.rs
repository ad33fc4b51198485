//! How a run is asked for, timed, checked and recorded.
//!
//! The exercises share everything here, so an exercise holds its strategy
//! and nothing else. A program goes through these modules in
//! this order:
//!
//! 1. [`program`]: `main` hands over to `run(args)`; an error becomes one
//!    line on stderr and the exit status.
//! 2. [`options`]: the flags that every program has.
//! 3. [`files`] and [`memory`]: outputs and sizes are checked before any work.
//! 4. [`measure`]: warm up, run, take the time; each worker has a [`Lane`].
//! 5. [`record`]: the result for people, as JSON, and as a line of CSV;
//!    with `--trace` also what each worker did when.
//!
//! The topics add their own flags, files and checks, one module each:
//! [`matmul`], [`mandel`], [`words`]. [`progress`] draws bars where a person
//! watches; [`trial`] runs the real programs in tests; [`leave()`] keeps what a step
//! of an exercise has made, for `make check`.
//!
//! [`witness`] records which worker has computed what, if a tool asks for it.
//!
//! The harness starts no worker: it does not know threads, processes or MPI.

pub mod program;

pub mod options;

pub mod files;
pub mod memory;

pub mod clock;
mod lane;
pub mod measure;
pub mod record;

mod leave;
pub mod progress;
pub mod trial;
pub mod witness;

pub mod npy;
pub mod npz;

pub mod mandel;
pub mod matmul;
pub mod words;

pub use lane::{Lane, Span, Work};
pub use leave::leave;
pub use options::Common;
pub use program::Error;
