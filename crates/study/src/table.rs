//! Tables for a terminal: aligned columns, and rows that say what went wrong.

use harness::record::seconds;

use crate::record::Record;

/// A column of figures: its heading and how a record fills it.
pub struct Column {
    /// What stands on top.
    pub heading: &'static str,
    /// The text of one record.
    pub cell: fn(&Record) -> String,
}

/// The median time.
pub const MEDIAN: Column =
    Column { heading: "median", cell: |record| time(record.median_s) };
/// The best serial time / median.
pub const SPEED_UP: Column =
    Column { heading: "speed-up", cell: |record| figure(record.speedup, 2) };
/// The speed-up of each worker, where each has a core.
pub const EFFICIENCY: Column = Column {
    heading: "efficiency",
    cell: |record| match record.oversubscribed {
        true => "oversubscribed".to_owned(),
        false => figure(record.efficiency, 2),
    },
};

/// A time with its unit, or a dash.
pub fn time(time_s: Option<f64>) -> String {
    time_s.map_or(DASH.into(), seconds)
}

/// A number with so many decimals, or a dash: see [`rounded`].
pub fn figure(number: Option<f64>, decimals: usize) -> String {
    number.map_or(DASH.into(), |x| rounded(x, decimals))
}

/// `x` with so many decimals; below 0.1 with two significant digits, if these
/// are more. What is 180 times as slow has a speed-up of 0.0055, not of 0.01.
pub fn rounded(x: f64, decimals: usize) -> String {
    let is_small = decimals > 0 && (SMALLEST..0.1).contains(&x.abs());
    // The first digit of 0.0055, which is 5.5e-3, is the third decimal.
    let two_digits = if is_small { 1 - x.abs().log10().floor() as i32 } else { 0 };
    let decimals = decimals.max(two_digits as usize);
    format!("{x:.decimals$}")
}

/// A figure closer to 0, such as a serial fraction, is 0 up to rounding.
const SMALLEST: f64 = 1e-6;

/// What is printed if there is no figure.
pub const DASH: &str = "-";

/// One table: a row a record, with the topic's `columns` in the middle. A
/// record without times says why in their place.
pub fn table(columns: &[Column], records: &[Record]) -> String {
    let mut header = vec!["implementation", "workers"];
    header.extend(columns.iter().map(|column| column.heading));
    header.push("result");
    let line = |record: &Record| {
        let mut cells = vec![record.implementation.clone(), record.workers.to_string()];
        if record.is_verified() {
            cells.extend(columns.iter().map(|column| (column.cell)(record)));
            cells.push(record.result());
            return Line::Cells(cells);
        }
        Line::Note(cells, record.note())
    };
    let lines: Vec<Line> = records.iter().map(line).collect();
    align(&header, &lines)
}

/// The same table in Markdown.
pub fn markdown(columns: &[Column], records: &[Record]) -> String {
    let headings: Vec<&str> = columns.iter().map(|column| column.heading).collect();
    let mut text =
        format!("| implementation | workers | {} | result |\n", headings.join(" | "));
    text += &format!("|---|---:|{}---|\n", "---:|".repeat(columns.len()));
    for record in records {
        let mut cells = vec![record.implementation.clone(), record.workers.to_string()];
        if record.is_verified() {
            cells.extend(columns.iter().map(|column| (column.cell)(record)));
            cells.push(record.result());
        } else {
            cells.extend(columns.iter().map(|_| DASH.to_owned()));
            cells.push(record.note().replace('|', "\\|"));
        }
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

/// One row of a table.
pub enum Line {
    /// A text for each column.
    Cells(Vec<String>),
    /// A text for each of the first columns, then one across the others.
    Note(Vec<String>, String),
}

/// The width of a terminal, at which notes are cut.
const WIDTH: usize = 100;
const GAP: &str = "  ";

/// The lines under their header: the first and the last column begin on the
/// left, the figures between them end on the right.
pub fn align(header: &[&str], lines: &[Line]) -> String {
    let header: Vec<String> = header.iter().map(|&heading| heading.to_owned()).collect();
    let mut widths: Vec<usize> = header.iter().map(|text| width(text)).collect();
    for line in lines {
        let (Line::Cells(cells) | Line::Note(cells, _)) = line;
        for (column, cell) in widths.iter_mut().zip(cells) {
            *column = width(cell).max(*column);
        }
    }
    let total = widths.iter().sum::<usize>() + GAP.len() * (widths.len() - 1);
    let header = joined(&header, &widths);
    let mut text = format!("{}\n{}\n", header.trim_end(), "-".repeat(total));
    for line in lines {
        let line = match line {
            Line::Cells(cells) => joined(cells, &widths),
            Line::Note(cells, note) => {
                cut(&format!("{}{GAP}{note}", joined(cells, &widths)))
            }
        };
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn joined(cells: &[String], widths: &[usize]) -> String {
    let on_the_left = |column| column == 0 || column + 1 == widths.len();
    let cells = cells.iter().zip(widths).enumerate();
    let padded = cells.map(|(column, (cell, &width))| match on_the_left(column) {
        true => format!("{cell:<width$}"),
        false => format!("{cell:>width$}"),
    });
    padded.collect::<Vec<_>>().join(GAP)
}

fn cut(line: &str) -> String {
    if width(line) <= WIDTH {
        return line.to_owned();
    }
    let kept: String = line.chars().take(WIDTH - 3).collect();
    format!("{}...", kept.trim_end())
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn figures_end_on_the_right_and_notes_cross_the_columns() {
        let lines = [
            Line::Cells(cells(&["a", "10", "1.5 s", "verified"])),
            Line::Note(cells(&["longer", "2"]), "not written yet (3.2)".into()),
        ];
        let expected = "\
name    workers  median  result
---------------------------------
a            10   1.5 s  verified
longer        2  not written yet (3.2)
";
        assert_eq!(align(&["name", "workers", "median", "result"], &lines), expected);
    }

    #[test]
    fn small_numbers_keep_two_digits() {
        for (x, decimals, text) in [
            (2.0, 2, "2.00"),
            (0.1, 2, "0.10"),
            (0.0963, 2, "0.096"),
            (0.0055, 2, "0.0055"),
            (0.0055, 1, "0.0055"),
            (0.0123, 3, "0.012"),
            (-0.0004, 3, "-0.00040"),
            (0.0, 2, "0.00"),
            (1e-17, 3, "0.000"),
            (7.0, 0, "7"),
            (0.04, 0, "0"),
        ] {
            assert_eq!(rounded(x, decimals), text, "{x} with {decimals}");
        }
    }

    #[test]
    fn no_note_is_wider_than_a_terminal() {
        let line = Line::Note(cells(&["a"]), "so many words ".repeat(20));
        let text = align(&["name", "result"], &[line]);
        assert!(text.lines().all(|line| width(line) <= WIDTH), "{text}");
        assert!(text.ends_with("...\n"), "{text}");
    }
}
