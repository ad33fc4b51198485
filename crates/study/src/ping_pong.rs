//! ping-pong: what a message costs by its size, and the law that mpi-hello fits
//! to that.

use std::collections::BTreeMap;
use std::path::Path;

use harness::measure::median;
use harness::record::fields;
use harness::{Error, program};
use kernels::fit::Hockney;
use serde_json::json;
use study::child::Trouble;
use study::csv;
use study::implementation::{Implementation, Start};
use study::options::Options;
use study::record::{Record, records};
use study::rounds::{self, Row};
use study::table::{Column, DASH, MEDIAN, figure, rounded, table};

const COLUMNS: [&str; 3] = ["bytes", "alpha_s", "beta_s_per_byte"];
const BYTES: Column = Column {
    heading: "bytes",
    cell: |record: &Record| figure(record.figure("bytes"), 0),
};
const RATE: Column = Column {
    heading: "MB/s",
    cell: |record: &Record| {
        rate(record).filter(|&r| r > 0.0).map_or(DASH.into(), |r| rounded(r, 0))
    },
};

const LEGEND: &str = "\
fitted by mpi-hello: least squares on the relative errors of all sizes, median of the rounds
";

/// Runs it on two ranks: some of the sizes in a table on stdout, the records of
/// all of them in `file`; returns these.
///
/// # Errors
///
/// [`Error::Failure`] if the file cannot be written.
pub fn run(options: &Options, file: &Path) -> Result<Vec<Record>, Error> {
    let ping_pong =
        Implementation::new("mpi-hello", "ping-pong", Start::Ranks, 2, "--ping-pong");
    let mut rows = rounds::run(options, vec![ping_pong]);
    let messages = messages(&rows[0]);
    if rows[0].trouble.is_none() && messages.is_empty() {
        rows[0].trouble = Some(Trouble::Failed("its JSON lacks ping_pong".into()));
    }
    let law = law(&rows[0]);
    let records = by_size(&rows, &messages, law);
    csv::write(file, &COLUMNS, &records)?;
    let shown: Vec<Record> =
        records.iter().filter(|record| is_shown(record)).cloned().collect();
    program::print(&format!(
        "\nPing-pong: the time of a message from rank 0 to rank 1\n\n{}",
        table(&[BYTES, MEDIAN, RATE], &shown)
    ))?;
    if let Some(law) = law {
        program::print(&format!("\nn bytes take alpha + beta n: {law}\n{LEGEND}"))?;
    }
    Ok(records)
}

/// The law as mpi-hello has fitted it: the median of the rounds.
fn law(row: &Row) -> Option<Hockney> {
    let (alpha_s, beta_s_per_byte) =
        (row.figure("alpha_s")?, row.figure("beta_s_per_byte")?);
    Some(Hockney { alpha_s, beta_s_per_byte })
}

/// A size in bytes; the median and the least of the rounds' times, in seconds.
type Message = (f64, f64, f64);

/// The messages that the rounds have told of, by size.
fn messages(row: &Row) -> Vec<Message> {
    let mut times: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    let rounds = row
        .rounds
        .iter()
        .filter_map(|record| record.figures.get("ping_pong")?.as_array());
    for message in rounds.flatten() {
        let (bytes, seconds) = (message["bytes"].as_u64(), message["seconds"].as_f64());
        if let (Some(bytes), Some(seconds)) = (bytes, seconds) {
            times.entry(bytes).or_default().push(seconds);
        }
    }
    let message = |(bytes, times): (u64, Vec<f64>)| {
        let least = times.iter().copied().fold(f64::INFINITY, f64::min);
        (bytes as f64, median(&times), least)
    };
    times.into_iter().map(message).collect()
}

/// A record a message; one that says why, where there is none.
fn by_size(rows: &[Row], messages: &[Message], law: Option<Hockney>) -> Vec<Record> {
    let job = records(rows, |_| json!({})).remove(0);
    if rows[0].trouble.is_some() {
        return vec![job];
    }
    let record = |&(bytes, median_s, min_s): &Message| {
        let figures = json!({
            "bytes": bytes as u64,
            "alpha_s": law.map(|law| law.alpha_s),
            "beta_s_per_byte": law.map(|law| law.beta_s_per_byte),
        });
        let (median_s, min_s) = (Some(median_s), Some(min_s));
        Record { median_s, min_s, figures: fields(&figures), ..job.clone() }
    };
    messages.iter().map(record).collect()
}

/// Every fourth power of two tells enough, and the message without content.
fn is_shown(record: &Record) -> bool {
    let power = record.figure("bytes").map(|bytes| bytes.max(1.0).log2());
    power.is_none_or(|power| power % 4.0 == 0.0)
}

/// Millions of bytes in a second.
fn rate(record: &Record) -> Option<f64> {
    Some(record.figure("bytes")? / record.median_s? / 1e6)
}

#[cfg(test)]
mod tests {
    use std::slice;

    use harness::measure::Measured;
    use harness::record::{self, Setting};

    use super::*;

    fn row(rounds: &[serde_json::Value]) -> Row {
        let implementation = Implementation::new("p", "s", Start::Ranks, 2, "");
        let round = |figures| {
            let measured = Measured::new(vec![(1.0, vec![])]);
            record::Record::new(&Setting::here("p", 2), &measured, fields(figures))
        };
        let rounds = rounds.iter().map(round);
        Row { implementation, rounds: rounds.collect(), trouble: None }
    }

    #[test]
    fn a_size_has_the_median_and_the_least_of_its_rounds() {
        let rounds = [3, 1, 5].map(|us| {
            json!({"ping_pong": [{"bytes": 8, "seconds": us}, {"bytes": 0, "seconds": 2}]})
        });
        let row = row(&rounds);
        let messages = messages(&row);
        assert_eq!(messages, [(0.0, 2.0, 2.0), (8.0, 3.0, 1.0)]);
        let records = by_size(&[row], &messages, None);
        assert_eq!(
            (&records[1].figures["bytes"], records[1].median_s),
            (&json!(8), Some(3.0))
        );
        assert_eq!((records[0].runs, &records[0].figures["alpha_s"]), (3, &json!(null)));
    }

    #[test]
    fn the_table_shows_every_fourth_power() {
        let row = row(&[json!({})]);
        let record = |bytes: u64| {
            by_size(slice::from_ref(&row), &[(bytes as f64, 1.0, 1.0)], None)
        };
        let shown = |bytes: u64| is_shown(&record(bytes)[0]);
        assert!([0, 1, 16, 256, 65_536, 1 << 24].into_iter().all(shown));
        assert!(![2, 4, 8, 32, 1 << 23].into_iter().any(shown));
    }
}
