//! The model's pictures: imbalance of chunks, and speed-up, over many workers.

use kernels::schedule::{Price, Schedule, predict};
use plotters::style::RGBColor;

use crate::canvas::{BLUE, Chart, GREEN, GREY, ORANGE, PURPLE, Picture};
use crate::lines::{Line, Lines, Stroke};
use crate::report::costs::{Costs, PRICE, SQUARE};
use crate::report::figures::Shown;
use crate::report::html::grouped;

/// The most workers that the model is asked for.
const MOST: usize = 10_000;
/// A curve is at its end where more workers bring less than this part.
const NEARLY: f64 = 0.95;

/// One way to share the picture out.
struct Way {
    name: &'static str,
    colour: RGBColor,
    schedule: Schedule,
    square: bool,
    price: Price,
}

const FREE: Price = Price { request: 0, service: 0 };

const WAYS: [Way; 4] = [
    Way {
        name: "block",
        colour: ORANGE,
        schedule: Schedule::Block,
        square: false,
        price: FREE,
    },
    Way {
        name: "cyclic",
        colour: BLUE,
        schedule: Schedule::Cyclic,
        square: false,
        price: FREE,
    },
    Way {
        name: "dynamic, rows",
        colour: GREEN,
        schedule: Schedule::Dynamic,
        square: false,
        price: PRICE,
    },
    Way {
        name: "dynamic, tiles of 16 x 16",
        colour: PURPLE,
        schedule: Schedule::Dynamic,
        square: true,
        price: PRICE,
    },
];

impl Way {
    fn tiles<'a>(&self, costs: &'a Costs) -> &'a [u64] {
        if self.square { &costs.squares } else { &costs.rows }
    }

    fn speedup(&self, costs: &Costs, workers: usize) -> f64 {
        predict(self.tiles(costs), workers, self.schedule, self.price).speedup()
    }

    fn imbalance(&self, costs: &Costs, workers: usize) -> f64 {
        predict(self.tiles(costs), workers, self.schedule, FREE).imbalance()
    }
}

/// 1, 2, 5, 10 and so on to [`MOST`].
fn workers() -> Vec<usize> {
    let decades = (0..).map(|power| 10_usize.pow(power));
    let all = decades.flat_map(|decade| [1, 2, 5].map(|n| n * decade));
    all.take_while(|&workers| workers <= MOST).collect()
}

/// The busiest worker's work over the mean, for 2 to 1024 workers.
pub fn imbalance(costs: &Costs) -> Shown {
    let counts = || (1..=10).map(|power| 1 << power);
    let chart = Lines {
        x_axis: "workers P",
        y_axis: "imbalance, 1 is balanced",
        series: WAYS
            .iter()
            .map(|way| Line {
                colour: way.colour,
                stroke: Stroke::Solid,
                points: counts()
                    .map(|workers| (workers as f64, way.imbalance(costs, workers)))
                    .collect(),
            })
            .collect(),
        logarithmic: true,
        border: None,
    };
    let [block, cyclic, rows, squares] = WAYS;
    let reading = format!(
        "Counted, and shared out by the model: 3 blocks have an imbalance of {:.2}, {} \
         blocks {:.2}; {} cyclic hands {:.2}. With {most} workers the {} rows run out: \
         handed out one by one they still leave {:.2}, and tiles of {SQUARE} x {SQUARE} \
         pixels {:.2}.",
        block.imbalance(costs, 3),
        64,
        block.imbalance(costs, 64),
        64,
        cyclic.imbalance(costs, 64),
        grouped(costs.height as u64),
        rows.imbalance(costs, 1024),
        squares.imbalance(costs, 1024),
        most = grouped(1024),
    );
    let picture = Picture {
        name: "model-imbalance",
        title: "Imbalance of the chunks of the default view: a model".to_owned(),
        legend: legend(),
        height: 420,
        charts: vec![Chart::Lines(chart)],
    };
    Shown { picture, reading }
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
        stroke: Stroke::Solid,
        points: points(way),
    }));
    let mut legend = legend();
    legend.push(("ideal".to_owned(), GREY));
    let picture = Picture {
        name: "model-speedup",
        title: "Speed-up of the default view on so many equal cores: a model".to_owned(),
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
    let ends: Vec<String> = WAYS.iter().map(|way| end(way, costs, &counts)).collect();
    Shown { picture, reading: format!("The model's curves end: {}.", ends.join("; ")) }
}

fn legend() -> Vec<(String, RGBColor)> {
    WAYS.iter().map(|way| (way.name.to_owned(), way.colour)).collect()
}

/// Where a curve ends, and why.
fn end(way: &Way, costs: &Costs, counts: &[usize]) -> String {
    let most = way.speedup(costs, MOST);
    let is_near = |workers: &&usize| way.speedup(costs, **workers) >= NEARLY * most;
    let from = counts.iter().find(is_near).copied().unwrap_or(MOST);
    format!(
        "{} at {most:.0} from some {} workers on, because {}",
        way.name,
        grouped(from as u64),
        reason(way, costs)
    )
}

/// What holds up [`MOST`] workers: the larger one of two times that none of
/// them can beat.
fn reason(way: &Way, costs: &Costs) -> String {
    let tiles = way.tiles(costs);
    let (count, total) = (tiles.len() as u64, costs.total());
    let largest = tiles.iter().max().copied().unwrap_or(0);
    let master = count * way.price.service;
    if master > largest + way.price.request + way.price.service {
        format!(
            "the master is saturated: {} requests of {} iterations each take as long \
             as 1/{} of the work",
            grouped(count),
            way.price.service,
            total / master
        )
    } else {
        let kind = if way.square { "tile" } else { "row" };
        format!(
            "the {} {kind}s run out and the costliest {kind} is 1/{} of the work",
            grouped(count),
            total / largest.max(1)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs() -> Costs {
        // Rows of one pixel's work each but for one, and as many squares.
        let mut rows = vec![10_000; 1000];
        rows[500] = 1_000_000;
        let squares = vec![100; 110_000];
        Costs { width: 1, height: 1000, max_iter: 1, inside: 0, median: 0, rows, squares }
    }

    #[test]
    fn the_model_is_asked_for_round_numbers_of_workers() {
        let counts = workers();
        assert_eq!(counts[..5], [1, 2, 5, 10, 20]);
        assert_eq!(counts.last(), Some(&MOST));
    }

    #[test]
    fn a_curve_ends_for_the_reason_that_holds_it_up() {
        let costs = costs();
        let [block, _, rows, squares] = WAYS;
        for way in [block, rows] {
            assert!(
                reason(&way, &costs).contains("costliest row is 1/10 of"),
                "{}",
                way.name
            );
        }
        // 110,000 requests of 200 are 22 million, more than all the work.
        let why = reason(&squares, &costs);
        assert!(why.contains("master is saturated: 110,000 requests of 200"), "{why}");
    }

    #[test]
    fn readings_quote_the_points_of_the_picture() {
        let costs = costs();
        let shown = speedup(&costs);
        let Chart::Lines(lines) = &shown.picture.charts[0] else { panic!() };
        let last = lines.series[1].points.last().unwrap().1;
        assert!(
            shown.reading.contains(&format!("block at {last:.0} from")),
            "{}",
            shown.reading
        );
    }
}
