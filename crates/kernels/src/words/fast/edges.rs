//! Where the runs of bytes inside of words begin and end, 64 bytes at a time.
//!
//! A mask of 64 bits says which of 64 bytes are inside of words. It changes
//! from one bit to the next just where a run begins or ends: these edges are
//! the bits of `mask ^ (mask << 1)`, and no branch depends on the text.

use super::class::Class;
use super::table::Key;
use crate::instructions::Instructions;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

/// The longest text whose runs are found in one go: all that is made of it
/// stays in the nearest caches, and 16 bits count its bytes.
pub const CHUNK: usize = 1 << 15;

/// Any place of 16 bits has 16 bytes behind it: see [`Runs::key`].
const ROOM: usize = (1 << 16) + 16;

/// The runs in a chunk of text.
#[derive(Clone, Debug)]
pub struct Runs {
    /// The text, its ASCII letters in lower case.
    lower: Box<[u8; ROOM]>,
    /// Where the runs begin and end, in turn; then what is left of old ones.
    edges: Box<[u16; CHUNK + 64]>,
    /// The number of edges.
    count: usize,
}

/// Finds the runs of bytes of a class in a text of at most [`CHUNK`] bytes.
pub type Find = fn(&[u8], &Class, &mut Runs);

/// How runs are found with `instructions`, or with the next best where the processor
/// lacks a part that this takes: the first with AVX-512 had no VBMI2.
pub fn with(instructions: Instructions) -> Find {
    #[cfg(target_arch = "x86_64")]
    let find = match instructions {
        Instructions::Avx512 => avx512::finder().or_else(avx2::finder),
        Instructions::Avx2 => avx2::finder(),
        Instructions::Portable => None,
    };
    #[cfg(not(target_arch = "x86_64"))]
    let find = None;
    find.unwrap_or(portable::find)
}

impl Default for Runs {
    fn default() -> Self {
        let (lower, edges) = (Box::new([0; ROOM]), Box::new([0; CHUNK + 64]));
        Self { lower, edges, count: 0 }
    }
}

impl Runs {
    /// The first byte of each run, and the one after its last.
    pub fn edges(&self) -> &[[u16; 2]] {
        self.edges[..self.count].as_chunks().0
    }

    /// The run as a key, in lower case, unless it is longer than one.
    #[inline(always)]
    pub fn key(&self, [start, end]: [u16; 2]) -> Option<Key> {
        let (start, length) = (usize::from(start), usize::from(end - start));
        // The sizes say that this lies inside, so that nothing is checked.
        let bytes = self.lower[start..].first_chunk()?;
        (length <= Key::BYTES).then(|| Key::first(bytes, length))
    }

    /// Finds the runs of `text`: `look_up` tells which of 64 bytes are in the
    /// class, and writes them in lower case; `places` writes the places of the
    /// bits of a mask, counted from a first one on, and may write more.
    // It must become part of the functions that enable instructions: only
    // there are the two closures more than calls.
    #[inline(always)]
    fn fill(
        &mut self,
        text: &[u8],
        look_up: impl Fn(&[u8; 64], &mut [u8; 64]) -> u64,
        places: impl Fn(u64, u16, &mut [u16; 64]),
    ) {
        assert!(text.len() <= CHUNK, "a chunk of {} bytes", text.len());
        let (mut count, mut last) = (0, 0);
        let lower = self.lower.as_chunks_mut().0;
        let mut step = |number: usize, block: &[u8; 64], bytes: usize| {
            let mask = look_up(block, &mut lower[number]) & (u64::MAX >> (64 - bytes));
            let edges = mask ^ (mask << 1 | last);
            last = mask >> 63;
            let room = self.edges[count..].first_chunk_mut();
            places(edges, (64 * number) as u16, room.expect("at most an edge a byte"));
            count += edges.count_ones() as usize;
        };
        let (blocks, rest) = text.as_chunks();
        for (number, block) in blocks.iter().enumerate() {
            step(number, block, 64);
        }
        if !rest.is_empty() {
            let mut block = [0; 64];
            block[..rest.len()].copy_from_slice(rest);
            step(blocks.len(), &block, rest.len());
        }
        if last == 1 {
            self.edges[count] = text.len() as u16;
            count += 1;
        }
        self.count = count;
    }
}

/// Writes the places of the bits of `edges`, counted from `first` on.
#[inline(always)]
fn bit_places(mut edges: u64, first: u16, places: &mut [u16; 64]) {
    // Eight at a time: a branch for each would be foreseen less often.
    for group in places.as_chunks_mut::<8>().0 {
        for place in group {
            *place = first.wrapping_add(edges.trailing_zeros() as u16);
            edges &= edges.wrapping_sub(1);
        }
        if edges == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn expected(text: &[u8], class: &Class) -> Vec<[u16; 2]> {
        let mut edges = Vec::new();
        let mut last = false;
        for (place, &byte) in text.iter().enumerate() {
            if class.has(byte) != last {
                edges.push(place as u16);
                last = !last;
            }
        }
        edges.extend(last.then_some(text.len() as u16));
        edges.as_chunks().0.to_vec()
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let byte = prop_oneof![any::<u8>(), Just(b'a'), Just(b' ')];
        prop_oneof![
            vec(byte, 0..300),
            vec((any::<u8>(), 1..200_usize), 0..20).prop_map(|runs| {
                runs.iter().flat_map(|&(byte, n)| vec![byte; n]).collect()
            })
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn all_instructions_find_the_runs_of_any_class(
            text in text(), old in text(), inside in vec(any::<bool>(), 128)
        ) {
            let class = Class::new(|byte| inside[usize::from(byte)]);
            for instructions in Instructions::available() {
                let (find, name) = (with(instructions), instructions.name());
                let mut runs = Runs::default();
                find(&old, &class, &mut runs);
                find(&text, &class, &mut runs);
                prop_assert_eq!(runs.edges(), expected(&text, &class), "{}", name);
                prop_assert_eq!(&runs.lower[..text.len()], text.to_ascii_lowercase(), "{}", name);
            }
        }
    }

    #[test]
    fn a_whole_chunk_has_room_for_an_edge_a_byte() {
        let letters = Class::new(|byte| byte.is_ascii_alphabetic());
        for text in [b"a ".repeat(CHUNK / 2), b" a".repeat(CHUNK / 2), vec![b'A'; CHUNK]]
        {
            for instructions in Instructions::available() {
                let mut runs = Runs::default();
                with(instructions)(&text, &letters, &mut runs);
                assert_eq!(runs.edges(), expected(&text, &letters), "{instructions:?}");
            }
        }
    }
}
