//! Tasks 1.1 to 1.3: who says hello, who is collected, how many a host has.

use serde_json::Value;

use super::run::Run;
use super::trial::{Judged, Start, Trial, count};
use super::verdict::Diagnosis;
use super::witness::{self, Messages};
use super::{MISSING, files, missing};

const PROGRAM: &str = "mpi-hello";

fn trial(ranks: usize, words: &str, judge: fn(&Run) -> Judged) -> Trial {
    let words = format!("{words} --runs 1 --warmup 0 --no-check");
    Trial::new(count(ranks, "rank"), (PROGRAM, Start::Ranks(ranks)), words, judge)
}

/// 1.1: stdout is the result here, that of each rank by itself.
pub fn greetings(_seed: u64) -> Vec<Trial> {
    [3, 1, 4]
        .map(|ranks| Trial { keeps_stdout: true, ..trial(ranks, "", greeting).part() })
        .into()
}

/// 1.2: rank 1 is slow, so that the order of arrival is never that of the ranks.
pub fn collections(_seed: u64) -> Vec<Trial> {
    let collection = |ranks: usize| {
        let trial = trial(ranks, "--json", collection).part();
        let trial = trial.with(witness::ASK.0, witness::ASK.1);
        match ranks {
            1 => trial,
            _ => {
                let trial = trial.with("DEADLOCK_DELAY", "1:60");
                Trial { about: format!("{}, rank 1 is slow", trial.about), ..trial }
            }
        }
    };
    [3, 1, 4].map(collection).into()
}

/// 1.3.
pub fn hosts(_seed: u64) -> Vec<Trial> {
    [3, 1].map(|ranks| trial(ranks, "--json --csv FOLDER/record.csv", hosts_of)).into()
}

// ---- 1.1 -------------------------------------------------------------------------

/// How begins what rank 0 prints beside its own line.
const SUMMARY: &str = "Collected by rank 0, with ";

fn greeting(run: &Run) -> Judged {
    let read = |name: String| {
        let bytes = files::bytes(&run.path(&name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let own = |text: String| text.split(SUMMARY).next().unwrap_or_default().to_owned();
    let said: Vec<String> =
        (0..run.ranks).map(|rank| own(read(format!("said-{rank}")))).collect();
    let host = read("host-0".into());
    greetings_of(&said, host.trim()).map_or(Ok(Vec::new()), Err)
}

/// What is wrong with what each rank has printed on `host`.
fn greetings_of(said: &[String], host: &str) -> Option<Diagnosis> {
    let ranks = said.len();
    // A launcher may know the machine by a longer name or a shorter one.
    let host = host.split('.').next().unwrap_or_default();
    let hello = |rank: usize, line: &str| {
        // Hosts may have numbers in their names.
        let line = line.replace(host, " ");
        let has = |number: usize| {
            line.split(|c: char| !c.is_ascii_digit())
                .any(|word| word.parse() == Ok(number))
        };
        has(rank) && has(ranks)
    };
    let has_said = |by: usize, of: usize| said[by].lines().any(|line| hello(of, line));
    let silent = (0..ranks).find(|&rank| !has_said(rank, rank));
    let Some(rank) = silent else {
        let nameless = (0..ranks).find(|&rank| !said[rank].contains(host))?;
        let found = format!("Rank {nameless} does not say on which host it is.");
        return Some(Diagnosis::found(found).ask("what does the struct Process know?"));
    };
    let first = said[rank].lines().next();
    let found = match first {
        None => format!("Rank {rank} of {ranks} prints nothing."),
        Some(line) => format!(
            "Rank {rank} prints {line:?}: it should name itself, {rank}, and the number of \
             ranks, {ranks}."
        ),
    };
    let key = if first.is_none() { MISSING } else { "" };
    let diagnosis = Diagnosis { key, ..Diagnosis::found(found) };
    let is_silent = |rank: usize| said[rank].is_empty();
    if has_said(0, 0) && (1..ranks).all(is_silent) && !(0..ranks).all(|r| has_said(0, r))
    {
        return Some(
            diagnosis
                .because("one", "only rank 0 prints.")
                .ask("which ranks run this line of your program?"),
        );
    }
    let is_by_rank_0 = ranks > 1 && (0..ranks).all(|rank| has_said(0, rank));
    if is_by_rank_0 && said[1..].iter().all(String::is_empty) {
        return Some(
            diagnosis
                .because("one", "rank 0 prints the lines of all ranks.")
                .ask("which ranks run this line of your program, and how often?"),
        );
    }
    Some(diagnosis.ask("what do world.rank() and world.size() give on this rank?"))
}

// ---- 1.2 -------------------------------------------------------------------------

/// A process as rank 0 has it.
type Known = (u64, String, u64);

fn collection(run: &Run) -> Judged {
    let left = witness::left(run, "collected", 0);
    let left = left.map_err(|why| missing("Nothing was collected", &why))?;
    let known = |process: &Value| -> Option<Known> {
        let host = process["host"].as_str()?.to_owned();
        Some((process["rank"].as_u64()?, host, process["pid"].as_u64()?))
    };
    let list = left.as_array().map_or(&[][..], Vec::as_slice);
    let list: Vec<Known> = list.iter().filter_map(known).collect();
    let truth = |rank: usize| known(&witness::left(run, "process", rank).ok()?);
    let truth: Option<Vec<Known>> = (0..run.ranks).map(truth).collect();
    let truth = truth
        .ok_or_else(|| missing("Nothing was collected", "a rank has not come so far"))?;
    let messages = witness::messages(run).ok();
    if let Some(diagnosis) = collected(&list, &truth) {
        let line = messages.as_deref().and_then(line);
        return Err(diagnosis.at(line));
    }
    Ok(Vec::new())
}

/// The line in which rank 0 received.
fn line(messages: &[Messages]) -> Option<String> {
    let received = messages.first().map(|messages| &messages.in_runs.received);
    let line =
        received.and_then(|all| all.iter().find_map(|letters| letters.line.clone()));
    line.or_else(|| witness::line_of(messages, &["MPI_Gather"]))
}

/// What is wrong with the list that rank 0 has.
fn collected(list: &[Known], truth: &[Known]) -> Option<Diagnosis> {
    if list == truth {
        return None;
    }
    let ranks: Vec<u64> = list.iter().map(|process| process.0).collect();
    let expected: Vec<u64> = truth.iter().map(|process| process.0).collect();
    let mut sorted = list.to_vec();
    sorted.sort();
    let diagnosis = Diagnosis::found(format!(
        "Rank 0 has collected the ranks {ranks:?}, and {expected:?} was expected."
    ));
    let receive = "what rank 0 receives";
    Some(if sorted == truth && ranks.first() == Some(&0) {
        diagnosis
            .because(
                "arrival",
                "the processes stand in the order in which their messages came.",
            )
            .look(receive)
            .ask("does rank 0 say from which rank it wants to receive next?")
    } else if sorted == truth {
        diagnosis.because("itself", "rank 0 has put itself last.").look(receive)
    } else if list == &truth[..1] && truth.len() > 1 {
        diagnosis
            .because("alone", "rank 0 has only itself in the list.")
            .look(receive)
            .ask("how many messages does rank 0 have to receive?")
    } else if list.len() + 1 == truth.len() && list == &truth[1..] {
        diagnosis
            .because("itself", "rank 0 itself is missing.")
            .look(receive)
            .ask("with which process does the list begin?")
    } else if list.len() + 1 == truth.len() && list == &truth[..list.len()] {
        diagnosis
            .because("last", "the last rank is missing.")
            .look("the loop over the ranks")
            .ask("which is the last rank that 1..world.size() - 1 gives?")
    } else if ranks == expected {
        let wrong = list.iter().zip(truth).find(|(one, other)| one != other);
        let Some((found, right)) = wrong else { return Some(diagnosis) };
        let found = format!(
            "Rank {} is on {} with the process number {}, not on {} with {}.",
            right.0, right.1, right.2, found.1, found.2
        );
        Diagnosis::found(found)
            .because("invented", "this did not come from the rank itself.")
            .look(receive)
            .ask("what does each rank send, and what does rank 0 make of it?")
    } else {
        diagnosis
    })
}

// ---- 1.3 -------------------------------------------------------------------------

fn hosts_of(run: &Run) -> Judged {
    let counts = files::figure(&run.path("record.csv"), "processes_per_host");
    let counts = counts.map_err(|why| missing("There are no counts", &why))?;
    let counts: Vec<u64> = counts
        .as_object()
        .map_or(Vec::new(), |map| map.values().filter_map(Value::as_u64).collect());
    counted(&counts, run.ranks as u64).map_or(Ok(Vec::new()), Err)
}

/// What is wrong with the counts of hosts that have `ranks` ranks together.
fn counted(counts: &[u64], ranks: u64) -> Option<Diagnosis> {
    let sum: u64 = counts.iter().sum();
    if sum == ranks {
        return None;
    }
    let diagnosis = Diagnosis::found(format!(
        "The counts add up to {sum}, and {ranks} processes were started."
    ));
    let line = "the line that counts";
    Some(match counts {
        [] => diagnosis.ask("what goes into the map for each process?"),
        _ if counts.iter().all(|&count| count == 1) => diagnosis
            .because("anew", "each process of a host begins its count anew.")
            .look(line)
            .ask("what does the map hold for the host before the second process comes?"),
        &[count] if count == ranks - 1 => diagnosis
            // On one host the last rank is that number, too.
            .because(
                "first",
                "the first process of a host is counted as none, or the last rank was \
                 taken for the number.",
            )
            .look(line)
            .ask("what does the map hold after the first process?"),
        &[count] if count == ranks + 1 => diagnosis
            .because("first", "the first process of a host is counted twice.")
            .look(line)
            .ask("with what does or_insert begin, and what is added then?"),
        _ => diagnosis.look(line),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(diagnosis: Option<Diagnosis>) -> Option<&'static str> {
        diagnosis.map(|diagnosis| diagnosis.key)
    }

    #[test]
    fn every_rank_prints_its_own_line() {
        let line =
            |rank: usize| format!("Hello from rank {rank} of 3 on node7.cluster\n");
        let own: Vec<String> = (0..3).map(line).collect();
        assert_eq!(greetings_of(&own, "node7.cluster"), None);
        assert_eq!(greetings_of(&own, "node7"), None);
        let other: Vec<String> =
            (0..3).map(|rank| format!("node7: I'm {rank}/3!\nand more\n")).collect();
        assert_eq!(greetings_of(&other, "node7"), None);

        let all = [own.concat(), String::new(), String::new()];
        assert_eq!(key(greetings_of(&all, "node7")), Some("one"));
        let first = [own[0].clone(), String::new(), String::new()];
        assert_eq!(
            greetings_of(&first, "node7").unwrap().found,
            "Rank 1 of 3 prints nothing."
        );
        let same = [line(0), line(0), line(0)];
        assert!(greetings_of(&same, "node7").unwrap().found.starts_with("Rank 1 prints"));
        let nameless: Vec<String> = (0..3).map(|rank| format!("{rank} of 3\n")).collect();
        assert!(greetings_of(&nameless, "node7").unwrap().found.contains("which host"));
    }

    #[test]
    fn each_cause_of_a_wrong_list_is_known() {
        let process = |rank: u64| (rank, "node7".to_owned(), 100 + rank);
        let list =
            |ranks: &[u64]| ranks.iter().map(|&rank| process(rank)).collect::<Vec<_>>();
        let truth = list(&[0, 1, 2, 3]);
        for (found, expected) in [
            (list(&[0, 1, 2, 3]), None),
            (list(&[0, 2, 3, 1]), Some("arrival")),
            (list(&[1, 2, 3, 0]), Some("itself")),
            (list(&[1, 2, 3]), Some("itself")),
            (list(&[0]), Some("alone")),
            (list(&[0, 1, 2]), Some("last")),
            (list(&[0, 0, 0, 0]), Some("")),
            (list(&[]), Some("")),
            (
                [list(&[0, 1, 2]), vec![(3, "node7".into(), 102)]].concat(),
                Some("invented"),
            ),
        ] {
            assert_eq!(key(collected(&found, &truth)), expected, "{found:?}");
        }
    }

    #[test]
    fn each_cause_of_a_wrong_count_is_known() {
        for (counts, ranks, expected) in [
            (&[3][..], 3, None),
            (&[1, 2], 3, None),
            (&[1], 3, Some("anew")),
            (&[2], 3, Some("first")),
            (&[4], 3, Some("first")),
            (&[], 3, Some("")),
            (&[9], 3, Some("")),
        ] {
            assert_eq!(key(counted(counts, ranks)), expected, "{counts:?}");
        }
    }
}
