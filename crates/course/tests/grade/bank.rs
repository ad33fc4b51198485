//! Every hostile submission, graded in one class with honest ones: none wins a point,
//! none harms another, and each has its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Course, house};

/// A submission of the bank: what it has for a task, and what it gets for that.
struct Hostile {
    name: String,
    exercise: String,
    task: String,
    /// Verdicts, one of which it gets.
    verdicts: Vec<String>,
    /// What its diagnosis says.
    reason: String,
    code: String,
}

/// The files of `crates/course/hostile`.
fn hostile(root: &Path) -> Vec<Hostile> {
    let folder = root.join("crates/course/hostile");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let field = |name: &str| {
            let start = format!("//! {name}: ");
            let line = text.lines().find_map(|line| line.strip_prefix(&start));
            line.unwrap_or_else(|| panic!("{}: no {name}", path.display())).to_owned()
        };
        let code: String = text
            .lines()
            .filter(|line| !line.starts_with("//!"))
            .flat_map(|line| [line, "\n"])
            .collect();
        let (task, gets) = (field("task"), field("gets"));
        let (exercise, task) = task.split_once(' ').unwrap();
        let (verdicts, reason) = gets.split_once(", ").unwrap_or((&gets, ""));
        Hostile {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            exercise: exercise.into(),
            task: task.into(),
            verdicts: verdicts.split(" | ").map(str::to_owned).collect(),
            reason: reason.to_lowercase(),
            code,
        }
    };
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(read).collect()
}

/// The class' folders.
struct Class<'a> {
    course: &'a Course,
    root: &'a Path,
    handout: PathBuf,
    solved: PathBuf,
    submissions: PathBuf,
    results: PathBuf,
}

impl<'a> Class<'a> {
    fn new(course: &'a Course, root: &'a Path) -> Self {
        let (handout, solved) = (course.path("handout"), course.path("solved"));
        let (submissions, results) = (course.path("submissions"), course.path("results"));
        fs::create_dir(&submissions).unwrap();
        let class = Self { course, root, handout, solved, submissions, results };
        class.course("handout --folder", &[class.handout.as_os_str()]);
        let words = [class.solved.as_os_str(), "--solved".as_ref(), "all".as_ref()];
        class.course("handout --folder", &words);
        class
    }

    fn course(&self, words: &str, more: &[&OsStr]) {
        let root = [OsStr::new("--root"), self.root.as_os_str()];
        let words =
            words.split(' ').map(OsStr::new).chain(more.iter().copied()).chain(root);
        let output = self.course.run(None, &words.collect::<Vec<_>>());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The grader, begun.
    fn grade(&self, more: &[&str]) -> Child {
        let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("grade");
        let mut command = house::alone(env!("CARGO_BIN_EXE_course"), self.root);
        command.arg("grade").arg(&self.submissions).arg("--out").arg(&self.results);
        command.arg("--work").arg(work).args(more);
        command.stdout(Stdio::null()).spawn().unwrap()
    }

    /// The file of `exercise` with the code of `task`, and it cut at the marks.
    fn region(&self, tree: &Path, exercise: &str, task: &str) -> (String, [String; 3]) {
        let folder = tree.join(format!("crates/{exercise}/src"));
        let (open, close) = (format!("// >>> {task}: write"), format!("// <<< {task}"));
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let Some(start) = text.find(&open) else { continue };
            let start = start + text[start..].find('\n').unwrap() + 1;
            let end =
                text[..start + text[start..].find(&close).unwrap()].rfind('\n').unwrap()
                    + 1;
            let parts =
                [&text[..start], &text[start..end], &text[end..]].map(str::to_owned);
            let path = path.strip_prefix(tree).unwrap().to_str().unwrap().to_owned();
            return (path, parts);
        }
        panic!("{exercise} has no region {task}");
    }

    /// Writes a file of `student`'s folder.
    fn write(&self, student: &str, path: &str, text: &str) {
        let path = self.submissions.join(student).join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Has `student` hand in the reference's solutions of what `exercises` ask for.
    fn honest(&self, student: &str, exercises: &[&str]) {
        for exercise in exercises {
            let folder = format!("crates/{exercise}/src");
            for entry in fs::read_dir(self.solved.join(&folder)).unwrap() {
                let entry = entry.unwrap();
                let text = fs::read_to_string(entry.path()).unwrap();
                let name = entry.file_name().into_string().unwrap();
                self.write(student, &format!("{folder}/{name}"), &text);
            }
        }
    }

    /// The folder of `student` as an archive that `tar` makes with `flags`.
    fn pack(&self, student: &str, ending: &str, flags: &str) {
        let archive = self.submissions.join(format!("{student}{ending}"));
        let mut tar = Command::new("tar");
        tar.arg(flags).arg(archive).arg("-C").arg(&self.submissions).arg(student);
        assert!(tar.status().unwrap().success());
        fs::remove_dir_all(self.submissions.join(student)).unwrap();
    }

    /// The table: verdict, points and diagnosis by student and task.
    fn table(&self) -> BTreeMap<(String, String), [String; 3]> {
        let mut table = BTreeMap::new();
        let mut reader = csv::Reader::from_path(self.results.join("grades.csv")).unwrap();
        for record in reader.records() {
            let record = record.unwrap();
            let key = (record[0].to_owned(), record[1].to_owned());
            let row = [3, 2, 4].map(|column| record[column].to_owned());
            assert_eq!(table.insert(key.clone(), row), None, "{key:?} is there twice");
        }
        table
    }
}

/// What `make test` tries of them; `make test-bank` tries all.
const SAMPLE: [&str; 3] = ["calls-home", "forged-result", "reads-the-reference"];

const ATTACKED: [&str; 2] = ["mandel-serial", "mandel-threads"];

#[test]
fn no_hostile_submission_wins_a_point_or_harms_another() {
    let Some(root) = house::reference() else { return };
    let Some(course) = Course::new() else { return };
    let class = Class::new(&course, &root);
    // The first and the last of the class, before and after all others.
    class.honest("anna", &ATTACKED);
    class.pack("anna", ".tar.xz", "-cJf");
    class.honest("zoe", &ATTACKED);
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let secret = course.path("secret.rs");
    fs::write(&secret, "\"the answer\"").unwrap();
    let mut hostile = hostile(&root);
    assert!(hostile.len() >= 14, "{} hostile submissions", hostile.len());
    if env::var("BANK").is_ok_and(|asked| asked == "all") {
        house::say("all hostile submissions are graded");
    } else {
        hostile.retain(|one| SAMPLE.contains(&&*one.name));
        assert_eq!(hostile.len(), SAMPLE.len());
    }
    let mut students: BTreeMap<String, &Hostile> = BTreeMap::new();
    for one in &hostile {
        let (path, [before, _, after]) =
            class.region(&class.handout, &one.exercise, &one.task);
        let (_, [_, solution, _]) = class.region(&class.solved, &one.exercise, &one.task);
        let mut code = one.code.replace("@SOLUTION@", solution.trim_end());
        for (name, value) in [
            ("@REFERENCE@", root.display().to_string()),
            ("@SUBMISSIONS@", class.submissions.display().to_string()),
            ("@RESULTS@", class.results.display().to_string()),
            ("@SECRET@", secret.display().to_string()),
            ("@JUDGE@", std::process::id().to_string()),
            ("@ADDRESS@", server.local_addr().unwrap().to_string()),
        ] {
            code = code.replace(name, &value);
        }
        assert!(!code.contains('@'), "{}: {code}", one.name);
        let student = format!("hostile-{}", one.name);
        class.write(&student, &path, &[before, code, after].concat());
        students.insert(student, one);
    }
    archives(&class);

    // Killed outright in the middle, and begun again.
    let mut first = class.grade(&[]);
    let start = Instant::now();
    let rows =
        || fs::read_to_string(class.results.join("grades.csv")).unwrap_or_default();
    while rows().lines().count() < 30 {
        assert!(start.elapsed() < Duration::from_secs(1500), "nothing is graded");
        assert_eq!(first.try_wait().unwrap(), None, "it ended by itself");
        std::thread::sleep(Duration::from_millis(20));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let before = rows();
    assert!(class.grade(&["--build-limit", "40"]).wait().unwrap().success());
    assert!(rows().starts_with(&before), "what was known is graded again");

    let table = class.table();
    let mut wrong = Vec::new();
    for (student, one) in &students {
        let [verdict, points, reason] = &table[&(student.clone(), one.task.clone())];
        let reason = reason.to_lowercase();
        let is_expected = one.verdicts.contains(verdict) && reason.contains(&one.reason);
        if !is_expected || points != "0.0" {
            wrong.push(format!("{student}: {verdict}, {points} points: {reason}"));
        }
    }
    for ((student, task), [verdict, points, reason]) in &table {
        let is_attacked = task.starts_with("3.");
        let is_honest = ["anna", "zoe", "builds"].contains(&student.as_str());
        if is_honest && is_attacked && verdict != "passed" {
            wrong.push(format!("{student} {task}: {verdict}: {reason}"));
        }
        if !is_honest && points != "0.0" {
            wrong.push(format!("{student} {task}: {points} points: {reason}"));
        }
    }
    for (student, expected) in [
        ("climbs", "leads out of the archive"),
        ("swells", "unpacks to more than a submission may"),
    ] {
        let [verdict, _, reason] = &table[&(student.to_owned(), "3.1".to_owned())];
        if verdict != "missing" || !reason.contains(expected) {
            wrong.push(format!("{student}: {verdict}: {reason}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    let names: BTreeSet<&String> = table.keys().map(|(student, _)| student).collect();
    assert_eq!(names.len(), students.len() + 5);
    assert!(!course.path("built").exists(), "a student's code ran while it was built");
    assert!(!course.path("climbed").exists(), "an archive was unpacked");
}

/// What no region can be: an archive that leaves its folder, one that swells to ten
/// gigabytes, one that brings code to be run while it is built.
fn archives(class: &Class) {
    let gzip = |tar: &[u8]| {
        let mut gzip =
            flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(tar).unwrap();
        gzip.finish().unwrap()
    };
    let mut header = tar::Header::new_gnu();
    let path = b"../climbed";
    header.as_old_mut().name[..path.len()].copy_from_slice(path);
    header.set_size(0);
    header.set_cksum();
    let climbs = gzip(&[header.as_bytes(), &[0; 1024][..]].concat());
    fs::write(class.submissions.join("climbs.tar.gz"), climbs).unwrap();

    let mut header = tar::Header::new_gnu();
    header.set_path("crates/mandel-threads/src/block.rs").unwrap();
    header.set_size(10 << 30);
    header.set_cksum();
    // A gzip file may have parts: ten gigabytes of zeros in ten megabytes.
    let zeros = gzip(&vec![0; 64 << 20]);
    let swells = [gzip(header.as_bytes()), zeros.repeat(160)].concat();
    fs::write(class.submissions.join("swells.tar.gz"), swells).unwrap();

    class.honest("builds", &ATTACKED);
    let mark = class.course.path("built");
    let script = format!(
        "fn main() {{ std::fs::write({:?}, \"\").unwrap(); }}\n",
        mark.display().to_string()
    );
    for exercise in ATTACKED {
        let manifest = format!("crates/{exercise}/Cargo.toml");
        let text = fs::read_to_string(class.handout.join(&manifest)).unwrap();
        let text = text.replace("[package]\n", "[package]\nbuild = \"build.rs\"\n");
        class.write("builds", &manifest, &text);
        class.write("builds", &format!("crates/{exercise}/build.rs"), &script);
        class.write("builds", &format!("crates/{exercise}/tests/cli.rs"), &script);
    }
    let config = format!("[build]\nrustc-wrapper = {:?}\n", "/usr/bin/false");
    class.write("builds", ".cargo/config.toml", &config);
    class.write("builds", "Makefile", "run:\n\ttouch built\n");
    class.pack("builds", ".tgz", "-czf");
}
