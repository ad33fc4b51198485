//! The word count: by the rule of our programs, and by that of the databases.

use std::path::{Path, PathBuf};

use harness::Error;
use study::implementation::{Implementation, Start};
use study::options::missing_document;
use study::topic::Topic;

use crate::args::Args;
use crate::contest::{Amount, Contest, Pairing, Rate};
use crate::judge::Kind;
use crate::peers::{self, Workers};

/// The table of words as runs of letters and digits, and the table of words as
/// what white space leaves: the only rule by which databases count the same.
///
/// # Errors
///
/// [`Error::Failure`] if a document is missing.
pub fn contests(args: &Args) -> Result<Vec<Contest>, Error> {
    let documents = match args.documents.as_slice() {
        [] if args.options.quick => {
            vec![PathBuf::from("data/en/pride-and-prejudice.txt")]
        }
        [] => vec![args.options.corpus()],
        given => given.to_vec(),
    };
    if let Some(path) = documents.iter().find(|path| !path.is_file()) {
        return Err(missing_document(path));
    }
    let (workers, environment) = (args.options.workers, &args.environment);
    let pairings = |tokens| {
        let count = Count { environment, documents: &documents, tokens };
        match tokens {
            "words" => count.as_our_programs(workers),
            _ => count.as_databases(workers),
        }
    };
    let contest = |tokens| Contest {
        topic: Topic::Words,
        input: format!("{}, --tokens {tokens}", names(&documents)),
        pairings: pairings(tokens),
        kind: Kind::Words,
        keys: &["bytes", "tokens"],
        rate: Rate { unit: "MB/s", amount: Amount::Said("bytes", 1e-6) },
    };
    Ok(["words", "whitespace"].map(contest).into())
}

/// The names of the documents, without their folders.
fn names(documents: &[PathBuf]) -> String {
    let names = documents.iter().filter_map(|path| path.file_name());
    names.map(|name| name.to_string_lossy()).collect::<Vec<_>>().join(", ")
}

/// Which words of which documents.
struct Count<'a> {
    environment: &'a Path,
    documents: &'a [PathBuf],
    tokens: &'static str,
}

impl Count<'_> {
    fn as_our_programs(&self, workers: usize) -> Vec<Pairing> {
        let processes = Workers::Processes(workers);
        let several = vec![
            self.python("mpi4py", ["mpi4py", "reduce"], Workers::Ranks(workers)),
            self.python("pool", ["multiprocessing", "imap"], processes),
            self.python("ipyparallel", ["ipyparallel", "direct view"], processes),
        ];
        vec![
            Pairing { ours: self.ours("plain", 1), peers: vec![] },
            Pairing { ours: self.ours("fast", 1), peers: vec![self.counter()] },
            Pairing { ours: self.ours("fast", workers), peers: several },
        ]
    }

    fn as_databases(&self, workers: usize) -> Vec<Pairing> {
        let databases = |workers| {
            let threads = Workers::Threads(workers);
            vec![
                self.python("polars", ["polars", ""], threads),
                self.python("duckdb", ["duckdb", ""], threads),
            ]
        };
        let mut serial = databases(1);
        serial.extend([self.counter(), self.wc()]);
        let mut pairings = vec![
            Pairing { ours: self.ours("plain", 1), peers: vec![] },
            Pairing { ours: self.ours("fast", 1), peers: serial },
        ];
        if workers > 1 {
            let ours = self.ours("fast", workers);
            pairings.push(Pairing { ours, peers: databases(workers) });
        }
        pairings
    }

    fn ours(&self, kernel: &str, ranks: usize) -> Implementation {
        let flags = format!("--kernel {kernel} --tokens {}", self.tokens);
        self.on_documents(Implementation::new(
            "wordcount",
            kernel,
            Start::Ranks,
            ranks,
            &flags,
        ))
    }

    fn counter(&self) -> Implementation {
        self.python("counter", ["counter", ""], Workers::Processes(1))
    }

    /// The bare rate of reading and finding words: it does not count which.
    fn wc(&self) -> Implementation {
        let mut wc = self.python("wc", ["wc", "-w"], Workers::Processes(1));
        if let Some(peer) = &mut wc.peer {
            peer.writes_result = false;
        }
        wc
    }

    fn python(
        &self,
        script: &str,
        names: [&'static str; 2],
        workers: Workers,
    ) -> Implementation {
        let script = format!("words_{script}.py");
        let flags = format!("--tokens {}", self.tokens);
        self.on_documents(peers::python(
            self.environment,
            &script,
            names,
            workers,
            &flags,
        ))
    }

    fn on_documents(&self, implementation: Implementation) -> Implementation {
        let mut words = implementation.words;
        words.extend(self.documents.iter().map(|path| path.into()));
        // A run takes about a second: one in each round will do.
        Implementation { words, runs: 1, ..implementation }
    }
}
