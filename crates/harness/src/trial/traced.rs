//! The trace that a program wrote, compared with its record.

use std::fs;
use std::ops::Range;
use std::path::Path;

use serde_json::Value;

/// A span of one worker; times in nanoseconds since the run began.
struct Span {
    worker: usize,
    time: Range<u64>,
    /// The rows of what was computed, and the processor time in nanoseconds.
    computed: Option<(Range<usize>, u64)>,
}

/// Makes sure that the trace in the file `path` is that of the run of median
/// time of which `record` tells: the spans of each worker fill the run and do
/// not overlap and are as busy as the record says, and where `rows` are given all
/// together compute each of so many rows once.
///
/// # Panics
///
/// If anything is wrong.
#[track_caller]
pub fn assert_traced(path: &Path, record: &Value, rows: Option<usize>) {
    let written =
        fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let trace: Value = serde_json::from_slice(&written).expect("a trace is JSON");
    let other = &trace["otherData"];
    assert_eq!(other["samples_s"], record["samples_s"], "the record of another run");
    let run = nanoseconds(&other["run_us"]);
    let middle = (middle(&record["samples_s"]) * 1e9).round() as u64;
    // Ranks do not begin at the same moment: their run is longer than the sample.
    assert!(run >= middle, "a run of {run} ns, a sample of {middle} ns");
    assert!(run == middle || !record["mpi"].is_null(), "{run} ns and {middle} ns");

    let workers = record["workers"].as_u64().expect("a number") as usize;
    let spans = spans(&trace);
    let mut computed = vec![0; rows.unwrap_or(0)];
    for worker in 0..workers {
        let mut end = 0;
        let (mut sum, mut busy) = (0, 0);
        for span in spans.iter().filter(|span| span.worker == worker) {
            assert_eq!(span.time.start, end, "a gap or an overlap of worker {worker}");
            end = span.time.end;
            if let Some((rows, busy_ns)) = &span.computed {
                if !computed.is_empty() {
                    computed[rows.clone()].iter_mut().for_each(|times| *times += 1);
                }
                sum += span.time.end - span.time.start;
                busy += busy_ns;
            }
        }
        assert_eq!(end, run, "worker {worker} at the end of the run");
        // The two clocks need not run at exactly the same rate.
        assert!(busy <= sum + sum / 100, "worker {worker}: busy {busy} ns in {sum} ns");
        if let Some(seconds) = record["busy_s"][worker].as_f64() {
            assert_eq!(busy, (seconds * 1e9).round() as u64, "worker {worker} is busy");
        }
    }
    assert!(spans.iter().all(|span| span.worker < workers), "too many workers");
    assert!(spans.iter().any(|span| span.computed.is_some()), "nobody computes");
    assert!(computed.iter().all(|times| *times == 1), "rows were computed {computed:?}");
}

/// The sample of the run that the trace is of.
fn middle(samples_s: &Value) -> f64 {
    let samples = samples_s.as_array().expect("samples").iter();
    let mut samples: Vec<f64> = samples.map(|s| s.as_f64().expect("seconds")).collect();
    samples.sort_by(f64::total_cmp);
    samples[(samples.len() - 1) / 2]
}

/// The spans in the order of the file; workers are numbered as they are named.
fn spans(trace: &Value) -> Vec<Span> {
    let events = trace["traceEvents"].as_array().expect("events");
    let place = |event: &Value| (event["pid"].clone(), event["tid"].clone());
    let named = events.iter().filter(|event| event["name"] == "thread_name");
    let places: Vec<_> = named.map(place).collect();
    let mut spans = Vec::new();
    for event in events.iter().filter(|event| event["ph"] == "X") {
        let worker = places.iter().position(|known| *known == place(event));
        let start = nanoseconds(&event["ts"]);
        let (args, row) = (&event["args"], |bound: usize| {
            event["args"]["rows"][bound].as_u64().expect("a row") as usize
        });
        let computed = match event["name"].as_str() {
            Some("compute") => Some((row(0)..row(1), nanoseconds(&args["busy_us"]))),
            Some("wait") => None,
            other => panic!("a span of {other:?}"),
        };
        spans.push(Span {
            worker: worker.expect("a worker with a name"),
            time: start..start + nanoseconds(&event["dur"]),
            computed,
        });
    }
    spans
}

fn nanoseconds(microseconds: &Value) -> u64 {
    (microseconds.as_f64().expect("microseconds") * 1e3).round() as u64
}
