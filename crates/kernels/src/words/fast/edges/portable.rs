//! Any processor: one byte after the other.

use super::{Runs, bit_places};
use crate::words::fast::class::Class;

/// Finds the runs of bytes of `class` in `text`.
pub fn find(text: &[u8], class: &Class, runs: &mut Runs) {
    let inside: [bool; 256] = std::array::from_fn(|byte| class.has(byte as u8));
    let look_up = |text: &[u8; 64], lower: &mut [u8; 64]| {
        *lower = text.map(|byte| byte.to_ascii_lowercase());
        let bits = text.iter().map(|&byte| u64::from(inside[usize::from(byte)]));
        bits.rev().fold(0, |mask, bit| mask << 1 | bit)
    };
    runs.fill(text, look_up, bit_places);
}
