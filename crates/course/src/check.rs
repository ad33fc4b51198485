//! `course check`: tries a student's program, and says why it is wrong, as a tutor would.
//!
//! Data flow one way: a [`trial`] says how a program is run, [`run`] runs it behind a
//! wall, the judge of its topic compares what it has left with what it should have,
//! and names a cause if one explains every difference. [`tell`] puts it in words.
//!
//! - [`tasks`]: the tasks of the class and their trials.
//! - [`trial`], [`run`], [`files`], [`witness`]: how a run is made, and what it leaves.
//! - [`ended`], [`still`]: why a run came to no good end.
//! - [`hello`], [`matmul`], [`pictures`], [`chunks`], [`words`]: the judges, by topic.
//! - [`rows`], [`causes`]: rows that are not where they belong.
//! - [`ways`]: a right picture by a wrong way.
//! - [`build`], [`watch`], [`progress`], [`tell`]: what is around it.
//!
//! A judge looks at files alone, never at what a program says of itself or at its
//! status. Neither does it read a student's source.

pub mod build;
mod causes;
mod chunks;
mod ended;
mod files;
mod hello;
mod matmul;
mod pictures;
pub mod progress;
mod rows;
mod run;
mod still;
mod tasks;
mod tell;
mod trial;
mod verdict;
mod watch;
mod ways;
mod witness;
mod words;

use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};
use std::{fs, process};

use harness::program;

use crate::{Failure, marker};
use progress::Progress;
pub use run::Site;
pub use tasks::{TASKS, Task};
use trial::Trial;
pub use verdict::{Diagnosis, Outcome, Trialled, Verdict};

/// The command line of `course check`.
#[derive(clap::Args, Debug)]
pub struct CheckArgs {
    /// The exercise, as mandel-threads
    #[arg(value_name = "CRATE")]
    name: String,
    /// Check every task, also behind one that is not right yet
    #[arg(long)]
    all: bool,
    /// Check this task alone, such as 4.3
    #[arg(long, value_name = "TASK")]
    task: Option<String>,
    /// Check again whenever a file of the exercise is saved; Ctrl-C ends it
    #[arg(long)]
    watch: bool,
    /// Print one JSON object on stdout and nothing else
    #[arg(long)]
    json: bool,
    /// Make the inputs from this number, as a check before has told it [default: another one each time]
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// What cargo has said of the build, a JSON object on each line
    #[arg(long, value_name = "FILE", hide = true)]
    built: Option<PathBuf>,
    /// The folder of the built programs
    #[arg(long, value_name = "DIR", hide = true)]
    programs: Option<PathBuf>,
}

/// The seconds that one run may take; a right one takes less than one.
const LIMIT_S: u64 = 20;

/// Checks the tasks of an exercise, in turn, up to the first that is not right.
///
/// # Errors
///
/// If there is no such exercise, or the machine fails; [`Failure::Told`] with status 1
/// if a task is not right.
pub fn check(root: &Path, args: &CheckArgs) -> Result<(), Failure> {
    known_exercise(&args.name)?;
    known_task(args)?;
    if args.watch {
        return watch::watch(root, &args.name);
    }
    let paint = if args.json { tell::Paint::Plain } else { tell::Paint::of_stdout() };
    if let Some(path) = &args.built
        && !report_build(path, args, &paint)?
    {
        return Err(Failure::Told(1));
    }
    let scratch = tempfile::tempdir()
        .map_err(|error| Failure::Files(format!("no place for files: {error}")))?;
    let site = Site {
        root: root.into(),
        programs: programs(root, args)?,
        wall: Vec::new(),
        scratch: scratch.path().into(),
        limit_s: LIMIT_S,
    };
    let mut progress = Progress::load(root);
    let verdicts = check_tasks(&site, args, &mut progress, &paint)?;
    progress.save()?;
    let text = match args.json {
        true => format!("{}\n", tell::json(&verdicts, &progress)),
        false => tell::class(&progress, &args.name, &paint),
    };
    program::print(&text)?;
    match verdicts.iter().all(|verdict| verdict.outcome == Outcome::Passed) {
        true => Ok(()),
        false => Err(Failure::Told(1)),
    }
}

/// Makes sure that `name` is an exercise.
///
/// # Errors
///
/// If it is none.
pub fn known_exercise(name: &str) -> Result<(), Failure> {
    if TASKS.iter().any(|task| task.program == name) {
        return Ok(());
    }
    let mut known: Vec<&str> = TASKS.iter().map(|task| task.program).collect();
    known.dedup();
    known.sort_unstable();
    known.dedup();
    let message = format!("{name} is no exercise; there are {}", known.join(", "));
    Err(Failure::CommandLine(message))
}

/// Makes sure that `--task` is one of the exercise, if it is given.
fn known_task(args: &CheckArgs) -> Result<(), Failure> {
    let Some(id) = &args.task else { return Ok(()) };
    let tasks = TASKS.iter().filter(|task| task.program == args.name);
    let known: Vec<&str> = tasks.map(|task| task.id).collect();
    match known.contains(&id.as_str()) {
        true => Ok(()),
        false => Err(Failure::CommandLine(format!(
            "--task {id}: {} has {}",
            args.name,
            known.join(", ")
        ))),
    }
}

/// Says what the compiler has said; whether there is a program.
fn report_build(
    path: &Path,
    args: &CheckArgs,
    paint: &tell::Paint,
) -> Result<bool, Failure> {
    let lines = fs::read_to_string(path)
        .map_err(|error| Failure::Files(format!("{}: {error}", path.display())))?;
    let built = build::explain(&lines, &args.name);
    match (args.json, built.is_success) {
        (true, false) => program::print(&format!("{}\n", tell::not_built(&built)))?,
        (true, true) => {}
        (false, _) => program::print(&tell::build(&built, paint))?,
    }
    Ok(built.is_success)
}

/// Where make has built the programs: beside this one, unless told otherwise.
fn programs(root: &Path, args: &CheckArgs) -> Result<PathBuf, Failure> {
    let programs = match &args.programs {
        Some(folder) => folder.clone(),
        None => {
            let own = std::env::current_exe().ok();
            own.and_then(|own| Some(own.parent()?.to_owned()))
                .unwrap_or_else(|| root.into())
        }
    };
    let program = programs.join(&args.name);
    match program.is_file() {
        true => Ok(programs),
        false => Err(Failure::Files(format!(
            "{}: no such program; build and check it with: make check-{}",
            program.display(),
            args.name
        ))),
    }
}

fn check_tasks(
    site: &Site,
    args: &CheckArgs,
    progress: &mut Progress,
    paint: &tell::Paint,
) -> Result<Vec<Verdict>, Failure> {
    let seed = args.seed.unwrap_or_else(any_seed);
    let mut verdicts: Vec<Verdict> = Vec::new();
    let is_asked = |task: &&Task| {
        task.program == args.name && args.task.as_ref().is_none_or(|id| id == task.id)
    };
    for task in TASKS.iter().filter(is_asked) {
        let verdict = judge_task(task, site, seed)?;
        progress.note(&verdict);
        let is_right = verdict.outcome == Outcome::Passed;
        if !args.json {
            program::print(&tell::verdict(&verdict, paint))?;
        }
        verdicts.push(verdict);
        if !is_right && !args.all {
            break;
        }
    }
    Ok(verdicts)
}

/// Four digits, another one each time.
fn any_seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_or(0, |now| now.as_nanos() as u64);
    1000 + (now / 1000 + u64::from(process::id())) % 9000
}

/// Makes the trials of a task, in turn, up to the first that is not right.
///
/// # Errors
///
/// If the machine is to blame: the scratch folder cannot be written, or the wall's
/// program does not start.
pub fn judge_task(
    task: &'static Task,
    site: &Site,
    seed: u64,
) -> Result<Verdict, Failure> {
    let start = Instant::now();
    let mut trials = Vec::new();
    let mut diagnosis = None;
    for trial in (task.trials)(seed) {
        let (outcome, told) = match attempt(task, &trial, site)? {
            Ok(told) => (Outcome::Passed, told),
            Err((outcome, why)) => {
                diagnosis = Some(with_place(why, task, &site.root));
                (outcome, Vec::new())
            }
        };
        trials.push(Trialled { about: trial.about, outcome, told });
        if outcome != Outcome::Passed {
            break;
        }
    }
    let outcome = trials.last().map_or(Outcome::Passed, |last| last.outcome);
    let seconds = start.elapsed().as_secs_f64();
    Ok(Verdict { task, outcome, diagnosis, trials, seed, seconds })
}

/// What is told of a run that is right; else the outcome, and why.
type Attempt = Result<Vec<String>, (Outcome, Diagnosis)>;

fn attempt(task: &Task, trial: &Trial, site: &Site) -> Result<Attempt, Failure> {
    let first = attempt_once(task, trial, site)?;
    // Who computes when is partly chance: what is said of that has happened twice.
    match &first {
        Err((Outcome::Failed, why)) if trial.is_repeated && !why.key.is_empty() => {
            attempt_once(task, trial, site)
        }
        _ => Ok(first),
    }
}

fn attempt_once(task: &Task, trial: &Trial, site: &Site) -> Result<Attempt, Failure> {
    let run = run::run(trial, site)?;
    let ended = ended::diagnose(&run, task);
    let is_open = ended::unwritten(&run.said) == Some(task.id);
    if let Some(ended) = ended {
        // What a part has left may be right, though a later task ends the run.
        if trial.is_part && !is_open {
            match (trial.judge)(&run) {
                Ok(told) => return Ok(Ok(told)),
                Err(why) if why.key != MISSING => return Ok(Err((Outcome::Failed, why))),
                Err(_) => {}
            }
        }
        return Ok(Err(ended));
    }
    let judged = (trial.judge)(&run);
    Ok(judged.map_err(|why| match why.key {
        LOOK => (Outcome::Look, why),
        _ => (Outcome::Failed, why),
    }))
}

/// The key of a diagnosis that finds no result at all.
const MISSING: &str = "missing";

/// The key of a diagnosis that is for a human to look at.
const LOOK: &str = "look";

/// A right result of which nobody has seen how it came about.
fn unaccounted(why: &str) -> Diagnosis {
    let found =
        format!("The values are right, but nobody knows who computed them: {why}.");
    Diagnosis { key: LOOK, ..Diagnosis::found(found) }
}

/// A diagnosis of a run that has left no result.
fn missing(what: &str, why: &str) -> Diagnosis {
    Diagnosis { key: MISSING, ..Diagnosis::found(format!("{what}: {why}.")) }
}

/// `why` with the first line of the task where it names none.
fn with_place(why: Diagnosis, task: &Task, root: &Path) -> Diagnosis {
    if why.look.as_ref().is_some_and(|look| look.contains(".rs:")) {
        return why;
    }
    let Some(place) = place(task, root) else { return why };
    match why.look {
        Some(_) => why.at(Some(place)),
        None => why.look(place),
    }
}

/// The first line of what a student writes for `task`.
fn place(task: &Task, root: &Path) -> Option<String> {
    let path = format!("crates/{}/src/{}", task.program, task.file);
    let text = fs::read_to_string(root.join(&path)).ok()?;
    let is_begin = |line: &str| marker::begins(line) == Some(task.id);
    // Imports have a region of their own, above the one that matters.
    let begins = text.lines().enumerate().filter(|(_, line)| is_begin(line));
    let lines: Vec<&str> = text.lines().collect();
    let mut begins = begins.map(|(number, _)| number + 1);
    let is_code = |number: &usize| {
        !lines
            .get(*number)
            .is_none_or(|line| line.starts_with("use ") || line.starts_with("//"))
    };
    let first = begins.clone().find(is_code).or_else(|| begins.next())?;
    Some(format!("{path}:{}", first + 1))
}
