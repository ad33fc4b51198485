//! bench: how the programs scale from 1 to NP workers, strong and weak.
//!
//! Strong: the same work for any number of workers; ideally *p* of them take
//! 1/*p* of the time. Weak: the same work for each worker; ideally the time
//! stays the same. [`SERIES`] lists what is scaled.

use std::path::{Path, PathBuf};

use harness::{Error, program};
use kernels::fit::Law;
use serde_json::json;
use study::csv;
use study::implementation::{Implementation, Start};
use study::options::{Options, missing_document};
use study::record::{Record, records};
use study::rounds::{self, Row};
use study::summary::Report;
use study::table::{Column, EFFICIENCY, MEDIAN, SPEED_UP, figure, rounded, table};
use study::topic::Topic;

const COLUMNS: [&str; 4] = ["topic", "scaling", "work", "serial_fraction"];
const WORK: Column =
    Column { heading: "work", cell: |record| record.text("work").to_owned() };
const SERIAL: Column = Column {
    heading: "serial part",
    cell: |record: &Record| figure(record.figure("serial_fraction"), 3),
};
const LEGEND: &str = "\
strong  the same work for all: speed-up = time of 1 worker / median
weak    the same work for each: speed-up = workers * time of 1 worker / median
serial part  follows from a strong speed-up by Karp and Flatt's formula; if it grows with the
             workers, something other than a serial part takes the time
fitted       the one serial part that best fits all rows with a core for each worker, by
             Amdahl's law (strong) and by Gustafson's (weak)
";

/// A program that is measured with more and more workers.
struct Series {
    topic: Topic,
    program: &'static str,
    strategy: &'static str,
    start: Start,
    flags: &'static str,
}

/// The strategies that are meant to scale, with the fastest kernel each has.
const SERIES: [Series; 5] = [
    Series {
        topic: Topic::Matmul,
        program: "matmul-shm",
        strategy: "threads shared",
        start: Start::Workers,
        flags: "--with threads --memory shared",
    },
    Series {
        topic: Topic::Matmul,
        program: "matmul-mpi",
        strategy: "grid",
        start: Start::Ranks,
        flags: "--algorithm grid",
    },
    Series {
        topic: Topic::Mandel,
        program: "mandel-threads",
        strategy: "dynamic simd",
        start: Start::Workers,
        flags: "--schedule dynamic --kernel simd",
    },
    Series {
        topic: Topic::Mandel,
        program: "mandel-mpi",
        strategy: "counter simd",
        start: Start::Ranks,
        flags: "--schedule counter --kernel simd",
    },
    Series {
        topic: Topic::Words,
        program: "wordcount",
        strategy: "fast",
        start: Start::Ranks,
        flags: "--kernel fast",
    },
];

/// What stays the same when workers are added.
#[derive(Clone, Copy, PartialEq)]
enum Scaling {
    /// The whole work.
    Strong,
    /// The work of each worker.
    Weak,
}

impl Scaling {
    fn name(self) -> &'static str {
        match self {
            Scaling::Strong => "strong",
            Scaling::Weak => "weak",
        }
    }
}

/// What the topic writes.
pub const FILE: &str = "scaling.csv";

/// Runs all series: a table each on stdout, then what their columns mean; the
/// records in scaling.csv.
///
/// # Errors
///
/// [`Error::Failure`] if the corpus is missing or the file cannot be written.
pub fn run(options: &Options) -> Result<Report, Error> {
    let file = options.result(FILE)?;
    let corpus = corpus(options)?;
    let mut all = Vec::new();
    for series in SERIES {
        let mut of_series = Vec::new();
        for scaling in [Scaling::Strong, Scaling::Weak] {
            let counts = options.worker_counts();
            let implementations =
                counts.into_iter().map(|p| series.with(p, scaling, options, &corpus));
            let rows = rounds::run(options, implementations.collect());
            let figures = |row: &Row| {
                json!({
                    "topic": series.topic.name(),
                    "scaling": scaling.name(),
                    "work": format!("{}, {}", scaling.name(), series.work(scaling, row, options)),
                })
            };
            of_series.extend(scaled(scaling, records(&rows, figures)));
        }
        program::print(&format!(
            "\n{} {}\n\n{}{}",
            series.program,
            series.strategy,
            table(&[WORK, MEDIAN, SPEED_UP, EFFICIENCY, SERIAL], &of_series),
            fitted(&of_series)
        ))?;
        all.extend(of_series);
    }
    program::print(&format!("\n{LEGEND}"))?;
    csv::write(&file, &COLUMNS, &all)?;
    Ok(Report { records: all, files: vec![file] })
}

/// The generated text: data/ alone is counted in a moment.
fn corpus(options: &Options) -> Result<PathBuf, Error> {
    let path = match options.quick {
        true => PathBuf::from("data"),
        false => options.corpus(),
    };
    if path.exists() { Ok(path) } else { Err(missing_document(&path)) }
}

impl Series {
    fn with(
        &self,
        workers: usize,
        scaling: Scaling,
        options: &Options,
        corpus: &Path,
    ) -> Implementation {
        let extent = self.extent(scaling, workers, options);
        let mut implementation = Implementation::new(
            self.program,
            self.strategy,
            self.start,
            workers,
            &format!("{} {}", self.flags, self.size(extent, options)),
        );
        if self.topic == Topic::Words {
            // A document that is named twice is counted twice.
            let named = std::iter::repeat_n(corpus.as_os_str().to_owned(), extent);
            implementation.words.extend(named);
        }
        implementation.serial = workers == 1;
        implementation
    }

    /// How large the input is: the order of matrices, the rows of a picture, or
    /// the copies of the corpus.
    fn extent(&self, scaling: Scaling, workers: usize, options: &Options) -> usize {
        let times = if scaling == Scaling::Weak { workers } else { 1 };
        match self.topic {
            Topic::Matmul => {
                // The work grows with n^3.
                let order = if options.quick { 128.0 } else { 1536.0 };
                (order * (times as f64).cbrt()).round() as usize
            }
            Topic::Mandel => times * if options.quick { 100 } else { 800 },
            Topic::Words => 4 * times,
        }
    }

    /// The flags for an input of this size.
    fn size(&self, extent: usize, options: &Options) -> String {
        match self.topic {
            Topic::Matmul => format!("--size {extent}"),
            Topic::Mandel => {
                let (width, most) = if options.quick { (120, 100) } else { (1920, 5000) };
                format!("--width {width} --height {extent} --max-iter {most}")
            }
            Topic::Words => String::new(),
        }
    }

    /// The input in words.
    fn work(&self, scaling: Scaling, row: &Row, options: &Options) -> String {
        let extent = self.extent(scaling, row.implementation.workers, options);
        match self.topic {
            Topic::Matmul => format!("n = {extent}"),
            Topic::Mandel => format!("{extent} rows"),
            Topic::Words => row
                .figure("bytes")
                .map(|bytes| format!("{:.0} MB", bytes / 1e6))
                .unwrap_or_default(),
        }
    }
}

/// The records of a series with what its speed-ups are, the first being that of
/// one worker.
fn scaled(scaling: Scaling, mut records: Vec<Record>) -> Vec<Record> {
    let alone = records[0].median_s;
    for record in &mut records {
        let workers = record.workers as f64;
        let ratio = alone.zip(record.median_s).map(|(alone, median)| alone / median);
        record.speedup = match scaling {
            Scaling::Strong => ratio,
            Scaling::Weak => ratio.map(|ratio| ratio * workers),
        };
        let with_cores = record.speedup.filter(|_| !record.oversubscribed);
        record.efficiency = with_cores.map(|speedup| speedup / workers);
        let serial = with_cores
            .filter(|_| scaling == Scaling::Strong)
            .and_then(|speedup| karp_flatt(speedup, workers));
        record.figures.insert("serial_fraction".into(), json!(serial));
    }
    records
}

/// The serial parts that are fitted to a series, in words; empty if one worker
/// is all that has a core.
fn fitted(records: &[Record]) -> String {
    let part = |(scaling, law): (Scaling, Law)| {
        let is_part = |record: &&Record| {
            record.text("scaling") == scaling.name() && !record.oversubscribed
        };
        let point = |record: &Record| Some((record.workers as f64, record.speedup?));
        let points: Vec<_> = records.iter().filter(is_part).filter_map(point).collect();
        Some(format!("{} {}", rounded(law.fit(&points)?, 3), scaling.name()))
    };
    let laws = [(Scaling::Strong, Law::Amdahl), (Scaling::Weak, Law::Gustafson)];
    let parts: Vec<String> = laws.into_iter().filter_map(part).collect();
    match parts[..] {
        [] => String::new(),
        _ => format!("fitted serial part: {}\n", parts.join(", ")),
    }
}

/// The serial fraction that explains a speed-up (Karp and Flatt, Measuring
/// parallel processor performance, CACM 33 (1990)); none for one worker.
fn karp_flatt(speedup: f64, workers: f64) -> Option<f64> {
    (workers > 1.0).then(|| (1.0 / speedup - 1.0 / workers) / (1.0 - 1.0 / workers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serial_fraction_is_that_of_amdahls_law() {
        for (fraction, workers) in [(0.0, 2.0), (0.1, 2.0), (0.25, 8.0), (1.0, 3.0)] {
            let speedup = 1.0 / (fraction + (1.0 - fraction) / workers);
            let found = karp_flatt(speedup, workers).unwrap();
            assert!((found - fraction).abs() < 1e-12, "{fraction} on {workers}: {found}");
        }
        assert_eq!(karp_flatt(1.0, 1.0), None);
    }

    #[test]
    fn a_serial_part_is_fitted_where_each_worker_has_a_core() {
        let record = |scaling: Scaling, workers: usize, speedup: f64| {
            let implementation =
                Implementation::new("p", "s", Start::Workers, workers, "");
            let row = Row { implementation, rounds: vec![], trouble: None };
            let scaling = json!({ "scaling": scaling.name() });
            Record {
                speedup: Some(speedup),
                oversubscribed: workers > 2,
                ..records(&[row], |_| &scaling).remove(0)
            }
        };
        let mut records = vec![record(Scaling::Strong, 1, 1.0)];
        assert_eq!(fitted(&records), "");
        records.push(record(Scaling::Strong, 2, 1.6));
        assert_eq!(fitted(&records), "fitted serial part: 0.250 strong\n");
        records.extend([2, 3].map(|workers| record(Scaling::Weak, workers, 1.9)));
        assert_eq!(fitted(&records), "fitted serial part: 0.250 strong, 0.100 weak\n");
    }
}
