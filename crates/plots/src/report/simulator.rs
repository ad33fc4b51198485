//! The model to play with: its controls, the costs, and the script.

use kernels::schedule::Price;

use crate::report::costs::SQUARE;
use crate::report::html::json;
use crate::report::material::Material;

/// The controls and what they change, for the middle of the page.
pub fn controls(price: Price) -> String {
    include_str!("simulator.html")
        .replace("{request}", &price.request.to_string())
        .replace("{service}", &price.service.to_string())
}

/// The costs and the script that reads them, for the page's end.
pub fn script(material: &Material) -> String {
    let costs = &material.costs;
    let nanoseconds = material.nanoseconds_per_iteration();
    let nanoseconds = nanoseconds.map_or("null".to_owned(), |ns| format!("{ns:.4}"));
    format!(
        "<script type=\"application/json\" id=\"costs\">\
         {{\"width\":{},\"height\":{},\"maxIter\":{},\"square\":{SQUARE},\
         \"nanoseconds\":{nanoseconds},\"rows\":{},\"squares\":{}}}</script>\n\
         <script>\n{}{}</script>\n",
        costs.width,
        costs.height,
        costs.max_iter,
        json(&costs.rows),
        json(&costs.squares),
        include_str!("schedule.js"),
        include_str!("simulator.js"),
    )
}
