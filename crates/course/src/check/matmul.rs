//! Tasks 2.1 to 2.4: the product of two matrices, by ranks and on one machine.

use kernels::matmul::{Kernel, Shape, generate};
use kernels::split::block;
use ndarray::Array2;

use super::rows::{self, Cause, Origin, Told, Truth};
use super::run::Run;
use super::trial::{Dice, Start, Trial, count};
use super::verdict::Diagnosis;
use super::witness::{self, Messages, Work};
use super::{files, missing, unaccounted};

/// A product and those who share it.
#[derive(Clone, Copy, Debug)]
struct Case {
    shape: Shape,
    seed: u64,
    ranks: usize,
}

const MPI: &str = "matmul-mpi";

/// 2.1: sizes that the number of ranks divides.
pub fn divisible(seed: u64) -> Vec<Trial> {
    let mut dice = Dice::new(seed, "divisible");
    [1, 4, 3]
        .map(|ranks| by_ranks(seed, ranks, ranks * (9 + dice.below(5)), &mut dice))
        .into()
}

/// 2.2: any size, more ranks than rows too.
pub fn any_size(seed: u64) -> Vec<Trial> {
    let mut dice = Dice::new(seed, "any size");
    let mut rest = |ranks: usize| ranks * (9 + dice.below(5)) + 1 + dice.below(ranks - 1);
    let cases = [(4, 4 * 11), (4, rest(4)), (3, rest(3)), (1, 17), (7, 3)];
    cases.map(|(ranks, m)| by_ranks(seed, ranks, m, &mut dice)).into()
}

fn by_ranks(seed: u64, ranks: usize, m: usize, dice: &mut Dice) -> Trial {
    let shape = Shape { m, k: 9 + dice.below(8), n: 6 + dice.below(8) };
    let case = Case { shape, seed, ranks };
    let about = format!("{}, {}", count(ranks, "rank"), count(m, "row"));
    let trial = Trial::new(about, (MPI, Start::Ranks(ranks)), case.words(), move |run| {
        let messages = witness::messages(run);
        if let Some(diagnosis) = case.judge(run, messages.as_deref().ok()) {
            return Err(diagnosis);
        }
        let work = witness::work(run).map_err(|why| unaccounted(&why))?;
        let messages = messages.map_err(|why| unaccounted(&why))?;
        case.way(&work, &messages).map_or(Ok(told(run)), Err)
    });
    trial.with(witness::ASK.0, witness::ASK.1)
}

/// 2.3: the four cells of one machine.
pub fn shared_and_copied(seed: u64) -> Vec<Trial> {
    let mut dice = Dice::new(seed, "cells");
    let mut trials = Vec::new();
    for with in ["threads", "processes"] {
        for memory in ["shared", "copied"] {
            let shape = Shape { m: 20 + dice.below(30), k: 12, n: 9 };
            let case = Case { shape, seed, ranks: 3 };
            let words =
                format!("{} --workers 3 --with {with} --memory {memory}", case.words());
            let about = format!("3 {with}, {memory}, {}", count(shape.m, "row"));
            let judge = move |run: &Run| case.judge(run, None).map_or(Ok(told(run)), Err);
            trials.push(Trial::new(about, ("matmul-shm", Start::Alone), words, judge));
        }
    }
    trials
}

/// 2.4: blocks on a grid of ranks.
pub fn grid(seed: u64) -> Vec<Trial> {
    let mut dice = Dice::new(seed, "grid");
    let trial = |ranks: usize| {
        let shape = Shape { m: 20 + dice.below(30), k: 20 + dice.below(30), n: 30 };
        let case = Case { shape, seed, ranks };
        let words = format!("{} --algorithm grid", case.words());
        let about =
            format!("{} on a grid, {}", count(ranks, "rank"), count(shape.m, "row"));
        let judge = move |run: &Run| case.judge(run, None).map_or(Ok(told(run)), Err);
        Trial::new(about, (MPI, Start::Ranks(ranks)), words, judge)
    };
    [4, 6].map(trial).into()
}

/// What the record says of the time.
fn told(run: &Run) -> Vec<String> {
    let second = |name| files::figure(&run.path("record.csv"), name).ok()?.as_f64();
    match (second("compute_s"), second("communicate_s")) {
        (Some(compute), Some(communicate)) => {
            let seconds = harness::record::seconds;
            let (compute, communicate) = (seconds(compute), seconds(communicate));
            vec![format!("computing {compute}, communicating {communicate}")]
        }
        _ => Vec::new(),
    }
}

impl Case {
    fn words(&self) -> String {
        let Shape { m, k, n } = self.shape;
        format!(
            "--m {m} --k {k} --n {n} --seed {} --runs 1 --warmup 0 --no-check --json \
             --out FOLDER/c.npy --csv FOLDER/record.csv",
            self.seed
        )
    }

    fn truth(&self) -> Truth<f64> {
        let Shape { m, k, n } = self.shape;
        let (a, b) =
            (generate(self.seed, 'a', 0..m, k), generate(self.seed, 'b', 0..k, n));
        let mut c = Array2::zeros((m, n));
        Kernel::Naive.multiply(a.view(), b.view(), c.view_mut());
        // Sums of a few terms below 1 differ by rounding only.
        let is_same = |one: f64, other: f64| (one - other).abs() < 1e-12;
        Truth { numbers: c.into_raw_vec_and_offset().0, width: n, is_same }
    }

    /// What is wrong with C.
    fn judge(&self, run: &Run, messages: Option<&[Messages]>) -> Option<Diagnosis> {
        let Shape { m, n, .. } = self.shape;
        match files::numbers(&run.path("c.npy"), [m, n]) {
            Err(why) => Some(missing("There is no C", &why)),
            Ok(c) => {
                let truth = self.truth();
                let causes = self.causes(&truth, messages);
                let diagnosis = rows::diagnose(&truth, &c, "C", causes)?;
                let line = messages
                    .and_then(|m| witness::line_of(m, &["MPI_Gather", "MPI_Scatter"]));
                Some(diagnosis.at(line))
            }
        }
    }

    fn block(&self, rank: usize) -> std::ops::Range<usize> {
        block(self.shape.m, self.ranks, rank)
    }

    /// What gives which C.
    fn causes(
        &self,
        truth: &Truth<f64>,
        messages: Option<&[Messages]>,
    ) -> Vec<Cause<f64>> {
        let (m, ranks) = (self.shape.m, self.ranks);
        let keep = |is_kept: &dyn Fn(usize) -> bool| -> Vec<Origin> {
            let origin = |row| if is_kept(row) { Origin::Row(row) } else { Origin::Zero };
            (0..m).map(origin).collect()
        };
        let cause = |key, origins: Vec<Origin>, cause: &str, look, next: String| {
            let told = Told { key, cause: cause.into(), look, next };
            Cause { result: truth.arranged(&origins), told }
        };
        let mut causes = Vec::new();
        if !m.is_multiple_of(ranks) && m > ranks {
            let whole = m / ranks * ranks;
            let next = format!(
                "what does block({m}, {ranks}, r) give for r = 0..{}?",
                ranks - 1
            );
            causes.push(cause(
                "remainder",
                keep(&|row| row < whole),
                "m / ranks rows for each; the remainder was left out.",
                "counts and displacements",
                next,
            ));
        }
        if ranks > 1 && m >= ranks {
            let (key, why, look, next) = match self.is_fed(messages) {
                Some(false) => (
                    "fed",
                    "the other ranks multiplied before all of their rows of A, and B, had come.",
                    "the scatter and the broadcast",
                    "which ranks call each of the two, and who is its root?",
                ),
                _ => (
                    "alone",
                    "only what rank 0 computed is there: the others' rows did not come.",
                    "the gather",
                    "which ranks take part in the gather, and where does rank 0 receive?",
                ),
            };
            let mine = keep(&|row| self.block(0).contains(&row));
            causes.push(cause(key, mine, why, look, next.into()));
        }
        causes.extend(self.in_elements(truth));
        causes
    }

    /// The bytes of a rank's rows of A, and of B.
    fn needs(&self, rank: usize) -> u64 {
        let Shape { k, n, .. } = self.shape;
        ((self.block(rank).len() * k + k * n) * size_of::<f64>()) as u64
    }

    /// Whether rank 1 has received what it needs; `None` if nobody knows.
    fn is_fed(&self, messages: Option<&[Messages]>) -> Option<bool> {
        Some(messages?.get(1)?.in_runs.bytes_received >= self.needs(1))
    }

    /// Counts that are numbers of rows where MPI was told to count elements: of each
    /// block as many elements come as it has rows.
    fn in_elements(&self, truth: &Truth<f64>) -> Vec<Cause<f64>> {
        let (width, blocks) =
            (self.shape.n, || (0..self.ranks).map(|rank| self.block(rank)));
        let mut at_its_rows = vec![0.0; truth.numbers.len()];
        let mut at_the_front = at_its_rows.clone();
        for rows in blocks() {
            let first = rows.start * width;
            let come = &truth.numbers[first..][..rows.len()];
            at_its_rows[first..][..rows.len()].copy_from_slice(come);
            at_the_front[rows].copy_from_slice(come);
        }
        let cause = |result| {
            Cause {
            result,
            told: Told {
                key: "elements",
                cause: "counts are numbers of rows here, and MPI took them for numbers of elements."
                    .into(),
                look: "counts, and what they count in",
                next: "is the buffer Rows or a plain slice, and in what does MPI count it?".into(),
            },
        }
        };
        let mut causes = vec![cause(at_its_rows)];
        if causes[0].result != at_the_front {
            causes.push(cause(at_the_front));
        }
        causes
    }

    /// What is wrong with the way to a right C.
    fn way(&self, work: &[Work], messages: &[Messages]) -> Option<Diagnosis> {
        let products = |work: &Work| -> usize {
            work.pieces.iter().filter_map(|piece| piece.m).sum()
        };
        let (m, ranks) = (self.shape.m, self.ranks);
        if ranks == 1 || m < ranks {
            return None;
        }
        let shares: Vec<usize> = work.iter().map(products).collect();
        if shares[0] >= m && shares[1..].iter().all(|&share| share == 0) {
            let found =
                format!("C is right, but rank 0 has computed all {m} rows of it.");
            return Some(
                Diagnosis::found(found)
                    .because("alone", "the other ranks were given nothing to multiply.")
                    .look("what each rank computes")
                    .ask("which rows of A does rank 1 have when it multiplies?")
                    .at(witness::first_line(work)),
            );
        }
        let got = |rank: usize| messages[rank].in_runs.bytes_received;
        let poor = (1..ranks).find(|&rank| got(rank) == 0 && shares[rank] > 0)?;
        let found = format!(
            "C is right, but rank {poor} has received nothing: its rows of A and B are {} bytes.",
            self.needs(poor)
        );
        Some(Diagnosis::found(found).ask("where does this rank take A and B from?"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> Case {
        Case { shape: Shape { m: 15, k: 5, n: 4 }, seed: 3, ranks: 4 }
    }

    fn named(c: &[f64], received: Option<u64>) -> (&'static str, String) {
        let (case, truth) = (case(), case().truth());
        let messages = received.map(|bytes_received| {
            let mut of_rank_1 = Messages::default();
            of_rank_1.in_runs.bytes_received = bytes_received;
            vec![Messages::default(), of_rank_1]
        });
        let causes = case.causes(&truth, messages.as_deref());
        let diagnosis = rows::diagnose(&truth, c, "C", causes).unwrap();
        (diagnosis.key, diagnosis.found)
    }

    #[test]
    fn rows_of_the_product_tell_where_they_are_from() {
        assert!(case().truth().is_telling());
    }

    #[test]
    fn each_cause_is_known_by_what_it_gives() {
        let truth = case().truth();
        let mut tail = truth.numbers.clone();
        tail[12 * 4..].fill(0.0);
        let (key, found) = named(&tail, None);
        assert_eq!(key, "remainder");
        assert_eq!(found, "Rows 12 to 14 of C are zero; all other rows are right.");

        let mut alone = truth.numbers.clone();
        alone[4 * 4..].fill(0.0);
        assert_eq!(named(&alone, None).0, "alone");
        assert_eq!(named(&alone, Some((4 * 5 + 5 * 4) * 8)).0, "alone");
        assert_eq!(named(&alone, Some((4 * 5 + 5 * 4) * 8 - 8)).0, "fed");

        let mut elements = vec![0.0; 60];
        for start in [0, 4, 8, 12] {
            let rows = if start == 12 { 3 } else { 4 };
            elements[start * 4..][..rows]
                .copy_from_slice(&truth.numbers[start * 4..][..rows]);
        }
        assert_eq!(named(&elements, None).0, "elements");
        elements[1] += 1.0;
        assert_eq!(named(&elements, None).0, "");
        tail[0] += 1.0;
        assert_eq!(named(&tail, None).0, "");
    }

    #[test]
    fn one_rank_that_computes_all_is_found_though_c_is_right() {
        let work = |m: usize| {
            let piece = witness::Piece { m: Some(m), ..Default::default() };
            Work { pieces: vec![piece], ..Work::default() }
        };
        let messages = vec![Messages::default(); 4];
        let way = |shares: [usize; 4]| case().way(&shares.map(work), &messages);
        assert_eq!(way([15, 0, 0, 0]).unwrap().key, "alone");
        assert!(way([4, 4, 4, 3]).unwrap().found.contains("rank 1 has received nothing"));
        let mut fed = messages.clone();
        fed.iter_mut().for_each(|m| m.in_runs.bytes_received = 1000);
        assert_eq!(case().way(&[4, 4, 4, 3].map(work), &fed), None);
    }
}
