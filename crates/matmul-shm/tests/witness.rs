//! What tools see of the program through the witness. Not in the handout.

use std::process::Command;

use harness::trial::witnessed::{Witnessed, met, pieces};

#[test]
fn threads_and_processes_meet_at_the_gate() {
    for (with, memory, processes) in [
        ("threads", "shared", 1),
        ("threads", "copied", 1),
        ("processes", "shared", 3),
        ("processes", "copied", 3),
    ] {
        let words = format!(
            "--size 20 --workers 2 --with {with} --memory {memory} --runs 1 --warmup 0"
        );
        let mut command = Command::new(env!("CARGO_BIN_EXE_matmul-shm"));
        command.args(words.split_whitespace());
        let (seen, _) = Witnessed::run(&mut command, &[("PCR_GATE", "1")]);
        let pages = seen.work(processes);
        assert_eq!(met(&pages), Some(true), "{words}");
        let products: Vec<usize> = pages.iter().map(|page| pieces(page).len()).collect();
        let expected = if processes == 1 { vec![2] } else { vec![0, 1, 1] };
        assert_eq!(products, expected, "{words}");
        for piece in pages.iter().flat_map(pieces) {
            assert_eq!((&piece["m"], &piece["units"]), (&10.into(), &4000.into()));
        }
    }
}
