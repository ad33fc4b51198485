//! One student's tree, built, and what check finds out about its tasks.

use std::collections::BTreeMap;

use super::guard::Account;
use super::handed::{Handed, Work};
use super::tree::Lane;
use crate::Failure;
use crate::check::{self, Outcome, Task};
use crate::project::Tree;

/// The seconds that check gives to a run.
const LIMIT_S: u64 = 30;

/// A tree that is built, and where its programs run.
pub struct Site<'a> {
    lane: &'a Lane,
    site: check::Site,
    /// The exercises that could not be built, with what the compiler said.
    broken: BTreeMap<String, String>,
}

/// What was found out about a task.
pub struct Found {
    /// `passed`, or what came instead.
    pub verdict: &'static str,
    /// The share of the points; none where a human has to say.
    pub share: Option<f64>,
    /// One sentence; empty for what has passed.
    pub sentence: String,
    /// check's words.
    pub text: String,
    /// Whether a program was run.
    pub was_run: bool,
    /// How long it took.
    pub seconds: f64,
}

impl<'a> Site<'a> {
    /// `tree`, which holds what was `handed` in, as far as that can be built.
    ///
    /// # Errors
    ///
    /// If this machine is to blame.
    pub fn build(lane: &'a Lane, tree: &Tree, handed: &Handed) -> Result<Self, Failure> {
        lane.write(tree)?;
        lane.accounts();
        lane.clean()?;
        let written = handed.written();
        let programs = lane.programs()?;
        let mut broken = BTreeMap::new();
        if !written.is_empty() {
            let built = lane.build(&written)?;
            let why = ended(&lane.accounts());
            for name in written.iter().filter(|name| !programs.join(name).is_file()) {
                let of_crate = format!("/crates/{name}#");
                let lines =
                    built.messages.lines().filter(|line| line.contains(&of_crate));
                let lines = lines.collect::<Vec<_>>().join("\n");
                let said = match &why {
                    Some(why) => format!("the build: {why}\n"),
                    None => explained(&lines, name),
                };
                broken.insert((*name).to_owned(), said);
            }
        }
        let site = check::Site {
            root: lane.root.clone(),
            programs,
            wall: lane.run_prefix()?,
            scratch: lane.scratch.clone(),
            limit_s: LIMIT_S,
        };
        Ok(Self { lane, site, broken })
    }

    /// What check says of `task`, and what was seen from outside.
    ///
    /// # Errors
    ///
    /// If this machine is to blame.
    pub fn judge(
        &self,
        task: &'static Task,
        handed: &Handed,
        seed: u64,
    ) -> Result<Found, Failure> {
        match handed.work(task.program, task.id) {
            Work::Open => return Ok(told("not written", "")),
            Work::Missing(why) => return Ok(told("missing", &why)),
            Work::Refused(why) => return Ok(told("refused", &why)),
            Work::Written => {}
        }
        if let Some(said) = self.broken.get(task.program) {
            return Ok(told("not built", said));
        }
        let verdict = check::judge_task(task, &self.site, seed)?;
        let accounts = self.lane.accounts();
        self.lane.clean()?;
        let sentence = verdict.diagnosis.as_ref().map(check::Diagnosis::sentence);
        let mut found = Found {
            verdict: verdict.outcome.name(),
            share: share(verdict.outcome),
            sentence: sentence.unwrap_or_default(),
            text: verdict.text(),
            was_run: true,
            seconds: verdict.seconds,
        };
        let seen = ended(&accounts).into_iter();
        let doubts = accounts.into_iter().flat_map(|account| account.doubts);
        for seen in seen.chain(doubts) {
            if verdict.outcome == Outcome::Passed {
                (found.verdict, found.share) =
                    (Outcome::Look.name(), share(Outcome::Look));
            }
            if !found.sentence.is_empty() {
                found.sentence += " ";
            }
            found.sentence += &format!("Seen from outside: {seen}.");
            found.text += &format!("Seen from outside: {seen}.\n");
        }
        Ok(found)
    }
}

fn share(outcome: Outcome) -> Option<f64> {
    match outcome {
        Outcome::Passed => Some(1.0),
        Outcome::Look => None,
        Outcome::Failed | Outcome::NotWritten | Outcome::StoodStill => Some(0.0),
    }
}

/// Why the wall ended a command, if it did.
fn ended(accounts: &[Account]) -> Option<String> {
    accounts.iter().find_map(|account| account.ended.clone())
}

/// The errors among what cargo said of the exercise `name`, with check's advice.
fn explained(lines: &str, name: &str) -> String {
    let messages = check::build::explain(lines, name).messages.into_iter();
    let errors = messages.filter(|message| message.text.starts_with("error"));
    errors.map(|error| error.text + error.advice.unwrap_or_default() + "\n").collect()
}

/// A task of which nothing was run.
fn told(verdict: &'static str, why: &str) -> Found {
    let sentence = why.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    Found {
        verdict,
        share: Some(0.0),
        sentence: sentence.trim().into(),
        text: format!("{verdict}\n{why}"),
        was_run: false,
        seconds: 0.0,
    }
}
