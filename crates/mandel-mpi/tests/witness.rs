//! What tools see of the program through the witness. Not in the handout.

use harness::trial::witnessed::{Witnessed, assert_whole, met, pieces, rows};
use kernels::split::block;
use ranks::trial::command;
use serde_json::Value;

const RANKS: usize = 3;
const HEIGHT: usize = 40;
const TILE: usize = 4;

/// The ranks' pages of a run by `schedule`, which computed the whole picture.
#[track_caller]
fn seen(schedule: &str, knobs: &[(&str, &str)]) -> Vec<Value> {
    let words = format!(
        "--width 30 --height {HEIGHT} --max-iter 100 --tile {TILE} --json --warmup 0 --runs 1 \
         --schedule {schedule}"
    );
    let mut command = command(RANKS, env!("CARGO_BIN_EXE_mandel-mpi"));
    let (seen, outcome) = Witnessed::run(command.args(words.split_whitespace()), knobs);
    let pages = seen.work(RANKS);
    assert_whole(&pages, HEIGHT, &outcome.json()["iterations"]);
    pages
}

#[test]
fn ranks_meet_at_the_gate() {
    for schedule in ["block", "cyclic", "dynamic", "ahead", "counter"] {
        let pages = seen(schedule, &[("PCR_GATE", "1")]);
        assert_eq!(met(&pages), Some(true), "{schedule}");
        let is_master = ["dynamic", "ahead"].contains(&schedule);
        assert_eq!(pages[0]["met"].is_null(), is_master, "{schedule}");
    }
}

#[test]
fn a_rank_that_is_held_keeps_a_fixed_share_and_gives_way_in_a_dynamic_schedule() {
    let share = block(HEIGHT, RANKS, 1).len();
    for (schedule, least, most) in [
        ("block", share, share),
        ("cyclic", share, share),
        ("dynamic", TILE, 2 * TILE),
        ("ahead", TILE, 2 * TILE),
        ("counter", TILE, 2 * TILE),
    ] {
        let pages = seen(schedule, &[("PCR_HOLD", "1")]);
        let mine = pieces(&pages[1]).iter().map(|piece| rows(piece).len());
        let mine = mine.sum::<usize>();
        assert!((least..=most).contains(&mine), "{schedule}: {mine} rows");
        assert_eq!(pages[1]["held"]["enough"], schedule != "cyclic", "{schedule}");
        assert!(pages[0]["held"].is_null() && pages[2]["held"].is_null(), "{schedule}");
    }
}
