//! A long text from a seed, with the statistics of a natural one.

use std::ops::Range;

/// The text of `seed` cut off after `bytes` bytes, in chunks; the last byte is
/// a line feed.
pub fn text(seed: u64, bytes: u64) -> impl Iterator<Item = String> {
    let mut corpus = Corpus::new(seed);
    let mut left = bytes;
    std::iter::from_fn(move || {
        let mut chunk = String::with_capacity(2 * CHUNK);
        while left > chunk.len() as u64 && chunk.len() < CHUNK {
            corpus.paragraph(&mut chunk);
        }
        if chunk.len() as u64 >= left {
            // It is ASCII: it can be cut off anywhere.
            chunk.truncate((left as usize).saturating_sub(1));
            chunk.extend((left > 0).then_some('\n'));
        }
        left -= chunk.len() as u64;
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// A source of text without end: the same text for the same seed, everywhere.
///
/// Word number r of the vocabulary comes up about as often as 1 / (r + 3)
/// (Zipf's law), and new words never end (Heaps' law): beyond the first
/// [`COMMON`] words there are octaves, each twice as long as the one before
/// and half as likely. Frequent words are short, as in every language.
/// All of it is whole numbers, for the last bit of a floating-point power is
/// not the same on all machines.
#[derive(Clone, Debug)]
pub struct Corpus {
    random: Random,
    syllables: Vec<String>,
    /// The common words, spelled once.
    common: Vec<String>,
    /// Numbers of common words, each as often as it should be drawn.
    tickets: Vec<u16>,
    /// The length of the line that is being written.
    column: usize,
}

/// The number of words that are drawn by Zipf's law.
const COMMON: usize = 1 << 14;

/// Of 256 words as many are from beyond the common ones.
const RARE: u64 = 26;

/// A chunk is at least this long, in bytes, except for the last one.
const CHUNK: usize = 1 << 16;

/// Where a line ends, in characters.
const LINE: usize = 70;

const ONSETS: [&str; 16] =
    ["b", "d", "f", "g", "j", "k", "l", "m", "n", "p", "r", "s", "t", "th", "v", "w"];
const RIMES: [&str; 8] = ["a", "e", "i", "o", "u", "an", "en", "or"];

impl Corpus {
    /// The text of `seed`: another seed is another language.
    pub fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let mut syllables: Vec<String> = ONSETS
            .iter()
            .flat_map(|on| RIMES.map(|rime| format!("{on}{rime}")))
            .collect();
        for last in (1..syllables.len()).rev() {
            syllables.swap(last, random.below(last as u64 + 1) as usize);
        }
        let mut corpus =
            Self { random, syllables, common: Vec::new(), tickets: tickets(), column: 0 };
        let spell = |number| {
            let mut word = String::new();
            corpus.spell(number, &mut word);
            word
        };
        corpus.common = (0..COMMON as u64).map(spell).collect();
        corpus
    }

    /// Appends one more paragraph to `text`: ASCII, lines of about 70
    /// characters, an empty line at the end.
    pub fn paragraph(&mut self, text: &mut String) {
        for _ in 0..self.random.within(3..9) {
            self.sentence(text);
        }
        // The space after the last sentence gives way to the end of the line.
        text.pop();
        text.push_str("\n\n");
        self.column = 0;
    }

    fn sentence(&mut self, text: &mut String) {
        let start = text.len();
        let words = self.random.within(4..28);
        for word in 0..words {
            let before = text.len();
            self.word(text);
            if word == 0 {
                text[start..=start].make_ascii_uppercase();
            }
            text.push_str(match self.random.below(256) {
                _ if word + 1 < words => match self.random.below(12) {
                    0 => ",",
                    _ => "",
                },
                0..20 => "?",
                20..36 => "!",
                _ => ".",
            });
            self.column += text.len() - before + 1;
            let ends = self.column > LINE;
            text.push(if ends { '\n' } else { ' ' });
            if ends {
                self.column = 0;
            }
        }
    }

    fn word(&mut self, text: &mut String) {
        if self.random.below(256) >= RARE {
            let ticket = self.random.below(self.tickets.len() as u64);
            text.push_str(&self.common[usize::from(self.tickets[ticket as usize])]);
        } else {
            let mut first = COMMON as u64;
            // After 2^40 words there are enough of them.
            while first < 1 << 40 && self.random.below(2) == 0 {
                first *= 2;
            }
            let number = first + self.random.below(first);
            self.spell(number, text);
        }
    }

    /// Appends word `number`: its digits in the base of the syllables.
    ///
    /// A syllable begins with a consonant and has its vowel next, so two
    /// numbers never make the same word.
    fn spell(&self, mut number: u64, text: &mut String) {
        let base = self.syllables.len() as u64;
        loop {
            text.push_str(&self.syllables[(number % base) as usize]);
            if number < base {
                return;
            }
            // Numbers of one digit more begin where those of one less end.
            number = number / base - 1;
        }
    }
}

/// For each common word as many tickets as its share of Zipf's law wants.
fn tickets() -> Vec<u16> {
    let weight = |word: usize| (1_u64 << 40) / (word as u64 + 3);
    let total: u64 = (0..COMMON).map(weight).sum();
    let mut tickets = Vec::new();
    let mut before = 0;
    for word in 0..COMMON {
        before += weight(word);
        // 2^18 tickets: the rarest word still has one or two.
        let end = (u128::from(before) << 18) / u128::from(total);
        tickets.resize(end as usize, word as u16);
    }
    tickets
}

/// Random numbers: splitmix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    fn below(&mut self, end: u64) -> u64 {
        // The high half of a product: faster than a remainder.
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.below(range.end - range.start)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn counts(text: &str) -> HashMap<&str, u64> {
        let mut counts = HashMap::new();
        for word in text.split(|c: char| !c.is_ascii_alphabetic()) {
            *counts.entry(word).or_insert(0) += u64::from(!word.is_empty());
        }
        counts
    }

    #[test]
    fn a_text_has_just_so_many_bytes_and_ends_with_a_line_feed() {
        let long: String = text(7, 300_000).collect();
        for bytes in [0, 1, 2, 100, 65_535, 65_536, 65_537, 200_000, 300_000] {
            let text: String = text(7, bytes).collect();
            assert_eq!(text.len() as u64, bytes);
            assert!(
                text.is_ascii() && (text.is_empty() || text.ends_with('\n')),
                "{bytes}"
            );
            let same = text.len().saturating_sub(1);
            assert_eq!(text[..same], long[..same], "{bytes}");
        }
        assert_ne!(long, text(8, 300_000).collect::<String>());
    }

    // If this fails, the text is another one than on other machines.
    #[test]
    fn the_text_of_a_seed_never_changes() {
        let text: String = text(1, 1_000_000).collect();
        let digest = text.bytes().fold(0_u64, |digest, byte| {
            digest.wrapping_mul(0x0100_0000_01B3) ^ u64::from(byte)
        });
        assert_eq!(
            (&text[..22], digest),
            ("Ge topenven pipan jan ", 5616588816995324176)
        );
    }

    #[test]
    fn frequencies_follow_zipf_and_new_words_never_end() {
        let text: String = text(3, 8_000_000).collect();
        let text = text.to_lowercase();
        let all = counts(&text);
        let mut by_rank: Vec<u64> = all.values().copied().collect();
        by_rank.sort_by(|a, b| b.cmp(a));
        // Rank times count changes little along the list.
        let products =
            [10, 30, 100, 300, 1000, 3000].map(|rank| rank * by_rank[rank as usize]);
        let (most, least) =
            (products.iter().max().unwrap(), products.iter().min().unwrap());
        assert!(most < &(2 * least), "{products:?}");

        let half = counts(&text[..text.len() / 2]).len();
        assert!(all.len() as f64 > 1.3 * half as f64, "{half} {}", all.len());
        let letters: u64 = all.iter().map(|(word, n)| word.len() as u64 * n).sum();
        let mean = letters as f64 / by_rank.iter().sum::<u64>() as f64;
        assert!((4.0..5.0).contains(&mean), "{mean} letters a word");
        let longest = text.lines().map(str::len).max().unwrap();
        assert!(longest < 90, "a line of {longest} characters");
    }

    #[test]
    fn two_numbers_never_make_the_same_word() {
        let corpus = Corpus::new(1);
        let mut words = std::collections::HashSet::new();
        for number in (0..40_000).chain((1 << 21) - 20_000..(1 << 21) + 60_000) {
            let mut word = String::new();
            corpus.spell(number, &mut word);
            assert!(words.insert(word), "{number}");
        }
    }
}
