//! What single pixels of the Mandelbrot set cost: where, how often, how unevenly.

use kernels::mandel::{Kernel, Sight, View, count_rows, tile_costs};

use crate::canvas::{Chart, Picture};
use crate::curves::{Axis, Curves, Item};
use crate::data::Row;
use crate::map::Map;
use crate::pen::{BLUE, GREY, INK, ORANGE};

/// The pixels of a cell of the map, each way: small files, and still sharp.
const CELL: usize = 2;

/// The view that a row names, as finely as maps are drawn.
pub fn view(row: &Row) -> Option<View> {
    let sight = Sight::named(row.text("view"))?;
    let most = row.text("max_iter").parse().ok()?;
    Some(View { kernel: Kernel::Simd, ..sight.view(480, 400, most) })
}

/// The mean iterations of the cells of a view, from 0 (one) to 1 (`max_iter`)
/// on a logarithmic scale.
pub fn cells(view: &View) -> Vec<f64> {
    let mut counts = vec![0; view.width * view.height];
    count_rows(view, 0..view.height, &mut counts);
    let costs = tile_costs(&counts, view.width, [CELL, CELL]);
    let mean = |cost: u64| cost as f64 / (CELL * CELL) as f64;
    let most = f64::from(view.max_iter).ln();
    costs.into_iter().map(|cost| mean(cost).ln() / most).collect()
}

/// Where the iterations are: the set itself, in colours of its cost; `None`
/// where the view is none of the known ones.
pub fn map(rows: &[Row]) -> Option<Picture> {
    let view = view(rows.first()?)?;
    let most = f64::from(view.max_iter);
    let powers = (0..10).map(|power| 10_f64.powi(power));
    let labels = powers
        .take_while(|&power| power <= most)
        .map(|power| (power.ln() / most.ln(), crate::pen::plain(power)));
    let map = Map {
        width: view.width / CELL,
        cells: cells(&view),
        is_grey: false,
        bands: Vec::new(),
        scale: ("iterations of a pixel (logarithmic scale)", labels.collect()),
    };
    Some(Picture {
        name: "costs-map",
        title: format!("Where the work is: view {}", rows[0].text("view")),
        legend: Vec::new(),
        charts: vec![Chart::Map(map)],
        height: 764,
    })
}

/// How many pixels cost how much, in iterations and in nanoseconds; `None` where
/// there is nothing to count.
pub fn histograms(rows: &[Row]) -> Option<Picture> {
    let bins = |quantity: &str, unit: f64| -> Vec<[f64; 3]> {
        let rows = rows.iter().filter(|row| row.text("quantity") == quantity);
        let bin = |row: &Row| {
            let number = |column| row.number(column);
            Some([number("from")? * unit, number("to")? * unit, number("pixels")?])
        };
        rows.filter_map(bin).collect()
    };
    let iterations = bins("iterations", 1.0);
    let (untold, seconds): (Vec<_>, Vec<_>) =
        bins("seconds", 1e9).into_iter().partition(|bin| bin[0] == 0.0);
    let all = iterations.iter().chain(&untold).chain(&seconds);
    let most = all.map(|bin| bin[2]).fold(0.0, f64::max);
    let pixels: f64 = iterations.iter().map(|bin| bin[2]).sum();
    let (first, last) = (iterations.first()?[0], iterations.last()?[1]);
    let axis = || Axis::decades("pixels (logarithmic)", [0.5, most * 2.0]);
    let counted = Curves {
        x: Axis::decades("iterations of a pixel", [first, last]),
        y: axis(),
        items: vec![Item::Bars(BLUE, iterations)],
    };
    let resolution = untold.first().map_or(1.0, |bin| bin[1]);
    // The first bin is cut off where the clock begins to tell.
    let cut = |[from, to, pixels]: [f64; 3]| [from.max(resolution), to, pixels];
    let seconds: Vec<_> = seconds.into_iter().map(cut).collect();
    let end = seconds.last().map_or(10.0 * resolution, |bin| bin[1]);
    // Everything below the resolution is one bar, as wide as there is room.
    let begin = resolution / 4.0;
    let untold: Vec<[f64; 3]> =
        untold.iter().map(|bin| [begin, resolution, bin[2]]).collect();
    let text = format!("less than {resolution:.0} ns: too short for the clock");
    let timed = Curves {
        x: Axis::decades("time of a pixel in nanoseconds", [begin, end]),
        y: axis(),
        items: vec![Item::Bars(GREY, untold), Item::Bars(ORANGE, seconds)],
    };
    Some(Picture {
        name: "costs-histogram",
        title: format!("How many of {pixels:.0} pixels cost how much"),
        legend: vec![
            ("iterations, counted".to_owned(), BLUE),
            ("time, measured".to_owned(), ORANGE),
            (text, GREY),
        ],
        charts: vec![Chart::Curves(counted, 0.5), Chart::Curves(timed, 0.5)],
        height: 420,
    })
}

/// The Lorenz curve of iterations and of time: what part of the work the cheapest
/// pixels take; `None` if there is none.
pub fn lorenz(rows: &[Row]) -> Option<Picture> {
    let curve = |column: &str| -> Vec<(f64, f64)> {
        let percent = |row: &Row, column| row.number(column).map(|part| 100.0 * part);
        rows.iter()
            .filter_map(|row| Some((percent(row, "pixels")?, percent(row, column)?)))
            .collect()
    };
    let (iterations, seconds) = (curve("iterations"), curve("seconds"));
    iterations.first()?;
    // Of all pixels: the curve has but a hundred points of them.
    let named = |what: &str, column| match rows[0].number(column) {
        Some(gini) => format!("{what}: Gini coefficient {gini:.2}"),
        None => what.to_owned(),
    };
    let legend = vec![
        (named("iterations", "gini_iterations"), BLUE),
        (named("time", "gini_seconds"), ORANGE),
        ("all pixels alike: 0".to_owned(), GREY),
    ];
    let tenths: Vec<f64> = (0..=5).map(|fifth| 20.0 * f64::from(fifth)).collect();
    let axis = |name| Axis::linear(name, [0.0, 100.0], &tenths);
    let chart = Curves {
        x: axis("share of the pixels in %, the cheapest first"),
        y: axis("their share of the work in %"),
        items: vec![
            Item::Guide(GREY, vec![(0.0, 0.0), (100.0, 100.0)]),
            Item::Line(ORANGE, seconds),
            Item::Guide(BLUE, iterations),
        ],
    };
    Some(Picture {
        name: "costs-lorenz",
        title: "How uneven: a few pixels take nearly all of the work".to_owned(),
        legend,
        charts: vec![Chart::Curves(chart, 1.0)],
        height: 520,
    })
}

/// The nanoseconds of a pixel and those of each of its iterations, by the line
/// that was fitted.
pub fn fitted_ns(rows: &[Row]) -> Option<(f64, f64)> {
    let point =
        |row: &Row| Some((row.number("iterations")?, 1e9 * row.number("fitted_s")?));
    let (first, last) = (point(rows.first()?)?, point(rows.last()?)?);
    let slope = (last.1 - first.1) / (last.0 - first.0);
    slope.is_finite().then_some((first.1 - slope * first.0, slope))
}

/// The time of a pixel against its iterations, and the line that was fitted;
/// `None` if there is no time.
pub fn times(rows: &[Row]) -> Option<Picture> {
    let of =
        |row: &Row, column| Some((row.number("iterations")?, 1e9 * row.number(column)?));
    let is_told = |point: &(f64, f64)| point.1 > 0.0;
    let points = |column| -> Vec<(f64, f64)> {
        rows.iter().filter_map(|row| of(row, column)).filter(is_told).collect()
    };
    let (medians, fitted) = (points("median_s"), points("fitted_s"));
    let (first, last) = (medians.first()?, medians.last()?);
    let ranges = rows.iter().filter_map(|row| {
        let ((x, low), (_, high)) = (of(row, "low_s")?, of(row, "high_s")?);
        (high > 0.0).then_some([x, low, high])
    });
    let slope = fitted_ns(rows).map_or(f64::NAN, |(_, slope)| slope);
    let chart = Curves {
        x: Axis::decades("iterations of a pixel", [0.8, last.0 * 1.3]),
        y: Axis::decades("time of a pixel in nanoseconds", [first.1 / 3.0, last.1 * 1.6]),
        items: vec![
            Item::Guide(INK, fitted),
            Item::Ranges(ORANGE, ranges.collect()),
            Item::Marks(ORANGE, medians),
        ],
    };
    Some(Picture {
        name: "costs-times",
        title: "The time of a pixel follows from its iterations".to_owned(),
        legend: vec![
            ("median of the pixels, and the middle 80 % of them".to_owned(), ORANGE),
            (format!("fitted: {slope:.2} ns an iteration"), INK),
        ],
        charts: vec![Chart::Curves(chart, 1.0)],
        height: 480,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    #[test]
    fn the_gini_coefficient_is_that_of_the_file() {
        let text = "pixels,iterations,seconds,gini_iterations,gini_seconds\n\
                    0,0,0,0.5,0\n0.5,0,0.5,0.5,0\n1,1,1,0.5,0\n";
        let picture = lorenz(&rows(text)).unwrap();
        let names: Vec<&str> = picture.legend.iter().map(|(name, _)| &**name).collect();
        let expected =
            ["iterations: Gini coefficient 0.50", "time: Gini coefficient 0.00"];
        assert_eq!(names[..2], expected);
        let Chart::Curves(chart, _) = &picture.charts[0] else { panic!("{picture:?}") };
        let [_, Item::Line(ORANGE, seconds), Item::Guide(BLUE, iterations)] =
            &chart.items[..]
        else {
            panic!("{chart:?}")
        };
        assert_eq!((seconds[1], iterations[1]), ((50.0, 50.0), (50.0, 0.0)));
    }

    #[test]
    fn what_the_clock_could_not_tell_is_a_bar_of_its_own() {
        let text = "quantity,from,to,pixels\nseconds,0,1.1e-8,70\niterations,1,1.6,90\n\
                    seconds,1e-7,1.6e-7,20\n";
        let picture = histograms(&rows(text)).unwrap();
        let Chart::Curves(timed, _) = &picture.charts[1] else { panic!("{picture:?}") };
        let [Item::Bars(GREY, untold), Item::Bars(ORANGE, told)] = &timed.items[..]
        else {
            panic!("{timed:?}")
        };
        assert_eq!((untold.len(), untold[0][2], told[0][2]), (1, 70.0, 20.0));
        assert!(untold[0][1] < told[0][0]);
        assert!(picture.legend[2].0.contains("less than 11 ns"), "{picture:?}");
    }

    #[test]
    fn the_fit_is_named_and_bins_without_a_time_are_left_out() {
        let text = "iterations,pixels,low_s,median_s,high_s,fitted_s\n2,9,0,0,2e-8,5e-9\n\
                    10,9,2e-8,3e-8,4e-8,2.1e-8\n1000,9,2e-6,2e-6,2e-6,2.001e-6\n";
        let picture = times(&rows(text)).unwrap();
        assert_eq!(picture.legend[1].0, "fitted: 2.00 ns an iteration");
        let Chart::Curves(chart, _) = &picture.charts[0] else { panic!("{picture:?}") };
        let Item::Marks(_, marks) = &chart.items[2] else { panic!("{chart:?}") };
        let Item::Ranges(_, ranges) = &chart.items[1] else { panic!("{chart:?}") };
        assert_eq!(ranges[1].map(f64::round), [10.0, 20.0, 40.0]);
        let rounded: Vec<_> = marks.iter().map(|mark| (mark.0, mark.1.round())).collect();
        assert_eq!(rounded, [(10.0, 30.0), (1000.0, 2000.0)]);
    }

    #[test]
    fn a_map_needs_a_known_view() {
        assert!(map(&rows("view,max_iter\n,1000\n")).is_none());
        let rows = rows("view,max_iter\nupper,100\n");
        let picture = map(&rows).unwrap();
        let Chart::Map(map) = &picture.charts[0] else { panic!("{picture:?}") };
        assert_eq!((map.width, map.cells.len()), (240, 240 * 200));
        assert!(map.cells.iter().all(|place| (0.0..=1.0).contains(place)));
        // Places and labels are on one scale, a logarithmic one.
        let view = view(&rows[0]).unwrap();
        let pixels = [(0, 0), (1, 0), (0, 1), (1, 1)];
        let counts = pixels.map(|(x, y)| kernels::mandel::count_pixel(&view, x, y));
        let mean = f64::from(counts.iter().sum::<u32>()) / 4.0;
        assert_eq!(map.cells[0], mean.ln() / 100_f64.ln());
        let labels = map.scale.1.iter().map(|(place, label)| (*place, label.as_str()));
        assert_eq!(labels.collect::<Vec<_>>(), [(0.0, "1"), (0.5, "10"), (1.0, "100")]);
    }
}
