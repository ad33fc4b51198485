//! What a word is, and where a document may be cut.
//!
//! A document is a sequence of bytes, and so is a part of it. What workers
//! do with it goes through these modules in this order:
//!
//! 1. `share`: each worker gets a range of bytes, moved to where a word ends.
//! 2. `piece`: a part's words, cut by some [`Rules`] and lower-cased.
//! 3. `raw`: bytes that are no UTF-8, inside of words that are.
//! 4. `pack`: counted words as a message, and back.
//! 5. `order`: counted words from the most frequent one on.
//!
//! [`fast`] counts the same words without any pieces, as fast as the machine can.
//! [`corpus`] makes documents of any size for measurements.

mod order;
mod pack;
mod piece;
mod raw;
mod rules;
mod share;

pub mod corpus;
pub mod fast;

#[cfg(test)]
mod hostile;

pub use order::sorted;
pub use pack::{ROW, pack, unpack};
pub use piece::Piece;
pub use raw::decode;
pub use rules::{Rules, Tokens};
pub use share::{first_cut, is_cut, last_cut, share, without_bom};
