//! What this rank does and has done, kept up to date by every call.

use std::backtrace::Backtrace;
use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use foldhash::fast::FixedState;

use crate::calls::WORDS;
use crate::state::{
    Channel, Collective, Comm, Lock, Needs, Rank, Receive, Stage, Terms, Wait,
};

mod messages;
pub mod summary;
mod told;

use summary::Summary;

/// How many of the last collectives are remembered.
const RECENT: usize = 32;

/// A handle of MPI as its bytes: pointers in Open MPI, numbers in MPICH.
pub type Handle = u64;

type Map<K, V> = HashMap<K, V, FixedState>;

/// Whether calls are looked at.
static WATCHING: AtomicBool = AtomicBool::new(false);

static LIVE: Mutex<Option<Live>> = Mutex::new(None);

/// What this rank does and has done.
#[derive(Default)]
pub struct Live {
    pub rank: Rank,
    /// Sends are synchronous, collectives synchronise, calls remember their lines.
    pub strict: bool,
    /// The world once more, for nobody but us.
    pub own: Option<mpi::ffi::MPI_Comm>,
    /// The thread that has started MPI.
    pub thread: libc::pthread_t,
    /// How long the rank has stood still, in limits: the watcher knows.
    pub still: f64,
    pub moves: u64,
    stage: Stage,
    call: &'static str,
    any: bool,
    waits: Vec<Waiting>,
    requests: Map<Handle, Request>,
    posted: u64,
    known: Map<Handle, Member>,
    /// The last one that was used for a message, and its number and peers.
    latest: (Handle, Comm, Arc<Vec<Rank>>),
    begun: Map<Comm, u64>,
    recent: VecDeque<(Collective, Stack)>,
    sent: Map<Channel, (u64, Stack)>,
    got: Map<Channel, u64>,
    locks: Vec<Lock>,
    /// The origins for which a window is exposed, and the targets that are accessed.
    pub exposed: Map<Handle, Arc<Vec<Rank>>>,
    pub accessed: Map<Handle, Arc<Vec<Rank>>>,
    /// Messages that a matched probe has taken out of the queue.
    probed: Map<Handle, Channel>,
    /// More happens here than is followed: such a rank is never judged.
    pub unknown: bool,
    /// For a tool that asks.
    summary: Summary,
}

type Stack = Option<Arc<Backtrace>>;

/// A communicator or window as this rank sees it.
#[derive(Clone, Debug, Default)]
pub struct Member {
    pub comm: Comm,
    /// The world's rank of each peer: of an intercommunicator, the other side.
    pub peers: Arc<Vec<Rank>>,
    /// All members, both sides.
    pub members: Arc<Vec<Rank>>,
    pub inter: bool,
    /// The communicator on which a strict run compares collectives.
    pub shadow: Option<mpi::ffi::MPI_Comm>,
}

// SAFETY: a handle is a number or an address that MPI alone follows; it is used by
// the thread that MPI was started in.
#[allow(unsafe_code)]
unsafe impl Send for Live {}

/// What a call waits for. What belongs to a request is looked up when asked for.
#[derive(Clone, Debug)]
pub enum Waiting {
    Receive(Receive),
    Probe(Receive),
    Other(Wait),
    Request(Handle),
}

#[derive(Clone, Debug)]
struct Request {
    what: Posted,
    persistent: bool,
    active: bool,
    /// Whether it was started, if it is persistent.
    fresh: bool,
    order: u64,
}

/// What a request stands for.
#[derive(Clone, Debug)]
pub enum Posted {
    Receive(Receive),
    Send(Channel, u64),
    Collective(Wait),
}

thread_local! {
    /// Whether MPI was started in this thread.
    static FIRST: Cell<bool> = const { Cell::new(false) };
}

/// Starts to look at calls; those of a second thread are not followed.
pub fn start(live: Live) {
    FIRST.set(true);
    *lock() = Some(live);
    WATCHING.store(true, Ordering::Release);
}

/// From now on calls pass unseen.
pub fn stop() {
    WATCHING.store(false, Ordering::Release);
}

/// Whether calls are looked at.
pub fn is_watching() -> bool {
    WATCHING.load(Ordering::Acquire)
}

fn lock() -> MutexGuard<'static, Option<Live>> {
    LIVE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// What a call of MPI does to the record of this rank, if calls are looked at.
pub fn with<T>(record: impl FnOnce(&mut Live) -> T) -> Option<T> {
    peek(|live| {
        live.unknown |= !FIRST.get();
        record(live)
    })
}

/// The same for the watcher, which makes no call.
pub fn peek<T>(look: impl FnOnce(&mut Live) -> T) -> Option<T> {
    if !is_watching() {
        return None;
    }
    lock().as_mut().map(look)
}

/// A blocking call: from `enter` until it is dropped.
pub struct InCall(());

/// This thread is about to enter `call`; `waits` says what it waits for there.
pub fn enter(call: &'static str, waits: impl FnOnce(&mut Live)) -> Option<InCall> {
    with(|live| {
        live.begin(call);
        waits(live);
        live.stage = Stage::Blocked;
        InCall(())
    })
}

impl InCall {
    /// The call is over; `record` says what it has brought. Locking once is cheaper.
    pub fn leave(self, record: impl FnOnce(&mut Live)) {
        mem::forget(self);
        peek(|live| {
            record(live);
            live.leave();
        });
    }
}

impl Drop for InCall {
    fn drop(&mut self) {
        peek(Live::leave);
    }
}

impl Live {
    /// The record of a rank that has just started MPI in this thread.
    pub fn new(rank: Rank, strict: bool, thread: libc::pthread_t) -> Self {
        Self { rank, strict, thread, summary: Summary::of(rank), ..Self::default() }
    }

    fn begin(&mut self, call: &'static str) {
        self.moves += 1;
        self.call = call;
        self.any = false;
        self.waits.clear();
    }

    fn leave(&mut self) {
        self.moves += 1;
        self.stage = Stage::Free;
        self.waits.clear();
    }

    /// Whether this rank may stand still, and does not compute.
    pub fn waits_or_polls(&self) -> bool {
        self.stage != Stage::Free
    }

    /// Whether this rank is in a collective.
    pub fn is_in_collective(&self) -> bool {
        self.waits
            .iter()
            .any(|waiting| matches!(waiting, Waiting::Other(Wait::Collective { .. })))
    }

    /// The rank is in MPI_Finalize, or has left without it.
    pub fn end(&mut self, call: &'static str) {
        self.begin(call);
        self.stage = Stage::Ended;
    }

    fn stack(&self) -> Stack {
        self.strict.then(|| Arc::new(Backtrace::force_capture()))
    }

    /// This call waits for one of several things.
    pub fn any(&mut self) {
        self.any = true;
    }

    /// This call waits for one thing more.
    pub fn wait(&mut self, what: Waiting) {
        self.waits.push(what);
    }

    // ---- Communicators -------------------------------------------------------

    /// A communicator or window; one without members if it is not known.
    pub fn member(&self, handle: Handle) -> Member {
        self.known.get(&handle).cloned().unwrap_or_default()
    }

    pub fn know(&mut self, handle: Handle, member: Member) {
        self.latest = Default::default();
        self.known.insert(handle, member);
    }

    pub fn forget(&mut self, handle: Handle) -> Option<Member> {
        self.latest = Default::default();
        self.known.remove(&handle)
    }

    /// The number of a communicator or window that is made of `parent`, the same
    /// on all of its members.
    pub fn child(&self, parent: Comm, members: &[Rank], salt: u64) -> Comm {
        let begun = self.begun.get(&parent).copied().unwrap_or_default();
        let mut hash = parent ^ salt;
        for word in members.iter().map(|&rank| rank as u64).chain([begun]) {
            hash = (hash ^ word.wrapping_add(1)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            hash ^= hash >> 29;
        }
        hash
    }

    /// How many communicators of the same members were made before.
    pub fn namesakes(&mut self, members: &[Rank]) -> u64 {
        let number = self.child(0, members, 0);
        let made = self.begun.entry(number).or_default();
        *made += 1;
        *made
    }

    fn world_rank(&mut self, comm: Handle, rank: i32) -> Option<(Comm, Rank)> {
        if self.latest.0 != comm {
            let member = self.known.get(&comm)?;
            self.latest = (comm, member.comm, member.peers.clone());
        }
        let rank = self.latest.2.get(usize::try_from(rank).ok()?)?;
        Some((self.latest.1, *rank))
    }

    // ---- Collectives ---------------------------------------------------------

    /// One collective more of a communicator or window.
    pub fn collective(
        &mut self,
        handle: Handle,
        call: &'static str,
        needs: Needs,
        terms: Terms,
    ) -> Option<Wait> {
        let comm = self.known.get(&handle)?.comm;
        let begun = self.begun.entry(comm).or_default();
        *begun += 1;
        let nth = *begun;
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        let stack = self.stack();
        let ours = Collective { comm, nth, call: call.to_owned(), terms };
        self.recent.push_back((ours, stack));
        let needs = if self.strict { Needs::All } else { needs };
        Some(Wait::Collective { comm, nth, needs })
    }

    /// The last collective in the words in which ranks compare it.
    pub fn last(&self) -> [u64; WORDS] {
        let Some((ours, _)) = self.recent.back() else { return [0; WORDS] };
        let name = ours
            .call
            .bytes()
            .fold(0, |hash: u64, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
        let Terms { root, operation, bytes } = ours.terms;
        let number = |known: Option<usize>| known.map_or(u64::MAX, |known| known as u64);
        [ours.nth, name, number(root), number(operation), bytes.unwrap_or(u64::MAX)]
    }

    // ---- Windows -------------------------------------------------------------

    pub fn lock(&mut self, lock: Lock) {
        self.locks.push(lock);
    }

    pub fn locked(&self, window: Comm, target: Option<Rank>) -> Vec<Lock> {
        let mine = |lock: &&Lock| {
            lock.window == window && target.is_none_or(|target| target == lock.target)
        };
        self.locks.iter().filter(mine).copied().collect()
    }

    pub fn unlock(&mut self, window: Comm, target: Option<Rank>) {
        self.locks.retain(|lock| {
            lock.window != window || target.is_some_and(|target| target != lock.target)
        });
    }
}
