//! Which bytes are whose, and where a document may be cut.
//!
//! # Why a cut changes no word
//!
//! A document may be cut just after a line feed, and between two bytes of ASCII
//! of which the first is between words. Every one of these is a whole character
//! in UTF-8, valid or not, so that:
//!
//! - an invalid sequence is never cut: it has no ASCII byte in it;
//! - `whitespace` splits at the byte before the cut in any case;
//! - `words` has no word character before the cut: nothing goes across;
//! - NFC composes no character of ASCII with what is before it, and reorders
//!   nothing across it (a mark may follow a line feed and stays alone there);
//! - UAX #29 always breaks after a line feed (WB3a), whatever follows. Between
//!   two characters of ASCII it forbids the break in a line end of two (WB3),
//!   in a run of spaces (WB3d), and beside letters, digits and low lines (WB5 to
//!   WB13b): after one of them, or after what may stand between two of them.
//!
//! An accent is not ASCII, and may belong to what is before it (WB4).
//!
//! Text has such places all over. Where it has none, as in a word of any length,
//! whoever reads it must hold it all.

use std::ops::Range;

use super::Tokens;
use crate::split;

/// Whether a document may be cut between the bytes `before` and `after`.
pub fn is_cut(before: u8, after: u8, tokens: Tokens) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_between = || match tokens {
        Tokens::Words => !is_word(before),
        Tokens::Whitespace => before <= b' ',
        Tokens::Uax29 => match before {
            b'\r' | b' ' => ![b'\n', b' '].contains(&after),
            b'\'' | b'"' | b'.' | b',' | b':' | b';' => !is_word(after),
            _ => !is_word(before),
        },
    };
    before == b'\n' || before.is_ascii() && after.is_ascii() && is_between()
}

/// The first place inside `text` where it may be cut.
pub fn first_cut(text: &[u8], tokens: Tokens) -> Option<usize> {
    let is_cut = |pair: &[u8]| is_cut(pair[0], pair[1], tokens);
    text.windows(2).position(is_cut).map(|at| at + 1)
}

/// The last place inside `text` where it may be cut.
pub fn last_cut(text: &[u8], tokens: Tokens) -> Option<usize> {
    let is_cut = |pair: &[u8]| is_cut(pair[0], pair[1], tokens);
    text.windows(2).rposition(is_cut).map(|at| at + 1)
}

/// The bytes of worker `part` of `parts`: ranges of documents, in order.
///
/// The documents, of `sizes` bytes, count as one long text that is dealt out
/// in equal ranges, so that a huge document is shared as evenly as many small
/// ones. Where a range begins or ends inside a document, whoever reads it
/// moves that end forward to the next place for a cut.
pub fn share(sizes: &[u64], parts: usize, part: usize) -> Vec<(usize, Range<u64>)> {
    let total: u64 = sizes.iter().sum();
    let mine = split::block(total as usize, parts, part);
    let (start, end) = (mine.start as u64, mine.end as u64);
    let mut ranges = Vec::new();
    let mut first = 0;
    for (document, &size) in sizes.iter().enumerate() {
        let (from, to) = (start.max(first), end.min(first + size));
        if from < to {
            ranges.push((document, from - first..to - first));
        }
        first += size;
    }
    ranges
}

/// `document` without the byte order mark that it may begin with.
pub fn without_bom(document: &[u8]) -> &[u8] {
    document.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(document)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::hostile;
    use super::super::{Piece, Rules};
    use super::*;

    /// The words of `text` in parts that end at the given places, one after
    /// the other, and the number of invalid sequences in all of them.
    fn in_parts(text: &[u8], cuts: &[usize], rules: Rules) -> (Vec<String>, u64) {
        let (mut words, mut invalid, mut start) = (Vec::new(), 0, 0);
        for &end in cuts.iter().chain([&text.len()]) {
            let mut piece = Piece::new(0, end - start);
            piece.add(&text[start..end], rules);
            words.extend(piece.words().map(str::to_owned));
            invalid += piece.invalid_utf8();
            start = end;
        }
        (words, invalid)
    }

    fn all_cuts(text: &[u8], tokens: Tokens) -> Vec<usize> {
        (1..text.len()).filter(|&at| is_cut(text[at - 1], text[at], tokens)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn parts_have_the_words_of_the_whole(
            text in hostile::document(), chosen in vec(any::<bool>(), 300)
        ) {
            for rules in hostile::rules() {
                let mut cuts = all_cuts(&text, rules.tokens);
                let mut chosen = chosen.iter().copied();
                cuts.retain(|_| chosen.next().unwrap_or(true));
                let whole = in_parts(&text, &[], rules);
                prop_assert_eq!(in_parts(&text, &cuts, rules), whole, "{:?} {:?}", rules, cuts);
            }
        }

        #[test]
        fn the_first_and_the_last_cut_are_cuts(text in hostile::document()) {
            for tokens in Tokens::ALL {
                let cuts = all_cuts(&text, tokens);
                prop_assert_eq!(first_cut(&text, tokens), cuts.first().copied());
                prop_assert_eq!(last_cut(&text, tokens), cuts.last().copied());
            }
        }

        #[test]
        fn shares_tile_the_documents_and_differ_by_a_byte_at_most(
            sizes in vec(prop_oneof![Just(0), 0..20_u64, 0..5000_u64], 0..20), parts in 1..30_usize
        ) {
            let shares: Vec<_> = (0..parts).map(|part| share(&sizes, parts, part)).collect();
            let mut next = vec![0; sizes.len()];
            for (document, range) in shares.iter().flatten() {
                prop_assert_eq!(range.start, next[*document]);
                prop_assert!(!range.is_empty());
                next[*document] = range.end;
            }
            prop_assert_eq!(&next, &sizes);
            let bytes = |share: &Vec<(usize, Range<u64>)>| -> u64 {
                share.iter().map(|(_, range)| range.end - range.start).sum()
            };
            let (most, least) = (shares.iter().map(bytes).max(), shares.iter().map(bytes).min());
            prop_assert!(most.unwrap() - least.unwrap() <= 1);
        }
    }

    #[test]
    fn a_cut_is_after_a_line_feed_or_between_words_in_ascii() {
        // In which of the three: words, whitespace, uax29.
        for (before, after, cuts) in [
            (b'\n', b'a', [true; 3]),
            (b'\n', b'\n', [true; 3]),
            (b'\n', 0xCC, [true; 3]),
            (b' ', b'a', [true; 3]),
            (b'\0', b'\0', [true; 3]),
            (b'\r', b'0', [true; 3]),
            (b' ', b'_', [true; 3]),
            (b' ', b' ', [true, true, false]),
            (b' ', 0xCC, [false; 3]),
            (b'\r', b'\n', [true, true, false]),
            (b'a', b'a', [false; 3]),
            (b'a', b' ', [false; 3]),
            (b'.', b'a', [true, false, false]),
            (b'.', b'.', [true, false, true]),
            (b'-', b'a', [true, false, true]),
            (b'_', b'-', [false; 3]),
            (0xC2, b'a', [false; 3]),
        ] {
            let found = Tokens::ALL.map(|tokens| is_cut(before, after, tokens));
            assert_eq!(found, cuts, "{before:02X} {after:02X}");
        }
    }

    #[test]
    fn only_the_first_byte_order_mark_goes() {
        for (document, rest) in [
            (&b"\xEF\xBB\xBFa"[..], &b"a"[..]),
            (b"\xEF\xBB\xBF\xEF\xBB\xBF", b"\xEF\xBB\xBF"),
            (b"\xEF\xBB", b"\xEF\xBB"),
            (b"a\xEF\xBB\xBF", b"a\xEF\xBB\xBF"),
            (b"", b""),
        ] {
            assert_eq!(without_bom(document), rest, "{document:?}");
        }
    }
}
