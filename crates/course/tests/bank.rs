//! The bank: wrong solutions, each of which must get its sentence from `course check`,
//! and right ones, which must get no complaint.
//!
//! A patch of the reference is applied to a copy of the project that keeps its place
//! among cargo's folders for test files, so that one exercise is built again each time.
//! `make test` tries a sample; `make test-bank` tries all, `BANK=4.3` those of one task.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;
use std::{env, fs, thread};

use serde_json::Value;

mod house;

/// What `make test` tries.
const SAMPLE: [&str; 18] = [
    "1.2-order-of-arrival",
    "1.2-forgotten-send",
    "2.2-remainder",
    "2.2-root-does-all",
    "3.1-remainder",
    "3.3-lock-held",
    "3.5-ties",
    "3.6-whole-numbers",
    "4.2-unplaced",
    "4.3-fixed-share",
    "5.2-twice",
    "right/chunks-heap",
    "right/handed-on-demand",
    "right/hello-gathered",
    "right/product-elements",
    "right/ranks-pixels",
    "right/threads-channels",
    "right/words-tree",
];

/// Tasks that others of their exercise need: their wrong solutions are tried alone.
const NEEDED: [&str; 2] = ["1.2", "5.2"];

/// A solution as a patch of the reference.
struct Patch {
    name: String,
    path: PathBuf,
    /// The exercise.
    program: String,
    /// The files that it changes.
    files: BTreeSet<String>,
    /// What check must say of a wrong one; `None` for a right one.
    expected: Option<Expected>,
}

struct Expected {
    task: String,
    outcome: String,
    /// Parts of check's text, each on a line of its own; where chance decides which one
    /// comes, with ` | ` in between.
    says: Vec<String>,
}

impl Patch {
    fn read(name: &str, path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        let (head, _) =
            text.split_once("\n--- ").unwrap_or_else(|| panic!("{name}: no patch"));
        let all = |key: &str| -> Vec<String> {
            head.lines().filter_map(|line| Some(line.strip_prefix(key)?.into())).collect()
        };
        let one = |key: &str| {
            let found = all(key).into_iter().next();
            found.unwrap_or_else(|| panic!("{name}: no {key:?} in its head"))
        };
        let expected = (!name.starts_with("right/")).then(|| Expected {
            task: one("Task: "),
            outcome: one("Outcome: "),
            says: all("Says: "),
        });
        let files = text.lines().filter_map(|line| line.strip_prefix("+++ b/crates/"));
        let files: BTreeSet<String> = files.map(str::to_owned).collect();
        let programs: BTreeSet<&str> =
            files.iter().filter_map(|file| file.split('/').next()).collect();
        assert_eq!(programs.len(), 1, "{name}: a patch of one exercise");
        let program = programs.first().unwrap().to_string();
        Self { name: name.into(), path, program, files, expected }
    }

    fn is_right(&self) -> bool {
        self.expected.is_none()
    }

    fn is_alone(&self) -> bool {
        self.expected.as_ref().is_some_and(|expected| {
            NEEDED.contains(&&*expected.task) || expected.outcome == "not built"
        })
    }
}

/// All patches, by name.
fn bank() -> Vec<Patch> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bank");
    let mut patches = Vec::new();
    for (folder, prefix) in [(folder.clone(), ""), (folder.join("right"), "right/")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_string_lossy().into_owned();
            if let Some(name) = file.strip_suffix(".patch") {
                patches.push(Patch::read(&format!("{prefix}{name}"), path));
            }
        }
    }
    patches.sort_by(|one, other| one.name.cmp(&other.name));
    patches
}

/// Patches that are tried together: they change different files of one exercise.
fn rounds(patches: Vec<Patch>) -> Vec<Vec<Patch>> {
    let mut rounds: Vec<Vec<Patch>> = Vec::new();
    for patch in patches {
        let fits = |round: &&mut Vec<Patch>| {
            let is_alike = round[0].program == patch.program
                && round[0].is_right() == patch.is_right();
            is_alike
                && round.iter().chain([&patch]).all(|one| !one.is_alone())
                && round.iter().all(|other| other.files.is_disjoint(&patch.files))
        };
        match rounds.iter_mut().find(fits) {
            Some(round) => round.push(patch),
            None => rounds.push(vec![patch]),
        }
    }
    rounds
}

/// The rounds of each exercise, those of which there are most first.
fn by_exercise(rounds: Vec<Vec<Patch>>) -> Vec<Vec<Vec<Patch>>> {
    let mut exercises: BTreeMap<String, Vec<Vec<Patch>>> = BTreeMap::new();
    for round in rounds {
        exercises.entry(round[0].program.clone()).or_default().push(round);
    }
    let mut exercises: Vec<_> = exercises.into_values().collect();
    exercises.sort_by_key(|rounds| Reverse(rounds.iter().flatten().count()));
    exercises
}

/// Does `work` with each of `items`, with two at a time: check often waits.
fn two_at_a_time<T: Send>(items: Vec<T>, work: impl Fn(T) + Sync) {
    let items = Mutex::new(items.into_iter());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let item = items.lock().unwrap().next();
                    let Some(item) = item else { break };
                    work(item);
                }
            });
        }
    });
}

#[test]
fn every_task_has_four_wrong_solutions_and_every_family_five_right_ones() {
    if house::reference().is_none() {
        return;
    }
    let (mut wrong, mut right) = (BTreeMap::new(), BTreeMap::new());
    for patch in bank() {
        let name = patch.name.strip_prefix("right/").unwrap_or(&patch.name);
        match &patch.expected {
            Some(expected) => {
                let (task, _) = name.split_once('-').unwrap();
                assert_eq!(expected.task, task, "{name}");
                assert!(!expected.says.is_empty(), "{name} is told nothing");
                *wrong.entry(task.to_owned()).or_insert(0) += 1;
            }
            None => {
                let (family, _) = name.split_once('-').unwrap();
                *right.entry(family.to_owned()).or_insert(0) += 1;
            }
        }
    }
    let names: Vec<String> = bank().into_iter().map(|patch| patch.name).collect();
    assert!(SAMPLE.iter().all(|name| names.iter().any(|one| one == name)), "{names:?}");
    let few: Vec<_> = wrong.iter().filter(|(_, count)| **count < 4).collect();
    assert!(few.is_empty(), "fewer than four: {few:?}");
    assert_eq!(wrong.len(), 18, "tasks that students write: {:?}", wrong.keys());
    assert!(right.len() == 7 && right.values().all(|&count| count == 5), "{right:?}");
}

#[test]
fn wrong_solutions_get_their_sentences_and_right_ones_no_complaint() {
    let Some(root) = house::reference() else { return };
    let Some(copy) = Copy::new(&root) else { return };
    let asked = env::var("BANK").unwrap_or_default();
    let is_asked = |patch: &Patch| match &*asked {
        "" => SAMPLE.contains(&&*patch.name),
        "all" => true,
        start => {
            let name = &*patch.name;
            [name, name.trim_start_matches("right/")].iter().any(|n| n.starts_with(start))
        }
    };
    let patches: Vec<Patch> = bank().into_iter().filter(is_asked).collect();
    assert!(!patches.is_empty(), "BANK={asked}: no such patch");
    copy.renew("");
    let judged = Mutex::new(Vec::new());
    two_at_a_time(by_exercise(rounds(patches)), |rounds| {
        for round in rounds {
            let start = Instant::now();
            copy.build(&round);
            two_at_a_time(round.iter().collect(), |patch| {
                let (said, complaint) = copy.judge(patch);
                judged.lock().unwrap().push((patch.name.clone(), said, complaint));
            });
            if !asked.is_empty() {
                let names: Vec<&str> = round.iter().map(|patch| &*patch.name).collect();
                let seconds = start.elapsed().as_secs_f64();
                house::say(&format!("{seconds:5.1} s  {}", names.join(", ")));
            }
        }
    });
    let mut judged = judged.into_inner().unwrap();
    judged.sort();
    let (mut table, mut wrong) = (String::new(), Vec::new());
    for (name, said, complaint) in judged {
        table += &format!("| {name} | {said} |\n");
        wrong.extend(complaint.map(|why| format!("{name}: {why}")));
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bank.md");
    fs::write(&path, format!("| solution | check says |\n|---|---|\n{table}")).unwrap();
    let (count, wrong) = (wrong.len(), wrong.join("\n\n"));
    assert!(count == 0, "{count} of the bank, see {}:\n\n{wrong}\n", path.display());
}

/// A copy of the project, in which one exercise after the other is made wrong.
struct Copy {
    root: PathBuf,
    folder: PathBuf,
    programs: PathBuf,
}

impl Copy {
    /// The copy, set up with the project's MPI; `None` if there is none.
    fn new(root: &Path) -> Option<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bank");
        let target = house::set_up(root, &folder, &profiles(root))?;
        let programs = target.join("release");
        Some(Self { root: root.into(), folder, programs })
    }

    /// Makes the copy like the project, where paths begin with `start`. A file that is as
    /// it was keeps its time: cargo goes by that.
    fn renew(&self, start: &str) {
        let mut git = house::alone("git", &self.root);
        git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let output = git.output().unwrap();
        assert!(output.status.success(), "git ls-files: {output:?}");
        let paths = String::from_utf8(output.stdout).unwrap();
        for path in paths.split_terminator('\0') {
            let is_built = path.starts_with("crates/") || !path.contains('/');
            let is_built = is_built && path.starts_with(start);
            // git lists a file until its removal is committed.
            let Ok(bytes) = fs::read(self.root.join(path)) else { continue };
            let place = self.folder.join(path);
            if is_built && fs::read(&place).ok().as_ref() != Some(&bytes) {
                house::write(&place, bytes);
                let mode = fs::metadata(self.root.join(path)).unwrap().permissions();
                fs::set_permissions(place, mode).unwrap();
            }
        }
    }

    /// Builds the exercise with the solutions of `round`.
    fn build(&self, round: &[Patch]) {
        let program = &round[0].program;
        self.renew(&format!("crates/{program}/"));
        for patch in round {
            let mut git = house::alone("git", &self.folder);
            // Without this it would take the copy for a part of the project.
            git.env("GIT_CEILING_DIRECTORIES", self.folder.parent().unwrap());
            let output = git.arg("apply").arg(&patch.path).output().unwrap();
            assert!(output.status.success(), "{}: {output:?}", patch.name);
        }
        let setup = self.folder.join("crates/ranks/setup.sh");
        let mut build = house::alone(setup, &self.folder);
        build.env("CARGO_BUILD_BUILD_DIR", house::build_folder());
        build.args(["cargo", "build", "--release", "--offline", "--message-format=json"]);
        let output = build.args(["-p", program]).output().unwrap();
        fs::write(self.built(program), &output.stdout).unwrap();
    }

    /// What cargo has said.
    fn built(&self, program: &str) -> PathBuf {
        self.folder.join(format!("built-{program}.json"))
    }

    /// What check says of a task, as JSON.
    fn check(&self, program: &str, task: &str) -> Value {
        let mut course = house::alone(env!("CARGO_BIN_EXE_course"), &self.folder);
        course.args(["check", program, "--task", task, "--json"]);
        course.arg("--built").arg(self.built(program)).arg("--root").arg(&self.folder);
        let output = course.arg("--programs").arg(&self.programs).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or_else(|why| {
            panic!("check {program} --task {task}: {why}: {output:?}")
        })
    }

    /// What check says of a solution, and what is wrong with that.
    fn judge(&self, patch: &Patch) -> (String, Option<String>) {
        match &patch.expected {
            Some(expected) => {
                expected.compare(&self.check(&patch.program, &expected.task))
            }
            None => {
                let complaint = |task: &String| {
                    let (outcome, text, _) = told(&self.check(&patch.program, task));
                    (outcome != "passed").then(|| format!("{outcome}\n{text}"))
                };
                let tasks = self.tasks(patch);
                ("right".into(), tasks.iter().find_map(complaint))
            }
        }
    }

    /// The tasks that are solved in the files of a patch.
    fn tasks(&self, patch: &Patch) -> Vec<String> {
        let mut tasks = Vec::new();
        for file in &patch.files {
            let text = fs::read_to_string(self.root.join("crates").join(file)).unwrap();
            let begins =
                text.lines().filter_map(|l| l.trim().strip_prefix("// BEGIN SOLUTION "));
            tasks.extend(begins.map(str::to_owned));
        }
        tasks.sort();
        tasks.dedup();
        assert!(!tasks.is_empty(), "{}: no task in its files", patch.name);
        tasks
    }
}

/// The libraries are optimised a little. Cargo tells crates of one name in two workspaces
/// apart by their profiles only: no other one that shares the build folder has these.
fn profiles(root: &Path) -> String {
    let names = fs::read_dir(root.join("crates")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let profile = |name: String| {
        let level = u8::from(["harness", "kernels"].contains(&&*name));
        format!(
            "[profile.release.package.{name}]\nopt-level = {level}\n\
             debug = \"line-tables-only\"\n"
        )
    };
    names.map(profile).collect()
}

impl Expected {
    /// What check has said, in a line, and what is wrong with that.
    fn compare(&self, said: &Value) -> (String, Option<String>) {
        let (outcome, text, sentence) = told(said);
        let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_said =
            |says: &&String| says.split(" | ").any(|one| one_line.contains(one));
        let missing = self.says.iter().find(|says| !is_said(says));
        let complaint = match missing {
            _ if outcome != self.outcome => {
                Some(format!("{outcome}, not {}\n{text}", self.outcome))
            }
            Some(says) => Some(format!("no {says:?} in\n{text}")),
            None => None,
        };
        (format!("{outcome}: {sentence}"), complaint)
    }
}

/// The outcome of one task, check's text, and the sentence of it.
fn told(said: &Value) -> (String, String, String) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if said["built"] == false {
        let messages = said["messages"].as_array().cloned().unwrap_or_default();
        let told = messages.iter().map(|one| text(&one["text"]) + &text(&one["advice"]));
        let advice = messages.iter().map(|one| text(&one["advice"])).collect();
        return ("not built".into(), told.collect(), advice);
    }
    let task = &said["tasks"][0];
    (text(&task["outcome"]), text(&task["text"]), text(&task["diagnosis"]["sentence"]))
}
