//! What tools see of the program through the witness. Not in the handout.

use harness::trial::Folder;
use harness::trial::witnessed::{Witnessed, met, pieces};
use ranks::trial::command;

#[test]
fn each_rank_counts_its_own_pieces_and_what_verifies_is_not_seen() {
    let text = "one two three\n".repeat(50);
    let documents = Folder::with(&[("a.txt", &text), ("b.txt", &text)]);
    let mut command = command(3, env!("CARGO_BIN_EXE_wordcount"));
    command.arg(documents.path("")).args(["--json", "--runs", "1", "--warmup", "0"]);
    let (seen, outcome) = Witnessed::run(&mut command, &[("PCR_GATE", "1")]);
    let pages = seen.work(3);
    assert_eq!(met(&pages), Some(true));
    // A rank has a third of both: the middle one has the end of a and the start of b.
    let documents: Vec<Vec<u64>> = pages
        .iter()
        .map(|page| {
            pieces(page).iter().map(|p| p["document"].as_u64().unwrap()).collect()
        })
        .collect();
    assert_eq!(documents, [vec![0], vec![0, 1], vec![1]]);
    let all = || pages.iter().flat_map(pieces);
    let sum = |key: &str| all().map(|piece| piece[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("units"), sum("bytes")), (300, 1400));
    assert_eq!(outcome.json()["tokens"], 300);
    assert!(all().all(|piece| piece["run"] == 0 && piece["kind"] == "words"));
}
