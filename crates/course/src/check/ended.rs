//! Why a run came to no good end: a task not written, a panic, MPI's error, standing still.

use super::run::Run;
use super::still::stands_still;
use super::tasks::Task;
use super::verdict::{Diagnosis, Outcome};

/// The status of a job that stood still.
const STOOD_STILL: i32 = 124;

/// What `todo!` says before its own words.
const TODO: &str = "not yet implemented: task ";

/// What ended the run of a trial of `task`; `None` if it came to a good end.
pub fn diagnose(run: &Run, task: &Task) -> Option<(Outcome, Diagnosis)> {
    if run.is_success() {
        return None;
    }
    if run.has_panicked()
        && let Some(id) = unwritten(&run.said)
    {
        return Some((Outcome::NotWritten, not_written(id, &run.said, task)));
    }
    Some(match run.status {
        None => (Outcome::StoodStill, endless(run)),
        Some(STOOD_STILL) => (Outcome::StoodStill, stands_still(&run.said, task)),
        Some(status) => (Outcome::Failed, failed(status, &run.said)),
    })
}

/// The number of the task whose `todo!` a program has met.
pub fn unwritten(said: &str) -> Option<&str> {
    let (_, task) = said.split_once(TODO)?;
    let (id, _) = task.split_once(": ")?;
    let is_id = id.len() == 3 && id.chars().all(|c| c == '.' || c.is_ascii_digit());
    is_id.then_some(id)
}

fn not_written(id: &str, said: &str, task: &Task) -> Diagnosis {
    // `give each thread its rows, see crates/mandel-threads/README.md, step 2 (FILE:LINE:COLUMN)`
    let todo = said.split_once(TODO).and_then(|(_, rest)| rest.lines().next());
    let todo = todo.and_then(|todo| todo.split_once(": ")).map_or("", |(_, todo)| todo);
    let (what, place) = todo.rsplit_once(" (").unwrap_or((todo, ""));
    let (what, sheet) = what.split_once(", see ").unwrap_or((what, ""));
    let found = match id == task.id {
        true => format!("It is not written yet: {what}."),
        false => format!("It needs task {id}, which is not written yet."),
    };
    let diagnosis = Diagnosis { key: "unwritten", ..Diagnosis::found(found) };
    let place = place.split_once(')').map_or("", |(place, _)| place);
    let diagnosis = match without_column(place) {
        Some(place) => diagnosis.look(place),
        None => diagnosis,
    };
    match sheet {
        "" => diagnosis,
        _ => diagnosis.ask(format!("what does {sheet} say?")),
    }
}

/// `crates/x/src/y.rs:18` of a place with a column.
fn without_column(place: &str) -> Option<String> {
    let mut parts = place.splitn(3, ':');
    let (file, line) = (parts.next()?, parts.next()?);
    let at = file.find("crates/")?;
    line.parse::<u32>().ok()?;
    Some(format!("{}:{line}", &file[at..]))
}

/// A run that nobody could say anything about: threads, or a rank that computes.
fn endless(run: &Run) -> Diagnosis {
    let found = format!("It did not end within {:.0} s, and was stopped.", run.seconds);
    Diagnosis { key: "endless", ..Diagnosis::found(found) }
        .ask("which loop has no end, or which lock does a thread wait for that it holds itself?")
}

/// A panic, an error of MPI's, a signal, or a program that says that it failed.
fn failed(status: i32, said: &str) -> Diagnosis {
    let line = said.lines().find_map(|line| line.strip_prefix("error: "));
    let Some(line) = line else {
        let how = match status {
            128.. => format!("Signal {} ended it.", status - 128),
            _ => format!("It ended with status {status} and said nothing."),
        };
        return Diagnosis { key: "status", ..Diagnosis::found(how) };
    };
    let (rank, rest) =
        match line.strip_prefix("rank ").and_then(|rest| rest.split_once(": ")) {
            Some((rank, rest)) => (Some(rank), rest),
            None => (None, line),
        };
    let (words, place) = place_of(rest);
    let on = rank.map_or(String::new(), |rank| format!(" on rank {rank}"));
    let found = match status {
        101 => format!("It stopped{on}: {}", sentence(words)),
        _ => format!("It failed{on}: {}", sentence(words)),
    };
    let diagnosis = Diagnosis { key: "panic", ..Diagnosis::found(found) };
    let diagnosis = match KNOWN.iter().find(|known| rest.contains(known.says)) {
        Some(known) => diagnosis.because(known.key, known.cause).ask(known.next),
        None => diagnosis,
    };
    match place {
        Some(place) => diagnosis.look(place),
        None => diagnosis,
    }
}

/// What a message says, and the student's line in it: that of a panic, or from which
/// a library was called.
fn place_of(message: &str) -> (&str, Option<String>) {
    let is_students = |place: &String| !place.contains("crates/kernels/");
    let called = message.split_once(", called from ");
    let (message, called) = called
        .map_or((message, None), |(message, place)| (message, without_column(place)));
    // The place of a panic is the last pair of brackets.
    let (words, place) = match message.rsplit_once(" (") {
        Some((words, place)) if place.contains(".rs:") => (words, without_column(place)),
        _ => (message, None),
    };
    // MPI's errors have it in the middle: `MPI_Recv at crates/x/src/y.rs:18: text`.
    let inside = words.find("crates/").and_then(|at| {
        let place = words[at..].split([' ', ',']).next()?;
        without_column(place.trim_end_matches(':'))
    });
    (words, called.or(place.filter(is_students)).or(inside))
}

/// A message that everybody meets once.
struct Known {
    says: &'static str,
    key: &'static str,
    cause: &'static str,
    next: &'static str,
}

const KNOWN: [Known; 11] = [
    Known {
        says: "MPI_ERR_TRUNCATE",
        key: "truncate",
        cause: "a message is longer than the receiver's buffer.",
        next: "how many of what does the sender send, and how many of what has the receiver room for?",
    },
    Known {
        says: "essage truncated",
        key: "truncate",
        cause: "a message is longer than the receiver's buffer.",
        next: "how many of what does the sender send, and how many of what has the receiver room for?",
    },
    Known {
        says: "pixels in `out`, for",
        key: "room",
        cause: "the slice that count_rows fills has not as many pixels as its rows.",
        next: "how many rows does it get, and how many times view.width pixels has the slice?",
    },
    Known {
        says: "no pixels for row",
        key: "room",
        cause: "place is given more rows than were gathered.",
        next: "how many rows did rank 0 gather, and how many does the list of rows name?",
    },
    Known {
        says: "rows without a place",
        key: "room",
        cause: "place is given fewer rows than were gathered.",
        next: "how many rows did rank 0 gather, and how many does the list of rows name?",
    },
    Known {
        says: "index out of bounds",
        key: "bounds",
        cause: "an index is not below the length.",
        next: "how long is the slice or Vec there, and which index did you expect last?",
    },
    Known {
        says: "out of range for slice",
        key: "bounds",
        cause: "a range reaches beyond the end of the slice.",
        next: "how long is the slice there? On ranks other than 0 the image is empty.",
    },
    Known {
        says: "mid > len",
        key: "bounds",
        cause: "split_at_mut is to cut off more than is left.",
        next: "how many pixels are left before each cut, and does it cut rows or pixels?",
    },
    Known {
        says: "on a `None` value",
        key: "none",
        cause: "unwrap() was called where there is nothing.",
        next: "when is this None, and what should happen then?",
    },
    Known {
        says: "c + d <= n",
        key: "bounds",
        cause: "counts and displacements reach beyond the end of the buffer that MPI is given.",
        next: "how long is that buffer? A Vec::new() has no elements, whatever its capacity. And in what does MPI count it?",
    },
    Known {
        says: "packed",
        key: "packed",
        cause: "unpack was given bytes that pack has not made, or not all of them.",
        next: "where does each rank's message begin in what rank 0 gathered, and how long is it?",
    },
];

/// The words as a sentence: a capital letter first, a full stop at the end.
pub fn sentence(words: &str) -> String {
    let words = words.trim();
    let mut letters = words.chars();
    let first =
        letters.next().map_or(String::new(), |first| first.to_uppercase().to_string());
    let stop = if words.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::tasks::TASKS;
    use super::*;

    fn run(status: Option<i32>, said: &str) -> Run {
        Run { folder: PathBuf::new(), ranks: 3, status, said: said.into(), seconds: 20.0 }
    }

    fn task(id: &str) -> &'static Task {
        TASKS.iter().find(|task| task.id == id).unwrap()
    }

    const TODO_3_1: &str = "error: not yet implemented: task 3.1: give each thread rows, see \
        crates/mandel-threads/README.md, step 2 (crates/mandel-threads/src/block.rs:20:5)\n";

    #[test]
    fn a_good_end_has_no_reason() {
        assert_eq!(diagnose(&run(Some(0), TODO_3_1), task("3.1")), None);
    }

    #[test]
    fn a_task_that_is_not_written_is_named_with_its_place_and_its_step() {
        let (outcome, why) = diagnose(&run(Some(101), TODO_3_1), task("3.1")).unwrap();
        assert_eq!(outcome, Outcome::NotWritten);
        assert_eq!(why.found, "It is not written yet: give each thread rows.");
        assert_eq!(why.look.unwrap(), "crates/mandel-threads/src/block.rs:20");
        assert_eq!(
            why.next.unwrap(),
            "what does crates/mandel-threads/README.md, step 2 say?"
        );
    }

    #[test]
    fn a_task_that_needs_another_one_says_which() {
        let said = "$ mpiexec ...\nerror: rank 1 of 3: not yet implemented: task 5.2: gather, \
                    see crates/wordcount/README.md, step 2 (crates/wordcount/src/reduce.rs:9:5)\n";
        let (outcome, why) = diagnose(&run(Some(101), said), task("5.3")).unwrap();
        assert_eq!(outcome, Outcome::NotWritten);
        assert_eq!(why.found, "It needs task 5.2, which is not written yet.");
    }

    #[test]
    fn a_panic_names_the_students_line_and_only_that() {
        for (said, words, place) in [
            (
                "error: rank 2 of 3: index out of bounds: the len is 3 but the index is 3 \
                 (crates/mandel-mpi/src/dynamic.rs:52:29)\n",
                "on rank 2 of 3: Index out of bounds: the len is 3 but the index is 3.",
                Some("crates/mandel-mpi/src/dynamic.rs:52"),
            ),
            (
                "error: rank 1 of 3: assertion `left == right` failed (/x/mpi-0.8/src/a.rs:3:1), \
                 called from crates/wordcount/src/reduce.rs:31\n",
                "on rank 1 of 3: Assertion",
                Some("crates/wordcount/src/reduce.rs:31"),
            ),
            (
                "error: pixels in `out`, for 2 rows of 6 (crates/kernels/src/mandel.rs:150:5)\n",
                "It stopped: Pixels",
                None,
            ),
        ] {
            let (outcome, why) = diagnose(&run(Some(101), said), task("3.1")).unwrap();
            assert_eq!(outcome, Outcome::Failed);
            assert!(why.found.contains(words), "{}", why.found);
            assert_eq!(why.look.as_deref(), place, "{said}");
        }
    }

    #[test]
    fn what_mpi_finds_is_said_with_its_line() {
        let said = "error: rank 0: MPI_Recv at crates/mpi-hello/src/collect.rs:18: \
                    MPI_ERR_TRUNCATE: message truncated\n";
        let (_, why) = diagnose(&run(Some(101), said), task("1.2")).unwrap();
        assert_eq!(why.look.as_deref(), Some("crates/mpi-hello/src/collect.rs:18"));
        assert!(why.cause.unwrap().contains("longer than the receiver's buffer"));
    }

    #[test]
    fn a_run_without_an_end_or_a_word_is_told_as_that() {
        let (outcome, why) = diagnose(&run(None, ""), task("3.3")).unwrap();
        assert_eq!(outcome, Outcome::StoodStill);
        assert_eq!(why.found, "It did not end within 20 s, and was stopped.");
        let (outcome, why) = diagnose(&run(Some(139), ""), task("3.3")).unwrap();
        assert_eq!((outcome, &*why.found), (Outcome::Failed, "Signal 11 ended it."));
    }
}
