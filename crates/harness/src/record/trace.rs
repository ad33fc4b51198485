//! What each worker did when, as a file that Perfetto opens.
//!
//! The Chrome trace format ("Trace Event Format", by Google) is a list of
//! events. A span has a name, a beginning and a duration in microseconds, and
//! belongs to a thread of a process. Whatever lies between two tiles of a
//! worker, and before its first and after its last one, is a span too: there
//! it waits, communicates, or has nothing to do.

use std::io::{self, Write};
use std::ops::Range;
use std::time::Duration;

use serde_json::{Value, json};

use super::object::{Record, fields};
use super::setting::{Crew, Setting};
use crate::Lane;
use crate::measure::Measured;

/// Writes what the workers did in the run of median time to `file`; what the
/// `record` says of that run goes along.
///
/// # Errors
///
/// Those of `file`.
pub fn write(
    file: &mut impl Write,
    setting: &Setting,
    measured: &Measured,
    record: &Record,
) -> io::Result<()> {
    let run = measured.run();
    let other = other_data(measured, &run, record);
    write!(file, "{{\"displayTimeUnit\":\"ms\",\"otherData\":{other},")?;
    write!(file, "\"traceEvents\":[")?;
    let mut events = Events { file, begun: false };
    for (worker, lane) in measured.lanes.iter().enumerate() {
        let place = Place::of(setting, worker);
        place.name(worker, &mut events)?;
        place.spans(lane, &run, &mut events)?;
    }
    writeln!(events.file, "\n]}}")
}

/// The record, and notes on how to read the times.
fn other_data(measured: &Measured, run: &Range<Duration>, record: &Record) -> Value {
    let mut other = fields(record);
    other.insert("run_us".into(), json!(microseconds(run.end - run.start)));
    let clocks = measured.clocks.iter().enumerate().map(|(worker, clock)| {
        json!({
            "worker": worker,
            "ahead_us": clock.ahead_ns as f64 / 1e3,
            "uncertainty_us": clock.uncertainty_ns as f64 / 1e3,
        })
    });
    other.insert("clocks".into(), clocks.collect());
    Value::Object(other)
}

/// Events on their way to a file, a line each.
struct Events<W> {
    file: W,
    begun: bool,
}

impl<W: Write> Events<W> {
    fn push(&mut self, event: &Value) -> io::Result<()> {
        let separator = if self.begun { ",\n" } else { "\n" };
        self.begun = true;
        write!(self.file, "{separator}{event}")
    }
}

/// Where a worker stands in the trace.
///
/// Numbers of processes and threads begin at 1: to Perfetto 0 is the idle task
/// of Linux.
struct Place {
    pid: usize,
    tid: usize,
    process: String,
    thread: String,
}

impl Place {
    fn of(setting: &Setting, worker: usize) -> Self {
        let own = |name: String, thread: String| Self {
            pid: worker + 1,
            tid: 1,
            process: name,
            thread,
        };
        match &setting.crew {
            Crew::Threads => Self {
                pid: 1,
                tid: worker + 1,
                process: format!("{} on {}", setting.program, this_host()),
                thread: format!("thread {worker}"),
            },
            Crew::Processes => own(
                format!("process {worker} on {}", this_host()),
                format!("process {worker}"),
            ),
            Crew::Ranks(hosts) => {
                let on_host = format!("rank {worker} on {}", hosts[worker]);
                let alone = setting.hosts == 1;
                let name = if alone { format!("rank {worker}") } else { on_host.clone() };
                own(on_host, name)
            }
        }
    }

    /// The events that name the worker and keep workers in order.
    fn name<W: Write>(&self, worker: usize, events: &mut Events<W>) -> io::Result<()> {
        let Self { pid, tid, process, thread } = self;
        for (what, args) in [
            ("process_name", json!({ "name": process })),
            ("process_sort_index", json!({ "sort_index": pid })),
            ("thread_name", json!({ "name": thread })),
            ("thread_sort_index", json!({ "sort_index": worker })),
        ] {
            let event =
                json!({"name": what, "ph": "M", "pid": pid, "tid": tid, "args": args});
            events.push(&event)?;
        }
        Ok(())
    }

    /// The worker's spans, one after the other from the beginning of the run to
    /// its end.
    fn spans<W: Write>(
        &self,
        lane: &Lane,
        run: &Range<Duration>,
        events: &mut Events<W>,
    ) -> io::Result<()> {
        let mut end = run.start;
        for span in lane.spans() {
            self.wait(end..span.time.start, run, events)?;
            let args = json!({
                "rows": [span.tile.start, span.tile.end],
                "busy_us": microseconds(span.busy),
            });
            self.span("compute", &span.time, Some(args), run, events)?;
            end = span.time.end;
        }
        self.wait(end..run.end, run, events)
    }

    fn wait<W: Write>(
        &self,
        time: Range<Duration>,
        run: &Range<Duration>,
        events: &mut Events<W>,
    ) -> io::Result<()> {
        if time.is_empty() { Ok(()) } else { self.span("wait", &time, None, run, events) }
    }

    fn span<W: Write>(
        &self,
        name: &str,
        time: &Range<Duration>,
        args: Option<Value>,
        run: &Range<Duration>,
        events: &mut Events<W>,
    ) -> io::Result<()> {
        let mut event = json!({
            "name": name,
            "cat": name,
            "ph": "X",
            "pid": self.pid,
            "tid": self.tid,
            "ts": microseconds(time.start - run.start),
            "dur": microseconds(time.end - time.start),
        });
        if let Some(args) = args {
            event["args"] = args;
        }
        events.push(&event)
    }
}

/// Microseconds with three decimals: whole nanoseconds.
fn microseconds(time: Duration) -> f64 {
    time.as_nanos() as f64 / 1e3
}

fn this_host() -> String {
    sysinfo::System::host_name().unwrap_or_else(|| "this machine".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::object::Figures;
    use super::*;
    use crate::clock::Offset;

    /// A lane with a span for each pair of a first row and its times.
    fn lane(run: Range<u64>, spans: &[(u64, Range<u64>)]) -> Lane {
        let mut numbers = vec![0, 0, 0, 0, run.start, run.end, 1];
        for (row, time) in spans {
            numbers.extend([*row, row + 1, time.start, time.end, 5]);
        }
        Lane::from_numbers(&numbers)
    }

    fn written(setting: &Setting, measured: &Measured) -> Value {
        let mut file = Vec::new();
        let record = Record::new(setting, measured, Figures::new());
        write(&mut file, setting, measured, &record).unwrap();
        serde_json::from_slice(&file).unwrap()
    }

    /// Name, worker's process and thread, start and duration of each span.
    fn spans(trace: &Value) -> Vec<(&str, [f64; 4])> {
        let events = trace["traceEvents"].as_array().unwrap().iter();
        let spans = events.filter(|event| event["ph"] == "X");
        let number = |event: &Value, key: &str| event[key].as_f64().unwrap();
        let numbers = |event| ["pid", "tid", "ts", "dur"].map(|key| number(event, key));
        spans.map(|event| (event["name"].as_str().unwrap(), numbers(event))).collect()
    }

    #[test]
    fn computing_and_waiting_fill_the_run_of_each_thread() {
        let lanes = vec![
            lane(1000..5000, &[(0, 1500..2000), (2, 2000..3250)]),
            lane(1000..5000, &[(1, 1000..5000)]),
            lane(1000..5000, &[]),
        ];
        let measured = Measured::new(vec![(4e-6, lanes)]);
        let trace = written(&Setting::here("p", 3), &measured);
        let expected = [
            ("wait", [1.0, 1.0, 0.0, 0.5]),
            ("compute", [1.0, 1.0, 0.5, 0.5]),
            ("compute", [1.0, 1.0, 1.0, 1.25]),
            ("wait", [1.0, 1.0, 2.25, 1.75]),
            ("compute", [1.0, 2.0, 0.0, 4.0]),
            ("wait", [1.0, 3.0, 0.0, 4.0]),
        ];
        assert_eq!(spans(&trace), expected);
        let events = trace["traceEvents"].as_array().unwrap();
        let args = events.iter().filter(|event| event["name"] == "compute");
        let args: Vec<&Value> = args.map(|event| &event["args"]).collect();
        assert_eq!(*args[1], json!({"rows": [2, 3], "busy_us": 0.005}));
    }

    #[test]
    fn ranks_are_processes_with_names_and_their_clocks_are_aligned() {
        let lanes = vec![
            lane(1000..5000, &[(0, 1000..5000)]),
            lane(91_000..94_000, &[(1, 92_000..94_000)]),
        ];
        let clocks = [(0, 0), (90_000, 70)]
            .map(|(ahead_ns, uncertainty_ns)| Offset { ahead_ns, uncertainty_ns });
        let measured = Measured::new(vec![(4e-6, lanes)]).aligned(clocks.to_vec());
        let hosts = ["a", "b"].map(str::to_owned).to_vec();
        let setting =
            Setting { crew: Crew::Ranks(hosts), hosts: 2, ..Setting::here("p", 2) };
        let trace = written(&setting, &measured);
        let expected = [
            ("compute", [1.0, 1.0, 0.0, 4.0]),
            ("wait", [2.0, 1.0, 0.0, 1.0]),
            ("compute", [2.0, 1.0, 1.0, 2.0]),
            ("wait", [2.0, 1.0, 3.0, 1.0]),
        ];
        assert_eq!(spans(&trace), expected);
        let clock = json!({"worker": 1, "ahead_us": 90.0, "uncertainty_us": 0.07});
        assert_eq!(trace["otherData"]["clocks"][1], clock);
        let names = trace["traceEvents"].as_array().unwrap().iter();
        let names = names.filter(|event| event["name"] == "thread_name");
        let names: Vec<&Value> = names.map(|event| &event["args"]["name"]).collect();
        assert_eq!(names, ["rank 0 on a", "rank 1 on b"]);
    }
}
