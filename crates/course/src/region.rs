//! Regions: the parts of a source file that a student writes.
//!
//! The reference solution is the only source. It marks a region, and says what
//! the student's file holds in its place:
//!
//! ```text
//! // BEGIN SOLUTION 3.1
//! let bands = image.split_at_mut(middle);
//! // STUB todo!("task 3.1: cut the image in two, see crates/bands/README.md, step 2")
//! // END SOLUTION
//! ```
//!
//! Each of the three markers stands alone on its line. The number of a task
//! (exercise 3, step 1) may occur several times, in several files. A region of
//! nothing but `use` items needs no STUB: a student's file has none of them.
//!
//! In the handout and in the solutions the marks are others, alike in both, so
//! that a student sees where to write and every file can be cut there again:
//!
//! ```text
//! // >>> 3.1: write your code here
//! todo!("task 3.1: cut the image in two, see crates/bands/README.md, step 2")
//! // <<< 3.1
//! ```
//!
//! While a region of the file is open, so that its task is still a `todo!`, the
//! handout has the line [`ALLOW`] under the `//!` of the file: a stub need not
//! pretend to use what it hands over.

use crate::marker::{self, Line};

/// Keeps the compiler from complaining of what is unused as long as a task of the
/// file is not done. Deleting it, or keeping it, is no edit.
pub const ALLOW: &str = "#![allow(dead_code, unused_imports, unused_mut, unused_variables, \
                         unreachable_code)] // Delete this line when all tasks of this file are done.";

/// A source file of the reference: lines that are given, and regions.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// A line that students get as it is.
    Given(String),
    /// Lines that students write.
    Region(Region),
}

/// A region of the reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// The name of the task, as `3.1`.
    pub id: String,
    /// The line of BEGIN in the reference, counted from 1; the body follows it.
    pub line: usize,
    /// The reference's lines.
    pub body: Vec<String>,
    /// The lines that the handout has instead.
    pub stub: Vec<String>,
    indent: String,
}

impl Region {
    /// Whether the region holds nothing but imports.
    pub fn is_imports(&self) -> bool {
        let code: Vec<&str> = self
            .body
            .iter()
            .map(|line| line.trim())
            .filter(|l| !l.starts_with("//"))
            .collect();
        let code = code.join(" ");
        let items = code.trim().strip_suffix(';').unwrap_or_default();
        items.split(';').all(|item| item.trim().starts_with("use "))
    }

    /// The line above the region in the handout.
    pub fn opening(&self) -> String {
        let task = if self.is_imports() {
            "imports for your code"
        } else {
            "write your code here"
        };
        format!("{}// >>> {}: {task}", self.indent, self.id)
    }

    /// The line below the region in the handout.
    pub fn closing(&self) -> String {
        format!("{}// <<< {}", self.indent, self.id)
    }
}

/// The pieces of `text`, a reference file whose name in messages is `path`.
///
/// # Errors
///
/// The place and the remedy, if a marker is malformed, unbalanced or nested,
/// a region has no solution or no STUB, or a STUB stands outside of one.
pub fn parse(path: &str, text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut open: Option<Region> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let at = |what: String| format!("{path}:{number}: {what}");
        match (marker::read(line).map_err(at)?, &mut open) {
            (Line::Begin(id), None) => open = Some(begin(id, number, line)),
            (Line::Begin(_), Some(outer)) => {
                return Err(at(format!("a region inside that of line {}", outer.line)));
            }
            (Line::Stub(_), None) => return Err(at("a STUB outside of a region".into())),
            (Line::Stub(stub), Some(region)) => {
                region.stub.push(format!("{}{stub}", indent(line)).trim_end().into());
            }
            (Line::End, None) => return Err(at("END SOLUTION without a BEGIN".into())),
            (Line::End, Some(region)) => {
                pieces.push(Piece::Region(complete(path, region)?));
                open = None;
            }
            (Line::Other, Some(region)) => region.body.push(line.into()),
            (Line::Other, None) => pieces.push(Piece::Given(line.into())),
        }
    }
    match open {
        Some(region) => {
            Err(format!("{path}:{}: BEGIN SOLUTION without an END", region.line))
        }
        None => Ok(pieces),
    }
}

/// A student's file: the reference for the regions that `is_solved` chooses,
/// the stub for the others.
pub fn render(pieces: &[Piece], is_solved: impl Fn(&Region) -> bool) -> String {
    let is_open = pieces.iter().any(|piece| match piece {
        Piece::Region(region) => !region.stub.is_empty() && !is_solved(region),
        Piece::Given(_) => false,
    });
    let is_prose = |piece: &Piece| match piece {
        Piece::Given(line) => line.starts_with("//!"),
        Piece::Region(_) => false,
    };
    let prose = pieces.iter().take_while(|piece| is_prose(piece)).count();

    let mut text = String::new();
    let mut push = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    for (number, piece) in pieces.iter().enumerate() {
        if is_open && number == prose {
            push(ALLOW);
        }
        match piece {
            Piece::Given(line) => push(line),
            Piece::Region(region) => {
                push(&region.opening());
                let lines = if is_solved(region) { &region.body } else { &region.stub };
                lines.iter().for_each(|line| push(line));
                push(&region.closing());
            }
        }
    }
    text
}

fn begin(id: &str, line: usize, text: &str) -> Region {
    let (id, indent) = (id.to_owned(), indent(text).to_owned());
    Region { id, line, body: Vec::new(), stub: Vec::new(), indent }
}

fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

/// `region`, which has all that a region needs.
fn complete(path: &str, region: &Region) -> Result<Region, String> {
    let at =
        |what: &str| Err(format!("{path}:{}: region {} {what}", region.line, region.id));
    if region.body.iter().all(|line| line.trim().is_empty()) {
        return at("is empty: there is no solution in it");
    }
    if region.stub.is_empty() && !region.is_imports() {
        return at("has no STUB: what does the student's file hold in its place?");
    }
    Ok(region.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = "\
//! A heart.

use std::ops::Range;
// BEGIN SOLUTION 3.1
use std::sync::{
    Mutex,
};
use std::thread;
// END SOLUTION

fn count(rows: Range<usize>) -> u64 {
    // BEGIN SOLUTION 3.1
    let mut total = 0;
    total += rows.len() as u64;
    total
    // STUB todo!(
    // STUB     \"task 3.1\"
    // STUB )
    // END SOLUTION
}
";

    fn pieces() -> Vec<Piece> {
        parse("heart.rs", REFERENCE).unwrap()
    }

    #[test]
    fn a_stub_replaces_its_region() {
        let expected = "\
//! A heart.
#![allow(dead_code, unused_imports, unused_mut, unused_variables, unreachable_code)] // Delete this line when all tasks of this file are done.

use std::ops::Range;
// >>> 3.1: imports for your code
// <<< 3.1

fn count(rows: Range<usize>) -> u64 {
    // >>> 3.1: write your code here
    todo!(
        \"task 3.1\"
    )
    // <<< 3.1
}
";
        assert_eq!(render(&pieces(), |_| false), expected);
    }

    #[test]
    fn the_solution_has_the_same_lines_outside_as_the_stub() {
        let solved = render(&pieces(), |_| true);
        assert!(
            solved.contains("\n    // >>> 3.1: write your code here\n    let mut total")
        );
        assert!(solved.contains("\n    total\n    // <<< 3.1\n}\n"), "{solved}");
        assert!(!solved.contains("STUB") && !solved.contains("SOLUTION"), "{solved}");
        assert!(!solved.contains("allow"), "{solved}");
    }

    #[test]
    fn a_file_without_regions_stays_as_it_is() {
        let text = "//! Nothing to write.\n\nfn main() {\n    run();\n}\n";
        assert_eq!(render(&parse("main.rs", text).unwrap(), |_| false), text);
    }

    #[test]
    fn every_malformed_region_is_refused_with_its_line() {
        let cases = [
            (
                "// BEGIN SOLUTION 3.1\nx\n// STUB y\n",
                "f.rs:1: BEGIN SOLUTION without an END",
            ),
            ("x\n// END SOLUTION\n", "f.rs:2: END SOLUTION without a BEGIN"),
            (
                "// BEGIN SOLUTION 3.1\nx\n// BEGIN SOLUTION 3.2\n",
                "f.rs:3: a region inside that of line 1",
            ),
            (
                "// BEGIN SOLUTION 3.1\n\n// STUB y\n// END SOLUTION\n",
                "f.rs:1: region 3.1 is empty",
            ),
            ("// BEGIN SOLUTION 3.1\n// END SOLUTION\n", "f.rs:1: region 3.1 is empty"),
            (
                "// BEGIN SOLUTION 3.1\nx\n// END SOLUTION\n",
                "f.rs:1: region 3.1 has no STUB",
            ),
            (
                "// BEGIN SOLUTION 3.1\nuse a;\nx();\n// END SOLUTION\n",
                "f.rs:1: region 3.1 has no STUB",
            ),
            ("x\n\n    // STUB y\n", "f.rs:3: a STUB outside of a region"),
            ("// BEGIN SOLUTION\n", "f.rs:1: BEGIN SOLUTION without an id"),
            ("// BEGIN SOLUTION  3.1\n", "f.rs:1: malformed marker"),
            ("// BEGIN SOLUTION 3.1: rows\n", "f.rs:1: malformed marker"),
            ("// BEGIN SOLUTION 3A\n", "f.rs:1: malformed marker"),
            ("//BEGIN SOLUTION 3.1\n", "f.rs:1: malformed marker"),
            ("// Begin solution 3.1\n", "f.rs:1: malformed marker"),
            ("// BEGIN-SOLUTION 3.1\n", "f.rs:1: malformed marker"),
            ("/// BEGIN SOLUTION 3.1\n", "f.rs:1: malformed marker"),
            ("x(); // BEGIN SOLUTION 3.1\n", "f.rs:1: malformed marker"),
            ("x(); // STUB y\n", "f.rs:1: malformed marker"),
            ("// END SOLUTION 3.1\n", "f.rs:1: malformed marker"),
            ("// end solution\n", "f.rs:1: malformed marker"),
            ("//STUB y\n", "f.rs:1: malformed marker"),
            ("// STUB: y\n", "f.rs:1: malformed marker"),
            ("// stub y\n", "f.rs:1: malformed marker"),
            ("// >>> 3.1\n", "f.rs:1: a mark of the handout"),
        ];
        for (text, expected) in cases {
            let error = parse("f.rs", text).expect_err(text);
            assert!(error.starts_with(expected), "{text:?} gave {error}");
        }
    }
}
