//! Runs the real program over small CSV files and judges by the pictures.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use harness::files::Output;
use harness::mandel::trial::expected;
use harness::npy;
use harness::trial::{Folder, Outcome, bytes, outcome};
use kernels::mandel::Sight;

const MATMUL: &str = "\
implementation,workers,n,gflops,speedup_own,result,cores
shm fast,1,64,50,,verified,2
shm threads shared,4,64,90,1.8,verified,2
";
const WORDS: &str = "workers,mb_per_s,bytes,cores\n1,50,52000000,2\n2,90,52000000,2\n";
const PING_PONG: &str = "bytes,median_s,mpi,alpha_s,beta_s_per_byte\n\
    0,2e-6,Open MPI,2e-6,2e-10\n1,2e-6,Open MPI,2e-6,2e-10\n10000000,2e-3,Open MPI,2e-6,2e-10\n";
const SCALING: &str = "\
topic,implementation,scaling,workers,speedup,oversubscribed,cores
matmul,shm threads,strong,1,1,false,2
matmul,shm threads,strong,2,1.8,false,2
matmul,shm threads,strong,3,1.9,true,2
words,wordcount fast,weak,1,1,false,2
";

fn plots(folder: &Folder, words: &str) -> Outcome {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_plots"));
    outcome(command.args(words.split_whitespace()).current_dir(folder.path(".")))
}

#[track_caller]
fn assert_is_a_picture(folder: &Folder, name: &str) {
    let svg = String::from_utf8(bytes(&folder.path(&format!("{name}.svg")))).unwrap();
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{name}");
    let png = bytes(&folder.path(&format!("{name}.png")));
    assert!(png.starts_with(b"\x89PNG") && png.ends_with(b"IEND\xaeB`\x82"), "{name}");
}

/// A picture in which these texts stand.
#[track_caller]
fn assert_shows(folder: &Folder, name: &str, texts: &[&str]) {
    assert_is_a_picture(folder, name);
    let svg = String::from_utf8(bytes(&folder.path(&format!("{name}.svg")))).unwrap();
    for text in texts {
        assert!(svg.contains(text), "{name} lacks {text}");
    }
}

#[test]
fn each_file_becomes_two_pictures_with_its_names_and_units() {
    let folder = Folder::with(&[
        ("results/matmul.csv", MATMUL),
        ("results/words.csv", WORDS),
        ("results/ping-pong.csv", PING_PONG),
        ("results/scaling.csv", SCALING),
    ]);
    plots(&folder, "").success();
    for (name, texts) in [
        ("matmul", &["shm threads shared", "GFLOP/s", "best serial 50.0", "90.0"][..]),
        ("words", &["MPI ranks", "MB/s", "52 MB on 2 cores"]),
        ("ping-pong", &["in us", "MB/s", "in bytes", "10 M", "alpha = 2.00 us"]),
        ("scaling-matmul", &["Amdahl", "Gustafson", "efficiency", "serial 0.11 strong"]),
        ("scaling-words", &["wordcount fast"]),
    ] {
        assert_shows(&folder, &format!("results/{name}"), texts);
    }
}

#[test]
fn costs_and_chunks_become_pictures_of_the_set_and_its_figures() {
    let chunks = "view,width,height,max_iter,workers,schedule,imbalance,work\n\
                  whole,96,80,100,3,block,2.2,14 73 13\n\
                  whole,96,80,100,8,block,2.4,1 1 1 12 12 11 1 1\n";
    let folder = Folder::with(&[
        ("results/chunks.csv", chunks),
        ("results/costs-summary.csv", "view,max_iter\nwhole,1000\n"),
        (
            "results/costs-histogram.csv",
            "quantity,from,to,pixels\niterations,1,1.6,90\nseconds,0,1.1e-8,70\n\
             seconds,1e-7,1.6e-7,20\n",
        ),
        (
            "results/costs-lorenz.csv",
            "pixels,iterations,seconds,gini_iterations,gini_seconds\n0,0,0,0.75,0.7\n\
             0.8,0.05,0.1,0.75,0.7\n1,1,1,0.75,0.7\n",
        ),
        (
            "results/costs-times.csv",
            "iterations,pixels,low_s,median_s,high_s,fitted_s\n\
             10,9,2e-8,3e-8,4e-8,2.1e-8\n1000,9,2e-6,2e-6,2e-6,2.001e-6\n",
        ),
    ]);
    plots(&folder, "").success();
    for (name, texts) in [
        ("chunks-imbalance", &["workers P", "blocks of rows", "imbalance"][..]),
        ("chunks-map", &["worker 3: 30.0 % of the work, 2.40 x mean", "8 workers"]),
        ("costs-map", &["iterations of a pixel", "1000"]),
        ("costs-histogram", &["nanoseconds", "less than 11 ns"]),
        ("costs-lorenz", &["Gini coefficient 0.75", "in %"]),
        ("costs-times", &["fitted: 2.00 ns an iteration"]),
    ] {
        assert_shows(&folder, &format!("results/{name}"), texts);
    }
}

#[test]
fn what_is_missing_is_named_in_one_line_and_the_others_are_drawn() {
    let folder = Folder::with(&[("results/words.csv", WORDS)]);
    let done = plots(&folder, "--out pictures/new").success();
    let said = "note: not drawn: results has no costs-summary.csv, costs-histogram.csv, \
                costs-lorenz.csv, costs-times.csv, chunks.csv, mandel.csv, ping-pong.csv, \
                scaling.csv, matmul.csv, matmul-sweep.csv\n";
    assert_eq!(done.stderr, said);
    assert_is_a_picture(&folder, "pictures/new/words");
    assert!(!folder.path("results/words.svg").exists());
}

#[test]
fn without_results_the_reference_is_drawn_and_that_is_said() {
    let folder = Folder::with(&[("results/reference/words.csv", WORDS)]);
    let done = plots(&folder, "").success();
    assert!(
        done.stderr.contains("drawing those of results/reference"),
        "{}",
        done.stderr
    );
    assert_is_a_picture(&folder, "results/words");
}

#[test]
fn what_holds_no_times_is_named_and_not_drawn() {
    let none = "workers,mb_per_s,bytes,cores\n1,,,2\n";
    let folder =
        Folder::with(&[("results/words.csv", none), ("results/matmul.csv", MATMUL)]);
    let done = plots(&folder, "").success();
    assert!(done.stderr.ends_with("; words.csv holds no times yet\n"), "{}", done.stderr);
    assert_eq!(done.stderr.lines().count(), 1, "{}", done.stderr);
    assert!(!folder.path("results/words.svg").exists());
    assert_is_a_picture(&folder, "results/matmul");
}

#[test]
fn what_cannot_be_drawn_is_one_message() {
    let broken = "workers,mb_per_s\n1,2,3\n";
    for (files, words, status, named) in [
        (&[][..], "", 1, "make run"),
        (&[], "--results nowhere", 1, "nowhere"),
        (&[("results/words.csv", broken)], "", 1, "words.csv"),
        (&[("results/trace-x.json", "{")], "", 1, "trace-x.json"),
        (&[("results/trace-x.json", "{}")], "", 1, "trace-x.json"),
        (&[("results/words.csv", WORDS), ("file", "")], "--out file", 1, "file"),
        (&[], "--size 3", 2, "--size"),
    ] {
        let folder = Folder::with(files);
        let refused = plots(&folder, words);
        assert!(refused.failure(status).contains(named), "{words}: {}", refused.stderr);
        assert!(!Path::new(&folder.path("results/words.png")).exists(), "{words}");
    }
}

/// A run of two threads, one of which has computed two tiles and one nothing.
const TRACE: &str = r#"{"otherData":{"program":"p","schedule":"block","cores":1,"run_us":40.0},
"traceEvents":[
{"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"thread 0"}},
{"name":"compute","ph":"X","pid":1,"tid":1,"ts":0,"dur":10.0,"args":{"busy_us":10.0}},
{"name":"compute","ph":"X","pid":1,"tid":1,"ts":10.0,"dur":5.0,"args":{"busy_us":5.0}},
{"name":"wait","ph":"X","pid":1,"tid":1,"ts":15.0,"dur":25.0},
{"name":"thread_name","ph":"M","pid":1,"tid":2,"args":{"name":"thread 1"}},
{"name":"wait","ph":"X","pid":1,"tid":2,"ts":0,"dur":40.0}
]}"#;

#[test]
fn a_trace_becomes_a_timeline_of_the_same_name() {
    let folder =
        Folder::with(&[("results/trace-block.json", TRACE), ("results/other.json", "")]);
    plots(&folder, "").success();
    let texts = [
        "p, block: 2 workers on 1 core",
        "Thread 0 finished last, after 15.0 us",
        "waited for 81 % of their time",
        "take turns",
        "in us",
        "thread 1",
    ];
    assert_shows(&folder, "results/trace-block", &texts);
    assert!(!folder.path("results/other.svg").exists());
}

#[test]
fn each_trace_has_its_own_timeline_whatever_the_bytes_of_its_name() {
    let folder = Folder::with(&[("results/words.csv", WORDS)]);
    let names = [&b"trace-\xFE"[..], b"trace-\xFF"].map(OsStr::from_bytes);
    for name in names {
        let trace = folder.path("results").join(name).with_extension("json");
        // Some file systems take no such name.
        if fs::write(trace, TRACE).is_err() {
            return;
        }
    }
    plots(&folder, "").success();
    for name in names {
        assert!(folder.path("results").join(name).with_extension("png").exists());
    }
}

#[test]
fn counts_become_the_picture_of_their_view_and_others_do_not() {
    let folder = Folder::with(&[("results/mandel.csv", "")]);
    let view = Sight::named("upper").unwrap().view(96, 80, 300);
    let (counts, sum) = expected(&view, 0..80);
    let file = Output::create(&folder.path("results/mandel-counts.npy")).unwrap();
    file.write(|file| npy::write(file, (80, 96), &counts)).unwrap();
    for (iterations, is_drawn) in [(sum + 1, false), (sum, true)] {
        let record = format!("view,iterations,max_iter\nupper,{iterations},300\n");
        fs::write(folder.path("results/mandel.csv"), record).unwrap();
        let done = plots(&folder, "").success();
        assert_eq!(folder.path("results/mandel.png").exists(), is_drawn, "{iterations}");
        assert_eq!(done.stderr.contains("not the run of"), !is_drawn, "{}", done.stderr);
    }
    let png = bytes(&folder.path("results/mandel.png"));
    assert!(png.starts_with(b"\x89PNG") && png.ends_with(b"IEND\xaeB`\x82"));
}

#[test]
fn figures_of_any_size_are_drawn_in_a_moment() {
    for figure in ["0", "-1e300", "5e-324", "3e-16", "1e15", "1.7e308", "nan"] {
        let folder = Folder::new();
        for (name, text, figures) in [
            ("matmul.csv", MATMUL, &[",50,", ",90,"][..]),
            ("words.csv", WORDS, &[",50,", ",90,"]),
            ("ping-pong.csv", PING_PONG, &["2e-6", "2e-3"]),
            ("scaling.csv", SCALING, &["1.8", "1.9"]),
            ("chunks.csv", "schedule,workers,imbalance\nblock,2,1.5\n", &["1.5"]),
        ] {
            fs::create_dir_all(folder.path("results")).unwrap();
            let put = |text: String, old: &&str| {
                text.replace(old, &old.replace(old.trim_matches(','), figure))
            };
            let text = figures.iter().fold(text.to_owned(), put);
            fs::write(folder.path("results").join(name), text).unwrap();
        }
        let outcome = plots(&folder, "");
        assert_eq!(outcome.status, Some(0), "{figure}: {}", outcome.stderr);
    }
}

#[test]
fn nothing_is_drawn_where_a_picture_would_replace_what_it_shows() {
    let folder =
        Folder::with(&[("results/matmul.csv", MATMUL), ("results/words.csv", WORDS)]);
    std::os::unix::fs::symlink("matmul.csv", folder.path("results/words.png")).unwrap();
    let message = plots(&folder, "").failure(2).to_owned();
    assert!(message.contains("words.png"), "{message}");
    assert_eq!(bytes(&folder.path("results/matmul.csv")), MATMUL.as_bytes());
    let names = fs::read_dir(folder.path("results")).unwrap().count();
    assert_eq!(names, 3);
}
