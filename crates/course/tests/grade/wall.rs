//! What a command can do behind the wall, and what it cannot.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::{Course, lines, users};

/// What a script did behind the wall.
struct Told {
    status: Option<i32>,
    stdout: String,
    stderr: String,
    /// Why the wall ended it; empty if it did not.
    ended: String,
    doubts: Vec<String>,
}

/// Runs a shell's `script` in its folder, with these limits; `before` prepares that.
fn told(course: &Course, user: Option<u32>, limits: &str, script: &str) -> Told {
    let scratch = course.folder("scratch", user);
    let accounts = course.folder("accounts", user);
    let account = accounts.join("account");
    let mut words: Vec<&OsStr> = vec!["wall".as_ref(), "--write".as_ref()];
    words.extend([scratch.as_os_str(), "--chdir".as_ref(), scratch.as_os_str()]);
    words.extend(["--account".as_ref(), account.as_os_str()]);
    words.extend(limits.split_whitespace().map(OsStr::new));
    let witness = format!("PCR_WITNESS={}/witness", scratch.display());
    words.extend(["--", "env", &witness].map(OsStr::new));
    words.extend(["sh", "-c", script].map(OsStr::new));
    let output = course.run(user, &words);
    let found = lines(&account);
    let told = found.last().cloned().unwrap_or_default();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let doubts = told["doubts"].as_array().cloned().unwrap_or_default();
    Told {
        status: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        ended: told["ended"].as_str().unwrap_or_default().to_owned(),
        doubts: doubts.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_command_says_what_it_says_and_ends_as_it_ends() {
    let Some(course) = Course::new() else { return };
    for user in users() {
        let told = told(&course, user, "", "echo out; echo err >&2; exit 7");
        let found = (told.status, &*told.stdout, &*told.stderr, &*told.ended);
        assert_eq!(found, (Some(7), "out\n", "err\n", ""), "user {user:?}");
    }
}

#[test]
fn nothing_can_be_changed_but_the_one_folder() {
    let Some(course) = Course::new() else { return };
    for user in users() {
        let script = "for f in /x /usr/x /etc/x /proc/sys/kernel/core_pattern; do
            (echo 1 >$f) 2>/dev/null && echo wrote $f; done; echo kept >f; cat f; id -u";
        let told = told(&course, user, "", script);
        assert_eq!(told.stdout, "kept\n65033\n", "user {user:?}: {}", told.stderr);
        let kept = fs::read_to_string(course.folder("scratch", user).join("f")).unwrap();
        assert_eq!(kept, "kept\n", "user {user:?}");
    }
}

#[test]
fn neither_the_files_nor_the_processes_of_this_machine_are_there() {
    let Some(course) = Course::new() else { return };
    let secret = course.path("secret");
    fs::write(&secret, "solution").unwrap();
    let own = std::process::id();
    for user in users() {
        let script = format!(
            "cat {} /etc/passwd /etc/shadow 2>/dev/null; ls -d /home /root /var /sys /run 2>/dev/null;
             kill -0 {own} 2>/dev/null && echo sees the judge; ls -d /proc/[0-9]* | wc -l",
            secret.display()
        );
        let told = told(&course, user, "", &script);
        let processes: usize = told.stdout.trim().parse().unwrap_or(usize::MAX);
        assert!(processes < 12, "user {user:?}: {}", told.stdout);
    }
}

#[test]
fn there_is_no_network_but_the_machines_own_name_for_itself() {
    let Some(course) = Course::new() else { return };
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    for user in users() {
        let script = format!(
            "bash -c 'echo >/dev/tcp/127.0.0.1/{port}' 2>/dev/null && echo connected;
             grep -c : /proc/net/dev; grep -c lo: /proc/net/dev"
        );
        let told = told(&course, user, "", &script);
        assert_eq!(told.stdout, "1\n1\n", "user {user:?}: {}", told.stderr);
    }
}

#[test]
fn no_rights_and_no_namespace_of_ones_own_can_be_had() {
    let Some(course) = Course::new() else { return };
    for user in users() {
        let script = "grep -h -E '^(CapPrm|CapEff|CapBnd|NoNewPrivs)' /proc/self/status;
            unshare --user --map-root-user true 2>/dev/null && echo has a namespace";
        let told = told(&course, user, "", script);
        let values: Vec<&str> = told
            .stdout
            .lines()
            .map(|line| line.split('\t').next_back().unwrap())
            .collect();
        let none = "0000000000000000";
        assert_eq!(values, [none, none, none, "1"], "user {user:?}: {}", told.stdout);
    }
}

#[test]
fn every_limit_ends_a_command_and_says_so() {
    let Some(course) = Course::new() else { return };
    let cases = [
        ("--seconds 1", "sleep 60", "1 seconds"),
        ("--output 64", "while :; do echo far too much; done", "64 KiB of output"),
        ("--output 64", "while :; do echo far too much >&2; done", "64 KiB of output"),
        (
            "--disk 8 --seconds 30",
            "n=0; while :; do n=$((n+1)); head -c 1000000 /dev/zero >f$n; done",
            "8 MiB of files",
        ),
        (
            "--disk 8 --seconds 30",
            "n=0; while :; do n=$((n+1)); : >f$n; done",
            "8 MiB of files",
        ),
        (
            "--memory 64 --seconds 30",
            // Each below what one process may have, all together above.
            "for n in 1 2 3 4; do (x=$(head -c 30000000 /dev/zero | tr '\\0' x); sleep 30) & done; wait",
            "64 MiB of memory",
        ),
    ];
    for user in users() {
        for (limits, script, expected) in cases {
            let start = Instant::now();
            let told = told(&course, user, limits, script);
            let case =
                format!("user {user:?}, {script}: {:?} {}", told.ended, told.stderr);
            assert!(told.ended.ends_with(expected), "{case}");
            assert_eq!(told.status, Some(137), "{case}");
            assert!(told.stderr.contains(expected), "{case}");
            assert!(told.stdout.len() <= 64 << 10, "{case}");
            assert!(start.elapsed() < Duration::from_secs(25), "{case}");
            fs::remove_dir_all(course.folder("scratch", user)).unwrap();
        }
    }
}

#[test]
fn a_fork_bomb_stops_at_the_limit_and_is_gone_at_the_end() {
    let Some(course) = Course::new() else { return };
    for user in users() {
        // The name is how a process that stayed would be found.
        let script =
            "cp /usr/bin/sleep ./bomb-left; bomb() { ./bomb-left 98765 & bomb; }; bomb";
        let limits = "--processes 40 --seconds 3";
        let told = told(&course, user, limits, script);
        assert_ne!(told.status, Some(0), "user {user:?}");
        assert!(told.stderr.contains("fork"), "user {user:?}: {}", told.stderr);
        assert_eq!(named("bomb-left"), [""; 0], "user {user:?}");
    }
}

#[test]
fn what_is_left_running_ends_with_the_command() {
    let Some(course) = Course::new() else { return };
    for user in users() {
        let script =
            "cp /usr/bin/sleep ./left-over; setsid ./left-over 98765 & sleep 0.1";
        let told = told(&course, user, "", script);
        assert_eq!(told.status, Some(0), "user {user:?}: {}", told.stderr);
        assert_eq!(named("left-over"), [""; 0], "user {user:?}");
    }
}

/// The command lines of this machine's processes that begin with a path to `program`.
fn named(program: &str) -> Vec<String> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "));
    let is_it = |line: &String| {
        line.split(' ').next().is_some_and(|first| first.ends_with(program))
    };
    lines.filter(is_it).collect()
}

#[test]
fn a_command_ends_with_the_process_that_asked_for_it() {
    let Some(course) = Course::new() else { return };
    for user in users() {
        let script = "cp /usr/bin/sleep ./orphan; ./orphan 98765";
        let scratch = course.folder("scratch", user);
        let account = course.folder("accounts", user).join("account");
        let outer = format!(
            "{} wall --write {s} --chdir {s} --account {} -- sh -c '{script}' & sleep 1",
            course.path("course").display(),
            account.display(),
            s = scratch.display(),
        );
        let mut shell = match user {
            None => std::process::Command::new("sh"),
            Some(user) => {
                let mut command = std::process::Command::new("setpriv");
                let user = user.to_string();
                command.args([
                    "--reuid",
                    &user,
                    "--regid",
                    &user,
                    "--clear-groups",
                    "sh",
                ]);
                command
            }
        };
        assert!(shell.args(["-c", &outer]).status().unwrap().success());
        // It asks now and then whether its parent is still the same.
        let start = Instant::now();
        while !account.exists() && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(named("orphan"), [""; 0], "user {user:?}");
        let ended = lines(&account).last().map(|line| line["ended"].to_string());
        assert!(ended.unwrap_or_default().contains("nobody waits"), "user {user:?}");
    }
}

#[test]
fn only_plain_files_are_left_to_be_read() {
    let Some(course) = Course::new() else { return };
    for user in users() {
        let script = "mkdir -p a/b; echo 1 >a/b/plain; ln -s /etc/passwd a/link;
            ln -s / a/b/root; mkfifo a/pipe; ls -A a/b";
        let told = told(&course, user, "", script);
        assert_eq!(told.stdout, "plain\nroot\n", "user {user:?}: {}", told.stderr);
        let mut left: Vec<String> = Vec::new();
        for folder in ["a", "a/b"] {
            let folder = course.folder("scratch", user).join(folder);
            let entries = fs::read_dir(folder).unwrap().flatten();
            left.extend(entries.map(|e| e.file_name().to_string_lossy().into_owned()));
        }
        left.sort();
        assert_eq!(left, ["b", "plain"], "user {user:?}");
        fs::remove_dir_all(course.folder("scratch", user)).unwrap();
    }
}

#[test]
fn a_witness_is_not_believed_when_the_kernel_has_seen_something_else() {
    let Some(course) = Course::new() else { return };
    for user in users() {
        let busy = "n=0; while [ $n -lt 300000 ]; do n=$((n+1)); done";
        for (claimed_s, is_doubted) in [("0.1", false), ("90.5", true)] {
            let script = format!(
                "mkdir -p witness; echo \"{{\\\"process\\\": 1, \\\"pid\\\": $$, \
                 \\\"cpu_s\\\": {claimed_s}}}\" >witness/work-1.json; {busy}; sleep 0.1"
            );
            let told = told(&course, user, "", &script);
            assert_eq!(told.status, Some(0), "{}", told.stderr);
            let doubts = told.doubts.join("\n");
            assert_eq!(doubts.contains("rank 1 claims 90.50 s"), is_doubted, "{doubts}");
        }
    }
}
