//! Text for tests that goes for the seams of every rule.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Piece, Rules, Tokens};

/// Bytes that something depends on: what may and may not be cut, what joins
/// and composes across its neighbours, what is no UTF-8 alone or together.
const FRAGMENTS: [&[u8]; 76] = [
    b"a",
    b"Z",
    b"7",
    b"_",
    b"K",
    b"i",
    b"\n",
    b"\n",
    b"\r",
    b"\r\n",
    b"\t",
    b" ",
    b" ",
    b"  ",
    b"\0",
    b"\x0B",
    b"\x0C",
    b"\x1F",
    b"\x7F",
    b"'",
    b".",
    b",",
    b":",
    b"-",
    b"\"",
    b"the The THE",
    b"x.y",
    b"3,5 3.5",
    b"can't",
    "\u{85}".as_bytes(),
    "\u{a0}".as_bytes(),
    "\u{ad}".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{2009}".as_bytes(),
    "\u{3000}".as_bytes(),
    "\u{feff}".as_bytes(),
    "\u{200d}".as_bytes(),
    "\u{200c}".as_bytes(),
    "\u{200e}".as_bytes(),
    "\u{fe0f}".as_bytes(),
    "\u{301}".as_bytes(),
    "\u{323}".as_bytes(),
    "\u{308}".as_bytes(),
    "\u{338}".as_bytes(),
    "\u{345}".as_bytes(),
    "\u{e9}".as_bytes(),
    "\u{1e9b}".as_bytes(),
    "\u{212a}".as_bytes(),
    "\u{37e}".as_bytes(),
    "\u{1fef}".as_bytes(),
    "\u{130}".as_bytes(),
    "\u{3a3}".as_bytes(),
    "\u{3c3}".as_bytes(),
    "\u{df}".as_bytes(),
    "\u{5d0}".as_bytes(),
    "\u{5b8}".as_bytes(),
    "\u{30ab}".as_bytes(),
    "\u{3099}".as_bytes(),
    "\u{1100}".as_bytes(),
    "\u{1161}".as_bytes(),
    "\u{4e00}".as_bytes(),
    "\u{e01}".as_bytes(),
    "\u{1f1e6}".as_bytes(),
    "\u{1f468}".as_bytes(),
    "\u{1f3fb}".as_bytes(),
    "\u{600}".as_bytes(),
    "\u{661}".as_bytes(),
    "\u{10ff00}".as_bytes(),
    "\u{10ff80}".as_bytes(),
    "\u{10ffff}".as_bytes(),
    b"\x80",
    b"\xC3",
    b"\xE2\x82",
    b"\xF0\x9F\x98",
    b"\xF4\x8F",
    b"\xED\xA0\x80",
];

/// A document made of such bytes.
pub fn document() -> impl Strategy<Value = Vec<u8>> {
    vec(select(&FRAGMENTS[..]), 0..60).prop_map(|fragments| fragments.concat())
}

/// Every rule, with and without composing.
pub fn rules() -> impl Iterator<Item = Rules> {
    let both = |tokens| [false, true].map(|nfc| Rules { tokens, nfc });
    Tokens::ALL.into_iter().flat_map(both)
}

/// The words of `text` by `rules`.
pub fn words(text: &[u8], rules: Rules) -> Vec<String> {
    let mut piece = Piece::new(0, 0);
    piece.add(text, rules);
    piece.words().map(str::to_owned).collect()
}
