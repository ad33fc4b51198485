//! What this rank has sent and received, for a tool that asks with `PCR_WITNESS=FOLDER`.
//!
//! `FOLDER/messages-R.json` of rank R is written in MPI_Finalize, if the job is watched. It
//! has `rank`, `ranks`, the number of `runs`, and the traffic twice: `in_runs` is that
//! of the timed runs and their warm-ups, so of the exercise itself; `outside` is that of
//! the start, the records and the end.
//!
//! | field | means |
//! |---|---|
//! | `bytes_received` | from other ranks, in messages and collectives |
//! | `sent`, `received` | by `peer`, a rank of the world: `messages`, `bytes`, `line` |
//! | `collectives` | by `call`: `calls`, `bytes`, `line` |
//!
//! The bytes of a collective are those that it brings to this rank from the others: the
//! root of a broadcast gets none. What does not block counts once it is completed, and
//! `line` is where the last one was called, or completed; in a strict run only. One-sided
//! messages and the collectives of intercommunicators are left out.
//!
//! `DEADLOCK_DELAY=R:MS` has rank R sleep for so long before each message and
//! collective of a run. Whoever relies on an order of arrival then gets another one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, fs, io, thread};

use serde_json::{Value, json};

use super::{Handle, Live, Map, Stack};
use crate::lines;
use crate::state::{Channel, Rank, WORLD};

/// Whether anybody asks for anything here; otherwise a call is told so by one load.
static IS_ON: AtomicBool = AtomicBool::new(false);
static IS_RUNNING: AtomicBool = AtomicBool::new(false);
static DELAY: OnceLock<Duration> = OnceLock::new();

/// What this rank has sent and received.
#[derive(Default)]
pub struct Summary {
    /// Where it is written; nothing is recorded without.
    folder: Option<PathBuf>,
    runs: u64,
    in_runs: Traffic,
    outside: Traffic,
    /// The bytes of the message that is counted next, either way.
    outgoing: u64,
    incoming: u64,
    /// The bytes that a persistent send sends each time.
    persistent: Map<Handle, u64>,
    /// Collectives that are not completed.
    pending: Map<Handle, (&'static str, u64)>,
}

#[derive(Default)]
struct Traffic {
    sent: BTreeMap<Rank, Count>,
    received: BTreeMap<Rank, Count>,
    collectives: BTreeMap<&'static str, Count>,
}

#[derive(Default)]
struct Count {
    times: u64,
    bytes: u64,
    stack: Stack,
}

/// Whether anybody asks for the bytes of a message.
pub fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

/// A timed run, from [`run`] until it is dropped.
pub struct Run(());

/// A run begins: its messages are the exercise's.
#[must_use]
pub fn run() -> Run {
    super::peek(|live| live.summary.runs += 1);
    IS_RUNNING.store(true, Ordering::Relaxed);
    Run(())
}

impl Drop for Run {
    fn drop(&mut self) {
        IS_RUNNING.store(false, Ordering::Relaxed);
    }
}

/// Sleeps if this rank is to be late.
pub fn delay() {
    if let Some(delay) = DELAY.get().filter(|_| IS_RUNNING.load(Ordering::Relaxed)) {
        thread::sleep(*delay);
    }
}

/// How long `rank` sleeps if `text` is `R:MS`.
fn delay_of(rank: Rank, text: &str) -> Option<Duration> {
    let (who, ms) = text.split_once(':')?;
    let is_ours = who.parse() == Ok(rank);
    ms.parse().ok().filter(|_| is_ours).map(Duration::from_millis)
}

impl Summary {
    /// What the environment asks of `rank`.
    pub fn of(rank: Rank) -> Self {
        let folder = env::var_os("PCR_WITNESS").filter(|folder| !folder.is_empty());
        let delay = env::var("DEADLOCK_DELAY").ok();
        let delay = delay.and_then(|text| delay_of(rank, &text));
        IS_ON.store(folder.is_some() || delay.is_some(), Ordering::Relaxed);
        if let Some(delay) = delay {
            let _ = DELAY.set(delay);
        }
        Self { folder: folder.map(PathBuf::from), ..Self::default() }
    }

    fn traffic(&mut self) -> Option<&mut Traffic> {
        self.folder.as_ref()?;
        let is_running = IS_RUNNING.load(Ordering::Relaxed);
        Some(if is_running { &mut self.in_runs } else { &mut self.outside })
    }

    fn page(&self, rank: Rank, ranks: usize) -> Value {
        json!({
            "rank": rank,
            "ranks": ranks,
            "runs": self.runs,
            "in_runs": self.in_runs.value(rank),
            "outside": self.outside.value(rank),
        })
    }

    /// Writes the file, whole or not at all.
    fn write(&self, folder: &Path, rank: Rank, ranks: usize) -> io::Result<()> {
        let [part, whole] = ["part", "json"]
            .map(|ending| folder.join(format!("messages-{rank}.{ending}")));
        fs::create_dir_all(folder)?;
        fs::write(&part, self.page(rank, ranks).to_string())?;
        fs::rename(part, whole)
    }
}

impl Traffic {
    fn value(&self, rank: Rank) -> Value {
        let others = self.received.iter().filter(|(peer, _)| **peer != rank);
        let all = others.map(|(_, count)| count).chain(self.collectives.values());
        let by_peer = |peers: &BTreeMap<Rank, Count>| {
            let peers = peers.iter();
            let peers = peers.map(|(peer, count)| count.value("peer", *peer, "messages"));
            peers.collect::<Vec<_>>()
        };
        let calls = self.collectives.iter();
        let calls = calls.map(|(call, count)| count.value("call", *call, "calls"));
        json!({
            "bytes_received": all.map(|count| count.bytes).sum::<u64>(),
            "sent": by_peer(&self.sent),
            "received": by_peer(&self.received),
            "collectives": calls.collect::<Vec<_>>(),
        })
    }
}

impl Count {
    fn add(&mut self, bytes: u64, stack: Stack) {
        self.times += 1;
        self.bytes += bytes;
        self.stack = stack;
    }

    fn value(&self, key: &str, of: impl Into<Value>, times: &str) -> Value {
        let line = self.stack.as_deref().and_then(lines::in_exercise);
        json!({ key: of.into(), times: self.times, "bytes": self.bytes, "line": line })
    }
}

impl Live {
    /// The next message that is sent has so many bytes.
    pub fn outgoing(&mut self, bytes: u64) {
        self.summary.outgoing = bytes;
    }

    /// The next message that is received has so many bytes.
    pub fn incoming(&mut self, bytes: u64) {
        self.summary.incoming = bytes;
    }

    /// A message is sent.
    pub(super) fn sum_up_send(&mut self, to: Channel, stack: &Stack) {
        let bytes = self.summary.outgoing;
        // A window's messages have negative tags.
        if let Some(traffic) = self.summary.traffic().filter(|_| to.tag >= 0) {
            traffic.sent.entry(to.peer).or_default().add(bytes, stack.clone());
        }
    }

    /// A message has come.
    pub(super) fn sum_up_received(&mut self, from: Channel) {
        if self.summary.folder.is_none() || from.tag < 0 {
            return;
        }
        let (bytes, stack) = (self.summary.incoming, self.stack());
        if let Some(traffic) = self.summary.traffic() {
            traffic.received.entry(from.peer).or_default().add(bytes, stack);
        }
    }

    /// A persistent send will send what goes out next.
    pub(super) fn remember_bytes(&mut self, handle: Handle) {
        if self.summary.folder.is_some() {
            self.summary.persistent.insert(handle, self.summary.outgoing);
        }
    }

    /// A persistent send sends once more.
    pub(super) fn recall_bytes(&mut self, handle: Handle) {
        let bytes = self.summary.persistent.get(&handle);
        self.summary.outgoing = bytes.copied().unwrap_or_default();
    }

    /// A collective brings so many bytes.
    pub fn sum_up_collective(&mut self, call: &'static str, bytes: u64) {
        let stack = self.recent.back().and_then(|(_, stack)| stack.clone());
        if let Some(traffic) = self.summary.traffic() {
            traffic.collectives.entry(call).or_default().add(bytes, stack);
        }
    }

    /// A collective will bring so many bytes, once its request is completed.
    pub fn expect_collective(&mut self, handle: Handle, call: &'static str, bytes: u64) {
        if self.summary.folder.is_some() {
            self.summary.pending.insert(handle, (call, bytes));
        }
    }

    /// A request is completed: perhaps that of a collective.
    pub(super) fn sum_up_completed(&mut self, handle: Handle) {
        if let Some((call, bytes)) = self.summary.pending.remove(&handle) {
            let stack = self.stack();
            if let Some(traffic) = self.summary.traffic() {
                traffic.collectives.entry(call).or_default().add(bytes, stack);
            }
        }
    }

    /// Writes what this rank has sent and received, if anybody asked for it.
    pub fn write_summary(&self) {
        if let Some(folder) = &self.summary.folder {
            let world = self.known.values().find(|member| member.comm == WORLD);
            let ranks = world.map_or(0, |world| world.members.len());
            // Whoever looks for the file sees that there is none.
            let _ = self.summary.write(folder, self.rank, ranks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(peer: Rank, tag: i32) -> Channel {
        Channel { comm: 1, peer, tag }
    }

    #[test]
    fn a_delay_is_for_one_rank() {
        let ms = |ms| Some(Duration::from_millis(ms));
        for (rank, text, expected) in [
            (1, "1:50", ms(50)),
            (0, "1:50", None),
            (1, "1", None),
            (1, "x:50", None),
            (1, "1:x", None),
            (1, "", None),
        ] {
            assert_eq!(delay_of(rank, text), expected, "{rank}: {text}");
        }
    }

    #[test]
    fn messages_and_collectives_are_added_up() {
        let mut live = Live { rank: 2, ..Live::default() };
        live.outgoing(7);
        live.sum_up_send(channel(0, 3), &None);
        assert_eq!(live.summary.page(2, 4)["outside"]["sent"], json!([]), "not asked");

        live.summary.folder = Some(PathBuf::new());
        for (peer, tag, bytes) in [(0, 3, 7), (0, 4, 1), (2, 0, 50), (1, -101, 9)] {
            live.outgoing(bytes);
            live.sum_up_send(channel(peer, tag), &None);
            live.incoming(10 * bytes);
            live.sum_up_received(channel(peer, tag));
        }
        live.outgoing(5);
        live.remember_bytes(77);
        live.outgoing(0);
        live.recall_bytes(77);
        live.sum_up_send(channel(3, 0), &None);
        live.sum_up_collective("MPI_Bcast", 800);
        live.sum_up_collective("MPI_Bcast", 200);
        live.expect_collective(88, "MPI_Ibcast", 4000);
        live.expect_collective(99, "MPI_Ibcast", 9000);
        live.sum_up_completed(88);
        live.sum_up_completed(88);

        let page = live.summary.page(2, 4);
        let message = |peer: Rank, messages: u64, bytes: u64| json!({"peer": peer, "messages": messages, "bytes": bytes, "line": null});
        let call = |call: &str, calls: u64, bytes: u64| json!({"call": call, "calls": calls, "bytes": bytes, "line": null});
        // A message to oneself is no message from another rank.
        let expected = json!({
            "bytes_received": 80 + 1000 + 4000,
            "sent": [message(0, 2, 8), message(2, 1, 50), message(3, 1, 5)],
            "received": [message(0, 2, 80), message(2, 1, 500)],
            "collectives": [call("MPI_Bcast", 2, 1000), call("MPI_Ibcast", 1, 4000)],
        });
        assert_eq!(page["outside"], expected);
        assert_eq!(page["in_runs"]["bytes_received"], 0);
    }
}
