//! The class' tarball as a class uses it: unpacked, half solved, solved.
//!
//! One handout keeps its place among cargo's folders for test files. Its tasks
//! are solved there one after another: as with a student, only what has changed
//! is built again, and the libraries are those that the project has built.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

mod house;

/// A crate, one of its tests, and the tasks without which that test fails, in
/// the order in which it meets them.
const TELLING: [(&str, &str, &[&str]); 15] = [
    ("mpi-hello", "every_rank_says_hello", &["1.1", "1.2", "1.3"]),
    ("mpi-hello", "the_json_object_holds_the_keys_of_the_course", &["1.2", "1.3"]),
    ("mpi-hello", "messages_of_each_size_have_a_time_and_the_law_is_theirs", &[]),
    ("matmul-mpi", "any_shape_on_any_number_of_ranks_gives_the_product", &["2.2"]),
    ("mandel-threads", "block_draws_the_picture", &["3.1"]),
    ("mandel-threads", "cyclic_hands_are_balanced", &["3.2"]),
    ("mandel-threads", "dynamic_draws_the_picture", &["3.3"]),
    ("mandel-threads", "rayon_draws_the_picture", &["3.4"]),
    ("mandel-serial", "chunks_are_shared_as_the_schedules_say", &["3.5", "3.6"]),
    ("mandel-mpi", "the_imbalance_of_blocks_is_counted", &["4.1"]),
    ("mandel-mpi", "cyclic_draws_the_picture", &["4.2"]),
    ("mandel-mpi", "dynamic_draws_the_picture", &["4.3"]),
    ("mandel-mpi", "ahead_draws_the_picture", &["4.4"]),
    ("mandel-mpi", "counter_draws_the_picture", &["4.5"]),
    ("wordcount", "words_are_found_in_each_document_and_in_all", &["5.1", "5.2", "5.3"]),
];

#[test]
fn the_tarball_is_one_folder_and_the_same_each_time() {
    let Some(root) = house::reference() else { return };
    let folder = tempfile::tempdir().unwrap();
    let pack = |name: &str| {
        let out = folder.path().join(name);
        course(&root, &["handout", "--out", out.to_str().unwrap()]);
        fs::read(out).unwrap()
    };
    let tarball = pack("one.tar.gz");
    assert!(pack("two.tar.gz") == tarball, "two tarballs of one tree differ");

    let unpacked = folder.path().join("unpacked");
    let gzip = flate2::read::GzDecoder::new(tarball.as_slice());
    tar::Archive::new(gzip).unpack(&unpacked).unwrap();
    let tops = fs::read_dir(&unpacked).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(tops.collect::<Vec<_>>(), ["parallel_materials"]);
    // So what the other test says of the folder holds for the tarball.
    let unpacked = contents(&unpacked.join("parallel_materials"));
    assert!(
        unpacked == contents(handout(&root, &BTreeSet::new()).path()),
        "folder and tarball differ"
    );
    // With the speaker's notes students would have the talk before it is held.
    let of_talk = unpacked.keys().find(|path| path.starts_with("crates/talk"));
    assert_eq!(of_talk, None);
}

#[test]
fn every_task_has_a_telling_test() {
    let Some(root) = house::reference() else { return };
    let told = TELLING
        .iter()
        .flat_map(|(name, _, ids)| ids.iter().map(move |id| format!("{name}:{id}")));
    assert_eq!(told.collect::<BTreeSet<_>>(), tasks(&root));
}

#[test]
fn a_class_can_work_however_much_is_solved() {
    let Some(root) = house::reference() else { return };
    let Some(class) = Class::new(&root) else { return };
    let all = tasks(&root);

    class.solve(&BTreeSet::new());
    class.cargo("fmt --all --check");
    class.cargo("clippy --release --offline --workspace --all-targets -- -D warnings");
    class.assert_unwritten_tasks_fail(&BTreeSet::new());

    let hello = BTreeSet::from(
        ["mpi-hello:1.1", "mpi-hello:1.2", "mpi-hello:1.3"].map(String::from),
    );
    class.solve(&hello);
    class.assert_unwritten_tasks_fail(&hello);
    class.assert_study_names_unwritten(&[
        ("3.1", 1),
        ("3.2", 1),
        ("3.3", 2),
        ("3.4", 1),
        ("4.1", 1),
        ("4.2", 1),
        ("4.3", 1),
        ("4.4", 1),
        ("4.5", 2),
    ]);

    let mut but_one = all.clone();
    but_one.remove("mandel-threads:3.3");
    class.solve(&but_one);
    class.assert_unwritten_tasks_fail(&but_one);
    class.assert_study_names_unwritten(&[("3.3", 2)]);

    class.solve(&all);
    class.cargo("fmt --all --check");
    // Of the other crates all has just been tested, and nothing is new.
    class.assert_unwritten_tasks_of_fail(&["mandel-threads"], &all);
    class.assert_study_names_unwritten(&[]);
}

/// The unpacked handout that a class works in.
struct Class {
    /// The project.
    root: PathBuf,
    /// The handout.
    folder: PathBuf,
    /// Where its programs are built.
    target: PathBuf,
}

impl Class {
    /// The handout's folder, set up with the project's MPI; `None` if there
    /// is none, for then nothing of this can run.
    fn new(root: &Path) -> Option<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("class");
        let target = house::set_up(root, &folder, &profiles(root))?;
        Some(Self { root: root.into(), folder, target })
    }

    /// Makes the folder the handout in which the tasks `solved` are solved.
    fn solve(&self, solved: &BTreeSet<String>) {
        let fresh = handout(&self.root, solved);
        let (fresh, old) = (contents(fresh.path()), contents(&self.folder));
        for (path, (bytes, mode)) in &fresh {
            // A file that is as it was keeps its time: cargo goes by that.
            if old.get(path) != Some(&(bytes.clone(), *mode)) {
                house::write(&self.folder.join(path), bytes);
                let mode = fs::Permissions::from_mode(*mode);
                fs::set_permissions(self.folder.join(path), mode).unwrap();
            }
        }
        for path in old.keys().filter(|path| !fresh.contains_key(*path)) {
            fs::remove_file(self.folder.join(path)).unwrap();
        }
    }

    /// Runs cargo in the handout, which must find nothing to complain of.
    fn cargo(&self, words: &str) -> String {
        let mut setup =
            house::alone(self.folder.join("crates/ranks/setup.sh"), &self.folder);
        setup.arg("cargo").args(words.split(' '));
        setup.env("CARGO_BUILD_BUILD_DIR", house::build_folder());
        let (said, is_success) = ended(&mut setup);
        // Messages for machines, beside those for people.
        let told = said.lines().filter(|line| !line.starts_with('{'));
        let told = told.collect::<Vec<_>>().join("\n");
        assert!(is_success && !told.contains("warning"), "cargo {words}\n{told}");
        said
    }

    /// The same for all exercises as for some.
    fn assert_unwritten_tasks_fail(&self, solved: &BTreeSet<String>) {
        self.assert_unwritten_tasks_of_fail(&TELLING.map(|(name, ..)| name), solved);
    }

    /// Runs each telling test of the exercises `names`: where a task that it needs
    /// is not in `solved`, it must fail with the name of that task; else it must
    /// pass.
    fn assert_unwritten_tasks_of_fail(&self, names: &[&str], solved: &BTreeSet<String>) {
        // The same packages as in the project's own tests, for the features of
        // a library depend on who else is built.
        let said = self.cargo(
            "test --release --offline --workspace --test cli --no-run \
             --message-format=json-render-diagnostics",
        );
        for (name, test, ids) in TELLING.into_iter().filter(|row| names.contains(&row.0))
        {
            let mut program = house::alone(executable(&said, name), &self.folder);
            let (said, is_success) = ended(program.args(["--exact", test]));
            let case = format!("{name}, {test}, solved {solved:?}:\n{said}");
            match ids.iter().find(|id| !solved.contains(&format!("{name}:{id}"))) {
                None => assert!(is_success && said.contains("1 passed"), "{case}"),
                Some(id) => {
                    let task = format!("task {id}: ");
                    let is_told = |line: &str| {
                        let sheet = format!("see crates/{name}/README.md, step ");
                        line.contains(&task) && line.contains(&sheet)
                    };
                    assert!(!is_success && said.lines().any(is_told), "{case}");
                }
            }
        }
    }

    /// Runs study, which must end well and name each unwritten task in as many
    /// rows as `unwritten` says; the other rows have times.
    fn assert_study_names_unwritten(&self, unwritten: &[(&str, usize)]) {
        let results = tempfile::tempdir().unwrap();
        let mut study = house::alone(self.target.join("release/study"), &self.folder);
        study.args(["mandel", "--quick", "--view", "whole", "--workers", "2", "--out"]);
        let (said, is_success) = ended(study.arg(results.path()));
        assert!(is_success, "study mandel\n{said}");
        let rows = |what: &str| {
            let rows = said.lines().filter(|line| line.starts_with("mandel-"));
            rows.filter(|line| line.contains(what)).count()
        };
        for (id, count) in unwritten {
            assert_eq!(rows(&format!("not written yet ({id})")), *count, "{id}\n{said}");
        }
        let count: usize = unwritten.iter().map(|(_, count)| count).sum();
        assert_eq!(rows("not written yet"), count, "{said}");
        assert_eq!(rows(" verified"), 14 - count, "{said}");
    }
}

/// Cargo's configuration of the handout. Cargo tells crates of one name in two
/// workspaces apart by their profiles only, and must: the build folder is one.
/// What has much to compute is optimised a little, the rest not at all.
fn profiles(root: &Path) -> String {
    let profile = |name: &str| {
        let level = u8::from(["harness", "kernels"].contains(&name));
        format!("[profile.release.package.{name}]\nopt-level = {level}\ndebug = false\n")
    };
    let names = fs::read_dir(root.join("crates")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_handed_out = |name: &String| {
        root.join("crates").join(name).join("Cargo.toml").exists()
            && !["compare", "talk"].contains(&name.as_str())
    };
    names.filter(is_handed_out).map(|name| profile(&name)).collect()
}

/// The test program `tests/cli.rs` of the crate `name`, by what cargo said.
fn executable(said: &str, name: &str) -> PathBuf {
    let messages = said.lines().filter(|line| line.starts_with('{'));
    let messages = messages.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let is_of = |message: &Value| {
        let package = message["package_id"].as_str().unwrap_or_default();
        message["target"]["name"] == "cli"
            && package.contains(&format!("/crates/{name}#"))
    };
    let message =
        messages.filter(is_of).find(|message| message["executable"].is_string());
    let message = message.unwrap_or_else(|| panic!("no test program of {name}:\n{said}"));
    message["executable"].as_str().unwrap().into()
}

/// The tasks of the project, as `CRATE:ID`.
fn tasks(root: &Path) -> BTreeSet<String> {
    let mut tasks = BTreeSet::new();
    for path in contents(&root.join("crates")).into_keys() {
        let text =
            fs::read_to_string(root.join("crates").join(&path)).unwrap_or_default();
        let name = path.iter().next().unwrap().to_str().unwrap();
        let begun = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("// BEGIN SOLUTION "));
        // The teacher's own tools speak of regions in their tests.
        let is_exercise = !["course", "talk"].contains(&name);
        tasks.extend(begun.filter(|_| is_exercise).map(|id| format!("{name}:{id}")));
    }
    tasks
}

/// The handout in a new folder, with the tasks `solved` solved.
fn handout(root: &Path, solved: &BTreeSet<String>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut words = vec!["handout", "--folder", folder.path().to_str().unwrap()];
    words.extend(solved.iter().flat_map(|task| ["--solved", task]));
    course(root, &words);
    folder
}

/// The files below `folder` with their modes; not what is built or set up there.
fn contents(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, u32)> {
    let skipped = [".cargo", ".mpi", "target"].map(|name| folder.join(name));
    let entries = WalkDir::new(folder).into_iter();
    let entries =
        entries.filter_entry(|entry| !skipped.iter().any(|s| s == entry.path()));
    let files = entries.map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let files = files.map(|entry| {
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let path = entry.path().strip_prefix(folder).unwrap().to_owned();
        (path, (fs::read(entry.path()).unwrap(), mode))
    });
    files.collect()
}

fn course(root: &Path, words: &[&str]) {
    let mut course = house::alone(env!("CARGO_BIN_EXE_course"), root);
    let (said, is_success) = ended(course.args(words));
    assert!(is_success, "course {words:?}\n{said}");
}

/// All that `command` says, and whether it ended well.
fn ended(command: &mut Command) -> (String, bool) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let said = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (said.concat(), status.success())
}
