//! MPI's end: what was sent and never received, and collectives that some never called.

use std::ffi::c_int;

use mpi::ffi::{self, MPI_Comm};

use crate::live;
use crate::state::Rank;

#[unsafe(no_mangle)]
unsafe extern "C" fn MPI_Finalize() -> c_int {
    let own = live::with(|live| {
        live.end("MPI_Finalize");
        live.own
    });
    // Open MPI's launcher often hangs if a job is ended while some ranks are in the
    // library's own end: they wait here until all have come. A barrier of the world
    // would be the partner of one that the program has forgotten elsewhere.
    if let Some(own) = own.flatten() {
        take_stock(own);
    }
    live::peek(|live| live.write_summary());
    let result = unsafe { ffi::PMPI_Finalize() };
    live::stop();
    result
}

/// What a rank has lost: how many messages, the sender of the first of them, and how
/// many collectives of the world it has called.
type Loss = [u64; 3];

/// Waits for all ranks, compares what they have sent and received, and notes on rank 0
/// what was lost: the job has ended well, so it is no more than a note.
fn take_stock(own: MPI_Comm) {
    let (mut rank, mut size) = (0, 0);
    unsafe {
        ffi::PMPI_Comm_rank(own, &mut rank);
        ffi::PMPI_Comm_size(own, &mut size);
    }
    let ranks = size as usize;
    let stock = live::peek(|live| (live.sent_to_each(ranks), live.got_from_each(ranks)));
    let (sent, got) = stock.unwrap_or_else(|| (vec![0; ranks], vec![u64::MAX; ranks]));
    let mut expected = vec![0_u64; ranks];
    let word = unsafe { ffi::RSMPI_UINT64_T };
    unsafe {
        let (from, to) = (sent.as_ptr().cast(), expected.as_mut_ptr().cast());
        ffi::PMPI_Alltoall(from, 1, word, to, 1, word, own);
    }
    let lost = |from: Rank| expected[from].saturating_sub(got[from]);
    let first = (0..ranks).find(|&from| lost(from) > 0).unwrap_or_default();
    let collectives = live::peek(|live| live.collectives_of_world()).unwrap_or_default();
    let mine: Loss = [(0..ranks).map(lost).sum(), first as u64, collectives];
    let mut all: Vec<Loss> = vec![[0; 3]; ranks];
    unsafe {
        let (from, to) = (mine.as_ptr().cast(), all.as_mut_ptr().cast());
        ffi::PMPI_Gather(from, 3, word, to, 3, word, 0, own);
    }
    if let (0, Some(note)) = (rank, note(&all)) {
        eprintln!("{note}");
    }
}

fn note(all: &[Loss]) -> Option<String> {
    let losers: Vec<Rank> = (0..all.len()).filter(|&rank| all[rank][0] > 0).collect();
    if let Some(&rank) = losers.first() {
        let more = match losers.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} other ranks lost messages, too"),
        };
        let [lost, from, _] = all[rank];
        let messages = if lost == 1 { "message" } else { "messages" };
        return Some(format!(
            "note: rank {rank} ended without receiving {lost} {messages} sent to it, the \
             first by rank {from}{more}"
        ));
    }
    let most = *all.iter().max_by_key(|loss| loss[2])?;
    let (fewest, few) = all.iter().enumerate().min_by_key(|(_, loss)| loss[2])?;
    let rank = all.iter().position(|loss| *loss == most)?;
    (few[2] < most[2]).then(|| {
        format!(
            "note: rank {rank} called a collective of MPI_COMM_WORLD that rank {fewest} did \
             not call ({} and {} in all)",
            most[2], few[2]
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lost_is_noted_once() {
        for (all, expected) in [
            (vec![[0, 0, 4], [0, 0, 4]], None),
            (
                vec![[0, 0, 4], [1, 0, 4]],
                Some("rank 1 ended without receiving 1 message"),
            ),
            (
                vec![[2, 1, 4], [1, 0, 4]],
                Some("2 messages sent to it, the first by rank 1,"),
            ),
            (vec![[0, 0, 4], [0, 0, 3]], Some("rank 0 called a collective")),
        ] {
            let note = note(&all);
            let fits = |text: &str| note.as_ref().is_some_and(|note| note.contains(text));
            assert!(expected.map_or(note.is_none(), fits), "{all:?}: {note:?}");
        }
    }
}
