//! The report of a job that stands still, as a diagnosis.

use super::ended::sentence;
use super::tasks::Task;
use super::verdict::Diagnosis;

/// The report of a job in which some rank waits for ever.
pub fn stands_still(said: &str, task: &Task) -> Diagnosis {
    let lines: Vec<&str> =
        said.lines().skip_while(|line| !line.starts_with("error: ")).collect();
    let Some((head, rest)) = lines.split_first() else {
        return Diagnosis { key: "still", ..Diagnosis::found("The job stood still.") };
    };
    let rows = rest.iter().take_while(|line| line.starts_with("  "));
    let (causes, rows): (Vec<&str>, Vec<&str>) =
        rows.partition(|line| line.trim_start().starts_with("cause: "));
    let mut found = vec![sentence(head.trim_start_matches("error: "))];
    found.extend(rows.iter().map(|row| row.to_string()));
    let mut diagnosis = Diagnosis { key: "still", ..Diagnosis::found(found.join("\n")) };
    let told =
        causes.first().map(|cause| cause.trim_start().trim_start_matches("cause: "));
    if let Some(cause) = missed(&rows, task).or(told.map(|cause| format!("{cause}."))) {
        diagnosis = diagnosis.because("still", cause);
    }
    if let Some(place) = rows.iter().find_map(|row| students_place(row, task)) {
        diagnosis = diagnosis.look(place);
    }
    diagnosis.ask("which rank should have done what, so that these ranks could go on?")
}

/// The place in a row of the report, if it is in the task's file.
fn students_place(row: &str, task: &Task) -> Option<String> {
    let file = format!("crates/{}/src/{}:", task.program, task.file);
    row.split_whitespace().find(|word| word.starts_with(&file)).map(str::to_owned)
}

/// A message of the task that one rank waits to send or to receive, and the other one
/// has gone on with what comes after the task.
fn missed(rows: &[&str], task: &Task) -> Option<String> {
    let after = format!("crates/{}/src/main.rs:", task.program);
    let gone = rows.iter().filter(|row| row.contains(&after));
    let gone: Vec<usize> = gone.flat_map(|row| ranks_of(row)).collect();
    rows.iter().find_map(|row| {
        students_place(row, task)?;
        let waits = ranks_of(row).first().copied()?;
        let (other, how) = partner(row)?;
        let file = task.file;
        gone.contains(&other).then(|| match how {
            Partner::Sends => format!(
                "rank {waits} waits for a message that rank {other} has not sent: it has left {file}."
            ),
            Partner::Receives => format!(
                "rank {waits} sends what rank {other} has not received: it has left {file}."
            ),
        })
    })
}

/// What the other one of two ranks should do.
enum Partner {
    Sends,
    Receives,
}

/// The rank that a row waits for, and what it should do.
fn partner(row: &str) -> Option<(usize, Partner)> {
    let after = |words: &str| {
        let (_, rest) = row.split_once(words)?;
        rest.split([',', ':', ' ']).next()?.parse().ok()
    };
    let sends = ["for a message from rank ", "receives from rank ", "receive from rank "];
    let receives = ["sends to rank ", "send to rank "];
    let sender = sends.into_iter().find_map(after).map(|rank| (rank, Partner::Sends));
    let receiver = || receives.into_iter().find_map(after);
    sender.or_else(|| Some((receiver()?, Partner::Receives)))
}

/// The ranks that a row of the report begins with: `rank 3`, `ranks 1, 2`, `ranks 1-3, 7`.
fn ranks_of(row: &str) -> Vec<usize> {
    let row = row.trim_start();
    let row = row.strip_prefix("ranks ").or_else(|| row.strip_prefix("rank "));
    // Two blanks end them.
    let list = row.and_then(|row| row.split("  ").next()).unwrap_or_default();
    let span = |span: &str| {
        let (first, last) = span.split_once('-').unwrap_or((span, span));
        Some(first.trim().parse::<usize>().ok()?..=last.trim().parse().ok()?)
    };
    list.split(',').filter_map(span).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::super::tasks::TASKS;
    use super::*;

    fn task(id: &str) -> &'static Task {
        TASKS.iter().find(|task| task.id == id).unwrap()
    }

    #[test]
    fn the_report_of_a_job_that_stands_still_is_told() {
        let said = "$ mpiexec -n 3 mandel-mpi\n\
            error: nothing moves: rank 0 waits for ever (deadlock)\n  \
            rank 0  crates/mpi-hello/src/collect.rs:18  receives from rank 2, tag 0\n  \
            cause: rank 0 waits for a message from rank 2, and rank 2 has ended\n";
        let why = stands_still(said, task("1.2"));
        assert!(why.found.starts_with("Nothing moves: rank 0 waits"), "{}", why.found);
        assert!(why.found.contains("collect.rs:18  receives from rank 2"));
        let cause = "rank 0 waits for a message from rank 2, and rank 2 has ended.";
        assert_eq!(why.cause.as_deref(), Some(cause));
    }

    #[test]
    fn a_message_that_a_rank_has_not_sent_is_the_cause_where_it_has_gone_on() {
        let said = "error: nothing moves: 3 ranks wait for each other (deadlock)\n  \
            rank 0  crates/mpi-hello/src/collect.rs:24  is in MPI_Mprobe for a message from \
            rank 2, any tag\n  \
            ranks 1, 2  crates/mpi-hello/src/main.rs:58  are in MPI_Allreduce: rank 0 did not \
            come\n  cause: rank 0 never reaches the MPI_Allreduce of rank 1\n";
        let why = stands_still(said, task("1.2"));
        let cause = "rank 0 waits for a message that rank 2 has not sent: it has left collect.rs.";
        assert_eq!(why.cause.as_deref(), Some(cause));
        assert_eq!(why.look.as_deref(), Some("crates/mpi-hello/src/collect.rs:24"));
        let sends = "error: nothing moves: 3 ranks wait for each other (deadlock)\n  \
            ranks 0, 1  crates/mpi-hello/src/main.rs:58  are in MPI_Allreduce: rank 2 did not \
            come\n  \
            rank 2  crates/mpi-hello/src/collect.rs:17  sends to rank 0, tag 0: nobody receives \
            that\n  cause: rank 2 never reaches the MPI_Allreduce of rank 0\n";
        let cause = "rank 2 sends what rank 0 has not received: it has left collect.rs.";
        assert_eq!(stands_still(sends, task("1.2")).cause.as_deref(), Some(cause));
        let other = said.replace("rank 2, any", "rank 7, any");
        let why = stands_still(&other, task("1.2"));
        assert!(why.cause.unwrap().starts_with("rank 0 never reaches"));
        assert_eq!(ranks_of("  ranks 1-3, 7  x.rs:1  are"), [1, 2, 3, 7]);
    }
}
