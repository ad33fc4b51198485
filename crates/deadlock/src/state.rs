//! What a rank says about itself when somebody stands still.

use serde::{Deserialize, Serialize};

/// A rank's number in MPI_COMM_WORLD.
pub type Rank = usize;

/// A communicator or a window: the same number on all of its members.
pub type Comm = u64;

/// MPI_COMM_WORLD's number.
pub const WORLD: Comm = 1;

/// The tags of a window's post and complete, which are followed like messages.
pub const POST: i32 = -101;
#[allow(missing_docs)]
pub const COMPLETE: i32 = -102;

/// The state of one rank, as it travels to the judge.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// How often the rank has moved. Two states with the same number are one.
    pub moves: u64,
    /// What the rank does.
    pub stage: Stage,
    /// The MPI call that it is in, or has called last.
    pub call: String,
    /// Whether it waits for all of `waits`, or for one of them.
    pub any: bool,
    /// What it waits for, or polls for.
    pub waits: Vec<Wait>,
    /// How long it has stood still, in limits.
    pub still: f64,
    /// The receives that it has posted and not completed, in order.
    pub posted: Vec<Receive>,
    /// The communicators and windows that it knows.
    pub groups: Vec<Group>,
    /// The last collectives that it has begun.
    pub recent: Vec<Collective>,
    /// How many messages it has sent to whom.
    pub sent: Vec<(Channel, u64)>,
    /// How many messages it has received from whom.
    pub got: Vec<(Channel, u64)>,
    /// The locks of windows that it has asked for and not returned.
    pub locks: Vec<Lock>,
    /// The matched probes whose messages it has not received.
    pub probed: Vec<Channel>,
    /// The persistent requests that it has never started.
    pub unstarted: Vec<Wait>,
}

/// What a rank does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// It computes, or nobody can tell.
    #[default]
    Free,
    /// It asks again and again whether something has come.
    Polls,
    /// It is inside a blocking call.
    Blocked,
    /// It is in MPI_Finalize.
    Ended,
}

/// Messages of one tag in one communicator, to or from `peer`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[allow(missing_docs)]
pub struct Channel {
    pub comm: Comm,
    pub peer: Rank,
    pub tag: i32,
}

/// A receive; `None` stands for any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Receive {
    pub comm: Comm,
    pub source: Option<Rank>,
    pub tag: Option<i32>,
}

/// One thing that a rank waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Wait {
    /// A message. So many receives were posted before and may take it.
    Receive {
        /// Which message.
        what: Receive,
        /// The receives in [`State::posted`] that come first.
        after: usize,
        /// Whether a probe waits for it.
        probe: bool,
    },
    /// That somebody receives the `nth` message of a channel.
    Send {
        /// The receiver and the tag.
        to: Channel,
        /// 1 for the first message of the channel.
        nth: u64,
    },
    /// That others begin the `nth` collective of a communicator.
    Collective {
        /// The communicator or window.
        comm: Comm,
        /// 1 for the first.
        nth: u64,
        /// Whose arrival it takes.
        needs: Needs,
    },
    /// A lock of the memory of `target` in a window.
    Lock(Lock),
}

/// Whose arrival a collective takes to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Needs {
    /// Everybody's.
    All,
    /// That of the root; the others help to pass its data on.
    Root(Rank),
    /// Somebody's: MPI's algorithm decides.
    Some,
}

/// A lock of the memory of `target` in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Lock {
    pub window: Comm,
    pub target: Rank,
    pub exclusive: bool,
}

/// A communicator or window and how far this rank has come in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its number.
    pub comm: Comm,
    /// Its members; of an intercommunicator both sides.
    pub members: Vec<Rank>,
    /// How many collectives this rank has begun.
    pub begun: u64,
}

/// A collective as one rank has called it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Collective {
    /// The communicator or window.
    pub comm: Comm,
    /// 1 for the first of the communicator.
    pub nth: u64,
    /// The MPI call.
    pub call: String,
    /// What all members must agree on.
    pub terms: Terms,
}

/// The student's lines, asked for when the verdict is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// Where the rank stands.
    pub here: Option<String>,
    /// Where it last sent on a channel: known in a strict run only.
    pub sends: Vec<(Channel, String)>,
    /// Where it called a collective of a communicator: in a strict run only.
    pub collectives: Vec<((Comm, u64), String)>,
}

/// What all members of a collective must agree on; `None` is not compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Terms {
    pub root: Option<Rank>,
    pub operation: Option<usize>,
    pub bytes: Option<u64>,
}

impl State {
    /// Whether this rank stands still in a call.
    pub fn is_stuck(&self) -> bool {
        self.stage == Stage::Blocked && self.still >= 1.0
    }

    /// The members of a communicator that this rank knows.
    pub fn members(&self, comm: Comm) -> &[Rank] {
        self.group(comm).map_or(&[], |group| &group.members)
    }

    /// How many collectives of `comm` this rank has begun.
    pub fn begun(&self, comm: Comm) -> u64 {
        self.group(comm).map_or(0, |group| group.begun)
    }

    fn group(&self, comm: Comm) -> Option<&Group> {
        self.groups.iter().find(|group| group.comm == comm)
    }

    /// How many messages this rank has sent on a channel.
    pub fn sent(&self, to: Channel) -> u64 {
        count(&self.sent, to)
    }

    /// How many messages this rank has received on a channel.
    pub fn got(&self, from: Channel) -> u64 {
        count(&self.got, from)
    }
}

fn count(ledger: &[(Channel, u64)], channel: Channel) -> u64 {
    ledger.iter().find(|(known, _)| *known == channel).map_or(0, |(_, count)| *count)
}

impl Receive {
    /// Whether this receive takes messages of a channel from its peer.
    pub fn takes(&self, from: Channel) -> bool {
        self.comm == from.comm
            && self.source.is_none_or(|source| source == from.peer)
            && self.tag.is_none_or(|tag| tag == from.tag)
    }
}
