//! The page as HTML: its head, its sections in order, its foot.

use harness::Error;
use kernels::mandel::TILE;
use kernels::schedule::{Price, Schedule, predict};

use crate::data::{on_cores, workers};
use crate::report::curve::MOST;
use crate::report::figures::{FIGURES, Figure, SECTIONS, Section, Shown, Source};
use crate::report::html::{escaped, figure, grouped};
use crate::report::machines::{elsewhere, machines, sources};
use crate::report::material::{MANDEL, Material, PING_PONG, SET};
use crate::report::readings::extreme;
use crate::report::{beside, set, simulator};
use crate::trace;

/// The whole page.
///
/// # Errors
///
/// [`Error::Failure`] where the picture of the set is none.
pub fn page(material: &Material) -> Result<String, Error> {
    let mut html = head();
    html +=
        &format!("<body>\n<h1>{TITLE}</h1>\n{}{}", sources(material), answers(material));
    for section in SECTIONS {
        let (id, title) = (section.id(), section.title());
        html += &format!("<section id=\"{id}\">\n<h2>{title}</h2>\n");
        html += &opening(section, material)?;
        for shown in FIGURES.iter().filter(|figure| figure.section == section) {
            html += &one(shown, material)?;
        }
        html += &closing(section, material);
        html += "</section>\n";
    }
    html += &format!("<footer>\n{}</footer>\n", machines(material));
    html += &simulator::script(material);
    Ok(html + "</body>\n</html>\n")
}

const TITLE: &str = "Load balance that one can see";

fn head() -> String {
    // The empty icon keeps a browser from asking a server for one.
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{TITLE}</title>\n\
         <style>\n{}</style>\n</head>\n",
        include_str!("page.css")
    )
}

/// The questions of the page, each with an answer of a sentence.
fn answers(material: &Material) -> String {
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
        "Of 3 blocks the heaviest has {:.0} % of the work, {:.2} times the mean; of 64 \
         blocks {:.2} times (counted).",
        100.0 * heaviest as f64 / costs.total() as f64,
        three.imbalance(),
        rows(64, Schedule::Block).imbalance(),
    );
    let run = run(material).unwrap_or_else(|| {
        "No run of the schedules was measured yet: <code>make run-mandel</code> does it."
            .to_owned()
    });
    let mend = format!(
        "By the model 64 workers are {:.1} times as fast as one with dynamic rows, {:.1} \
         with cyclic ones and {:.0} with blocks (handing out for nothing).",
        rows(64, Schedule::Dynamic).speedup(),
        rows(64, Schedule::Cyclic).speedup(),
        rows(64, Schedule::Block).speedup(),
    );
    let most = |tiles: &[u64]| free(tiles, tiles.len(), Schedule::Cyclic).speedup();
    let paid = predict(&costs.squares, MOST, Schedule::Dynamic, costs.price);
    let scale = format!(
        "By the model, rows to {:.0} times the speed of one worker at most: no run is \
         shorter than its costliest row. Tiles of {TILE} x {TILE} pixels to {:.0} if \
         handing them out cost nothing, and to {:.0} at what messages cost, with {} \
         workers and one master.",
        most(&costs.rows),
        most(&costs.squares),
        paid.speedup(),
        grouped(MOST as u64),
    );
    let mut html = String::from("<dl class=\"answers\">\n");
    for (section, answer) in SECTIONS.iter().zip([pixel, chunk, run, mend, scale]) {
        let (id, title) = (section.id(), section.title());
        html += &format!("<dt><a href=\"#{id}\">{title}</a></dt><dd>{answer}</dd>\n");
    }
    let (id, title) = (Section::Others.id(), Section::Others.title());
    html +=
        &format!("<dt><a href=\"#{id}\">{title}</a></dt><dd>The other topics.</dd>\n");
    html + "</dl>\n"
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
    Some(escaped(&format!(
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
    )))
}

/// What stands in a section before its figures.
fn opening(section: Section, material: &Material) -> Result<String, Error> {
    let costs = &material.costs;
    Ok(match section {
        Section::Pixel => {
            let words = format!(
                "<p>The work of a pixel is its count of iterations. The default view has {} \
                 pixels ({} x {}) and {} iterations: {} pixels of the set take {} each.</p>\n",
                grouped(costs.pixels() as u64),
                costs.width,
                costs.height,
                grouped(costs.total()),
                grouped(costs.inside as u64),
                grouped(costs.max_iter.into()),
            );
            words + &picture_of_the_set(material)?
        }
        Section::Mend => format!(
            "<p class=\"model\">A model, no measurement: equal cores, the counted iterations \
             of a view ({} x {}, at most {} each), and no message but requests for \
             tiles. {} A master that hands out is not among the workers.</p>\n\
             <noscript><p class=\"missing\">This part needs scripts, which are off here.</p>\
             </noscript>\n{}",
            costs.width,
            costs.height,
            grouped(costs.max_iter.into()),
            price(material),
            simulator::controls(costs.price)
        ),
        Section::Scale => format!(
            "<p class=\"model\">The first figure is a model, no measurement: so many equal \
             cores, and for dynamic rows and tiles a master. From a request to its answer \
             it takes {} iterations, {} of them the master's. The other figures are \
             measured.</p>\n",
            grouped(costs.price.request),
            grouped(costs.price.service)
        ),
        Section::Chunk | Section::Run | Section::Others => String::new(),
    })
}

/// Where the price of a request comes from.
fn price(material: &Material) -> String {
    let path = material.path(PING_PONG).display().to_string();
    let path = escaped(&path);
    match material.measured_request() {
        Some(_) => format!(
            "A request and its answer take two messages, at the price that \
             <code>{path}</code> has; that the master needs a quarter of it is a guess."
        ),
        None => format!(
            "What a request costs is a guess: change it, or let <code>make run-hello</code> \
             measure <code>{path}</code>."
        ),
    }
}

fn picture_of_the_set(material: &Material) -> Result<String, Error> {
    let path = material.path(SET);
    let Some(bytes) = &material.set else {
        return Ok(missing(
            "the picture of the set",
            &path.display().to_string(),
            "make run-mandel",
        ));
    };
    set::element(bytes)
        .ok_or_else(|| Error::failure(format!("{} is no PNG picture", path.display())))
}

/// What stands in a section after its figures.
fn closing(section: Section, material: &Material) -> String {
    if section != Section::Scale {
        return String::new();
    }
    let rows = material.rows(MANDEL).unwrap_or_default();
    match beside::beside(&material.costs, rows) {
        Some((table, reading)) => {
            let (whose, path) = (material.origin(MANDEL), material.path(MANDEL));
            let whose = elsewhere(whose, &path, "make run-mandel", material);
            format!("{table}<p>{}</p>\n{whose}", escaped(&reading))
        }
        None => {
            let path = material.path(MANDEL).display().to_string();
            missing(
                "measurements of the default view beside the model",
                &path,
                "make run-mandel",
            )
        }
    }
}

/// A figure, or what makes it where it is missing.
fn one(shown: &Figure, material: &Material) -> Result<String, Error> {
    Ok(match shown.source {
        Source::Model(draw) => {
            let Shown { picture, reading } = draw(&material.costs);
            figure(picture.name, &picture, &reading)
        }
        Source::Rows { file, command, draw, read } => {
            let rows = material.rows(file);
            let found = rows.and_then(|rows| Some((draw(rows)?, read(rows)?)));
            let path = material.path(file);
            match found {
                None => missing(shown.what, &path.display().to_string(), command),
                Some((picture, reading)) => {
                    let whose =
                        elsewhere(material.origin(file), &path, command, material);
                    figure(picture.name, &picture, &reading) + &whose
                }
            }
        }
        Source::Traces => traces(shown.what, material)?,
    })
}

/// A timeline for each trace, with what it says under it.
fn traces(what: &str, material: &Material) -> Result<String, Error> {
    let command = "make run-mandel-threads NP=3 \
                   ARGS=\"--view upper --trace results/trace-block.json\"";
    let (whose, files) = &material.traces;
    let pattern = material.folder(*whose).join("trace-*.json");
    if files.is_empty() {
        return Ok(missing(what, &pattern.display().to_string(), command));
    }
    let mut html = String::new();
    for path in files {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let (picture, sentences) = trace::figure(path)?;
        html += &figure(&name, &picture, &sentences.join(" "));
    }
    Ok(html + &elsewhere(*whose, &pattern, command, material))
}

fn missing(what: &str, path: &str, command: &str) -> String {
    format!(
        "<p class=\"missing\">Not shown: {}. <code>{}</code> is missing or holds no figure; \
         <code>{command}</code> makes it.</p>\n",
        escaped(what),
        escaped(path)
    )
}
