//! Bytes that are no UTF-8, inside of words that are.
//!
//! Words are counted as `str`, and in `whitespace` mode any byte may be part
//! of a word. A byte that is not UTF-8 travels as a character of its own,
//! U+10FF00 plus the byte, from the last of Unicode's private-use planes. It
//! is what Python calls surrogateescape; Rust has no lone surrogates.
//!
//! Such a character in a document is treated as four bytes that are not UTF-8.
//! Without that two different words could become the same.

use std::borrow::Cow;

/// The first byte of all characters from U+100000 on.
const LEAD: u8 = 0xF4;

/// Whether `text` may have reserved characters in it.
pub fn is_encoded(text: &str) -> bool {
    text.as_bytes().contains(&LEAD)
}

/// Appends `text`, and the bytes of a reserved character one by one.
pub fn push_text(text: &str, out: &mut String) {
    if !is_encoded(text) {
        return out.push_str(text);
    }
    for c in text.chars() {
        match byte(c) {
            None => out.push(c),
            Some(_) => push_bytes(c.encode_utf8(&mut [0; 4]).as_bytes(), out),
        }
    }
}

/// Appends a reserved character for each of `bytes`.
///
/// # Panics
///
/// If one of them is ASCII, which is UTF-8 everywhere.
pub fn push_bytes(bytes: &[u8], out: &mut String) {
    for &byte in bytes {
        assert!(!byte.is_ascii(), "0x{byte:02X} is UTF-8");
        out.extend(char::from_u32(0x10_FF00 + u32::from(byte)));
    }
}

/// The bytes of a word as they stand in the document.
pub fn decode(word: &str) -> Cow<'_, [u8]> {
    if !is_encoded(word) {
        return Cow::Borrowed(word.as_bytes());
    }
    let mut bytes = Vec::with_capacity(word.len());
    for c in word.chars() {
        match byte(c) {
            None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Some(byte) => bytes.push(byte),
        }
    }
    Cow::Owned(bytes)
}

/// The byte that a reserved character stands for.
fn byte(c: char) -> Option<u8> {
    let reserved = '\u{10FF80}'..='\u{10FFFF}';
    reserved.contains(&c).then_some(c as u32 as u8)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::hostile;
    use super::*;

    fn encode(bytes: &[u8]) -> String {
        let mut word = String::new();
        for chunk in bytes.utf8_chunks() {
            push_text(chunk.valid(), &mut word);
            push_bytes(chunk.invalid(), &mut word);
        }
        word
    }

    proptest! {
        // What has an inverse never makes two words the same.
        #[test]
        fn any_bytes_survive(bytes in vec(any::<u8>(), 0..80), text in hostile::document()) {
            for bytes in [bytes, text] {
                let word = encode(&bytes);
                prop_assert_eq!(&decode(&word)[..], &bytes[..]);
            }
        }

        #[test]
        fn text_without_reserved_characters_stays_as_it_is(text in "[^\u{10FF80}-\u{10FFFF}]*") {
            prop_assert_eq!(encode(text.as_bytes()), text);
        }
    }

    #[test]
    fn a_reserved_character_in_a_document_is_not_a_byte() {
        let (byte, character) = (encode(b"\xE9"), encode("\u{10FFE9}".as_bytes()));
        assert_eq!(byte, "\u{10FFE9}");
        assert_eq!(character, "\u{10FFF4}\u{10FF8F}\u{10FFBF}\u{10FFA9}");
    }
}
