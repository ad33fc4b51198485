//! The words of a part of a document.

use super::rules::Rules;
use crate::memory;
use crate::witness::{self, Work};

/// The words of one part of one document, cut and lower-cased.
///
/// They stand one a line in a single string: a word of its own on the heap
/// would take more time and memory than its counting.
#[derive(Clone, Debug)]
pub struct Piece {
    document: usize,
    words: String,
    invalid_utf8: u64,
}

impl Piece {
    /// A piece of document number `document`, without words as yet, with room
    /// for those of `bytes` bytes of text.
    pub fn new(document: usize, bytes: usize) -> Self {
        // A word and its line end take the room that they take in the text.
        // The few words that grow when lower-cased find more.
        let mut words = String::new();
        memory::reserve_text(&mut words, bytes + 1);
        Self { document, words, invalid_utf8: 0 }
    }

    /// Appends the words of `text`, which begins and ends at a safe place: see
    /// [`is_cut`](super::is_cut).
    pub fn add(&mut self, text: &[u8], rules: Rules) {
        memory::reserve_text(&mut self.words, text.len() + 1);
        self.invalid_utf8 += rules.cut(text, &mut self.words);
    }

    /// The words in the order of the text, in the form in which they count.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let (document, bytes) = (self.document, self.words.len());
        if let Some(begun) = witness::begin(|| Work::Words { document, bytes }) {
            begun.end(self.words.split_terminator('\n').count() as u64);
        }
        self.words.split_terminator('\n')
    }

    /// The number of the document that the words are from.
    pub fn document(&self) -> usize {
        self.document
    }

    /// The number of maximal sequences in the text that are no UTF-8.
    pub fn invalid_utf8(&self) -> u64 {
        self.invalid_utf8
    }
}
