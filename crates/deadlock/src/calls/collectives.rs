//! Collectives: who has begun how many, and whether all mean the same.

use std::ffi::c_int;
use std::{ptr, thread};

use mpi::ffi::{self, MPI_Comm, MPI_Datatype as Type, MPI_Op, MPI_Request};

use super::traffic::{Me, brought, one};
use super::{In, Ints, Out, bits};
use crate::live::summary::delay;
use crate::live::{self, Handle, InCall, Live, Posted, Waiting, enter};
use crate::state::{Needs, Terms, Wait};
use crate::watch;

/// What a collective is like.
#[derive(Clone, Copy, Default)]
pub(super) struct Shape {
    flow: Flow,
    operation: Option<MPI_Op>,
    bytes: Option<u64>,
    /// What it brings to this rank from the others, in bytes.
    brings: u64,
}

/// Who needs whose data.
#[derive(Clone, Copy, Default)]
enum Flow {
    #[default]
    All,
    From(c_int),
    To(c_int),
    /// From the lower ranks.
    Up,
}

/// A collective and its variant with a request, which take the same arguments.
macro_rules! collectives {
    ($($name:ident $real:ident, $begin:ident $really:ident,
       ($($argument:ident: $kind:ty),*) => $shape:expr;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($argument: $kind,)* comm: MPI_Comm) -> c_int {
            let _call = block(stringify!($name), bits(comm), || ($shape)(comm));
            unsafe { ffi::$real($($argument,)* comm) }
        }

        #[unsafe(no_mangle)]
        unsafe extern "C" fn $begin(
            $($argument: $kind,)* comm: MPI_Comm, request: *mut MPI_Request,
        ) -> c_int {
            delay();
            let begun = live::with(|live| {
                let shape = ($shape)(comm);
                let wait = begin(live, stringify!($begin), bits(comm), shape)?;
                Some((wait, shape.brings))
            });
            let result = unsafe { ffi::$really($($argument,)* comm, request) };
            if let Some((wait, brings)) = begun.flatten() {
                let request = bits(unsafe { *request });
                live::with(|live| {
                    live.post(request, Posted::Collective(wait), false);
                    live.expect_collective(request, stringify!($begin), brings);
                });
            }
            result
        }
    )*};
}

collectives! {
    MPI_Barrier PMPI_Barrier, MPI_Ibarrier PMPI_Ibarrier,
        () => |_| Shape::default();
    MPI_Bcast PMPI_Bcast, MPI_Ibcast PMPI_Ibcast,
        (data: Out, count: c_int, kind: Type, root: c_int)
        => |comm| from(root, bytes(count, kind))
            .bringing(comm, |me| me.unless(root, || one(count, kind)));
    MPI_Gather PMPI_Gather, MPI_Igather PMPI_Igather,
        (out: In, count: c_int, kind: Type, room: Out, places: c_int, place: Type,
         root: c_int)
        => |comm| if is_root(comm, root) {
            to(root, bytes(places, place))
                .bringing(comm, |me| me.of_others(places, place))
        } else {
            to(root, bytes(count, kind))
        };
    MPI_Gatherv PMPI_Gatherv, MPI_Igatherv PMPI_Igatherv,
        (out: In, count: c_int, kind: Type, room: Out, places: Ints, starts: Ints,
         place: Type, root: c_int)
        => |comm| to(root, None)
            .bringing(comm, |me| me.only(root, || me.of_each_other(places, place)));
    MPI_Scatter PMPI_Scatter, MPI_Iscatter PMPI_Iscatter,
        (out: In, count: c_int, kind: Type, room: Out, places: c_int, place: Type,
         root: c_int)
        => |comm| if is_root(comm, root) {
            from(root, bytes(count, kind))
        } else {
            from(root, bytes(places, place)).bringing(comm, |_| one(places, place))
        };
    MPI_Scatterv PMPI_Scatterv, MPI_Iscatterv PMPI_Iscatterv,
        (out: In, counts: Ints, starts: Ints, kind: Type, room: Out, places: c_int,
         place: Type, root: c_int)
        => |comm| from(root, None)
            .bringing(comm, |me| me.unless(root, || one(places, place)));
    MPI_Allgather PMPI_Allgather, MPI_Iallgather PMPI_Iallgather,
        (out: In, count: c_int, kind: Type, room: Out, places: c_int, place: Type)
        => |comm| all(bytes(places, place))
            .bringing(comm, |me| me.of_others(places, place));
    MPI_Allgatherv PMPI_Allgatherv, MPI_Iallgatherv PMPI_Iallgatherv,
        (out: In, count: c_int, kind: Type, room: Out, places: Ints, starts: Ints,
         place: Type)
        => |comm| all(None).bringing(comm, |me| me.of_each_other(places, place));
    MPI_Alltoall PMPI_Alltoall, MPI_Ialltoall PMPI_Ialltoall,
        (out: In, count: c_int, kind: Type, room: Out, places: c_int, place: Type)
        => |comm| all(bytes(places, place))
            .bringing(comm, |me| me.of_others(places, place));
    MPI_Alltoallv PMPI_Alltoallv, MPI_Ialltoallv PMPI_Ialltoallv,
        (out: In, counts: Ints, starts: Ints, kind: Type, room: Out, places: Ints,
         offsets: Ints, place: Type)
        => |comm| all(None).bringing(comm, |me| me.of_each_other(places, place));
    MPI_Alltoallw PMPI_Alltoallw, MPI_Ialltoallw PMPI_Ialltoallw,
        (out: In, counts: Ints, starts: Ints, kinds: *const Type, room: Out,
         places: Ints, offsets: Ints, kind: *const Type)
        => |comm| all(None).bringing(comm, |me| me.of_each_kind(places, kind));
    MPI_Reduce PMPI_Reduce, MPI_Ireduce PMPI_Ireduce,
        (out: In, room: Out, count: c_int, kind: Type, operation: MPI_Op, root: c_int)
        => |comm| to(root, bytes(count, kind)).by(operation)
            .bringing(comm, |me| me.only(root, || one(count, kind)));
    MPI_Allreduce PMPI_Allreduce, MPI_Iallreduce PMPI_Iallreduce,
        (out: In, room: Out, count: c_int, kind: Type, operation: MPI_Op)
        => |comm| all(bytes(count, kind)).by(operation)
            .bringing(comm, |_| one(count, kind));
    MPI_Reduce_scatter PMPI_Reduce_scatter, MPI_Ireduce_scatter PMPI_Ireduce_scatter,
        (out: In, room: Out, counts: Ints, kind: Type, operation: MPI_Op)
        => |comm| all(None).by(operation)
            .bringing(comm, |me| one(unsafe { *counts.add(me.rank as usize) }, kind));
    MPI_Reduce_scatter_block PMPI_Reduce_scatter_block,
        MPI_Ireduce_scatter_block PMPI_Ireduce_scatter_block,
        (out: In, room: Out, count: c_int, kind: Type, operation: MPI_Op)
        => |comm| all(bytes(count, kind)).by(operation)
            .bringing(comm, |_| one(count, kind));
    MPI_Scan PMPI_Scan, MPI_Iscan PMPI_Iscan,
        (out: In, room: Out, count: c_int, kind: Type, operation: MPI_Op)
        => |comm| up(bytes(count, kind)).by(operation)
            .bringing(comm, |me| me.unless(0, || one(count, kind)));
    MPI_Exscan PMPI_Exscan, MPI_Iexscan PMPI_Iexscan,
        (out: In, room: Out, count: c_int, kind: Type, operation: MPI_Op)
        => |comm| up(bytes(count, kind)).by(operation)
            .bringing(comm, |me| me.unless(0, || one(count, kind)));
}

fn all(bytes: Option<u64>) -> Shape {
    Shape { bytes, ..Shape::default() }
}

fn from(root: c_int, bytes: Option<u64>) -> Shape {
    Shape { flow: Flow::From(root), bytes, ..Shape::default() }
}

fn to(root: c_int, bytes: Option<u64>) -> Shape {
    Shape { flow: Flow::To(root), bytes, ..Shape::default() }
}

fn up(bytes: Option<u64>) -> Shape {
    Shape { flow: Flow::Up, bytes, ..Shape::default() }
}

impl Shape {
    fn by(self, operation: MPI_Op) -> Self {
        Self { operation: Some(operation), ..self }
    }

    fn bringing(self, comm: MPI_Comm, bytes: impl FnOnce(Me) -> u64) -> Self {
        Self { brings: brought(comm, bytes), ..self }
    }
}

/// The bytes of `count` elements; `None` if the type is none.
pub(super) fn bytes(count: c_int, kind: Type) -> Option<u64> {
    let mut size = 0;
    if bits(kind) == unsafe { bits(ffi::RSMPI_DATATYPE_NULL) } {
        return None;
    }
    unsafe { ffi::PMPI_Type_size(kind, &mut size) };
    Some(u64::try_from(count).ok()? * u64::try_from(size).ok()?)
}

fn is_root(comm: MPI_Comm, root: c_int) -> bool {
    let mut rank = 0;
    unsafe { ffi::PMPI_Comm_rank(comm, &mut rank) };
    rank == root
}

/// The place of an operation in a list that is the same on all ranks; operations
/// of one's own share the last place.
fn place(operation: MPI_Op) -> usize {
    let known = unsafe {
        [
            ffi::RSMPI_SUM,
            ffi::RSMPI_PROD,
            ffi::RSMPI_MAX,
            ffi::RSMPI_MIN,
            ffi::RSMPI_LAND,
            ffi::RSMPI_LOR,
            ffi::RSMPI_LXOR,
            ffi::RSMPI_BAND,
            ffi::RSMPI_BOR,
            ffi::RSMPI_BXOR,
        ]
    };
    let operation = bits(operation);
    known.iter().position(|&one| bits(one) == operation).unwrap_or(known.len())
}

/// This rank begins a collective.
pub(super) fn begin(
    live: &mut Live,
    call: &'static str,
    comm: Handle,
    shape: Shape,
) -> Option<Wait> {
    let member = live.member(comm);
    let world = |root: c_int| member.peers.get(usize::try_from(root).ok()?).copied();
    let (root, needs) = match shape.flow {
        Flow::All => (None, Needs::All),
        Flow::Up => (None, Needs::Some),
        Flow::From(root) | Flow::To(root) => {
            let root = world(root);
            let from = matches!(shape.flow, Flow::From(_));
            let needs = match root {
                Some(root) if from && root != live.rank => Needs::Root(root),
                Some(root) if !from && root == live.rank => Needs::All,
                _ => Needs::Some,
            };
            (root, needs)
        }
    };
    // Of an intercommunicator each side has a root and lengths of its own.
    let one_side = !member.inter;
    let terms = Terms {
        root: root.filter(|_| one_side),
        operation: shape.operation.map(place),
        bytes: shape.bytes.filter(|_| one_side),
    };
    live.collective(comm, call, needs, terms)
}

/// This rank begins a collective and waits in it. In a strict run it waits for all
/// others to begin the same.
pub(super) fn block(
    call: &'static str,
    comm: Handle,
    shape: impl FnOnce() -> Shape,
) -> Option<InCall> {
    let mut strict = None;
    delay();
    let inside = enter(call, |live| {
        let shape = shape();
        if let Some(wait) = begin(live, call, comm, shape) {
            live.sum_up_collective(call, shape.brings);
            strict = live.strict.then(|| (live.member(comm).shadow, live.last()));
            live.wait(Waiting::Other(wait));
        }
    });
    if let Some((Some(shadow), ours)) = strict {
        synchronise(shadow, ours);
    }
    inside
}

/// The words in which ranks compare a collective.
pub const WORDS: usize = 5;

/// Waits until all have begun a collective. If one has begun another, all stay here
/// while the watcher says so: before data is cut short or lost.
fn synchronise(shadow: MPI_Comm, ours: [u64; WORDS]) {
    let mut size = 0;
    let mut all: Vec<[u64; WORDS]> = Vec::new();
    unsafe {
        ffi::PMPI_Comm_size(shadow, &mut size);
        all.resize(size as usize, [0; WORDS]);
        ffi::PMPI_Allgather(
            ptr::from_ref(&ours).cast(),
            WORDS as c_int,
            ffi::RSMPI_UINT64_T,
            all.as_mut_ptr().cast(),
            WORDS as c_int,
            ffi::RSMPI_UINT64_T,
            shadow,
        );
    }
    let unlike = |(a, b): (&u64, &u64)| a != b && *a != u64::MAX && *b != u64::MAX;
    if all.iter().any(|theirs| theirs.iter().zip(&ours).any(unlike)) {
        watch::ask_at_once();
        loop {
            thread::park();
        }
    }
}
