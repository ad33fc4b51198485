//! Messages and requests: what was sent and received, and what is still to come.

use super::{Handle, Live, Posted, Request, Waiting};
use crate::state::{Channel, Receive, Stage};

impl Live {
    // ---- Messages ------------------------------------------------------------

    /// One message more to `to`; `None` if it goes nowhere.
    pub fn send(&mut self, comm: Handle, to: i32, tag: i32) -> Option<(Channel, u64)> {
        let (comm, peer) = self.world_rank(comm, to)?;
        Some(self.count_send(Channel { comm, peer, tag }))
    }

    /// One message more on a channel.
    pub fn count_send(&mut self, to: Channel) -> (Channel, u64) {
        let stack = self.stack();
        self.sum_up_send(to, &stack);
        let sent = self.sent.entry(to).or_default();
        sent.0 += 1;
        sent.1 = stack;
        (to, sent.0)
    }

    /// The channel of a send that has not begun.
    pub fn channel(&mut self, comm: Handle, to: i32, tag: i32) -> Option<Channel> {
        let (comm, peer) = self.world_rank(comm, to)?;
        Some(Channel { comm, peer, tag })
    }

    /// What a receive from `from` takes; `None` if it is from nowhere.
    pub fn receive(&mut self, comm: Handle, from: i32, tag: i32) -> Option<Receive> {
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
        self.sum_up_received(from);
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
        if persistent {
            self.remember_bytes(handle);
        }
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
            self.recall_bytes(handle);
            let sent = self.count_send(to);
            self.requests.get_mut(&handle).expect("just seen").what =
                Posted::Send(sent.0, sent.1);
        }
    }

    /// A request is completed; if it was a receive, by a message of `tag` from `from`.
    pub fn completed(&mut self, handle: Handle, from: i32, tag: i32) {
        self.sum_up_completed(handle);
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
}
