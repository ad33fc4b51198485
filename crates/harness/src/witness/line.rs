//! The student's lines: the frames of a stack that lie in an exercise.

use std::backtrace::Backtrace;
use std::path::Path;

/// Crates on the way to a kernel that no student writes.
const OURS: [&str; 5] = ["kernels", "harness", "processes", "ranks", "deadlock"];

/// The lines from which a kernel was called, such as `crates/mandel-threads/src/block.rs:22`,
/// the innermost one first; none if that is not known.
///
/// The innermost may be wrong: two closures that do the same are one for the compiler.
pub(super) fn all(stack: &Backtrace) -> Vec<String> {
    // The long form has whole paths.
    of_exercise(&format!("{stack:#}"))
}

/// The one line to name: the outermost that is not in a `main.rs`. The line of a
/// student is there even if a given function or a closure lies in between.
pub(super) fn outermost(lines: &[String]) -> Option<&String> {
    lines.iter().rfind(|line| !line.contains("/src/main.rs:"))
}

fn of_exercise(stack: &str) -> Vec<String> {
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    let house = house.and_then(Path::to_str).unwrap_or_default();
    let places = stack.lines().filter_map(|line| line.trim().strip_prefix("at "));
    let ours = places.filter_map(|place| place.strip_prefix(house)?.strip_prefix('/'));
    let exercises = ours.filter(|place| {
        let name = place.strip_prefix("crates/").and_then(|rest| rest.split('/').next());
        name.is_some_and(|name| !OURS.contains(&name))
    });
    // Without the column.
    exercises.filter_map(|place| Some(place.rsplit_once(':')?.0.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_an_exercise_are_found() {
        let house = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let house = house.display();
        let stack = format!(
            "  0: f\n at /rustc/1/library/std/src/backtrace.rs:1:2\n  \
               1: g\n at {house}/crates/harness/src/witness.rs:7:1\n  \
               2: h\n at /x/.cargo/registry/src/rayon/src/x.rs:8:3\n  \
               3: i\n at {house}/crates/mandel-threads/src/block.rs:22:9\n  \
               4: j\n at {house}/crates/mandel-threads/src/main.rs:50:1\n"
        );
        let [block, main] = ["block.rs:22", "main.rs:50"]
            .map(|place| format!("crates/mandel-threads/src/{place}"));
        let lines = of_exercise(&stack);
        assert_eq!(lines, [block.clone(), main.clone()]);
        assert_eq!(outermost(&lines), Some(&block));
        assert_eq!(outermost(&[main]), None);
        for stack in ["0: main\n", "0: f\n at /rustc/1/library/std/src/rt.rs:3:1\n"] {
            assert_eq!(of_exercise(stack), Vec::<String>::new());
        }
    }
}
