//! What of a student's file comes in: the text of its regions, and nothing else.

use crate::compare;
use crate::intake::Content;
use crate::region::{self, Piece, Region};

use super::names;

/// The most that a region may hold.
const MOST_BYTES: usize = 64 << 10;

/// What the student has in place of a region.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Lines of code.
    Written(Vec<String>),
    /// Still the handout's.
    Open,
    /// Not to be found; why.
    Missing(String),
    /// Not to be built; why.
    Refused(String),
}

/// A file of an exercise with what the student wrote in it.
#[derive(Debug)]
pub struct Heart {
    /// Its parts, in the order of the file.
    pub parts: Vec<(Region, Part)>,
    /// The handout's file, with the written parts in it.
    pub text: String,
}

/// The file `path`, which is made of `pieces` in the reference, as it was `submitted`.
pub fn take(path: &str, pieces: &[Piece], submitted: Option<&Content>) -> Heart {
    let handout = region::render(pieces, |_| false);
    let regions = pieces.iter().filter_map(|piece| match piece {
        Piece::Region(region) => Some(region.clone()),
        Piece::Given(_) => None,
    });
    let missing = |why: String| Part::Missing(why);
    let (found, keeps_allow) = match submitted {
        None => (Err(missing(format!("{path} is not in the submission"))), true),
        Some(Content::Unread(why)) => (Err(missing(format!("{path}: {why}"))), true),
        Some(Content::Bytes(bytes)) => {
            let text = String::from_utf8_lossy(bytes);
            let keeps_allow = text.lines().any(compare::is_allow);
            (regions_of(path, &handout, &text), keeps_allow)
        }
    };
    let parts: Vec<(Region, Part)> = match found {
        Ok(found) => regions
            .zip(found)
            .map(|(region, (line, lines))| {
                let part = part(path, &region, line, &lines);
                (region, part)
            })
            .collect(),
        Err(missing) => regions.map(|region| (region, missing.clone())).collect(),
    };
    let text = fill(&handout, &parts, keeps_allow);
    Heart { parts, text }
}

/// The regions of a student's `text`, with the line that each begins in.
fn regions_of(
    path: &str,
    handout: &str,
    text: &str,
) -> Result<Vec<(usize, Vec<String>)>, Part> {
    let (expected, found) = (compare::marks(handout), compare::marks(text));
    if !expected.iter().map(|mark| mark.text).eq(found.iter().map(|mark| mark.text)) {
        return Err(Part::Missing(format!(
            "{path}: the lines with >>> and <<< are not those of the handout"
        )));
    }
    let regions = compare::cut(text).regions.into_iter();
    let owned = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect();
    Ok(regions.map(|(line, lines)| (line, owned(lines))).collect())
}

/// What `lines`, the student's, are for `region`; the first is line `first` of the file.
fn part(path: &str, region: &Region, first: usize, lines: &[String]) -> Part {
    if compare::is_same(lines, &region.stub) {
        return Part::Open;
    }
    let text = lines.join("\n");
    if text.len() > MOST_BYTES {
        let kibibytes = MOST_BYTES >> 10;
        return Part::Refused(format!("{path}:{first}: more than {kibibytes} KiB"));
    }
    match names::refused(&text) {
        Some((line, name)) => Part::Refused(format!(
            "{path}:{}: {name} has no place in a solution",
            first + line
        )),
        None => Part::Written(lines.to_vec()),
    }
}

/// `handout` with the written `parts` in place of its stubs. The line that students
/// may delete is left out where they did, so that lines keep their numbers.
fn fill(handout: &str, parts: &[(Region, Part)], keeps_allow: bool) -> String {
    let mut text = String::new();
    let mut parts = parts.iter();
    let mut replaces = false;
    for line in handout.lines() {
        let is_mark = !compare::marks(line).is_empty();
        let is_opening = is_mark && line.contains(">>>");
        if is_mark {
            replaces = false;
        }
        if !replaces && (keeps_allow || !compare::is_allow(line)) {
            text += line;
            text.push('\n');
        }
        if is_opening && let Some((_, Part::Written(lines))) = parts.next() {
            replaces = true;
            lines.iter().for_each(|line| {
                text += line;
                text.push('\n');
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = "\
//! A heart.

// BEGIN SOLUTION 3.1
use std::thread;
// END SOLUTION

fn one() {
    // BEGIN SOLUTION 3.1
    1
    // STUB todo!(\"task 3.1\")
    // END SOLUTION
}

fn two() {
    // BEGIN SOLUTION 3.2
    2
    // STUB todo!(\"task 3.2\")
    // END SOLUTION
}
";

    fn taken(edit: impl Fn(&str) -> String) -> Heart {
        let pieces = region::parse("heart.rs", REFERENCE).unwrap();
        let submitted = edit(&region::render(&pieces, |_| false));
        take("heart.rs", &pieces, Some(&Content::Bytes(submitted.into())))
    }

    #[test]
    fn only_the_text_of_regions_comes_in() {
        let heart = taken(|handout| {
            let edited =
                handout.replace("todo!(\"task 3.1\")", "let a = 1;\r\n    a + 0");
            edited
                .replace("fn two", "fn evil() {}\nfn two")
                .replace("//! A heart.", "//! B.")
        });
        assert_eq!(heart.parts[0].1, Part::Open, "no imports");
        let lines = ["    let a = 1;", "    a + 0"].map(str::to_owned).to_vec();
        assert_eq!(heart.parts[1].1, Part::Written(lines));
        assert_eq!(heart.parts[2].1, Part::Open);
        let pieces = region::parse("heart.rs", REFERENCE).unwrap();
        let handout = region::render(&pieces, |_| false);
        let expected = handout.replace("todo!(\"task 3.1\")", "let a = 1;\n    a + 0");
        assert_eq!(heart.text, expected);
    }

    #[test]
    fn lines_keep_their_numbers_where_the_deletable_line_is_deleted() {
        let heart = taken(|handout| {
            let lines = handout.lines().filter(|line| !compare::is_allow(line));
            lines.collect::<Vec<_>>().join("\n").replace("todo!(\"task 3.2\")", "3")
        });
        assert_eq!(heart.text.lines().position(|line| line.trim() == "3"), Some(13));
    }

    #[test]
    fn what_cannot_be_taken_says_why() {
        let cases: [(&str, &str, &str); 3] = [
            (
                "todo!(\"task 3.1\")",
                "std::fs::read(\"x\")",
                "Refused(\"heart.rs:9: std::fs",
            ),
            ("// <<< 3.2", "// <<< 3.3", "Missing(\"heart.rs: the lines with >>>"),
            ("todo!(\"task 3.1\")", "", "Refused(\"heart.rs:9: more than 64 KiB"),
        ];
        for (old, new, expected) in cases {
            let new = if new.is_empty() { &*"1;\n".repeat(30_000) } else { new };
            let heart = taken(|handout| handout.replace(old, new));
            let told = format!("{:?}", heart.parts[1].1);
            assert!(told.starts_with(expected), "{old}: {told}");
            // What is refused does not come in.
            assert!(heart.text.contains("todo!(\"task 3.1\")"), "{}", heart.text);
        }
        let pieces = region::parse("heart.rs", REFERENCE).unwrap();
        let heart = take("heart.rs", &pieces, None);
        let missing = Part::Missing("heart.rs is not in the submission".into());
        assert!(heart.parts.iter().all(|(_, part)| *part == missing));
    }
}
