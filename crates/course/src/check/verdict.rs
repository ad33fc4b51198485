//! What is found out about a task: the outcome, and why in words.

use super::tasks::Task;

/// How a task was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every trial was right.
    Passed,
    /// A trial was wrong.
    Failed,
    /// The task, or one that it needs, is still a `todo!`.
    NotWritten,
    /// A run did not come to its end.
    StoodStill,
    /// The values are right, and something else is for a human to look at.
    Look,
}

impl Outcome {
    /// What files and tables call it.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::NotWritten => "not written",
            Outcome::StoodStill => "stood still",
            Outcome::Look => "look",
        }
    }

    /// The word in front of a trial that ended so.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "ok",
            Outcome::Failed => "wrong",
            Outcome::NotWritten => "open",
            Outcome::StoodStill => "stands",
            Outcome::Look => "look",
        }
    }
}

/// Why a trial is not right, as a tutor would say it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnosis {
    /// The short name of the cause, which hints are bound to; empty if none is known.
    pub key: &'static str,
    /// What came out, beside what should have: whole sentences.
    pub found: String,
    /// The cause, where one explains every difference.
    pub cause: Option<String>,
    /// What to look at, and in which line.
    pub look: Option<String>,
    /// The next step, as a question.
    pub next: Option<String>,
}

impl Diagnosis {
    /// A diagnosis that says what was found and guesses nothing.
    pub fn found(found: impl Into<String>) -> Self {
        Self { found: found.into(), ..Self::default() }
    }

    /// The same with a cause that explains it.
    pub fn because(self, key: &'static str, cause: impl Into<String>) -> Self {
        Self { key, cause: Some(cause.into()), ..self }
    }

    /// The same with something to look at; its line is found later if it has none.
    pub fn look(self, look: impl Into<String>) -> Self {
        Self { look: Some(look.into()), ..self }
    }

    /// The same with the place of what to look at, if one is known.
    pub fn at(mut self, place: Option<String>) -> Self {
        if let (Some(look), Some(place)) = (&mut self.look, place) {
            *look = format!("{look}, {place}");
        }
        self
    }

    /// The same with a question for the next step.
    pub fn ask(self, next: impl Into<String>) -> Self {
        Self { next: Some(next.into()), ..self }
    }

    /// All of it in one line.
    pub fn sentence(&self) -> String {
        let found = self.found.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        match &self.cause {
            Some(cause) => format!("{found} Looks like: {cause}"),
            None => found,
        }
    }
}

/// A trial that was made, in words, and what it gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Trialled {
    /// What was tried, such as `4 ranks, 1001 rows`.
    pub about: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What was counted or measured on the way; never a reason for an outcome.
    pub told: Vec<String>,
}

/// All that is known of a task after its trials.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The task.
    pub task: &'static Task,
    /// The outcome: that of the last trial.
    pub outcome: Outcome,
    /// Why, unless it has passed.
    pub diagnosis: Option<Diagnosis>,
    /// What was tried, in order; the first that is not right is the last.
    pub trials: Vec<Trialled>,
    /// What the inputs were made from.
    pub seed: u64,
    /// How long the trials took.
    pub seconds: f64,
}

impl Verdict {
    /// check's words, without colour.
    pub fn text(&self) -> String {
        super::tell::verdict(self, &super::tell::Paint::Plain)
    }
}
