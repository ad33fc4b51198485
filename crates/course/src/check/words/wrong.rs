//! What makes counts of words wrong, each as the counts that it would give.

use super::{Counts, WORD};
use crate::check::verdict::Diagnosis;

/// The sums of all maps.
pub fn sum<'c>(all: impl IntoIterator<Item = &'c Counts>) -> Counts {
    merged(all, |one, other| one + other)
}

/// The counts of all maps, where a word of several has what `both` says.
fn merged<'c>(
    all: impl IntoIterator<Item = &'c Counts>,
    both: fn(u64, u64) -> u64,
) -> Counts {
    let mut total = Counts::new();
    for (word, &count) in all.into_iter().flatten() {
        total
            .entry(word.clone())
            .and_modify(|known| *known = both(*known, count))
            .or_insert(count);
    }
    total
}

/// A cause: its short name, its sentence and its question.
type Cause = (&'static str, &'static str, &'static str);

/// The one cause whose counts are `found`.
fn named<T: PartialEq>(
    diagnosis: Diagnosis,
    found: &T,
    causes: Vec<(T, Cause)>,
) -> Diagnosis {
    let fitting: Vec<Cause> = causes
        .into_iter()
        .filter(|(given, _)| given == found)
        .map(|(_, cause)| cause)
        .collect();
    match fitting[..] {
        [(key, cause, next)] => diagnosis.because(key, cause).ask(next),
        _ => diagnosis,
    }
}

/// The first difference between the counts, the word that is wrong most first.
fn difference(found: &Counts, right: &Counts) -> String {
    let of = |counts: &Counts, word: &str| counts.get(word).copied().unwrap_or(0);
    let words =
        right.keys().chain(found.keys().filter(|word| !right.contains_key(*word)));
    let wrong: Vec<&String> =
        words.filter(|word| of(found, word) != of(right, word)).collect();
    let worst = wrong.iter().max_by_key(|word| of(found, word).abs_diff(of(right, word)));
    let Some(worst) = worst else { return String::new() };
    let (has, should) = (of(found, worst), of(right, worst));
    format!(
        "{worst:?} has the count {has}, {should} was expected; {} words of {} are wrong.",
        wrong.len(),
        right.len()
    )
}

/// What is wrong with the map of a rank that has these words of each document.
pub fn wrong_map(found: &Counts, share: &[Counts]) -> Option<Diagnosis> {
    let right = sum(share);
    if *found == right {
        return None;
    }
    let each = |change: fn(u64) -> u64| -> Counts {
        right.iter().map(|(word, &count)| (word.clone(), change(count))).collect()
    };
    let pieces: Vec<&Counts> = share.iter().filter(|piece| !piece.is_empty()).collect();
    let first = pieces.first().map_or(Counts::new(), |piece| (*piece).clone());
    let last = pieces.last().map_or(Counts::new(), |piece| (*piece).clone());
    let mut causes = vec![
        (
            each(|_| 1),
            (
                "anew",
                "a word that comes again begins anew.",
                "what does the map hold for a word before it comes again?",
            ),
        ),
        (
            each(|count| count - 1),
            (
                "first",
                "the first time of each word is counted as none.",
                "what does the map hold after a word has come once?",
            ),
        ),
        (
            each(|count| count + 1),
            (
                "first",
                "the first time of each word is counted twice.",
                "with what does or_insert begin, and what is added then?",
            ),
        ),
    ];
    if pieces.len() > 1 {
        causes.push((
            first,
            (
                "one-piece",
                "only the first piece was counted.",
                "how many pieces does this rank have?",
            ),
        ));
        causes.push((last, ("one-piece", "only the last piece was counted.", "where is the map made: before the loop over the pieces, or inside of it?")));
    }
    let diagnosis =
        Diagnosis::found(difference(found, &right)).look("the loop over the words");
    Some(named(diagnosis, found, causes))
}

/// What is wrong with a total of ranks that have these counts.
pub fn wrong_total(found: &Counts, shares: &[Counts]) -> Option<Diagnosis> {
    let right = sum(shares);
    if *found == right {
        return None;
    }
    let (own, others) = (&shares[0], &shares[1..]);
    let of_own = |counts: &Counts| -> Counts {
        let known = counts.iter().filter(|(word, _)| own.contains_key(*word));
        known.map(|(word, count)| (word.clone(), *count)).collect()
    };
    let mut causes = vec![
        (
            sum(shares.iter().chain([own])),
            (
                "twice",
                "rank 0's own counts were added twice.",
                "is rank 0's map among those that it gathers?",
            ),
        ),
        (
            merged(shares, u64::max),
            (
                "maximum",
                "of each word the largest count of a rank was taken, not the sum.",
                "what happens to a word that the total has already?",
            ),
        ),
        (
            merged(shares, |_, last| last),
            (
                "last",
                "of each word the last rank's count was taken, not the sum.",
                "what happens to a word that the total has already?",
            ),
        ),
        (
            merged(shares, |first, _| first),
            (
                "first",
                "of each word the first rank's count was taken, not the sum.",
                "what happens to a word that the total has already?",
            ),
        ),
        (
            own.clone(),
            (
                "alone",
                "only rank 0's share is there: nothing was gathered.",
                "how do the maps of the other ranks come to rank 0?",
            ),
        ),
        (
            sum(others),
            (
                "others",
                "rank 0's own share is missing.",
                "is rank 0's map among those that are added?",
            ),
        ),
        (
            of_own(&right),
            (
                "known",
                "words that rank 0 has not met itself were left out.",
                "what happens to a word that the total does not have yet?",
            ),
        ),
    ];
    if let [first @ .., _] = shares
        && first.len() > 1
    {
        causes.push((
            sum(first),
            (
                "missing",
                "the last rank's share is missing.",
                "how many ranks' messages are unpacked?",
            ),
        ));
    }
    let diagnosis = Diagnosis::found(difference(found, &right))
        .look("how the maps are gathered and added up");
    // With one rank all of it is rank 0's own.
    let causes = if shares.len() > 1 { causes } else { Vec::new() };
    Some(named(diagnosis, found, causes))
}

/// What is wrong with the numbers of documents of which each rank has these.
pub fn wrong_occurrences(found: &[u64], shares: &[Vec<u64>]) -> Option<Diagnosis> {
    let each = |of_all: fn(&mut dyn Iterator<Item = u64>) -> u64| -> Vec<u64> {
        let of =
            |document: usize| of_all(&mut shares.iter().map(|share| share[document]));
        (0..found.len()).map(of).collect()
    };
    let right = each(|all| all.sum());
    if found == right {
        return None;
    }
    let total: u64 = right.iter().sum();
    let mut all_in_first = vec![0; right.len()];
    all_in_first[0] = total;
    let mut twice = right.clone();
    twice.iter_mut().zip(&shares[0]).for_each(|(all, own)| *all += own);
    let mut causes = vec![
        (
            all_in_first,
            (
                "document",
                "all documents are counted as the first one.",
                "which number has the document of a piece?",
            ),
        ),
        (
            vec![total; right.len()],
            (
                "document",
                "each document has the number of all of them.",
                "which number has the document of a piece?",
            ),
        ),
    ];
    if shares.len() > 1 {
        causes.extend([
            (shares[0].clone(), ("alone", "only rank 0's share is there: nothing was added.", "which ranks call reduce, and into what does rank 0 receive?")),
            (each(|all| all.max().unwrap_or(0)), ("maximum", "of each document the largest number of a rank was taken, not the sum.", "which operation does the reduce get?")),
            (each(|all| all.last().unwrap_or(0)), ("last", "of each document the last rank's number was taken, not the sum.", "which operation adds the numbers up?")),
            (twice, ("twice", "rank 0's own numbers were added twice.", "are rank 0's numbers among those that MPI adds up?")),
        ]);
    }
    let wrong = (0..right.len()).find(|&document| found[document] != right[document])?;
    let diagnosis = Diagnosis::found(format!(
        "Document {wrong} has {WORD:?} {} times, {} was expected; by document it gives {found:?}, \
         not {right:?}.",
        found[wrong], right[wrong]
    ));
    Some(named(
        diagnosis.look("what is counted, and what is added up"),
        &found.to_vec(),
        causes,
    ))
}

#[cfg(test)]
mod tests {
    use super::super::tests::case;
    use super::*;

    #[test]
    fn each_cause_of_a_wrong_total_is_known_by_its_counts() {
        let shares: Vec<Counts> = case(3).shares().iter().map(sum).collect();
        let key =
            |found: &Counts| wrong_total(found, &shares).map(|diagnosis| diagnosis.key);
        assert_eq!(key(&sum(&shares)), None);
        assert_eq!(key(&sum(shares.iter().chain([&shares[0]]))), Some("twice"));
        assert_eq!(key(&sum(shares.iter().chain([&shares[1]]))), Some(""));
        assert_eq!(key(&merged(&shares, u64::max)), Some("maximum"));
        assert_eq!(key(&merged(&shares, |_, last| last)), Some("last"));
        assert_eq!(key(&shares[0]), Some("alone"));
        assert_eq!(key(&sum(&shares[1..])), Some("others"));
        assert_eq!(key(&sum(&shares[..2])), Some("missing"));
        let mut known = sum(&shares);
        known.retain(|word, _| shares[0].contains_key(word));
        assert_eq!(key(&known), Some("known"));
        known.insert("tile".into(), 1);
        assert_eq!(key(&known), Some(""));
        assert_eq!(key(&Counts::new()), Some(""));
    }

    #[test]
    fn each_cause_of_a_wrong_map_is_known_by_its_counts() {
        let share = case(1).shares().remove(0);
        let key =
            |found: &Counts| wrong_map(found, &share).map(|diagnosis| diagnosis.key);
        let right = sum(&share);
        let each = |change: fn(u64) -> u64| {
            right
                .iter()
                .map(|(word, &count)| (word.clone(), change(count)))
                .collect::<Counts>()
        };
        assert_eq!(key(&right), None);
        assert_eq!(key(&each(|_| 1)), Some("anew"));
        assert_eq!(key(&each(|count| count + 1)), Some("first"));
        assert_eq!(key(&share[0]), Some("one-piece"));
        assert_eq!(key(&share[2]), Some("one-piece"));
        assert_eq!(key(&each(|count| 2 * count)), Some(""));
    }

    #[test]
    fn each_cause_of_wrong_occurrences_is_known_by_its_numbers() {
        let shares = [vec![0, 3, 5], vec![0, 7, 2], vec![1, 1, 1]];
        let key = |found: &[u64]| {
            wrong_occurrences(found, &shares).map(|diagnosis| diagnosis.key)
        };
        for (found, expected) in [
            ([1, 11, 8], None),
            ([0, 3, 5], Some("alone")),
            ([1, 7, 5], Some("maximum")),
            ([1, 1, 1], Some("last")),
            ([1, 14, 13], Some("twice")),
            ([20, 0, 0], Some("document")),
            ([20, 20, 20], Some("document")),
            ([11, 1, 8], Some("")),
        ] {
            assert_eq!(key(&found), expected, "{found:?}");
        }
    }
}
