//! What the exercises compute, and how it is split among workers.
//!
//! Everything here is a pure function of its arguments: no file, clock,
//! thread, message or print. Each exercise decides who computes which part;
//! this crate says what a part is, for serial programs, threads, processes
//! and MPI ranks alike.
//!
//! - [`instructions`]: the vector instructions that kernels use, the one thing to set.
//! - [`memory`]: what is large is asked for, and may not be there.
//! - [`split`]: rows into blocks, cyclic hands and tiles.
//! - [`schedule`]: a model that tells how long a schedule takes, from the costs of tiles.
//! - [`fit`]: laws fitted to measurements: messages, serial parts.
//! - [`matmul`]: matrices from a seed, and products from naive to fast.
//! - [`mandel`]: the view and its escape counts, exact to the bit.
//! - [`words`]: what a word is, and where a document may be cut.
//! - [`witness`]: the kernels tell what they compute, to a program that asks.

pub mod instructions;

pub mod fit;
pub mod memory;
pub mod schedule;
pub mod split;

pub mod mandel;
pub mod matmul;
pub mod words;

pub mod witness;
