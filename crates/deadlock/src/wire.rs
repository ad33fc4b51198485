//! The sockets over which ranks tell their states: each has one to rank 0.

use std::hash::{BuildHasher, RandomState};
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};
use std::{env, thread};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What rank 0 decides for all, and where it listens.
#[derive(Debug, Serialize, Deserialize)]
pub struct Settings {
    /// Whether sends are synchronous and collectives synchronise.
    pub strict: bool,
    /// How long a rank must stand still before anybody asks.
    pub limit: Duration,
    /// Whoever does not know it is none of the job.
    pub secret: u64,
    port: u16,
    addresses: Vec<IpAddr>,
}

/// How long to wait for an answer: who is stopped gives none, and is not judged.
const PATIENCE: Duration = Duration::from_secs(1);

impl Settings {
    /// The size of the buffer in which settings travel.
    pub const BYTES: usize = 2048;

    /// Decides on rank 0; `told` stays empty if nobody is to watch.
    ///
    /// `DEADLOCK_WATCH=0` switches the watcher off, `STRICT=1` makes the run strict, and
    /// `DEADLOCK_LIMIT_MS` sets how long a rank must stand still.
    pub fn decide(told: &mut [u8]) -> Option<TcpListener> {
        let number =
            |name| env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
        if number("DEADLOCK_WATCH") == Some(0) {
            return None;
        }
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
        listener.set_nonblocking(true).ok()?;
        let settings = Self {
            strict: number("STRICT").is_some_and(|strict| strict != 0),
            limit: Duration::from_millis(number("DEADLOCK_LIMIT_MS").unwrap_or(1000)),
            secret: RandomState::new().hash_one(Instant::now()),
            port: listener.local_addr().ok()?.port(),
            addresses: addresses(),
        };
        let text = serde_json::to_vec(&settings).ok()?;
        told.get_mut(..text.len())?.copy_from_slice(&text);
        Some(listener)
    }

    /// What rank 0 has decided; `None` if nobody is to watch.
    pub fn from_bytes(told: &[u8]) -> Option<Self> {
        let text = told.split(|byte| *byte == 0).next()?;
        serde_json::from_slice(text).ok()
    }

    /// A connection to rank 0.
    pub fn connect(&self, rank: usize) -> Option<TcpStream> {
        let here = [IpAddr::V4(Ipv4Addr::LOCALHOST)];
        // A rank on this machine reaches rank 0 by any address; another machine's
        // port of the same number does not know the secret.
        let places = here.iter().chain(&self.addresses);
        places.copied().find_map(|address| {
            let place = SocketAddr::new(address, self.port);
            let mut stream = TcpStream::connect_timeout(&place, 5 * PATIENCE).ok()?;
            stream.set_nodelay(true).ok()?;
            say(&mut stream, &(self.secret, rank)).ok()?;
            stream.set_read_timeout(Some(5 * PATIENCE)).ok()?;
            let mut welcome = [0; 3];
            stream.read_exact(&mut welcome).ok()?;
            stream.set_read_timeout(None).ok()?;
            Some(stream)
        })
    }
}

/// The addresses of this machine, without its own name for itself.
#[allow(unsafe_code)]
fn addresses() -> Vec<IpAddr> {
    let mut found = Vec::new();
    // SAFETY: getifaddrs makes a list that is ours until freeifaddrs; an entry's address
    // has the type that its family says.
    unsafe {
        let mut list: *mut libc::ifaddrs = std::ptr::null_mut();
        if libc::getifaddrs(&mut list) != 0 {
            return found;
        }
        let mut entry = list;
        while !entry.is_null() {
            let address = (*entry).ifa_addr;
            if !address.is_null() && i32::from((*address).sa_family) == libc::AF_INET {
                let address = *address.cast::<libc::sockaddr_in>();
                let address = Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr));
                found.push(IpAddr::V4(address));
            }
            entry = (*entry).ifa_next;
        }
        libc::freeifaddrs(list);
    }
    found.retain(|address| !address.is_loopback());
    found.truncate(16);
    found
}

/// Sends one line.
pub fn say(stream: &mut TcpStream, what: &impl Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    let mut rest = &line[..];
    while !rest.is_empty() {
        match stream.write(rest) {
            Ok(written) => rest = &rest[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What rank 0 asks, with a number that the answer repeats.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Question {
    /// The rank's state.
    State(u64),
    /// The student's lines.
    Lines(u64),
}

/// What a rank says to rank 0.
#[derive(Debug, Serialize, Deserialize)]
pub enum Said<T> {
    /// It stands still.
    Still,
    /// The answer to a question.
    Answer(u64, T),
}

/// Rank 0's end of a connection.
pub struct Peer {
    /// The other end's rank.
    pub rank: usize,
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Peer {
    /// Whoever has connected, if it knows the secret.
    pub fn welcome(mut stream: TcpStream, secret: u64) -> Option<Self> {
        stream.set_nonblocking(false).ok()?;
        stream.set_nodelay(true).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let mut line = Vec::new();
        let mut byte = [0];
        while line.len() < 64 && stream.read_exact(&mut byte).is_ok() && byte != *b"\n" {
            line.push(byte[0]);
        }
        let (known, rank): (u64, usize) = serde_json::from_slice(&line).ok()?;
        if known != secret {
            return None;
        }
        stream.write_all(b"ok\n").ok()?;
        stream.set_nonblocking(true).ok()?;
        Some(Self { rank, stream, unread: Vec::new() })
    }

    /// Asks something.
    pub fn ask(&mut self, question: Question) {
        let _ = say(&mut self.stream, &question);
    }

    /// The lines that have come.
    fn lines(&mut self) -> Vec<Vec<u8>> {
        let mut piece = [0; 16384];
        while let Ok(count @ 1..) = self.stream.read(&mut piece) {
            self.unread.extend_from_slice(&piece[..count]);
        }
        let whole =
            self.unread.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let lines: Vec<u8> = self.unread.drain(..whole).collect();
        lines.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
    }

    /// Whether the rank has said that it stands still.
    pub fn stands_still(&mut self) -> bool {
        let still = |line: &Vec<u8>| {
            matches!(serde_json::from_slice::<Said<()>>(line), Ok(Said::Still))
        };
        self.lines().iter().any(still)
    }
}

/// The answers of all peers to a question, by rank; those who are stopped give none.
pub fn answers<T: DeserializeOwned>(
    peers: &mut [Peer],
    question: Question,
    patience: u32,
) -> Vec<(usize, T)> {
    let (Question::State(asked) | Question::Lines(asked)) = question;
    peers.iter_mut().for_each(|peer| peer.ask(question));
    let end = Instant::now() + patience * PATIENCE;
    let mut answers: Vec<(usize, T)> = Vec::new();
    while answers.len() < peers.len() && Instant::now() < end {
        for peer in peers.iter_mut() {
            for line in peer.lines() {
                match serde_json::from_slice(&line) {
                    Ok(Said::Answer(number, answer)) if number == asked => {
                        answers.push((peer.rank, answer));
                    }
                    _ => {}
                }
            }
        }
        thread::sleep(Duration::from_millis(1));
    }
    answers
}
