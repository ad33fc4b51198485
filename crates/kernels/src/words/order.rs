//! Counted words in the order in which they are written.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::raw;

/// The words by count, the highest first; of equal counts by their bytes.
///
/// It is the same for any number of workers; the order of a map is not.
pub fn sorted(counts: HashMap<String, u64>) -> Vec<(String, u64)> {
    let mut words: Vec<_> = counts.into_iter().collect();
    words.sort_unstable_by(|a, b| compare((&a.0, a.1), (&b.0, b.1)));
    words
}

/// The order of two words with their counts, by bytes in the document.
pub fn compare(a: (&str, u64), b: (&str, u64)) -> Ordering {
    b.1.cmp(&a.1).then_with(|| raw::decode(a.0).cmp(&raw::decode(b.0)))
}

#[cfg(test)]
mod tests {
    use super::super::hostile::words;
    use super::super::{Rules, Tokens};
    use super::*;

    #[test]
    fn equal_counts_are_in_the_order_of_the_bytes_in_the_document() {
        let bytes = b"b a \xF0\x9F\x98\x80 \x80 \xFF z \xC3\xA9 \xF4\x8F\xBF\xA9 \xF4\x90 \xF4\x8F\xBF\xA9";
        let rules = Rules { tokens: Tokens::Whitespace, nfc: false };
        let mut counts = HashMap::new();
        for word in words(bytes, rules) {
            *counts.entry(word).or_insert(0) += 1;
        }
        let found = sorted(counts);
        let found: Vec<_> =
            found.iter().map(|(word, n)| (raw::decode(word), *n)).collect();
        let expected: [(&[u8], u64); 9] = [
            (b"\xF4\x8F\xBF\xA9", 2),
            (b"a", 1),
            (b"b", 1),
            (b"z", 1),
            (b"\x80", 1),
            (b"\xC3\xA9", 1),
            (b"\xF0\x9F\x98\x80", 1),
            (b"\xF4\x90", 1),
            (b"\xFF", 1),
        ];
        assert_eq!(found, expected.map(|(word, n)| (word.into(), n)));
    }
}
