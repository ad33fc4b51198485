//! A job that is stopped from outside is over at once, and nothing is left of it.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ranks::trial;
use rustix::process::{Pid, Signal, kill_process};

/// The processes on this machine whose command line has all of `words`.
fn processes(words: &[&str]) -> Vec<Pid> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    let found = folders.filter_map(|folder| {
        let id = folder.file_name().to_str()?.parse().ok()?;
        let line = fs::read(folder.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        Pid::from_raw(id).filter(|_| words.iter().all(|word| line.contains(word)))
    });
    found.collect()
}

/// Waits until `is_so`; whether it has come to be, within so many seconds.
fn comes(seconds: u64, is_so: impl Fn() -> bool) -> bool {
    let end = Instant::now() + Duration::from_secs(seconds);
    while !is_so() && Instant::now() < end {
        thread::sleep(Duration::from_millis(20));
    }
    is_so()
}

/// `sleep` on three ranks, and what their command lines have.
fn sleep<'a>(mark: &'a str, flags: &[&str]) -> (Child, [&'a str; 2]) {
    let mut launch = trial::command(3, &trial::example("trouble"));
    launch.args(["sleep", "--rank", mark]).args(flags);
    // Tests that run in the background of a shell ignore INT and QUIT, and so would
    // all that they start.
    let mut command = Command::new("env");
    command.arg("--default-signal=HUP,INT,QUIT,TERM");
    command.arg(launch.get_program()).args(launch.get_args());
    command.envs(launch.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let job = command.spawn().expect("launch.sh starts");
    // Each rank has a keeper beside it.
    let ranks = ["examples/trouble sleep --rank", mark];
    let started = comes(60, || processes(&ranks).len() >= 3 + 3 + 2);
    assert!(started, "three ranks start");
    (job, ranks)
}

/// Starts `sleep`, sends the signal to `victim`, and returns the status and what was
/// said.
fn stopped(mark: &str, victim: &str, signal: Signal) -> (Option<i32>, String) {
    let (job, ranks) = sleep(mark, &[]);
    let launcher = Pid::from_raw(i32::try_from(job.id()).unwrap()).unwrap();
    let victim = match victim {
        "launch.sh" => launcher,
        name => *processes(&[name, mark]).iter().find(|&&id| id != launcher).unwrap(),
    };
    kill_process(victim, signal).unwrap();
    let start = Instant::now();
    let output = job.wait_with_output().unwrap();
    assert!(comes(5, || processes(&ranks).is_empty()), "something is left");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_signal_to_launch_sh_ends_the_job_with_its_status() {
    for (signal, status) in
        [(Signal::HUP, 129), (Signal::INT, 130), (Signal::QUIT, 131), (Signal::TERM, 143)]
    {
        let mark = format!("{}", 1000 + status);
        let (found, said) = stopped(&mark, "launch.sh", signal);
        assert_eq!(found, Some(status), "{said}");
        assert_eq!(
            said.lines().filter(|line| !line.starts_with("$ ")).count(),
            0,
            "{said}"
        );
    }
}

#[test]
fn time_in_which_a_job_is_stopped_does_not_count() {
    let (job, ranks) = sleep("3001", &["--time-limit", "6", "--no-watch"]);
    // The limit counts once MPI has started.
    thread::sleep(Duration::from_secs(2));
    let start = Instant::now();
    let all = |signal| {
        processes(&ranks).into_iter().for_each(|id| _ = kill_process(id, signal));
    };
    all(Signal::STOP);
    thread::sleep(Duration::from_secs(5));
    all(Signal::CONT);
    let output = job.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(124));
    // It has run for two seconds before it was stopped.
    assert!(start.elapsed() > Duration::from_secs(7), "{:?}", start.elapsed());
}

#[test]
fn what_is_killed_outright_takes_the_job_with_it() {
    let (status, said) = stopped("2001", "launch.sh", Signal::KILL);
    assert_eq!(status, None, "{said}");
    let (status, said) = stopped("2002", "mpiexec", Signal::KILL);
    assert_eq!(status, Some(137), "{said}");
    assert!(
        said.ends_with("error: the job ended with status 137 and no rank said why\n"),
        "{said}"
    );
}
