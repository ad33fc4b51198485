//! The price of a message in hello, over fake messages whose law is known.

use super::{Lab, NO_TROUBLE, row};

#[test]
fn a_message_has_a_row_a_size_with_the_law_of_all() {
    let lab = Lab::new();
    let done = lab.study("hello --workers 3", NO_TROUBLE).success();
    let launched = |call: &&String| call.contains("--ping-pong");
    let calls = lab.calls();
    let calls: Vec<&String> = calls.iter().filter(launched).collect();
    assert_eq!(calls.len(), 3, "{calls:?}");
    assert!(calls.iter().all(|call| call.starts_with("2 mpi-hello ")), "{calls:?}");
    // The fake messages take 2 us and 0.1 ns a byte more.
    let rows = lab.csv("ping-pong.csv");
    let found = rows.iter().map(|row| [&*row["bytes"], &*row["median_s"]]);
    assert_eq!(found.collect::<Vec<_>>(), [["0", "2e-6"], ["1000000", "0.000102"]]);
    for row in &rows {
        let figure = |key| row[key].parse::<f64>().unwrap();
        // The law that the program tells, not another fit of its messages.
        assert_eq!((figure("alpha_s"), figure("beta_s_per_byte")), (3e-6, 2e-10));
        assert_eq!((&*row["workers"], &*row["result"]), ("2", "verified"));
    }
    let law = "alpha = 3.00 us, beta = 0.200 ns a byte (5000 MB/s)";
    assert!(done.stdout.contains(law), "{}", done.stdout);
}

#[test]
fn without_messages_there_is_one_row_that_says_so() {
    let lab = Lab::new();
    lab.study("hello --workers 2", "*--ping-pong*=error").failure(1);
    let rows = lab.csv("ping-pong.csv");
    let found = ["bytes", "median_s", "result", "message"].map(|key| &*rows[0][key]);
    assert_eq!(found, ["", "", "failed", "no such file (exit status 1)"]);
    assert_eq!(rows.len(), 1);
    assert_eq!(row(&lab.csv("hello.csv"), "mpi-hello", 2)["result"], "verified");

    // One rank has nobody to send to.
    let alone = Lab::new();
    alone.study("hello --workers 1", NO_TROUBLE).success();
    assert!(!alone.path("results/ping-pong.csv").exists());
}
