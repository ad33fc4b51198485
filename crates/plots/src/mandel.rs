//! Mandelbrot schedules: their time, and their imbalance beside it.

use crate::bars::{Bar, Bars};
use crate::canvas::{Chart, Picture};
use crate::data::{Row, distinct, on_cores, workers};
use crate::pen::{BLUE, GREEN, ORANGE, PURPLE};

/// Time and imbalance of each schedule, one bar a view, of the
/// first four; `None` if there is
/// no time.
pub fn bars(rows: &[Row]) -> Option<Picture> {
    rows.iter().find_map(|row| row.number("median_s"))?;
    let names = distinct(rows, "implementation");
    let views = distinct(rows, "view");
    let colours = || views.iter().zip([BLUE, ORANGE, GREEN, PURPLE]);
    let series = |column: &str, notes: bool| {
        let bars = |view: &str| {
            names.iter().map(|name| bar(rows, name, view, column, notes)).collect()
        };
        colours().map(|(view, colour)| (colour, bars(view))).collect()
    };
    let time = Bars {
        axis: "median time in seconds, less is better",
        labels: names.iter().map(|name| name.to_string()).collect(),
        series: series("median_s", true),
        reference: None,
        decimals: 2,
    };
    let imbalance = Bars {
        axis: "imbalance, 1 is balanced",
        labels: vec![String::new(); names.len()],
        series: series("imbalance", false),
        reference: None,
        decimals: 2,
    };
    let most = rows.iter().map(|row| row.count("workers")).max().unwrap_or(1);
    Some(Picture {
        name: "mandel-schedules",
        title: format!("Mandelbrot set with {} {}", workers(most), on_cores(rows)),
        legend: colours()
            .map(|(view, colour)| (format!("view {view}"), colour))
            .collect(),
        height: 140 + 42 * names.len() as u32,
        charts: vec![Chart::Bars(time, 0.65), Chart::Bars(imbalance, 0.35)],
    })
}

/// The bar of an implementation on a view; a serial one has no imbalance.
fn bar(rows: &[Row], name: &str, view: &str, column: &str, notes: bool) -> Bar {
    let is = |row: &&Row| row.text("implementation") == name && row.text("view") == view;
    let Some(row) = rows.iter().find(is) else { return Bar::Absent };
    match row.number("median_s").and_then(|_| row.number(column)) {
        Some(value) => Bar::Value(value),
        None if notes => Bar::Note(row.text("result").to_owned()),
        None => Bar::Absent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    #[test]
    fn times_and_imbalances_stand_side_by_side() {
        let text = "\
implementation,workers,view,median_s,imbalance,result
serial,1,whole,2.0,,verified
block,4,whole,1.0,1.8,verified
cyclic,4,whole,,,not written yet (3.2)
wrong,4,whole,,1.1,WRONG
";
        let picture = bars(&rows(text)).unwrap();
        let [Chart::Bars(time, _), Chart::Bars(imbalance, _)] = &picture.charts[..]
        else {
            panic!("{picture:?}")
        };
        let note = |text: &str| Bar::Note(text.into());
        let times = [
            Bar::Value(2.0),
            Bar::Value(1.0),
            note("not written yet (3.2)"),
            note("WRONG"),
        ];
        assert_eq!(time.series[0].1, times);
        let ratios = [Bar::Absent, Bar::Value(1.8), Bar::Absent, Bar::Absent];
        assert_eq!(imbalance.series[0].1, ratios);
    }
}
