//! The markers of the reference, line by line, and what was meant as one.

/// What a line of the reference is.
#[derive(Debug, PartialEq)]
pub enum Line<'a> {
    /// A region with this id begins.
    Begin(&'a str),
    /// A line of the stub, without the indentation of the marker.
    Stub(&'a str),
    /// The region ends.
    End,
    /// No marker.
    Other,
}

/// What `line` is.
///
/// # Errors
///
/// What is wrong with it, if it is almost a marker.
pub fn read(line: &str) -> Result<Line<'_>, String> {
    let text = line.trim();
    if let Some(id) = text.strip_prefix("// BEGIN SOLUTION ").filter(|id| is_id(id)) {
        return Ok(Line::Begin(id));
    }
    if let Some(stub) = line.trim_start().strip_prefix("// STUB ") {
        return Ok(Line::Stub(stub));
    }
    match text {
        "// END SOLUTION" => Ok(Line::End),
        "// STUB" => Ok(Line::Stub("")),
        "// BEGIN SOLUTION" => {
            Err("BEGIN SOLUTION without an id, as in `// BEGIN SOLUTION 3.1`".into())
        }
        _ if is_mark(text) => Err(
            "a mark of the handout; only the reference, with its BEGIN, can be handed out"
                .into(),
        ),
        _ if is_almost_marker(text) => Err(format!(
            "malformed marker `{text}`: write `// BEGIN SOLUTION 3.1`, `// STUB code` or \
             `// END SOLUTION`, alone on the line"
        )),
        _ => Ok(Line::Other),
    }
}

/// The task whose region begins with `line`, in the reference or in a student's file.
pub fn begins(line: &str) -> Option<&str> {
    let text = line.trim();
    let reference = text.strip_prefix("// BEGIN SOLUTION ");
    let handout = || text.strip_prefix("// >>> ")?.split(':').next();
    reference.or_else(handout).filter(|id| is_id(id))
}

/// Whether a comment was meant as a marker: other case, blanks or punctuation.
///
/// Such a line must not pass as a plain comment, or the solution is handed out.
fn is_almost_marker(text: &str) -> bool {
    let Some((_, comment)) = text.split_once("//") else { return false };
    let first_word: String = comment
        .trim_start_matches(['/', '!', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphabetic())
        .collect();
    let letters: String = comment
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    first_word.eq_ignore_ascii_case("stub")
        || letters.starts_with("beginsolution")
        || letters.starts_with("endsolution")
}

/// Whether `id` is the number of a task: that of its exercise, and its step.
fn is_id(id: &str) -> bool {
    let is_number =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    id.split_once('.')
        .is_some_and(|(exercise, step)| is_number(exercise) && is_number(step))
}

/// Whether `line` is a mark of the students' files, `// >>> id` or `// <<< id`,
/// whole or damaged.
pub fn is_mark(line: &str) -> bool {
    line.trim_start()
        .strip_prefix("//")
        .map(str::trim_start)
        .is_some_and(|comment| comment.starts_with(">>>") || comment.starts_with("<<<"))
}

/// The place and the remedy for the first marker in `text`, which may have none.
pub fn stray_marker(path: &str, text: &str) -> Option<String> {
    // Only whole lines count: a program may speak of markers in its strings.
    let is_marker =
        |line: &str| line.trim_start().starts_with("//") && read(line) != Ok(Line::Other);
    let (number, _) = (1..).zip(text.lines()).find(|(_, line)| is_marker(line))?;
    Some(format!(
        "{path}:{number}: a marker in a file that no exercise lists under \
         [package.metadata.course] files in its Cargo.toml"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_about_solutions_is_no_marker() {
        for line in
            ["// The solution begins here.", "// stubborn", "let stub = 1;", "// A STUB."]
        {
            assert_eq!(read(line), Ok(Line::Other), "{line}");
        }
    }

    #[test]
    fn a_region_begins_in_the_reference_and_in_a_students_file() {
        for (line, id) in [
            ("    // BEGIN SOLUTION 3.1", Some("3.1")),
            ("    // >>> 3.1: write your code here", Some("3.1")),
            ("// >>> 3.1: imports for your code", Some("3.1")),
            ("    // <<< 3.1", None),
            ("    // END SOLUTION", None),
            ("    x >>> 3.1", None),
        ] {
            assert_eq!(begins(line), id, "{line}");
        }
    }

    #[test]
    fn a_stray_marker_is_found() {
        let error = stray_marker("g.rs", "fn main() {\n    //BEGIN SOLUTION 3.1\n}\n");
        assert!(error.unwrap().starts_with("g.rs:2: a marker"));
        assert_eq!(stray_marker("g.rs", "let begin = \"// BEGIN SOLUTION\";\n"), None);
    }
}
