//! What tools see of the program through the witness. Not in the handout.

use harness::trial::witnessed::{Witnessed, assert_line};
use ranks::trial::command;
use serde_json::{Value, json};

const WORDS: [&str; 5] = ["--json", "--runs", "1", "--warmup", "0"];

#[track_caller]
fn seen(knobs: &[(&str, &str)]) -> (Witnessed, Value) {
    let mut command = command(4, env!("CARGO_BIN_EXE_mpi-hello"));
    let (seen, outcome) = Witnessed::run(command.args(WORDS), knobs);
    (seen, outcome.json())
}

#[test]
fn rank_0_receives_a_message_from_each_other() {
    let (seen, _) = seen(&[]);
    let root = seen.page("messages-0.json");
    let received = root["in_runs"]["received"].as_array().unwrap();
    let heart = "crates/mpi-hello/src/collect.rs";
    let mut bytes = 0;
    for (rank, message) in (1..).zip(received) {
        assert_eq!((&message["peer"], &message["messages"]), (&json!(rank), &json!(1)));
        let theirs = seen.page(&format!("messages-{rank}.json"));
        let sent = theirs["in_runs"]["sent"].as_array().unwrap();
        assert_eq!((sent.len(), &sent[0]["peer"]), (1, &json!(0)));
        assert_eq!(sent[0]["bytes"], message["bytes"]);
        assert_line(&sent[0]["line"], heart);
        assert_line(&message["line"], heart);
        bytes += message["bytes"].as_u64().unwrap();
    }
    assert_eq!(received.len(), 3);
    assert_eq!(root["in_runs"]["bytes_received"], bytes);
    assert_eq!((&root["ranks"], &root["runs"]), (&json!(4), &json!(1)));
    // All of its own are collectives: hosts, times, the record.
    assert_eq!(root["outside"]["received"], json!([]));
    assert!(!root["outside"]["collectives"].as_array().unwrap().is_empty());
}

#[test]
fn a_rank_is_late_if_it_is_asked_to_be() {
    let (_, record) = seen(&[("DEADLOCK_DELAY", "2:300")]);
    let seconds = record["median_s"].as_f64().unwrap();
    assert!(seconds >= 0.3, "{seconds}");
}
