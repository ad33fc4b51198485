//! What any study of several programs needs.
//!
//! Data flows one way: program, JSON, study, results/*.csv, table. A study knows
//! programs by their command lines and by the JSON that they print, and does not
//! care who prints it.
//!
//! 1. [`options`]: how many workers and rounds, and which folders.
//! 2. [`implementation`]: what can be run, as data: a program and its flags.
//! 3. [`rounds`]: all of them run in turn, several times over ([`child`]).
//! 4. [`record`]: times, speed-ups and troubles, one record a row, and the
//!    [`machine`] it is from.
//! 5. [`csv`], [`table`] and [`summary`]: the records for plots and for people.
//!
//! The program `study` runs what a class runs, and `compare` sets the same
//! programs beside those of others.

pub mod options;

pub mod child;
pub mod implementation;
pub mod rounds;

pub mod machine;
pub mod record;

pub mod csv;
pub mod summary;
pub mod table;

pub mod topic;
