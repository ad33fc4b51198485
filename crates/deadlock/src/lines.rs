//! The student's line: the innermost frame of a stack that lies in an exercise.
//!
//! A thread that stands still is interrupted by a signal and walks its own
//! stack; another thread looks the names up. That happens once, when the verdict
//! is known: at each call it would cost more than the message.
#![allow(unsafe_code)]

use std::backtrace::Backtrace;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Ignored by whoever does not expect it, and free on every system.
const SIGNAL: libc::c_int = libc::SIGURG;

/// What the thread that was interrupted has seen.
static SEEN: Mutex<Option<Backtrace>> = Mutex::new(None);

/// Whether it has; nobody else looks into `SEEN` before.
static HAS_SEEN: AtomicBool = AtomicBool::new(false);

/// The line of the exercise in which `thread` stands, such as `crates/x/src/y.rs:18`.
///
/// `None` if the thread does not answer within two seconds, or runs nothing of an exercise.
pub fn of_thread(thread: libc::pthread_t) -> Option<String> {
    HAS_SEEN.store(false, Ordering::SeqCst);
    // SAFETY: the action is complete, its handler has the type that goes with no
    // flags but these two, and the thread that started MPI lives as long as the rank.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = look_around as extern "C" fn(libc::c_int) as usize;
        action.sa_flags = libc::SA_RESTART | libc::SA_ONSTACK;
        libc::sigaction(SIGNAL, &action, std::ptr::null_mut());
        libc::pthread_kill(thread, SIGNAL);
    }
    let end = Instant::now() + Duration::from_secs(2);
    while Instant::now() < end {
        thread::sleep(Duration::from_millis(1));
        if HAS_SEEN.load(Ordering::SeqCst) {
            return in_exercise(&SEEN.lock().ok()?.take()?);
        }
    }
    None
}

/// Runs in the thread that stands still. It asks for memory, which a handler must
/// not: should the thread have been interrupted while it did the same, the one that
/// asked waits for two seconds, and the job ends without this line.
extern "C" fn look_around(_: libc::c_int) {
    let stack = Backtrace::force_capture();
    if let Ok(mut seen) = SEEN.try_lock() {
        *seen = Some(stack);
    }
    HAS_SEEN.store(true, Ordering::SeqCst);
}

/// The innermost line of an exercise in `stack`; of a program that is not ours the
/// innermost line of the program itself.
pub fn in_exercise(stack: &Backtrace) -> Option<String> {
    innermost(&format!("{stack:#}"))
}

/// The call of MPI in `stack`.
pub fn call(stack: &Backtrace) -> Option<String> {
    let stack = format!("{stack:#}");
    // `  12:     0x55d0 - MPI_Recv`
    let names = stack.lines().filter_map(|line| line.split_once(" - "));
    // The library may have the same names further in.
    let mut names = names.filter(|(_, name)| name.starts_with("MPI_"));
    names.next_back().map(|(_, name)| name.to_owned())
}

fn innermost(stack: &str) -> Option<String> {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?.to_str()?;
    let house = format!("{house}/");
    let places = || stack.lines().filter_map(|line| line.trim().strip_prefix("at "));
    let mut ours = places().filter_map(|place| place.strip_prefix(&house));
    let machinery = [
        "crates/deadlock/src",
        "crates/harness/",
        "crates/kernels/",
        "crates/ranks/",
        "target/",
    ];
    let place = ours.find(|place| !machinery.iter().any(|part| place.starts_with(part)));
    let place = place.or_else(|| places().find(|place| is_foreign(place, &house)))?;
    // Without the column.
    let mut parts = place.splitn(3, ':');
    Some(format!("{}:{}", parts.next()?, parts.next()?))
}

/// Whether a line is of a program that is no part of the house, in C for example.
fn is_foreign(place: &str, house: &str) -> bool {
    let library = ["/rustc/", "/.cargo/registry/", "/build/", "/rust/deps/"];
    !place.starts_with(house)
        && !library.iter().any(|part| place.contains(part))
        && !place.contains("/sysdeps/")
        // The system's libraries name their files from where they were built.
        && !place.starts_with("./")
        && !place.starts_with("../")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_line_of_an_exercise_is_found() {
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let house = house.display();
        let stack = format!(
            "  0: f\n at /rustc/1/library/core/src/x.rs:1:2\n  \
               1: g\n at {house}/crates/deadlock/src/calls/messages.rs:7:1\n  \
               2: h\n at /x/.cargo/registry/src/mpi/src/x.rs:8:3\n  \
               3: i\n at {house}/crates/mpi-hello/src/collect.rs:18:9\n  \
               4: j\n at {house}/crates/mpi-hello/src/main.rs:50:1\n"
        );
        assert_eq!(
            innermost(&stack).as_deref(),
            Some("crates/mpi-hello/src/collect.rs:18")
        );
        let stack =
            "0: main\n at /x/mine.c:12:3\n 1: l\n at ./csu/../csu/libc-start.c:360:3\n";
        assert_eq!(innermost(stack).as_deref(), Some("/x/mine.c:12"));
        // A folder beside the house is none of it.
        let stack = format!("0: main\n at {house}-mine/a.c:12:3\n");
        assert_eq!(innermost(&stack), Some(format!("{house}-mine/a.c:12")));
        for stack in [
            "0: main\n",
            "0: l\n at ./csu/../csu/libc-start.c:360:3\n",
            "0: exit\n at ./stdlib/exit.c:116:3\n 1: l\n at ../sysdeps/x86/start.h:74:3\n",
        ] {
            assert_eq!(innermost(stack), None);
        }
    }
}
