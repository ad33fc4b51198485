//! Tasks 5.1 to 5.3: words by map and reduce, and one word in each document.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use harness::Lane;
use harness::words::{Document, read};
use kernels::words::{Rules, Tokens};
use serde_json::Value;

use super::run::Run;
use super::trial::{Dice, Judged, Start, Trial, count};
use super::verdict::Diagnosis;
use super::{files, missing, witness};
use wrong::{sum, wrong_map, wrong_occurrences, wrong_total};

mod wrong;

/// How often each word occurs.
type Counts = BTreeMap<String, u64>;

/// The word that 5.3 asks for.
const WORD: &str = "rank";

/// The documents of a trial, and among how many ranks they are shared.
#[derive(Clone)]
struct Case {
    texts: Vec<String>,
    ranks: usize,
}

fn trials(
    seed: u64,
    purpose: &str,
    about: &str,
    words: &str,
    judge: fn(&Case, &Run) -> Judged,
) -> Vec<Trial> {
    let mut dice = Dice::new(seed, purpose);
    let mut trial = |ranks: usize| {
        let case = Case { texts: texts(&mut dice, ranks), ranks };
        let documents = case.texts.iter().enumerate();
        let inputs = documents
            .map(|(number, text)| (name(number), text.clone().into_bytes()))
            .collect();
        let about = format!(
            "{}, {}{about}",
            count(ranks, "rank"),
            count(case.texts.len(), "document")
        );
        let words = format!("FOLDER/texts {words} --runs 1 --warmup 0 --no-check --json");
        let judge = move |run: &Run| judge(&case, run);
        let trial = Trial::new(about, ("wordcount", Start::Ranks(ranks)), words, judge);
        Trial { inputs, ..trial.with(witness::ASK.0, witness::ASK.1) }
    };
    [3, 1, 4].map(&mut trial).into()
}

/// 5.1.
pub fn map(seed: u64) -> Vec<Trial> {
    let trials = trials(seed, "map", "", "", judge_maps);
    trials.into_iter().map(Trial::part).collect()
}

/// 5.2.
pub fn reduce(seed: u64) -> Vec<Trial> {
    trials(seed, "reduce", "", "--out FOLDER/words.csv", judge_total)
}

/// 5.3.
pub fn occurrences(seed: u64) -> Vec<Trial> {
    let words = format!("--word {WORD} --csv FOLDER/record.csv");
    trials(
        seed,
        "occurrences",
        &format!(", the word {WORD:?}"),
        &words,
        judge_occurrences,
    )
}

fn name(number: usize) -> String {
    format!("texts/{number}.txt")
}

/// Texts in which every rank has words that no other one has, and words that all have,
/// in numbers that differ.
fn texts(dice: &mut Dice, ranks: usize) -> Vec<String> {
    let text = |number: usize| {
        let mut text = String::new();
        for line in 0..8 * ranks + dice.below(9) {
            let common = ["tile", "row", "lane", "block"][dice.below(4)];
            // The first texts have fewer words that are nowhere else, so that the ranks'
            // messages differ in length.
            let word = match line % (3 - number) {
                0 => format!("n{number}x{line}"),
                _ => common.to_owned(),
            };
            text += &format!("{common} {word} {common}");
            text += &format!(" {WORD}").repeat(dice.below(3));
            text.push('\n');
        }
        text
    };
    (0..3).map(text).collect()
}

impl Case {
    /// The words of each rank, by document.
    fn shares(&self) -> Vec<Vec<Counts>> {
        let document = |(number, text): (usize, &String)| Document {
            path: PathBuf::from(name(number)),
            bytes: text.len() as u64,
            text: Some(Arc::from(text.as_bytes())),
        };
        let documents: Vec<Document> =
            self.texts.iter().enumerate().map(document).collect();
        let rules = Rules { tokens: Tokens::Words, nfc: false };
        let share = |rank| {
            let pieces =
                read(&documents, (self.ranks, rank), rules, &mut Lane::default());
            let mut counts = vec![Counts::new(); documents.len()];
            for piece in pieces.expect("texts in memory") {
                for word in piece.words() {
                    *counts[piece.document()].entry(word.to_owned()).or_insert(0) += 1;
                }
            }
            counts
        };
        (0..self.ranks).map(share).collect()
    }
}

fn judge_maps(case: &Case, run: &Run) -> Judged {
    for (rank, share) in case.shares().iter().enumerate() {
        let left = witness::left(run, "map", rank);
        let left = left.map_err(|why| missing("There is no map", &why))?;
        if let Some(diagnosis) = wrong_map(&counts(&left), share) {
            let found = format!("On rank {rank}: {}", diagnosis.found);
            return Err(Diagnosis { found, ..diagnosis });
        }
    }
    Ok(Vec::new())
}

fn counts(value: &Value) -> Counts {
    let entry = |(word, count): (&String, &Value)| Some((word.clone(), count.as_u64()?));
    value.as_object().into_iter().flatten().filter_map(entry).collect()
}

fn judge_total(case: &Case, run: &Run) -> Judged {
    let rows = files::table(&run.path("words.csv"));
    let rows = rows.map_err(|why| missing("There is no total", &why))?;
    let row = |row: &Vec<String>| Some((row.first()?.clone(), row.get(1)?.parse().ok()?));
    let found: Counts = rows.iter().skip(1).filter_map(row).collect();
    let shares: Vec<Counts> = case.shares().iter().map(sum).collect();
    let Some(diagnosis) = wrong_total(&found, &shares) else { return Ok(Vec::new()) };
    let line = witness::messages(run)
        .ok()
        .and_then(|messages| witness::line_of(&messages, &["MPI_Gatherv"]));
    Err(diagnosis.at(line))
}

fn judge_occurrences(case: &Case, run: &Run) -> Judged {
    let words = files::figure(&run.path("record.csv"), "words");
    let words = words.map_err(|why| missing("There are no counts", &why))?;
    let per_document = &words[WORD]["per_document"];
    let path = |number| run.path(&name(number)).display().to_string();
    let found: Vec<Option<u64>> =
        (0..case.texts.len()).map(|number| per_document[path(number)].as_u64()).collect();
    let of_rank = |share: Vec<Counts>| -> Vec<u64> {
        share.iter().map(|counts| counts.get(WORD).copied().unwrap_or(0)).collect()
    };
    let shares: Vec<Vec<u64>> = case.shares().into_iter().map(of_rank).collect();
    let found: Option<Vec<u64>> = found.into_iter().collect();
    let Some(found) = found else {
        let documents = case.texts.len();
        let found =
            format!("It gives fewer numbers than there are documents, {documents}.");
        return Err(Diagnosis::found(found)
            .look("what rank 0 returns")
            .ask("how long is the Vec that rank 0 returns, and how long should it be?"));
    };
    wrong_occurrences(&found, &shares).map_or(Ok(Vec::new()), Err)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A case that is always the same.
    pub(super) fn case(ranks: usize) -> Case {
        Case { texts: texts(&mut Dice::new(5, "tests"), ranks), ranks }
    }

    #[test]
    fn shares_are_unlike_and_make_the_whole() {
        for ranks in [1, 3, 4] {
            let case = case(ranks);
            let shares: Vec<Counts> = case.shares().iter().map(sum).collect();
            let mut whole = Counts::new();
            for word in case.texts.iter().flat_map(|text| text.split_whitespace()) {
                *whole.entry(word.to_owned()).or_insert(0) += 1;
            }
            assert_eq!(sum(&shares), whole);
            for (rank, share) in shares.iter().enumerate() {
                let is_own = |word: &&String| {
                    shares.iter().filter(|other| other.contains_key(*word)).count() == 1
                };
                assert!(share.keys().any(|word| is_own(&word)), "rank {rank}");
                assert!(share[WORD] > 0, "rank {rank}");
            }
        }
    }
}
