//! Requests: waiting for them, asking for them, starting, cancelling and freeing them.

use std::ffi::c_int;
use std::slice;

use mpi::ffi::{self, MPI_Request, MPI_Status};

use super::traffic::incoming;
use super::{Own, bits, is_null, statuses};
use crate::live::summary::delay;
use crate::live::{self, Handle, InCall, Waiting, enter};

/// What stands for each of some requests.
unsafe fn handles(requests: *const MPI_Request, count: c_int) -> Vec<Waiting> {
    if count <= 0 {
        return Vec::new();
    }
    let requests = unsafe { slice::from_raw_parts(requests, count as usize) };
    requests.iter().map(|&request| Waiting::Request(bits(request))).collect()
}

unsafe fn enter_wait(
    call: &'static str,
    requests: *const MPI_Request,
    count: c_int,
    any: bool,
) -> Option<InCall> {
    enter(call, |live| {
        if any {
            live.any();
        }
        for index in 0..count.max(0) as usize {
            live.wait(Waiting::Request(bits(unsafe { *requests.add(index) })));
        }
    })
}

/// The request that the call in progress waits for at `index` is completed.
unsafe fn complete_waited(index: usize, status: *const MPI_Status) {
    live::with(|live| {
        if let Some(handle) = live.waited(index) {
            incoming(live, status);
            unsafe { live.completed(handle, (*status).MPI_SOURCE, (*status).MPI_TAG) };
        }
    });
}

unsafe fn complete(handle: Handle, status: *const MPI_Status) {
    live::with(|live| {
        incoming(live, status);
        unsafe { live.completed(handle, (*status).MPI_SOURCE, (*status).MPI_TAG) };
    });
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Wait(
    request: *mut MPI_Request,
    status: *mut MPI_Status,
) -> c_int {
    let mut own = Own::new();
    let status = own.unless(status);
    let call = unsafe { enter_wait("MPI_Wait", request, 1, false) };
    let result = unsafe { ffi::PMPI_Wait(request, status) };
    if call.is_some() {
        unsafe { complete_waited(0, status) };
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Waitall(
    count: c_int,
    requests: *mut MPI_Request,
    theirs: *mut MPI_Status,
) -> c_int {
    let call = unsafe { enter_wait("MPI_Waitall", requests, count, false) };
    if call.is_none() {
        return unsafe { ffi::PMPI_Waitall(count, requests, theirs) };
    }
    let mut own = Vec::new();
    let status = statuses(theirs, count, &mut own);
    let result = unsafe { ffi::PMPI_Waitall(count, requests, status) };
    for index in 0..count.max(0) as usize {
        unsafe { complete_waited(index, status.add(index)) };
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Waitany(
    count: c_int,
    requests: *mut MPI_Request,
    index: *mut c_int,
    status: *mut MPI_Status,
) -> c_int {
    let mut own = Own::new();
    let status = own.unless(status);
    let call = unsafe { enter_wait("MPI_Waitany", requests, count, true) };
    let result = unsafe { ffi::PMPI_Waitany(count, requests, index, status) };
    if call.is_some() {
        unsafe { complete_waited(*index as usize, status) };
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Waitsome(
    count: c_int,
    requests: *mut MPI_Request,
    done: *mut c_int,
    indices: *mut c_int,
    theirs: *mut MPI_Status,
) -> c_int {
    let call = unsafe { enter_wait("MPI_Waitsome", requests, count, true) };
    if call.is_none() {
        return unsafe { ffi::PMPI_Waitsome(count, requests, done, indices, theirs) };
    }
    let mut own = Vec::new();
    let status = statuses(theirs, count, &mut own);
    let result = unsafe { ffi::PMPI_Waitsome(count, requests, done, indices, status) };
    // MPI_UNDEFINED, which says that there was nothing to wait for, is negative.
    for place in 0..unsafe { *done }.max(0) as usize {
        unsafe { complete_waited(*indices.add(place) as usize, status.add(place)) };
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Test(
    request: *mut MPI_Request,
    flag: *mut c_int,
    status: *mut MPI_Status,
) -> c_int {
    let mut own = Own::new();
    let status = own.unless(status);
    let asked = unsafe { *request };
    let result = unsafe { ffi::PMPI_Test(request, flag, status) };
    let found = unsafe { *flag } != 0;
    live::with(|live| {
        let waits = [Waiting::Request(bits(asked))];
        live.poll("MPI_Test", found || is_null(asked), &waits, false);
    });
    if found {
        unsafe { complete(bits(asked), status) };
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Testall(
    count: c_int,
    requests: *mut MPI_Request,
    flag: *mut c_int,
    theirs: *mut MPI_Status,
) -> c_int {
    let asked = unsafe { handles(requests, count) };
    let mut own = Vec::new();
    let status = statuses(theirs, count, &mut own);
    let result = unsafe { ffi::PMPI_Testall(count, requests, flag, status) };
    let found = unsafe { *flag } != 0;
    live::with(|live| live.poll("MPI_Testall", found, &asked, false));
    for (index, asked) in asked.iter().enumerate().filter(|_| found) {
        unsafe { complete(asked.handle(), status.add(index)) };
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Testany(
    count: c_int,
    requests: *mut MPI_Request,
    index: *mut c_int,
    flag: *mut c_int,
    status: *mut MPI_Status,
) -> c_int {
    let mut own = Own::new();
    let status = own.unless(status);
    let asked = unsafe { handles(requests, count) };
    let result = unsafe { ffi::PMPI_Testany(count, requests, index, flag, status) };
    let found = unsafe { *flag } != 0;
    live::with(|live| live.poll("MPI_Testany", found, &asked, true));
    let taken = usize::try_from(unsafe { *index }).ok().and_then(|i| asked.get(i));
    if let Some(taken) = taken.filter(|_| found) {
        unsafe { complete(taken.handle(), status) };
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Testsome(
    count: c_int,
    requests: *mut MPI_Request,
    done: *mut c_int,
    indices: *mut c_int,
    theirs: *mut MPI_Status,
) -> c_int {
    let asked = unsafe { handles(requests, count) };
    let mut own = Vec::new();
    let status = statuses(theirs, count, &mut own);
    let result = unsafe { ffi::PMPI_Testsome(count, requests, done, indices, status) };
    let done = unsafe { *done };
    live::with(|live| live.poll("MPI_Testsome", done != 0, &asked, true));
    for place in 0..done.max(0) as usize {
        unsafe {
            let taken = &asked[*indices.add(place) as usize];
            complete(taken.handle(), status.add(place));
        }
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Request_get_status(
    request: MPI_Request,
    flag: *mut c_int,
    status: *mut MPI_Status,
) -> c_int {
    let result = unsafe { ffi::PMPI_Request_get_status(request, flag, status) };
    let found = unsafe { *flag } != 0;
    live::with(|live| {
        let waits = [Waiting::Request(bits(request))];
        live.poll("MPI_Request_get_status", found, &waits, false);
    });
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Start(request: *mut MPI_Request) -> c_int {
    delay();
    live::with(|live| live.started(bits(unsafe { *request })));
    unsafe { ffi::PMPI_Start(request) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Startall(count: c_int, requests: *mut MPI_Request) -> c_int {
    delay();
    for started in unsafe { handles(requests, count) } {
        live::with(|live| live.started(started.handle()));
    }
    unsafe { ffi::PMPI_Startall(count, requests) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Cancel(request: *mut MPI_Request) -> c_int {
    live::with(|live| live.cancelled(bits(unsafe { *request })));
    unsafe { ffi::PMPI_Cancel(request) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Request_free(request: *mut MPI_Request) -> c_int {
    live::with(|live| live.freed(bits(unsafe { *request })));
    unsafe { ffi::PMPI_Request_free(request) }
}

impl Waiting {
    /// The handle of a request.
    fn handle(&self) -> Handle {
        match self {
            Waiting::Request(handle) => *handle,
            other => unreachable!("{other:?} is no request"),
        }
    }
}
