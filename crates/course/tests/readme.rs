//! The commands of the README and of the sheets: they exist, and they work.

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

mod house;

/// Commands that take too long for a test, want a network, or would run this very test.
const NOT_RUN: [&str; 6] =
    ["make test", "make bench", "make compare", "make report", "make talk", "cargo test"];

/// What the README may tell people to do that is not a command of the project.
const NOT_OURS: [&str; 5] = ["cd", "curl", "git", "tar", "sudo"];

/// The targets that run study.
const TOPICS: [&str; 5] = ["run-hello", "run-matmul", "run-mandel", "run-words", "costs"];

/// Set while the commands run: one of them might come back to this test.
const INSIDE: &str = "PCR_INSIDE_README";

/// How long a command may take, with all that it has to build.
const LIMIT: Duration = Duration::from_secs(600);

/// Lets `mpiexec` be that of the MPI that is set up, as root and on few cores.
const PRELUDE: &str = r#"
mpiexec() {
    . ".mpi/${MPI:-$(cat .mpi/default)}.env"
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    export OMPI_MCA_rmaps_base_oversubscribe=1
    export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
    "$MPIEXEC" "$@"
}
"#;

#[test]
fn the_commands_of_the_readme_work() {
    let Some(root) = house::reference() else { return };
    let Ok(page) = fs::read_to_string(root.join("README.md")) else {
        return house::say("not tested: there is no README.md");
    };
    if !root.join(".mpi/default").exists() {
        return house::say("not tested: no MPI is set up here, as `make test` does it");
    }
    if env::var_os(INSIDE).is_some() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let submission = folder.path().join("anna.tar.gz");
    let mut course = house::alone(env!("CARGO_BIN_EXE_course"), &root);
    course.arg("solutions").arg("--out").arg(&submission).stderr(Stdio::null());
    assert!(course.stdout(Stdio::null()).status().unwrap().success());

    let before = untracked(&root);
    for command in blocks(&page, "sh") {
        // What comes after variables that are set for the command alone.
        let first = command.split(' ').find(|word| !word.contains('=')).unwrap();
        if NOT_OURS.contains(&first)
            || NOT_RUN.iter().any(|start| command.starts_with(start))
        {
            house::say(&format!("not run: {command}"));
            continue;
        }
        assert!(["make", "cargo", "mpiexec"].contains(&first), "what is {command}?");
        let log = folder.path().join("log");
        let start = Instant::now();
        let status = run(&root, &named(&command, &submission), &log);
        let seconds = start.elapsed().as_secs_f64();
        let said = fs::read_to_string(&log).unwrap();
        house::say(&format!("{seconds:6.1} s  {command}"));
        assert!(status.is_some_and(|s| s.success()), "{command}: {status:?}\n{said}");
    }
    let left: Vec<String> = untracked(&root).difference(&before).cloned().collect();
    assert!(left.is_empty(), "left behind, and not ignored by git: {left:?}");
}

#[test]
fn every_make_command_on_a_page_exists() {
    let Some(root) = house::reference() else { return };
    let pages =
        ["README.md", "data/README.md", "crates/README.md", ".github/CONTRIBUTING.md"];
    let mut pages = pages.map(|page| root.join(page)).to_vec();
    let crates = fs::read_dir(root.join("crates")).unwrap();
    pages.extend(crates.map(|entry| entry.unwrap().path().join("README.md")));
    let of_course = ["ANSWERS.md", "ROOMS.md", "TEACHING.md"];
    pages.extend(of_course.map(|page| root.join("crates/course").join(page)));
    let mut wrong = Vec::new();
    for page in pages {
        let Ok(text) = fs::read_to_string(&page) else { continue };
        let commands = blocks(&text, "").into_iter().chain(spans(&text));
        for command in commands.filter(|command| command.starts_with("make ")) {
            // Any crate, where the page means any.
            let dry = command
                .replace("-CRATE", "-mandel-threads")
                .replacen("make", "make -n", 1);
            let mut bash = house::alone("bash", &root);
            let output = bash.args(["-c", &dry]).output().unwrap();
            if !output.status.success() {
                wrong.push(format!("{}: {command}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "make does not know:\n{}", wrong.join("\n"));
}

#[test]
fn commands_are_found_on_a_page() {
    let page = "Type `make a` or `make\nb`.\n\n```sh\n# First:\nmake c \\\n  NP=4\n\nmake d\n```\n\n\
                1. Then:\n\n   ```\n   make e\n   ```\n";
    assert_eq!(blocks(page, "sh"), ["make c NP=4", "make d"]);
    assert_eq!(blocks(page, ""), ["make c NP=4", "make d", "make e"]);
    assert_eq!(spans(page), ["make a", "make b"]);
}

/// The commands in the fenced blocks of `page` in `language`, or in any.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let page = page.replace("\\\n", " ");
    let mut commands = Vec::new();
    // Every other piece is a block; its first line is the language.
    for block in page.split("```").skip(1).step_by(2) {
        let (found, lines) = block.split_once('\n').unwrap_or_default();
        if language.is_empty() || found.trim() == language {
            let words =
                |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
            commands.extend(lines.lines().map(words));
        }
    }
    commands.retain(|command| !command.is_empty() && !command.starts_with('#'));
    commands
}

/// What stands between backquotes in the text of `page`.
fn spans(page: &str) -> Vec<String> {
    let text: String = page.split("```").step_by(2).collect();
    let spans = text.split('`').skip(1).step_by(2);
    spans.map(|span| span.replace('\n', " ")).collect()
}

/// `command` with a submission that exists in place of the page's example, and of
/// a whole topic the quick form: this is no place to measure.
fn named(command: &str, submission: &Path) -> String {
    let words = command.split(' ').map(|word| match word {
        _ if word.starts_with("SUBMISSION=") => {
            format!("SUBMISSION='{}'", submission.display())
        }
        _ if TOPICS.contains(&word) => format!("{word} ARGS=--quick"),
        _ => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Runs `command` in `folder` with its output in `log`; `None` if it hangs.
fn run(folder: &Path, command: &str, log: &Path) -> Option<ExitStatus> {
    let file = fs::File::create(log).unwrap();
    let mut bash = house::alone("bash", folder);
    bash.arg("-c")
        .arg(format!("{PRELUDE}{command}"))
        .env(INSIDE, "1")
        .stdin(Stdio::null());
    bash.stdout(file.try_clone().unwrap()).stderr(file);
    // A group of its own, so that all of it can be ended.
    let mut child = bash.process_group(0).spawn().unwrap();
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(20));
    }
    let group = format!("-{}", child.id());
    Command::new("kill").args(["-TERM", "--", &group]).status().unwrap();
    child.wait().unwrap();
    None
}

/// The files that git does not track and does not ignore. Crates are left out:
/// nothing that runs writes there, but people do.
fn untracked(root: &Path) -> BTreeSet<String> {
    let mut git = house::alone("git", root);
    let output =
        git.args(["ls-files", "--others", "--exclude-standard"]).output().unwrap();
    let listing = String::from_utf8(output.stdout).unwrap();
    listing
        .lines()
        .filter(|path| !path.starts_with("crates/"))
        .map(String::from)
        .collect()
}
