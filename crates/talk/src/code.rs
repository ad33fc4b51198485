//! Code for a slide: part of a source file, as students get it or solved.

use std::io::Write;
use std::process::{Command, Stdio};

/// How many characters a line of a slide holds, at 24 points.
const COLUMNS: usize = 58;
/// How many lines a slide holds beside its title.
const LINES: usize = 14;

/// The part of `text` that `selectors` choose, set for a slide.
///
/// The first selector is the number of a task (`3.1`), whose regions are shown, or
/// the start of a line, as of all others: each narrows the choice to the one line
/// that begins so, and what is indented below it; `body of fn f` leaves out the first
/// and the last line. Comments are left out, and rustfmt
/// breaks lines that are too long. Where students write, there is the stub, unless
/// `solved`.
///
/// # Errors
///
/// If there is no such line or several, or the code is too long for a slide.
pub fn select(text: &str, selectors: &[String], solved: bool) -> Result<String, String> {
    let (mut lines, selectors) = match selectors.split_first() {
        // A stub is shown whole.
        Some((first, rest)) if is_task(first) => {
            (region(text, first, solved)?, if solved { rest } else { &[] })
        }
        _ => (render(text, solved), selectors),
    };
    lines.retain(|line| !line.trim_start().starts_with("//"));
    for selector in selectors {
        match selector.strip_prefix("body of ") {
            Some(selector) => {
                let block = narrow(&lines, selector)?;
                lines = block[1..block.len() - 1].to_vec();
            }
            None => lines = narrow(&lines, selector)?,
        }
    }
    let code = dedented(&lines);
    let is_long = |line: &str| line.chars().count() > COLUMNS;
    let code = if code.lines().any(is_long) { format(&code)? } else { code };
    let count = code.lines().count();
    if count > LINES {
        return Err(format!("{count} lines of code: a slide holds {LINES}"));
    }
    match code.lines().find(|line| is_long(line)) {
        Some(line) => Err(format!("a slide holds {COLUMNS} characters a line: {line}")),
        None => Ok(code),
    }
}

/// Whether `text` is the number of a task.
fn is_task(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// What a line of the reference is to a slide.
enum Line<'a> {
    Begin(&'a str),
    End,
    Given(&'a str),
    Solution(&'a str),
    Stub(String),
}

/// The lines of `text`; crates/course explains the markers, and checks them.
fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut inside = false;
    text.lines().map(move |line| {
        let bare = line.trim_start();
        if let Some(task) = bare.strip_prefix("// BEGIN SOLUTION ") {
            inside = true;
            return Line::Begin(task);
        }
        if bare == "// END SOLUTION" {
            inside = false;
            return Line::End;
        }
        match bare.strip_prefix("// STUB ") {
            Some(stub) => Line::Stub(line.replace(bare, &short(stub))),
            None if inside => Line::Solution(line),
            None => Line::Given(line),
        }
    })
}

/// A line of a stub, without the page and the step where its task is told.
fn short(stub: &str) -> String {
    match stub.split_once(", see crates/") {
        Some((task, _)) => format!("{task}\");"),
        None => stub.to_owned(),
    }
}

/// The lines of `text` that students write, and those that they are given, both without
/// the blanks around them.
pub fn parted(text: &str) -> (Vec<String>, Vec<String>) {
    let (mut secret, mut given) = (Vec::new(), Vec::new());
    for line in lines(text) {
        match line {
            Line::Solution(line) => secret.push(line.trim().to_owned()),
            Line::Given(line) => given.push(line.trim().to_owned()),
            Line::Stub(line) => given.push(line.trim().to_owned()),
            Line::Begin(_) | Line::End => {}
        }
    }
    (secret, given)
}

/// The file with all of its regions solved, or none.
fn render(text: &str, solved: bool) -> Vec<String> {
    let shown = lines(text).filter_map(|line| match line {
        Line::Given(line) => Some(line.to_owned()),
        Line::Solution(line) if solved => Some(line.to_owned()),
        Line::Stub(line) if !solved => Some(line),
        _ => None,
    });
    shown.collect()
}

/// The regions of `task` in the file, solved or not, without imports; each is moved to
/// the left by itself.
fn region(text: &str, task: &str, solved: bool) -> Result<Vec<String>, String> {
    let (mut regions, mut inside) = (Vec::new(), false);
    for line in lines(text) {
        match line {
            Line::Begin(found) => {
                inside = found == task;
                if inside {
                    regions.push(Vec::new());
                }
            }
            Line::Solution(line) if inside && solved && !line.starts_with("use ") => {
                regions.last_mut().expect("one has begun").push(line.to_owned());
            }
            Line::Stub(line) if inside && !solved => {
                regions.last_mut().expect("one has begun").push(line);
            }
            _ => {}
        }
    }
    if regions.is_empty() {
        return Err(format!("no region of task {task}"));
    }
    let moved = regions.iter().filter(|region| !region.is_empty()).map(|r| dedented(r));
    Ok(moved.collect::<Vec<_>>().join("\n").lines().map(str::to_owned).collect())
}

/// The one line that begins with `selector`, after `pub`, with all that belongs to it.
fn narrow(lines: &[String], selector: &str) -> Result<Vec<String>, String> {
    let begins = |line: &&String| {
        let line = line.trim_start();
        let line = line.strip_prefix("pub").map_or(line, |rest| {
            rest.trim_start_matches("(super)").trim_start_matches("(crate)").trim_start()
        });
        // Not `fn hand_out` where `fn hand` is meant.
        line.strip_prefix(selector).is_some_and(|rest| {
            let part = |c: char| c.is_alphanumeric() || c == '_';
            !(selector.ends_with(part) && rest.starts_with(part))
        })
    };
    let starts: Vec<usize> =
        (0..lines.len()).filter(|&number| begins(&&lines[number])).collect();
    match starts[..] {
        [start] => Ok(lines[start..block_end(lines, start)].to_vec()),
        [] => Err(format!("no line begins with `{selector}`")),
        _ => Err(format!("{} lines begin with `{selector}`", starts.len())),
    }
}

/// Where the block that begins in line `start` ends: rustfmt indents what belongs to it.
fn block_end(lines: &[String], start: usize) -> usize {
    let depth = |line: &String| line.len() - line.trim_start().len();
    let own = depth(&lines[start]);
    for (number, line) in lines.iter().enumerate().skip(start + 1) {
        let bare = line.trim();
        if bare.is_empty() || depth(line) > own {
            continue;
        }
        let closes = depth(line) == own && bare.starts_with(['}', ')', ']']);
        if !closes {
            return number;
        }
        if !bare.ends_with(['{', '(', '[']) {
            return number + 1;
        }
    }
    lines.len()
}

/// The lines, moved to the left together.
fn dedented(lines: &[String]) -> String {
    let filled = lines.iter().filter(|line| !line.trim().is_empty());
    let indent =
        filled.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let moved: Vec<&str> =
        lines.iter().map(|line| line.get(indent..).unwrap_or_default()).collect();
    moved.join("\n").trim_end().to_owned()
}

/// `code`, with its lines broken by rustfmt to fit a slide.
fn format(code: &str) -> Result<String, String> {
    let width = format!("max_width={},use_small_heuristics=Max", COLUMNS + 4);
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024", "--config", &width]);
    rustfmt.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let cannot =
        |error| format!("cannot run rustfmt (rustup component add rustfmt): {error}");
    let mut child = rustfmt.spawn().map_err(cannot)?;
    // Statements need a function around them, and a function may hold items.
    let text = format!("fn slide() {{\n{code}\n}}\n");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(text.as_bytes()).map_err(cannot)?;
    drop(stdin);
    let output = child.wait_with_output().map_err(cannot)?;
    if !output.status.success() {
        let says = String::from_utf8_lossy(&output.stderr);
        return Err(format!("rustfmt cannot read\n{code}\n{says}"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let inner =
        text.trim().strip_prefix("fn slide() {").and_then(|t| t.strip_suffix('}'));
    let lines = inner.unwrap_or_default().trim_matches('\n').lines();
    let lines: Vec<&str> = lines.map(|l| l.strip_prefix("    ").unwrap_or(l)).collect();
    Ok(lines.join("\n").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEART: &str = "\
//! A heart.
use std::ops::Range;
// BEGIN SOLUTION 3.1
use std::thread;
// END SOLUTION

/// Counts.
pub fn count(rows: Range<usize>) -> u64 {
    // BEGIN SOLUTION 3.1
    let mut total = 0;
    while total < 10 {
        total += rows.len() as u64;
    }
    total
    // STUB todo!(\"task 3.1: count, see crates/heart/README.md, step 1\")
    // END SOLUTION
}

fn count_twice() {
    let numbers = [1, 2].map(|number| number + number + number + number + 1);
}
";

    fn select(selectors: &[&str], solved: bool) -> Result<String, String> {
        let selectors: Vec<String> = selectors.iter().map(|s| s.to_string()).collect();
        super::select(HEART, &selectors, solved)
    }

    #[test]
    fn a_function_is_shown_with_its_stub_or_solved() {
        let stub = "pub fn count(rows: Range<usize>) -> u64 {\n    todo!(\"task 3.1: count\");\n}";
        assert_eq!(select(&["fn count"], false).unwrap(), stub);
        let solved = select(&["fn count"], true).unwrap();
        assert!(
            solved.ends_with("    total\n}") && !solved.contains("todo!"),
            "{solved}"
        );
    }

    #[test]
    fn a_region_is_shown_without_its_imports() {
        assert_eq!(select(&["3.1"], false).unwrap(), "todo!(\"task 3.1: count\");");
        let solved = select(&["3.1"], true).unwrap();
        assert!(solved.starts_with("let mut total = 0;\nwhile"), "{solved}");
        assert!(select(&["3.2"], true).unwrap_err().contains("no region of task 3.2"));
    }

    #[test]
    fn selectors_narrow_the_choice_and_are_unique() {
        let block = "while total < 10 {\n    total += rows.len() as u64;\n}";
        assert_eq!(select(&["fn count", "while"], true).unwrap(), block);
        assert!(select(&["fn counts"], true).unwrap_err().contains("no line begins"));
        assert!(select(&["use"], true).unwrap_err().contains("2 lines begin"));
        // The handout does not have it.
        assert!(select(&["fn count", "while"], false).is_err());
    }

    #[test]
    fn long_lines_are_broken() {
        let code = select(&["fn count_twice", "let"], true).unwrap();
        assert!(code.lines().count() > 1, "{code}");
        assert!(code.lines().all(|line| line.len() <= COLUMNS), "{code}");
    }
}
