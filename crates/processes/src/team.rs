//! The program's side: starting workers and talking to them.

use std::env;
use std::io::{self, Read, Write};
use std::ops::{Deref, DerefMut};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use bytemuck::Pod;
use harness::{Error, Lane};

use crate::shared::Shared;
use crate::worker::{NUMBER, SHARED, TASK};

/// The worker processes of a program. Dropping the team ends them.
#[derive(Debug)]
pub struct Team {
    workers: Vec<Worker>,
}

/// A worker process, as the program sees it: numbers go in and come out.
#[derive(Debug)]
pub struct Worker {
    number: usize,
    process: Child,
    // `None` only while the team ends.
    input: Option<ChildStdin>,
    output: ChildStdout,
}

impl Team {
    /// `count` more processes of this program, each told to do `task`; they
    /// see `shared` too, if there is some.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the machine gives no further process.
    pub fn start(
        count: usize,
        task: &str,
        shared: Option<&Shared>,
    ) -> Result<Self, Error> {
        let start = |number| {
            Worker::start(number, task, shared).map_err(|error| {
                Error::failure(format!("cannot start worker {number}: {error}"))
            })
        };
        Ok(Self { workers: (0..count).map(start).collect::<Result<_, _>>()? })
    }
}

impl Deref for Team {
    type Target = [Worker];

    fn deref(&self) -> &[Worker] {
        &self.workers
    }
}

impl DerefMut for Team {
    fn deref_mut(&mut self) -> &mut [Worker] {
        &mut self.workers
    }
}

impl Worker {
    fn start(number: usize, task: &str, shared: Option<&Shared>) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.env(TASK, task).env(NUMBER, number.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Some(shared) = shared {
            command.env(SHARED, shared.name());
        }
        let mut process = command.spawn()?;
        let input = process.stdin.take();
        let output = process.stdout.take().expect("stdout is piped");
        Ok(Self { number, process, input, output })
    }

    /// Sends a copy of `numbers`; waits while the worker has no time to read.
    ///
    /// # Errors
    ///
    /// What became of a worker that reads no more.
    pub fn send<T: Pod>(&mut self, numbers: &[T]) -> Result<(), Error> {
        let input = self.input.as_mut().expect("open while the team lives");
        input
            .write_all(bytemuck::cast_slice(numbers))
            .and_then(|()| input.flush())
            .map_err(|_| self.what_happened())
    }

    /// Waits for as many numbers as fill `numbers`.
    ///
    /// # Errors
    ///
    /// What became of a worker that sends no more.
    pub fn receive_into<T: Pod>(&mut self, numbers: &mut [T]) -> Result<(), Error> {
        let read = self.output.read_exact(bytemuck::cast_slice_mut(numbers));
        read.map_err(|_| self.what_happened())
    }

    /// Waits for what the worker has recorded: see
    /// [`Parent::send_lane`](crate::Parent::send_lane).
    ///
    /// # Errors
    ///
    /// What became of a worker that sends no more.
    pub fn receive_lane(&mut self) -> Result<Lane, Error> {
        let mut length = [0_u64];
        self.receive_into(&mut length)?;
        let mut numbers = vec![0; length[0] as usize];
        self.receive_into(&mut numbers)?;
        Ok(Lane::from_numbers(&numbers))
    }

    /// A worker whose pipe is closed has ended or is about to.
    fn what_happened(&mut self) -> Error {
        drop(self.input.take());
        match self.process.wait().map(|status| (status.code(), status)) {
            Ok((Some(code @ 1..=255), _)) => Error::Told(code as u8),
            Ok((_, status)) => {
                Error::failure(format!("worker {} ended: {status}", self.number))
            }
            Err(error) => {
                Error::failure(format!("worker {} is lost: {error}", self.number))
            }
        }
    }
}

impl Drop for Team {
    fn drop(&mut self) {
        // All pipes are closed before the first worker is waited for: a worker
        // started later holds no end of an earlier one's pipe, but this way
        // nobody has to rely on it.
        for worker in &mut self.workers {
            drop(worker.input.take());
        }
        for worker in &mut self.workers {
            // A worker in the middle of a task is not waited for.
            let _ = worker.process.kill();
            let _ = worker.process.wait();
        }
    }
}
