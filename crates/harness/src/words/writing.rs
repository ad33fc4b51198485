//! What has been counted: as CSV, as figures of the record, for people.

use std::io::{self, Write};

use kernels::words::decode;
use serde_json::{Map, Value, json};

use super::counted::{Counted, tokens};
use super::documents::Document;
use super::flags::Flags;
use crate::measure::Measured;
use crate::record::Outputs;
use crate::{Common, Error, options};

/// The files to write, after making sure that they can be written.
///
/// # Errors
///
/// As for [`Outputs::settle`].
pub fn prepare(
    flags: &Flags,
    common: &Common,
    documents: &[Document],
) -> Result<Outputs, Error> {
    let inputs: Vec<_> =
        documents.iter().map(|document| ("document", &*document.path)).collect();
    Outputs::settle(common, &inputs, &[("--out", flags.out.as_ref())], &FIGURES)
}

/// Writes the columns word,count; or document,word,count, the documents in
/// the order in which they were listed.
///
/// Words are written as the bytes that they are, UTF-8 or not, between quotes
/// where RFC 4180 wants them; documents by their names, as in the record.
///
/// # Errors
///
/// [`Error::Failure`] if the file cannot be written.
pub fn write(
    outputs: &Outputs,
    flags: &Flags,
    documents: &[Document],
    counted: &Counted,
) -> Result<(), Error> {
    outputs.write("--out", |file| write_csv(file, flags, documents, counted))
}

fn write_csv(
    file: impl Write,
    flags: &Flags,
    documents: &[Document],
    counted: &Counted,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(file);
    if flags.per_document {
        csv.write_record(["document", "word", "count"])?;
        for (document, counts) in documents.iter().zip(&counted.per_document) {
            let name = document.name();
            for (word, count) in counts {
                let count = count.to_string();
                csv.write_record([name.as_bytes(), &decode(word), count.as_bytes()])?;
            }
        }
    } else {
        csv.write_record(["word", "count"])?;
        for (word, count) in &counted.total {
            csv.write_record([&decode(word)[..], count.to_string().as_bytes()])?;
        }
    }
    csv.flush()
}

const FIGURES: [&str; 11] = [
    "rule",
    "nfc",
    "kernel",
    "bytes",
    "documents",
    "tokens",
    "distinct",
    "invalid_utf8",
    "words",
    "compute_s",
    "imbalance",
];

/// The word count's share of the record.
///
/// `compute_s` is the longest time that a rank spent cutting and mapping; the
/// rest of the time went into reading, messages, adding up and sorting.
pub fn figures(
    flags: &Flags,
    documents: &[Document],
    counted: &Counted,
    measured: &Measured,
) -> Value {
    let words = flags.words.iter().zip(&counted.occurrences);
    let words: Map<String, Value> = words
        .map(|(word, counts)| (word.clone(), occurrences(documents, counts)))
        .collect();
    json!({
        "rule": flags.tokens.name(),
        "nfc": flags.nfc,
        "kernel": options::name(&flags.kernel),
        "bytes": documents.iter().map(|document| document.bytes).sum::<u64>(),
        "documents": documents.len(),
        "tokens": counted.tokens(),
        "distinct": counted.total.len(),
        "invalid_utf8": counted.invalid_utf8,
        "words": words,
        "compute_s": measured.compute_s(),
        "imbalance": measured.imbalance(),
    })
}

/// `{total, per_document: {name: n}}`; a document that was named twice has one
/// entry with both counts.
fn occurrences(documents: &[Document], counts: &[u64]) -> Value {
    let mut per_document = Map::new();
    for (document, count) in documents.iter().zip(counts) {
        let name = document.name();
        let before = per_document.get(&name).and_then(Value::as_u64).unwrap_or(0);
        per_document.insert(name, json!(before + count));
    }
    json!({ "total": counts.iter().sum::<u64>(), "per_document": per_document })
}

/// What was counted, the most frequent words, and the words asked for.
pub fn summary(flags: &Flags, documents: &[Document], counted: &Counted) -> String {
    let bytes: u64 = documents.iter().map(|document| document.bytes).sum();
    let mut lines = vec![format!(
        "{}, {bytes} bytes: {} words, {} distinct",
        plural(documents.len(), "document"),
        counted.tokens(),
        counted.total.len()
    )];
    if counted.invalid_utf8 > 0 {
        lines.push(format!(
            "{} that are no UTF-8",
            plural(counted.invalid_utf8 as usize, "sequence")
        ));
    }
    let top = counted.total.iter().take(flags.top);
    lines
        .extend(top.map(|(word, count)| format!("{count:>9}  {}", shown(&decode(word)))));
    for (document, counts) in documents.iter().zip(&counted.per_document) {
        let name = shown(document.name().as_bytes());
        lines.push(format!(
            "{name}: {} words, {} distinct",
            tokens(counts),
            counts.len()
        ));
    }
    for (word, counts) in flags.words.iter().zip(&counted.occurrences) {
        lines.extend(occurrence_lines(flags, word, documents, counts));
    }
    lines.join("\n")
}

fn occurrence_lines(
    flags: &Flags,
    word: &str,
    documents: &[Document],
    counts: &[u64],
) -> Vec<String> {
    let note = match flags.rules().form(word) {
        Some(_) => String::new(),
        None => format!(
            " (it is not one word by the rule of --tokens {})",
            flags.tokens.name()
        ),
    };
    let total: u64 = counts.iter().sum();
    let mut lines = vec![format!("{}: {total}{note}", shown(word.as_bytes()))];
    let found = documents.iter().zip(counts).filter(|(_, count)| **count > 0);
    lines.extend(found.map(|(document, count)| {
        format!("{count:>9}  in {}", shown(document.name().as_bytes()))
    }));
    lines
}

/// Text for a terminal, which would obey control characters, and of which a word
/// without an end would take all.
fn shown(bytes: &[u8]) -> String {
    const LONGEST: usize = 1000;
    let (start, dots) = match bytes.get(..LONGEST) {
        Some(start) if bytes.len() > LONGEST => (start, "..."),
        _ => (bytes, ""),
    };
    let mut text = String::new();
    for c in String::from_utf8_lossy(start).chars() {
        match c.is_control() {
            true => text.extend(c.escape_default()),
            false => text.push(c),
        }
    }
    text + dots
}

fn plural(count: usize, thing: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{s}")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Args {
        #[command(flatten)]
        flags: Flags,
    }

    fn flags(line: &str) -> Flags {
        Args::parse_from(line.split(' ')).flags
    }

    fn document(path: &str) -> Document {
        Document { path: path.into(), bytes: 10, text: None }
    }

    fn word(word: &str, count: u64) -> (String, u64) {
        (word.to_owned(), count)
    }

    #[test]
    fn words_are_written_as_bytes_and_quoted_where_they_must_be() {
        let total = vec![
            word("plain", 3),
            word("a,\"b\"", 2),
            word("x\u{10FFE9}", 1),
            word("'", 1),
        ];
        let counted =
            Counted { per_document: vec![total.clone()], total, ..Counted::default() };
        let documents = [document("a, b.txt")];
        for (line, expected) in [
            ("p", &b"word,count\nplain,3\n\"a,\"\"b\"\"\",2\nx\xE9,1\n',1\n"[..]),
            (
                "p --per-document",
                b"document,word,count\n\"a, b.txt\",plain,3\n\"a, b.txt\",\"a,\"\"b\"\"\",2\n\
                  \"a, b.txt\",x\xE9,1\n\"a, b.txt\",',1\n",
            ),
        ] {
            let mut found = Vec::new();
            write_csv(&mut found, &flags(line), &documents, &counted).unwrap();
            assert_eq!(found, expected, "{line}: {}", String::from_utf8_lossy(&found));
        }
    }

    #[test]
    fn a_document_named_twice_has_one_entry_with_both_counts() {
        let documents = [document("a"), document("b"), document("a")];
        let expected = json!({"total": 7, "per_document": {"a": 6, "b": 1}});
        assert_eq!(occurrences(&documents, &[2, 1, 4]), expected);
    }

    #[test]
    fn a_summary_has_no_control_character_of_a_document() {
        let counted = Counted {
            total: vec![word("\u{1b}[31mred\u{7f}", 2), word("\u{10FF9B}x", 1)],
            occurrences: vec![vec![2], vec![0]],
            ..Counted::default()
        };
        let flags = flags("p --word The --word don't");
        let text = summary(&flags, &[document("odd\nname")], &counted);
        assert_eq!(
            text,
            "1 document, 10 bytes: 3 words, 2 distinct\n        \
             2  \\u{1b}[31mred\\u{7f}\n        1  \u{FFFD}x\nThe: 2\n        \
             2  in odd\\nname\ndon't: 0 (it is not one word by the rule of --tokens words)"
        );
    }
}
