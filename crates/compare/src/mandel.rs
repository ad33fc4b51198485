//! The Mandelbrot set: loops and vectors, then every schedule.

use kernels::mandel::SIGHTS;
use study::implementation::{Implementation, Start};
use study::topic::Topic;

use crate::args::Args;
use crate::contest::{Amount, Contest, Pairing, Rate};
use crate::judge::Kind;
use crate::peers::{self, Workers};

/// The table of one picture.
pub fn contest(args: &Args) -> Contest {
    let (width, height) = match args.options.quick {
        true => (480, 400),
        false => (args.width, args.height),
    };
    let (view, max_iter) = (&args.view, args.max_iter);
    Contest {
        topic: Topic::Mandel,
        input: format!("view {view}, {width} x {height} pixels, max_iter {max_iter}"),
        pairings: Picture::new(args, [width, height]).pairings(args.options.workers),
        kind: Kind::Counts,
        keys: &["iterations"],
        rate: Rate { unit: "Giter/s", amount: Amount::Said("iterations", 1e-9) },
    }
}

/// The picture as flags, and where the peers are.
struct Picture<'a> {
    args: &'a Args,
    flags: String,
}

impl<'a> Picture<'a> {
    fn new(args: &'a Args, [width, height]: [usize; 2]) -> Self {
        let sight = SIGHTS.iter().find(|sight| sight.name == args.view);
        let sight = sight.expect("the command line takes no other name");
        // The peers know no view by its name.
        let ([re_min, re_max], [im_min, im_max]) = (sight.re, sight.im);
        let flags = format!(
            "--re {re_min} {re_max} --im {im_min} {im_max} --width {width} \
             --height {height} --max-iter {}",
            args.max_iter
        );
        Self { args, flags }
    }

    fn pairings(&self, workers: usize) -> Vec<Pairing> {
        let (threads, processes, ranks) = (
            Workers::Threads(workers),
            Workers::Processes(workers),
            Workers::Ranks(workers),
        );
        let mpi4py = |names, schedule: &str| {
            self.python("mpi4py", names, ranks, &format!("--schedule {schedule}"))
        };
        let multiprocessing = |names, schedule: &str| {
            self.python("pool", names, processes, &format!("--schedule {schedule}"))
        };
        // Loops beside loops and vectors beside vectors.
        let numba = self.python("numba", ["numba", "njit"], Workers::Threads(1), "");
        let numpy = self.python("numpy", ["numpy", ""], Workers::Threads(1), "");
        let prange = self.python("numba", ["numba", "prange"], threads, "--parallel");
        let view =
            self.python("ipyparallel", ["ipyparallel", "load-balanced"], processes, "");
        let pair = |ours, peers| Pairing { ours, peers };
        vec![
            pair(once(self.serial("scalar")), vec![once(numba)]),
            pair(self.serial("simd"), vec![once(numpy)]),
            pair(self.serial("shortcut"), vec![]),
            pair(
                self.threads("block", workers),
                vec![multiprocessing(["multiprocessing", "map"], "block")],
            ),
            pair(
                self.threads("dynamic", workers),
                vec![prange, multiprocessing(["multiprocessing", "imap"], "dynamic")],
            ),
            pair(
                self.ranks("block", workers),
                vec![mpi4py(["mpi4py", "block"], "block")],
            ),
            pair(
                self.ranks("cyclic", workers),
                vec![mpi4py(["mpi4py", "cyclic"], "cyclic")],
            ),
            pair(
                self.ranks("dynamic", workers),
                vec![mpi4py(["mpi4py", "dynamic"], "dynamic")],
            ),
            // No peer asks for its next tile before it computes.
            pair(self.ranks("ahead", workers), vec![]),
            // All workers compute here, and an idle one takes the next tile.
            pair(self.ranks("counter", workers), vec![view]),
        ]
    }

    fn serial(&self, kernel: &str) -> Implementation {
        let flags = format!("{} --kernel {kernel}", self.flags);
        Implementation::new("mandel-serial", kernel, Start::Alone, 1, &flags)
    }

    fn threads(&self, schedule: &str, workers: usize) -> Implementation {
        self.ours("mandel-threads", schedule, Start::Workers, workers)
    }

    fn ranks(&self, schedule: &str, workers: usize) -> Implementation {
        self.ours("mandel-mpi", schedule, Start::Ranks, workers)
    }

    fn ours(
        &self,
        program: &'static str,
        schedule: &str,
        start: Start,
        workers: usize,
    ) -> Implementation {
        let flags = format!("{} --kernel simd --schedule {schedule}", self.flags);
        Implementation::new(program, &format!("{schedule} simd"), start, workers, &flags)
    }

    fn python(
        &self,
        script: &str,
        names: [&'static str; 2],
        workers: Workers,
        flags: &str,
    ) -> Implementation {
        let script = format!("mandel_{script}.py");
        let flags = format!("{} {flags}", self.flags);
        peers::python(&self.args.environment, &script, names, workers, &flags)
    }
}

/// A run takes seconds: one in each round will do.
fn once(implementation: Implementation) -> Implementation {
    Implementation { runs: 1, warmup: 0, ..implementation }
}
