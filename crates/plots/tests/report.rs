//! Writes the page from small CSV files and judges by what stands in it.

use harness::trial::{Folder, Outcome, bytes, outcome};

const MANDEL: &str = "\
implementation,program,strategy,workers,view,kernel,iterations,imbalance,median_s,speedup,oversubscribed,cores,hosts,version,mpi
mandel-serial scalar,mandel-serial,scalar,1,whole,scalar,634936612,,1.5,1.0,false,8,1,0.1.0,
mandel-threads block,mandel-threads,block,3,whole,scalar,634936612,2.18,1.2,1.25,false,8,1,0.1.0,
mandel-threads cyclic,mandel-threads,cyclic,3,whole,scalar,634936612,1.01,0.6,2.5,false,8,1,0.1.0,
mandel-mpi block,mandel-mpi,block,3,whole,scalar,634936612,2.18,1.3,1.15,false,8,1,0.1.0,Open <MPI> v4
";
const WORDS: &str =
    "strategy,workers,mb_per_s,bytes,cores\nfast,1,50,52000000,8\nfast,2,90,52000000,8\n";

const TRACE: &str = r#"{"otherData":{"program":"p","schedule":"block","cores":2,"run_us":40.0},
"traceEvents":[
{"name":"thread_name","ph":"M","pid":1,"tid":1,"args":{"name":"thread 0"}},
{"name":"compute","ph":"X","pid":1,"tid":1,"ts":0,"dur":10.0,"args":{"busy_us":10.0}}
]}"#;

fn report(folder: &Folder, words: &str) -> Outcome {
    let mut plots = std::process::Command::new(env!("CARGO_BIN_EXE_plots"));
    plots.arg("--report").args(words.split_whitespace());
    outcome(plots.current_dir(folder.path(".")))
}

/// The page that is made of some files.
fn page(files: &[(&str, &str)]) -> String {
    let folder = Folder::with(files);
    report(&folder, "").success();
    String::from_utf8(bytes(&folder.path("results/index.html"))).unwrap()
}

/// What stands between each `start` and the `end` that follows it.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    let pieces = text.split(start).skip(1);
    pieces.map(|piece| piece.split(end).next().unwrap()).collect()
}

#[test]
fn the_page_refers_to_nothing_outside() {
    let page = page(&[("results/mandel.csv", MANDEL), ("results/words.csv", WORDS)]);
    let namespaces = page.replace("http://www.w3.org/", "");
    for word in ["http:", "https:", "//cdn", "@import", "<iframe", "<object", "fetch("] {
        assert!(!namespaces.contains(word), "{word}");
    }
    for (start, end) in [("src=\"", "\""), ("href=\"", "\""), ("url(", ")")] {
        for target in between(&page, start, end) {
            let inside = target.starts_with("data:") || target.starts_with('#');
            assert!(inside, "{start}{target}");
        }
    }
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert!(page.contains("name=\"viewport\"") && page.contains("prefers-color-scheme"));
    assert!(page.contains("@media print"));
}

#[test]
fn every_picture_has_its_text() {
    let page = page(&[("results/mandel.csv", MANDEL), ("results/words.csv", WORDS)]);
    let body = page.split("<script").next().unwrap();
    for kind in ["<svg ", "<canvas ", "<img "] {
        for picture in between(body, kind, ">") {
            let text = if kind == "<img " { " alt=\"" } else { " aria-label=\"" };
            assert!(picture.contains(text), "{kind}{picture}");
            assert!(kind == "<img " || picture.contains("role=\"img\""), "{picture}");
        }
    }
    for figure in between(body, "<figure", "</figure>") {
        assert!(figure.contains("<figcaption>") || figure.contains("alt="), "{figure}");
    }
    let links = between(body, "href=\"#", "\"");
    assert!(links.len() >= 5, "{links:?}");
    for link in links {
        assert!(body.contains(&format!("<section id=\"{link}\">")), "{link}");
    }
}

#[test]
fn the_page_answers_with_the_figures_of_the_files() {
    let page = page(&[("results/mandel.csv", MANDEL), ("results/words.csv", WORDS)]);
    for text in [
        "of 64 blocks has 2.71 times the mean (counted)",
        "The busiest of 3 workers on 8 cores does 2.18 times the mean work with \
         mandel-threads block, and 1.01 times with mandel-threads cyclic (view whole,",
        "mandel-threads cyclic is the fastest run with 3 workers",
        // Three blocks: 1 / 0.73, which is what was measured, nearly.
        "<td>2.18</td><td>2.18</td><td>1.38</td><td>1.25</td>",
        "wordcount fast goes from 50 MB/s with 1 rank to 90 with 2",
        "cores: 8, hosts: 1",
        "Open &lt;MPI&gt; v4",
        "2.36 ns",
        "the master is saturated, for its 12,000 answers of 200 iterations",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn a_request_costs_what_the_ping_pong_measured() {
    let ping_pong = "bytes,median_s,alpha_s\n0,3.1e-6,3e-6\n8,3e-6,3e-6\n";
    let files = [("results/mandel.csv", MANDEL), ("results/ping-pong.csv", ping_pong)];
    let page = page(&files);
    // Two messages of 3 us, at 1.5 s / 634,936,612 an iteration.
    assert!(page.contains("id=\"request\" type=\"number\" min=\"0\" max=\"1000000000\" step=\"1\" value=\"2540\""));
    assert!(
        page.contains("answers of 635 iterations")
            && page.contains("at the price in <code>results/ping-pong.csv</code>")
    );
}

#[test]
fn each_trace_is_a_figure_with_its_sentences_under_it() {
    let traces = ["a", "b"].map(|name| format!("results/trace-{name}.json"));
    let [one, other] = traces.each_ref().map(|path| (path.as_str(), TRACE));
    let page = page(&[("results/mandel.csv", MANDEL), one, other]);
    for name in ["a", "b"] {
        let figure =
            between(&page, &format!("<figure id=\"trace-{name}\">"), "</figure>");
        let (svg, caption) = figure[0].split_once("<figcaption>").unwrap();
        assert!(caption.starts_with("Thread 0 finished last"), "{caption}");
        // In the picture it would stand a second time, and small on a phone.
        let drawn = svg.split_once("</desc>").unwrap().1;
        assert!(drawn.contains("thread 0") && !drawn.contains("finished last"));
    }
}

#[test]
fn what_is_missing_is_named_with_the_command_that_makes_it() {
    let page = page(&[("results/words.csv", WORDS)]);
    for (file, command) in [
        ("mandel.png", "make run-mandel"),
        ("mandel.csv", "make run-mandel"),
        ("matmul.csv", "make run-matmul"),
        ("matmul-sweep.csv", "make run-matmul"),
        ("trace-*.json", "--trace"),
    ] {
        let found =
            between(&page, "<p class=\"missing\">", "</p>").into_iter().any(|line| {
                line.contains(&format!("results/{file}")) && line.contains(command)
            });
        assert!(found, "{file}");
    }
    assert!(page.contains("No run of the schedules was measured yet"));
}

#[test]
fn without_results_the_page_shows_the_reference_and_says_so() {
    let folder = Folder::with(&[("results/reference/mandel.csv", MANDEL)]);
    let done = report(&folder, "--out pages").success();
    assert!(
        done.stderr.contains("drawing those of results/reference"),
        "{}",
        done.stderr
    );
    let page = String::from_utf8(bytes(&folder.path("pages/index.html"))).unwrap();
    assert!(page.contains("<code>results/reference</code>: reference results"));
}

#[test]
fn what_is_missing_here_is_shown_from_the_reference_and_says_so() {
    let reference = MANDEL.replace("8,1,0.1.0", "64,1,0.0.9");
    let trace = ("results/reference/trace-a.json", TRACE);
    let given = [
        ("results/words.csv", WORDS),
        ("results/reference/words.csv", "strategy\n"),
        ("results/reference/mandel.csv", &reference),
        trace,
    ];
    let mixed = page(&given);
    assert!(mixed.contains("wordcount fast goes from 50 MB/s"));
    assert!(
        mixed.contains("missing there, the page takes it from <code>results/reference")
    );
    let notes = between(&mixed, "<p class=\"note\">Measured on another machine", "</p>");
    // The times of the schedules, the trace, and the table beside the model.
    let files = ["mandel.csv", "trace-*.json", "mandel.csv"];
    assert_eq!(notes.len(), files.len(), "{notes:?}");
    for (note, file) in notes.iter().zip(files) {
        assert!(
            note.contains(&format!("<code>results/reference/{file}</code>")),
            "{note}"
        );
    }
    assert!(mixed.contains("cyclic (view whole, counted). Measured on another machine."));
    assert!(mixed.contains(
        "The machine of the results: unknown, instructions: unknown, cores: 8"
    ));
    assert!(mixed.contains(
        "The machine of the reference results: unknown, instructions: unknown, cores: 64"
    ));
    // Nothing of this is said where there is but one machine.
    let one = page(&given[2..]);
    assert!(one.contains("reference results of another machine"));
    assert!(!one.contains("Measured on"));
}

#[test]
fn what_cannot_be_shown_is_one_message() {
    for (files, words, named) in [
        (&[][..], "", "make run"),
        (&[("results/mandel.csv", "a,b\n1\n")], "", "mandel.csv"),
        (
            &[("results/mandel.csv", MANDEL), ("results/mandel.png", "x")],
            "",
            "mandel.png",
        ),
        (&[("results/mandel.csv", MANDEL), ("file", "")], "--out file", "file"),
    ] {
        let folder = Folder::with(files);
        let refused = report(&folder, words);
        assert!(refused.failure(1).contains(named), "{}", refused.stderr);
        assert!(!folder.path("results/index.html").exists(), "{named}");
    }
}
