//! Opens the page in a Chromium without a window, moves its controls, and
//! compares its figures with those of `kernels::schedule`.
//!
//! Where there is no Chromium, this says SKIPPED.

use std::fs;
use std::io::Write;
use std::process::Command;

use harness::trial::{Folder, outcome};
use kernels::mandel::{
    HEIGHT, Kernel, MAX_ITER, Sight, View, WIDTH, count_rows, tile_costs,
};
use kernels::schedule::{
    Prediction, Price, Schedule, guided, longest_first, optimal_blocks, predict,
};
use serde_json::{Value, json};

use crate::chromium::Chromium;

mod chromium;

const MANDEL: &str = "\
implementation,program,strategy,workers,view,kernel,iterations,imbalance,median_s,speedup,oversubscribed,cores
mandel-serial scalar,mandel-serial,scalar,1,whole,scalar,634936612,,1.5,1.0,false,2
mandel-threads block,mandel-threads,block,4,whole,scalar,634936612,1.88,0.8,1.9,true,2
";

type Share = fn(&[u64], usize, Price) -> Prediction;

/// The model's ways to share tiles, as the page names them.
const WAYS: [(&str, Share); 6] = [
    ("block", |costs, workers, price| predict(costs, workers, Schedule::Block, price)),
    ("cyclic", |costs, workers, price| predict(costs, workers, Schedule::Cyclic, price)),
    ("dynamic", |costs, workers, price| {
        predict(costs, workers, Schedule::Dynamic, price)
    }),
    ("guided", guided),
    ("longest-first", longest_first),
    ("optimal-blocks", |costs, workers, _| optimal_blocks(costs, workers)),
];

/// The page, and a browser; `None` if there is no browser.
fn opened() -> Option<(Chromium, String, Folder)> {
    let Some(program) = chromium::installed() else {
        // Past the test's captured output: whoever runs it shall see it.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: no Chromium here to open the page with"
        );
        return None;
    };
    let folder = Folder::new();
    fs::create_dir(folder.path("results")).unwrap();
    fs::write(folder.path("results/mandel.csv"), MANDEL).unwrap();
    let mut plots = Command::new(env!("CARGO_BIN_EXE_plots"));
    outcome(plots.arg("--report").current_dir(folder.path("."))).success();
    let page = fs::canonicalize(folder.path("results/index.html")).unwrap();
    Some((Chromium::start(&program), format!("file://{}", page.display()), folder))
}

/// The counts of a view in the programs' default size.
fn counts(name: &str) -> (View, Vec<u32>) {
    let scalar = Sight::named(name).unwrap().view(WIDTH, HEIGHT, MAX_ITER);
    let view = View { kernel: Kernel::Simd, ..scalar };
    let mut counts = vec![0; view.width * view.height];
    count_rows(&view, 0..view.height, &mut counts);
    (view, counts)
}

/// What the page shows, beside what kernels predict.
#[track_caller]
fn assert_shows(browser: &mut Chromium, tiles: &[u64], run: &Prediction, case: &str) {
    let shown = browser.evaluate("({ ...document.getElementById('figures').dataset })");
    let digest = run.work.iter().fold(0, |digest, work| (digest * 31 + work) % 1_000_003);
    let total: u64 = tiles.iter().sum();
    let expected = json!({
        "makespan": run.makespan.to_string(),
        "busiest": run.work.iter().max().unwrap().to_string(),
        "total": total.to_string(),
        "tiles": tiles.len().to_string(),
        "work": digest.to_string(),
    });
    assert_eq!(shown, expected, "{case}");
    let text = |browser: &mut Chromium, id: &str| {
        browser.evaluate(&format!("document.getElementById('{id}').textContent"))
    };
    // Near a half, printing rounds as the language likes.
    for (id, value) in [("speedup", run.speedup()), ("imbalance", run.imbalance())] {
        let shown: f64 = text(browser, id).as_str().unwrap().parse().unwrap();
        assert!((shown - value).abs() < 0.00501, "{id} {shown}, not {value}: {case}");
    }
}

#[test]
fn the_page_predicts_what_kernels_predict() {
    let Some((mut browser, address, _folder)) = opened() else { return };
    let (view, counts) = counts("whole");
    browser.open(&address, 1200);
    for (tile, size) in [
        ("1", [1, view.width]),
        ("8", [8, view.width]),
        ("64", [64, view.width]),
        ("16x16", [16, 16]),
        ("32x32", [32, 32]),
        ("64x64", [64, 64]),
    ] {
        let tiles = tile_costs(&counts, view.width, size);
        let prices = [(0, 0), (801, 200), (30_000, 9001)];
        for (name, share) in WAYS {
            for (workers, (request, service)) in
                [(1, 0), (3, 1), (64, 1), (1000, 2), (10_000, 0)]
                    .map(|(workers, price)| (workers, prices[price]))
            {
                let fragment = format!(
                    "P={workers}&schedule={name}&tile={tile}&request={request}&service={service}"
                );
                browser.evaluate(&format!("location.hash = '{fragment}'; readAddress()"));
                let run = share(&tiles, workers, Price { request, service });
                assert_shows(&mut browser, &tiles, &run, &fragment);
            }
        }
    }
    // Off the axis two blocks are out of balance already.
    let (view, counts) = self::counts("upper");
    for (tile, size) in [("1", [1, view.width]), ("16x16", [16, 16])] {
        let tiles = tile_costs(&counts, view.width, size);
        let fragment = format!("view=upper&P=2&schedule=block&tile={tile}");
        browser.evaluate(&format!("location.hash = '{fragment}'; readAddress()"));
        let run = predict(&tiles, 2, Schedule::Block, Price::default());
        assert!(run.imbalance() > 1.2, "{}", run.imbalance());
        assert_shows(&mut browser, &tiles, &run, &fragment);
    }
    assert_eq!(browser.complaints, [""; 0]);
}

#[test]
fn controls_change_the_figures_at_once_on_a_phone_and_on_a_desk() {
    let Some((mut browser, address, _folder)) = opened() else { return };
    let (view, counts) = counts("whole");
    let rows = tile_costs(&counts, view.width, [1, view.width]);
    let free = Price::default();
    for width in [360, 1200] {
        browser.open(&format!("{address}#P=10&schedule=block"), width);
        assert_shows(
            &mut browser,
            &rows,
            &predict(&rows, 10, Schedule::Block, free),
            "P=10",
        );
        let pictures =
            "['bars', 'curve'].map((id) => document.getElementById(id).innerHTML)";
        let before = browser.evaluate(pictures);

        // A hundredth of a decade for each key: 10 becomes 10^1.3.
        browser.evaluate("document.getElementById('exponent').focus()");
        for _ in 0..30 {
            browser.press("ArrowRight", 39);
        }
        assert_eq!(
            browser.evaluate("document.getElementById('workers').value"),
            json!("20")
        );
        assert_shows(
            &mut browser,
            &rows,
            &predict(&rows, 20, Schedule::Block, free),
            "P=20",
        );

        browser.evaluate("document.getElementById('schedule').focus()");
        browser.press("ArrowDown", 40);
        assert_shows(
            &mut browser,
            &rows,
            &predict(&rows, 20, Schedule::Cyclic, free),
            "cyclic",
        );
        let after = browser.evaluate(pictures);
        assert!(before[0] != after[0] && before[1] != after[1], "drawn anew");

        // The page itself does not move sideways; wide pictures do by themselves.
        let over = "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)\
                    (document.documentElement)";
        assert_eq!(browser.evaluate(over), json!(0), "pixels beyond {width}");
        let cut = "Array.from(document.querySelectorAll('p, dd, figcaption, label, h2'))\
                   .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent)";
        assert_eq!(browser.evaluate(cut), json!([]), "text that does not fit in {width}");
    }
    assert_eq!(browser.complaints, [""; 0]);
}

#[test]
fn the_page_follows_the_colours_of_the_screen_and_prints_on_white() {
    let Some((mut browser, address, _folder)) = opened() else { return };
    browser.open(&address, 1200);
    let mut paper = |scheme: &str, media: &str| -> Value {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let emulated = json!({ "media": media, "features": features });
        browser.call("Emulation.setEmulatedMedia", emulated);
        let colour = "[document.body, document.querySelector('#model-speedup rect')].map(\
                      (e, part) => getComputedStyle(e)[part ? 'fill' : 'backgroundColor'])";
        browser.evaluate(colour)
    };
    let white = json!(["rgb(255, 255, 255)", "rgb(255, 255, 255)"]);
    assert_eq!(paper("light", "screen"), white);
    let dark = paper("dark", "screen");
    assert!(dark[0] == dark[1] && dark[0] != white[0], "{dark}");
    assert_eq!(paper("dark", "print"), white);
}
