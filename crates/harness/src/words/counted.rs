//! What a run has counted.

/// The result of a word count, as rank 0 has it in the end.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// All words with their counts, in the order in which they are written.
    pub total: Vec<(String, u64)>,
    /// The same for each document, where it was asked for.
    pub per_document: Vec<Vec<(String, u64)>>,
    /// For each `--word` how often it occurs in each document.
    pub occurrences: Vec<Vec<u64>>,
    /// The number of maximal sequences that are no UTF-8.
    pub invalid_utf8: u64,
}

impl Counted {
    /// The number of words, each as often as it occurs.
    pub fn tokens(&self) -> u64 {
        tokens(&self.total)
    }
}

/// The number of words, each as often as it occurs.
pub fn tokens(counts: &[(String, u64)]) -> u64 {
    counts.iter().map(|(_, count)| count).sum()
}
