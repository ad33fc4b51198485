//! What check says: text for people, with colour where a terminal shows it, or JSON.

use std::io::{self, IsTerminal};

use serde_json::{Value, json};

use super::build::Built;
use super::progress::{Progress, State};
use super::tasks::TASKS;
use super::verdict::{Outcome, Verdict};

/// Whether words have colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Paint {
    /// They have none.
    Plain,
    /// They have, by the terminal's codes.
    Colour,
}

impl Paint {
    /// Colours where stdout is a terminal, and its user has not asked for none.
    pub fn of_stdout() -> Self {
        let wants_none =
            std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match io::stdout().is_terminal() && !wants_none {
            true => Paint::Colour,
            false => Paint::Plain,
        }
    }

    fn word(self, outcome: Outcome, width: usize) -> String {
        let code = match outcome {
            Outcome::Passed => 32,
            Outcome::Failed => 31,
            Outcome::NotWritten => 36,
            Outcome::StoodStill | Outcome::Look => 33,
        };
        self.coloured(&format!("{:<width$}", outcome.word()), code)
    }

    fn coloured(self, text: &str, code: u8) -> String {
        match self {
            Paint::Plain => text.to_owned(),
            Paint::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// A task, its trials, and why the last one is not right.
pub fn verdict(verdict: &Verdict, paint: &Paint) -> String {
    let given = if verdict.task.is_written { "" } else { " (nothing to write)" };
    let mut lines = vec![format!("{}  {}{given}", verdict.task.id, verdict.task.title)];
    for trial in &verdict.trials {
        let mut line = format!("  {}  {}", paint.word(trial.outcome, 6), trial.about);
        if trial.outcome != Outcome::Passed {
            line += &format!(" (seed {})", verdict.seed);
        }
        if !trial.told.is_empty() {
            line += &format!(": {}", trial.told.join(", "));
        }
        lines.push(line);
    }
    if let Some(why) = &verdict.diagnosis {
        lines.extend(why.found.lines().map(|line| format!("    {line}")));
        lines.extend(why.cause.iter().map(|cause| format!("    Looks like: {cause}")));
        lines.extend(why.look.iter().map(|look| format!("    Look at: {look}")));
        let hint = format!("make hint-{}", verdict.task.program);
        lines.push(match &why.next {
            Some(next) => format!("    Next: {next}   {hint}"),
            None => format!("    Next: {hint}"),
        });
    }
    lines.join("\n") + "\n"
}

/// All tasks of the class, a line each, and which one comes next.
pub fn class(progress: &Progress, program: &str, paint: &Paint) -> String {
    let next = progress.next(program);
    let mut lines = vec![String::new()];
    for task in &TASKS {
        let (word, code) = match progress.state(task.id) {
            Some(State::Done) => ("done", 32),
            _ if next == Some(task.id) => ("next", 33),
            Some(State::Wrong) => ("wrong", 31),
            Some(State::Open) | None => ("not yet", 37),
        };
        let word = paint.coloured(&format!("{word:<7}"), code);
        lines.push(format!("{word}  {}  {:<14}  {}", task.id, task.program, task.title));
    }
    lines.join("\n") + "\n"
}

/// What the compiler has said, with a line of ours for errors that everybody meets.
pub fn build(built: &Built, paint: &Paint) -> String {
    let mut text = String::new();
    for message in &built.messages {
        text += message.text.trim_end();
        text.push('\n');
        if let Some(advice) = message.advice {
            text += &paint.coloured(&format!("  -> {advice}"), 33);
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

/// The verdicts and the progress as one object.
pub fn json(verdicts: &[Verdict], progress: &Progress) -> Value {
    let tasks: Vec<Value> = verdicts.iter().map(of_verdict).collect();
    let class: Vec<Value> = TASKS
        .iter()
        .map(|task| {
            let state = progress.state(task.id).map_or("not yet", State::name);
            json!({ "task": task.id, "program": task.program, "state": state })
        })
        .collect();
    json!({ "built": true, "tasks": tasks, "class": class })
}

/// A build that failed, as an object.
pub fn not_built(built: &Built) -> Value {
    let message = |message: &super::build::Message| json!({ "code": message.code, "text": message.text, "advice": message.advice });
    let messages: Vec<Value> = built.messages.iter().map(message).collect();
    json!({ "built": false, "messages": messages })
}

fn of_verdict(verdict: &Verdict) -> Value {
    let trials: Vec<Value> = verdict
        .trials
        .iter()
        .map(|trial| {
            let outcome = trial.outcome.name();
            json!({ "about": trial.about, "outcome": outcome, "told": trial.told })
        })
        .collect();
    let why = verdict.diagnosis.as_ref().map(|why| {
        json!({
            "key": why.key,
            "found": why.found,
            "cause": why.cause,
            "look": why.look,
            "next": why.next,
            "sentence": why.sentence(),
        })
    });
    json!({
        "task": verdict.task.id,
        "outcome": verdict.outcome.name(),
        "trials": trials,
        "diagnosis": why,
        "text": verdict.text(),
        "seed": verdict.seed,
        "seconds": verdict.seconds,
    })
}

#[cfg(test)]
mod tests {
    use super::super::verdict::{Diagnosis, Trialled};
    use super::*;

    fn failed() -> Verdict {
        let why = Diagnosis::found("Row 1000 of C is zero; all other rows are right.")
            .because("remainder", "the remainder was left out.")
            .look("counts, crates/matmul-mpi/src/rows.rs:36")
            .ask("what does block(1001, 4, 3) give?");
        let trial = |about: &str, outcome, told: &[&str]| Trialled {
            about: about.into(),
            outcome,
            told: told.iter().map(|told| told.to_string()).collect(),
        };
        let task = TASKS.iter().find(|task| task.id == "2.2").unwrap();
        Verdict {
            task,
            outcome: Outcome::Failed,
            diagnosis: Some(why),
            trials: vec![
                trial("4 ranks, 1024 rows", Outcome::Passed, &["computing 3 ms"]),
                trial("4 ranks, 1001 rows", Outcome::Failed, &[]),
            ],
            seed: 7731,
            seconds: 0.5,
        }
    }

    #[test]
    fn a_verdict_is_what_a_tutor_says() {
        let expected = "\
2.2  any size: counts and displacements
  ok      4 ranks, 1024 rows: computing 3 ms
  wrong   4 ranks, 1001 rows (seed 7731)
    Row 1000 of C is zero; all other rows are right.
    Looks like: the remainder was left out.
    Look at: counts, crates/matmul-mpi/src/rows.rs:36
    Next: what does block(1001, 4, 3) give?   make hint-matmul-mpi
";
        assert_eq!(verdict(&failed(), &Paint::Plain), expected);
        assert_eq!(failed().text(), expected);
        let coloured = verdict(&failed(), &Paint::Colour);
        assert!(coloured.contains("\x1b[31mwrong \x1b[0m"), "{coloured}");
    }

    #[test]
    fn a_verdict_is_one_object() {
        let object = of_verdict(&failed());
        assert_eq!(object["task"], "2.2");
        assert_eq!(object["outcome"], "failed");
        assert_eq!(object["diagnosis"]["key"], "remainder");
        assert_eq!(object["trials"][0]["about"], "4 ranks, 1024 rows");
    }
}
