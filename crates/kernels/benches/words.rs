//! Counting words, step by step: finding them, hashing them, all of it.

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use kernels::instructions::Instructions;
use kernels::words::fast::{Counter, Tally};
use kernels::words::{Piece, Rules, Tokens, corpus};

const RULES: Rules = Rules { tokens: Tokens::Words, nfc: false };

/// Bytes of text: more than the caches hold, as with text from a file.
const BYTES: u64 = 50_000_000;

/// Bytes counted at a time, as when reading from a file.
const BLOCK: usize = 256 << 10;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let text: String = corpus::text(1, BYTES).collect();
    let blocks = blocks(text.as_bytes());
    let mut group = criterion.benchmark_group("words");
    group.sample_size(10).throughput(Throughput::Bytes(BYTES));
    for instructions in Instructions::available() {
        instructions.choose();
        edges(&mut group, &blocks, instructions.name());
        group.bench_function(format!("fast, {}", instructions.name()), |bencher| {
            bencher.iter(|| {
                let mut counter = Counter::new(RULES);
                let mut tally = Tally::default();
                blocks.iter().for_each(|block| counter.count(block, &mut tally));
                tally
            });
        });
    }
    group.bench_function("plain", |bencher| bencher.iter(|| plain(&blocks)));
    group.finish();
    criterion.final_summary();
}

/// Finding the edges alone, and with a hash of each word but no table.
fn edges(group: &mut BenchmarkGroup<WallTime>, blocks: &[&[u8]], instructions: &str) {
    let mut counter = Counter::new(RULES);
    group.bench_function(format!("edges, {instructions}"), |bencher| {
        bencher.iter(|| -> usize {
            blocks.iter().map(|block| counter.find(black_box(block))).sum()
        });
    });
    group.bench_function(format!("edges and hashes, {instructions}"), |bencher| {
        bencher.iter(|| -> u64 {
            let hash = |block: &&[u8]| counter.hash(black_box(block));
            blocks.iter().map(hash).fold(0, u64::wrapping_add)
        });
    });
}

/// What the exercise does: cut into words, then count in a map.
fn plain(blocks: &[&[u8]]) -> usize {
    let mut piece = Piece::new(0, BYTES as usize);
    blocks.iter().for_each(|block| piece.add(block, RULES));
    let mut counts: HashMap<&str, u64> = HashMap::new();
    for word in piece.words() {
        *counts.entry(word).or_insert(0) += 1;
    }
    counts.len()
}

/// The text in blocks that end after a word.
fn blocks(mut text: &[u8]) -> Vec<&[u8]> {
    let mut blocks = Vec::new();
    while text.len() > BLOCK {
        let space = text[..BLOCK].iter().rposition(|&byte| byte == b' ');
        let (block, rest) = text.split_at(space.map_or(BLOCK, |at| at + 1));
        blocks.push(block);
        text = rest;
    }
    blocks.push(text);
    blocks
}
