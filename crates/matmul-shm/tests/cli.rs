//! matmul-shm as users run it, judged by the matrices that it wrote.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::process::Command;
use std::thread;

use harness::trial::{Folder, assert_traced, matrix, outcome, run};
use kernels::instructions::Instructions;
use kernels::matmul::{Kernel, generate};
use kernels::split::block;
use ndarray::Array2;
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_matmul-shm");

fn write(path: &Path, descr: &str, shape: (usize, usize), fortran: &str, data: &[u8]) {
    let header = format!(
        "{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': ({}, {}), }}\n",
        shape.0, shape.1
    );
    let mut content = b"\x93NUMPY\x01\x00".to_vec();
    content.extend((header.len() as u16).to_le_bytes());
    content.extend(header.as_bytes());
    content.extend(data);
    fs::write(path, content).unwrap();
}

fn close(c: &Array2<f64>, expected: &Array2<f64>) -> bool {
    c.dim() == expected.dim() && (c - expected).iter().all(|e| e.abs() < 1e-10)
}

#[test]
fn the_four_strategies_and_all_kernels_write_the_same_product() {
    let folder = Folder::new();
    let out = folder.path("c.npy");
    let (a, b) = (generate(3, 'a', 0..37, 29), generate(3, 'b', 0..29, 31));
    let mut expected = Array2::zeros((37, 31));
    Kernel::Naive.multiply(a.view(), b.view(), expected.view_mut());
    for with in ["threads", "processes"] {
        for memory in ["shared", "copied"] {
            for (kernel, workers) in
                [("naive", 1), ("reordered", 2), ("tiled", 3), ("fast", 7), ("fast", 50)]
            {
                let words = format!(
                    "--with {with} --memory {memory} --kernel {kernel} --workers {workers} \
                     --m 37 --k 29 --n 31 --seed 3 --runs 1 --check --out {}",
                    out.display()
                );
                run(PROGRAM, &words).success();
                assert!(close(&matrix(&out), &expected), "{words}");
            }
        }
    }
}

#[test]
fn a_trace_shows_each_row_once_and_the_time_of_each_worker() {
    let folder = Folder::new();
    let trace = folder.path("trace.json");
    for with in ["threads", "processes"] {
        for memory in ["shared", "copied"] {
            for workers in [1, 3, 4, 50] {
                let words = format!(
                    "--with {with} --memory {memory} --workers {workers} --size 37 \
                     --runs 3 --json --trace {}",
                    trace.display()
                );
                let record = run(PROGRAM, &words).success().json();
                assert_traced(&trace, &record, Some(37));
                // However small the product: the row of a table names the workers.
                let blocks = (0..workers).map(|worker| block(37, workers, worker));
                let blocks: Vec<_> = blocks.filter(|rows| !rows.is_empty()).collect();
                assert_eq!(computed(&trace), blocks, "{words}");
            }
        }
    }
    assert_eq!(folder.names(), ["trace.json"]);
}

/// The rows that the workers of a trace computed, in their order.
fn computed(trace: &Path) -> Vec<Range<usize>> {
    let trace: Value = serde_json::from_slice(&fs::read(trace).unwrap()).unwrap();
    let spans = trace["traceEvents"].as_array().unwrap().iter();
    let rows = spans.filter_map(|span| span["args"]["rows"].as_array());
    let bound = |bound: &Value| bound.as_u64().unwrap() as usize;
    let mut rows: Vec<_> = rows.map(|rows| bound(&rows[0])..bound(&rows[1])).collect();
    rows.retain(|rows| !rows.is_empty());
    rows.sort_by_key(|rows| rows.start);
    rows
}

#[test]
fn an_old_trace_survives_a_run_that_fails() {
    let folder = Folder::new();
    let trace = folder.path("trace.json");
    fs::write(&trace, "old").unwrap();
    let words = format!("--size 9 --out /dev/full --trace {}", trace.display());
    assert!(run(PROGRAM, &words).failure(1).contains("/dev/full"));
    assert_eq!(fs::read_to_string(&trace).unwrap(), "old");
    assert_eq!(folder.names(), ["trace.json"]);
}

#[test]
fn products_at_the_edge_of_the_format_are_right() {
    let folder = Folder::new();
    let [a, b, c] = ["a.npy", "b.npy", "c.npy"].map(|name| folder.path(name));
    let words = format!("--a {} --b {} --out {}", a.display(), b.display(), c.display());
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    // [x, 1; 0, 1] [y, 1; 0, z] = [x y, x + z; 0, z]
    for (x, y, z, expected) in [
        (1e200, 1e108, 1.0, [1e308, 1e200, 0.0, 1.0]),
        (1e-200, 1e-108, 1e-300, [1e-308, 1e-200, 0.0, 1e-300]),
        (1e-200, 1e-200, 1.0, [0.0, 1.0, 0.0, 1.0]),
        (1e200, -1e200, 1.0, [-inf, 1e200, 0.0, 1.0]),
        (1e308, 1.0, 1e308, [1e308, inf, 0.0, 1e308]),
        (inf, 2.0, 1.0, [inf, inf, 0.0, 1.0]),
        (inf, 0.0, 1.0, [nan, inf, 0.0, 1.0]),
        (1.0, inf, 1.0, [inf, 2.0, nan, 1.0]),
        (1.0, 1.0, nan, [1.0, nan, 0.0, nan]),
    ] {
        let numbers = |numbers: [f64; 4]| numbers.map(f64::to_le_bytes).concat();
        write(&a, "<f8", (2, 2), "False", &numbers([x, 1.0, 0.0, 1.0]));
        write(&b, "<f8", (2, 2), "False", &numbers([y, 1.0, 0.0, z]));
        for how in ["", "--kernel naive", "--with processes --workers 2"] {
            run(PROGRAM, &format!("{words} {how}")).success();
            let found = matrix(&c).into_iter().zip(expected);
            for (found, expected) in found {
                let same = found.is_nan() && expected.is_nan()
                    || found == expected
                    || (found / expected - 1.0).abs() < 1e-15;
                assert!(same, "{x} {y} {z} {how}: {found} and not {expected}");
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn memory_that_is_limited_is_an_error_before_the_work() {
    let (shared, copied) =
        ("--with processes --memory shared", "--memory copied --workers 9");
    for (limit, words, about) in [
        ("-v 300000", "--size 4000", "ulimit -v leaves"),
        ("-d 300000", "--size 4000", "ulimit -d leaves"),
        ("-v 300000", &format!("--size 2500 {shared}"), "ulimit -v leaves"),
        ("-v 400000", &format!("--size 2000 {copied}"), "ulimit -v leaves"),
    ] {
        let outcome = shell(&format!("ulimit {limit}; exec {PROGRAM} --runs 1 {words}"));
        let message = outcome.failure(1);
        assert!(message.contains(about), "{limit} {words}: {message}");
    }
    shell(&format!("ulimit -v 300000; exec {PROGRAM} --size 1000 --workers 2")).success();
}

#[cfg(target_os = "linux")]
#[test]
fn shared_memory_may_be_small_and_lie_elsewhere() {
    let folder = Folder::new();
    let small = "mount -t tmpfs -o size=1m none /dev/shm";
    let inside = |script: &str| {
        let mut command = std::process::Command::new("unshare");
        command.args(["-rm", "sh", "-c", &format!("{small} && {script}")]);
        outcome(command.env("TMPDIR", folder.path("")))
    };
    if inside("true").status != Some(0) {
        eprintln!("no namespace of its own here: not tried");
        return;
    }
    let words =
        format!("exec {PROGRAM} --with processes --workers 2 --runs 1 --size 500");
    inside(&words).success();
    assert_eq!(folder.names(), [""; 0]);
    let outcome = inside(&format!("mount -t tmpfs -o size=1m none $TMPDIR && {words}"));
    let message = outcome.failure(1);
    let says = ["/dev/shm has no room", "--shm-size", "--memory copied"];
    assert!(says.iter().all(|words| message.contains(words)), "{message}");
}

fn shell(script: &str) -> harness::trial::Outcome {
    outcome(std::process::Command::new("sh").args(["-c", script]))
}

#[test]
fn operands_from_files_may_be_in_fortran_order() {
    let folder = Folder::new();
    let [a, b, c] = ["a.npy", "b.npy", "c.npy"].map(|name| folder.path(name));
    let numbers =
        |values: &[f64]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>();
    write(&a, "<f8", (2, 2), "False", &numbers(&[1.0, 2.0, 3.0, 4.0]));
    write(&b, "<f8", (2, 3), "True", &numbers(&[5.0, 8.0, 6.0, 9.0, 7.0, 10.0]));
    let words = format!("--a {} --b {} --out {}", a.display(), b.display(), c.display());
    run(PROGRAM, &words).success();
    assert_eq!(matrix(&c), ndarray::arr2(&[[21.0, 24.0, 27.0], [47.0, 54.0, 61.0]]));
}

#[test]
fn mistakes_end_in_one_line_and_the_right_status() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).display().to_string();
    let ones = |count: usize| [1.0_f64.to_le_bytes()].repeat(count).concat();
    write(&folder.path("good.npy"), "<f8", (2, 2), "False", &ones(4));
    write(&folder.path("wide.npy"), "<f8", (3, 2), "False", &ones(6));
    write(&folder.path("short.npy"), "<f8", (2, 2), "False", &ones(3));
    write(&folder.path("single.npy"), "<f4", (2, 2), "False", &ones(2));
    fs::write(folder.path("text.npy"), "1 2\n3 4\n").unwrap();
    let kept = folder.names();
    let pair = |a: &str, b: &str| format!("--a {} --b {}", path(a), path(b));
    for (words, status, about) in [
        ("--oops".to_owned(), 2, "--oops"),
        ("--size 0".into(), 2, "--size"),
        ("--size -3".into(), 2, "-3"),
        ("--size 99999999999".into(), 2, "--size"),
        ("--size 3000000".into(), 1, "memory"),
        ("--size 3 --m 4 --k 4 --n 4".into(), 2, "--size"),
        ("--m 4".into(), 2, "--k"),
        (format!("--a {}", path("good.npy")), 2, "--b"),
        ("--kernel fastest".into(), 2, "fastest"),
        ("--workers 0".into(), 2, "--workers"),
        ("--workers 1000000".into(), 2, "--workers"),
        (pair("good.npy", "wide.npy"), 1, "2 x 2"),
        (pair("good.npy", "none.npy"), 1, "none.npy"),
        (pair("short.npy", "good.npy"), 1, "short.npy"),
        (pair("single.npy", "good.npy"), 1, "single.npy"),
        (pair("text.npy", "good.npy"), 1, "text.npy"),
        (format!("--size 4 --out {}", path("missing/c.npy")), 1, "c.npy"),
        (format!("--size 4 --out {}", path("")), 1, "folder"),
        (format!("--size 4 --trace {}", path("missing/t.json")), 1, "t.json"),
    ] {
        let outcome = run(PROGRAM, &words);
        let message = outcome.failure(status);
        assert!(message.contains(about), "{words}: {message}");
        assert_eq!(outcome.stdout, "", "{words}");
    }
    assert_eq!(folder.names(), kept, "nothing is left behind");
}

#[test]
fn every_instruction_set_of_the_processor_can_be_chosen_and_no_other() {
    for with in ["threads", "processes"] {
        let run = |set: &str| {
            let words = format!("--size 50 --runs 1 --json --with {with}");
            let mut command = std::process::Command::new(PROGRAM);
            command.args(words.split(' ')).env("PCR_INSTRUCTIONS", set);
            outcome(&mut command)
        };
        for set in Instructions::available().map(Instructions::name) {
            let record = run(set).success().json();
            assert_eq!(record["instructions"], set, "{with}");
        }
        let refused = run("sse9");
        let message = refused.failure(2);
        assert!(message.contains("PCR_INSTRUCTIONS=sse9"), "{with}: {message}");
    }
}

#[test]
fn a_worker_process_that_dies_ends_the_program() {
    // The program's name for a worker's task: a worker without a parent.
    let mut orphan = std::process::Command::new(PROGRAM);
    let outcome = outcome(orphan.env("PCR_WORKER_TASK", "copied"));
    assert_eq!(outcome.status, Some(1), "{}", outcome.stderr);
    assert_eq!(outcome.stderr, "", "nobody is left to tell");
}

#[test]
fn operands_come_through_a_pipe_and_are_never_written() {
    let folder = Folder::new();
    let (file, pipe) = (folder.path("a.npy"), folder.path("pipe"));
    let numbers: Vec<u8> = (0..400).flat_map(|n| f64::from(n).to_le_bytes()).collect();
    write(&file, "<f8", (20, 20), "False", &numbers);
    outcome(Command::new("mkfifo").arg(&pipe)).success();
    let [a, b] = [&pipe, &file].map(|path| path.display().to_string());
    let whole = fs::read(&file).unwrap();
    for (bytes, status) in [(whole.len(), 0), (1000, 1), (0, 1)] {
        let writer = thread::spawn({
            let (pipe, part) = (pipe.clone(), whole[..bytes].to_vec());
            move || fs::write(pipe, part)
        });
        let outcome = run(PROGRAM, &format!("--runs 1 --a {a} --b {b}"));
        match status {
            0 => drop(outcome.success()),
            _ => assert!(outcome.failure(status).contains(&a), "{}", outcome.stderr),
        }
        let _ = writer.join().unwrap();
    }
    let unwritten = run(PROGRAM, &format!("--a {a} --b {b}"));
    assert!(unwritten.failure(1).contains(&a), "{}", unwritten.stderr);
    for flag in ["--out", "--trace", "--csv"] {
        let outcome = run(PROGRAM, &format!("--a {b} --b {b} {flag} {b}"));
        let message = outcome.failure(2);
        assert!(message.contains(flag) && message.contains("--a"), "{message}");
    }
    assert_eq!(fs::read(&file).unwrap(), whole);
}
