//! Counted words of any length: to be added up, sent, looked up and sorted.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::mem;

use foldhash::fast::FixedState;

use super::table::{Key, Table};
use crate::memory;
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
    /// The words of up to 16 bytes.
    pub short: Vec<Record>,
    /// Other words, as [`pack()`](crate::words::pack()) makes them.
    pub long: Vec<u8>,
}

/// A short word and its count: the complement of the count, and the two numbers
/// of the word. Records are in the order in which words are written.
pub type Record = [u64; 3];

impl Tally {
    /// Adds `count` occurrences of a word.
    pub fn add(&mut self, word: &str, count: u64) {
        if let Some(key) = key(word) {
            self.short.add(key, count);
        } else if let Some(before) = self.long.get_mut(word) {
            *before += count;
        } else {
            self.long.insert(memory::owned(word).into_boxed_str(), count);
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

    /// The words in `parts` messages. Which of them a word is in depends on the
    /// word alone: whoever adds up the messages of one number has it all.
    pub fn split(&self, parts: usize) -> Vec<Message> {
        // By the low half of the hash: the high bits pick a word's place, and
        // those of one part should not all want the same ones.
        let part = |hash: u64| ((u64::from(hash as u32) * parts as u64) >> 32) as usize;
        let mut messages = vec![Message::default(); parts];
        // Parts are nearly equal: to grow by doubling would copy all of one.
        let expected = self.short.len() / parts;
        messages
            .iter_mut()
            .for_each(|m| memory::reserve(&mut m.short, expected + expected / 8));
        for (key, count) in self.short.iter() {
            messages[part(key.hash())].short.push(record(key, count));
        }
        let mut long = vec![Vec::new(); parts];
        for (word, &count) in &self.long {
            long[part(self.long.hasher().hash_one(word))].push((&**word, count));
        }
        for (message, words) in messages.iter_mut().zip(long) {
            message.long = pack::pack_words(words.into_iter());
        }
        messages
    }

    /// Makes room for so many more short words.
    pub fn reserve(&mut self, words: usize) {
        self.short.reserve(words);
    }

    /// Adds the words of a message.
    pub fn merge(&mut self, message: &Message) {
        let records = message.short.iter();
        let short =
            records.map(|&[fewer, high, low]| (Key::from_order([high, low]), !fewer));
        self.short.extend(message.short.len(), short);
        for (word, count) in pack::unpack(&message.long) {
            self.add(word, count);
        }
    }

    /// All words in one message, in the order in which they are written.
    pub fn sorted(&self) -> Message {
        let records = self.short.iter().map(|(key, count)| record(key, count));
        let mut short: Vec<Record> = Vec::new();
        memory::reserve(&mut short, self.short.len());
        short.extend(records);
        short.sort_unstable();
        let long = self.long.iter().map(|(word, &count)| (&**word, count));
        let mut long: Vec<(&str, u64)> = long.collect();
        long.sort_unstable_by(|a, b| order::compare(*a, *b));
        Message { short, long: pack::pack_words(long.into_iter()) }
    }
}

/// The words of sorted messages by count, the highest first; of equal counts by
/// their bytes.
pub fn join(mut messages: Vec<Message>) -> Vec<(String, u64)> {
    let mut short =
        messages.first_mut().map_or_else(Vec::new, |m| mem::take(&mut m.short));
    let more = messages.iter().skip(1).map(|message| message.short.len());
    memory::reserve(&mut short, more.sum());
    for message in messages.iter().skip(1) {
        short.extend_from_slice(&message.short);
    }
    // A stable sort finds what is sorted already, and merges it.
    short.sort();
    let mut long: Vec<_> =
        messages.iter().flat_map(|message| pack::unpack(&message.long)).collect();
    long.sort_by(|a, b| order::compare(*a, *b));

    let mut long = long.into_iter().peekable();
    let mut all = Vec::new();
    memory::reserve(&mut all, short.len());
    for [fewer, high, low] in short {
        let (bytes, length) = Key::from_order([high, low]).word();
        let word = str::from_utf8(&bytes[..length]).expect("a counted word is UTF-8");
        let next = (word, !fewer);
        let is_before = |long: &(&str, u64)| order::compare(*long, next).is_lt();
        while let Some((word, count)) = long.next_if(is_before) {
            all.push((memory::owned(word), count));
        }
        all.push((word.to_owned(), !fewer));
    }
    all.extend(long.map(|(word, count)| (memory::owned(word), count)));
    all
}

fn record(key: Key, count: u64) -> Record {
    let [high, low] = key.to_order();
    [!count, high, low]
}

/// The key of a word that is its own bytes.
fn key(word: &str) -> Option<Key> {
    Key::new(word.as_bytes()).filter(|_| !raw::is_encoded(word))
}
