//! Who a process is: its rank, its host, its number on that host.

use std::collections::{BTreeMap, HashSet};

use harness::Error;
use harness::record::{Outputs, Setting};
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;
use serde::Serialize;

/// One MPI process.
#[derive(Clone, Debug, Serialize)]
pub struct Process {
    /// Its number in the communicator.
    pub rank: i32,
    /// The name of the machine that it runs on.
    pub host: String,
    /// Its number on that machine.
    pub pid: u32,
}

#[allow(dead_code, reason = "the messages are for task 1.2 to send and receive")]
impl Process {
    /// The process that asks.
    pub fn this(world: &SimpleCommunicator) -> Self {
        let host = mpi::environment::processor_name().unwrap_or_default();
        Self { rank: world.rank(), host, pid: std::process::id() }
    }

    /// The process as a message.
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("{} {} {}", self.rank, self.pid, self.host).into_bytes()
    }

    /// The process of a message.
    ///
    /// # Panics
    ///
    /// If [`Process::to_bytes`] did not make it.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut fields = text.splitn(3, ' ');
        let mut next =
            || fields.next().unwrap_or_else(|| panic!("not a process: {text}"));
        let (rank, pid, host) = (next(), next(), next());
        Self {
            rank: rank.parse().unwrap_or_else(|_| panic!("not a rank: {text}")),
            pid: pid.parse().unwrap_or_else(|_| panic!("not a pid: {text}")),
            host: host.to_owned(),
        }
    }
}

/// Compares what was collected with what MPI's own all-gather says.
///
/// # Errors
///
/// [`Error::Failure`] with the first difference.
pub fn check(
    processes: &[Process],
    per_host: &BTreeMap<String, usize>,
    hosts: &BTreeMap<String, usize>,
) -> Result<(), Error> {
    let ranks: Vec<i32> = processes.iter().map(|process| process.rank).collect();
    let size: usize = hosts.values().sum();
    if ranks != (0..size as i32).collect::<Vec<_>>() {
        return Err(Error::failure(format!(
            "expected ranks 0 to {} in order: {ranks:?}",
            size - 1
        )));
    }
    let places: HashSet<_> = processes.iter().map(|p| (&p.host, p.pid)).collect();
    if places.len() != size {
        return Err(Error::failure("two ranks have the same host and process number"));
    }
    if per_host != hosts {
        return Err(Error::failure(format!("wrong counts per host: {per_host:?}")));
    }
    Ok(())
}

/// Writes the columns rank,host,pid.
///
/// # Errors
///
/// [`Error::Failure`] if the file cannot be written.
pub fn write(outputs: &Outputs, processes: &[Process]) -> Result<(), Error> {
    outputs.write("--out", |file| {
        let mut csv = csv::Writer::from_writer(file);
        processes.iter().try_for_each(|process| csv.serialize(process))?;
        csv.flush()
    })
}

/// The processes in order, then how many each host has.
pub fn summary(
    setting: &Setting,
    processes: &[Process],
    per_host: &BTreeMap<String, usize>,
) -> String {
    let mut lines = vec![format!(
        "Collected by rank 0, with {}:",
        setting.mpi.as_deref().unwrap_or("?")
    )];
    lines.extend(
        processes.iter().map(|p| format!("  rank {}  {}  pid {}", p.rank, p.host, p.pid)),
    );
    lines.extend(per_host.iter().map(|(host, count)| match count {
        1 => format!("{host} runs 1 process"),
        _ => format!("{host} runs {count} processes"),
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_collected_wrongly_is_named() {
        let process = |rank, pid| Process { rank, pid, host: "node7".into() };
        let all: Vec<Process> =
            (0..4).map(|rank| process(rank, 10 + rank as u32)).collect();
        let hosts = BTreeMap::from([("node7".to_owned(), 4)]);
        check(&all, &hosts, &hosts).unwrap();
        let says = |all: &[Process], per_host: &[(String, usize)]| {
            let per_host = per_host.iter().cloned().collect();
            check(all, &per_host, &hosts).unwrap_err().to_string()
        };
        let expected = "error: expected ranks 0 to 3 in order: [0, 1, 2]";
        assert_eq!(says(&all[..3], &[]), expected);
        let twice = [0, 1, 2, 3].map(|rank| process(rank, 10));
        assert!(says(&twice, &[]).contains("the same host and process number"));
        assert!(says(&all, &[("node7".into(), 5)]).contains(r#"per host: {"node7": 5}"#));
    }

    #[test]
    fn a_process_survives_its_message() {
        for host in ["node7", "a host with spaces", ""] {
            let process = Process { rank: 3, host: host.into(), pid: 4711 };
            let back = Process::from_bytes(&process.to_bytes());
            assert_eq!(
                (back.rank, back.pid, back.host.as_str()),
                (3, 4711, host),
                "{host}"
            );
        }
    }
}
