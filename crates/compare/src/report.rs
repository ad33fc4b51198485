//! The tables as a page: Markdown, a section a topic, with machine and versions.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::ValueEnum;
use harness::Error;
use harness::files::Output;
use study::machine::system;
use study::options::Options;
use study::record::Record;
use study::topic::Topic;

use crate::args::Args;
use crate::contest::{Table, is_peer};

const HEAD: &str = "\
# Ours and others

These tables put our programs beside what a user would pick instead. All programs of a table
ran on the same input, in turn, several times over. Every result was compared before its
time counted: pixels and words exactly, matrices up to rounding. Times are medians; an MPI
job takes as long as its slowest rank. The peers of a program are indented below it: small
programs in [peers](peers) that do the same in the same way with as many workers. Numba
compiles the peers' loops over pixels. *ours/peer* is our rate divided by the peer's: above
1, ours is faster.

The command in each section measures it again.
";

/// The section of `topic`: how it was measured, its tables, all versions.
pub fn section(args: &Args, topic: Topic, tables: &[Table]) -> String {
    let mut page = heading(topic);
    page += &format!("\n`{}`\n\n{}\n", command(args, topic), machine(&args.options));
    for table in tables {
        page += &format!("\n### {}\n\n{}", table.input, table.markdown());
    }
    let records = tables.iter().flat_map(|table| &table.records);
    let versions: BTreeSet<String> = records.flat_map(versions).collect();
    let versions: Vec<String> = versions.into_iter().collect();
    page + &format!("\nVersions: {}.\n", versions.join(", "))
}

/// Puts `section` into the page, in place of the one of the same topic; the
/// others stay.
///
/// # Errors
///
/// [`Error::Failure`] if the page cannot be written.
pub fn replace(page: &Path, topic: Topic, section: &str) -> Result<(), Error> {
    let text = replaced(&read(page)?, topic, section);
    Output::create(page)?.write(|file| std::io::Write::write_all(file, text.as_bytes()))
}

/// The page as it is; nothing where there is no file.
///
/// # Errors
///
/// [`Error::Failure`] if it cannot be read: its other sections would be lost.
pub fn read(page: &Path) -> Result<String, Error> {
    if !page.is_file() {
        return Ok(String::new());
    }
    fs::read_to_string(page).map_err(|error| {
        Error::failure(format!("cannot read {}: {error}", page.display()))
    })
}

fn replaced(old: &str, topic: Topic, section: &str) -> String {
    let mut parts = vec![HEAD.to_owned()];
    for &other in Topic::value_variants() {
        let heading = heading(other);
        let begin = old.find(&heading).filter(|_| other != topic);
        match begin.map(|begin| &old[begin..]) {
            _ if other == topic => parts.push(section.to_owned()),
            Some(rest) => {
                let end =
                    rest[heading.len()..].find("\n## ").map(|at| heading.len() + at);
                parts.push(format!("{}\n", rest[..end.unwrap_or(rest.len())].trim_end()));
            }
            None => {}
        }
    }
    parts.join("\n")
}

fn heading(topic: Topic) -> String {
    format!("## {}\n", topic.title())
}

/// What to type for the same tables.
fn command(args: &Args, topic: Topic) -> String {
    let sizes: Vec<String> = args.size.iter().map(usize::to_string).collect();
    let documents: Vec<String> =
        args.documents.iter().map(|path| path.display().to_string()).collect();
    let options = &args.options;
    let mut flags = match topic {
        Topic::Matmul => format!("--size {}", sizes.join(",")),
        Topic::Mandel => format!(
            "--view {} --width {} --height {} --max-iter {}",
            args.view, args.width, args.height, args.max_iter
        ),
        Topic::Words if documents.is_empty() => String::new(),
        Topic::Words => format!("--documents {}", documents.join(",")),
    };
    if options.quick {
        flags = "--quick".to_owned();
    }
    let (topic, workers, rounds) = (topic.name(), options.workers, options.rounds());
    format!("make compare TOPIC={topic} NP={workers} ARGS=\"{flags} --rounds {rounds}\"")
        .replace("\" ", "\"")
}

/// One sentence on the machine: `Medians of 3 rounds, 2 workers on 2 cores of ..`.
fn machine(options: &Options) -> String {
    format!("{}; {}.", options.headline().trim_end(), system())
}

/// What a record says of versions: those of a peer's libraries, or ours; and
/// that of the MPI library.
fn versions(record: &Record) -> Vec<String> {
    let ours = format!("our programs {}", record.version);
    let version = if is_peer(record) { &record.version } else { &ours };
    let libraries = version.split(", ").chain(record.mpi.as_deref());
    libraries.filter(|name| !name.is_empty()).map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_the_place_of_its_predecessor_and_the_others_stay() {
        let page = replaced("", Topic::Words, "## Word count\n\nw1\n");
        let page = replaced(&page, Topic::Matmul, "## Matrix product\n\nm1\n");
        let page = replaced(&page, Topic::Words, "## Word count\n\nw2\n");
        let page = replaced(&page, Topic::Mandel, "## Mandelbrot set\n\nb1\n");
        let sections =
            "## Matrix product\n\nm1\n\n## Mandelbrot set\n\nb1\n\n## Word count\n\nw2\n";
        assert_eq!(page, format!("{HEAD}\n{sections}"));
    }
}
