//! Ranks of two hosts whose clocks differ, as far as one machine can have them.

use std::process::Command;

use harness::program;
use harness::trial::{Folder, assert_traced, bytes, outcome};
use ranks::trial;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mandel-mpi");

/// How far the clock of the second host is ahead, in seconds.
const AHEAD_S: f64 = 1000.0;

/// Starts ranks 2 and 3 under another host name, with another clock (Linux calls
/// these the UTS and the time namespace), and the first two as they are.
const ON_TWO_HOSTS: &str = r#"
case ${OMPI_COMM_WORLD_RANK:-$PMI_RANK} in
  0 | 1) exec "$@" ;;
esac
exec unshare --uts --time --monotonic 1000 --fork sh -c 'hostname second; exec "$@"' sh "$@"
"#;

#[test]
fn the_clocks_of_two_hosts_are_aligned_as_well_as_the_trace_says() {
    let mut unshare = Command::new("unshare");
    unshare.args(["--uts", "--time", "--monotonic", "1000", "--fork"]);
    // Only root may rename a host, and not in every container.
    if !unshare.args(["hostname", "second"]).output().is_ok_and(|o| o.status.success()) {
        return program::say("not tested: this machine cannot be two hosts");
    }
    let folder = Folder::new();
    let trace = folder.path("trace.json");
    let mut job = trial::command(4, "sh");
    job.args(["-c", ON_TWO_HOSTS, "sh", PROGRAM, "--json", "--trace"]).arg(&trace);
    job.args(["--width", "40", "--height", "41", "--schedule", "cyclic"]);
    let record = outcome(&mut job).success().json();
    assert_eq!(record["hosts"], 2, "{record}");
    assert_traced(&trace, &record, Some(41));

    let trace: Value = serde_json::from_slice(&bytes(&trace)).unwrap();
    let clock = |worker: usize, key: &str| {
        trace["otherData"]["clocks"][worker][key].as_f64().expect("microseconds")
    };
    for worker in 0..4 {
        let ahead_us = if worker < 2 { 0.0 } else { AHEAD_S * 1e6 };
        let error = (clock(worker, "ahead_us") - ahead_us).abs();
        let uncertainty = clock(worker, "uncertainty_us");
        assert!(error <= uncertainty, "worker {worker}: {error} us, {uncertainty} us");
        assert_eq!(uncertainty == 0.0, worker < 2, "worker {worker}: {uncertainty} us");
    }
    // The run lasts for less than the clocks differ: it has been translated.
    assert!(trace["otherData"]["run_us"].as_f64().unwrap() < AHEAD_S * 1e6);
}
