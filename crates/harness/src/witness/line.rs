//! The student's line: the innermost frame of a stack that lies in an exercise.

use std::backtrace::Backtrace;
use std::path::Path;

/// Crates on the way to a kernel that no student writes.
const OURS: [&str; 5] = ["kernels", "harness", "processes", "ranks", "deadlock"];

/// Where a kernel was called, such as `crates/mandel-threads/src/block.rs:22`; `None`
/// if that is not known.
pub(super) fn of(stack: &Backtrace) -> Option<String> {
    // The long form has whole paths.
    innermost(&format!("{stack:#}"))
}

fn innermost(stack: &str) -> Option<String> {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?.to_str()?;
    let places = stack.lines().filter_map(|line| line.trim().strip_prefix("at "));
    let ours = places.filter_map(|place| place.strip_prefix(house)?.strip_prefix('/'));
    let mut exercises = ours.filter(|place| {
        let name = place.strip_prefix("crates/").and_then(|rest| rest.split('/').next());
        name.is_some_and(|name| !OURS.contains(&name))
    });
    // Without the column.
    let mut parts = exercises.next()?.splitn(3, ':');
    Some(format!("{}:{}", parts.next()?, parts.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_line_of_an_exercise_is_found() {
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let house = house.display();
        let stack = format!(
            "  0: f\n at /rustc/1/library/std/src/backtrace.rs:1:2\n  \
               1: g\n at {house}/crates/harness/src/witness.rs:7:1\n  \
               2: h\n at /x/.cargo/registry/src/rayon/src/x.rs:8:3\n  \
               3: i\n at {house}/crates/mandel-threads/src/block.rs:22:9\n  \
               4: j\n at {house}/crates/mandel-threads/src/main.rs:50:1\n"
        );
        let line = "crates/mandel-threads/src/block.rs:22";
        assert_eq!(innermost(&stack).as_deref(), Some(line));
        for stack in ["0: main\n", "0: f\n at /rustc/1/library/std/src/rt.rs:3:1\n"] {
            assert_eq!(innermost(stack), None);
        }
    }
}
