//! The page as HTML: its head, its sections in order, its foot.

use std::path::Path;

use harness::Error;
use kernels::mandel::TILE;
use kernels::schedule::{Price, Schedule, predict};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::data::{on_cores, workers};
use crate::figures::{FIGURES, Figure, SECTIONS, Section, Source, command};
use crate::report::curve::{MOST, Shown};
use crate::report::html::{figure, grouped};
use crate::report::machines::{elsewhere, machines, sources};
use crate::report::material::{MANDEL, Material, PING_PONG, SET};
use crate::report::readings::extreme;
use crate::report::{beside, set, simulator};
use crate::trace;

/// The whole page.
///
/// # Errors
///
/// [`Error::Failure`] if the picture of the set is none.
pub fn page(material: &Material) -> Result<String, Error> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // The empty icon keeps a browser from asking a server for one.
                link rel="icon" href="data:,";
                title { (TITLE) }
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                h1 { (TITLE) }
                (sources(material))
                (answers(material))
                @for section in SECTIONS {
                    section id=(section.id()) {
                        h2 { (section.title()) }
                        (opening(section, material)?)
                        @for shown in FIGURES.iter().filter(|shown| shown.section == section) {
                            (one(shown, material)?)
                        }
                        @if section == Section::Scale { (measured_beside(material)) }
                    }
                }
                footer { (machines(material)) }
                (simulator::script(material))
            }
        }
    };
    Ok(page.into_string() + "\n")
}

const TITLE: &str = "Load balance you can see";

/// The questions of the page, each with an answer of a sentence.
fn answers(material: &Material) -> Markup {
    let costs = &material.costs;
    let free = |tiles: &[u64], workers, schedule| {
        predict(tiles, workers, schedule, Price::default())
    };
    let rows = |workers, schedule| free(&costs.rows, workers, schedule);
    let pixel = format!(
        "{:.0} % of the pixels need {:.0} % of the iterations; half of all pixels need {} \
         or fewer, of at most {}.",
        100.0 * costs.inside as f64 / costs.pixels() as f64,
        100.0 * costs.inside_work(),
        costs.median,
        grouped(costs.max_iter.into()),
    );
    let three = rows(3, Schedule::Block);
    let heaviest = three.work.iter().max().copied().unwrap_or(0);
    let chunk = format!(
        "The heaviest of 3 blocks has {:.0} % of the work, {:.2} times the mean; the \
         heaviest of 64 blocks has {:.2} times the mean (counted).",
        100.0 * heaviest as f64 / costs.total() as f64,
        three.imbalance(),
        rows(64, Schedule::Block).imbalance(),
    );
    let mend = format!(
        "In the model, 64 workers are {:.1} times as fast as one with dynamic rows, {:.1} \
         times with cyclic rows and {:.0} times with blocks, if handing out costs nothing.",
        rows(64, Schedule::Dynamic).speedup(),
        rows(64, Schedule::Cyclic).speedup(),
        rows(64, Schedule::Block).speedup(),
    );
    let most = |tiles: &[u64]| free(tiles, tiles.len(), Schedule::Cyclic).speedup();
    let paid = predict(&costs.squares, MOST, Schedule::Dynamic, costs.price);
    let scale = format!(
        "In the model, rows reach at most {:.0} times the speed of one worker: no run is \
         shorter than its costliest row. Tiles of {TILE} x {TILE} pixels reach {:.0} times \
         if handing them out costs nothing, and {:.0} times at the price of messages, with \
         {} workers and one master.",
        most(&costs.rows),
        most(&costs.squares),
        paid.speedup(),
        grouped(MOST as u64),
    );
    let run = match run(material) {
        Some(said) => html! { (said) },
        None => html! {
            "No run of the schedules was measured yet: " code { "make run-mandel" }
            " measures some."
        },
    };
    let [pixel, chunk, mend, scale, others] =
        [&*pixel, &chunk, &mend, &scale, "The other topics."]
            .map(|text| html! { (text) });
    html! {
        dl class="answers" {
            @for (section, answer) in
                SECTIONS.iter().zip([pixel, chunk, run, mend, scale, others])
            {
                dt { a href={ "#" (section.id()) } { (section.title()) } }
                dd { (answer) }
            }
        }
    }
}

/// The schedules with the largest and the smallest counted imbalance, of the
/// view where it is largest.
fn run(material: &Material) -> Option<String> {
    let rows = material.rows(MANDEL)?;
    let scalar = || rows.iter().filter(|row| row.text("kernel") == "scalar");
    let worst = extreme(scalar(), "imbalance", f64::max)?;
    let of_view = scalar().filter(|row| row.text("view") == worst.text("view"));
    let best = extreme(of_view, "imbalance", f64::min)?;
    let is_foreign = material.is_foreign(material.origin(MANDEL));
    Some(format!(
        "The busiest of {} {} does {:.2} times the mean work with {}, and {:.2} times with \
         {} (view {}, counted).{}",
        workers(worst.count("workers")),
        on_cores(rows),
        worst.number("imbalance")?,
        worst.text("implementation"),
        best.number("imbalance")?,
        best.text("implementation"),
        worst.text("view"),
        if is_foreign { " Measured on another machine." } else { "" }
    ))
}

/// What stands in a section before its figures.
fn opening(section: Section, material: &Material) -> Result<Markup, Error> {
    let costs = &material.costs;
    let most = grouped(costs.max_iter.into());
    Ok(match section {
        Section::Pixel => html! {
            p {
                "The work of a pixel is its number of iterations. The default view has "
                (grouped(costs.pixels() as u64)) " pixels (" (costs.width) " x "
                (costs.height) ") and takes " (grouped(costs.total())) " iterations: "
                (grouped(costs.inside as u64)) " pixels belong to the set and take " (most)
                " each."
            }
            (picture_of_the_set(material)?)
        },
        Section::Mend => html! {
            p class="model" {
                "This is a model, not a measurement. Drag the slider to change the number of \
                 workers, and choose a view, a schedule and a tile. All cores are equal, the \
                 work is the counted iterations of the view (" (costs.width) " x "
                (costs.height) " pixels, at most " (most) " each), and the only messages are \
                 requests for tiles. " (price(material)) " The master that hands out tiles \
                 is not one of the workers."
            }
            noscript {
                p class="missing" { "This part needs JavaScript, which is off here." }
            }
            (simulator::controls(costs.price))
        },
        Section::Scale => html! {
            p class="model" {
                "The first figure is a model, not a measurement: it has as many equal cores \
                 as workers, and a master for dynamic rows and tiles. The answer to a \
                 request takes " (grouped(costs.price.request)) " iterations, and the \
                 master works on it for " (grouped(costs.price.service)) " of them. The \
                 other figures are measured."
            }
        },
        Section::Chunk | Section::Run | Section::Others => html! {},
    })
}

/// Where the price of a request comes from.
fn price(material: &Material) -> Markup {
    let path = html! { code { (material.path(PING_PONG).display()) } };
    html! {
        @if material.measured_request().is_some() {
            "A request and its answer are two messages, at the price in " (path)
            "; that the master needs a quarter of this time is a guess."
        } @else {
            "What a request costs is a guess: change it below, or let "
            code { "make run-hello" } " measure it for " (path) "."
        }
    }
}

fn picture_of_the_set(material: &Material) -> Result<Markup, Error> {
    let path = material.path(SET);
    let Some(bytes) = &material.set else {
        return Ok(missing("the picture of the set", &path, command(SET)));
    };
    set::element(bytes)
        .ok_or_else(|| Error::failure(format!("{} is no PNG picture", path.display())))
}

/// The model beside what was measured of the same picture.
fn measured_beside(material: &Material) -> Markup {
    let rows = material.rows(MANDEL).unwrap_or_default();
    let (path, command) = (material.path(MANDEL), command(MANDEL));
    match beside::beside(&material.costs, rows) {
        Some((table, reading)) => html! {
            (table)
            p { (reading) }
            (elsewhere(material.origin(MANDEL), &path, command, material))
        },
        None => {
            missing("measurements of the default view beside the model", &path, command)
        }
    }
}

/// A figure, or what makes it where it is missing.
fn one(shown: &Figure, material: &Material) -> Result<Markup, Error> {
    Ok(match shown.source {
        Source::Model(draw) => {
            let Shown { picture, reading } = draw(&material.costs);
            figure(picture.name, &picture, &reading)
        }
        Source::Rows { file, draw, read } => {
            let rows = material.rows(file);
            let path = material.path(file);
            match rows.and_then(|rows| Some((draw(rows)?, read(rows)?))) {
                None => missing(shown.what, &path, command(file)),
                Some((picture, reading)) => html! {
                    (figure(picture.name, &picture, &reading))
                    (elsewhere(material.origin(file), &path, command(file), material))
                },
            }
        }
        Source::Traces => traces(shown.what, material)?,
    })
}

/// A timeline for each trace, with what it says under it.
fn traces(what: &str, material: &Material) -> Result<Markup, Error> {
    let command = "make run-mandel-threads NP=3 \
                   ARGS=\"--view upper --trace results/trace-block.json\"";
    let (whose, files) = &material.traces;
    let pattern = material.folder(*whose).join("trace-*.json");
    if files.is_empty() {
        return Ok(missing(what, &pattern, command));
    }
    Ok(html! {
        @for path in files {
            @let (picture, sentences) = trace::figure(path)?;
            @let name = path.file_stem().unwrap_or_default().to_string_lossy();
            (figure(&name, &picture, &sentences.join(" ")))
        }
        (elsewhere(*whose, &pattern, command, material))
    })
}

fn missing(what: &str, path: &Path, command: &str) -> Markup {
    html! {
        p class="missing" {
            "Not shown: " (what) ". " code { (path.display()) }
            " is missing or holds no figures; " code { (command) } " writes it."
        }
    }
}
