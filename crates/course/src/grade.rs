//! `course grade`: a verdict and points for every task of every submission.
//!
//! What students hand in is not trusted. Only the text of their regions comes in
//! (`handed`, `regions`, `names`), into a tree that holds no solution (`tree`). It is
//! built and run behind a wall (`wall`), watched from outside (`guard`, `census`,
//! `witness`). The judge is check's: it reads what the programs have computed and
//! computes it again. A line for each task goes into `ledger` as soon as it is known.

mod census;
mod guard;
mod handed;
mod judged;
mod ledger;
mod names;
mod points;
mod regions;
mod tree;
mod wall;
mod witness;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

use harness::program;

pub use guard::{WallArgs, wall};

use self::handed::Handed;
use self::judged::Site;
use self::ledger::{Grade, Ledger};
use self::points::Points;
use self::tree::Lane;
use crate::check::{self, Task};
use crate::project::{self, Project, Tree};
use crate::{Failure, compare};

/// The command line of `course grade`.
#[derive(clap::Args, Debug)]
pub struct GradeArgs {
    /// The folder with the submissions: a folder, .tar.gz, .tar.xz or .zip of each student
    #[arg(value_name = "DIR")]
    submissions: PathBuf,
    /// Where grades.csv and the students' texts go [default: DIR-grades]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Grade this student alone, and anew
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Points by task [default: crates/course/points.toml]
    #[arg(long, value_name = "FILE")]
    points: Option<PathBuf>,
    /// Where the tree is built [default: target/grade]
    #[arg(long, value_name = "DIR")]
    work: Option<PathBuf>,
    /// A further folder that programs may read, such as an MPI in /opt (may be repeated)
    #[arg(long, value_name = "DIR")]
    read: Vec<PathBuf>,
    /// Seconds that the build of one submission may take
    #[arg(long, value_name = "S", default_value_t = 180)]
    build_limit: u64,
    /// Run what students have written without any protection of this machine and account
    #[arg(long)]
    without_a_wall: bool,
}

/// What all submissions are graded with.
struct Class {
    project: Project,
    handout: Tree,
    points: Points,
    tasks: Vec<&'static Task>,
    lane: Lane,
}

/// Grades what is not yet graded; says how it went.
///
/// # Errors
///
/// If there is no wall, no submission, or a file is in the way; if the handout
/// cannot be built. What students do is none.
pub fn grade(root: &Path, args: &GradeArgs) -> Result<String, Failure> {
    let submissions = chosen(args)?;
    let tasks: Vec<&'static Task> =
        check::TASKS.iter().filter(|task| task.is_written).collect();
    let ids: Vec<&str> = tasks.iter().map(|task| task.id).collect();
    let points = args.points.clone().unwrap_or_else(|| root.join(points::FILE));
    let points = Points::read(&points, &ids)?;
    let has_wall = choose_wall(args.without_a_wall)?;
    let work = args.work.clone().unwrap_or_else(|| root.join("target/grade"));
    fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
    let work = work.canonicalize().map_err(|error| error.to_string())?;
    let _lock = lock(&work)?;
    let project = project::load(root)?;
    let handout = project.render(|_, _| false);
    let lane = Lane::new(&work, has_wall, args.build_limit, &args.read)?;
    let class = Class { project, handout, points, tasks, lane };
    let mut ledger = Ledger::open(&out(args))?;

    program::say("building what all submissions share");
    let own = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.to_owned()));
    let own = own.unwrap_or_default();
    class.lane.prepare(&class.tree(None), &class.exercises(), &own)?;
    let mut old = Vec::new();
    if let Some(student) = &args.only {
        old = ledger.forget(student)?;
    }
    let mut clock = Clock::new(&class, &ledger, &submissions);
    for (student, path) in &submissions {
        let seed = old.iter().map(|grade| grade.seed).find(|seed| *seed != 0);
        let run = class.points.next_run(student, seed);
        clock.say(student);
        one(&class, &mut ledger, (student, path), run, &mut clock)?;
    }
    Ok(summary(&class, &ledger, &submissions))
}

/// The submissions that are asked for.
fn chosen(args: &GradeArgs) -> Result<Vec<(String, PathBuf)>, Failure> {
    let all = handed::submissions(&args.submissions)?;
    let Some(only) = &args.only else { return Ok(all) };
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    let unknown = format!("--only {only}: there are {}", names.join(", "));
    let chosen: Vec<_> = all.into_iter().filter(|(name, _)| name == only).collect();
    if chosen.is_empty() { Err(Failure::CommandLine(unknown)) } else { Ok(chosen) }
}

/// Whether there is a wall; says which.
fn choose_wall(without: bool) -> Result<bool, Failure> {
    if without {
        program::say(
            "note: --without-a-wall: what students have written runs as you, with your \
             files and your network",
        );
        return Ok(false);
    }
    let what = wall::probe()?;
    program::say(&format!("the wall is {what}"));
    Ok(true)
}

/// The folder for the results: beside the submissions, for it is no submission.
fn out(args: &GradeArgs) -> PathBuf {
    args.out.clone().unwrap_or_else(|| {
        let mut name = args.submissions.components().as_path().as_os_str().to_owned();
        name.push("-grades");
        name.into()
    })
}

/// Keeps another grader out of `work` as long as this one runs.
fn lock(work: &Path) -> Result<File, String> {
    let file = File::create(work.join("lock"));
    let locked = file.and_then(|file| file.try_lock().map(|()| file).map_err(Into::into));
    locked.map_err(|error| format!("{}: in use by another run ({error})", work.display()))
}

impl Class {
    /// What is built: the handout, with what was `handed` in.
    fn tree(&self, handed: Option<&Handed>) -> Tree {
        let mut tree = self.handout.clone();
        for (path, text) in handed.into_iter().flat_map(Handed::files) {
            let file = tree.get_mut(path).expect("an exercise's files are in the tree");
            file.bytes = text.into();
        }
        tree
    }

    /// The crates in which there is something to write.
    fn exercises(&self) -> Vec<&'static str> {
        let mut names: Vec<&str> = self.tasks.iter().map(|task| task.program).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Grades the tasks of one student that are not graded yet.
fn one(
    class: &Class,
    ledger: &mut Ledger,
    (student, path): (&str, &Path),
    run: u64,
    clock: &mut Clock,
) -> Result<(), Failure> {
    let is_open = |task: &&&'static Task| ledger.of(student, task.id).is_none();
    let open: Vec<&'static Task> = class.tasks.iter().filter(is_open).copied().collect();
    if open.is_empty() {
        return Ok(());
    }
    let handed = Handed::read(path, &class.project, &class.handout);
    let seed = class.points.seed(student, run);
    let head = head(student, path, &handed);
    let site = Site::build(&class.lane, &class.tree(Some(&handed)), &handed)?;
    for task in open {
        let found = site.judge(task, &handed, seed)?;
        let points = found.share.map(|share| share * class.points.of(task.id));
        ledger.tell(student, &head, task.id, &found.text)?;
        ledger.add(Grade {
            student: student.into(),
            task: task.id.into(),
            points,
            verdict: found.verdict.into(),
            diagnosis: found.sentence,
            seed: if found.was_run { seed } else { 0 },
            seconds: found.seconds,
        })?;
        clock.tick();
    }
    Ok(())
}

/// What stands above the tasks in the text of a student.
fn head(student: &str, path: &Path, handed: &Handed) -> String {
    let file = path.file_name().unwrap_or_default().display();
    let mut head = format!("{student}: {file}\n");
    for (title, text) in [
        ("Edited where nothing was to be written, and not taken over:", &handed.edits),
        ("Predictions and answers:", &handed.answers),
    ] {
        if !text.is_empty() {
            head += &format!("\n{title}\n{text}");
        }
    }
    head
}

/// How far it is, and how long it will still take.
struct Clock {
    start: Instant,
    tasks: usize,
    done: usize,
    students: usize,
    begun: usize,
}

impl Clock {
    fn new(class: &Class, ledger: &Ledger, submissions: &[(String, PathBuf)]) -> Self {
        let is_open = |name: &str, task: &Task| ledger.of(name, task.id).is_none();
        let of = |name| class.tasks.iter().filter(|task| is_open(name, task)).count();
        let tasks = submissions.iter().map(|(name, _)| of(name)).sum();
        let students = submissions.len();
        Self { start: Instant::now(), tasks, done: 0, students, begun: 0 }
    }

    fn say(&mut self, student: &str) {
        self.begun += 1;
        let left = self.tasks - self.done;
        let time = match self.done {
            0 => String::new(),
            done => {
                let each_s = self.start.elapsed().as_secs_f64() / done as f64;
                format!(", about {:.0} min left", (each_s * left as f64 / 60.0).ceil())
            }
        };
        let Self { begun, students, .. } = self;
        program::say(&format!("{begun}/{students} {student} ({left} tasks{time})"));
    }

    fn tick(&mut self) {
        self.done += 1;
    }
}

/// Each student's points, and what a human has to look at.
fn summary(class: &Class, ledger: &Ledger, submissions: &[(String, PathBuf)]) -> String {
    let most: f64 = class.tasks.iter().map(|task| class.points.of(task.id)).sum();
    let mut text = String::new();
    for (student, _) in submissions {
        let grades = ledger.grades().iter().filter(|grade| grade.student == *student);
        let points: f64 = grades.clone().filter_map(|grade| grade.points).sum();
        let looks: Vec<&str> = grades
            .filter(|grade| grade.points.is_none())
            .map(|grade| grade.task.as_str())
            .collect();
        let looks = match looks.as_slice() {
            [] => String::new(),
            looks => format!(", to be looked at: {}", looks.join(", ")),
        };
        text += &format!("{}: {points} of {most}{looks}\n", compare::visible(student));
    }
    let table = ledger.table();
    text + &format!("\n{}, and a text for each student beside it\n", table.display())
}
