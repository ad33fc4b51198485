//! Memory: asked for only if the machine has it.

use std::fs;
use std::path::Path;

use sysinfo::System;

use crate::Error;

/// Makes sure that this machine and this process may take `bytes` of memory for
/// `purpose`.
///
/// Linux hands out more memory than it has and ends the process when the
/// memory is used, so a program would never see a failed allocation. A limit
/// of the process (`ulimit`) fails an allocation, and ends the program without
/// a word of ours. `None` stands for more bytes than can be counted.
///
/// # Errors
///
/// [`Error::Failure`] with both figures if there is less.
pub fn require(bytes: Option<u64>, purpose: &str) -> Result<(), Error> {
    require_together(bytes, bytes, purpose)
}

/// The same for processes that take `bytes` together on this machine, and of these
/// `own` in this process.
///
/// # Errors
///
/// [`Error::Failure`] if there is less.
pub fn require_together(
    bytes: Option<u64>,
    own: Option<u64>,
    purpose: &str,
) -> Result<(), Error> {
    // What a program takes besides: small where the work is.
    let besides = |bytes: u64| bytes.saturating_add(bytes.min(32 << 20));
    let [bytes, own] = [bytes, own].map(|bytes| bytes.unwrap_or(u64::MAX));
    let limits = [(machine(), bytes), (process(), besides(own))];
    let Some(((left, who), needed)) = limits.into_iter().find(|((left, _), n)| left < n)
    else {
        return Ok(());
    };
    let (needed, left) = (amount(needed), amount(left));
    Err(Error::failure(format!("{purpose} need {needed} of memory, {who} {left}")))
}

/// Bytes that this machine, or the container we are in, can still give.
pub fn available() -> u64 {
    machine().0
}

/// Bytes that this process may still take of them.
pub fn own() -> u64 {
    process().0.min(available())
}

type Left = (u64, &'static str);

fn machine() -> Left {
    let mut system = System::new();
    system.refresh_memory();
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let machine = (system.available_memory(), "this machine has free");
    let group = (
        left_in_groups(&groups, Path::new("/sys/fs/cgroup")),
        "its control group leaves",
    );
    machine.min(group)
}

fn process() -> Left {
    use rustix::process::{Resource, getrlimit};
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let left = |resource, key, who| {
        let taken = value(&status, key).unwrap_or(0) << 10;
        let limit = getrlimit(resource).current.unwrap_or(u64::MAX);
        (limit.saturating_sub(taken), who)
    };
    let space = left(Resource::As, "VmSize:", "ulimit -v leaves");
    space.min(left(Resource::Data, "VmData:", "ulimit -d leaves"))
}

/// Bytes that the control groups in `list`, as in /proc/self/cgroup, and those
/// above them still have; `root` is where the system shows them.
///
/// A container may show its own group as the uppermost one: a folder that is
/// not there says nothing.
fn left_in_groups(list: &str, root: &Path) -> u64 {
    // What is read from files again does not count: it makes room.
    const CACHED: [&str; 2] = ["inactive_file", "active_file"];
    let left = |folder: &Path, [limit, taken]: [&str; 2], prefix: &str| {
        let number =
            |name| fs::read_to_string(folder.join(name)).ok()?.trim().parse().ok();
        let (limit, taken): (u64, u64) = (number(limit)?, number(taken)?);
        let table = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
        let cached =
            CACHED.map(|key| value(&table, &format!("{prefix}{key}")).unwrap_or(0));
        Some(limit.saturating_sub(taken.saturating_sub(cached.iter().sum())))
    };
    let of_line = |line: &str| -> Option<u64> {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?);
        let (mounts, files, prefix) = match controllers {
            "" => (&["", "unified"][..], ["memory.max", "memory.current"], ""),
            list if list.split(',').any(|name| name == "memory") => (
                &["memory"][..],
                ["memory.limit_in_bytes", "memory.usage_in_bytes"],
                "total_",
            ),
            _ => return None,
        };
        let path = Path::new(path.trim_start_matches('/'));
        let folders = mounts.iter().flat_map(|mount| {
            path.ancestors().map(move |group| root.join(mount).join(group))
        });
        folders.filter_map(|folder| left(&folder, files, prefix)).min()
    };
    list.lines().filter_map(of_line).min().unwrap_or(u64::MAX)
}

/// The number after `key` in a table of lines, such as `anon 4096`.
fn value(table: &str, key: &str) -> Option<u64> {
    let mut lines = table.lines().map(str::split_ascii_whitespace);
    lines.find_map(|mut words| {
        (words.next()? == key).then(|| words.next()?.parse().ok())?
    })
}

/// The bytes of `counts[0] * counts[1] * ...` values of `size` bytes each.
pub fn bytes(counts: &[usize], size: usize) -> Option<u64> {
    counts.iter().try_fold(size as u64, |bytes, &count| bytes.checked_mul(count as u64))
}

/// An amount of memory for people, such as `1.5 GB`.
pub fn amount(bytes: u64) -> String {
    match bytes {
        u64::MAX => "more than 10^10 GB".to_owned(),
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::Folder;

    #[test]
    fn the_tightest_control_group_up_the_tree_counts() {
        let folder = Folder::new();
        let write = |path: &str, text: &str| {
            let path = folder.path(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for (group, limit, taken, cached) in [
            ("", "9000", 100, 0),
            ("user/", "1000", 500, 200),
            ("user/job/", "max", 100, 0),
            ("unified/slice/", "300", 200, 0),
        ] {
            write(&format!("{group}memory.max"), limit);
            write(&format!("{group}memory.current"), &format!("{taken}\n"));
            write(
                &format!("{group}memory.stat"),
                &format!("anon 7\ninactive_file {cached}\n"),
            );
        }
        write("memory/old/memory.limit_in_bytes", "50\n");
        write("memory/old/memory.usage_in_bytes", "40\n");
        write("memory/old/memory.stat", "inactive_file 40\ntotal_active_file 5\n");
        for (list, expected) in [
            ("0::/user/job\n", 700),
            ("0::/user/elsewhere\n", 700),
            ("0::/\n", 8900),
            ("0::/slice\n", 100),
            ("0::/a:b/c\n", 8900),
            ("4:memory:/old/x\n0::/user\n", 15),
            ("4:cpu,memory:/old\n3:cpuset:/old\n", 15),
            ("3:cpuset:/old\n", u64::MAX),
            ("", u64::MAX),
        ] {
            assert_eq!(left_in_groups(list, &folder.path("")), expected, "{list}");
        }
    }
}
