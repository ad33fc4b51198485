//! The model to play with: its controls, the costs, and the script.

use kernels::mandel::{TILE, VIEW};
use kernels::schedule::Price;
use maud::{Markup, PreEscaped, html};
use serde_json::json;

use crate::report::costs::Costs;
use crate::report::material::Material;

/// The views to choose from: the default one, which is the same on both sides of
/// the axis, and one where already two blocks are out of balance.
const VIEWS: [&str; 2] = [VIEW, "upper"];

const SCHEDULES: [(&str, &str); 6] = [
    ("block", "block"),
    ("cyclic", "cyclic"),
    ("dynamic", "dynamic"),
    ("guided", "guided"),
    ("longest-first", "longest first (needs the costs beforehand)"),
    ("optimal-blocks", "optimal blocks (needs the costs beforehand)"),
];

/// The controls and what they change, for the middle of the page.
pub fn controls(price: Price) -> Markup {
    html! {
        form id="controls" onsubmit="return false" {
            label for="workers" { "Workers P" }
            input id="workers" type="number" min="1" max="10000" step="1" value="8"
                inputmode="numeric";
            input id="exponent" type="range" min="0" max="4" step="0.01" value="0.9"
                aria-label="Workers P, 1 to 10,000, logarithmic";
            label for="view" { "View" }
            select id="view" {
                @for view in VIEWS { option value=(view) { (view) } }
            }
            label for="schedule" { "Schedule" }
            select id="schedule" {
                @for (value, name) in SCHEDULES { option value=(value) { (name) } }
            }
            label for="tile" { "Tile" }
            select id="tile" {
                @for rows in [1, 2, 4, 8, 16, 32, 64] {
                    option value=(rows) { (rows) @if rows == 1 { " row" } @else { " rows" } }
                }
                @for side in [TILE, 2 * TILE, 4 * TILE] {
                    option value={ (side) "x" (side) } { (side) " x " (side) " pixels" }
                }
            }
            details {
                summary { "The price of a request: " output id="price" {} }
                label for="request" { "From a request to its answer, in iterations" }
                (iterations("request", price.request))
                label for="service" { "The master's part of that; it serves one request at a time" }
                (iterations("service", price.service))
            }
        }
        p id="says" role="status" {}
        dl id="figures" {
            @for (id, name) in [
                ("speedup", "speed-up (model)"),
                ("efficiency", "efficiency"),
                ("imbalance", "imbalance"),
                ("makespan", "makespan, iterations"),
                ("busiest", "busiest worker, iterations"),
                ("tiles", "tiles"),
            ] {
                div { dt { (name) } dd id=(id) {} }
            }
        }
        div class="views" {
            figure {
                canvas id="chunks" width="480" height="1600" role="img" aria-label="Chunks" {}
                figcaption {
                    "Who computes what: each worker has a colour (six colours repeat), the "
                    "busiest one is " span class="busiest" { "red-orange" }
                    ", and dark pixels are costly."
                }
            }
            figure {
                svg id="bars" viewBox="0 0 360 250" role="img" aria-label="Work of each worker" {}
                figcaption {
                    "Work of each worker in millions of iterations; the line is the mean."
                }
            }
            figure {
                svg id="curve" viewBox="0 0 360 250" role="img"
                    aria-label="Speed-up over workers" {}
                figcaption {
                    "Speed-up over P for this schedule, tile and price, by the model; the "
                    "dashed line is ideal."
                }
            }
        }
    }
}

/// A field for a time in iterations.
fn iterations(id: &str, value: u64) -> Markup {
    html! {
        input id=(id) type="number" min="0" max="1000000000" step="1" value=(value)
            inputmode="numeric";
    }
}

/// The costs and the script that reads them, for the page's end.
pub fn script(material: &Material) -> Markup {
    let costs = &material.costs;
    let view = |costs: &Costs| json!({ "rows": costs.rows, "squares": costs.squares });
    let [whole, upper] = VIEWS;
    let data = json!({
        "width": costs.width,
        "height": costs.height,
        "maxIter": costs.max_iter,
        "square": TILE,
        "nanoseconds": material.nanoseconds_per_iteration(),
        "views": { whole: view(costs), upper: view(&Costs::of(upper)) },
    });
    html! {
        script type="application/json" id="costs" { (PreEscaped(data.to_string())) }
        script {
            (PreEscaped(include_str!("schedule.js")))
            (PreEscaped(include_str!("simulator.js")))
        }
    }
}
