//! words: counting the words of real and generated documents, on 1 to NP ranks.

use std::path::PathBuf;

use harness::{Error, program};
use serde_json::{Value, json};
use study::csv;
use study::implementation::{Implementation, Start};
use study::options::{Options, missing_document};
use study::record::{Record, records};
use study::rounds::{self, Row};
use study::summary::Report;
use study::table::{Column, EFFICIENCY, MEDIAN, SPEED_UP, figure, table};

/// What the topic can be asked for.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Args {
    /// Documents and folders of documents [default: data and corpus-50M.txt in the folder of --out]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

const RATE: Column = Column {
    heading: "MB/s",
    cell: |record: &Record| figure(record.figure("mb_per_s"), 1),
};
const TOKENS: Column = Column {
    heading: "words",
    cell: |record: &Record| figure(record.figure("tokens"), 0),
};
const DISTINCT: Column = Column {
    heading: "distinct",
    cell: |record: &Record| figure(record.figure("distinct"), 0),
};
const OWN: Column = Column {
    heading: "own x1",
    cell: |record: &Record| figure(record.figure("speedup_own"), 2),
};
const LEGEND: &str = "\
speed-up   best time on one rank / median; efficiency = speed-up / workers
own x1     time of the same kernel on one rank / median
words      all occurrences; distinct: different words
";

/// What the topic writes.
pub const FILE: &str = "words.csv";

/// Runs the topic: its table on stdout, its records in words.csv.
///
/// # Errors
///
/// [`Error::Failure`] if a document is missing or the file cannot be written.
pub fn run(options: &Options, args: &Args) -> Result<Report, Error> {
    let documents = documents(options, args)?;
    let file = options.result(FILE)?;
    let mut rows = rounds::run(options, implementations(options, &documents));
    rounds::agree(&mut rows, &["bytes", "documents", "tokens", "distinct"]);
    let records = records(&rows, |row| figures(row, &rows));
    let columns = ["bytes", "documents", "tokens", "distinct", "mb_per_s", "speedup_own"];
    csv::write(&file, &columns, &records)?;
    let names: Vec<String> =
        documents.iter().map(|path| path.display().to_string()).collect();
    program::print(&format!(
        "\nWords of {}\n\n{}\n{LEGEND}",
        names.join(", "),
        table(&[MEDIAN, RATE, SPEED_UP, OWN, EFFICIENCY, TOKENS, DISTINCT], &records)
    ))?;
    Ok(Report { records, files: vec![file] })
}

/// The documents to count.
///
/// # Errors
///
/// [`Error::Failure`] if one is missing.
pub fn documents(options: &Options, args: &Args) -> Result<Vec<PathBuf>, Error> {
    let data = || PathBuf::from("data");
    let documents = match args.paths.as_slice() {
        [] if options.quick => vec![data()],
        // On data/ alone everything takes a moment and teaches nothing.
        [] => vec![data(), options.corpus()],
        paths => paths.to_vec(),
    };
    match documents.iter().find(|path| !path.is_file() && !path.is_dir()) {
        None => Ok(documents),
        Some(path) => Err(missing_document(path)),
    }
}

fn implementations(options: &Options, documents: &[PathBuf]) -> Vec<Implementation> {
    let on = |kernel: &'static str, ranks| {
        let flags = format!("--kernel {kernel}");
        let mut implementation =
            Implementation::new("wordcount", kernel, Start::Ranks, ranks, &flags);
        implementation.words.extend(documents.iter().map(|path| path.into()));
        // Plain takes about a second a run: one in each round will do.
        implementation.runs = if kernel == "plain" { 1 } else { 3 };
        implementation.serial = ranks == 1;
        implementation
    };
    let kernels = ["plain", "fast"].into_iter();
    let all = kernels
        .flat_map(|kernel| options.worker_counts().into_iter().map(move |n| (kernel, n)));
    all.map(|(kernel, ranks)| on(kernel, ranks)).collect()
}

fn figures(row: &Row, rows: &[Row]) -> Value {
    let rate = || Some(row.figure("bytes")? / row.median_s()? / 1e6);
    let is_own = |one: &&Row| {
        one.implementation.workers == 1
            && one.implementation.strategy == row.implementation.strategy
    };
    let own = rows.iter().find(is_own).filter(|_| row.implementation.workers > 1);
    let speedup_own = own.and_then(|own| Some(own.median_s()? / row.median_s()?));
    json!({
        "bytes": row.value("bytes"),
        "documents": row.value("documents"),
        "tokens": row.value("tokens"),
        "distinct": row.value("distinct"),
        "mb_per_s": rate(),
        "speedup_own": speedup_own,
        "headline": rate().map(|rate| format!("{rate:.1} MB/s")),
    })
}
