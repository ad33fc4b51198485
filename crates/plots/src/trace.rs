//! The traces that runs wrote with `--trace`, each as a timeline with a reading.

use std::io::BufReader;
use std::ops::Range;
use std::path::Path;

use harness::record::seconds;
use harness::{Error, files};
use serde_json::Value;

use crate::canvas::{Chart, Picture};
use crate::data::workers;
use crate::pen::{BLUE, PALE, SKY};
use crate::timeline::Timeline;

/// The picture of the trace in the file `path`.
///
/// # Errors
///
/// [`Error::Failure`] if it cannot be read or is no trace of our programs.
pub fn picture(path: &Path) -> Result<Picture, Error> {
    let trace = read(path)?;
    Ok(trace.picture(trace.sentences()))
}

/// The picture of the trace in the file `path` without its sentences, and these.
///
/// # Errors
///
/// As for [`picture`].
pub fn figure(path: &Path) -> Result<(Picture, Vec<String>), Error> {
    let trace = read(path)?;
    Ok((trace.picture(Vec::new()), trace.sentences()))
}

fn read(path: &Path) -> Result<Trace, Error> {
    let cannot =
        |why: &str| Error::failure(format!("cannot read {}: {why}", path.display()));
    let file = files::open(path).map_err(|error| cannot(&error.to_string()))?;
    let json = serde_json::from_reader(BufReader::new(file));
    let json = json.map_err(|error| cannot(&error.to_string()))?;
    Trace::from_json(json).ok_or_else(|| cannot("it is no trace of these programs"))
}

/// What a trace tells.
struct Trace {
    /// The record of the run.
    record: Value,
    /// The length of the run in microseconds.
    run_us: f64,
    workers: Vec<Worker>,
}

struct Worker {
    name: String,
    /// From when to when it computed each tile, in microseconds.
    tiles: Vec<Range<f64>>,
    /// Its processor time in them, in microseconds.
    busy_us: f64,
}

impl Trace {
    fn from_json(mut json: Value) -> Option<Self> {
        let record = json.get_mut("otherData")?.take();
        let run_us = record["run_us"].as_f64()?;
        let mut found: Vec<([u64; 2], Worker)> = Vec::new();
        for event in json["traceEvents"].as_array()? {
            let place = [event["pid"].as_u64()?, event["tid"].as_u64()?];
            match event["name"].as_str()? {
                "thread_name" => {
                    let name = event["args"]["name"].as_str()?.to_owned();
                    let worker = Worker { name, tiles: vec![], busy_us: 0.0 };
                    found.push((place, worker));
                }
                "compute" => {
                    let start = event["ts"].as_f64()?;
                    // A worker's name comes before its spans.
                    let (_, worker) = found.last_mut().filter(|last| last.0 == place)?;
                    worker.tiles.push(start..start + event["dur"].as_f64()?);
                    worker.busy_us += event["args"]["busy_us"].as_f64()?;
                }
                _ => {}
            }
        }
        let workers: Vec<Worker> = found.into_iter().map(|(_, worker)| worker).collect();
        (run_us > 0.0 && !workers.is_empty()).then_some(Self { record, run_us, workers })
    }

    /// The workers' lines, with `sentences` under them.
    fn picture(&self, sentences: Vec<String>) -> Picture {
        let (unit, length) = unit(self.run_us);
        let scaled = |worker: &Worker| {
            let tiles = worker.tiles.iter().map(|t| t.start / length..t.end / length);
            (worker.name.clone(), tiles.collect())
        };
        let timeline = Timeline {
            axis: format!("time since the run began, in {unit}"),
            end: self.run_us / length,
            workers: self.workers.iter().map(scaled).collect(),
            sentences,
        };
        let legend: &[(&str, _)] = match timeline.tells_tiles_apart() {
            true => &[
                ("computing a tile", BLUE),
                ("its next tile", SKY),
                ("waiting or communicating", PALE),
            ],
            false => &[("computing", BLUE), ("waiting or communicating", PALE)],
        };
        Picture {
            name: "trace",
            title: self.title(),
            legend: legend.iter().map(|(name, c)| (name.to_string(), *c)).collect(),
            height: 66 + timeline.height(),
            charts: vec![Chart::Timeline(timeline)],
        }
    }

    /// `mandel-threads, block, view upper, scalar: 3 workers on 2 cores`.
    fn title(&self) -> String {
        let text = |key: &str| self.record[key].as_str().map(str::to_owned);
        let how = ["program", "schedule", "algorithm", "with", "memory"].map(text);
        let what = [text("view").map(|view| format!("view {view}")), text("kernel")];
        let parts: Vec<String> = how.into_iter().chain(what).flatten().collect();
        let place = match self.count("hosts") {
            0 | 1 if self.count("cores") == 1 => "1 core".to_owned(),
            0 | 1 => format!("{} cores", self.count("cores")),
            hosts => format!("{hosts} hosts"),
        };
        format!("{}: {} on {place}", parts.join(", "), workers(self.workers.len()))
    }

    /// What one reads in the picture.
    fn sentences(&self) -> Vec<String> {
        let mut sentences = vec![self.end()];
        sentences.extend(self.turns());
        let imbalance = self.record["imbalance"].as_f64().unwrap_or(1.0);
        if self.is_oversubscribed() && imbalance > 1.1 {
            sentences.push(format!(
                "The busiest worker did {imbalance:.2} times the mean work, counted in \
                 iterations: shared cores hide a part of that."
            ));
        }
        let clocks = self.record["clocks"].as_array().into_iter().flatten();
        let uncertainty = clocks.filter_map(|clock| clock["uncertainty_us"].as_f64());
        let uncertainty = uncertainty.fold(0.0, f64::max);
        if uncertainty > 0.0 {
            sentences.push(format!(
                "Times of other hosts may be shifted by {uncertainty:.1} us either way."
            ));
        }
        sentences
    }

    /// How often a worker that computes has a core, where it has not always one.
    fn turns(&self) -> Option<String> {
        let busy: f64 = self.workers.iter().map(|worker| worker.busy_us).sum();
        let computing = self.computing_us();
        let why = match self.is_oversubscribed() {
            true if computing > 0.0 => "More workers than cores, so they take turns",
            false if busy < 0.9 * computing => "The machine had other work too",
            _ => return None,
        };
        // The clock and the processor's are not read at the same moment.
        let percent = 100.0 * (busy / computing).min(1.0);
        Some(format!(
            "{why}: a computing worker had a core for {percent:.0} % of the time."
        ))
    }

    fn is_oversubscribed(&self) -> bool {
        let cores = self.count("cores") * self.count("hosts").max(1);
        cores > 0 && self.workers.len() > cores
    }

    /// Who finished last, and how much of the time was waiting.
    fn end(&self) -> String {
        let end = |worker: &Worker| worker.tiles.last().map(|tile| tile.end);
        let last = self.workers.iter().filter_map(|w| Some((w, end(w)?)));
        let Some((last, end)) = last.max_by(|a, b| a.1.total_cmp(&b.1)) else {
            return "No worker computed a tile: all of the time was waiting.".to_owned();
        };
        let all = self.run_us * self.workers.len() as f64;
        let waited = 100.0 * (1.0 - self.computing_us() / all).max(0.0);
        let name = capitalised(&last.name);
        let end = format!("{name} finished last, after {}", seconds(end / 1e6));
        match self.workers.len() {
            1 => format!("{end}; it waited for {waited:.0} % of the time."),
            _ => format!("{end}; all together waited for {waited:.0} % of their time."),
        }
    }

    /// The time that the workers computed, on the clock, in microseconds.
    fn computing_us(&self) -> f64 {
        let tiles = self.workers.iter().flat_map(|worker| &worker.tiles);
        tiles.map(|tile| tile.end - tile.start).sum()
    }

    fn count(&self, key: &str) -> usize {
        self.record[key].as_u64().unwrap_or(0) as usize
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The unit in which a time is well read, and its microseconds.
fn unit(microseconds: f64) -> (&'static str, f64) {
    match microseconds {
        t if t < 2e3 => ("us", 1.0),
        t if t < 2e6 => ("ms", 1e3),
        _ => ("s", 1e6),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A trace of threads, each with the begin and end of its tiles.
    fn trace(workers: &[&[[f64; 2]]], run_us: f64, cores: usize) -> Option<Trace> {
        let mut events = Vec::new();
        for (tid, tiles) in (1..).zip(workers) {
            let event = |name: &str, args: Value| json!({"name": name, "pid": 1, "tid": tid, "args": args});
            events.push(event("thread_name", json!({"name": format!("thread {tid}")})));
            for [start, end] in tiles.iter() {
                let mut span = event("compute", json!({"busy_us": (end - start) / 2.0}));
                span["ts"] = json!(start);
                span["dur"] = json!(end - start);
                events.push(span);
            }
        }
        let record = json!({
            "program": "p", "schedule": "block", "cores": cores, "hosts": 1,
            "imbalance": 1.5, "run_us": run_us,
        });
        Trace::from_json(json!({"otherData": record, "traceEvents": events}))
    }

    #[test]
    fn a_timeline_says_who_was_last_and_how_much_was_waiting() {
        let two = trace(&[&[[0.0, 250.0]], &[[0.0, 500.0], [500.0, 1000.0]]], 1000.0, 2);
        let two = two.unwrap();
        let picture = two.picture(two.sentences());
        assert_eq!(picture.title, "p, block: 2 workers on 2 cores");
        let [Chart::Timeline(timeline)] = &picture.charts[..] else {
            panic!("{picture:?}")
        };
        let last = "Thread 2 finished last, after 1.00 ms; all together waited for 38 % of \
             their time.";
        let other = "The machine had other work too: a computing worker had a core for 50 % of \
                     the time.";
        assert_eq!(timeline.sentences, [last, other]);
        assert_eq!(timeline.axis, "time since the run began, in us");
        assert_eq!(timeline.workers[1].1, [0.0..500.0, 500.0..1000.0]);
    }

    #[test]
    fn more_workers_than_cores_are_said_to_take_turns() {
        let one_core = trace(&[&[[0.0, 5e6]], &[[0.0, 5e6]]], 5e6, 1).unwrap();
        let sentences = one_core.sentences();
        assert!(sentences[0].contains("after 5.00 s;"), "{sentences:?}");
        assert!(sentences[1].contains("a core for 50 % of the time"), "{sentences:?}");
        assert!(sentences[2].contains("1.50 times the mean"), "{sentences:?}");
        assert!(one_core.title().ends_with("2 workers on 1 core"));
    }

    #[test]
    fn a_run_without_a_tile_is_all_waiting() {
        let sentences = trace(&[&[], &[]], 10.0, 1).unwrap().sentences();
        assert!(sentences[0].starts_with("No worker computed"), "{sentences:?}");
        assert!(sentences.iter().all(|s| !s.contains("turns")), "{sentences:?}");
    }

    #[test]
    fn what_is_no_trace_is_none() {
        assert!(trace(&[], 10.0, 1).is_none());
        assert!(trace(&[&[]], 0.0, 1).is_none());
        for json in [json!([]), json!({}), json!({"otherData": {"run_us": 1.0}})] {
            assert!(Trace::from_json(json).is_none());
        }
    }
}
