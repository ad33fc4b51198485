//! A contest: programs that compute the same on the same input, as one table.

use harness::Error;
use serde_json::json;
use study::child::Trouble;
use study::implementation::Implementation;
use study::options::Options;
use study::record::{Record, records};
use study::rounds::{self, Row};
use study::table::{self, Column, MEDIAN, figure};
use study::topic::Topic;

use crate::judge::{Judge, Kind};

/// The topic's columns of compare.csv.
pub const COLUMNS: [&str; 6] =
    ["topic", "input", "against", "ours_per_peer", "rate", "rate_unit"];

/// Programs that compute the same, on one input.
pub struct Contest {
    /// What they compute.
    pub topic: Topic,
    /// On what: `n = 2048`.
    pub input: String,
    /// Ours, each with its peers. The very first is what all are compared with.
    pub pairings: Vec<Pairing>,
    /// What they write.
    pub kind: Kind,
    /// What their JSON must agree on.
    pub keys: &'static [&'static str],
    /// How fast they are.
    pub rate: Rate,
}

/// One program of ours, and the peers that go about it in the same way with
/// as many workers.
pub struct Pairing {
    /// Ours.
    pub ours: Implementation,
    /// The others.
    pub peers: Vec<Implementation>,
}

/// An amount a second.
pub struct Rate {
    /// What the table calls it.
    pub unit: &'static str,
    /// How much a run computes.
    pub amount: Amount,
}

/// How much a run computes, in the unit of the rate.
pub enum Amount {
    /// So much.
    Known(f64),
    /// What the JSON says under this key, times this factor.
    Said(&'static str, f64),
}

/// The outcome of a contest.
pub struct Table {
    /// What was computed.
    pub topic: Topic,
    /// On what.
    pub input: String,
    /// The unit of the rates.
    pub unit: &'static str,
    /// A record a row.
    pub records: Vec<Record>,
}

impl Contest {
    /// Runs all programs interleaved, and compares their results.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the programs could not write their results.
    pub fn run(self, options: &Options) -> Result<Table, Error> {
        let file = options.result("compare.result")?;
        let (mut implementations, mut against) = (Vec::new(), Vec::new());
        for Pairing { ours, peers } in self.pairings {
            against.extend(vec![implementations.len(); 1 + peers.len()]);
            implementations.push(ours);
            implementations.extend(peers);
        }
        for implementation in &mut implementations {
            if implementation.writes_result() {
                implementation.first = vec!["--out".into(), file.clone().into()];
            }
        }
        let mut judge = Judge::new(self.kind, file, &implementations[0]);
        let mut rows = rounds::run_judged(options, implementations, |implementation| {
            judge.judge(implementation)
        });
        rows.iter_mut().for_each(check_workers);
        rounds::agree(&mut rows, self.keys);

        let mut records = records(&rows, |row| {
            json!({
                "topic": self.topic.name(),
                "input": self.input,
                "rate": self.rate.of(row),
                "rate_unit": self.rate.unit,
            })
        });
        for (number, record) in records.iter_mut().enumerate() {
            let (row, ours) = (&rows[number], &rows[against[number]]);
            if row.implementation.peer.is_some() {
                let ratio = || Some(row.median_s()? / ours.median_s()?);
                record
                    .figures
                    .insert("against".into(), ours.implementation.name().into());
                record.figures.insert("ours_per_peer".into(), ratio().into());
            }
        }
        let (topic, input) = (self.topic, self.input);
        Ok(Table { topic, input, unit: self.rate.unit, records })
    }
}

/// The launcher of another MPI starts several jobs of one rank instead of one job.
fn check_workers(row: &mut Row) {
    let expected = row.implementation.workers;
    let found = row.rounds.first().map(|record| record.workers);
    if let Some(found) = found.filter(|&found| row.trouble.is_none() && found != expected)
    {
        let plural = if found == 1 { "" } else { "s" };
        let message = format!("it ran on {found} worker{plural}, not on {expected}");
        row.trouble = Some(Trouble::Failed(message));
    }
}

impl Rate {
    fn of(&self, row: &Row) -> Option<f64> {
        let amount = match self.amount {
            Amount::Known(amount) => amount,
            Amount::Said(key, factor) => factor * row.figure(key)?,
        };
        Some(amount / row.median_s()?)
    }
}

const RATIO: Column = Column {
    heading: "ours/peer",
    cell: |record| match is_peer(record) {
        true => figure(record.figure("ours_per_peer"), 2),
        false => String::new(),
    },
};

impl Table {
    /// The table for a terminal.
    pub fn text(&self) -> String {
        let (columns, records) = (self.columns(), self.indented());
        let (topic, input) = (self.topic.title(), &self.input);
        let table = table::table(&columns, &records);
        format!("\n{topic}, {input}\n\n{table}\n{LEGEND}")
    }

    /// The table as Markdown.
    pub fn markdown(&self) -> String {
        table::markdown(&self.columns(), &self.indented())
    }

    fn columns(&self) -> [Column; 3] {
        [MEDIAN, Column { heading: self.unit, cell: rate }, RATIO]
    }

    /// The records with the peers' names moved in, below ours.
    fn indented(&self) -> Vec<Record> {
        let mut records = self.records.clone();
        for record in records.iter_mut().filter(|record| is_peer(record)) {
            record.implementation.insert_str(0, INDENT);
        }
        records
    }
}

/// Moves a peer's name in, on a page as well, where leading blanks are lost.
const INDENT: &str = "\u{a0}\u{a0}";

const LEGEND: &str = "\
Indented below each program of ours: its peers, which do the same with as many workers
ours/peer  our rate / the peer's: above 1 ours is faster; medians of one interleaved run
";

/// Whether a record is of a program that is not ours.
pub fn is_peer(record: &Record) -> bool {
    record.figures.contains_key("against")
}

fn rate(record: &Record) -> String {
    let Some(rate) = record.figure("rate") else { return table::DASH.into() };
    // Three digits and no more, as the medians have.
    let decimals = (2 - rate.max(1e-3).log10().floor() as i32).max(0) as usize;
    format!("{rate:.decimals$}")
}
