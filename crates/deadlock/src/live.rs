//! What this rank does and has done, kept up to date by every call.

use std::backtrace::Backtrace;
use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use foldhash::fast::FixedState;

use crate::calls::WORDS;
use crate::lines;
use crate::state::{
    Channel, Collective, Comm, Group, Lines, Lock, Needs, Rank, Receive, Stage, State,
    Terms, Wait,
};

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

impl Drop for InCall {
    fn drop(&mut self) {
        with(Live::leave);
    }
}

impl Live {
    /// The record of a rank that has just started MPI in this thread.
    pub fn new(rank: Rank, strict: bool, thread: libc::pthread_t) -> Self {
        Self { rank, strict, thread, ..Self::default() }
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
        self.known.insert(handle, member);
    }

    pub fn forget(&mut self, handle: Handle) -> Option<Member> {
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

    fn world_rank(&self, comm: Handle, rank: i32) -> Option<(Comm, Rank)> {
        let member = self.known.get(&comm)?;
        let rank = member.peers.get(usize::try_from(rank).ok()?)?;
        Some((member.comm, *rank))
    }

    // ---- Messages ------------------------------------------------------------

    /// One message more to `to`; `None` if it goes nowhere.
    pub fn send(&mut self, comm: Handle, to: i32, tag: i32) -> Option<(Channel, u64)> {
        let (comm, peer) = self.world_rank(comm, to)?;
        Some(self.count_send(Channel { comm, peer, tag }))
    }

    /// One message more on a channel.
    pub fn count_send(&mut self, to: Channel) -> (Channel, u64) {
        let stack = self.stack();
        let sent = self.sent.entry(to).or_default();
        sent.0 += 1;
        sent.1 = stack;
        (to, sent.0)
    }

    /// The channel of a send that has not begun.
    pub fn channel(&self, comm: Handle, to: i32, tag: i32) -> Option<Channel> {
        let (comm, peer) = self.world_rank(comm, to)?;
        Some(Channel { comm, peer, tag })
    }

    /// What a receive from `from` takes; `None` if it is from nowhere.
    pub fn receive(&self, comm: Handle, from: i32, tag: i32) -> Option<Receive> {
        let (any_source, any_tag) = crate::calls::any();
        let tag = (tag != any_tag).then_some(tag);
        if from == any_source {
            let comm = self.known.get(&comm)?.comm;
            return Some(Receive { comm, source: None, tag });
        }
        let (comm, source) = self.world_rank(comm, from)?;
        Some(Receive { comm, source: Some(source), tag })
    }

    /// A message has come.
    pub fn received(&mut self, comm: Handle, from: i32, tag: i32) {
        if let Some((comm, peer)) = self.world_rank(comm, from) {
            self.count_received(Channel { comm, peer, tag });
        }
    }

    pub fn count_received(&mut self, from: Channel) {
        *self.got.entry(from).or_default() += 1;
    }

    /// A matched probe has taken a message out of the queue.
    pub fn probed(&mut self, message: Handle, comm: Handle, from: i32, tag: i32) {
        if let Some((comm, peer)) = self.world_rank(comm, from) {
            let channel = Channel { comm, peer, tag };
            self.probed.insert(message, channel);
            self.count_received(channel);
        }
    }

    /// The message of a matched probe is received.
    pub fn unprobed(&mut self, message: Handle) {
        self.probed.remove(&message);
    }

    // ---- Requests ------------------------------------------------------------

    pub fn post(&mut self, handle: Handle, what: Posted, persistent: bool) {
        self.posted += 1;
        let order = self.posted;
        let active = !persistent;
        let request = Request { what, persistent, active, fresh: persistent, order };
        self.requests.insert(handle, request);
    }

    /// A persistent request is started.
    pub fn started(&mut self, handle: Handle) {
        let order = self.posted + 1;
        let Some(request) = self.requests.get_mut(&handle) else { return };
        (request.active, request.fresh) = (true, false);
        (request.order, self.posted) = (order, order);
        if let Posted::Send(to, _) = request.what {
            let sent = self.count_send(to);
            self.requests.get_mut(&handle).expect("just seen").what =
                Posted::Send(sent.0, sent.1);
        }
    }

    /// A request is completed; if it was a receive, by a message of `tag` from `from`.
    pub fn completed(&mut self, handle: Handle, from: i32, tag: i32) {
        let Some(request) = self.requests.get_mut(&handle) else { return };
        let was_active = request.active;
        request.active = false;
        let what = request.what.clone();
        if !request.persistent {
            self.requests.remove(&handle);
        }
        if let (true, Posted::Receive(receive)) = (was_active, what) {
            let mut members = self.known.values();
            let member = members.find(|member| member.comm == receive.comm);
            let peer = usize::try_from(from).ok();
            let peer = peer.and_then(|from| member?.peers.get(from).copied());
            if let Some(peer) = peer {
                self.count_received(Channel { comm: receive.comm, peer, tag });
            }
        }
    }

    /// A request is cancelled. A message that may have come or not is not followed.
    pub fn cancelled(&mut self, handle: Handle) {
        let request = self.requests.remove(&handle);
        self.unknown |= request.is_some_and(|request| !request.what.is_receive());
    }

    /// A request is let go of. When its message comes is not followed.
    pub fn freed(&mut self, handle: Handle) {
        let request = self.requests.remove(&handle);
        self.unknown |=
            request.is_some_and(|request| request.active && request.what.is_receive());
    }

    /// The handle of the request that the call in progress waits for at `index`.
    pub fn waited(&self, index: usize) -> Option<Handle> {
        match self.waits.get(index) {
            Some(Waiting::Request(handle)) => Some(*handle),
            _ => None,
        }
    }

    /// A call that asks whether something has come: `found` says whether it had.
    pub fn poll(
        &mut self,
        call: &'static str,
        found: bool,
        waits: &[Waiting],
        any: bool,
    ) {
        if found {
            self.moves += 1;
            self.stage = Stage::Free;
        } else {
            (self.stage, self.call, self.any) = (Stage::Polls, call, any);
            self.waits.clear();
            self.waits.extend_from_slice(waits);
        }
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

    // ---- What others are told ------------------------------------------------

    /// The state as it travels.
    pub fn state(&self) -> State {
        let mut active: Vec<(&Handle, &Request)> =
            self.requests.iter().filter(|(_, request)| request.active).collect();
        active.sort_by_key(|(_, request)| request.order);
        let receives: Vec<(Handle, Receive)> = active
            .iter()
            .filter_map(|(handle, request)| match request.what {
                Posted::Receive(receive) => Some((**handle, receive)),
                _ => None,
            })
            .collect();
        let waits = self.waits.iter().filter_map(|waiting| match waiting {
            Waiting::Receive(what) => Some(receive(*what, receives.len(), false)),
            Waiting::Probe(what) => Some(receive(*what, receives.len(), true)),
            Waiting::Other(wait) => Some(wait.clone()),
            Waiting::Request(handle) => {
                let request =
                    self.requests.get(handle).filter(|request| request.active)?;
                let place = receives.iter().position(|(known, _)| known == handle);
                Some(request.what.wait(place.unwrap_or_default()))
            }
        });
        let idle = self.requests.values().filter(|request| request.fresh);
        State {
            moves: self.moves,
            stage: if self.unknown { Stage::Free } else { self.stage },
            call: self.call.to_owned(),
            any: self.any,
            waits: waits.collect(),
            still: self.still,
            posted: receives.iter().map(|(_, receive)| *receive).collect(),
            groups: self.groups(),
            recent: self.recent.iter().map(|(known, _)| known.clone()).collect(),
            sent: self
                .sent
                .iter()
                .map(|(channel, (count, _))| (*channel, *count))
                .collect(),
            got: self.got.iter().map(|(channel, count)| (*channel, *count)).collect(),
            locks: self.locks.clone(),
            probed: self.probed.values().copied().collect(),
            unstarted: idle.map(|request| request.what.wait(0)).collect(),
        }
    }

    fn groups(&self) -> Vec<Group> {
        let group = |member: &Member| Group {
            comm: member.comm,
            members: member.members.to_vec(),
            begun: self.begun.get(&member.comm).copied().unwrap_or_default(),
        };
        self.known.values().map(group).collect()
    }

    /// Where the rank stands, and where the calls were that it remembers.
    pub fn lines(&self) -> Lines {
        let line = |stack: &Stack| lines::in_exercise(stack.as_deref()?);
        let sends = self.sent.iter();
        let sends =
            sends.filter_map(|(channel, (_, stack))| Some((*channel, line(stack)?)));
        let collectives = self.recent.iter();
        let collectives = collectives
            .filter_map(|(known, stack)| Some(((known.comm, known.nth), line(stack)?)));
        Lines { here: None, sends: sends.collect(), collectives: collectives.collect() }
    }
}

fn receive(what: Receive, after: usize, probe: bool) -> Wait {
    Wait::Receive { what, after, probe }
}

impl Posted {
    fn is_receive(&self) -> bool {
        matches!(self, Posted::Receive(_))
    }

    fn wait(&self, place: usize) -> Wait {
        match self {
            Posted::Receive(what) => receive(*what, place, false),
            Posted::Send(to, nth) => Wait::Send { to: *to, nth: *nth },
            Posted::Collective(wait) => wait.clone(),
        }
    }
}
