//! What a word is: three rules, and the form in which words are counted.

use std::borrow::Cow;

use regex_syntax::is_word_character;
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_segmentation::UnicodeSegmentation;

use super::raw;

/// How text is cut into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tokens {
    /// Maximal runs of word characters (UTS #18, annex C: the regex crate's
    /// `\w`), in lower case.
    Words,
    /// Maximal runs of bytes above 0x20, ASCII letters in lower case.
    Whitespace,
    /// What lies between Unicode's word boundaries (UAX #29) and has at least
    /// one word character, in lower case.
    Uax29,
}

impl Tokens {
    /// All rules, the usual one first.
    pub const ALL: [Tokens; 3] = [Tokens::Words, Tokens::Whitespace, Tokens::Uax29];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Tokens::Words => "words",
            Tokens::Whitespace => "whitespace",
            Tokens::Uax29 => "uax29",
        }
    }
}

/// How a document becomes words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// How text is cut into words.
    pub tokens: Tokens,
    /// Whether text is first brought into normalisation form C (UAX #15), so
    /// that é is one character however it was typed.
    pub nfc: bool,
}

impl Rules {
    /// The form in which the one word of `text` is counted, or `None` if
    /// there is no word in it or more than one.
    pub fn form(self, text: &str) -> Option<String> {
        let mut words = String::new();
        self.cut(text.as_bytes(), &mut words);
        let word = words.strip_suffix('\n')?;
        (!word.contains('\n')).then(|| word.to_owned())
    }

    /// Appends the words of `text` to `words`, a line end after each, and
    /// returns the number of maximal invalid sequences in `text`.
    ///
    /// No word holds a line end: not even in `uax29`, where one may hold a
    /// space (a space with an accent on it).
    pub(super) fn cut(self, text: &[u8], words: &mut String) -> u64 {
        if self.tokens == Tokens::Whitespace {
            let parts = text.split(|&byte| byte <= b' ').filter(|part| !part.is_empty());
            return parts.map(|part| self.push_bytes(part, words)).sum();
        }
        let mut invalid = 0;
        for chunk in text.utf8_chunks() {
            self.cut_text(&self.composed(chunk.valid()), words);
            invalid += u64::from(!chunk.invalid().is_empty());
        }
        invalid
    }

    fn cut_text(self, text: &str, words: &mut String) {
        if self.tokens == Tokens::Uax29 {
            for segment in text.split_word_bounds().filter(|s| s.contains(is_word)) {
                push_text(segment, words);
            }
        } else {
            for run in text.split(|c| !is_word(c)).filter(|run| !run.is_empty()) {
                push_text(run, words);
            }
        }
    }

    /// Appends a word of bytes, and returns how many invalid sequences it has.
    ///
    /// Composing after splitting is the same here as before: no character of
    /// up to 0x20 takes part in a composition, or comes out of one.
    fn push_bytes(self, word: &[u8], words: &mut String) -> u64 {
        let (start, mut invalid) = (words.len(), 0);
        for chunk in word.utf8_chunks() {
            raw::push_text(&self.composed(chunk.valid()), words);
            raw::push_bytes(chunk.invalid(), words);
            invalid += u64::from(!chunk.invalid().is_empty());
        }
        words[start..].make_ascii_lowercase();
        words.push('\n');
        invalid
    }

    fn composed(self, text: &str) -> Cow<'_, str> {
        if !self.nfc || is_nfc(text) {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(text.nfc().collect())
        }
    }
}

/// Appends one word in lower case.
///
/// The word is lower-cased by itself: the Greek sigma has another lower case
/// at the end of a word, and the text around would tell another end.
fn push_text(word: &str, words: &mut String) {
    if word.is_ascii() {
        let start = words.len();
        words.push_str(word);
        words[start..].make_ascii_lowercase();
    } else {
        raw::push_text(&word.to_lowercase(), words);
    }
    words.push('\n');
}

/// Whether `c` is a word character.
fn is_word(c: char) -> bool {
    // Text is mostly ASCII, and the table of the others is long.
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || c == '_'
    } else {
        is_word_character(c)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::super::hostile::{self, words};
    use super::*;

    const WORDS: Rules = Rules { tokens: Tokens::Words, nfc: false };
    const WHITESPACE: Rules = Rules { tokens: Tokens::Whitespace, nfc: false };
    const UAX29: Rules = Rules { tokens: Tokens::Uax29, nfc: false };

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn words_are_what_the_regex_crate_finds(text in hostile::document()) {
            let run = Regex::new(r"\w+").unwrap();
            let mut expected = Vec::new();
            for chunk in text.utf8_chunks() {
                expected.extend(run.find_iter(chunk.valid()).map(|m| m.as_str().to_lowercase()));
            }
            prop_assert_eq!(words(&text, WORDS), expected);
        }

        #[test]
        fn whitespace_keeps_every_other_byte(text in hostile::document()) {
            let parts = text.split(|&byte| byte <= b' ').filter(|part| !part.is_empty());
            let expected: Vec<_> = parts.map(<[u8]>::to_ascii_lowercase).collect();
            let found: Vec<_> =
                words(&text, WHITESPACE).iter().map(|word| raw::decode(word).into_owned()).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn composing_first_and_cutting_then_is_the_same(text in hostile::document()) {
            let mut composed = Vec::new();
            for chunk in text.utf8_chunks() {
                composed.extend(chunk.valid().nfc().collect::<String>().into_bytes());
                composed.extend_from_slice(chunk.invalid());
            }
            for rules in hostile::rules() {
                let first = Rules { nfc: true, ..rules };
                let then = Rules { nfc: false, ..rules };
                prop_assert_eq!(words(&text, first), words(&composed, then), "{:?}", rules);
            }
        }

        #[test]
        fn invalid_sequences_are_counted_as_std_does(text in hostile::document()) {
            let chunks = text.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty());
            let expected = chunks.count() as u64;
            for rules in hostile::rules() {
                prop_assert_eq!(rules.cut(&text, &mut String::new()), expected, "{:?}", rules);
            }
        }
    }

    #[test]
    fn the_rules_differ_where_they_should() {
        for (text, rules, expected) in [
            ("Don't_stop 3.5", WORDS, &["don", "t_stop", "3", "5"][..]),
            ("Don't_stop 3.5", WHITESPACE, &["don't_stop", "3.5"]),
            ("Don't_stop 3.5!", UAX29, &["don't_stop", "3.5"]),
            ("ΟΔΟΣ ΣΑΣ", WORDS, &["οδος", "σας"]),
            ("ΟΔΟΣ.ΣΑΣ", UAX29, &["οδοσ.σας"]),
            ("ÉTÉ", WHITESPACE, &["ÉtÉ"]),
            ("a\u{a0}b", WHITESPACE, &["a\u{a0}b"]),
            ("a\u{a0}b", WORDS, &["a", "b"]),
            ("春眠不覺曉", UAX29, &["春", "眠", "不", "覺", "曉"]),
            ("a \u{301}", UAX29, &["a", " \u{301}"]),
            ("\u{1F44B}, ...", UAX29, &[]),
            ("", WORDS, &[]),
            ("", WHITESPACE, &[]),
        ] {
            assert_eq!(words(text.as_bytes(), rules), expected, "{text} {rules:?}");
        }
    }

    #[test]
    fn a_word_has_the_form_in_which_it_is_counted() {
        let nfc = Rules { nfc: true, ..WORDS };
        for (text, rules, form) in [
            ("The", WORDS, Some("the")),
            ("don't", WORDS, None),
            ("Don't", WHITESPACE, Some("don't")),
            ("Don't", UAX29, Some("don't")),
            ("ÉTÉ", WHITESPACE, Some("ÉtÉ")),
            ("E\u{301}te", nfc, Some("éte")),
            ("two words", WORDS, None),
            ("...", WORDS, None),
            ("", WORDS, None),
            ("", WHITESPACE, None),
        ] {
            assert_eq!(rules.form(text).as_deref(), form, "{text} {rules:?}");
        }
    }
}
