//! The gate, the hold and the record, without any kernel.

use std::path::Path;
use std::time::{Duration, Instant};

use kernels::matmul::Shape;
use serde_json::json;

use super::*;
use crate::trial::Folder;

const SHORT: Duration = Duration::from_millis(60);
const LONG: Duration = Duration::from_secs(5);

fn gate(folder: &Folder, process: usize, patience: Duration) -> Gate {
    let mut gate = Gate::new(&folder.path(""), process);
    gate.patience = patience;
    gate
}

/// How long `worker` waits at a gate with its first piece.
fn pass(gate: &Gate, worker: usize) -> Duration {
    let start = Instant::now();
    gate.enter(worker, true);
    let waited = start.elapsed();
    gate.leave(worker);
    waited
}

#[test]
fn threads_meet_at_the_gate() {
    let folder = Folder::new();
    let gate = gate(&folder, 0, LONG);
    thread::scope(|scope| {
        for worker in 0..3 {
            scope.spawn({
                let gate = &gate;
                move || assert!(pass(gate, worker) < LONG)
            });
        }
    });
    assert!(gate.have_met());
}

#[test]
fn processes_meet_at_the_gate_and_whoever_comes_later_does_not_wait() {
    let folder = Folder::new();
    let [first, second, late, idle] =
        [0, 1, 2, 3].map(|process| gate(&folder, process, LONG));
    thread::scope(|scope| {
        scope.spawn(|| assert!(pass(&first, 0) < LONG));
        scope.spawn(|| assert!(pass(&second, 0) < LONG));
    });
    assert!(pass(&late, 0) < LONG);
    assert!([first, second, late, idle].iter().all(Gate::have_met));
}

#[test]
fn who_comes_when_the_other_has_left_meets_nobody() {
    let folder = Folder::new();
    let gates = [0, 1].map(|process| gate(&folder, process, SHORT));
    for (process, worker) in [(0, 0), (0, 1), (1, 0)] {
        assert!(pass(&gates[process], worker) >= SHORT, "{process} {worker}");
    }
    // Not the first piece.
    let start = Instant::now();
    gates[0].enter(0, false);
    gates[0].leave(0);
    assert!(start.elapsed() < SHORT, "{:?}", start.elapsed());
    assert!(!gates.iter().any(Gate::have_met));
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[test]
fn a_second_piece_is_met_too() {
    let folder = Folder::new();
    let gates = [0, 1].map(|process| gate(&folder, process, SHORT));
    assert!(pass(&gates[0], 0) >= SHORT);
    gates[0].enter(0, false);
    gates[1].enter(0, true);
    assert!(gates[0].have_met() && gates[1].have_met());
}

fn hold(folder: &Path, process: Process, worker: usize, stalled: Duration) -> Hold {
    let mut hold = Hold::new(folder, process, worker);
    (hold.stalled, hold.patience) = (stalled, SHORT);
    hold
}

#[test]
fn a_thread_is_held_until_the_others_have_done_all_but_two_pieces() {
    let folder = Folder::new();
    let hold = hold(&folder.path(""), Process::Alone, 1, LONG);
    // Worker 1 does not come: worker 0 waits a while.
    let start = Instant::now();
    assert_eq!(hold.enter(0, true, 5, 40), None);
    assert!(start.elapsed() >= SHORT);
    hold.leave(0, 5);
    let held = thread::scope(|scope| {
        let held = scope.spawn(|| hold.enter(1, true, 5, 40));
        for worker in [0, 2, 0, 2, 0] {
            assert!(!held.is_finished());
            thread::sleep(Duration::from_millis(5));
            hold.leave(worker, 5);
        }
        held.join().expect("it is let go")
    });
    let held = held.expect("it is held");
    assert_eq!((held.others, held.enough), (30, true));
    hold.leave(1, 5);
    assert_eq!(hold.enter(1, false, 5, 40), None, "its first piece only");
}

#[test]
fn a_rank_is_held_until_no_more_comes() {
    let folder = Folder::new();
    let [zero, one, two] = [0, 1, 2].map(|rank| {
        let process = Process::Rank { rank, ranks: 3, together: true };
        hold(&folder.path(""), process, 1, SHORT)
    });
    zero.leave(0, 4);
    zero.leave(0, 4);
    two.leave(0, 3);
    one.leave(0, 9);
    let held = one.enter(0, true, 9, 30).expect("rank 1 is held");
    assert_eq!((held.worker, held.others, held.enough), (1, 11, false));
    assert!(held.waited_s >= SHORT.as_secs_f64());
    assert_eq!(zero.enter(0, true, 9, 30), None);
    zero.leave(0, 1);
    let process = Process::Rank { rank: 1, ranks: 3, together: true };
    let other = hold(&folder.path(""), process, 1, LONG).enter(0, true, 9, 30);
    assert!(other.is_some_and(|held| held.enough && held.others == 12));
}

fn rows(first: usize) -> Work {
    Work::Rows { rows: first..first + 2, width: 9, height: 8, max_iter: 7 }
}

#[test]
fn workers_are_numbered_in_each_run_and_what_verifies_is_left_out() {
    let mut record = Record::default();
    let begin =
        |record: &mut Record| record.begin(&rows(0)).map(|b| (b.worker, b.is_first));
    let elsewhere = |record: &mut Record| {
        thread::scope(|scope| scope.spawn(|| begin(record)).join().expect("no panic"))
    };
    assert_eq!(begin(&mut record), Some((0, true)));
    assert_eq!(begin(&mut record), Some((0, false)));
    for first in [true, false] {
        (record.runs, record.is_running) = (record.runs + 1, true);
        record.workers.clear();
        assert_eq!(elsewhere(&mut record), Some((0, first)));
        assert_eq!(begin(&mut record), Some((1, first)));
        assert_eq!(elsewhere(&mut record), Some((2, first)));
    }
    record.is_running = false;
    record.is_verifying = true;
    assert_eq!(begin(&mut record), None);
    let runs: Vec<_> = record.pieces.iter().map(|piece| piece.run).collect();
    let [first, second] = [Some(0), Some(1)];
    assert_eq!(runs, [None, None, first, first, first, second, second, second]);
}

#[test]
fn the_page_has_all_kinds_of_work() {
    let mut record = Record::default();
    let process = Process::Rank { rank: 2, ranks: 4, together: true };
    let empty = page::page(process, Some(true), &record);
    assert_eq!(empty["met"], json!(null), "it has computed nothing");

    let product = Work::Product(Shape { m: 1, k: 2, n: 3 });
    for work in [rows(4), product, Work::Words { document: 5, bytes: 6 }] {
        let begun = record.begin(&work).expect("it is recorded");
        record.pieces[begun.number].units = 10;
    }
    record.pieces[1].end = Some(record.pieces[1].begin + Duration::from_nanos(8));
    let page = page::page(process, Some(true), &record);
    for (key, value) in [
        ("process", json!(2)),
        ("processes", json!(4)),
        ("pid", json!(std::process::id())),
        ("met", json!(true)),
        ("held", json!(null)),
    ] {
        assert_eq!(page[key], value, "{key}");
    }
    assert!(page["cpu_s"].as_f64().is_some_and(|seconds| seconds > 0.0));
    for (piece, key, value) in [
        (0, "kind", json!("rows")),
        (0, "rows", json!([4, 6])),
        (0, "height", json!(8)),
        (0, "end_ns", json!(null)),
        (1, "kind", json!("product")),
        (1, "n", json!(3)),
        (1, "units", json!(10)),
        (2, "kind", json!("words")),
        (2, "document", json!(5)),
        (2, "run", json!(null)),
    ] {
        assert_eq!(page["pieces"][piece][key], value, "{piece} {key}");
    }
    let time = |key: &str| page["pieces"][1][key].as_u64().expect("a time");
    assert_eq!(time("end_ns") - time("begin_ns"), 8);
}
