//! What the kernel knows of the processes behind the wall.
//!
//! Read from outside, in /proc: no process can say anything else about itself.

use std::collections::{BTreeSet, VecDeque};
use std::fs;

/// Ticks of the processor times in /proc: USER_HZ, which is 100 on every Linux.
const TICKS_PER_S: f64 = 100.0;

/// A process as it was when one looked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Process {
    /// Its number outside.
    pub pid: i32,
    /// Its number behind the wall, by which it knows itself.
    pub inner_pid: i32,
    /// Memory that it uses now.
    pub resident_bytes: u64,
    /// Processor time of all its threads so far.
    pub cpu_s: f64,
}

/// The processes that descend from process `ancestor`, parents first.
pub fn descendants(ancestor: i32) -> Vec<Process> {
    let (mut found, mut open) = (Vec::new(), VecDeque::from([ancestor]));
    let mut known = BTreeSet::from([ancestor]);
    while let Some(parent) = open.pop_front() {
        for pid in children(parent) {
            // A process may end at any moment: then it is no descendant any more.
            let process = read(pid, "stat").as_deref().and_then(cpu_s).map(|cpu_s| {
                described(pid, cpu_s, &read(pid, "status").unwrap_or_default())
            });
            if known.insert(pid) {
                open.push_back(pid);
                found.extend(process);
            }
        }
    }
    found
}

/// The children of all threads of process `parent`.
fn children(parent: i32) -> Vec<i32> {
    let threads = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten();
    let lists = threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let all: Vec<String> = lists.collect();
    all.iter().flat_map(|list| list.split_whitespace()).flat_map(str::parse).collect()
}

fn read(pid: i32, file: &str) -> Option<String> {
    // The name of a program may be any bytes.
    let bytes = fs::read(format!("/proc/{pid}/{file}")).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The processor seconds that /proc/PID/stat tells.
fn cpu_s(stat: &str) -> Option<f64> {
    // The second field is the program's name in brackets, with brackets and blanks
    // of its own. After it come the 3rd field, the state, and so on: proc(5).
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    Some((ticks(14)? + ticks(15)?) as f64 / TICKS_PER_S)
}

fn described(pid: i32, cpu_s: f64, status: &str) -> Process {
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().split_whitespace()
    };
    // A number for each namespace, the innermost last.
    let inner_pid = field("NSpid:").next_back().and_then(|text| text.parse().ok());
    let resident_kib: Option<u64> =
        field("VmRSS:").next().and_then(|text| text.parse().ok());
    Process {
        pid,
        inner_pid: inner_pid.unwrap_or(pid),
        resident_bytes: resident_kib.unwrap_or(0) << 10,
        cpu_s,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_the_fields_behind_it() {
        let stat = "7 (a) R 1 (x) S 3 7 7 0 -1 4194560 136 0 0 0 150 50 0 0 20 0 1 0";
        assert_eq!(cpu_s(stat), Some(2.0));
        assert_eq!(cpu_s("7 (gone"), None);
    }

    #[test]
    fn the_number_behind_the_wall_is_the_last_one() {
        let status = "Name:\tx\nVmRSS:\t  2048 kB\nNSpid:\t4711\t12\n";
        let process = described(4711, 0.5, status);
        let expected =
            Process { pid: 4711, inner_pid: 12, resident_bytes: 2 << 20, cpu_s: 0.5 };
        assert_eq!(process, expected);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn children_of_children_are_found_with_their_work() {
        // Busy, so that it has some processor time; two generations below this one.
        let script = "(while :; do :; done) & wait";
        let mut child =
            std::process::Command::new("sh").args(["-c", script]).spawn().unwrap();
        let own = std::process::id() as i32;
        let busy = |found: &[Process]| found.iter().any(|process| process.cpu_s > 0.05);
        let mut found = Vec::new();
        for _ in 0..1000 {
            found = descendants(own);
            if busy(&found) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        for process in descendants(child.id() as i32) {
            let pid = rustix::process::Pid::from_raw(process.pid).unwrap();
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        let _ = child.kill();
        child.wait().unwrap();
        assert!(busy(&found), "{found:?}");
        assert!(found.iter().all(|process| process.pid == process.inner_pid));
    }
}
