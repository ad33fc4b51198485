//! Counted words as a message, and back.

use std::collections::HashMap;

use crate::memory;

/// A message is a whole number of rows of this many bytes: MPI counts in C's
/// `int`, and 2^31 rows are 64 times more than 2^31 bytes.
pub const ROW: usize = 64;

/// The words and their counts as one message.
///
/// For each word its length, its bytes and its count, numbers as LEB128: seven
/// bits a byte, the lowest first. Zeros fill the last row of [`ROW`] bytes.
pub fn pack(counts: &HashMap<&str, u64>) -> Vec<u8> {
    pack_words(counts.iter().map(|(&word, &count)| (word, count)))
}

/// The same for words that come one by one.
pub fn pack_words<'w>(words: impl Iterator<Item = (&'w str, u64)>) -> Vec<u8> {
    let mut bytes = Vec::new();
    memory::reserve(&mut bytes, words.size_hint().0 * 12);
    for (word, count) in words {
        // Two numbers have 20 bytes at most.
        memory::reserve(&mut bytes, word.len() + 20);
        push_number(word.len() as u64, &mut bytes);
        bytes.extend_from_slice(word.as_bytes());
        push_number(count, &mut bytes);
    }
    bytes.resize(bytes.len().next_multiple_of(ROW), 0);
    bytes
}

/// The words and their counts in one message, or in several that were joined.
///
/// # Panics
///
/// The iterator does, if [`pack`] has not made the messages.
pub fn unpack(mut messages: &[u8]) -> impl Iterator<Item = (&str, u64)> {
    std::iter::from_fn(move || {
        // No word is empty: a length of zero fills a row.
        let length = loop {
            match messages.is_empty() {
                true => return None,
                false => match take_number(&mut messages) {
                    0 => continue,
                    length => break length as usize,
                },
            }
        };
        let (word, rest) = messages.split_at(length);
        messages = rest;
        let count = take_number(&mut messages);
        Some((str::from_utf8(word).expect("a packed word is UTF-8"), count))
    })
}

fn push_number(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_number(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (&byte, rest) = bytes.split_first().expect("a packed number has an end");
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return number;
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::hash_map;
    use proptest::prelude::*;

    use super::*;

    fn counts() -> impl Strategy<Value = HashMap<String, u64>> {
        let word = prop_oneof![".{1,9}", "[ab]{1,300}"];
        hash_map(word, prop_oneof![1..300_u64, any::<u64>()], 0..60)
    }

    proptest! {
        #[test]
        fn maps_survive_their_messages(first in counts(), second in counts()) {
            let message = |counts: &HashMap<String, u64>| {
                pack(&counts.iter().map(|(word, &count)| (word.as_str(), count)).collect())
            };
            let (one, other) = (message(&first), message(&second));
            prop_assert_eq!((one.len() % ROW, other.len() % ROW), (0, 0));

            let back: HashMap<String, u64> = unpack(&one).map(|(w, n)| (w.to_owned(), n)).collect();
            prop_assert_eq!(&back, &first);
            let joined = [one.clone(), other.clone()].concat();
            let both: Vec<_> = unpack(&one).chain(unpack(&other)).collect();
            prop_assert_eq!(unpack(&joined).collect::<Vec<_>>(), both);
        }
    }

    #[test]
    fn a_map_without_words_is_an_empty_message() {
        assert_eq!(pack(&HashMap::new()), []);
        assert_eq!(unpack(&[]).next(), None);
    }
}
