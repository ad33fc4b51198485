//! Messages from one rank to another: sends, receives, probes.

use std::ffi::c_int;

use mpi::ffi::{self, MPI_Comm, MPI_Datatype, MPI_Message, MPI_Request, MPI_Status};

use super::traffic;
use super::{In, Out, Own, bits};
use crate::live::{self, InCall, Live, Posted, Waiting, enter, enter_as};
use crate::state::{Stage, Wait};

/// Blocking sends: our name, the library's, and the library's in a strict run.
macro_rules! sends {
    ($($name:ident $real:ident $strict:ident $waits:literal;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            buffer: In, count: c_int, datatype: MPI_Datatype, to: c_int, tag: c_int,
            comm: MPI_Comm,
        ) -> c_int {
            traffic::outgoing(count, datatype);
            let mut strict = false;
            let _call = enter(stringify!($name), |live| {
                strict = live.strict;
                let sent = live.send(bits(comm), to, tag);
                if let Some((to, nth)) = sent.filter(|_| $waits) {
                    live.wait(Waiting::Other(Wait::Send { to, nth }));
                }
            });
            let real = if strict { ffi::$strict } else { ffi::$real };
            unsafe { real(buffer, count, datatype, to, tag, comm) }
        }
    )*};
}

// A buffered send returns whether its message is received or not.
sends! {
    MPI_Send PMPI_Send PMPI_Ssend true;
    MPI_Ssend PMPI_Ssend PMPI_Ssend true;
    MPI_Rsend PMPI_Rsend PMPI_Rsend true;
    MPI_Bsend PMPI_Bsend PMPI_Bsend false;
}

/// Sends that return a request: a persistent one begins when it is started.
macro_rules! requested_sends {
    ($($name:ident $real:ident $strict:ident $persistent:literal;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            buffer: In, count: c_int, datatype: MPI_Datatype, to: c_int, tag: c_int,
            comm: MPI_Comm, request: *mut MPI_Request,
        ) -> c_int {
            traffic::outgoing(count, datatype);
            let known = live::with(|live| {
                let to = live.channel(bits(comm), to, tag);
                let sent =
                    to.map(|to| if $persistent { (to, 0) } else { live.count_send(to) });
                (sent, live.strict)
            });
            let (sent, strict) = known.unwrap_or_default();
            let real = if strict { ffi::$strict } else { ffi::$real };
            let result = unsafe { real(buffer, count, datatype, to, tag, comm, request) };
            if let Some((to, nth)) = sent {
                unsafe { post(request, Posted::Send(to, nth), $persistent) };
            }
            result
        }
    )*};
}

requested_sends! {
    MPI_Isend PMPI_Isend PMPI_Issend false;
    MPI_Issend PMPI_Issend PMPI_Issend false;
    MPI_Irsend PMPI_Irsend PMPI_Irsend false;
    MPI_Ibsend PMPI_Ibsend PMPI_Ibsend false;
    MPI_Send_init PMPI_Send_init PMPI_Ssend_init true;
    MPI_Ssend_init PMPI_Ssend_init PMPI_Ssend_init true;
    MPI_Rsend_init PMPI_Rsend_init PMPI_Rsend_init true;
    MPI_Bsend_init PMPI_Bsend_init PMPI_Bsend_init true;
}

unsafe fn post(request: *mut MPI_Request, what: Posted, persistent: bool) {
    let request = unsafe { *request };
    live::with(|live| live.post(bits(request), what, persistent));
}

/// Receives that return at once, with a request to wait for.
macro_rules! requested_receives {
    ($($name:ident $real:ident $persistent:literal;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            buffer: Out, count: c_int, datatype: MPI_Datatype, from: c_int, tag: c_int,
            comm: MPI_Comm, request: *mut MPI_Request,
        ) -> c_int {
            let result =
                unsafe { ffi::$real(buffer, count, datatype, from, tag, comm, request) };
            let what = live::with(|live| live.receive(bits(comm), from, tag)).flatten();
            if let Some(what) = what {
                unsafe { post(request, Posted::Receive(what), $persistent) };
            }
            result
        }
    )*};
}

requested_receives! {
    MPI_Irecv PMPI_Irecv false;
    MPI_Recv_init PMPI_Recv_init true;
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Recv(
    buffer: Out,
    count: c_int,
    datatype: MPI_Datatype,
    from: c_int,
    tag: c_int,
    comm: MPI_Comm,
    status: *mut MPI_Status,
) -> c_int {
    let mut own = Own::new();
    let status = own.unless(status, 1);
    let call = enter("MPI_Recv", |live| receive(live, comm, from, tag, Waiting::Receive));
    let result =
        unsafe { ffi::PMPI_Recv(buffer, count, datatype, from, tag, comm, status) };
    unsafe { received(call, comm, status) };
    result
}

fn receive(
    live: &mut Live,
    comm: MPI_Comm,
    from: c_int,
    tag: c_int,
    how: fn(crate::state::Receive) -> Waiting,
) {
    if let Some(what) = live.receive(bits(comm), from, tag) {
        live.wait(how(what));
    }
}

/// The call is over, and has brought a message.
unsafe fn received(call: Option<InCall>, comm: MPI_Comm, status: *const MPI_Status) {
    if let Some(call) = call {
        let (from, tag) = unsafe { ((*status).MPI_SOURCE, (*status).MPI_TAG) };
        call.leave(|live| {
            traffic::incoming(live, status);
            live.received(bits(comm), from, tag);
        });
    }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Probe(
    from: c_int,
    tag: c_int,
    comm: MPI_Comm,
    status: *mut MPI_Status,
) -> c_int {
    let _call = enter("MPI_Probe", |live| receive(live, comm, from, tag, Waiting::Probe));
    unsafe { ffi::PMPI_Probe(from, tag, comm, status) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Iprobe(
    from: c_int,
    tag: c_int,
    comm: MPI_Comm,
    flag: *mut c_int,
    status: *mut MPI_Status,
) -> c_int {
    let call = ask("MPI_Iprobe", from, tag, comm);
    let result = unsafe { ffi::PMPI_Iprobe(from, tag, comm, flag, status) };
    if let Some(call) = call.filter(|_| unsafe { *flag } == 0) {
        call.found_nothing();
    }
    result
}

fn ask(call: &'static str, from: c_int, tag: c_int, comm: MPI_Comm) -> Option<InCall> {
    enter_as(Stage::Polls, call, |live| receive(live, comm, from, tag, Waiting::Probe))
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Mprobe(
    from: c_int,
    tag: c_int,
    comm: MPI_Comm,
    message: *mut MPI_Message,
    status: *mut MPI_Status,
) -> c_int {
    let mut own = Own::new();
    let status = own.unless(status, 1);
    let _call =
        enter("MPI_Mprobe", |live| receive(live, comm, from, tag, Waiting::Probe));
    let result = unsafe { ffi::PMPI_Mprobe(from, tag, comm, message, status) };
    unsafe { probed(message, comm, status) };
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Improbe(
    from: c_int,
    tag: c_int,
    comm: MPI_Comm,
    flag: *mut c_int,
    message: *mut MPI_Message,
    status: *mut MPI_Status,
) -> c_int {
    let mut own = Own::new();
    let status = own.unless(status, 1);
    let call = ask("MPI_Improbe", from, tag, comm);
    let result = unsafe { ffi::PMPI_Improbe(from, tag, comm, flag, message, status) };
    match call {
        Some(call) if unsafe { *flag } == 0 => call.found_nothing(),
        _ => unsafe { probed(message, comm, status) },
    }
    result
}

/// The message is out of the queue: no other receive will take it.
unsafe fn probed(message: *const MPI_Message, comm: MPI_Comm, status: *const MPI_Status) {
    let (message, from, tag) =
        unsafe { (*message, (*status).MPI_SOURCE, (*status).MPI_TAG) };
    live::with(|live| {
        traffic::incoming(live, status);
        live.probed(bits(message), bits(comm), from, tag);
    });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Mrecv(
    buffer: Out,
    count: c_int,
    datatype: MPI_Datatype,
    message: *mut MPI_Message,
    status: *mut MPI_Status,
) -> c_int {
    let taken = bits(unsafe { *message });
    let _call = enter("MPI_Mrecv", |live| live.unprobed(taken));
    unsafe { ffi::PMPI_Mrecv(buffer, count, datatype, message, status) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Imrecv(
    buffer: Out,
    count: c_int,
    datatype: MPI_Datatype,
    message: *mut MPI_Message,
    request: *mut MPI_Request,
) -> c_int {
    let taken = bits(unsafe { *message });
    live::with(|live| live.unprobed(taken));
    unsafe { ffi::PMPI_Imrecv(buffer, count, datatype, message, request) }
}

// ---- A send and a receive in one -------------------------------------------------

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Sendrecv(
    outgoing: In,
    count: c_int,
    datatype: MPI_Datatype,
    to: c_int,
    tag: c_int,
    incoming: Out,
    room: c_int,
    kind: MPI_Datatype,
    from: c_int,
    want: c_int,
    comm: MPI_Comm,
    status: *mut MPI_Status,
) -> c_int {
    let outgoing = (outgoing, count, datatype, to, tag);
    let incoming = (incoming, room, kind, from, want);
    unsafe { exchange("MPI_Sendrecv", outgoing, incoming, comm, status) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Sendrecv_replace(
    buffer: Out,
    count: c_int,
    datatype: MPI_Datatype,
    to: c_int,
    tag: c_int,
    from: c_int,
    want: c_int,
    comm: MPI_Comm,
    status: *mut MPI_Status,
) -> c_int {
    let mut packed: Vec<u8> = Vec::new();
    let (mut room, mut length) = (0, 0);
    let byte = unsafe {
        ffi::PMPI_Pack_size(count, datatype, comm, &mut room);
        packed.resize(room.max(0) as usize, 0);
        let (from, to) = (buffer.cast_const(), packed.as_mut_ptr().cast());
        ffi::PMPI_Pack(from, count, datatype, to, room, &mut length, comm);
        ffi::RSMPI_UINT8_T
    };
    let outgoing = (packed.as_ptr().cast(), length, byte, to, tag);
    let incoming = (buffer, count, datatype, from, want);
    unsafe { exchange("MPI_Sendrecv_replace", outgoing, incoming, comm, status) }
}

/// Sends and receives by a request each: only so is it known which of them is still
/// waited for, and a strict run can send synchronously. Each end is a buffer, a count, a
/// type, the other rank and the tag.
unsafe fn exchange(
    call: &'static str,
    (outgoing, count, datatype, to, tag): (In, c_int, MPI_Datatype, c_int, c_int),
    (incoming, room, kind, from, want): (Out, c_int, MPI_Datatype, c_int, c_int),
    comm: MPI_Comm,
    status: *mut MPI_Status,
) -> c_int {
    let mut own = Own::new();
    let status = own.unless(status, 1);
    traffic::outgoing(count, datatype);
    let (mut sent, mut strict) = (None, false);
    let receives = enter(call, |live| {
        strict = live.strict;
        sent = live.send(bits(comm), to, tag);
        receive(live, comm, from, want, Waiting::Receive);
    });
    let send = if strict { ffi::PMPI_Issend } else { ffi::PMPI_Isend };
    let (mut coming, mut going) =
        unsafe { (ffi::RSMPI_REQUEST_NULL, ffi::RSMPI_REQUEST_NULL) };
    // MPI_SUCCESS is 0, and less than any error.
    let result = unsafe {
        let posted = ffi::PMPI_Irecv(incoming, room, kind, from, want, comm, &mut coming);
        let begun = send(outgoing, count, datatype, to, tag, comm, &mut going);
        posted.max(begun).max(ffi::PMPI_Wait(&mut coming, status))
    };
    unsafe { received(receives, comm, status) };
    let _sends = enter(call, |live| {
        if let Some((to, nth)) = sent {
            live.wait(Waiting::Other(Wait::Send { to, nth }));
        }
    });
    result.max(unsafe { ffi::PMPI_Wait(&mut going, ffi::RSMPI_STATUS_IGNORE) })
}
