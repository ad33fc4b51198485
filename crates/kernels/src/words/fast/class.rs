//! A set of bytes that all kinds of processors look bytes up in.
//!
//! # The key fact
//!
//! An ASCII byte is 16 h + l with h below 8: any set of such bytes is a table
//! of 16 rows, picked by l, of 8 bits, picked by h. Processors look 16, 32 or
//! 64 bytes up in a table of 16 rows at once (`pshufb`). So no rule for
//! words needs vector code of its own, and no two kinds of processor can
//! disagree about what a word is.

/// A set of ASCII bytes, and all bytes beyond them.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// Byte 16 h + l is in the set where bit h of row l is set.
    pub rows: [u8; 16],
}

/// For each high half h of a byte its bit; there is none where it is no ASCII.
pub const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

impl Class {
    /// The set of the ASCII bytes for which `inside` holds, and all others.
    pub fn new(inside: impl Fn(u8) -> bool) -> Self {
        let mut rows = [0; 16];
        for byte in (0..128).filter(|&byte| inside(byte)) {
            rows[usize::from(byte & 0x0F)] |= BITS[usize::from(byte >> 4)];
        }
        Self { rows }
    }

    /// Whether `byte` is in the set.
    pub fn has(&self, byte: u8) -> bool {
        let (row, bit) =
            (self.rows[usize::from(byte & 0x0F)], BITS[usize::from(byte >> 4)]);
        !byte.is_ascii() || row & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_it_was_made_of_and_all_that_is_no_ascii() {
        let predicates: [fn(u8) -> bool; 4] = [
            |_| false,
            |_| true,
            |byte| byte > b' ',
            |byte| byte.is_ascii_alphanumeric(),
        ];
        for inside in predicates {
            let class = Class::new(inside);
            for byte in 0..=255 {
                assert_eq!(class.has(byte), byte >= 128 || inside(byte), "{byte:02X}");
            }
        }
    }
}
