//! Windows: one-sided operations between epochs.
//!
//! A post is followed like a message to each origin, and a complete like one back
//! to each target; a lock is waited for until nobody else holds it.

use std::ffi::c_int;
use std::sync::Arc;

use mpi::ffi::{self, MPI_Aint, MPI_Comm, MPI_Group, MPI_Info, MPI_Win};

use super::collectives::{Shape, block};
use super::communicators::world_ranks;
use super::{Out, bits};
use crate::live::{self, Live, Member, Waiting, enter};
use crate::state::{COMPLETE, Channel, Lock, POST, Rank, Receive, Wait};

/// Collectives of a communicator that make a window.
macro_rules! makers {
    ($($name:ident $real:ident ($($before:ident: $kind:ty),*)
       ($($after:ident: $type:ty),*);)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            $($before: $kind,)* comm: MPI_Comm, $($after: $type,)* made: *mut MPI_Win,
        ) -> c_int {
            let call = block(stringify!($name), bits(comm), Shape::default);
            let result = unsafe { ffi::$real($($before,)* comm, $($after,)* made) };
            if call.is_some() {
                meet(unsafe { *made }, comm);
            }
            result
        }
    )*};
}

makers! {
    MPI_Win_create PMPI_Win_create
        (base: Out, bytes: MPI_Aint, unit: c_int, info: MPI_Info) ();
    MPI_Win_allocate PMPI_Win_allocate
        (bytes: MPI_Aint, unit: c_int, info: MPI_Info) (base: Out);
    MPI_Win_allocate_shared PMPI_Win_allocate_shared
        (bytes: MPI_Aint, unit: c_int, info: MPI_Info) (base: Out);
    MPI_Win_create_dynamic PMPI_Win_create_dynamic (info: MPI_Info) ();
}

fn meet(window: MPI_Win, parent: MPI_Comm) {
    live::with(|live| {
        let member = live.member(bits(parent));
        let comm = live.child(member.comm, &member.members, u64::MAX);
        live.know(bits(window), Member { comm, shadow: None, ..member });
    });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Win_free(window: *mut MPI_Win) -> c_int {
    let freed = bits(unsafe { *window });
    let _call = block("MPI_Win_free", freed, Shape::default);
    let result = unsafe { ffi::PMPI_Win_free(window) };
    live::with(|live| live.forget(freed));
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Win_fence(assert: c_int, window: MPI_Win) -> c_int {
    let _call = block("MPI_Win_fence", bits(window), Shape::default);
    unsafe { ffi::PMPI_Win_fence(assert, window) }
}

// ---- Locks -----------------------------------------------------------------------

fn target(live: &Live, window: MPI_Win, rank: c_int) -> Option<(Member, Rank)> {
    let member = live.member(bits(window));
    let target = *member.peers.get(usize::try_from(rank).ok()?)?;
    Some((member, target))
}

/// Waits for the locks of a window that this rank has asked for: MPI may put off
/// taking them until an operation needs them.
fn wait_for_locks(live: &mut Live, window: MPI_Win, rank: Option<c_int>) {
    let target = rank.and_then(|rank| Some(target(live, window, rank)?.1));
    let comm = live.member(bits(window)).comm;
    for lock in live.locked(comm, target) {
        live.wait(Waiting::Other(Wait::Lock(lock)));
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Win_lock(
    kind: c_int,
    rank: c_int,
    assert: c_int,
    window: MPI_Win,
) -> c_int {
    let _call = enter("MPI_Win_lock", |live| {
        if let Some((member, target)) = target(live, window, rank) {
            let exclusive = kind == ffi::MPI_LOCK_EXCLUSIVE as c_int;
            live.lock(Lock { window: member.comm, target, exclusive });
        }
        wait_for_locks(live, window, Some(rank));
    });
    unsafe { ffi::PMPI_Win_lock(kind, rank, assert, window) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Win_lock_all(assert: c_int, window: MPI_Win) -> c_int {
    let _call = enter("MPI_Win_lock_all", |live| {
        // Who promises that nobody else locks waits for nobody.
        if assert & ffi::MPI_MODE_NOCHECK as c_int != 0 {
            return;
        }
        let Member { comm, members, .. } = live.member(bits(window));
        for &target in members.iter() {
            live.lock(Lock { window: comm, target, exclusive: false });
        }
        wait_for_locks(live, window, None);
    });
    unsafe { ffi::PMPI_Win_lock_all(assert, window) }
}

/// Calls that wait until the operations on one target, or on all, are done.
macro_rules! flushes {
    ($($name:ident $real:ident ($($rank:ident)?) $unlocks:literal;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($rank: c_int,)? window: MPI_Win) -> c_int {
            let rank = [$($rank)?].first().copied();
            let call = enter(stringify!($name), |live| wait_for_locks(live, window, rank));
            let result = unsafe { ffi::$real($($rank,)? window) };
            if $unlocks && call.is_some() {
                live::with(|live| {
                    let target = rank.and_then(|rank| Some(target(live, window, rank)?.1));
                    let window = live.member(bits(window)).comm;
                    live.unlock(window, target);
                });
            }
            result
        }
    )*};
}

flushes! {
    MPI_Win_flush PMPI_Win_flush (rank) false;
    MPI_Win_flush_local PMPI_Win_flush_local (rank) false;
    MPI_Win_flush_all PMPI_Win_flush_all () false;
    MPI_Win_flush_local_all PMPI_Win_flush_local_all () false;
    MPI_Win_unlock PMPI_Win_unlock (rank) true;
    MPI_Win_unlock_all PMPI_Win_unlock_all () true;
}

// ---- Post, start, complete, wait -------------------------------------------------

fn wait_for(live: &mut Live, window: MPI_Win, from: &[Rank], tag: i32) {
    let comm = live.member(bits(window)).comm;
    for &source in from {
        let what = Receive { comm, source: Some(source), tag: Some(tag) };
        live.wait(Waiting::Receive(what));
    }
}

fn tell(live: &mut Live, window: MPI_Win, to: &[Rank], tag: i32) {
    let comm = live.member(bits(window)).comm;
    for &peer in to {
        live.count_send(Channel { comm, peer, tag });
    }
}

fn hear(live: &mut Live, window: MPI_Win, from: &[Rank], tag: i32) {
    let comm = live.member(bits(window)).comm;
    for &peer in from {
        live.count_received(Channel { comm, peer, tag });
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Win_post(
    group: MPI_Group,
    assert: c_int,
    window: MPI_Win,
) -> c_int {
    let origins = unsafe { world_ranks(group) };
    live::with(|live| {
        tell(live, window, &origins, POST);
        live.exposed.insert(bits(window), Arc::new(origins));
    });
    unsafe { ffi::PMPI_Win_post(group, assert, window) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Win_start(
    group: MPI_Group,
    assert: c_int,
    window: MPI_Win,
) -> c_int {
    let targets = unsafe { world_ranks(group) };
    let _call = enter("MPI_Win_start", |live| {
        wait_for(live, window, &targets, POST);
        live.accessed.insert(bits(window), Arc::new(targets));
    });
    unsafe { ffi::PMPI_Win_start(group, assert, window) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Win_complete(window: MPI_Win) -> c_int {
    // MPI may have put off waiting for the posts until here.
    let targets = live::with(|live| live.accessed.remove(&bits(window)));
    let targets = targets.flatten().unwrap_or_default();
    let call = enter("MPI_Win_complete", |live| {
        wait_for(live, window, &targets, POST);
        tell(live, window, &targets, COMPLETE);
    });
    let result = unsafe { ffi::PMPI_Win_complete(window) };
    if let Some(call) = call {
        call.leave(|live| hear(live, window, &targets, POST));
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Win_wait(window: MPI_Win) -> c_int {
    let origins = live::with(|live| live.exposed.remove(&bits(window)));
    let origins = origins.flatten().unwrap_or_default();
    let call = enter("MPI_Win_wait", |live| wait_for(live, window, &origins, COMPLETE));
    let result = unsafe { ffi::PMPI_Win_wait(window) };
    if let Some(call) = call {
        call.leave(|live| hear(live, window, &origins, COMPLETE));
    }
    result
}
