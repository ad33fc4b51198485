//! The watchers: a thread of each rank that sees it stand still, and the judge on rank 0.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::graph::{Verdict, judge};
use crate::state::{Lines, Stage, State};
pub use crate::wire::Settings;
use crate::wire::{Peer, Question, Said, answers, say};
use crate::{explain, lines, live};

/// The status of a job that stood still.
pub const STOOD_STILL: libc::c_int = 124;

/// A rank looks at itself so many times in a limit.
const LOOKS: u32 = 10;

/// A rank that waits has had so much of its processor, or it is not known to wait: on
/// a crowded machine it may not have run since its message came.
const TURN: Duration = Duration::from_millis(5);

/// Tells the user; a program may have its own way.
pub type Say = fn(&str);

static SAY: OnceLock<Say> = OnceLock::new();

static LIMIT: OnceLock<Duration> = OnceLock::new();

static AT_ONCE: AtomicBool = AtomicBool::new(false);

/// The job's time limit, once it has passed.
static OVER: OnceLock<Duration> = OnceLock::new();

/// From now on `say` tells the user why a job has come to its end.
pub fn say_with(say: Say) {
    let _ = SAY.set(say);
}

/// This rank knows already that something is wrong: the states shall meet now.
pub fn ask_at_once() {
    AT_ONCE.store(true, Ordering::SeqCst);
}

/// Waits as long as it takes the others to stand still and be judged.
pub fn wait_for_verdict() {
    let limit = LIMIT.get().copied().unwrap_or_default();
    thread::sleep((5 * limit).max(Duration::from_secs(4)));
}

/// Ends the job after `limit`, with status 124 and what each rank does then. To be called
/// on rank 0.
///
/// Naps are counted, not the time on the clock: a job that is stopped and goes on has not
/// used its time up.
pub fn end_after(limit: Duration) {
    thread::spawn(move || {
        let mut left = limit;
        while !left.is_zero() {
            let nap = left.min(Duration::from_millis(100));
            thread::sleep(nap);
            left -= nap;
        }
        let _ = OVER.set(limit);
        if live::is_watching() {
            // The judge ends the job as soon as it knows what the ranks do.
            thread::sleep(Duration::from_secs(12));
        }
        tell_user(&explain::over(limit, &[], &[]));
        exit_at_once();
    });
}

/// Starts the threads of this rank.
pub fn begin(
    settings: Settings,
    rank: usize,
    size: usize,
    listener: Option<TcpListener>,
) {
    let _ = LIMIT.set(settings.limit);
    let builder = thread::Builder::new().name("deadlock".to_owned());
    let _ = match listener {
        Some(listener) => {
            builder.spawn(move || Judge::new(settings, size, listener).run())
        }
        None => builder.spawn(move || {
            let _ = answer(&settings, rank);
        }),
    };
}

/// Answers what rank 0 asks, and tells it when this rank stands still.
fn answer(settings: &Settings, rank: usize) -> Option<()> {
    let stream = settings.connect(rank)?;
    let reader = BufReader::new(stream.try_clone().ok()?);
    let writer = std::sync::Arc::new(Mutex::new(stream));
    let (limit, teller) = (settings.limit, writer.clone());
    thread::spawn(move || {
        let mut look = Look::new(limit);
        while live::is_watching() {
            thread::sleep(limit / LOOKS);
            if look.again() && tell(&teller, &Said::<()>::Still).is_none() {
                return;
            }
        }
    });
    for line in reader.lines() {
        match serde_json::from_str(&line.ok()?).ok()? {
            Question::State(number) => {
                let state = live::peek(|live| live.state()).unwrap_or_default();
                tell(&writer, &Said::Answer(number, state))?;
            }
            Question::Lines(number) => tell(&writer, &Said::Answer(number, own_lines()))?,
        }
    }
    None
}

fn tell(stream: &Mutex<TcpStream>, what: &impl serde::Serialize) -> Option<()> {
    say(&mut *stream.lock().ok()?, what).ok()
}

fn own_lines() -> Lines {
    let known = live::peek(|live| (live.thread, live.lines()));
    let Some((thread, known)) = known else { return Lines::default() };
    Lines { here: lines::of_thread(thread), ..known }
}

/// How long this rank has stood still.
struct Look {
    limit: Duration,
    moves: u64,
    looks: u32,
    turn: Duration,
    /// When to tell the next time, in limits: ever more seldom.
    next: f64,
}

impl Look {
    fn new(limit: Duration) -> Self {
        Self { limit, moves: 0, looks: 0, turn: Duration::ZERO, next: 1.0 }
    }

    /// Looks once more; returns whether the others should be asked.
    fn again(&mut self) -> bool {
        if AT_ONCE.load(Ordering::SeqCst) {
            return true;
        }
        let still = live::peek(|live| {
            let turn = processor_time(live.thread);
            if live.moves != self.moves {
                *self = Self { moves: live.moves, turn, ..Self::new(self.limit) };
            } else if live.waits_or_polls() {
                // Looks are counted, not seconds: a job that is stopped and goes on
                // has not stood still.
                self.looks += 1;
            }
            let has_run = turn.saturating_sub(self.turn) >= TURN.min(self.limit / 20);
            live.still =
                if has_run { f64::from(self.looks) / f64::from(LOOKS) } else { 0.0 };
            live.still
        });
        let due = still.is_some_and(|still| still >= self.next);
        if due {
            self.next += self.next.min(16.0);
        }
        due
    }
}

/// How long a thread has had a processor.
#[allow(unsafe_code)]
fn processor_time(thread: libc::pthread_t) -> Duration {
    // SAFETY: the thread that has started MPI lives as long as the rank; both calls write to
    // the places given.
    unsafe {
        let (mut clock, mut time) = (0, std::mem::zeroed::<libc::timespec>());
        libc::pthread_getcpuclockid(thread, &mut clock);
        libc::clock_gettime(clock, &mut time);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }
}

/// The thread of rank 0 that asks all ranks and judges.
struct Judge {
    settings: Settings,
    size: usize,
    listener: TcpListener,
    peers: Vec<Peer>,
    asked: u64,
    noted: bool,
}

impl Judge {
    fn new(settings: Settings, size: usize, listener: TcpListener) -> Self {
        Self { settings, size, listener, peers: Vec::new(), asked: 0, noted: false }
    }

    fn run(mut self) {
        let mut look = Look::new(self.settings.limit);
        while live::is_watching() {
            thread::sleep(self.settings.limit / LOOKS);
            while let Ok((stream, _)) = self.listener.accept() {
                self.peers.extend(Peer::welcome(stream, self.settings.secret));
            }
            let still = self
                .peers
                .iter_mut()
                .filter_map(|peer| peer.stands_still().then_some(()));
            if look.again() | (still.count() > 0) {
                self.judge();
            }
            if let Some(limit) = OVER.get() {
                let (states, lines) = (self.states(), self.lines());
                tell_user(&explain::over(*limit, &states, &lines));
                exit_at_once();
            }
        }
    }

    /// Asks all, and again: there is a verdict only if nothing moved in between.
    fn judge(&mut self) {
        let first = self.states();
        let found = judge(&first, false);
        let polled = judge(&first, true).filter(|_| found.is_none() && !self.noted);
        let Some(verdict) = found.clone().or(polled) else { return };
        thread::sleep(self.settings.limit / LOOKS);
        let second = self.states();
        if judge(&second, found.is_none()).as_ref() != Some(&verdict)
            || !is_unmoved(&verdict, &first, &second)
        {
            return;
        }
        let lines = self.lines();
        if found.is_some() {
            tell_user(&explain::text(&second, &verdict, &lines));
            exit_at_once();
        }
        self.noted = true;
        eprintln!("{}", explain::note(&second, &verdict, &lines));
    }

    fn states(&mut self) -> Vec<State> {
        self.asked += 1;
        let mut states = vec![State::default(); self.size];
        states[0] = live::peek(|live| live.state()).unwrap_or_default();
        for (rank, state) in answers(&mut self.peers, Question::State(self.asked), 1) {
            states[rank] = state;
        }
        states
    }

    fn lines(&mut self) -> Vec<Lines> {
        self.asked += 1;
        let mut lines = vec![Lines::default(); self.size];
        lines[0] = own_lines();
        for (rank, known) in answers(&mut self.peers, Question::Lines(self.asked), 5) {
            lines[rank] = known;
        }
        lines
    }
}

/// Whether the ranks of a verdict, and those that have ended, are where they were.
fn is_unmoved(verdict: &Verdict, first: &[State], second: &[State]) -> bool {
    let Verdict::Stuck(stuck) = verdict else { return true };
    (0..first.len())
        .filter(|rank| stuck.contains(rank) || second[*rank].stage == Stage::Ended)
        .all(|rank| {
            let (first, second) = (&first[rank], &second[rank]);
            (first.moves, first.stage) == (second.moves, second.stage)
        })
}

/// Tells the user; nothing is looked at any more.
pub fn tell_user(text: &str) {
    live::stop();
    match SAY.get() {
        Some(say) => say(text),
        None => {
            eprintln!("{text}");
            wait_until_read();
        }
    }
}

/// Waits until the launcher has read what was printed, a second at most: MPICH's ends as
/// soon as it hears that a rank has failed, and what it has not read by then is lost.
pub fn wait_until_read() {
    let end = Instant::now() + Duration::from_secs(1);
    for file in [libc::STDOUT_FILENO, libc::STDERR_FILENO] {
        while unread(file) > 0 && Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// How many bytes wait in a pipe; 0 if it is none.
#[allow(unsafe_code)]
fn unread(file: libc::c_int) -> libc::c_int {
    let mut unread = 0;
    // SAFETY: both calls write to the places given, of the types that they ask for.
    unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        let is_pipe = libc::fstat(file, &mut stat) == 0
            && stat.st_mode & libc::S_IFMT == libc::S_IFIFO;
        if is_pipe {
            libc::ioctl(file, libc::FIONREAD, &mut unread);
        }
    }
    unread
}

/// Ends the job from the judge's thread, while others of this process are in MPI.
///
/// Open MPI has hung in MPI_Abort there, but its launcher ends the job with the status of
/// the first rank that fails. MPICH's returns the status of a rank that it killed,
/// unless MPI_Abort tells it better.
#[allow(unsafe_code)]
fn exit_at_once() -> ! {
    if crate::calls::is_mpich() {
        crate::calls::abort(STOOD_STILL);
    }
    // SAFETY: nothing of this process is needed any more.
    unsafe { libc::_exit(STOOD_STILL) }
}
