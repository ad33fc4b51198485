//! What a process says of itself, beside what the kernel says of it.
//!
//! A program under judgement counts its own work and writes that down. The counts
//! lie in the student's own process, so they are not believed alone: the processor
//! time that each file claims is compared with what was seen from outside.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

/// What is read of `work-R.json`.
#[derive(Debug, Deserialize)]
struct Work {
    process: u64,
    pid: i32,
    cpu_s: f64,
}

/// The most that a file of a witness may hold.
const MOST_BYTES: u64 = 16 << 20;

/// A process was looked at every 20 ms and last before its end; each of its threads
/// may have worked since. What it claims may be more by so much, and by a fifth.
const UNSEEN_S: f64 = 0.3;

/// One sentence for each file in `folder` that claims what cannot be, given the
/// processor seconds that the kernel saw, by the number of the process.
pub fn doubts(folder: &Path, seen_s: &BTreeMap<i32, f64>) -> Vec<String> {
    let mut paths: Vec<_> = folder.read_dir().into_iter().flatten().flatten().collect();
    paths.sort_by_key(|entry| entry.file_name());
    let named = paths.iter().filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("work-") && name.ends_with(".json")
    });
    let works = named.filter_map(|entry| {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file { read(&entry.path()) } else { None }
    });
    judge(works.collect(), seen_s)
}

fn read(path: &Path) -> Option<Work> {
    let mut text = String::new();
    File::open(path).ok()?.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn judge(works: Vec<Work>, seen_s: &BTreeMap<i32, f64>) -> Vec<String> {
    let mut doubts = Vec::new();
    let mut known = BTreeMap::new();
    for work in works {
        let Work { process, pid, cpu_s } = work;
        let seen_s = seen_s.get(&pid).copied().unwrap_or_default();
        if let Some(other) = known.insert(pid, process) {
            doubts.push(format!("ranks {other} and {process} claim to be one process"));
        }
        if cpu_s > 1.2 * seen_s + UNSEEN_S {
            doubts.push(format!(
                "rank {process} claims {cpu_s:.2} s of processor time, the system saw {seen_s:.2} s"
            ));
        }
    }
    doubts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(works: &[(u64, i32, f64)], seen_s: &[(i32, f64)]) -> Vec<String> {
        let works =
            works.iter().map(|&(process, pid, cpu_s)| Work { process, pid, cpu_s });
        judge(works.collect(), &seen_s.iter().copied().collect())
    }

    #[test]
    fn honest_counts_get_no_doubt() {
        let works = [(0, 9, 1.05), (1, 12, 0.98), (2, 13, 0.02)];
        assert_eq!(judged(&works, &[(9, 1.0), (12, 0.9)]), [""; 0]);
    }

    #[test]
    fn a_rank_that_claims_the_work_of_others_is_seen() {
        let doubts = judged(&[(0, 9, 1.0), (1, 12, 1.0)], &[(9, 1.0), (12, 0.1)]);
        let expected = "rank 1 claims 1.00 s of processor time, the system saw 0.10 s";
        assert_eq!(doubts, [expected]);
    }

    #[test]
    fn a_file_for_a_rank_that_never_was_is_seen() {
        let seen = [(9, 2.0)];
        let doubts = judged(&[(0, 9, 1.0), (1, 9, 1.0)], &seen);
        assert_eq!(doubts, ["ranks 0 and 1 claim to be one process"]);
        let doubts = judged(&[(0, 9, 1.0), (1, 99, 0.5)], &seen);
        assert_eq!(doubts.len(), 1, "{doubts:?}");
    }
}
