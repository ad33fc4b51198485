//! SSSE3: 16 bytes in a register, on x86 processors since 2006.
#![allow(unsafe_code, reason = "vectors are loaded and stored by address")]

use std::arch::x86_64::*;

use super::{Instructions, Runs, bit_places};
use crate::words::fast::class::{BITS, Class};

/// These instructions, where the processor has them.
pub fn instructions() -> Option<Instructions> {
    is_x86_feature_detected!("ssse3").then_some(Instructions {
        name: "SSSE3",
        // SAFETY: the processor has what `find` enables.
        find: |text, class, runs| unsafe { find(text, class, runs) },
    })
}

#[target_feature(enable = "ssse3")]
fn find(text: &[u8], class: &Class, runs: &mut Runs) {
    let (rows, bits) = (load(&class.rows), load(&BITS));
    let quarter = |text: &[u8; 16], lower: &mut [u8; 16]| {
        let bytes = load(text);
        let row = _mm_shuffle_epi8(rows, bytes);
        let high = _mm_and_si128(_mm_srli_epi16::<4>(bytes), _mm_set1_epi8(0x0F));
        let bit = _mm_and_si128(row, _mm_shuffle_epi8(bits, high));
        let outside = _mm_cmpeq_epi8(bit, _mm_setzero_si128());

        // Comparing takes bytes as signed: A to Z become -128 to -103.
        let from_a = _mm_add_epi8(bytes, _mm_set1_epi8((128 - b'A') as i8));
        let capital = _mm_cmplt_epi8(from_a, _mm_set1_epi8(-128 + 26));
        let small = _mm_add_epi8(bytes, _mm_and_si128(capital, _mm_set1_epi8(0x20)));
        // SAFETY: there is room for 16 bytes.
        unsafe { _mm_storeu_si128(lower.as_mut_ptr().cast(), small) };
        (!_mm_movemask_epi8(outside) | _mm_movemask_epi8(bytes)) as u16
    };
    let look_up = |text: &[u8; 64], lower: &mut [u8; 64]| {
        let quarters = text.as_chunks().0.iter().zip(lower.as_chunks_mut().0);
        let masks = quarters.map(|(text, lower)| u64::from(quarter(text, lower)));
        masks.rev().fold(0, |mask, quarter| mask << 16 | quarter)
    };
    runs.fill(text, look_up, bit_places);
}

#[target_feature(enable = "sse2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: there are 16 bytes.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}
