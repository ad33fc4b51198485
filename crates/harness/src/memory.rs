//! Memory: asked for only if the machine has it.

use sysinfo::System;

use crate::Error;

/// Makes sure that this machine has `bytes` of memory left for `purpose`.
///
/// Linux hands out more memory than it has and ends the process when the
/// memory is used, so a program would never see a failed allocation.
/// `None` stands for more bytes than can be counted.
///
/// # Errors
///
/// [`Error::Failure`] with both figures if there is less.
pub fn require(bytes: Option<u64>, purpose: &str) -> Result<(), Error> {
    let bytes = bytes.unwrap_or(u64::MAX);
    let free = available();
    if bytes <= free {
        return Ok(());
    }
    Err(Error::failure(format!(
        "{purpose} need {} of memory, this machine has {} free",
        amount(bytes),
        amount(free)
    )))
}

/// Bytes that this machine, or the container we are in, can still give.
pub fn available() -> u64 {
    let mut system = System::new();
    system.refresh_memory();
    let in_group = system.cgroup_limits().map_or(u64::MAX, |limits| limits.free_memory);
    system.available_memory().min(in_group)
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
