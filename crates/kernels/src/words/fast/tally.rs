//! Counted words of any length: to be added up, sent, looked up and sorted.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::table::{Key, Table};
use crate::words::{order, pack, raw};

/// How often each word occurs, in the form in which words are counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The words of up to 16 bytes: nearly all.
    pub(super) short: Table,
    /// Longer ones, and those with bytes that mean something else in a key or
    /// in the order: a zero, or the first byte of what stands for invalid ones.
    long: HashMap<Box<str>, u64, FixedState>,
    pub(super) invalid_utf8: u64,
}

/// Words with their counts as a message.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Words of up to 16 bytes: [`Message::NUMBERS`] numbers each.
    pub short: Vec<u64>,
    /// Other words, as [`pack`](crate::words::pack) makes them.
    pub long: Vec<u8>,
}

impl Message {
    /// A short word is so many numbers: the two of its key, and its count.
    pub const NUMBERS: usize = 3;
}

impl Tally {
    /// Adds `count` occurrences of a word.
    pub fn add(&mut self, word: &str, count: u64) {
        if let Some(key) = key(word) {
            self.short.add(key, count);
        } else if let Some(before) = self.long.get_mut(word) {
            *before += count;
        } else {
            self.long.insert(word.into(), count);
        }
    }

    /// How often a word occurs.
    pub fn get(&self, word: &str) -> u64 {
        match key(word) {
            Some(key) => self.short.get(key),
            None => self.long.get(word).copied().unwrap_or(0),
        }
    }

    /// The number of maximal sequences in the text that are no UTF-8.
    pub fn invalid_utf8(&self) -> u64 {
        self.invalid_utf8
    }

    /// The words as a message.
    pub fn pack(&self) -> Message {
        let mut short = Vec::with_capacity(Message::NUMBERS * self.short.len());
        for (key, count) in self.short.iter() {
            let [low, high] = key.to_numbers();
            short.extend([low, high, count]);
        }
        let long = self.long.iter().map(|(word, &count)| (&**word, count));
        Message { short, long: pack::pack_words(long) }
    }

    /// Adds the words of a message.
    pub fn merge(&mut self, message: &Message) {
        let short = message.short.as_chunks().0;
        let key = |&[low, high, count]: &[u64; Message::NUMBERS]| {
            (Key::from_numbers([low, high]), count)
        };
        self.short.extend(short.len(), short.iter().map(key));
        for (word, count) in pack::unpack(&message.long) {
            self.add(word, count);
        }
    }

    /// The words by count, the highest first; of equal counts by their bytes.
    pub fn sorted(&self) -> Vec<(String, u64)> {
        // Numbers are compared faster than words.
        let numbers = |(key, count): (Key, u64)| (!count, key.to_order());
        let mut short: Vec<(u64, [u64; 2])> = self.short.iter().map(numbers).collect();
        short.sort_unstable();
        let mut long: Vec<(&str, u64)> =
            self.long.iter().map(|(word, &count)| (&**word, count)).collect();
        long.sort_unstable_by(|a, b| order::compare(*a, *b));

        let mut long = long.into_iter().peekable();
        let mut all = Vec::with_capacity(short.len() + long.len());
        for (fewer, order) in short {
            let (bytes, length) = Key::from_order(order).word();
            let word = str::from_utf8(&bytes[..length]).expect("a counted word is UTF-8");
            let next = (word, !fewer);
            let is_before = |long: &(&str, u64)| order::compare(*long, next).is_lt();
            while let Some((word, count)) = long.next_if(is_before) {
                all.push((word.to_owned(), count));
            }
            all.push((word.to_owned(), !fewer));
        }
        all.extend(long.map(|(word, count)| (word.to_owned(), count)));
        all
    }
}

/// The key of a word that is its own bytes.
fn key(word: &str) -> Option<Key> {
    Key::new(word.as_bytes()).filter(|_| !raw::is_encoded(word))
}
