//! answers.toml: what a student predicts and answers, a text for each question of the sheets.
//!
//! The template is made from the sheets, so it asks what they ask:
//!
//! ```text
//! [mandel-threads]
//! # 1. Block with 2 threads, view `whole`: the imbalance? And with 3?
//! predict.1 = ""
//! # 1. On a machine with two cores, block with four threads is ...
//! question.1 = ""
//! ```
//!
//! In a sheet, predictions are the numbered items of the section whose heading
//! begins with `Predict`; questions are those from the heading `Questions` on.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::project::{self, Project, Tree};

/// The file's name, in the top folder of a student's tree.
pub const FILE: &str = "answers.toml";

/// A line of the template is not longer than this.
const WIDTH: usize = 90;

const HEAD: &str = "\
# What you expect before you measure, and your answers to the sheets' questions. Write
# each between its quotes, or between three of them (\"\"\") for several lines. A wrong
# prediction costs nothing, so leave it as it was: say what surprised you in an answer.
";

/// Texts by exercise and key, such as (mandel-threads, predict.1).
pub type Answers = BTreeMap<(String, String), String>;

/// Something that a sheet wants to have in writing.
#[derive(Debug, PartialEq)]
struct Item {
    /// `predict` or `question`.
    kind: &'static str,
    number: usize,
    text: String,
}

/// The template for the students of `project`; none if no sheet asks anything.
///
/// # Errors
///
/// If the items of a sheet are not numbered 1, 2, 3 and so on.
pub fn template(project: &Project) -> Result<Option<String>, String> {
    let mut exercises: Vec<_> = project.exercises.iter().collect();
    exercises.sort_by_key(|(name, exercise)| (exercise.id.clone(), name.as_str()));
    let mut text = HEAD.to_owned();
    for (name, _) in exercises {
        let path = format!("crates/{name}/README.md");
        let items = items(sheet(&project.tree, &path))
            .map_err(|error| format!("{path}: {error}"))?;
        if !items.is_empty() {
            writeln!(text, "\n[{name}]").expect("a String takes all");
        }
        for Item { kind, number, text: asked } in items {
            comment(&mut text, &format!("{number}. {asked}"));
            writeln!(text, "{kind}.{number} = \"\"").expect("a String takes all");
        }
    }
    Ok((text != HEAD).then_some(text))
}

fn sheet<'a>(tree: &'a Tree, path: &str) -> &'a str {
    tree.get(path).and_then(|file| str::from_utf8(&file.bytes).ok()).unwrap_or_default()
}

/// What the page `sheet` asks for.
fn items(sheet: &str) -> Result<Vec<Item>, String> {
    let mut items: Vec<Item> = Vec::new();
    let (mut kind, mut is_open) = (None, false);
    for line in sheet.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            kind = match heading {
                _ if heading.starts_with("Predict") => Some("predict"),
                "Questions" => Some("question"),
                _ => kind.filter(|kind| *kind == "question"),
            };
        }
        let numbered = line.split_once(". ").and_then(|(n, text)| {
            Some((n.parse::<usize>().ok()?, text.trim().to_owned()))
        });
        match (kind, numbered) {
            (Some(kind), Some((number, text))) => {
                let before = items.iter().filter(|item| item.kind == kind).count();
                if number != before + 1 {
                    return Err(format!("{kind} {number} comes after {before}"));
                }
                items.push(Item { kind, number, text });
                is_open = true;
            }
            _ if line.starts_with(' ') && is_open => {
                let item = items.last_mut().expect("it is open");
                write!(item.text, " {}", line.trim()).expect("a String takes all");
            }
            _ => is_open = false,
        }
    }
    Ok(items)
}

/// Appends `words` as a comment, broken into lines.
fn comment(text: &mut String, words: &str) {
    let mut length = 0;
    for word in words.split_whitespace() {
        let width = word.chars().count();
        if length > 0 && length + 1 + width > WIDTH {
            text.push('\n');
            length = 0;
        }
        text.push_str(if length == 0 { "# " } else { " " });
        length += width + if length == 0 { 2 } else { 1 };
        text.push_str(word);
    }
    text.push('\n');
}

/// What stands in a student's answers.toml, without what is still empty.
///
/// # Errors
///
/// If it is no TOML: where, and why.
pub fn read(text: &str) -> Result<Answers, String> {
    let table = project::table(FILE, text)?;
    let mut answers = Answers::new();
    let tables = |value: &toml::Value| value.as_table().cloned().unwrap_or_default();
    for (name, kinds) in &table {
        for (kind, numbers) in &tables(kinds) {
            for (number, answer) in &tables(numbers) {
                let answer = answer.as_str().unwrap_or_default().trim();
                if !answer.is_empty() {
                    let key = (name.clone(), format!("{kind}.{number}"));
                    answers.insert(key, answer.to_owned());
                }
            }
        }
    }
    Ok(answers)
}

/// `template` with `answers` where it has none yet, and those that found no place.
pub fn fill(template: &str, answers: &Answers) -> (String, Answers) {
    let mut left = answers.clone();
    let (mut text, mut name) = (String::new(), "");
    for line in template.lines() {
        if let Some(section) = line.strip_prefix('[') {
            name = section.trim_end_matches(']');
        }
        let key = line.strip_suffix(" = \"\"").unwrap_or_default();
        match left.remove(&(name.to_owned(), key.to_owned())) {
            Some(answer) => writeln!(text, "{key} = {}", quoted(&answer)),
            None => writeln!(text, "{line}"),
        }
        .expect("a String takes all");
    }
    (text, left)
}

/// `text` as a string of TOML.
fn quoted(text: &str) -> String {
    let is_long = text.contains('\n');
    let mut quoted = if is_long { "\"\"\"\n" } else { "\"" }.to_owned();
    for c in text.chars() {
        match c {
            '\\' | '"' => quoted.extend(['\\', c]),
            '\n' => quoted.push(c),
            _ if c.is_control() => {
                write!(quoted, "\\u{:04x}", u32::from(c)).expect("a String takes all");
            }
            _ => quoted.push(c),
        }
    }
    quoted + if is_long { "\"\"\"" } else { "\"" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHEET: &str = "# Rows\n\n## The task\n\n1. Write.\n\n## Predict, then observe\n\n\
        1. How long? And\n   with two?\n2. Which one?\n\n## Questions\n\n1. Why?\n\n   More.\n\n\
        ## An extra\n\n2. And why not?\n";

    #[test]
    fn a_sheet_asks_for_predictions_and_answers() {
        let items = items(SHEET).unwrap();
        let found: Vec<_> = items.iter().map(|i| (i.kind, i.number, &*i.text)).collect();
        let expected = [
            ("predict", 1, "How long? And with two?"),
            ("predict", 2, "Which one?"),
            ("question", 1, "Why?"),
            ("question", 2, "And why not?"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn items_are_numbered_one_after_the_other() {
        let error = items(&SHEET.replace("2. And", "1. And")).unwrap_err();
        assert_eq!(error, "question 1 comes after 1");
    }

    #[test]
    fn whatever_is_written_comes_back_from_the_file() {
        let key = |key: &str| ("rows".to_owned(), key.to_owned());
        let texts =
            ["1.5", "so \"much\" \\ more", "one\ntwo \"\"\" three\n\n four", "\u{1b}[2J"];
        for text in texts {
            let answers = Answers::from([(key("predict.1"), text.to_owned())]);
            let template =
                "# Head\n\n[rows]\n# 1. How?\npredict.1 = \"\"\nquestion.1 = \"\"\n";
            let (filled, left) = fill(template, &answers);
            assert!(left.is_empty(), "{text:?}");
            assert_eq!(read(&filled), Ok(answers.clone()), "{text:?}: {filled}");
            // What stands there is not written over.
            assert_eq!(fill(&filled, &answers), (filled.clone(), answers), "{text:?}");
        }
    }

    #[test]
    fn an_answer_without_a_question_is_left() {
        let answers = read("[rows]\nquestion.9 = \"so\"\nquestion.1 = \" \"\n").unwrap();
        let (text, left) = fill("[rows]\nquestion.1 = \"\"\n", &answers);
        assert_eq!(text, "[rows]\nquestion.1 = \"\"\n");
        assert_eq!(left, answers);
        let error = read("[rows]\nquestion.1 = \"so\n").unwrap_err();
        assert!(error.starts_with("answers.toml:2: "), "{error}");
    }
}
