//! mpi-hello as users run it, judged by the file that it wrote.

use std::collections::HashSet;

use harness::trial::{Folder, bytes};
use kernels::fit::Hockney;
use ranks::trial::{command, run};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mpi-hello");

#[test]
fn every_rank_is_in_the_file_once_and_in_order() {
    let folder = Folder::new();
    for ranks in [1, 2, 3, 7] {
        let out = folder.path("hello.csv");
        run(ranks, PROGRAM, &format!("--check --runs 2 --json --out {}", out.display()))
            .success();
        let text = String::from_utf8(bytes(&out)).unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("rank,host,pid"), "{ranks} ranks");
        let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
        let order: Vec<String> = rows.iter().map(|row| row[0].to_owned()).collect();
        assert_eq!(order, (0..ranks).map(|r| r.to_string()).collect::<Vec<_>>());
        let pids: HashSet<&str> = rows.iter().map(|row| row[2]).collect();
        assert_eq!(pids.len(), ranks, "each rank is a process of its own: {text}");
    }
}

#[test]
fn the_json_object_holds_the_keys_of_the_course() {
    let json = run(3, PROGRAM, "--json").success().json();
    for key in
        ["program", "version", "mpi", "workers", "hosts", "cores", "median_s", "min_s"]
    {
        assert!(!json[key].is_null(), "{key} in {json}");
    }
    assert_eq!(json["samples_s"].as_array().unwrap().len(), 5);
    assert_eq!(json["ranks"].as_array().unwrap().len(), 3);
    let per_host = json["processes_per_host"].as_object().unwrap();
    assert_eq!(per_host.values().map(|n| n.as_u64().unwrap()).sum::<u64>(), 3);
}

#[test]
fn every_rank_says_hello() {
    let outcome = run(3, PROGRAM, "--runs 1").success();
    for rank in 0..3 {
        let hello = format!("Hello from rank {rank} of 3 on ");
        assert_eq!(outcome.stdout.matches(&hello).count(), 1, "{}", outcome.stdout);
    }
}

#[test]
fn messages_of_each_size_have_a_time_and_the_law_is_theirs() {
    let folder = Folder::new();
    for ranks in [2, 3] {
        let out = folder.path("messages.csv");
        let words =
            format!("--ping-pong --check --runs 2 --json --out {}", out.display());
        let json = run(ranks, PROGRAM, &words).success().json();
        let text = String::from_utf8(bytes(&out)).unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("bytes,seconds"), "{ranks} ranks");
        let rows = lines.map(|line| line.split_once(',').unwrap());
        let messages: Vec<(f64, f64)> =
            rows.map(|(n, t)| (n.parse().unwrap(), t.parse().unwrap())).collect();
        let sizes: Vec<f64> = messages.iter().map(|message| message.0).collect();
        let powers = (0..=24).map(|power| 2_f64.powi(power));
        assert_eq!(sizes, [0.0].into_iter().chain(powers).collect::<Vec<_>>());
        assert!(messages.iter().all(|message| message.1 > 0.0), "{text}");

        // A reader of JSON may round the last digit.
        let is_near = |told: &Value, number: f64| {
            (told.as_f64().unwrap() - number).abs() <= 1e-9 * number.abs()
        };
        let told = json["ping_pong"].as_array().unwrap();
        assert_eq!(told.len(), messages.len());
        for (told, (size, seconds)) in told.iter().zip(&messages) {
            assert!(is_near(&told["bytes"], *size), "{told} {size}");
            assert!(is_near(&told["seconds"], *seconds), "{told} {seconds}");
        }
        let law = Hockney::fit(&messages).unwrap();
        assert!(is_near(&json["alpha_s"], law.alpha_s), "{json} {law:?}");
        assert!(is_near(&json["beta_s_per_byte"], law.beta_s_per_byte), "{json} {law:?}");
        assert_eq!(json["samples_s"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn one_rank_has_nobody_to_send_to() {
    let folder = Folder::new();
    let out = folder.path("messages.csv");
    let outcome = run(1, PROGRAM, &format!("--ping-pong --out {}", out.display()));
    assert!(outcome.failure(2).contains("two ranks"), "{}", outcome.stderr);
    assert_eq!(folder.names(), [""; 0], "nothing is left behind");
}

#[test]
fn mistakes_end_in_one_line_and_the_right_status() {
    let folder = Folder::new();
    let missing = folder.path("missing/hello.csv");
    for (words, status, about) in [
        ("--oops", 2, "--oops"),
        ("--runs 0", 2, "--runs"),
        ("--runs -1", 2, "-1"),
        (&format!("--out {}", missing.display()), 1, "hello.csv"),
        (&format!("--csv {}", missing.display()), 1, "hello.csv"),
    ] {
        for ranks in [1, 4] {
            let outcome = run(ranks, PROGRAM, words);
            let message = outcome.failure(status);
            assert!(message.contains(about), "{words} on {ranks}: {message}");
            assert_eq!(outcome.stdout, "", "{words} on {ranks}");
        }
    }
    assert_eq!(folder.names(), [""; 0], "nothing is left behind");
}

#[test]
fn a_launcher_of_another_mpi_is_named() {
    // What such a launcher leaves: several processes, each told so, each alone.
    let mut alone = std::process::Command::new(PROGRAM);
    alone.env("OMPI_COMM_WORLD_SIZE", "").env("PMI_RANK", "0").env("PCR_RANKS", "4");
    let outcome = harness::trial::outcome(&mut alone);
    assert!(outcome.failure(1).contains("mpiexec"), "{}", outcome.stderr);
}

#[test]
fn a_record_is_appended_for_each_run() {
    let folder = Folder::new();
    let csv = folder.path("records.csv");
    for _ in 0..2 {
        run(2, PROGRAM, &format!("--json --csv {}", csv.display())).success();
    }
    let text = String::from_utf8(bytes(&csv)).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.starts_with("program,version,mpi,workers"), "{text}");
}

#[test]
fn the_number_of_ranks_must_be_one() {
    for ranks in ["0", "-2", "many"] {
        let mut launch = command(1, PROGRAM);
        let script = launch.get_program().to_owned();
        launch = std::process::Command::new(script);
        let outcome = harness::trial::outcome(launch.args(["-n", ranks, PROGRAM]));
        outcome.failure(2);
    }
}
