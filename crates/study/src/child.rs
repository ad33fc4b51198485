//! One run of one program: its JSON object, or what went wrong.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use harness::record::Record;
use rustix::process::{Pid, Signal, kill_process};

/// Why an implementation has no times.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// The student has not written this task yet.
    NotWritten {
        /// The task that the program names, such as `3.2`.
        task: String,
        /// The exit status.
        status: String,
    },
    /// The folder of programs does not hold this one.
    Missing(&'static str),
    /// It is not ours, and this machine lacks it or what it needs.
    NotInstalled(String),
    /// It ended with an error, hung, or printed something else than JSON.
    Failed(String),
    /// Its result differs from the others'.
    Wrong(String),
}

impl Trouble {
    /// What the columns `result` and `message` say.
    pub fn words(&self) -> [String; 2] {
        let (result, message) = match self {
            Trouble::NotWritten { task, status } => {
                return [format!("not written yet ({task})"), status.clone()];
            }
            Trouble::Missing(program) => {
                return ["missing".into(), format!("cargo build -p {program} makes it")];
            }
            Trouble::NotInstalled(message) => ("not installed", message),
            Trouble::Failed(message) => ("failed", message),
            Trouble::Wrong(message) => ("WRONG", message),
        };
        [result.to_owned(), message.clone()]
    }
}

/// A command that runs `program`, and ends when this process does, even if it is
/// killed outright: where there is util-linux' `setpriv`.
pub fn tied(program: impl AsRef<OsStr>) -> Command {
    static SETPRIV: LazyLock<bool> = LazyLock::new(|| {
        let asked =
            Command::new("setpriv").arg("--version").stdout(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    });
    if !*SETPRIV {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--"]).arg(program);
    command
}

/// The record that `command` prints. Each line of its stderr goes to
/// `hear` as it comes.
///
/// # Errors
///
/// [`Trouble`] if it has another status than 0, prints no record, or takes
/// longer than `limit`.
pub fn run(
    command: &mut Command,
    limit: Duration,
    hear: impl Fn(&str) + Send + 'static,
) -> Result<Record, Trouble> {
    // The child stays in our process group: a Ctrl-C ends us both.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| Trouble::Failed(format!("it cannot be started: {error}")))?;
    let stdout = listen(child.stdout.take(), |_| {});
    let stderr = listen(child.stderr.take(), hear);
    let Some(status) = wait(&mut child, limit) else {
        let limit = limit.as_secs();
        return Err(Trouble::Failed(format!("hanging: ended after {limit} s")));
    };
    let (stdout, stderr) = (text(&stdout), text(&stderr));
    if !status.success() {
        return Err(explain(status, &stderr));
    }
    let record: Record = serde_json::from_str(&stdout).map_err(|error| {
        Trouble::Failed(match error.is_data() {
            true => format!("its JSON is not a record: {error}"),
            false => "it printed something other than JSON".to_owned(),
        })
    })?;
    match record.samples_s.is_empty() {
        true => Err(Trouble::Failed("its JSON lacks samples_s".into())),
        false => Ok(record),
    }
}

/// All that comes out of `pipe`, once it has come; each line goes to `hear` at once.
fn listen(
    pipe: Option<impl Read + Send + 'static>,
    hear: impl Fn(&str) + Send + 'static,
) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    let mut reader = BufReader::new(pipe.expect("a pipe was asked for"));
    thread::spawn(move || {
        let (mut all, mut line) = (String::new(), Vec::new());
        while let Ok(1..) = reader.read_until(b'\n', &mut line) {
            let text = String::from_utf8_lossy(&line);
            hear(text.trim_end_matches(['\n', '\r']));
            all.push_str(&text);
            line.clear();
        }
        // Nobody listens any more if the program was taken for hanging.
        let _ = sender.send(all);
    });
    receiver
}

/// What a child that has ended left in a pipe.
fn text(pipe: &Receiver<String>) -> String {
    // A process that the child has left behind may hold the pipe open.
    pipe.recv_timeout(Duration::from_secs(2)).unwrap_or_default()
}

/// The child's status, or `None` after `limit`: then it has been ended.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let ended = |child: &mut Child, limit: Duration| {
        let start = Instant::now();
        while start.elapsed() < limit {
            if let Ok(Some(status)) = child.try_wait() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(2));
        }
        None
    };
    if let Some(status) = ended(child, limit) {
        return Some(status);
    }
    // launch.sh ends its ranks on TERM, for which it takes up to five seconds.
    let process = Pid::from_child(child);
    let _ = kill_process(process, Signal::TERM);
    if ended(child, Duration::from_secs(8)).is_none() {
        let _ = kill_process(process, Signal::KILL);
        let _ = child.wait();
    }
    None
}

/// What a program that failed has said about it.
fn explain(status: ExitStatus, stderr: &str) -> Trouble {
    let status = match status.code() {
        Some(code) => format!("exit status {code}"),
        None => status.to_string(),
    };
    let errors = || stderr.lines().filter_map(|line| line.strip_prefix("error: "));
    if let Some(task) = errors().find_map(unwritten) {
        return Trouble::NotWritten { task: task.to_owned(), status };
    }
    if let Some(module) = stderr.lines().find_map(python_module) {
        let reason = format!("Python has no module {module}, its setup.log says why");
        return Trouble::NotInstalled(reason);
    }
    let last = || stderr.lines().map(str::trim).rfind(|line| !line.is_empty());
    let message = errors().next().or_else(last).unwrap_or("it said nothing");
    Trouble::Failed(format!("{message} ({status})"))
}

/// The task in the message of `todo!("task 3.2: ...")`.
fn unwritten(message: &str) -> Option<&str> {
    let (_, task) = message.split_once("not yet implemented: task ")?;
    task.split_once(':').map(|(number, _)| number)
}

/// The module in Python's message that it has none of that name.
fn python_module(line: &str) -> Option<&str> {
    let (_, name) = line.split_once("No module named ")?;
    Some(name.trim_matches('\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<Record, Trouble> {
        run(Command::new("sh").args(["-c", script]), Duration::from_secs(60), |_| {})
    }

    #[test]
    fn what_a_program_says_becomes_its_trouble() {
        let failed = |message: &str| Trouble::Failed(message.into());
        for (script, trouble) in [
            (
                "echo 'error: rank 0 of 4: not yet implemented: task 3.5: deal out (src/cyclic.rs:9:5)' >&2; exit 101",
                Trouble::NotWritten {
                    task: "3.5".into(),
                    status: "exit status 101".into(),
                },
            ),
            (
                "echo 'note' >&2; echo 'error: no file' >&2; exit 1",
                failed("no file (exit status 1)"),
            ),
            // Only a message of the program's own counts, not what a student prints.
            (
                "echo 'not yet implemented: task 3.1: x' >&2; exit 3",
                failed("not yet implemented: task 3.1: x (exit status 3)"),
            ),
            (
                "echo \"ModuleNotFoundError: No module named 'numpy'\" >&2; exit 1",
                Trouble::NotInstalled(
                    "Python has no module numpy, its setup.log says why".into(),
                ),
            ),
            ("exit 4", failed("it said nothing (exit status 4)")),
            ("kill -KILL $$", failed("it said nothing (signal: 9 (SIGKILL))")),
            ("echo hello", failed("it printed something other than JSON")),
        ] {
            assert_eq!(shell(script), Err(trouble), "{script}");
        }
    }

    #[test]
    fn a_record_has_samples() {
        let printed = |samples: &str| {
            shell(&format!(
                "echo '{{\"program\": \"p\", \"version\": \"1\", \"mpi\": null, \
                 \"workers\": 1, \"hosts\": 1, \"cores\": 2, \"median_s\": 1, \
                 \"min_s\": 1{samples}, \"gflops\": 7}}'"
            ))
        };
        let record = printed(", \"samples_s\": [1]").unwrap();
        assert_eq!(
            (&record.samples_s[..], &record.figures["gflops"]),
            (&[1.0][..], &7.into())
        );
        for (samples, message) in [
            ("", "its JSON is not a record: missing field `samples_s`"),
            (", \"samples_s\": [null]", "its JSON is not a record: invalid type: null"),
            (", \"samples_s\": []", "its JSON lacks samples_s"),
        ] {
            match printed(samples) {
                Err(Trouble::Failed(said)) => {
                    assert!(said.starts_with(message), "{said}")
                }
                other => panic!("{samples}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_hanging_program_is_ended() {
        let start = Instant::now();
        // The sleep holds the pipes open after its shell has gone.
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 20 & wait"]);
        let trouble = run(&mut command, Duration::from_millis(100), |_| {});
        assert!(matches!(trouble, Err(Trouble::Failed(_))), "{trouble:?}");
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    }
}
