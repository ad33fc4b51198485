//! Tasks 3.5 and 3.6: what chunks cost each worker, and that as one number.

use harness::mandel::{SCHEDULES, piece_costs};
use kernels::mandel::{SIGHTS, View, count_rows};
use kernels::schedule::Schedule;
use kernels::split::block;
use serde_json::Value;

use super::run::Run;
use super::trial::{Dice, Judged, Start, Trial};
use super::verdict::Diagnosis;
use super::{files, missing, witness};

/// The numbers of workers that are asked for.
const WORKERS: [usize; 3] = [2, 3, 7];

/// 3.5.
pub fn costs(seed: u64) -> Vec<Trial> {
    vec![trial(seed, judge_costs)]
}

/// 3.6.
pub fn imbalance(seed: u64) -> Vec<Trial> {
    vec![trial(seed, |run, _| judge_imbalance(run))]
}

fn trial(seed: u64, judge: fn(&Run, &View) -> Judged) -> Trial {
    let mut dice = Dice::new(seed, "chunks");
    let view = SIGHTS[1].view(60 + dice.below(40), 83 + dice.below(20), 300);
    let about = format!("{} rows for 2, 3 and 7 workers", view.height);
    let words = format!(
        "--view {} --width {} --height {} --max-iter {} --chunks 2,3,7 --runs 1 --warmup 0 \
         --no-check --json --csv FOLDER/record.csv",
        SIGHTS[1].name, view.width, view.height, view.max_iter
    );
    let program = ("mandel-serial", Start::Alone);
    let trial = Trial::new(about, program, words, move |run| judge(run, &view)).part();
    trial.with(witness::ASK.0, witness::ASK.1)
}

/// What a schedule gives to some workers, as the student has it.
#[derive(Clone, Debug)]
struct Share {
    work: Vec<u64>,
    imbalance: f64,
}

// ---- 3.5 -------------------------------------------------------------------------

fn judge_costs(run: &Run, view: &View) -> Judged {
    let left = witness::left(run, "chunks", 0);
    let left = left.map_err(|why| missing("There are no costs", &why))?;
    let lists = left.as_array().map_or(&[][..], Vec::as_slice);
    let mut work = lists.iter().map(numbers);
    let mut counts = vec![0; view.width * view.height];
    count_rows(view, 0..view.height, &mut counts);
    for workers in WORKERS {
        for schedule in SCHEDULES {
            let costs = piece_costs(schedule, &counts, view.width);
            let found =
                work.next().ok_or_else(|| Diagnosis::found("A list is missing."))?;
            if let Some(diagnosis) = wrong_work(&costs, workers, schedule, &found) {
                return Err(diagnosis);
            }
        }
    }
    Ok(Vec::new())
}

fn numbers(list: &Value) -> Vec<u64> {
    let list = list.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_u64).collect()
}

/// The work of each worker.
fn right_work(costs: &[u64], workers: usize, schedule: Schedule) -> Vec<u64> {
    let mut work = vec![0; workers];
    for (piece, cost) in costs.iter().enumerate() {
        let worker = match schedule {
            Schedule::Block => (0..workers)
                .find(|&worker| block(costs.len(), workers, worker).contains(&piece))
                .expect("blocks cover all"),
            Schedule::Cyclic => piece % workers,
            Schedule::Dynamic => least(&work),
        };
        work[worker] += cost;
    }
    work
}

/// The first of those who have done the least.
fn least(work: &[u64]) -> usize {
    (0..work.len()).min_by_key(|&worker| work[worker]).expect("there are workers")
}

/// What a wrong solution gives, its short name and its sentence.
fn wrong_ways(
    costs: &[u64],
    workers: usize,
    schedule: Schedule,
) -> Vec<(Vec<u64>, &'static str, String)> {
    let mut ways = Vec::new();
    let mut way =
        |work: Vec<u64>, key, cause: &str| ways.push((work, key, cause.to_owned()));
    let each = costs.len() / workers;
    let left_out: Vec<u64> =
        (0..workers).map(|worker| costs[worker * each..][..each].iter().sum()).collect();
    let mut at_the_end = left_out.clone();
    at_the_end[workers - 1] += costs[workers * each..].iter().sum::<u64>();
    let mut last_of_equals = vec![0; workers];
    let mut counted = vec![0; workers];
    for (piece, cost) in costs.iter().enumerate() {
        let fewest =
            (0..workers).rev().min_by_key(|&w| last_of_equals[w]).expect("workers");
        last_of_equals[fewest] += cost;
        counted[piece % workers] += 1;
    }
    match schedule {
        Schedule::Block => {
            way(
                left_out,
                "remainder",
                "rows / workers for each; the remainder was left out.",
            );
            way(
                at_the_end,
                "last",
                "the remainder went to the last worker; block() gives the first ones a row more.",
            );
        }
        Schedule::Cyclic => {
            way(counted, "pieces", "the pieces were counted, not their costs added.");
        }
        Schedule::Dynamic => {
            way(
                last_of_equals,
                "ties",
                "of several workers that have done the least, the last one got the piece.",
            );
        }
    }
    for other in SCHEDULES.into_iter().filter(|other| *other != schedule) {
        let cause = format!("this is what {} gives.", name(other));
        ways.push((right_work(costs, workers, other), "mixed", cause));
    }
    let all = costs.iter().sum();
    ways.push((
        vec![all; workers],
        "all",
        "every worker was given all of the costs.".into(),
    ));
    let mut one = vec![0; workers];
    one[0] = all;
    ways.push((one, "one", "worker 0 was given all of the costs.".into()));
    ways
}

fn name(schedule: Schedule) -> &'static str {
    match schedule {
        Schedule::Block => "block",
        Schedule::Cyclic => "cyclic",
        Schedule::Dynamic => "dynamic (tiles)",
    }
}

fn wrong_work(
    costs: &[u64],
    workers: usize,
    schedule: Schedule,
    found: &[u64],
) -> Option<Diagnosis> {
    let right = right_work(costs, workers, schedule);
    if found == right {
        return None;
    }
    let case = format!("{} for {workers} workers", name(schedule));
    let says = match found.len() == workers {
        false => format!(
            "{case} has {} numbers, one for each worker was expected.",
            found.len()
        ),
        true => {
            let worker = (0..workers).find(|&w| found[w] != right[w]).unwrap_or(0);
            format!(
                "{case}: worker {worker} has {} iterations, {} was expected.",
                found[worker], right[worker]
            )
        }
    };
    let diagnosis = Diagnosis::found(says).look(format!("the arm of {}", name(schedule)));
    let ways = wrong_ways(costs, workers, schedule);
    let fitting: Vec<_> =
        ways.into_iter().filter(|(work, ..)| *work == found && *work != right).collect();
    let diagnosis = match &fitting[..] {
        [(_, key, cause)] => diagnosis.because(key, cause.clone()),
        _ => diagnosis,
    };
    Some(diagnosis.ask(match schedule {
        Schedule::Block => {
            format!("which pieces does block({}, {workers}, 1) give?", costs.len())
        }
        Schedule::Cyclic => {
            format!("to whom does piece 4 belong, with {workers} workers?")
        }
        Schedule::Dynamic => {
            "who is free first when the next piece is handed out?".to_owned()
        }
    }))
}

// ---- 3.6 -------------------------------------------------------------------------

fn judge_imbalance(run: &Run) -> Judged {
    let shares = files::figure(&run.path("record.csv"), "chunks");
    let shares = shares.map_err(|why| missing("There is no number", &why))?;
    let share = |share: &Value| Share {
        work: numbers(&share["work"]),
        // JSON has no number for what is none.
        imbalance: share["imbalance"].as_f64().unwrap_or(f64::NAN),
    };
    let shares: Vec<Share> =
        shares.as_array().map_or(&[][..], Vec::as_slice).iter().map(share).collect();
    if shares.len() != WORKERS.len() * SCHEDULES.len() {
        return Err(Diagnosis::found("Some numbers are missing."));
    }
    wrong_imbalance(&shares).map_or(Ok(Vec::new()), Err)
}

/// A formula, its short name and its sentence.
type Formula = (fn(&[u64]) -> f64, &'static str, &'static str);

fn most(work: &[u64]) -> f64 {
    work.iter().copied().max().unwrap_or(0) as f64
}

fn sum(work: &[u64]) -> f64 {
    work.iter().sum::<u64>() as f64
}

fn right(work: &[u64]) -> f64 {
    most(work) * work.len() as f64 / sum(work)
}

const FORMULAS: [Formula; 8] = [
    (
        |work| most(work) / (sum(work) / work.len() as f64).floor(),
        "whole",
        "the mean was divided as a whole number, which drops what is behind the point.",
    ),
    (
        |work| right(work).floor(),
        "whole",
        "whole numbers were divided, which drops what is behind the point.",
    ),
    (
        |work| 1.0 / right(work),
        "inverse",
        "it is the mean divided by the most: the other way round.",
    ),
    (
        |work| most(work) / sum(work),
        "sum",
        "it is the most divided by the sum, not by the mean.",
    ),
    (
        |work| most(work) / work.iter().copied().min().unwrap_or(0) as f64,
        "least",
        "it is the most divided by the least, not by the mean.",
    ),
    (|work| right(work) - 1.0, "minus", "1 was taken away: 1 is balanced here, not 0."),
    (
        |work| most(work) - sum(work) / work.len() as f64,
        "difference",
        "it is the most minus the mean, not divided by it.",
    ),
    (
        |work| work.first().copied().unwrap_or(0) as f64 * work.len() as f64 / sum(work),
        "first",
        "it is the first worker's share, not the busiest one's.",
    ),
];

fn is_near(one: f64, other: f64) -> bool {
    one == other || (one - other).abs() <= 1e-9 * other.abs()
}

fn wrong_imbalance(shares: &[Share]) -> Option<Diagnosis> {
    let wrong =
        shares.iter().find(|share| !is_near(share.imbalance, right(&share.work)))?;
    let diagnosis = Diagnosis::found(format!(
        "For the work {:?} it gives {}, and {} was expected.",
        wrong.work,
        wrong.imbalance,
        right(&wrong.work)
    ));
    let fits = |(formula, ..): &&Formula| {
        shares.iter().all(|share| is_near(share.imbalance, formula(&share.work)))
    };
    let mut fitting = FORMULAS.iter().filter(fits);
    let diagnosis = match (fitting.next(), fitting.next()) {
        (Some((_, key, cause)), None) => diagnosis.because(key, *cause),
        _ => diagnosis,
    };
    Some(
        diagnosis.ask(
            "what are the most and the mean of these numbers, and what type have they?",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Primes: no two sums of them are alike by chance.
    const COSTS: [u64; 11] = [2, 31, 7, 101, 13, 53, 19, 3, 71, 29, 41];

    fn named(schedule: Schedule, found: &[u64]) -> Option<&'static str> {
        wrong_work(&COSTS, 3, schedule, found).map(|diagnosis| diagnosis.key)
    }

    #[test]
    fn each_wrong_sum_is_known_by_its_numbers() {
        for schedule in SCHEDULES {
            let right = right_work(&COSTS, 3, schedule);
            assert_eq!(named(schedule, &right), None);
            assert_eq!(named(schedule, &right[..2]), Some(""));
            let mut other = right.clone();
            other[1] += 1;
            assert_eq!(named(schedule, &other), Some(""));
        }
        assert_eq!(right_work(&COSTS, 3, Schedule::Dynamic), [103, 124, 143]);
        assert_eq!(named(Schedule::Block, &[40, 167, 93]), Some("remainder"));
        assert_eq!(named(Schedule::Block, &[40, 167, 163]), Some("last"));
        assert_eq!(named(Schedule::Cyclic, &[4, 4, 3]), Some("pieces"));
        assert_eq!(named(Schedule::Cyclic, &[141, 88, 141]), Some("mixed"));
        assert_eq!(named(Schedule::Dynamic, &[370, 370, 370]), Some("all"));
        assert_eq!(named(Schedule::Block, &[370, 0, 0]), Some("one"));
    }

    #[test]
    fn each_wrong_formula_is_known_by_its_numbers() {
        let works = [vec![10, 20, 40], vec![7, 9, 3], vec![1, 5]];
        let shares = |formula: fn(&[u64]) -> f64| -> Vec<Share> {
            let share =
                |work: &Vec<u64>| Share { work: work.clone(), imbalance: formula(work) };
            works.iter().map(share).collect()
        };
        assert_eq!(wrong_imbalance(&shares(right)), None);
        for (formula, key, _) in FORMULAS {
            let diagnosis = wrong_imbalance(&shares(formula));
            assert_eq!(diagnosis.map(|diagnosis| diagnosis.key), Some(key), "{key}");
        }
        let unknown = wrong_imbalance(&shares(|work| right(work) * 1.5)).unwrap();
        assert_eq!(unknown.key, "");
    }
}
