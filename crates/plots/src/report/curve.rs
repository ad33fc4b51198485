//! The model's picture: speed-up over many workers.

use kernels::schedule::{Price, Schedule, predict};
use plotters::style::RGBColor;

use crate::canvas::{Chart, Picture};
use crate::lines::{Line, Lines, Stroke};
use crate::pen::{BLUE, GREEN, GREY, ORANGE, PURPLE};
use crate::report::costs::Costs;
use crate::report::html::grouped;

/// The most workers that the model is asked for.
pub const MOST: usize = 10_000;
/// A curve ends where more workers bring less than this fraction.
const NEARLY: f64 = 0.95;

/// A picture with what it says.
pub struct Shown {
    /// The picture.
    pub picture: Picture,
    /// One or two sentences, made from the same figures.
    pub reading: String,
}

/// One way to share the picture out.
struct Way {
    name: &'static str,
    colour: RGBColor,
    schedule: Schedule,
    square: bool,
    /// Broken lines are for tiles that cost nothing to hand out.
    stroke: Stroke,
}

const WAYS: [Way; 5] = [
    Way::of_rows("block", ORANGE, Schedule::Block),
    Way::of_rows("cyclic", BLUE, Schedule::Cyclic),
    Way::of_rows("dynamic, rows", GREEN, Schedule::Dynamic),
    Way::of_squares("dynamic, tiles of 16 x 16", Stroke::Solid),
    Way::of_squares("the same, handed out for free", Stroke::Dashed),
];

impl Way {
    const fn of_rows(name: &'static str, colour: RGBColor, schedule: Schedule) -> Self {
        Self { name, colour, schedule, square: false, stroke: Stroke::Solid }
    }

    const fn of_squares(name: &'static str, stroke: Stroke) -> Self {
        let schedule = Schedule::Dynamic;
        Self { name, colour: PURPLE, schedule, square: true, stroke }
    }

    /// What a request costs; block and cyclic make none.
    fn price(&self, costs: &Costs) -> Price {
        let asks = self.schedule == Schedule::Dynamic && self.stroke == Stroke::Solid;
        if asks { costs.price } else { Price::default() }
    }

    fn tiles<'a>(&self, costs: &'a Costs) -> &'a [u64] {
        if self.square { &costs.squares } else { &costs.rows }
    }

    fn speedup(&self, costs: &Costs, workers: usize) -> f64 {
        predict(self.tiles(costs), workers, self.schedule, self.price(costs)).speedup()
    }
}

/// 1, 2, 3, 5, 10 and so on to [`MOST`]: with three, blocks are worse than with two.
fn workers() -> Vec<usize> {
    let decades = (0..).map(|power| 10_usize.pow(power));
    let all = decades.flat_map(|decade| [1, 2, 3, 5].map(|n| n * decade));
    all.take_while(|&workers| workers <= MOST).collect()
}

/// Speed-up for 1 to [`MOST`] workers.
pub fn speedup(costs: &Costs) -> Shown {
    let counts = workers();
    let points = |way: &Way| {
        let point = |&workers: &usize| (workers as f64, way.speedup(costs, workers));
        counts.iter().map(point).collect()
    };
    let mut series = vec![Line {
        colour: GREY,
        stroke: Stroke::Guide,
        points: vec![(1.0, 1.0), (MOST as f64, MOST as f64)],
    }];
    series.extend(WAYS.iter().map(|way| Line {
        colour: way.colour,
        stroke: way.stroke,
        points: points(way),
    }));
    let mut legend = legend();
    legend.push(("ideal".to_owned(), GREY));
    let picture = Picture {
        name: "model-speedup",
        title: "Speed-up by the model, with a core for each worker; dashed: handing out is free"
            .to_owned(),
        legend,
        height: 480,
        charts: vec![Chart::Lines(Lines {
            x_axis: "workers P",
            y_axis: "speed-up",
            series,
            logarithmic: true,
            border: None,
        })],
    };
    let ends = WAYS.iter().map(|way| end(way, costs, &counts)).collect::<Vec<_>>();
    let reading = format!("Where the model's curves end, and why: {}.", told(&ends));
    Shown { picture, reading }
}

/// A reason is not repeated if the curve before has the same one.
fn told(ends: &[(String, String)]) -> String {
    let said = ends.iter().enumerate().map(|(place, (end, why))| {
        match place.checked_sub(1).map(|before| &ends[before].1) {
            Some(before) if before == why => format!("{end}, for the same reason"),
            _ => format!("{end}: {why}"),
        }
    });
    said.collect::<Vec<_>>().join("; ")
}

/// Of what is measured beside each other in one picture; dashed is the last one.
fn legend() -> Vec<(String, RGBColor)> {
    WAYS[..4].iter().map(|way| (way.name.to_owned(), way.colour)).collect()
}

/// Where a curve ends, and why.
fn end(way: &Way, costs: &Costs, counts: &[usize]) -> (String, String) {
    let most = way.speedup(costs, MOST);
    let is_near = |workers: &&usize| way.speedup(costs, **workers) >= NEARLY * most;
    let from = counts.iter().find(is_near).copied().unwrap_or(MOST);
    let (name, from) = (way.name, grouped(from as u64));
    (format!("{name} at {most:.0} from {from} workers on"), reason(way, costs))
}

/// What holds up [`MOST`] workers: the larger one of two times that none of
/// them can beat.
fn reason(way: &Way, costs: &Costs) -> String {
    let (tiles, price) = (way.tiles(costs), way.price(costs));
    let (count, total) = (tiles.len() as u64, costs.total());
    let largest = tiles.iter().max().copied().unwrap_or(0);
    let part = |time: u64| format!("1/{:.0} of the work", total as f64 / time as f64);
    let master = count * price.service;
    if master > largest {
        format!(
            "the master is saturated, for its {} answers of {} iterations, one after the \
             other, take as long as {}",
            grouped(count),
            grouped(price.service),
            part(master)
        )
    } else {
        let kind = if way.square { "tile" } else { "row" };
        let turn = if master > 0 {
            ", after it has waited for its turn at the master"
        } else {
            ""
        };
        format!(
            "the {} {kind}s run out, and the costliest {kind} is {}{turn}",
            grouped(count),
            part(largest)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::costs::PRICE;

    fn costs() -> Costs {
        // Rows of one pixel's work each but for one, and as many squares.
        let mut rows = vec![10_000; 1000];
        rows[500] = 1_000_000;
        let squares = vec![100; 110_000];
        let (width, height, max_iter) = (1, 1000, 1);
        let (inside, median, price) = (0, 0, PRICE);
        Costs { width, height, max_iter, inside, median, rows, squares, price }
    }

    #[test]
    fn the_model_is_asked_for_round_numbers_of_workers() {
        let counts = workers();
        assert_eq!(counts[..6], [1, 2, 3, 5, 10, 20]);
        assert_eq!(counts.last(), Some(&MOST));
    }

    #[test]
    fn a_curve_ends_for_the_reason_that_holds_it_up() {
        let costs = costs();
        let [block, _, rows, squares, free] = WAYS;
        for way in [block, rows] {
            assert!(
                reason(&way, &costs).contains("costliest row is 1/11 of"),
                "{}",
                way.name
            );
        }
        // 110,000 requests of 200 are 22 million, more than all the work.
        let why = reason(&squares, &costs);
        assert!(why.contains("saturated, for its 110,000 answers of 200"), "{why}");
        let why = reason(&free, &costs);
        assert!(why.contains("110,000 tiles run out") && !why.contains("turn"), "{why}");
    }

    #[test]
    fn a_reason_is_said_once() {
        let ends = [("a", "x"), ("b", "x"), ("c", "y")]
            .map(|(end, why)| (end.to_owned(), why.to_owned()));
        assert_eq!(told(&ends), "a: x; b, for the same reason; c: y");
    }

    #[test]
    fn readings_quote_the_points_of_the_picture() {
        let costs = costs();
        let shown = speedup(&costs);
        let Chart::Lines(lines) = &shown.picture.charts[0] else { panic!() };
        let last = lines.series[1].points.last().unwrap().1;
        assert!(
            shown.reading.contains(&format!("why: block at {last:.0} from")),
            "{}",
            shown.reading
        );
    }
}
