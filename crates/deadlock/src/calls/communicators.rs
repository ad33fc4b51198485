//! Communicators: made, divided, freed. A new one gets a number that is the same on
//! all of its members.

use std::ffi::c_int;
use std::sync::Arc;

use mpi::ffi::{self, MPI_Comm, MPI_Group, MPI_Info, MPI_Request};

use super::collectives::{Shape, begin, block};
use super::{Ints, bits};
use crate::live::{self, Live, Member, Waiting, enter};
use crate::state::{Comm, Rank, WORLD};

/// Collectives of a communicator that make another.
macro_rules! makers {
    ($($name:ident $real:ident ($($argument:ident: $kind:ty),*);)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            comm: MPI_Comm, $($argument: $kind,)* made: *mut MPI_Comm,
        ) -> c_int {
            let call = block(stringify!($name), bits(comm), Shape::default);
            let result = unsafe { ffi::$real(comm, $($argument,)* made) };
            if call.is_some() {
                unsafe { meet(*made, Some(comm)) };
            }
            result
        }
    )*};
}

makers! {
    MPI_Comm_dup PMPI_Comm_dup ();
    MPI_Comm_dup_with_info PMPI_Comm_dup_with_info (info: MPI_Info);
    MPI_Comm_split PMPI_Comm_split (color: c_int, key: c_int);
    MPI_Comm_split_type PMPI_Comm_split_type (kind: c_int, key: c_int, info: MPI_Info);
    MPI_Comm_create PMPI_Comm_create (group: MPI_Group);
    MPI_Cart_create PMPI_Cart_create
        (count: c_int, sizes: Ints, periods: Ints, reorder: c_int);
    MPI_Cart_sub PMPI_Cart_sub (remain: Ints);
    MPI_Graph_create PMPI_Graph_create
        (count: c_int, index: Ints, edges: Ints, reorder: c_int);
    MPI_Dist_graph_create PMPI_Dist_graph_create
        (count: c_int, sources: Ints, degrees: Ints, targets: Ints, weights: Ints,
         info: MPI_Info, reorder: c_int);
    MPI_Dist_graph_create_adjacent PMPI_Dist_graph_create_adjacent
        (into: c_int, sources: Ints, weights: Ints, out: c_int, targets: Ints,
         costs: Ints, info: MPI_Info, reorder: c_int);
    MPI_Intercomm_merge PMPI_Intercomm_merge (high: c_int);
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Comm_idup(
    comm: MPI_Comm,
    made: *mut MPI_Comm,
    request: *mut MPI_Request,
) -> c_int {
    let result = unsafe { ffi::PMPI_Comm_idup(comm, made, request) };
    // Its members are those of `comm`, and it is no use before the request is done.
    live::with(|live| {
        let member = live.member(bits(comm));
        let number = live.child(member.comm, &member.members, bits(comm));
        let shadow = None;
        live.know(bits(unsafe { *made }), Member { comm: number, shadow, ..member });
    });
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Comm_create_group(
    comm: MPI_Comm,
    group: MPI_Group,
    tag: c_int,
    made: *mut MPI_Comm,
) -> c_int {
    // The members alone take part: what they wait for is not followed.
    let call = enter("MPI_Comm_create_group", |_| ());
    let result = unsafe { ffi::PMPI_Comm_create_group(comm, group, tag, made) };
    if call.is_some() {
        unsafe { meet(*made, None) };
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Intercomm_create(
    local: MPI_Comm,
    leader: c_int,
    peer: MPI_Comm,
    remote: c_int,
    tag: c_int,
    made: *mut MPI_Comm,
) -> c_int {
    let call = enter("MPI_Intercomm_create", |_| ());
    let result =
        unsafe { ffi::PMPI_Intercomm_create(local, leader, peer, remote, tag, made) };
    if call.is_some() {
        unsafe { meet(*made, None) };
    }
    result
}

/// Learns who belongs to a communicator that was made of `parent`.
pub(super) unsafe fn meet(made: MPI_Comm, parent: Option<MPI_Comm>) {
    if bits(made) == unsafe { bits(ffi::RSMPI_COMM_NULL) } {
        return;
    }
    let mut member = unsafe { member(made) };
    let strict = live::with(|live| {
        let (parent, salt) = match parent {
            Some(parent) => (live.member(bits(parent)).comm, 0),
            None => (0, live.namesakes(&member.members)),
        };
        member.comm = live.child(parent, &member.members, salt);
        live.strict
    });
    if strict == Some(true) && !member.inter {
        member.shadow = Some(unsafe { shadow(made) });
    }
    live::with(|live| live.know(bits(made), member));
}

/// Learns of the communicators that are there from the start.
pub(super) unsafe fn meet_first(live: &mut Live) {
    let (world, alone) = unsafe { (ffi::RSMPI_COMM_WORLD, ffi::RSMPI_COMM_SELF) };
    live.own = Some(unsafe { shadow(world) });
    let shadow = live.strict.then(|| unsafe { shadow(world) });
    let comm = WORLD;
    live.know(bits(world), Member { comm, shadow, ..unsafe { member(world) } });
    // Each rank has its own.
    let comm = WORLD + 1 + live.rank as Comm;
    live.know(bits(alone), Member { comm, ..unsafe { member(alone) } });
}

unsafe fn shadow(comm: MPI_Comm) -> MPI_Comm {
    let mut shadow = comm;
    unsafe { ffi::PMPI_Comm_dup(comm, &mut shadow) };
    shadow
}

/// Who belongs to a communicator; its number is still missing.
unsafe fn member(comm: MPI_Comm) -> Member {
    let ranks = |get: unsafe extern "C" fn(MPI_Comm, *mut MPI_Group) -> c_int| unsafe {
        let mut group = ffi::RSMPI_GROUP_NULL;
        get(comm, &mut group);
        let ranks = world_ranks(group);
        ffi::PMPI_Group_free(&mut group);
        ranks
    };
    let mut inter = 0;
    unsafe { ffi::PMPI_Comm_test_inter(comm, &mut inter) };
    let mut members = ranks(ffi::PMPI_Comm_group);
    let mut peers = members.clone();
    if inter != 0 {
        peers = ranks(ffi::PMPI_Comm_remote_group);
        members.extend(&peers);
        members.sort_unstable();
    }
    let (peers, members) = (Arc::new(peers), Arc::new(members));
    Member { peers, members, inter: inter != 0, ..Member::default() }
}

/// The world's ranks of a group.
pub(super) unsafe fn world_ranks(group: MPI_Group) -> Vec<Rank> {
    let mut size = 0;
    unsafe { ffi::PMPI_Group_size(group, &mut size) };
    let ranks: Vec<c_int> = (0..size).collect();
    let mut found = ranks.clone();
    unsafe {
        let mut world = ffi::RSMPI_GROUP_NULL;
        ffi::PMPI_Comm_group(ffi::RSMPI_COMM_WORLD, &mut world);
        let (from, to) = (ranks.as_ptr(), found.as_mut_ptr());
        ffi::PMPI_Group_translate_ranks(group, size, from, world, to);
        ffi::PMPI_Group_free(&mut world);
    }
    // Processes of another world have no rank in this one.
    found.into_iter().map(|rank| Rank::try_from(rank).unwrap_or(Rank::MAX)).collect()
}

/// Both calls that end a communicator.
macro_rules! enders {
    ($($name:ident $real:ident;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(comm: *mut MPI_Comm) -> c_int {
            let ended = unsafe { *comm };
            // Not even a strict run waits here for the others: whoever ends the job because
            // of an error frees what it has on its way out.
            let _call = enter(stringify!($name), |live| {
                let wait = begin(live, stringify!($name), bits(ended), Shape::default());
                wait.into_iter().for_each(|wait| live.wait(Waiting::Other(wait)));
            });
            let member = live::with(|live| live.forget(bits(ended))).flatten();
            if let Some(mut shadow) = member.and_then(|member| member.shadow) {
                unsafe { ffi::PMPI_Comm_free(&mut shadow) };
            }
            unsafe { ffi::$real(comm) }
        }
    )*};
}

enders! {
    MPI_Comm_free PMPI_Comm_free;
    MPI_Comm_disconnect PMPI_Comm_disconnect;
}

/// Calls that bring processes of another world, which are not followed.
macro_rules! strangers {
    ($($name:ident $real:ident ($($argument:ident: $kind:ty),*);)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($argument: $kind),*) -> c_int {
            live::with(|live| live.unknown = true);
            unsafe { ffi::$real($($argument),*) }
        }
    )*};
}

type Text = *const std::ffi::c_char;
type Texts = *mut *mut std::ffi::c_char;

strangers! {
    MPI_Comm_spawn PMPI_Comm_spawn
        (program: Text, arguments: Texts, most: c_int, info: MPI_Info, root: c_int,
         comm: MPI_Comm, made: *mut MPI_Comm, errors: *mut c_int);
    MPI_Comm_spawn_multiple PMPI_Comm_spawn_multiple
        (count: c_int, programs: Texts, arguments: *mut Texts, most: Ints,
         info: *const MPI_Info, root: c_int, comm: MPI_Comm, made: *mut MPI_Comm,
         errors: *mut c_int);
    MPI_Comm_accept PMPI_Comm_accept
        (port: Text, info: MPI_Info, root: c_int, comm: MPI_Comm, made: *mut MPI_Comm);
    MPI_Comm_connect PMPI_Comm_connect
        (port: Text, info: MPI_Info, root: c_int, comm: MPI_Comm, made: *mut MPI_Comm);
}
