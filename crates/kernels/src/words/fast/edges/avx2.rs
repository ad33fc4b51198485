//! AVX2: 32 bytes in a register.
#![allow(unsafe_code, reason = "vectors are loaded and stored by address")]

use std::arch::x86_64::*;

use super::{Find, Runs, bit_places};
use crate::words::fast::class::{BITS, Class};

/// How runs are found, where the processor has these instructions.
pub fn finder() -> Option<Find> {
    let found = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("popcnt");
    // SAFETY: the processor has what `find` enables.
    found.then_some(|text, class, runs| unsafe { find(text, class, runs) })
}

#[target_feature(enable = "avx2,bmi1,popcnt")]
fn find(text: &[u8], class: &Class, runs: &mut Runs) {
    let (rows, bits) = (twice(&class.rows), twice(&BITS));
    let half = |text: &[u8; 32], lower: &mut [u8; 32]| {
        // SAFETY: there are 32 bytes.
        let bytes = unsafe { _mm256_loadu_si256(text.as_ptr().cast()) };
        let row = _mm256_shuffle_epi8(rows, bytes);
        let high =
            _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(0x0F));
        let bit = _mm256_and_si256(row, _mm256_shuffle_epi8(bits, high));
        let outside = _mm256_cmpeq_epi8(bit, _mm256_setzero_si256());

        // Comparing takes bytes as signed: A to Z become -128 to -103.
        let from_a = _mm256_add_epi8(bytes, _mm256_set1_epi8((128 - b'A') as i8));
        let capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(-128 + 26), from_a);
        let more = _mm256_and_si256(capital, _mm256_set1_epi8(0x20));
        // SAFETY: there is room for 32 bytes.
        unsafe {
            let small = _mm256_add_epi8(bytes, more);
            _mm256_storeu_si256(lower.as_mut_ptr().cast(), small);
        }
        (!_mm256_movemask_epi8(outside) | _mm256_movemask_epi8(bytes)) as u32
    };
    let look_up = |text: &[u8; 64], lower: &mut [u8; 64]| {
        let (text, lower) = (text.as_chunks().0, lower.as_chunks_mut().0);
        let low = half(&text[0], &mut lower[0]);
        u64::from(low) | u64::from(half(&text[1], &mut lower[1])) << 32
    };
    runs.fill(text, look_up, bit_places);
}

#[target_feature(enable = "avx2")]
fn twice(table: &[u8; 16]) -> __m256i {
    // SAFETY: there are 16 bytes.
    _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(table.as_ptr().cast()) })
}
