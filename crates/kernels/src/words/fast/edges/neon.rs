//! NEON: 16 bytes in a register, on every 64-bit ARM processor.
#![allow(unsafe_code, reason = "vectors are loaded and stored by address")]

use std::arch::aarch64::*;
use std::arch::is_aarch64_feature_detected;

use super::{Instructions, Runs, bit_places};
use crate::words::fast::class::{BITS, Class};

/// These instructions, where the processor has them.
pub fn instructions() -> Option<Instructions> {
    is_aarch64_feature_detected!("neon").then_some(Instructions {
        name: "NEON",
        // SAFETY: the processor has what `find` enables.
        find: |text, class, runs| unsafe { find(text, class, runs) },
    })
}

/// What a byte that is in the class adds to the mask of its eight.
const WEIGHTS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

#[target_feature(enable = "neon")]
fn find(text: &[u8], class: &Class, runs: &mut Runs) {
    let (rows, bits, weights) = (load(&class.rows), load(&BITS), load(&WEIGHTS));
    let quarter = |text: &[u8; 16], lower: &mut [u8; 16]| {
        let bytes = load(text);
        let row = vqtbl1q_u8(rows, vandq_u8(bytes, vdupq_n_u8(0x0F)));
        let bit = vqtbl1q_u8(bits, vshrq_n_u8::<4>(bytes));
        let beyond = vcgeq_u8(bytes, vdupq_n_u8(0x80));
        let inside = vorrq_u8(vtstq_u8(row, bit), beyond);

        let capital = vcltq_u8(vsubq_u8(bytes, vdupq_n_u8(b'A')), vdupq_n_u8(26));
        let small = vaddq_u8(bytes, vandq_u8(capital, vdupq_n_u8(0x20)));
        // SAFETY: there is room for 16 bytes.
        unsafe { vst1q_u8(lower.as_mut_ptr(), small) };
        vandq_u8(inside, weights)
    };
    let look_up = |text: &[u8; 64], lower: &mut [u8; 64]| {
        let (text, lower) = (text.as_chunks().0, lower.as_chunks_mut().0);
        let [first, second, third, fourth] =
            std::array::from_fn(|at| quarter(&text[at], &mut lower[at]));
        // Sums of neighbours, three times: each byte is the mask of eight.
        let (low, high) = (vpaddq_u8(first, second), vpaddq_u8(third, fourth));
        let halves = vpaddq_u8(low, high);
        vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(halves, halves)))
    };
    runs.fill(text, look_up, bit_places);
}

#[target_feature(enable = "neon")]
fn load(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: there are 16 bytes.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}
