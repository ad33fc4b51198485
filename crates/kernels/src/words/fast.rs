//! Counting words as fast as the machine can, and none other than the rules'.
//!
//! # The key fact
//!
//! Text is mostly short ASCII words, and for these the rules are simple: a
//! word is a run of bytes of one [`class`], in lower case. So the text is
//! cut into runs by vector instructions ([`edges`]), and a short ASCII run is
//! its own key in the [`table`] of words. Any other run is cut by the [rules]
//! themselves, together with what they look at around it, and the words that
//! come out are counted in the same place ([`tally`]).
//!
//! [rules]: super::Rules

mod class;
mod edges;
mod table;
mod tally;

use std::ops::Range;

use super::rules::{Rules, Tokens};
use crate::instructions::Instructions;
use crate::memory;
use class::Class;
use edges::{CHUNK, Find, Runs};
use table::Key;

pub use tally::{Message, Record, Tally, join};

/// Counts text by some rules.
#[derive(Clone, Debug)]
pub struct Counter {
    rules: Rules,
    find: Find,
    class: Class,
    runs: Runs,
    /// Runs that the rules themselves must cut.
    others: Vec<[u16; 2]>,
    /// The words of such a run.
    spelled: String,
}

impl Counter {
    /// One that uses the chosen instructions.
    pub fn new(rules: Rules) -> Self {
        Self::with(rules, Instructions::chosen())
    }

    /// One that uses some instructions; its results are the same.
    fn with(rules: Rules, instructions: Instructions) -> Self {
        let class = Class::new(|byte| is_inside(byte, rules.tokens));
        let runs = Runs::default();
        Self {
            rules,
            find: edges::with(instructions),
            class,
            runs,
            others: Vec::new(),
            spelled: String::new(),
        }
    }

    /// Adds the words of `text`, which begins and ends at a safe place: see
    /// [`is_cut`](super::is_cut).
    pub fn count(&mut self, text: &[u8], tally: &mut Tally) {
        let mut start = 0;
        while start < text.len() {
            let end = self.chunk(text, start);
            if end - start > CHUNK {
                self.add_by_rules(text, start..end, tally);
            } else {
                self.add_chunk(text, start..end, tally);
            }
            start = end;
        }
    }

    /// The number of runs in `text`: the first step alone, to be measured.
    pub fn find(&mut self, text: &[u8]) -> usize {
        self.steps(text, |runs| runs.edges().len() as u64) as usize
    }

    /// A sum of the hashes of short words: the steps before the table.
    pub fn hash(&mut self, text: &[u8]) -> u64 {
        self.steps(text, |runs| {
            let keys = runs.edges().iter().filter_map(|&run| runs.key(run));
            keys.map(Key::hash).fold(0, u64::wrapping_add)
        })
    }

    fn steps(&mut self, text: &[u8], step: impl Fn(&Runs) -> u64) -> u64 {
        let mut sum = 0_u64;
        for chunk in text.chunks(CHUNK) {
            (self.find)(chunk, &self.class, &mut self.runs);
            sum = sum.wrapping_add(step(&self.runs));
        }
        sum
    }

    /// Where a chunk that begins at `start` ends: never inside a run, but where
    /// a run is longer than a chunk, at the end of that one run.
    fn chunk(&self, text: &[u8], start: usize) -> usize {
        let is_between = |&byte: &u8| !self.class.has(byte);
        let Some(longest) = text[start..].get(..=CHUNK) else { return text.len() };
        if let Some(last) = longest.iter().rposition(is_between) {
            // A chunk ends after a byte between runs, or just before one.
            return start + (last + 1).min(CHUNK);
        }
        let rest = text[start..].iter().position(is_between);
        rest.map_or(text.len(), |length| start + length)
    }

    fn add_chunk(&mut self, text: &[u8], chunk: Range<usize>, tally: &mut Tally) {
        (self.find)(&text[chunk.clone()], &self.class, &mut self.runs);
        if self.rules.tokens == Tokens::Uax29 {
            self.add_keys(tally, |key| key.is_ascii() && key.is_word());
        } else if text[chunk.clone()].is_ascii() {
            // Looked at once, not for each word.
            self.add_keys(tally, |_| true);
        } else {
            self.add_keys(tally, Key::is_ascii);
        }
        while let Some([from, to]) = self.others.pop() {
            let run = chunk.start + usize::from(from)..chunk.start + usize::from(to);
            self.add_by_rules(text, run, tally);
        }
    }

    /// Adds the short runs that are words as they are; the others wait.
    fn add_keys(&mut self, tally: &mut Tally, is_word: impl Fn(Key) -> bool) {
        let (runs, others) = (&self.runs, &mut self.others);
        let words = runs.edges().iter().filter_map(|&run| {
            let key = runs.key(run).filter(|&key| is_word(key));
            if key.is_none() {
                others.push(run);
            }
            key.map(|key| (key, 1))
        });
        tally.short.extend(runs.edges().len(), words);
    }

    /// Adds the words of a run by the rules.
    fn add_by_rules(&mut self, text: &[u8], run: Range<usize>, tally: &mut Tally) {
        let run = context(self.rules, text, run.start)..run.end;
        self.spelled.clear();
        memory::reserve_text(&mut self.spelled, run.len() + 1);
        tally.invalid_utf8 += self.rules.cut(&text[run], &mut self.spelled);
        for word in self.spelled.split_terminator('\n') {
            tally.add(word, 1);
        }
    }
}

/// Whether an ASCII byte can be inside of a word.
fn is_inside(byte: u8, tokens: Tokens) -> bool {
    let is_word = byte.is_ascii_alphanumeric() || byte == b'_';
    match tokens {
        Tokens::Words => is_word,
        Tokens::Whitespace => byte > b' ',
        // UAX #29 has words with these inside: don't, 3.5, 1,000. What else
        // is ASCII it always cuts off from an ASCII byte.
        Tokens::Uax29 => is_word || b"'.,:;\"".contains(&byte),
    }
}

/// Where the text begins that has a say in the first word of a run.
///
/// A run that begins with an accent, or what is like one, may change what is
/// before it: in UAX #29 the two are one segment (WB4), with all spaces where
/// it is a space (WB3d), and NFC may compose them. ASCII composes with nothing
/// before it, and UAX #29 cuts it off from the byte before in any case, which
/// is between words.
fn context(rules: Rules, text: &[u8], mut start: usize) -> usize {
    let looks_back = match rules.tokens {
        Tokens::Words => rules.nfc,
        Tokens::Whitespace => false,
        Tokens::Uax29 => true,
    };
    if start == 0 || !looks_back || text[start].is_ascii() {
        return start;
    }
    // What a mark is on, one byte of ASCII; then spaces, ASCII or not.
    start -= 1;
    if text[start] == b' ' {
        let last = |text: &[u8]| SPACES.iter().find(|s| text.ends_with(s.as_bytes()));
        while let Some(space) = last(&text[..start]) {
            start -= space.len();
        }
    }
    start
}

/// The characters that are spaces (WSegSpace) in UAX #29.
const SPACES: [&str; 14] = [
    " ", "\u{1680}", "\u{2000}", "\u{2001}", "\u{2002}", "\u{2003}", "\u{2004}",
    "\u{2005}", "\u{2006}", "\u{2008}", "\u{2009}", "\u{200A}", "\u{205F}", "\u{3000}",
];

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::{Piece, hostile, is_cut, sorted};
    use super::*;

    /// What letters and marks of other scripts do to their neighbours.
    const SCRIPTS: [&str; 9] = [
        "ΟΔΟΣ ΣΑΣ. Σ ΑΣ' ΆΣ-ΑΣ ὈΔΥΣΣΕΎΣ",
        "İSTANBUL I ı iI Iİ",
        "e\u{301} <\u{338} =\u{338} \u{338}  \u{301}  \u{200d}a",
        "한글 \u{1112}\u{1161}\u{11ab}",
        "ภาษาไทย ก็ ไม่",
        "\u{1f468}\u{200d}\u{1f469} \u{1f1e6}\u{1f1e7}x \u{263a}\u{fe0f}",
        "א\"ב א'ב א' ש\u{5c1}",
        "a\u{2009} \u{200d} \u{3000}\u{2007} \u{301}\u{1680} \u{308}",
        "don't 3.5 1,000 a:b x;y \"z\" a.'b 'tis _ __a",
    ];

    /// Texts that go for the seams of runs, keys and chunks.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let byte =
            prop_oneof![Just(b'a'), Just(b'Z'), Just(b'\''), Just(0xC3), any::<u8>()];
        let lengths = select(&[1, 2, 15, 16, 17, 18, 63, 64, 65, 1000][..]);
        let fragment = prop_oneof![
            4 => hostile::document(),
            2 => select(&SCRIPTS[..]).prop_map(|script: &str| script.as_bytes().to_vec()),
            2 => (byte, lengths).prop_map(|(byte, length)| vec![byte; length]),
            1 => vec(any::<u8>(), 0..40),
        ];
        vec(fragment, 0..12).prop_map(|fragments| fragments.concat())
    }

    /// The plain way: all words, one after the other.
    fn plain(text: &[u8], rules: Rules) -> (Vec<(String, u64)>, u64) {
        let mut piece = Piece::new(0, text.len());
        piece.add(text, rules);
        let mut counts = HashMap::new();
        for word in piece.words() {
            *counts.entry(word.to_owned()).or_insert(0) += 1;
        }
        (sorted(counts), piece.invalid_utf8())
    }

    /// What `counter` finds in parts of `text` that end at the given places.
    fn fast(
        counter: &mut Counter,
        text: &[u8],
        cuts: &[usize],
    ) -> (Vec<(String, u64)>, u64) {
        let (mut tally, mut start) = (Tally::default(), 0);
        for &end in cuts.iter().chain([&text.len()]) {
            counter.count(&text[start..end], &mut tally);
            start = end;
        }
        (join(vec![tally.sorted()]), tally.invalid_utf8())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1500))]

        #[test]
        fn fast_is_plain_by_every_rule_with_all_instructions(
            text in text(), chosen in vec(any::<bool>(), 100)
        ) {
            for rules in hostile::rules() {
                let is_cut = |&at: &usize| is_cut(text[at - 1], text[at], rules.tokens);
                let mut cuts: Vec<usize> = (1..text.len()).filter(is_cut).collect();
                let mut chosen = chosen.iter().copied();
                cuts.retain(|_| chosen.next().unwrap_or(false));
                let expected = plain(&text, rules);
                for instructions in Instructions::available() {
                    let mut counter = Counter::with(rules, instructions);
                    let found = fast(&mut counter, &text, &cuts);
                    prop_assert_eq!(&found, &expected, "{:?} {}", rules, instructions.name());
                }
            }
        }

        #[test]
        fn parts_add_up(first in text(), second in text(), parts in 1..5_usize) {
            for rules in hostile::rules() {
                let mut counter = Counter::new(rules);
                let (mut one, mut other, mut both) = Default::default();
                counter.count(&first, &mut one);
                counter.count(&second, &mut other);
                counter.count(&first, &mut both);
                counter.count(&second, &mut both);
                let expected = join(vec![both.sorted()]);

                let (one, other) = (one.split(parts), other.split(parts));
                let sorted: Vec<Message> = one.iter().zip(&other).map(|(one, other)| {
                    let mut part = Tally::default();
                    part.merge(one);
                    part.merge(other);
                    part.sorted()
                }).collect();
                prop_assert_eq!(&join(sorted), &expected);
                for (word, count) in expected {
                    prop_assert_eq!(both.get(&word), count, "{}", word);
                }
                prop_assert_eq!(both.get("no such word as this, nor as long as this"), 0);
            }
        }
    }

    #[test]
    fn runs_across_the_ends_of_chunks_are_whole() {
        let long = |bytes: usize| "xY".repeat(bytes)[..bytes].to_owned();
        let mut texts = vec![String::new(), "a".to_owned(), " ".repeat(3 * CHUNK)];
        for length in [1, 15, 16, 17, 1000, 70_000, CHUNK - 1, CHUNK, CHUNK + 1, 3 << 20]
        {
            for before in [0, 1, CHUNK - 17, CHUNK - 1, CHUNK, CHUNK + 1] {
                texts.push(format!("{}{} End", ". ".repeat(before / 2), long(length)));
                texts.push(format!(
                    "{}\u{e9}{}\u{e9} a",
                    " ".repeat(before),
                    long(length)
                ));
                texts.push(format!("{} {}'s", long(before), long(length)));
            }
        }
        for rules in hostile::rules().filter(|rules| !rules.nfc) {
            let mut counter = Counter::new(rules);
            for text in texts.iter().map(String::as_bytes) {
                let start = String::from_utf8_lossy(&text[..text.len().min(50)]);
                let (found, expected) =
                    (fast(&mut counter, text, &[]), plain(text, rules));
                assert!(found == expected, "{start}... of {} {rules:?}", text.len());
            }
        }
    }
}
