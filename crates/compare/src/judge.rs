//! The judge: results are compared before any time counts.

use std::fs;
use std::path::PathBuf;

use harness::mandel::read_counts;
use harness::npy::Matrix;
use ndarray::Array2;
use study::child::Trouble;
use study::implementation::Implementation;

/// What the programs of a contest write with `--out`.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A float64 matrix, the product of two with elements in [-1, 1) and so
    /// many columns of the first.
    Product(usize),
    /// The counts of a picture.
    Counts,
    /// A table of words.
    Words,
}

/// Compares the file that each program has just written with that of the
/// first one.
pub struct Judge {
    kind: Kind,
    file: PathBuf,
    /// The first program, and its result once it is there.
    first: Implementation,
    model: Option<Outcome>,
}

enum Outcome {
    Product(Array2<f64>),
    Counts(Array2<u32>),
    Words(Vec<u8>),
}

impl Judge {
    /// A judge of the `kind` of results that come in `file`.
    pub fn new(kind: Kind, file: PathBuf, first: &Implementation) -> Self {
        Self { kind, file, first: first.clone(), model: None }
    }

    /// What is wrong with the result of `implementation`, if anything; the
    /// file is gone then. One that writes no result is judged by its JSON
    /// alone.
    pub fn judge(&mut self, implementation: &Implementation) -> Option<Trouble> {
        if !implementation.writes_result() {
            return None;
        }
        let outcome = self.read();
        let _ = fs::remove_file(&self.file);
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(message) => return Some(Trouble::Failed(message)),
        };
        match &self.model {
            Some(model) => model.difference(&outcome, self.kind).map(|difference| {
                let (name, workers) = (self.first.name(), self.first.workers);
                Trouble::Wrong(format!("{difference} {name} on {workers}"))
            }),
            None if *implementation == self.first => {
                self.model = Some(outcome);
                None
            }
            None => Some(Trouble::Failed(format!(
                "not compared: there is no result of {}",
                self.first.name()
            ))),
        }
    }

    fn read(&self) -> Result<Outcome, String> {
        let said = |error: harness::Error| error.to_string().replacen("error: ", "", 1);
        match self.kind {
            Kind::Product(_) => {
                let matrix = Matrix::open(&self.file).and_then(Matrix::read);
                matrix.map(Outcome::Product).map_err(said)
            }
            Kind::Counts => read_counts(&self.file).map(Outcome::Counts).map_err(said),
            Kind::Words => {
                let words = fs::read(&self.file);
                words.map(Outcome::Words).map_err(|error| format!("no result: {error}"))
            }
        }
    }
}

impl Outcome {
    /// How `other` differs from this one: the beginning of a sentence that
    /// ends with the owner of this one.
    fn difference(&self, other: &Outcome, kind: Kind) -> Option<String> {
        match (self, other) {
            (Outcome::Product(c), Outcome::Product(other)) => {
                let Kind::Product(k) = kind else { unreachable!("a product was read") };
                product_difference(c, other, k)
            }
            (Outcome::Counts(counts), Outcome::Counts(other)) => {
                if counts.dim() != other.dim() {
                    return Some(format!(
                        "its shape {:?} differs from that of",
                        other.dim()
                    ));
                }
                let pairs = counts.iter().zip(other);
                let differing = pairs.filter(|(a, b)| a != b).count();
                (differing > 0)
                    .then(|| format!("{differing} counts differ from those of"))
            }
            (Outcome::Words(words), Outcome::Words(other)) => {
                (words != other).then(|| "its words differ from those of".to_owned())
            }
            _ => unreachable!("one kind of result in a contest"),
        }
    }
}

/// Two products may differ by rounding, whatever the order of the sums: each
/// element is off by at most k u |a| |b| summed over k terms, to first order
/// (Higham, "Accuracy and Stability of Numerical Algorithms", section 3.5), so
/// two of them by twice that; no |a| |b| is above 1 here.
fn product_difference(c: &Array2<f64>, other: &Array2<f64>, k: usize) -> Option<String> {
    if c.dim() != other.dim() {
        return Some(format!("its shape {:?} differs from that of", other.dim()));
    }
    let k = k as f64;
    let bound = 2.0 * k * k * (f64::EPSILON / 2.0);
    // Written so that a NaN is beyond the bound.
    let within = |(a, b): (&f64, &f64)| (a - b).abs() <= bound;
    let differing = c.iter().zip(other).filter(|&pair| !within(pair)).count();
    (differing > 0).then(|| {
        format!("{differing} elements differ by more than rounding from those of")
    })
}

#[cfg(test)]
mod tests {
    use ndarray::arr2;

    use super::*;

    #[test]
    fn products_may_differ_by_rounding_and_by_nothing_else() {
        let c = arr2(&[[1.0, 2.0]]);
        for (other, equal) in [
            (arr2(&[[1.0, 2.0]]), true),
            (arr2(&[[1.0 + 4e-16, 2.0]]), true),
            (arr2(&[[1.0 + 2e-14, 2.0]]), false),
            (arr2(&[[1.0, f64::NAN]]), false),
            (arr2(&[[1.0], [2.0]]), false),
        ] {
            let difference = product_difference(&c, &other, 4);
            assert_eq!(difference.is_none(), equal, "{other}: {difference:?}");
        }
    }

    #[test]
    fn counts_and_words_are_equal_or_not() {
        let counts = |counts: [[u32; 2]; 1]| Outcome::Counts(arr2(&counts));
        let words = |words: &[u8]| Outcome::Words(words.to_vec());
        let differ = |a: Outcome, b: Outcome| a.difference(&b, Kind::Counts).is_some();
        assert!(!differ(counts([[1, 2]]), counts([[1, 2]])));
        assert!(differ(counts([[1, 2]]), counts([[1, 3]])));
        assert!(!differ(words(b"a,1\n"), words(b"a,1\n")));
        assert!(differ(words(b"a,1\n"), words(b"a,2\n")));
    }
}
