//! AVX-512 with VBMI2: 64 bytes in a register, masks in registers of their own.
#![allow(unsafe_code, reason = "vectors are loaded and stored by address")]

use std::arch::x86_64::*;

use super::{Find, Runs};
use crate::words::fast::class::{BITS, Class};

/// How runs are found, where the processor has these instructions.
pub fn finder() -> Option<Find> {
    let found = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("popcnt");
    // SAFETY: the processor has what `find` enables.
    found.then_some(|text, class, runs| unsafe { find(text, class, runs) })
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn find(text: &[u8], class: &Class, runs: &mut Runs) {
    let (rows, bits) = (four_times(&class.rows), four_times(&BITS));
    let look_up = |text: &[u8; 64], lower: &mut [u8; 64]| {
        let bytes = load(text);
        let row = _mm512_shuffle_epi8(rows, bytes);
        let high =
            _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), _mm512_set1_epi8(0x0F));
        let bit = _mm512_shuffle_epi8(bits, high);

        let from_a = _mm512_sub_epi8(bytes, _mm512_set1_epi8(b'A' as i8));
        let capital = _mm512_cmplt_epu8_mask(from_a, _mm512_set1_epi8(26));
        let small = _mm512_mask_add_epi8(bytes, capital, bytes, _mm512_set1_epi8(0x20));
        // SAFETY: there is room for 64 bytes.
        unsafe { _mm512_storeu_si512(lower.as_mut_ptr().cast(), small) };
        _mm512_test_epi8_mask(row, bit) | _mm512_movepi8_mask(bytes)
    };

    let numbers = load(&std::array::from_fn(|number| number as u8));
    let places = |edges: u64, first: u16, places: &mut [u16; 64]| {
        // The numbers of the bits that are set move together.
        let found = _mm512_maskz_compress_epi8(edges, numbers);
        let first = _mm512_set1_epi16(first as i16);
        let store = |numbers: __m256i, places: &mut [u16]| {
            let places: &mut [u16; 32] = places.first_chunk_mut().expect("half of 64");
            let sums = _mm512_add_epi16(first, _mm512_cvtepu8_epi16(numbers));
            // SAFETY: there is room for 32 times 16 bits.
            unsafe { _mm512_storeu_si512(places.as_mut_ptr().cast(), sums) };
        };
        store(_mm512_castsi512_si256(found), &mut places[..32]);
        // Text has fewer: words of two letters with a space between them.
        if edges.count_ones() > 32 {
            store(_mm512_extracti64x4_epi64::<1>(found), &mut places[32..]);
        }
    };
    runs.fill(text, look_up, places);
}

#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: there are 64 bytes.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
fn four_times(table: &[u8; 16]) -> __m512i {
    // SAFETY: there are 16 bytes.
    _mm512_broadcast_i32x4(unsafe { _mm_loadu_si128(table.as_ptr().cast()) })
}
