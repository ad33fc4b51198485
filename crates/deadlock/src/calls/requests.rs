//! Requests: waiting for them, asking for them, starting, cancelling and freeing them.

use std::ffi::c_int;
use std::slice;

use mpi::ffi::{self, MPI_Request, MPI_Status};

use super::traffic::incoming;
use super::{Own, bits};
use crate::live::summary::delay;
use crate::live::{self, Live, Waiting, enter_as};
use crate::state::Stage;

/// The requests that a call waits for, or asks for.
struct Asked {
    call: &'static str,
    requests: *const MPI_Request,
    count: c_int,
    /// Whether one of them is enough.
    any: bool,
    /// Where a call that does not wait says whether it has found them: not 0 then.
    found: Option<*const c_int>,
}

impl Asked {
    /// Calls the library by `real`; `done` then says which requests are completed.
    unsafe fn call<Done: IntoIterator<Item = c_int>>(
        self,
        status: *mut MPI_Status,
        real: impl FnOnce(*mut MPI_Status) -> c_int,
        done: impl FnOnce() -> Done,
    ) -> c_int {
        let stage = if self.found.is_some() { Stage::Polls } else { Stage::Blocked };
        let call = enter_as(stage, self.call, |live| unsafe { self.tell(live) });
        let Some(call) = call else { return real(status) };
        let mut own = Own::new();
        let status = own.unless(status, self.count);
        let result = real(status);
        if self.found.is_some_and(|found| unsafe { *found } == 0) {
            call.found_nothing();
            return result;
        }
        call.leave(|live| {
            for (place, index) in done().into_iter().enumerate() {
                // MPI_UNDEFINED, which says that there was no request, is negative.
                let handle = usize::try_from(index).ok().and_then(|i| live.waited(i));
                if let Some(handle) = handle {
                    let status = unsafe { &*status.add(place) };
                    incoming(live, status);
                    live.completed(handle, status.MPI_SOURCE, status.MPI_TAG);
                }
            }
        });
        result
    }

    unsafe fn tell(&self, live: &mut Live) {
        if self.any {
            live.any();
        }
        for &request in unsafe { requests(self.requests, self.count) } {
            live.wait(Waiting::Request(bits(request)));
        }
    }
}

unsafe fn requests<'a>(first: *const MPI_Request, count: c_int) -> &'a [MPI_Request] {
    if count <= 0 { &[] } else { unsafe { slice::from_raw_parts(first, count as usize) } }
}

/// The first `done` of some indices.
unsafe fn taken(
    done: *const c_int,
    indices: *const c_int,
) -> impl Iterator<Item = c_int> {
    (0..unsafe { *done }.max(0) as usize).map(move |place| unsafe { *indices.add(place) })
}

/// Calls with the requests that they wait for or ask for, and which are done then.
macro_rules! asked {
    ($($name:ident $real:ident ($($argument:ident: $kind:ty),*)
       $requests:ident[$count:expr] $any:literal $found:expr => $done:expr;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(
            $($argument: $kind,)* status: *mut MPI_Status,
        ) -> c_int {
            let (call, requests) = (stringify!($name), $requests.cast_const());
            let asked =
                Asked { call, requests, count: $count, any: $any, found: $found };
            let real = |status| unsafe { ffi::$real($($argument,)* status) };
            unsafe { asked.call(status, real, || $done) }
        }
    )*};
}

type Requests = *mut MPI_Request;
type Place = *mut c_int;

asked! {
    MPI_Wait PMPI_Wait (request: Requests) request[1] false None => [0];
    MPI_Waitall PMPI_Waitall (count: c_int, requests: Requests)
        requests[count] false None => 0..count;
    MPI_Waitany PMPI_Waitany (count: c_int, requests: Requests, index: Place)
        requests[count] true None => [*index];
    MPI_Waitsome PMPI_Waitsome
        (count: c_int, requests: Requests, done: Place, indices: Place)
        requests[count] true None => taken(done, indices);
    MPI_Test PMPI_Test (request: Requests, flag: Place)
        request[1] false Some(flag) => [0];
    MPI_Testall PMPI_Testall (count: c_int, requests: Requests, flag: Place)
        requests[count] false Some(flag) => 0..count;
    MPI_Testany PMPI_Testany
        (count: c_int, requests: Requests, index: Place, flag: Place)
        requests[count] true Some(flag) => [*index];
    MPI_Testsome PMPI_Testsome
        (count: c_int, requests: Requests, done: Place, indices: Place)
        requests[count] true Some(done) => taken(done, indices);
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Request_get_status(
    request: MPI_Request,
    flag: *mut c_int,
    status: *mut MPI_Status,
) -> c_int {
    let call = enter_as(Stage::Polls, "MPI_Request_get_status", |live| {
        live.wait(Waiting::Request(bits(request)));
    });
    let result = unsafe { ffi::PMPI_Request_get_status(request, flag, status) };
    // What has been found is still to be waited for.
    if let Some(call) = call.filter(|_| unsafe { *flag } == 0) {
        call.found_nothing();
    }
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Start(request: *mut MPI_Request) -> c_int {
    delay();
    live::with(|live| live.started(bits(unsafe { *request })));
    unsafe { ffi::PMPI_Start(request) }
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Startall(count: c_int, theirs: *mut MPI_Request) -> c_int {
    delay();
    for &request in unsafe { requests(theirs, count) } {
        live::with(|live| live.started(bits(request)));
    }
    unsafe { ffi::PMPI_Startall(count, theirs) }
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
