//! Messages from one rank to another: sends, receives, probes.

use std::ffi::c_int;

use mpi::ffi::{self, MPI_Comm, MPI_Datatype, MPI_Message, MPI_Request, MPI_Status};

use super::traffic;
use super::{In, Out, Own, bits};
use crate::live::{self, InCall, Live, Posted, Waiting, enter};
use crate::state::Wait;

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
                send(live, comm, to, tag, $waits);
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

fn send(live: &mut Live, comm: MPI_Comm, to: c_int, tag: c_int, waits: bool) {
    let sent = live.send(bits(comm), to, tag);
    if let Some((to, nth)) = sent.filter(|_| waits) {
        live.wait(Waiting::Other(Wait::Send { to, nth }));
    }
}

/// Sends that return at once, with a request to wait for.
macro_rules! immediate_sends {
    ($($name:ident $real:ident $strict:ident;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            buffer: In, count: c_int, datatype: MPI_Datatype, to: c_int, tag: c_int,
            comm: MPI_Comm, request: *mut MPI_Request,
        ) -> c_int {
            traffic::outgoing(count, datatype);
            let sent =
                live::with(|live| (live.send(bits(comm), to, tag), live.strict));
            let (sent, strict) = sent.unwrap_or_default();
            let real = if strict { ffi::$strict } else { ffi::$real };
            let result = unsafe { real(buffer, count, datatype, to, tag, comm, request) };
            if let Some((to, nth)) = sent {
                unsafe { post(request, Posted::Send(to, nth), false) };
            }
            result
        }
    )*};
}

immediate_sends! {
    MPI_Isend PMPI_Isend PMPI_Issend;
    MPI_Issend PMPI_Issend PMPI_Issend;
    MPI_Irsend PMPI_Irsend PMPI_Irsend;
    MPI_Ibsend PMPI_Ibsend PMPI_Ibsend;
}

/// Persistent sends, which begin when they are started.
macro_rules! persistent_sends {
    ($($name:ident $real:ident $strict:ident;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            buffer: In, count: c_int, datatype: MPI_Datatype, to: c_int, tag: c_int,
            comm: MPI_Comm, request: *mut MPI_Request,
        ) -> c_int {
            traffic::outgoing(count, datatype);
            let known =
                live::with(|live| (live.channel(bits(comm), to, tag), live.strict));
            let (channel, strict) = known.unwrap_or_default();
            let real = if strict { ffi::$strict } else { ffi::$real };
            let result = unsafe { real(buffer, count, datatype, to, tag, comm, request) };
            if let Some(channel) = channel {
                unsafe { post(request, Posted::Send(channel, 0), true) };
            }
            result
        }
    )*};
}

persistent_sends! {
    MPI_Send_init PMPI_Send_init PMPI_Ssend_init;
    MPI_Ssend_init PMPI_Ssend_init PMPI_Ssend_init;
    MPI_Rsend_init PMPI_Rsend_init PMPI_Rsend_init;
    MPI_Bsend_init PMPI_Bsend_init PMPI_Bsend_init;
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
    let status = own.unless(status);
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
    let result = unsafe { ffi::PMPI_Iprobe(from, tag, comm, flag, status) };
    unsafe { asked("MPI_Iprobe", from, tag, comm, *flag != 0) };
    result
}

fn asked(call: &'static str, from: c_int, tag: c_int, comm: MPI_Comm, found: bool) {
    live::with(|live| {
        let what = live.receive(bits(comm), from, tag).map(Waiting::Probe);
        live.poll(call, found || what.is_none(), what.as_slice(), false);
    });
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
    let status = own.unless(status);
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
    let status = own.unless(status);
    let result = unsafe { ffi::PMPI_Improbe(from, tag, comm, flag, message, status) };
    let found = unsafe { *flag } != 0;
    asked("MPI_Improbe", from, tag, comm, found);
    if found {
        unsafe { probed(message, comm, status) };
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
    let mut own = Own::new();
    let status = own.unless(status);
    traffic::outgoing(count, datatype);
    let call = enter("MPI_Sendrecv", |live| {
        send(live, comm, to, tag, true);
        receive(live, comm, from, want, Waiting::Receive);
    });
    let result = unsafe {
        ffi::PMPI_Sendrecv(
            outgoing, count, datatype, to, tag, incoming, room, kind, from, want, comm,
            status,
        )
    };
    unsafe { received(call, comm, status) };
    result
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
    let mut own = Own::new();
    let status = own.unless(status);
    traffic::outgoing(count, datatype);
    let call = enter("MPI_Sendrecv_replace", |live| {
        send(live, comm, to, tag, true);
        receive(live, comm, from, want, Waiting::Receive);
    });
    let result = unsafe {
        ffi::PMPI_Sendrecv_replace(
            buffer, count, datatype, to, tag, from, want, comm, status,
        )
    };
    unsafe { received(call, comm, status) };
    result
}
