//! A trial: which program is run how, and who judges what it leaves.

use std::fmt;

use super::run::Run;
use super::verdict::Diagnosis;

/// The name that stands in a trial's words for the folder of its run.
pub const FOLDER: &str = "FOLDER";

/// How the workers of a program are started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    /// So many ranks, by `launch.sh`.
    Ranks(usize),
    /// The program by itself; it starts its own workers.
    Alone,
}

/// What a judge says of a run that has come to its end.
pub type Judged = Result<Vec<String>, Diagnosis>;

/// One run of a student's program, and its judge.
pub struct Trial {
    /// What is tried, such as `4 ranks, 1001 rows`.
    pub about: String,
    /// The program.
    pub program: &'static str,
    /// How its workers are started.
    pub start: Start,
    /// Its command line, split at white space; [`FOLDER`] stands for the run's folder.
    pub words: String,
    /// Variables of its environment, in which [`FOLDER`] stands for the same.
    pub environment: Vec<(&'static str, String)>,
    /// Files that are written before it starts, by their names in the folder.
    pub inputs: Vec<(String, Vec<u8>)>,
    /// Whether stdout is the result, that of each rank by itself.
    pub keeps_stdout: bool,
    /// Whether the result is there before a later task has its turn: then the run
    /// may end in that task.
    pub is_part: bool,
    /// Whether it is made twice before it is called wrong.
    pub is_repeated: bool,
    /// What is told of the run if it is right, or why it is wrong.
    pub judge: Box<dyn Fn(&Run) -> Judged>,
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {} {}", self.about, self.program, self.words)
    }
}

impl Trial {
    /// A trial of `program` with `words`.
    pub fn new(
        about: impl Into<String>,
        (program, start): (&'static str, Start),
        words: impl Into<String>,
        judge: impl Fn(&Run) -> Judged + 'static,
    ) -> Self {
        Self {
            about: about.into(),
            program,
            start,
            words: words.into(),
            environment: Vec::new(),
            inputs: Vec::new(),
            keeps_stdout: false,
            is_part: false,
            is_repeated: false,
            judge: Box::new(judge),
        }
    }

    /// The same with a variable in its environment.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// The same, whose result is there before a later task has its turn.
    pub fn part(self) -> Self {
        Self { is_part: true, ..self }
    }
}

/// `4 ranks`, `1 row`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Numbers that look random and are always the same for a seed (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// The dice of `seed`, different for each `purpose`.
    pub fn new(seed: u64, purpose: &str) -> Self {
        let purpose = purpose.bytes().fold(seed, |state, byte| {
            state.wrapping_mul(0x0100_0000_01b3).wrapping_add(u64::from(byte))
        });
        Self(purpose)
    }

    /// One of `0..n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % n as u64) as usize
    }

    /// A number from 0 to 1.
    pub fn part(&mut self) -> f64 {
        self.below(1 << 20) as f64 / f64::from(1 << 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dice_are_the_same_for_a_seed_and_a_purpose_and_no_others() {
        let throw = |seed, purpose| {
            let mut dice = Dice::new(seed, purpose);
            [0; 8].map(|_| dice.below(1000))
        };
        assert_eq!(throw(7, "rows"), throw(7, "rows"));
        assert_ne!(throw(7, "rows"), throw(8, "rows"));
        assert_ne!(throw(7, "rows"), throw(7, "words"));
        let mut dice = Dice::new(1, "");
        assert!(
            (0..1000).all(|_| dice.below(3) < 3 && (0.0..1.0).contains(&dice.part()))
        );
    }
}
