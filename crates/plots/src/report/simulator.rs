//! The model to play with: its controls, the costs, and the script.

use kernels::mandel::TILE;
use kernels::schedule::Price;

use crate::report::costs::Costs;
use crate::report::html::json;
use crate::report::material::Material;

/// The views to choose from: the default one, which is the same on both sides of
/// the axis, and one where already two blocks are out of balance.
const VIEWS: [&str; 2] = ["whole", "upper"];

/// The controls and what they change, for the middle of the page.
pub fn controls(price: Price) -> String {
    let option = |view: &str| format!("<option value=\"{view}\">{view}</option>");
    include_str!("simulator.html")
        .replace("{views}", &VIEWS.map(option).join("\n"))
        .replace("{request}", &price.request.to_string())
        .replace("{service}", &price.service.to_string())
}

/// The costs and the script that reads them, for the page's end.
pub fn script(material: &Material) -> String {
    let costs = &material.costs;
    let nanoseconds = material.nanoseconds_per_iteration();
    let nanoseconds = nanoseconds.map_or("null".to_owned(), |ns| format!("{ns:.4}"));
    let view = |name, Costs { rows, squares, .. }: &Costs| {
        let (rows, squares) = (json(rows), json(squares));
        format!("\"{name}\":{{\"rows\":{rows},\"squares\":{squares}}}")
    };
    let [whole, upper] = VIEWS;
    let views = [view(whole, costs), view(upper, &Costs::of(upper))];
    format!(
        "<script type=\"application/json\" id=\"costs\">\
         {{\"width\":{},\"height\":{},\"maxIter\":{},\"square\":{TILE},\
         \"nanoseconds\":{nanoseconds},\"views\":{{{}}}}}</script>\n\
         <script>\n{}{}</script>\n",
        costs.width,
        costs.height,
        costs.max_iter,
        views.join(","),
        include_str!("schedule.js"),
        include_str!("simulator.js"),
    )
}
