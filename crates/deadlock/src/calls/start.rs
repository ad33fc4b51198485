//! MPI's start, and ends that are none.

use std::backtrace::Backtrace;
use std::ffi::{c_char, c_int};

use mpi::ffi;

use super::communicators::meet_first;
use crate::lines;
use crate::live::{self, Live};
use crate::watch::{self, Settings};

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Init(count: *mut c_int, words: *mut *mut *mut c_char) -> c_int {
    let result = unsafe { ffi::PMPI_Init(count, words) };
    begin();
    result
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Init_thread(
    count: *mut c_int,
    words: *mut *mut *mut c_char,
    wanted: c_int,
    given: *mut c_int,
) -> c_int {
    let result = unsafe { ffi::PMPI_Init_thread(count, words, wanted, given) };
    begin();
    result
}

/// Tells all ranks what rank 0 has decided, and where it listens.
fn begin() {
    let (mut rank, mut size) = (0, 0);
    let mut told = [0_u8; Settings::BYTES];
    // SAFETY: MPI has started; the buffers have the sizes that are told.
    unsafe {
        ffi::PMPI_Comm_rank(ffi::RSMPI_COMM_WORLD, &mut rank);
        ffi::PMPI_Comm_size(ffi::RSMPI_COMM_WORLD, &mut size);
    }
    let listener = (rank == 0).then(|| Settings::decide(&mut told)).flatten();
    // SAFETY: as above.
    unsafe {
        ffi::PMPI_Bcast(
            told.as_mut_ptr().cast(),
            told.len() as c_int,
            ffi::RSMPI_UINT8_T,
            0,
            ffi::RSMPI_COMM_WORLD,
        );
    }
    let settings = Settings::from_bytes(&told);
    let strict = settings.as_ref().is_some_and(|settings| settings.strict);
    // SAFETY: it only asks who runs this.
    let thread = unsafe { libc::pthread_self() };
    let mut live = Live::new(rank as usize, strict, thread);
    // SAFETY: MPI has started, and all ranks come here.
    unsafe { meet_first(&mut live) };
    live::start(live, settings.is_some());
    let Some(settings) = settings else { return };
    // SAFETY: `left` never unwinds: it returns, or it ends the process.
    unsafe { libc::atexit(left) };
    // SAFETY: MPI has started; it calls `fault` with a communicator and a code.
    unsafe { handle_errors() };
    watch::begin(settings, rank as usize, size as usize, listener);
}

/// A rank that leaves without MPI_Finalize would leave the others waiting for it.
extern "C" fn left() {
    let Some(rank) = live::peek(|live| live.rank) else { return };
    let line = at_line(&Backtrace::force_capture());
    watch::tell_user(&format!("error: rank {rank} has left without MPI_Finalize{line}"));
    super::abort(1);
}

/// Where the exercise is in a stack: ` at FILE:LINE`, or nothing.
fn at_line(stack: &Backtrace) -> String {
    lines::in_exercise(stack).map_or(String::new(), |line| format!(" at {line}"))
}

/// Lets errors come to us.
unsafe fn handle_errors() {
    // In Rust a function that is defined cannot have more arguments than it names. The
    // standard passes those of the implementation behind them; ours reads none.
    type Ours = unsafe extern "C" fn(*mut ffi::MPI_Comm, *mut c_int);
    unsafe {
        let handler: ffi::MPI_Comm_errhandler_function =
            std::mem::transmute::<Ours, _>(fault as Ours);
        let mut made = ffi::RSMPI_ERRORS_ARE_FATAL;
        ffi::PMPI_Comm_create_errhandler(handler, &mut made);
        ffi::PMPI_Comm_set_errhandler(ffi::RSMPI_COMM_WORLD, made);
        ffi::PMPI_Comm_set_errhandler(ffi::RSMPI_COMM_SELF, made);
    }
}

/// MPI has found a fault: one line with the call, the student's line and MPI's text.
unsafe extern "C" fn fault(_: *mut ffi::MPI_Comm, code: *mut c_int) {
    // Ranks that disagree about a collective cut each other's data short.
    if live::peek(|live| live.is_in_collective()) == Some(true) {
        watch::ask_at_once();
        watch::wait_for_verdict();
    }
    let rank = live::peek(|live| live.rank).unwrap_or_default();
    // Reading a stack takes a while, in which this rank seems to stand still.
    live::stop();
    let mut text = [0_u8; 1024]; // MPI_MAX_ERROR_STRING is 256 to 1024.
    let mut length = 0;
    let written = text.as_mut_ptr().cast();
    // SAFETY: the buffer is as long as any such text, and `code` points to one.
    unsafe { ffi::PMPI_Error_string(*code, written, &mut length) };
    let text = String::from_utf8_lossy(&text[..length.max(0) as usize]).into_owned();
    // MPICH tells its own stack line by line: the last line is the cause.
    let text = text.trim().lines().last().unwrap_or_default();
    let stack = Backtrace::force_capture();
    let call = lines::call(&stack).unwrap_or_else(|| "MPI".to_owned());
    let line = at_line(&stack);
    watch::tell_user(&format!("error: rank {rank}: {call}{line}: {text}"));
    super::abort(101);
}

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Abort(comm: ffi::MPI_Comm, status: c_int) -> c_int {
    live::stop();
    unsafe { ffi::PMPI_Abort(comm, status) }
}
