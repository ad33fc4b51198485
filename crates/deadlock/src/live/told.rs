//! What this rank tells others about itself.

use crate::lines;
use crate::state::{Channel, Group, Lines, Receive, Stage, State, WORLD, Wait};

use super::{Handle, Live, Member, Posted, Request, Stack, Waiting};

impl Live {
    // ---- Stock, when the job ends --------------------------------------------

    /// How many messages this rank has sent to each.
    pub fn sent_to_each(&self, ranks: usize) -> Vec<u64> {
        let sent = self.sent.iter().map(|(channel, (count, _))| (*channel, *count));
        by_peer(ranks, sent)
    }

    /// How many it has received from each, or may have; more than any if it is not known.
    pub fn got_from_each(&self, ranks: usize) -> Vec<u64> {
        let pending = |request: &Request| request.active && request.what.is_receive();
        if self.unknown || self.requests.values().any(pending) {
            return vec![u64::MAX; ranks];
        }
        by_peer(ranks, self.got.iter().map(|(channel, count)| (*channel, *count)))
    }

    /// How many collectives of the world it has called, and all of them as one number.
    pub fn collectives_of_world(&self) -> (u64, u64) {
        (self.begun.get(&WORLD).copied().unwrap_or_default(), self.agreed)
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

/// The messages of all channels to or from each rank; a window's tags are none.
fn by_peer(ranks: usize, ledger: impl Iterator<Item = (Channel, u64)>) -> Vec<u64> {
    let mut sums = vec![0; ranks];
    for (channel, count) in ledger.filter(|(channel, _)| channel.tag >= 0) {
        if let Some(sum) = sums.get_mut(channel.peer) {
            *sum += count;
        }
    }
    sums
}

fn receive(what: Receive, after: usize, probe: bool) -> Wait {
    Wait::Receive { what, after, probe }
}

impl Posted {
    pub(super) fn is_receive(&self) -> bool {
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
