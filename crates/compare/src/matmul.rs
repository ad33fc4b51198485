//! The matrix product: rows, pools and grids, ours and others'.

use study::implementation::{Implementation, Start};
use study::topic::Topic;

use crate::args::Args;
use crate::contest::{Amount, Contest, Pairing, Rate};
use crate::judge::Kind;
use crate::peers::{self, Workers};

/// A table for each order.
pub fn contests(args: &Args) -> Vec<Contest> {
    let sizes = if args.options.quick { &[256][..] } else { &args.size };
    sizes.iter().map(|&size| contest(args.options.workers, args, size)).collect()
}

fn contest(workers: usize, args: &Args, size: usize) -> Contest {
    let mut pairings = vec![threads(args, size, 1)];
    if workers > 1 {
        pairings.push(threads(args, size, workers));
    }
    pairings.extend([
        rows(args, size, workers),
        copied(args, size, workers),
        shared(args, size, workers),
        grid(args, size, workers),
    ]);
    Contest {
        topic: Topic::Matmul,
        input: format!("n = {size}"),
        pairings,
        kind: Kind::Product(size),
        keys: &[],
        rate: Rate {
            unit: "GFLOP/s",
            amount: Amount::Known(2e-9 * (size as f64).powi(3)),
        },
    }
}

/// One call that uses all cores: what a library does by itself.
fn threads(args: &Args, size: usize, workers: usize) -> Pairing {
    let names = ["numpy", ""];
    Pairing {
        ours: ours("matmul-shm", "threads shared", Start::Workers, workers, size),
        peers: vec![python(args, "numpy", names, Workers::Threads(workers), size)],
    }
}

fn rows(args: &Args, size: usize, workers: usize) -> Pairing {
    let names = ["mpi4py", "rows"];
    Pairing {
        ours: ours("matmul-mpi", "rows", Start::Ranks, workers, size),
        peers: vec![python(args, "mpi4py", names, Workers::Ranks(workers), size)],
    }
}

fn copied(args: &Args, size: usize, workers: usize) -> Pairing {
    let processes = Workers::Processes(workers);
    Pairing {
        ours: ours("matmul-shm", "processes copied", Start::Workers, workers, size),
        peers: vec![
            python(args, "pool_copied", ["multiprocessing", "copied"], processes, size),
            python(args, "ipyparallel", ["ipyparallel", "direct view"], processes, size),
        ],
    }
}

fn shared(args: &Args, size: usize, workers: usize) -> Pairing {
    let (names, processes) = (["multiprocessing", "shared"], Workers::Processes(workers));
    Pairing {
        ours: ours("matmul-shm", "processes shared", Start::Workers, workers, size),
        peers: vec![python(args, "pool_shared", names, processes, size)],
    }
}

/// Operands and result stay distributed.
fn grid(args: &Args, size: usize, workers: usize) -> Pairing {
    // 0 lets the driver try several block sizes; 64 is the customary one.
    let blocks = [("block 64", 64), ("block tuned", 0)].map(|(strategy, block)| {
        let flags = format!("--size {size} --block {block}");
        peers::scalapack(&args.environment, strategy, workers, &flags)
    });
    Pairing {
        ours: ours("matmul-mpi", "grid", Start::Ranks, workers, size),
        peers: blocks.to_vec(),
    }
}

fn ours(
    program: &'static str,
    strategy: &str,
    start: Start,
    workers: usize,
    size: usize,
) -> Implementation {
    let how = match strategy.split_once(' ') {
        Some((with, memory)) => format!("--with {with} --memory {memory}"),
        None => format!("--algorithm {strategy}"),
    };
    let flags = format!("{how} --kernel fast --size {size}");
    Implementation::new(program, strategy, start, workers, &flags)
}

fn python(
    args: &Args,
    script: &str,
    names: [&'static str; 2],
    workers: Workers,
    size: usize,
) -> Implementation {
    let script = format!("matmul_{script}.py");
    peers::python(&args.environment, &script, names, workers, &format!("--size {size}"))
}
