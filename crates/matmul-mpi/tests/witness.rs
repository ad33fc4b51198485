//! What tools see of the program through the witness. Not in the handout.

use harness::trial::witnessed::{Witnessed, assert_line, pieces};
use kernels::split::block;
use ranks::trial::command;
use serde_json::Value;

const RANKS: usize = 3;
const M: usize = 10;
const K: usize = 7;
const N: usize = 5;

#[test]
fn each_rank_receives_its_rows_of_a_and_all_of_b_and_multiplies_them() {
    let words = format!("--m {M} --k {K} --n {N} --runs 1 --warmup 0");
    let mut command = command(RANKS, env!("CARGO_BIN_EXE_matmul-mpi"));
    let (seen, _) = Witnessed::run(command.args(words.split_whitespace()), &[]);
    let pages = seen.work(RANKS);
    for (rank, page) in pages.iter().enumerate() {
        let rows = block(M, RANKS, rank).len();
        let [product] = pieces(page) else { panic!("one product: {page}") };
        let shape = ["m", "k", "n"].map(|key| product[key].as_u64().unwrap() as usize);
        assert_eq!(shape, [rows, K, N], "rank {rank}");
        assert_eq!(product["units"], rows * K * N);

        let messages = seen.page(&format!("messages-{rank}.json"));
        let words = if rank == 0 { (M - rows) * N } else { rows * K + K * N };
        assert_eq!(messages["in_runs"]["bytes_received"], 8 * words, "rank {rank}");
        let calls = messages["in_runs"]["collectives"].as_array().unwrap();
        let names: Vec<&Value> = calls.iter().map(|call| &call["call"]).collect();
        assert_eq!(names, ["MPI_Bcast", "MPI_Gatherv", "MPI_Scatterv"]);
        for call in calls {
            assert_eq!(call["calls"], 1);
            assert_line(&call["line"], "crates/matmul-mpi/src/rows.rs");
        }
    }
}
