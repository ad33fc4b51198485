//! Words of up to 16 bytes and their counts, side by side in one table.
//!
//! # The key fact
//!
//! Finding a word's place costs more than finding the word. Here a word is its
//! own key, two numbers of 64 bits: no pointer leads away from the table, and
//! two instructions compare it. Collisions go to the next place (open
//! addressing, linear probing): as at least three of eight places are free,
//! nearly all of a text is found in the place where it is looked for first.
//!
//! In a table that no cache holds, a word waits for the memory. There the
//! places of [`BATCH`] words are asked for before the first of them is used.

use std::mem;

use crate::memory;

/// A word of up to 16 bytes, none of them zero, zeros after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Key([u64; 2]);

/// Words with their counts.
#[derive(Clone, Debug)]
pub struct Table {
    /// A power of two of places, at least three of eight free.
    slots: Vec<Slot>,
    /// A hash, shifted right by this, is a place.
    shift: u32,
    used: usize,
}

/// A place: free where the count is zero.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: Key,
    count: u64,
}

/// An empty table has 2 to the power of this places.
const FIRST_BITS: u32 = 10;

/// Words whose places are asked for at once: as many as the processor has
/// requests under way, and some more.
const BATCH: usize = 32;

/// A table of so many places is in a cache near the processor: there, asking in
/// advance costs more than it saves.
const CACHED: usize = 1 << 16;

impl Key {
    /// The longest word that is a key.
    pub const BYTES: usize = 16;

    /// The first `length` of `bytes` as a key.
    #[inline(always)]
    pub fn first(bytes: &[u8; 16], length: usize) -> Self {
        let ([low, high], mask) = (halves(bytes), MASKS[length]);
        Self([low & mask[0], high & mask[1]])
    }

    /// `word` as a key, unless it is too long or has a zero in it.
    pub fn new(word: &[u8]) -> Option<Self> {
        let mut bytes = [0; 16];
        bytes.get_mut(..word.len())?.copy_from_slice(word);
        (!word.contains(&0)).then(|| Self(halves(&bytes)))
    }

    /// The word, in 16 bytes, and its length.
    pub fn word(self) -> ([u8; 16], usize) {
        let number = u128::from(self.0[1]) << 64 | u128::from(self.0[0]);
        (number.to_le_bytes(), 16 - number.leading_zeros() as usize / 8)
    }

    /// Whether all of the word is ASCII.
    #[inline(always)]
    pub fn is_ascii(self) -> bool {
        (self.0[0] | self.0[1]) & 0x8080_8080_8080_8080 == 0
    }

    /// Whether all of the word is ASCII letters, digits and low lines.
    pub fn is_word(self) -> bool {
        let (bytes, length) = self.word();
        bytes[..length].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    }

    /// Two numbers that are in the order of the words' bytes.
    pub fn to_order(self) -> [u64; 2] {
        self.0.map(u64::swap_bytes)
    }

    /// The key that is so ordered.
    pub fn from_order(order: [u64; 2]) -> Self {
        Self(order.map(u64::swap_bytes))
    }

    /// The halves of a product of 128 bits, folded: every bit of the key
    /// reaches the high ones, which pick the place (as wyhash and foldhash do).
    #[inline(always)]
    pub fn hash(self) -> u64 {
        // Digits of pi: any numbers without a pattern.
        let one = u128::from(self.0[0] ^ 0x243F_6A88_85A3_08D3);
        let product = one * u128::from(self.0[1] ^ 0x1319_8A2E_0370_7344);
        product as u64 ^ (product >> 64) as u64
    }
}

/// 16 bytes as two numbers, the lowest byte first.
#[inline(always)]
fn halves(bytes: &[u8; 16]) -> [u64; 2] {
    let number = u128::from_le_bytes(*bytes);
    [number as u64, (number >> 64) as u64]
}

/// What is left of 16 bytes when a word has 0, 1, 2 ... 16 of them.
const MASKS: [[u64; 2]; 17] = {
    let (mut masks, mut length) = ([[0; 2]; 17], 1);
    while length <= 16 {
        let mask = u128::MAX >> (128 - 8 * length);
        masks[length] = [mask as u64, (mask >> 64) as u64];
        length += 1;
    }
    masks
};

impl Default for Table {
    fn default() -> Self {
        let slots = vec![Slot::default(); 1 << FIRST_BITS];
        Self { slots, shift: u64::BITS - FIRST_BITS, used: 0 }
    }
}

impl Table {
    /// The number of different words.
    pub fn len(&self) -> usize {
        self.used
    }

    /// The words and their counts, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (Key, u64)> {
        let used = self.slots.iter().filter(|slot| slot.count > 0);
        used.map(|slot| (slot.key, slot.count))
    }

    /// How often a word has been counted.
    pub fn get(&self, key: Key) -> u64 {
        let mut place = (key.hash() >> self.shift) as usize;
        while self.slots[place].count > 0 && self.slots[place].key != key {
            place = (place + 1) & (self.slots.len() - 1);
        }
        self.slots[place].count
    }

    /// Adds `count`, which is not zero, to the count of one word.
    pub fn add(&mut self, key: Key, count: u64) {
        self.reserve(1);
        self.open().add(key, count);
    }

    /// Adds at most so many words, each with a count that is not zero.
    pub fn extend(&mut self, most: usize, words: impl Iterator<Item = (Key, u64)>) {
        // Nothing moves while words are added, and that is known to the
        // compiler: it keeps the table's address and size in registers.
        self.reserve(most);
        let is_cached = self.slots.len() <= CACHED;
        let mut open = self.open();
        if is_cached {
            words.for_each(|(key, count)| open.add(key, count));
            return;
        }
        let mut batch = [(Key::default(), 0); BATCH];
        let mut waiting = 0;
        words.for_each(|word| {
            prefetch(&open.slots[open.place(word.0)]);
            batch[waiting] = word;
            waiting += 1;
            if waiting == BATCH {
                waiting = 0;
                batch.iter().for_each(|&(key, count)| open.add(key, count));
            }
        });
        batch[..waiting].iter().for_each(|&(key, count)| open.add(key, count));
    }

    /// Makes room for `more` words.
    pub fn reserve(&mut self, more: usize) {
        let wanted = ((self.used + more) * 8).div_ceil(5).next_power_of_two();
        if wanted > self.slots.len() {
            self.grow(wanted);
        }
    }

    fn open(&mut self) -> Open<'_> {
        Open { slots: &mut self.slots, shift: self.shift, used: &mut self.used }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, places: usize) {
        let old = mem::replace(&mut self.slots, memory::zeros(places));
        self.shift = u64::BITS - places.ilog2();
        self.used = 0;
        for slot in old.iter().filter(|slot| slot.count > 0) {
            self.open().add(slot.key, slot.count);
        }
    }
}

/// A table that has room for the words that are being added.
struct Open<'t> {
    slots: &'t mut [Slot],
    shift: u32,
    used: &'t mut usize,
}

impl Open<'_> {
    #[inline(always)]
    fn add(&mut self, key: Key, count: u64) {
        let mut place = self.place(key);
        loop {
            let slot = &mut self.slots[place];
            if slot.key == key {
                slot.count += count;
                return;
            }
            if slot.count == 0 {
                *slot = Slot { key, count };
                *self.used += 1;
                return;
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    #[inline(always)]
    fn place(&self, key: Key) -> usize {
        // The mask changes nothing, and lets the compiler see that.
        (key.hash() >> self.shift) as usize & (self.slots.len() - 1)
    }
}

/// Tells the processor that `value` will be needed soon.
#[inline(always)]
#[allow(unsafe_code, reason = "the instruction takes an address")]
fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: it reads nothing; the address may be any.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>((&raw const *value).cast());
    }
    // Elsewhere there is no stable way to say it, and nothing depends on it.
    let _ = value;
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn word() -> impl Strategy<Value = Vec<u8>> {
        // Few words that come often, and many that come once.
        prop_oneof![vec(1..4_u8, 1..3), vec(1..=255_u8, 1..=16)]
    }

    proptest! {
        #[test]
        fn a_table_counts_as_a_map_does(
            words in vec((word(), 1..400_u64), 0..3000), room in 3000..CACHED
        ) {
            let mut expected = HashMap::new();
            for (word, count) in &words {
                *expected.entry(word.clone()).or_insert(0) += count;
            }
            let mut table = Table::default();
            let (first, second) = words.split_at(words.len() / 2);
            let keys = |words: &[(Vec<u8>, u64)]| -> Vec<(Key, u64)> {
                words.iter().map(|(word, count)| (Key::new(word).unwrap(), *count)).collect()
            };
            table.extend(first.len(), keys(first).into_iter());
            // In the larger half of the cases a table that is not cached.
            table.extend(room, keys(second).into_iter());
            prop_assert_eq!(table.len(), expected.len());
            for (word, &count) in &expected {
                prop_assert_eq!(table.get(Key::new(word).unwrap()), count, "{:?}", word);
            }
            let found: HashMap<Vec<u8>, u64> = table.iter().map(|(key, count)| {
                let (bytes, length) = key.word();
                (bytes[..length].to_vec(), count)
            }).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(table.get(Key::new(b"not in it").unwrap()), 0);
        }

        #[test]
        fn keys_are_in_the_order_of_their_words(one in word(), other in word()) {
            let order = |word: &[u8]| Key::new(word).unwrap().to_order();
            prop_assert_eq!(order(&one).cmp(&order(&other)), one.cmp(&other));
            prop_assert_eq!(Key::from_order(order(&one)), Key::new(&one).unwrap());
        }

        #[test]
        fn a_key_has_the_first_bytes_only(bytes in any::<[u8; 16]>(), length in 0..=16_usize) {
            let bytes = bytes.map(|byte| byte.max(1));
            let key = Key::first(&bytes, length);
            prop_assert_eq!(key, Key::new(&bytes[..length]).unwrap());
            prop_assert_eq!(key.is_ascii(), bytes[..length].is_ascii());
        }
    }

    #[test]
    fn what_has_a_zero_or_17_bytes_is_no_key() {
        for (word, is_key) in [
            (&b"a"[..], true),
            (b"sixteen bytes 16", true),
            (b"seventeen bytes17", false),
            (b"\0", false),
            (b"a\0", false),
            (b"\0a", false),
        ] {
            assert_eq!(Key::new(word).is_some(), is_key, "{word:?}");
        }
    }
}
