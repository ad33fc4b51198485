//! What was found so far: `grades.csv`, and a text for each student.
//!
//! A line of the table is written as soon as its task is done. A run that was killed
//! reads it, and goes on where the table ends.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::compare::visible;

/// A line of the table.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Grade {
    /// The submission's name.
    pub student: String,
    /// The number of the task.
    pub task: String,
    /// Empty where a human has to give them.
    pub points: Option<f64>,
    /// `passed`, or what came instead.
    pub verdict: String,
    /// One sentence; empty for what has passed.
    pub diagnosis: String,
    /// What all inputs were made from; 0 if nothing was run.
    pub seed: u64,
    /// How long it took.
    pub seconds: f64,
}

/// The folder with the results.
pub struct Ledger {
    folder: PathBuf,
    grades: Vec<Grade>,
}

impl Ledger {
    /// The results in `folder`, which may be new. A last line that was cut off is dropped.
    ///
    /// # Errors
    ///
    /// If they cannot be read, or the table is another one.
    pub fn open(folder: &Path) -> Result<Self, String> {
        let at = |error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
        fs::create_dir_all(folder).map_err(|error| at(&error))?;
        let mut ledger = Self { folder: folder.into(), grades: Vec::new() };
        let path = ledger.table();
        if !path.exists() {
            ledger.rewrite()?;
        }
        let text = fs::read_to_string(&path).map_err(|error| at(&error))?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut reader = csv::Reader::from_reader(&text.as_bytes()[..whole]);
        let read: Result<Vec<Grade>, _> = reader.deserialize().collect();
        ledger.grades = read.map_err(|error| {
            format!("{}: {error}; move it away to begin anew", path.display())
        })?;
        if whole < text.len() {
            ledger.rewrite()?;
        }
        Ok(ledger)
    }

    /// The table.
    pub fn table(&self) -> PathBuf {
        self.folder.join("grades.csv")
    }

    /// The text of `student`.
    pub fn text(&self, student: &str) -> PathBuf {
        self.folder.join(format!("{student}.txt"))
    }

    /// All that is known.
    pub fn grades(&self) -> &[Grade] {
        &self.grades
    }

    /// What is known of `task` of `student`.
    pub fn of(&self, student: &str, task: &str) -> Option<&Grade> {
        self.grades.iter().find(|grade| grade.student == student && grade.task == task)
    }

    /// Forgets what is known of `student`; returns it.
    ///
    /// # Errors
    ///
    /// If the table cannot be written.
    pub fn forget(&mut self, student: &str) -> Result<Vec<Grade>, String> {
        let all = std::mem::take(&mut self.grades);
        let (gone, left) = all.into_iter().partition(|grade| grade.student == student);
        self.grades = left;
        self.rewrite()?;
        Ok(gone)
    }

    /// Adds a line to the table.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn add(&mut self, grade: Grade) -> Result<(), String> {
        let path = self.table();
        let line = lines(&[&grade], false);
        let file = fs::OpenOptions::new().append(true).open(&path);
        file.and_then(|mut file| file.write_all(&line))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        self.grades.push(grade);
        Ok(())
    }

    /// Puts `section` in place of that of `task` in the text of `student`, under the
    /// `head`, which is written anew.
    ///
    /// # Errors
    ///
    /// If the text cannot be written.
    pub fn tell(
        &self,
        student: &str,
        head: &str,
        task: &str,
        section: &str,
    ) -> Result<(), String> {
        let path = self.text(student);
        let mut sections = sections(&fs::read_to_string(&path).unwrap_or_default());
        sections.retain(|task, _| self.of(student, task).is_some());
        if !task.is_empty() {
            sections.insert(task.into(), indented(section));
        }
        let mut text = indented(head);
        for (task, section) in &sections {
            text += &format!("\n{HEADING}{task}\n{section}");
        }
        write_whole(&self.folder, &path, text.as_bytes())
    }

    /// Writes the table anew.
    fn rewrite(&self) -> Result<(), String> {
        let grades: Vec<&Grade> = self.grades.iter().collect();
        write_whole(&self.folder, &self.table(), &lines(&grades, true))
    }
}

/// What a line with the number of a task begins with; no other line does.
const HEADING: &str = "== ";

/// The sections of a student's text, by task.
fn sections(text: &str) -> BTreeMap<String, String> {
    let mut sections = BTreeMap::new();
    for part in format!("\n{text}").split(&format!("\n{HEADING}")).skip(1) {
        if let Some((task, section)) = part.split_once('\n') {
            sections.insert(task.to_owned(), format!("{}\n", section.trim_end()));
        }
    }
    sections
}

/// `text` two blanks to the right, without anything that commands a terminal.
fn indented(text: &str) -> String {
    let line = |line: &str| format!("  {}", visible(line)).trim_end().to_owned() + "\n";
    text.trim_end().lines().map(line).collect()
}

fn lines(grades: &[&Grade], has_header: bool) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().has_headers(has_header).from_writer(Vec::new());
    if has_header && grades.is_empty() {
        let columns =
            ["student", "task", "points", "verdict", "diagnosis", "seed", "seconds"];
        writer.write_record(columns).expect("memory takes all");
    }
    for grade in grades {
        writer.serialize(safe(grade)).expect("memory takes all");
    }
    writer.into_inner().expect("memory takes all")
}

/// `grade` as a spreadsheet may show it: on one line, and no formula.
fn safe(grade: &Grade) -> Grade {
    let text = |text: &str| {
        let line = visible(&text.lines().collect::<Vec<_>>().join(" "));
        match line.starts_with(['=', '+', '-', '@', '\t']) {
            true => format!("'{line}"),
            false => line,
        }
    };
    let seconds = (grade.seconds * 100.0).round() / 100.0;
    Grade { diagnosis: text(&grade.diagnosis), seconds, ..grade.clone() }
}

/// Writes a file of `folder` as a whole or not at all.
fn write_whole(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), String> {
    let written = || {
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.persist(path).map_err(|error| error.error)
    };
    written().map(drop).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(student: &str, task: &str) -> Grade {
        Grade {
            student: student.into(),
            task: task.into(),
            points: Some(2.0),
            verdict: "passed".into(),
            diagnosis: String::new(),
            seed: u64::MAX,
            seconds: 1.5,
        }
    }

    #[test]
    fn a_table_that_was_cut_off_goes_on_where_its_last_whole_line_ends() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(folder.path()).unwrap();
        ledger.add(grade("anna", "1.1")).unwrap();
        ledger.add(grade("anna", "1.2")).unwrap();
        let text = fs::read_to_string(ledger.table()).unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
        for cut in 1..10 {
            fs::write(ledger.table(), &text[..text.len() - cut]).unwrap();
            let ledger = Ledger::open(folder.path()).unwrap();
            assert_eq!(ledger.grades(), [grade("anna", "1.1")], "{cut} bytes cut off");
            let found = fs::read_to_string(ledger.table()).unwrap();
            assert!(found.ends_with('\n') && text.starts_with(&found), "{found}");
        }
    }

    #[test]
    fn another_table_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("grades.csv"), "name,mark\nanna,1\n").unwrap();
        let error = Ledger::open(folder.path()).err().unwrap();
        assert!(error.contains("move it away"), "{error}");
    }

    #[test]
    fn one_student_is_forgotten_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(folder.path()).unwrap();
        for student in ["anna", "bert"] {
            ledger.add(grade(student, "1.1")).unwrap();
        }
        assert_eq!(ledger.forget("anna").unwrap(), [grade("anna", "1.1")]);
        let ledger = Ledger::open(folder.path()).unwrap();
        assert_eq!(ledger.grades(), [grade("bert", "1.1")]);
    }

    #[test]
    fn a_spreadsheet_is_given_no_formula_and_no_second_line() {
        let told = Grade { diagnosis: "=1+1\n\u{1b}[2J".into(), ..grade("a", "1.1") };
        assert_eq!(safe(&told).diagnosis, "'=1+1 \\u{1b}[2J");
    }

    #[test]
    fn a_section_is_replaced_whatever_stands_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(folder.path()).unwrap();
        ledger.add(grade("anna", "1.1")).unwrap();
        ledger.add(grade("anna", "1.2")).unwrap();
        ledger.tell("anna", "head\n", "1.2", "wrong\n== 1.1\nforged\n").unwrap();
        ledger.tell("anna", "head\n", "1.1", "right\n").unwrap();
        ledger.tell("anna", "other\n", "1.1", "right after all\n").unwrap();
        let text = fs::read_to_string(ledger.text("anna")).unwrap();
        let expected = "  other\n\n== 1.1\n  right after all\n\n== 1.2\n  wrong\n  == 1.1\n  forged\n";
        assert_eq!(text, expected);
    }
}
