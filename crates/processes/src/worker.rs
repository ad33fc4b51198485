//! The worker's side: what the task is, and the way to the program.

use std::env;
use std::fs::File;
use std::io::{self, Read, Write};

use bytemuck::Pod;
use harness::witness::{self, Process};
use harness::{Error, Lane, program};

use crate::shared::Shared;

/// What a worker's task is called.
pub(crate) const TASK: &str = "PCR_WORKER_TASK";
/// Which of the program's workers it is.
pub(crate) const NUMBER: &str = "PCR_WORKER_NUMBER";
/// The memory that a worker shares with the program.
pub(crate) const SHARED: &str = "PCR_WORKER_SHARED";

/// The program that started this worker, as the worker sees it.
#[derive(Debug)]
pub struct Parent {
    /// What this worker is told to do.
    pub task: String,
    input: io::Stdin,
    output: File,
}

impl Parent {
    /// The program that started this process as a worker, or `None` if a
    /// person started it.
    ///
    /// From then on what the worker prints on stdout goes to stderr: stdout
    /// itself is the way to the program.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if stdout is closed, and as for
    /// [`prepare_kernels`](program::prepare_kernels).
    pub fn this() -> Option<Result<Self, Error>> {
        Some(Self::connect(env::var(TASK).ok()?))
    }

    fn connect(task: String) -> Result<Self, Error> {
        if let Some(number) = env::var(NUMBER).ok().and_then(|text| text.parse().ok()) {
            witness::introduce(Process::Worker { number });
        }
        program::prepare_kernels()?;
        let redirect = || -> io::Result<File> {
            let output = File::from(rustix::io::dup(rustix::stdio::stdout())?);
            rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
            Ok(output)
        };
        let output = redirect().map_err(|error| {
            Error::failure(format!("a worker without a pipe: {error}"))
        })?;
        Ok(Self { task, input: io::stdin(), output })
    }

    /// Sends a copy of `numbers`.
    ///
    /// # Errors
    ///
    /// [`Error::Told`] if the program has ended: there is nobody to tell.
    pub fn send<T: Pod>(&mut self, numbers: &[T]) -> Result<(), Error> {
        self.output.write_all(bytemuck::cast_slice(numbers)).map_err(|_| Error::Told(1))
    }

    /// Waits for as many numbers as fill `numbers`.
    ///
    /// # Errors
    ///
    /// [`Error::Told`] if the program has ended: there is nobody to tell.
    pub fn receive_into<T: Pod>(&mut self, numbers: &mut [T]) -> Result<(), Error> {
        let read = self.input.lock().read_exact(bytemuck::cast_slice_mut(numbers));
        read.map_err(|_| Error::Told(1))
    }

    /// Sends what this worker has recorded.
    ///
    /// # Errors
    ///
    /// [`Error::Told`] if the program has ended: there is nobody to tell.
    pub fn send_lane(&mut self, lane: &Lane) -> Result<(), Error> {
        let numbers = lane.to_numbers();
        self.send(&[&[numbers.len() as u64], &numbers[..]].concat())
    }

    /// The memory that the program shares with its workers. A worker takes it
    /// once, for it owns the open file behind it from then on.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the program shares none, it is gone, or this
    /// worker has taken it before.
    pub fn shared(&self) -> Result<Shared, Error> {
        let name = env::var(SHARED).unwrap_or_default();
        Shared::open(&name)
            .map_err(|error| Error::failure(format!("no shared memory: {error}")))
    }
}
