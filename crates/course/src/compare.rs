//! Comparing lines: a student's file with the handout's and the reference's.

use std::fmt::Write;
use std::ops::Range;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, DiffTag};

use crate::{marker, region};

/// A line and where it stands, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbered<'a> {
    /// The line's number.
    pub number: usize,
    /// The line.
    pub text: &'a str,
}

/// A file cut at its marks `// >>> id` and `// <<< id`.
#[derive(Debug, PartialEq)]
pub struct Cut<'a> {
    /// What is outside of the regions, the marks included.
    pub given: Vec<Numbered<'a>>,
    /// The lines of each region, with the number of the first.
    pub regions: Vec<(usize, Vec<&'a str>)>,
}

/// The lines that `text` has for marks, whole or damaged.
pub fn marks(text: &str) -> Vec<Numbered<'_>> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| marker::is_mark(line));
    lines.map(|(number, line)| Numbered { number, text: line.trim() }).collect()
}

/// `text` in pieces; its marks must be those of the handout, in their order. The
/// line that may be deleted is in none of them.
pub fn cut(text: &str) -> Cut<'_> {
    let mut cut = Cut { given: Vec::new(), regions: Vec::new() };
    let marks: Vec<usize> = marks(text).iter().map(|mark| mark.number).collect();
    let mut is_inside = false;
    for (number, text) in (1..).zip(text.lines()).filter(|(_, line)| !is_allow(line)) {
        if marks.contains(&number) {
            is_inside = !is_inside;
            cut.given.push(Numbered { number, text });
            if is_inside {
                cut.regions.push((number + 1, Vec::new()));
            }
        } else if is_inside {
            cut.regions.last_mut().expect("a mark opened it").1.push(text);
        } else {
            cut.given.push(Numbered { number, text });
        }
    }
    cut
}

/// Whether `line` is the handout's, which may be deleted.
pub fn is_allow(line: &str) -> bool {
    line.trim() == region::ALLOW
}

/// Whether two texts are the same but for blanks around their lines.
pub fn is_same(one: &[impl AsRef<str>], other: &[impl AsRef<str>]) -> bool {
    let one = one.iter().map(|line| line.as_ref().trim());
    one.eq(other.iter().map(|line| line.as_ref().trim()))
}

/// The places where `old` and `new` differ, as ranges of both.
pub fn changes(old: &[&str], new: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
    let changed =
        operations(old, new).into_iter().filter(|op| op.tag() != DiffTag::Equal);
    changed.map(|op| (op.old_range(), op.new_range())).collect()
}

/// A unified diff with three lines of context; `old` and `new` come with the
/// numbers of their first lines.
pub fn unified(old: (usize, &[&str]), new: (usize, &[&str])) -> String {
    let mut text = String::new();
    for hunk in similar::group_diff_ops(operations(old.1, new.1), 3) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let span = |start: usize, range: Range<usize>| {
            // As diff has it: an empty range is named by the line before it.
            let before = usize::from(range.is_empty());
            format!("{},{}", start + range.start - before, range.len())
        };
        let (old_end, new_end) = (last.old_range().end, last.new_range().end);
        let old_span = span(old.0, first.old_range().start..old_end);
        let new_span = span(new.0, first.new_range().start..new_end);
        writeln!(text, "@@ -{old_span} +{new_span} @@").expect("a String takes all");
        for op in hunk {
            if op.tag() == DiffTag::Equal {
                push(&mut text, ' ', &old.1[op.old_range()]);
            } else {
                push(&mut text, '-', &old.1[op.old_range()]);
                push(&mut text, '+', &new.1[op.new_range()]);
            }
        }
    }
    text
}

/// Appends `lines` to `report`, each with `sign` in front.
pub fn push(report: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        writeln!(report, "{sign}{}", visible(line)).expect("a String takes all");
    }
}

/// `text` with control characters spelt out: a student's file must not be able
/// to command the teacher's terminal.
pub fn visible(text: &str) -> String {
    let spell = |c: char| match c {
        '\t' => c.to_string(),
        // The last two ranges turn the direction of writing.
        _ if c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
        {
            c.escape_unicode().to_string()
        }
        _ => c.to_string(),
    };
    text.chars().map(spell).collect()
}

fn operations(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    // A file made to be slow to compare gets a coarser answer after this time.
    let deadline = Instant::now() + Duration::from_secs(5);
    similar::capture_diff_slices_deadline(Algorithm::Myers, old, new, Some(deadline))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "a\n  // >>> 3.1: write your code here\n  x\n  y\n  // <<< 3.1\nb\n";

    #[test]
    fn a_file_is_cut_at_its_marks() {
        let cut = cut(FILE);
        let numbers: Vec<usize> = cut.given.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [1, 2, 5, 6]);
        assert_eq!(cut.regions, [(3, vec!["  x", "  y"])]);
    }

    #[test]
    fn a_damaged_mark_is_still_seen_as_one() {
        let cases = [
            ("// >>> 3.1: write your code here", true),
            ("    //>>> 3.1", true),
            ("// <<<3.1", true),
            ("/// >>> let x = 1;", false),
            ("// a >>> b", false),
            ("let y = x >>> 3;", false),
        ];
        for (line, expected) in cases {
            assert_eq!(!marks(line).is_empty(), expected, "{line}");
        }
    }

    #[test]
    fn a_unified_diff_counts_lines_from_where_the_texts_stand() {
        let diff = unified((10, &["a", "b", "c"]), (20, &["a", "B", "c", "d"]));
        assert_eq!(diff, "@@ -10,3 +20,4 @@\n a\n-b\n+B\n c\n+d\n");
        let diff = unified((10, &["a"]), (20, &[]));
        assert_eq!(diff, "@@ -10,1 +19,0 @@\n-a\n");
    }

    #[test]
    fn blanks_around_lines_make_no_difference() {
        assert!(is_same(&["  a b", "c"], &["a b  ", "\tc"]));
        assert!(!is_same(&["ab"], &["a b"]));
        assert!(!is_same(&["a"], &["a", "b"]));
    }

    #[test]
    fn control_characters_are_spelt_out() {
        assert_eq!(visible("\ta\u{1b}[2Jé\u{202e}"), "\ta\\u{1b}[2Jé\\u{202e}");
    }
}
