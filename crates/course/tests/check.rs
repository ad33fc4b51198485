//! `course check` on a student's program with one mistake after another, and on none.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

mod house;

/// A workspace with an exercise whose program is the example `student`.
struct Class {
    folder: TempDir,
}

impl Class {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("Cargo.toml", "[workspace]\n");
        let region = "//! A heart.\n\nfn f() {\n    // >>> ID: write your code here\n    x();\n}\n";
        for (file, id) in
            [("block.rs", "3.1"), ("cyclic.rs", "3.2"), ("dynamic.rs", "3.3")]
        {
            let path = format!("crates/mandel-threads/src/{file}");
            write(&path, &region.replace("ID", id));
        }
        let hints = "[package.metadata.course.hints]\n\"3.1\" = [\"where\", \"idea\", \"call\"]\n\
                     \"3.1 remainder\" = [\"counts\"]\n";
        write("crates/mandel-threads/Cargo.toml", hints);
        fs::create_dir(folder.path().join("programs")).unwrap();
        symlink(student(), folder.path().join("programs/mandel-threads")).unwrap();
        Self { folder }
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    /// What `course` says, and its status.
    fn course(&self, mistake: &str, words: &str) -> (String, Option<i32>) {
        let mut course = house::alone(env!("CARGO_BIN_EXE_course"), self.root());
        course.args(words.split(' ')).env("STUDENT", mistake);
        let output = course.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (String::from_utf8(said).unwrap(), output.status.code())
    }

    /// What check says of a student's program with `mistake`.
    fn check(&self, mistake: &str) -> (String, Option<i32>) {
        self.course(mistake, "check mandel-threads --seed 7 --programs programs")
    }
}

/// The example lies beside the tests' folder.
fn student() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples/student")
}

#[test]
fn a_mistake_gets_its_sentence_and_no_other_task_is_tried() {
    let class = Class::new();
    for (mistake, task, sentences) in [
        (
            "remainder",
            "3.1",
            &[
                "Row 36 of the picture is zero; all other rows are right.",
                "the remainder was left out",
                "who computes row 36 of 37",
            ][..],
        ),
        ("alone", "3.1", &["one thread has computed all 37 rows"]),
        (
            "joined",
            "3.1",
            &[
                "two threads never computed at the same time",
                "one thread ends before the next one begins",
            ],
        ),
        (
            "panic",
            "3.1",
            &["It stopped: Index out of bounds: the len is 3 but the index is 3."],
        ),
        (
            "lock",
            "3.3",
            &[
                "two threads never computed at the same time",
                "the lock is held while a tile is computed",
            ],
        ),
        (
            "fixed",
            "3.3",
            &["one thread, which was slow, has computed", "share is fixed beforehand"],
        ),
    ] {
        let (said, status) = class.check(mistake);
        assert_eq!(status, Some(1), "{mistake}: {said}");
        for sentence in sentences {
            assert!(said.contains(sentence), "{mistake}: no {sentence:?} in\n{said}");
        }
        assert!(
            said.contains("(seed 7)") && said.contains("make hint-mandel-threads"),
            "{said}"
        );
        let next = said.lines().find(|line| line.starts_with("next"));
        assert!(next.is_some_and(|line| line.contains(task)), "{mistake}: {said}");
    }
}

#[test]
fn what_is_right_gets_no_complaint_and_what_is_not_written_is_open() {
    let class = Class::new();
    let (said, status) = class.check("");
    assert_eq!(status, Some(1), "{said}");
    assert_eq!(said.matches("  wrong ").count(), 0, "{said}");
    let open = "It is not written yet: share tiles.";
    assert!(said.contains(open) && said.contains("README.md, step 6"), "{said}");
    for (id, state) in
        [("3.1", "done"), ("3.3", "done"), ("3.4", "next"), ("1.1", "not yet")]
    {
        let row =
            |line: &&str| line.starts_with(state) && line.contains(&format!("  {id}  "));
        assert!(said.lines().any(|line| row(&line)), "{id} {state}: {said}");
    }
}

#[test]
fn a_check_is_one_object_if_asked() {
    let class = Class::new();
    let words = "check mandel-threads --seed 7 --programs programs --json";
    let (said, status) = class.course("remainder", words);
    assert_eq!(status, Some(1), "{said}");
    let told: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(told["tasks"][0]["outcome"], "failed");
    assert_eq!(told["tasks"][0]["diagnosis"]["key"], "remainder");
    let look = told["tasks"][0]["diagnosis"]["look"].as_str().unwrap();
    assert!(look.ends_with("crates/mandel-threads/src/block.rs:5"), "{look}");
}

#[test]
fn hints_come_one_by_one_and_those_of_the_failure_first() {
    let class = Class::new();
    let hint = || class.course("", "hint mandel-threads").0;
    assert!(hint().contains("Hint 1 of 3: where"));
    class.check("remainder");
    assert!(hint().contains("Hint 1 of 4: counts"));
    assert!(hint().contains("Hint 3 of 4: idea"));
    class.check("");
    assert!(hint().contains("3.4"), "3.1 to 3.3 are done");
}

#[test]
fn a_build_that_failed_is_told_and_nothing_is_run() {
    let class = Class::new();
    let message = r#"{"reason":"compiler-message","target":{"name":"mandel-threads"},"message":{"code":{"code":"E0373"},"level":"error","message":"closure may outlive","spans":[{"label":null}],"children":[],"rendered":"error[E0373]: closure may outlive\n"}}"#;
    let end = r#"{"reason":"build-finished","success":false}"#;
    fs::write(class.root().join("said.json"), format!("{message}\n{end}\n")).unwrap();
    let words = "check mandel-threads --programs programs --built said.json";
    let (said, status) = class.course("", words);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.starts_with("error[E0373]: closure may outlive\n  -> "), "{said}");
    assert!(said.contains("write move") && !said.contains("3.1"), "{said}");
}

#[test]
fn what_is_no_exercise_is_refused() {
    let class = Class::new();
    for words in ["check kernels", "hint kernels"] {
        let (said, status) = class.course("", words);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains("kernels is no exercise; there are mandel-mpi"), "{said}");
    }
    let (said, status) = class.course("", "check mandel-threads --task 4.1");
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("--task 4.1: mandel-threads has 3.1, 3.2, 3.3, 3.4"), "{said}");
}
