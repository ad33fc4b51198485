//! What tools see of the program through the witness. Not in the handout.

use std::process::Command;

use harness::trial::witnessed::{
    Witnessed, assert_line, assert_whole, met, pieces, rows,
};
use serde_json::{Value, json};

const HEIGHT: usize = 40;
const TILE: usize = 4;

/// The page and the record of a run with `words`.
#[track_caller]
fn seen(words: &str, knobs: &[(&str, &str)]) -> (Value, Value) {
    let words = format!(
        "--width 30 --height {HEIGHT} --max-iter 100 --tile {TILE} --json --warmup 0 {words}"
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_mandel-threads"));
    let (seen, outcome) = Witnessed::run(command.args(words.split_whitespace()), knobs);
    let [page]: [Value; 1] = seen.work(1).try_into().expect("one page");
    (page, outcome.json())
}

#[test]
fn all_work_is_seen_in_every_run() {
    let (page, record) = seen("--workers 3 --schedule cyclic --runs 2", &[]);
    assert_eq!(page["met"], json!(null));
    let in_run = |run: u64| {
        let pieces = pieces(&page).iter().filter(|piece| piece["run"] == run).cloned();
        json!({ "pieces": pieces.collect::<Vec<_>>() })
    };
    for run in [0, 1] {
        let page = in_run(run);
        assert_whole(std::slice::from_ref(&page), HEIGHT, &record["iterations"]);
        let workers = pieces(&page).iter().map(|piece| piece["worker"].as_u64());
        assert_eq!(workers.max(), Some(Some(2)));
        assert_line(&page["pieces"][0]["line"], "crates/mandel-threads/src/cyclic.rs");
    }
    let times = pieces(&page).iter().map(|piece| {
        ["begin_ns", "end_ns", "busy_ns"].map(|key| piece[key].as_u64().expect("a time"))
    });
    for [begin, end, busy] in times {
        assert!(begin < end && 0 < busy && busy < 2_000_000_000, "{begin} {end} {busy}");
    }
}

#[test]
fn workers_meet_at_the_gate_and_one_alone_meets_nobody() {
    for (schedule, workers, expected) in [
        ("block", 2, true),
        ("cyclic", 2, true),
        ("dynamic", 2, true),
        ("rayon", 2, true),
        ("block", 1, false),
    ] {
        let words = format!("--runs 1 --workers {workers} --schedule {schedule}");
        let (page, record) = seen(&words, &[("PCR_GATE", "1")]);
        assert_eq!(met(std::slice::from_ref(&page)), Some(expected), "{schedule}");
        assert_whole(&[page], HEIGHT, &record["iterations"]);
    }
}

#[test]
fn a_worker_that_is_held_keeps_a_fixed_share_and_gives_way_in_a_dynamic_schedule() {
    for (schedule, least, most) in [
        ("block", HEIGHT / 3, HEIGHT / 3 + 1),
        ("cyclic", HEIGHT / 3, HEIGHT / 3 + 1),
        ("dynamic", TILE, 2 * TILE),
        ("rayon", TILE, 2 * TILE),
    ] {
        let words = format!("--runs 1 --workers 3 --schedule {schedule}");
        let (page, record) = seen(&words, &[("PCR_HOLD", "1")]);
        let mine = pieces(&page).iter().filter(|piece| piece["worker"] == 1);
        let share = mine.map(|piece| rows(piece).len()).sum::<usize>();
        assert!((least..=most).contains(&share), "{schedule}: {share} rows");
        assert_eq!(page["held"]["worker"], 1, "{schedule}");
        assert_eq!(page["held"]["enough"], schedule != "cyclic", "{schedule}");
        assert_whole(&[page], HEIGHT, &record["iterations"]);
    }
}
