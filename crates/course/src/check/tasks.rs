//! The tasks of the class, in its order, each with its trials.

use super::trial::Trial;
use super::{chunks, hello, matmul, pictures, words};

/// A step of an exercise.
#[derive(Debug)]
pub struct Task {
    /// Exercise and step, as `3.2`.
    pub id: &'static str,
    /// The exercise's crate, which is its program, too.
    pub program: &'static str,
    /// What there is to do, as in the project's README.
    pub title: &'static str,
    /// The file in which a student writes or reads; empty if there is none.
    pub file: &'static str,
    /// Whether there is something to write.
    pub is_written: bool,
    /// What is tried, made from a seed.
    pub trials: fn(u64) -> Vec<Trial>,
}

const fn task(
    id: &'static str,
    program: &'static str,
    file: &'static str,
    title: &'static str,
    trials: fn(u64) -> Vec<Trial>,
) -> Task {
    Task { id, program, title, file, is_written: true, trials }
}

/// A task of which everything is there: to run, to read, to measure.
const fn given(task: Task) -> Task {
    Task { is_written: false, ..task }
}

/// All tasks.
pub static TASKS: [Task; 21] = [
    task("1.1", "mpi-hello", "greet.rs", "every rank prints a line", hello::greetings),
    task(
        "1.2",
        "mpi-hello",
        "collect.rs",
        "rank 0 collects who is where, in order",
        hello::collections,
    ),
    task("1.3", "mpi-hello", "collect.rs", "count processes per host", hello::hosts),
    given(task(
        "2.1",
        "matmul-mpi",
        "rows.rs",
        "read and measure: scatter, broadcast, multiply, gather",
        matmul::divisible,
    )),
    task(
        "2.2",
        "matmul-mpi",
        "rows.rs",
        "any size: counts and displacements",
        matmul::any_size,
    ),
    given(task(
        "2.3",
        "matmul-shm",
        "",
        "sweep the size: where does copying stop to matter?",
        matmul::shared_and_copied,
    )),
    given(task(
        "2.4",
        "matmul-mpi",
        "grid.rs",
        "an extra to read: fewer words on a grid of ranks",
        matmul::grid,
    )),
    task(
        "3.1",
        "mandel-threads",
        "block.rs",
        "each thread draws a block of rows",
        pictures::threads_block,
    ),
    task(
        "3.2",
        "mandel-threads",
        "cyclic.rs",
        "deal the rows out like cards",
        pictures::threads_cyclic,
    ),
    task(
        "3.3",
        "mandel-threads",
        "dynamic.rs",
        "threads take tiles from a queue",
        pictures::threads_dynamic,
    ),
    task(
        "3.4",
        "mandel-threads",
        "rayon.rs",
        "a library hands out the tiles",
        pictures::threads_rayon,
    ),
    task(
        "3.5",
        "mandel-serial",
        "chunks.rs",
        "add up what chunks cost each worker",
        chunks::costs,
    ),
    task(
        "3.6",
        "mandel-serial",
        "imbalance.rs",
        "make one number of it",
        chunks::imbalance,
    ),
    task(
        "4.1",
        "mandel-mpi",
        "block.rs",
        "each rank draws a block; gather",
        pictures::ranks_block,
    ),
    task(
        "4.2",
        "mandel-mpi",
        "cyclic.rs",
        "the same for dealt rows; bring each to its place",
        pictures::ranks_cyclic,
    ),
    task(
        "4.3",
        "mandel-mpi",
        "dynamic.rs",
        "a master hands out tiles to workers that are done",
        pictures::ranks_dynamic,
    ),
    task(
        "4.4",
        "mandel-mpi",
        "ahead.rs",
        "workers ask before they need the next tile",
        pictures::ranks_ahead,
    ),
    task(
        "4.5",
        "mandel-mpi",
        "counter.rs",
        "an extra: a counter instead of a master",
        pictures::ranks_counter,
    ),
    task("5.1", "wordcount", "map.rs", "count the words of a rank's share", words::map),
    task(
        "5.2",
        "wordcount",
        "reduce.rs",
        "bring all counts to rank 0 and add them up",
        words::reduce,
    ),
    task(
        "5.3",
        "wordcount",
        "occurrences.rs",
        "one word in each document, by MPI's reduce",
        words::occurrences,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Only the project has the README; a handout has it too, with the same table.
    #[test]
    fn the_readme_has_the_same_tasks_in_the_same_order() {
        let readme = include_str!("../../../../README.md");
        let mut program = String::new();
        let mut rows = Vec::new();
        for line in readme.lines() {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let &[_, id, name, file, title, _, _] = &cells[..] else { continue };
            if id.len() != 3 || !id.starts_with(|c: char| c.is_ascii_digit()) {
                continue;
            }
            let name = name.trim_start_matches('[').split(']').next().unwrap_or("");
            if !name.is_empty() {
                program = name.to_owned();
            }
            let file = file.trim_matches('`').to_owned();
            rows.push((id.to_owned(), program.clone(), file, title.to_owned()));
        }
        let ours = TASKS.iter().map(|task| {
            let file = if task.file.is_empty() { "nothing to write" } else { task.file };
            [task.id, task.program, file, task.title].map(str::to_owned)
        });
        let ours: Vec<_> = ours.map(|[a, b, c, d]| (a, b, c, d)).collect();
        assert_eq!(rows, ours);
    }
}
