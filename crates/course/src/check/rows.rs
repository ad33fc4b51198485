//! Rows that are not where they belong: where each one came from, and the cause
//! that explains all of them.

use super::verdict::Diagnosis;

/// What stands in a row of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This row of the right result.
    Row(usize),
    /// Nothing but zeros, which no right row is.
    Zero,
    /// No whole row.
    Unknown,
}

use Origin::{Row, Unknown, Zero};

/// A right result, each row of which is unlike the others, and what counts as equal.
pub struct Truth<T> {
    /// The rows, one after the other.
    pub numbers: Vec<T>,
    /// Numbers in a row.
    pub width: usize,
    /// Whether two numbers are as good as equal.
    pub is_same: fn(T, T) -> bool,
}

impl<T: Copy + Default> Truth<T> {
    /// The number of rows.
    pub fn height(&self) -> usize {
        self.numbers.len() / self.width
    }

    fn is_equal(&self, one: &[T], other: &[T]) -> bool {
        one.len() == other.len()
            && one.iter().zip(other).all(|(&one, &other)| (self.is_same)(one, other))
    }

    fn row(&self, row: usize) -> &[T] {
        &self.numbers[row * self.width..][..self.width]
    }

    /// Whether no row is zero or like another one, so that each tells where it is from.
    pub fn is_telling(&self) -> bool {
        (0..self.height())
            .all(|row| self.origin(self.row(row), self.height()) == Row(row))
    }

    /// Where each row of `found` is from.
    pub fn origins(&self, found: &[T]) -> Vec<Origin> {
        let rows = found.chunks(self.width).enumerate();
        rows.map(|(place, row)| self.origin(row, place)).collect()
    }

    /// Where `row` is from; the right row of its place is tried first.
    fn origin(&self, row: &[T], place: usize) -> Origin {
        let is_from = |&origin: &usize| self.is_equal(row, self.row(origin));
        if row.iter().all(|&number| (self.is_same)(number, T::default())) {
            return Zero;
        }
        let near = [place].into_iter().filter(|&place| place < self.height());
        near.chain(0..self.height()).find(is_from).map_or(Unknown, Row)
    }

    /// The result in which the rows are from `origins`; what is unknown is zero.
    pub fn arranged(&self, origins: &[Origin]) -> Vec<T> {
        let row = |origin: &Origin| match origin {
            Row(row) => self.row(*row).to_vec(),
            Zero | Unknown => vec![T::default(); self.width],
        };
        origins.iter().flat_map(row).collect()
    }
}

/// A cause, and the whole result that it would have.
pub struct Cause<T> {
    /// What it gives.
    pub result: Vec<T>,
    /// Its short name, its sentence, what to look at and what to ask.
    pub told: Told,
}

/// The words of a cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The short name.
    pub key: &'static str,
    /// The cause, a sentence.
    pub cause: String,
    /// What to look at.
    pub look: &'static str,
    /// The next step, a question.
    pub next: String,
}

/// What is wrong with `found`, which calls its rows those of `what`; `None` if nothing is.
///
/// A cause of `causes` is named if it gives all of `found`, and no other one does.
pub fn diagnose<T: Copy + Default>(
    truth: &Truth<T>,
    found: &[T],
    what: &str,
    causes: impl IntoIterator<Item = Cause<T>>,
) -> Option<Diagnosis> {
    if truth.is_equal(found, &truth.numbers) {
        return None;
    }
    let causes = causes.into_iter().filter(|cause| truth.is_equal(found, &cause.result));
    let fitting: Vec<Told> = causes.map(|cause| cause.told).collect();
    let diagnosis = Diagnosis::found(differences(&truth.origins(found), what));
    Some(match &fitting[..] {
        [told] => told.clone().of(diagnosis),
        _ => diagnosis,
    })
}

impl Told {
    /// `diagnosis` with this cause.
    pub fn of(self, diagnosis: Diagnosis) -> Diagnosis {
        diagnosis.because(self.key, self.cause).look(self.look).ask(self.next)
    }
}

/// What differs, in one sentence.
pub fn differences(origins: &[Origin], what: &str) -> String {
    let wrong: Vec<usize> =
        (0..origins.len()).filter(|&place| origins[place] != Row(place)).collect();
    let (all, rows) = (origins.len(), spans(&wrong));
    let is = if wrong.len() == 1 { "is" } else { "are" };
    let rest = |rest: &str| match wrong.len() == all {
        true => ".".to_owned(),
        false => format!("; {rest}"),
    };
    let others = "all other rows are right.";
    if wrong.iter().all(|&place| origins[place] == Zero) {
        return match wrong.len() == all {
            true => format!("All rows of {what} are zero."),
            false => format!("{rows} of {what} {is} zero{}", rest(others)),
        };
    }
    let first = wrong[0];
    let holds = match origins[first] {
        Row(from) => format!("Row {first} of {what} holds what belongs in row {from}"),
        Zero => format!("Row {first} of {what} is zero"),
        Unknown => format!("Row {first} of {what} is no row of the right one"),
    };
    match wrong.len() {
        1 => format!("{holds}{}", rest(others)),
        count => format!("{holds}; {count} of {all} rows are wrong."),
    }
}

/// `Row 3`, `Rows 3 to 7 and 9`.
fn spans(rows: &[usize]) -> String {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for &row in rows {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => spans.push((row, row)),
        }
    }
    let told: Vec<String> = spans
        .iter()
        .take(4)
        .map(|(first, last)| match last - first {
            0 => first.to_string(),
            _ => format!("{first} to {last}"),
        })
        .collect();
    let word = if rows.len() == 1 { "Row" } else { "Rows" };
    match (&told[..], spans.len() > 4) {
        ([all @ .., last], false) if !all.is_empty() => {
            format!("{word} {} and {last}", all.join(", "))
        }
        _ if spans.len() > 4 => format!("{word} {} and more", told.join(", ")),
        _ => format!("{word} {}", told.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth() -> Truth<u32> {
        let numbers = (1..=10).flat_map(|row| [row, 7 * row]).collect();
        Truth { numbers, width: 2, is_same: |one, other| one == other }
    }

    fn cause(key: &'static str, origins: &[Origin]) -> Cause<u32> {
        let (cause, next) = (key.to_owned(), String::new());
        Cause {
            result: truth().arranged(origins),
            told: Told { key, cause, look: "", next },
        }
    }

    fn rows(rows: impl IntoIterator<Item = usize>) -> Vec<Origin> {
        rows.into_iter().map(Row).collect()
    }

    #[test]
    fn every_row_tells_where_it_is_from() {
        let origins = [Row(3), Zero, Row(0), Row(9)];
        assert_eq!(truth().origins(&truth().arranged(&origins)), origins);
        assert_eq!(truth().origins(&[1, 8, 0, 7]), [Unknown, Unknown]);
        assert!(truth().is_telling());
        let twice = Truth { numbers: vec![1, 2, 1, 2], ..truth() };
        let zero = Truth { numbers: vec![1, 2, 0, 0], ..truth() };
        assert!(!twice.is_telling() && !zero.is_telling());
    }

    #[test]
    fn a_cause_is_named_only_if_it_explains_everything_and_alone() {
        let tail = || [rows(0..8), vec![Zero; 2]].concat();
        let found = truth().arranged(&tail());
        let named = |causes| diagnose(&truth(), &found, "C", causes).unwrap().key;
        let swapped = || rows([1, 0, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(
            named(vec![cause("swap", &swapped()), cause("tail", &tail())]),
            "tail"
        );
        assert_eq!(named(vec![cause("swap", &swapped())]), "");
        assert_eq!(named(vec![cause("tail", &tail()), cause("other", &tail())]), "");
        let mut other = found.clone();
        other[3] += 1;
        let causes = vec![cause("tail", &tail())];
        assert_eq!(diagnose(&truth(), &other, "C", causes).unwrap().key, "");
        assert_eq!(diagnose(&truth(), &truth().numbers, "C", vec![]), None);
    }

    #[test]
    fn differences_are_one_sentence() {
        for (origins, expected) in [
            (
                [rows(0..9), vec![Zero]].concat(),
                "Row 9 of C is zero; all other rows are right.",
            ),
            (
                [rows(0..7), vec![Zero; 3]].concat(),
                "Rows 7 to 9 of C are zero; all other rows are right.",
            ),
            (vec![Zero; 10], "All rows of C are zero."),
            (
                rows([0, 2, 1, 3, 4, 5, 6, 7, 8, 9]),
                "Row 1 of C holds what belongs in row 2; 2 of 10 rows are wrong.",
            ),
            (
                [rows(0..9), vec![Unknown]].concat(),
                "Row 9 of C is no row of the right one; all other rows are right.",
            ),
            (
                [vec![Zero], rows(1..5), vec![Zero], rows(6..10)].concat(),
                "Rows 0 and 5 of C are zero; all other rows are right.",
            ),
        ] {
            assert_eq!(differences(&origins, "C"), expected);
        }
    }
}
