//! `course handout` and `course solutions`.

use std::fs;
use std::process::Command;

use crate::mini::{BLOCK, BLOCK_STUB, CYCLIC, Mini, alone, course, unpacked};

const HEART: &str = "crates/rows/src/block.rs";

#[test]
fn the_handout_is_one_folder_with_stubs() {
    let Some(mini) = Mini::new() else { return };
    course(mini.root(), "handout").success();
    let files = unpacked(&mini.root().join("parallel_materials.tar.gz"));
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected = [
        "parallel_materials/.devcontainer/devcontainer.json",
        "parallel_materials/.gitattributes",
        "parallel_materials/.gitignore",
        "parallel_materials/.vscode/settings.json",
        "parallel_materials/Cargo.toml",
        "parallel_materials/Makefile",
        "parallel_materials/README.md",
        "parallel_materials/crates/course/ROOMS.md",
        "parallel_materials/crates/hello/Cargo.toml",
        "parallel_materials/crates/hello/src/main.rs",
        "parallel_materials/crates/kernels/Cargo.toml",
        "parallel_materials/crates/kernels/src/lib.rs",
        "parallel_materials/crates/rows/Cargo.toml",
        "parallel_materials/crates/rows/README.md",
        "parallel_materials/crates/rows/launch.sh",
        "parallel_materials/crates/rows/src/block.rs",
        "parallel_materials/crates/rows/src/cyclic.rs",
        "parallel_materials/crates/rows/src/main.rs",
        "parallel_materials/data/poem.txt",
    ];
    assert_eq!(paths, expected);
    assert_eq!(files["parallel_materials/crates/rows/src/block.rs"].0, BLOCK_STUB);
    assert_eq!(files["parallel_materials/crates/rows/launch.sh"].1, 0o755);
    assert_eq!(files["parallel_materials/Makefile"].1, 0o644);
}

#[test]
fn the_same_commit_gives_the_same_bytes() {
    let Some(mini) = Mini::new() else { return };
    let bytes = |name: &str| {
        // From a folder inside the project, too.
        let folder = mini.root().join("crates/rows");
        course(&folder, &format!("handout --out ../../{name}")).success();
        fs::read(mini.root().join(name)).unwrap()
    };
    let first = bytes("one.tar.gz");
    assert!(bytes("two.tar.gz") == first, "a second run differs");

    // A clone elsewhere, with other times and modes, by a git that would like to
    // end lines as Windows does.
    let clone = tempfile::tempdir().unwrap();
    let words = "clone --quiet --config core.autocrlf=true .";
    mini.git(&format!("{words} {}/clone", clone.path().display()));
    let clone = clone.path().join("clone");
    let touch = "chmod -R go-rwx .; touch -t 200101010000 Makefile crates/rows/src/*";
    let mut sh = Command::new("sh");
    assert!(sh.args(["-c", touch]).current_dir(&clone).status().unwrap().success());
    let outcome = course(&clone, "handout");
    assert_eq!(outcome.stderr, "", "no note about changes");
    outcome.success();
    assert!(fs::read(clone.join("parallel_materials.tar.gz")).unwrap() == first);
}

#[test]
fn line_ends_of_windows_are_not_handed_out() {
    let Some(mini) = Mini::new() else { return };
    for path in ["Makefile", HEART] {
        let text = fs::read_to_string(mini.root().join(path)).unwrap();
        mini.write(path, &text.replace('\n', "\r\n"));
        let outcome = course(mini.root(), "handout");
        assert_eq!(outcome.status, 1, "{path}");
        outcome.assert_one_error(path);
        let says = format!("{path}: its lines end with CRLF");
        assert!(outcome.stderr.contains(&says), "{}", outcome.stderr);
        mini.write(path, &text);
    }
    course(mini.root(), "handout").success();
}

#[test]
fn the_solutions_differ_from_the_handout_in_the_regions_only() {
    let Some(mini) = Mini::new() else { return };
    course(mini.root(), "handout").success();
    course(mini.root(), "solutions").success();
    let handout = unpacked(&mini.root().join("parallel_materials.tar.gz"));
    let solutions = unpacked(&mini.root().join("parallel_solutions.tar.gz"));
    assert_eq!(handout.len(), solutions.len());
    let mut different = Vec::new();
    for (path, solved) in &solutions {
        let path = path.strip_prefix("parallel_solutions/").unwrap();
        if handout[&format!("parallel_materials/{path}")] != *solved {
            different.push(path);
        }
    }
    let expected = ["crates/hello/src/main.rs", HEART, "crates/rows/src/cyclic.rs"];
    assert_eq!(different, expected);
    let heart = &solutions["parallel_solutions/crates/rows/src/cyclic.rs"].0;
    let code = "here\n    row % workers == worker\n    // <<< 3.2\n}\n";
    assert!(heart.ends_with(code), "{heart}");
}

#[test]
fn chosen_regions_are_put_back() {
    let Some(mini) = Mini::new() else { return };
    let cases = [
        ("", [false, false, false]),
        ("--solved rows:3.1", [true, false, false]),
        ("--solved 3.2", [false, true, false]),
        ("--solved 3.1", [true, false, true]),
        ("--solved hello:3.1 --solved 3.2", [false, true, true]),
        ("--solved all", [true, true, true]),
    ];
    for (words, expected) in cases {
        let folder = tempfile::tempdir().unwrap();
        let words = format!("handout --folder {} {words}", folder.path().display());
        course(mini.root(), &words).success();
        let paths = [HEART, "crates/rows/src/cyclic.rs", "crates/hello/src/main.rs"];
        let solved = paths.map(|path| {
            let text = fs::read_to_string(folder.path().join(path)).unwrap();
            assert!(
                !text.contains("STUB") && !text.contains("SOLUTION"),
                "{words}: {text}"
            );
            !text.contains("todo!(")
        });
        assert_eq!(solved, expected, "{words}");
        let left_out = [
            ".ci",
            ".github",
            "crates/README.md",
            "crates/compare",
            "crates/talk",
            "crates/course/ANSWERS.md",
            "crates/course/TEACHING.md",
        ];
        for left_out in left_out {
            assert!(!folder.path().join(left_out).exists(), "{words}: {left_out}");
        }
        let page = fs::read_to_string(folder.path().join("README.md")).unwrap();
        assert_eq!(page, "# Course\n\nmake run\n", "{words}");
    }
}

#[test]
fn a_solution_that_stands_elsewhere_is_not_handed_out() {
    let line = "let middle = rows.end / workers;";
    let cases = [
        ("README.md", format!("# Course\n\n{line}\n"), "README.md:3: "),
        (
            "crates/rows/README.md",
            format!("```\n    {line}\n```\n"),
            "crates/rows/README.md:2: ",
        ),
        ("notes.md", format!("> * `{line}`\n"), "notes.md:1: "),
        (
            "crates/rows/tests/cli.rs",
            format!("//! Test.\n\n{line}\n"),
            "crates/rows/tests/cli.rs:3: ",
        ),
        (
            "crates/rows/src/hint.rs",
            format!("//! Hint.\n\n/// {line}\n"),
            "crates/rows/src/hint.rs:3: ",
        ),
        (
            HEART,
            BLOCK.replace("todo!", &format!("{line}\n    // STUB todo!")),
            "block.rs:11: ",
        ),
    ];
    for (path, text, expected) in cases {
        let Some(mini) = Mini::new() else { return };
        mini.write(path, &text);
        mini.commit();
        let outcome = course(mini.root(), "handout");
        assert_eq!(outcome.status, 1, "{path}: {outcome:?}");
        outcome.assert_one_error(path);
        assert!(outcome.stderr.contains(expected), "{path}: {}", outcome.stderr);
        assert!(!mini.root().join("parallel_materials.tar.gz").exists(), "{path}");
        // In a tree in which that region is solved, it is no secret.
        let folder = tempfile::tempdir().unwrap();
        let words = format!("handout --folder {} --solved 3.1", folder.path().display());
        assert_eq!(course(mini.root(), &words).status, 0, "{path}");
    }
}

#[test]
fn a_line_that_is_short_or_given_anyway_is_no_secret() {
    let Some(mini) = Mini::new() else { return };
    mini.write(
        "README.md",
        "thread::scope(|scope| {\n})\nuse std::thread;\nrow % workers\n",
    );
    mini.write(
        "crates/kernels/src/lib.rs",
        "//! Kernels.\n\nuse std::thread;\n\nthread::scope(|scope| {\n",
    );
    mini.commit();
    course(mini.root(), "handout").success();
}

#[test]
fn what_is_for_teachers_begins_and_ends() {
    let (begin, end) = ("<!-- Not in the handout: -->", "<!-- In the handout again. -->");
    let cases = [
        (format!("# Course\n{begin}\nrest\n"), "README.md:2: "),
        (format!("{end}\nrest\n"), "README.md:1: "),
        (format!("{begin}\n\n{begin}\n{end}\n"), "README.md:3: "),
    ];
    for (page, expected) in cases {
        let Some(mini) = Mini::new() else { return };
        mini.write("README.md", &page);
        mini.commit();
        let outcome = course(mini.root(), "handout");
        assert_eq!(outcome.status, 1, "{page}: {outcome:?}");
        outcome.assert_one_error(&page);
        assert!(outcome.stderr.contains(expected), "{page}: {}", outcome.stderr);
        assert!(!mini.root().join("parallel_materials.tar.gz").exists(), "{page}");
    }
}

#[test]
fn a_malformed_region_is_refused_with_its_place() {
    let other = "crates/rows/src/main.rs";
    let cases = [
        (
            HEART,
            BLOCK.replacen("// END SOLUTION", "", 1),
            "block.rs:10: a region inside that of line 4",
        ),
        (
            HEART,
            BLOCK.replacen("// BEGIN SOLUTION 3.1\n", "\n", 1),
            "block.rs:6: END SOLUTION without",
        ),
        (HEART, BLOCK.replace("// STUB ", "// "), "block.rs:10: region 3.1 has no STUB"),
        (
            HEART,
            BLOCK.replace("use std::thread;\n", ""),
            "block.rs:4: region 3.1 is empty",
        ),
        (
            HEART,
            BLOCK.replace("SOLUTION 3.1", "SOLUTION"),
            "block.rs:4: BEGIN SOLUTION without an id",
        ),
        (
            HEART,
            BLOCK.replace("// STUB todo", "// stub todo"),
            "block.rs:16: malformed marker",
        ),
        (
            other,
            format!("//! Sums.\n{CYCLIC}"),
            "main.rs:6: a marker in a file that no exercise",
        ),
        (
            "crates/kernels/src/lib.rs",
            CYCLIC.into(),
            "lib.rs:5: a marker in a file that no",
        ),
        ("crates/rows/Cargo.toml", "[package\n".into(), "crates/rows/Cargo.toml:1: "),
        (
            "crates/rows/Cargo.toml",
            "[package.metadata.course]\nid = \"3\"\ntitle = \"Rows\"\nfiles = [\"src/no.rs\"]\n"
                .into(),
            "files: git does not track src/no.rs",
        ),
    ];
    for (path, text, expected) in cases {
        let Some(mini) = Mini::new() else { return };
        mini.write(path, &text);
        mini.commit();
        for words in ["handout", "solutions", "diff rows --submission ."] {
            let outcome = course(mini.root(), words);
            assert_eq!(outcome.status, 1, "{words}, {expected}: {outcome:?}");
            outcome.assert_one_error(expected);
            assert!(outcome.stderr.contains(expected), "{words}: {}", outcome.stderr);
        }
    }
}

#[test]
fn a_handout_has_no_handout() {
    let Some(mini) = Mini::new() else { return };
    let handout = mini.handout();
    let cases = ["run this in the repository of the course", "a mark of the handout"];
    for expected in cases {
        let outcome = course(handout.path(), "handout");
        assert_eq!(outcome.status, 1, "{outcome:?}");
        outcome.assert_one_error(expected);
        assert!(outcome.stderr.contains(expected), "{}", outcome.stderr);
        assert!(!handout.path().join("parallel_materials.tar.gz").exists());
        // Then the student starts a repository there.
        let git =
            |words: &[&str]| alone("git").current_dir(&handout).args(words).status();
        assert!(git(&["init", "--quiet"]).unwrap().success());
        assert!(git(&["add", "--all"]).unwrap().success());
    }
}

#[test]
fn uncommitted_changes_are_noted_and_untracked_files_left_out() {
    let Some(mini) = Mini::new() else { return };
    mini.write("Makefile", "all:\n\t@echo changed\n");
    mini.write("draft.md", "not yet\n");
    let outcome = course(mini.root(), "handout");
    assert!(
        outcome.stderr.starts_with("note: uncommitted changes go into "),
        "{outcome:?}"
    );
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:?}");
    outcome.success();
    let files = unpacked(&mini.root().join("parallel_materials.tar.gz"));
    assert!(files["parallel_materials/Makefile"].0.contains("changed"));
    assert!(!files.contains_key("parallel_materials/draft.md"));
}

#[test]
fn the_tarball_is_written_through_a_link_and_never_over_the_project() {
    let Some(mini) = Mini::new() else { return };
    let link = mini.root().join("link.tar.gz");
    std::os::unix::fs::symlink("target.tar.gz", &link).unwrap();
    course(mini.root(), "handout --out link.tar.gz").success();
    assert!(link.is_symlink() && mini.root().join("target.tar.gz").is_file());
    let outcome = course(mini.root(), "handout --out ./README.md");
    assert_eq!(outcome.status, 2, "{outcome:?}");
    outcome.assert_one_error("--out ./README.md");
    for words in ["--help", "solutions --out /dev/null"] {
        let mut command = alone(env!("CARGO_BIN_EXE_course"));
        command.args(words.split(' ')).current_dir(mini.root());
        harness::trial::assert_minds_stdout(&mut command);
    }
}
