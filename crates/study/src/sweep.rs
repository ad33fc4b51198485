//! The sweep of sizes: where copying no longer matters.

use std::path::Path;

use harness::{Error, program};
use serde_json::json;
use study::options::Options;
use study::record::{Record, records};
use study::table::{self, DASH, Line};
use study::{csv, rounds};

use crate::products;

const ORDERS: [usize; 5] = [128, 256, 512, 1024, 2048];
/// Copying matters while it costs more than this share of the time.
const SHARE: f64 = 0.10;

/// Multiplies matrices of each order in every parallel way: one table by
/// size on stdout, the records in `file`; returns the records.
///
/// # Errors
///
/// [`Error::Failure`] if the file cannot be written.
pub fn run(
    options: &Options,
    orders: &[usize],
    file: &Path,
) -> Result<Vec<Record>, Error> {
    let mut orders = match orders {
        [] if options.quick => ORDERS[..3].to_vec(),
        [] => ORDERS.to_vec(),
        orders => orders.to_vec(),
    };
    orders.sort();
    orders.dedup();
    let mut all = Vec::new();
    for &size in &orders {
        let mut implementations = products::parallel(options.workers, size);
        implementations.iter_mut().for_each(|i| i.runs = runs(size));
        let rows = rounds::run(options, implementations.to_vec());
        let figures =
            |row: &_| json!({ "n": size, "gflops": products::gflops(row, size) });
        all.extend(records(&rows, figures));
    }
    csv::write(file, &["n", "gflops"], &all)?;
    let workers = options.workers;
    program::print(&format!(
        "\nMedian times by order n, {workers} workers\n\n{}\n{}",
        by_order(&orders, &all),
        verdicts(&orders, &all)
    ))?;
    Ok(all)
}

/// Small products take microseconds: more runs make their median steady.
fn runs(size: usize) -> u32 {
    match size {
        0..=256 => 20,
        257..=512 => 10,
        513..=1024 => 5,
        _ => 2,
    }
}

/// One row an implementation, one column a size; then the ratios.
fn by_order(orders: &[usize], records: &[Record]) -> String {
    let mut header = vec!["implementation".to_owned()];
    header.extend(orders.iter().map(|size| format!("n = {size}")));
    // The last column of a table begins on the left: here it is empty.
    header.push(String::new());
    let mut lines = Vec::new();
    for (program, strategy, ..) in products::PARALLEL {
        let mut cells = vec![format!("{program} {strategy}")];
        let cell = |&size: &usize| match of(records, strategy, size) {
            Some(record) if record.is_verified() => table::time(record.median_s),
            Some(record) if record.unwritten().is_some() => "not yet".into(),
            Some(record) => record.result(),
            None => DASH.into(),
        };
        cells.extend(orders.iter().map(cell));
        lines.push(Line::Cells(cells));
    }
    for workers in ["threads", "processes"] {
        let ratio = |&size: &usize| ratio(records, workers, size);
        let text =
            |ratio: Option<f64>| ratio.map_or(DASH.into(), |r| table::rounded(r, 2));
        let mut cells = vec![format!("{workers}: copied / shared")];
        cells.extend(orders.iter().map(ratio).map(text));
        lines.push(Line::Cells(cells));
    }
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    table::align(&header, &lines)
}

fn of<'a>(records: &'a [Record], strategy: &str, size: usize) -> Option<&'a Record> {
    records.iter().find(|record| {
        record.strategy == strategy && record.figure("n") == Some(size as f64)
    })
}

/// The time with copying over the time without it, if both are known.
fn ratio(records: &[Record], workers: &str, size: usize) -> Option<f64> {
    let median =
        |memory: &str| of(records, &format!("{workers} {memory}"), size)?.median_s;
    Some(median("copied")? / median("shared")?)
}

/// One sentence for threads and one for processes.
fn verdicts(orders: &[usize], records: &[Record]) -> String {
    let mut text = format!(
        "Copying no longer matters once copied takes at most {:.0} % longer than shared, at\n\
         that order n and at all larger ones:\n",
        SHARE * 100.0
    );
    for workers in ["threads", "processes"] {
        let ratios: Option<Vec<f64>> =
            orders.iter().map(|&size| ratio(records, workers, size)).collect();
        let verdict = ratios.map(|ratios| stops_to_matter(orders, &ratios));
        text += &match verdict {
            None => format!("  {workers}: unknown, because a time is missing\n"),
            Some(None) => format!("  {workers}: it still matters at the largest n\n"),
            Some(Some(order)) => format!("  {workers}: from n = {order} on\n"),
        };
    }
    text
}

/// The smallest order from which on copying adds at most [`SHARE`] to the time.
fn stops_to_matter(orders: &[usize], ratios: &[f64]) -> Option<usize> {
    let largest_first = orders.iter().zip(ratios).rev();
    let from = largest_first.take_while(|(_, ratio)| **ratio <= 1.0 + SHARE).last();
    from.map(|(&order, _)| order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copying_stops_to_matter_where_it_never_matters_again() {
        for (ratios, order) in [
            ([3.0, 2.0, 1.05, 1.0], Some(30)),
            // A size does not count if copying matters again at a larger one.
            ([3.0, 1.0, 1.2, 1.0], Some(40)),
            ([1.0, 1.0, 1.0, 1.1], Some(10)),
            ([1.0, 1.0, 1.0, 1.2], None),
        ] {
            let found = stops_to_matter(&[10, 20, 30, 40], &ratios);
            assert_eq!(found, order, "{ratios:?}");
        }
    }

    #[test]
    fn a_missing_time_leaves_the_question_open() {
        let text = verdicts(&[128], &[]);
        assert!(text.contains("threads: unknown"), "{text}");
    }
}
