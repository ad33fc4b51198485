//! What chunks of the Mandelbrot set come to: the imbalance of each schedule, and
//! blocks drawn over the set.

use kernels::split::block;
use plotters::style::RGBColor;

use crate::axis::Coordinate;
use crate::canvas::{Chart, Picture};
use crate::costs::{cells, view};
use crate::curves::{Axis, Curves, Item};
use crate::data::{Row, distinct};
use crate::map::{Band, Map};
use crate::pen::{BLUE, GREEN, GREY, ORANGE};

/// The schedules' colours, and what a legend says of each.
const SCHEDULES: [(&str, RGBColor, &str); 3] = [
    ("block", ORANGE, "blocks of rows"),
    ("cyclic", BLUE, "cyclic rows"),
    ("tiles", GREEN, "tiles on demand"),
];

/// So many workers share the picture that is drawn.
const WORKERS: usize = 8;

/// The imbalance against the number of workers, a line a schedule; `None` where
/// there is no figure.
pub fn imbalance(rows: &[Row]) -> Option<Picture> {
    let line = |schedule: &str| -> Vec<(f64, f64)> {
        rows.iter()
            .filter(|row| row.text("schedule") == schedule)
            .filter_map(|row| Some((row.number("workers")?, row.number("imbalance")?)))
            .collect()
    };
    let most = rows.iter().filter_map(|row| row.number("imbalance")).reduce(f64::max)?;
    let counts =
        distinct(rows, "workers").into_iter().filter_map(|text| text.parse().ok());
    let counts: Vec<f64> = counts.filter(|count: &f64| count.is_finite()).collect();
    let (first, last) = (*counts.first()?, *counts.last()?);
    let top = most.ceil().max(2.0);
    let ticks = Coordinate::round([0.0, top], 10);
    let mut items = vec![Item::Guide(GREY, vec![(first, 1.0), (last, 1.0)])];
    for (schedule, colour, _) in SCHEDULES {
        items.push(Item::Line(colour, line(schedule)));
        items.push(Item::Marks(colour, line(schedule)));
    }
    let chart = Curves {
        x: Axis::logarithmic(
            "workers P (logarithmic)",
            [first / 1.1, last * 1.1],
            &counts,
        ),
        y: Axis::linear("imbalance: busiest worker / mean", [0.0, top], ticks.ticks()),
        items,
    };
    let size = format!("{} x {}", rows[0].text("width"), rows[0].text("height"));
    let legend = SCHEDULES.map(|(_, colour, name)| (name.to_owned(), colour));
    Some(Picture {
        name: "chunks-imbalance",
        title: format!(
            "Imbalance of chunks: view {}, {size} pixels",
            rows[0].text("view")
        ),
        legend: legend.into_iter().chain([("balanced".to_owned(), GREY)]).collect(),
        charts: vec![Chart::Curves(chart, 1.0)],
        height: 460,
    })
}

/// The row of the blocks that are drawn, and the work of each in iterations;
/// `None` if there is no work of each worker.
pub fn drawn_blocks(rows: &[Row]) -> Option<(&Row, Vec<f64>)> {
    let is_drawn =
        |row: &&Row| row.text("schedule") == "block" && row.count("workers") == WORKERS;
    let row = rows.iter().find(is_drawn)?;
    let work = row.text("work").split(' ').map(str::parse).collect::<Result<Vec<_>, _>>();
    work.ok().filter(|work| work.len() == WORKERS).map(|work| (row, work))
}

/// The set with the blocks of some workers over it, coloured by their work;
/// `None` if there is no work of each worker.
pub fn map(rows: &[Row]) -> Option<Picture> {
    let (row, work) = drawn_blocks(rows)?;
    let view = view(row)?;
    let (total, most) =
        (work.iter().sum::<f64>(), work.iter().copied().fold(0.0, f64::max));
    let height = row.count("height");
    let part = |line: usize| line as f64 / height as f64;
    let band = |worker: usize| {
        let rows = block(height, WORKERS, worker);
        let (share, mean) = (work[worker] / total, total / WORKERS as f64);
        Band {
            rows: [part(rows.start), part(rows.end)],
            place: work[worker] / most,
            label: format!(
                "worker {worker}: {:.1} % of the work, {:.2} x mean",
                100.0 * share,
                work[worker] / mean
            ),
        }
    };
    // The scale ends at the busiest worker.
    let end = most * WORKERS as f64 / total;
    // No worker has more than all the work.
    let halves = (0..=2 * WORKERS as u32).map(|half| f64::from(half) / 2.0);
    let labels = halves
        .take_while(|&half| half <= end)
        .map(|half| (half / end, crate::pen::plain(half)));
    let map = Map {
        width: view.width / 2,
        cells: cells(&view),
        is_grey: true,
        bands: (0..WORKERS).map(band).collect(),
        scale: ("a worker's iterations / mean", labels.collect()),
    };
    Some(Picture {
        name: "chunks-map",
        title: format!(
            "Equal blocks, unequal work: {WORKERS} workers, view {}, imbalance {:.2}",
            row.text("view"),
            row.number("imbalance")?
        ),
        legend: Vec::new(),
        charts: vec![Chart::Map(map)],
        height: 764,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    const ROWS: &str = "\
view,width,height,max_iter,workers,schedule,imbalance,work
whole,96,80,100,3,block,2.0,1 4 1
whole,96,80,100,3,cyclic,1.0,2 2 2
whole,96,80,100,8,cyclic,1.1,5 5 5 5 5 5 5 6
whole,96,80,100,8,block,2.4,1 1 1 12 12 11 1 1
whole,96,80,100,1024,block,9.4,
";

    #[test]
    fn each_schedule_is_a_line_of_imbalances() {
        let picture = imbalance(&rows(ROWS)).unwrap();
        let Chart::Curves(chart, _) = &picture.charts[0] else { panic!("{picture:?}") };
        let Item::Line(ORANGE, blocks) = &chart.items[1] else { panic!("{chart:?}") };
        assert_eq!(blocks, &[(3.0, 2.0), (8.0, 2.4), (1024.0, 9.4)]);
        let Item::Guide(GREY, balanced) = &chart.items[0] else { panic!("{chart:?}") };
        assert_eq!(balanced, &[(3.0, 1.0), (1024.0, 1.0)]);
        let Item::Line(BLUE, cyclic) = &chart.items[3] else { panic!("{chart:?}") };
        assert_eq!(cyclic, &[(3.0, 1.0), (8.0, 1.1)]);
        let named = [("cyclic rows", BLUE), ("tiles on demand", GREEN)];
        assert_eq!(
            picture.legend[1..3],
            named.map(|(name, colour)| (name.into(), colour))
        );
        assert!(chart.y.range[1] >= 9.4, "{chart:?}");
        let labels: Vec<&str> = chart.x.ticks.iter().map(|tick| &*tick.1).collect();
        assert_eq!(labels, ["3", "8", "1024"]);
        assert!(imbalance(&rows("workers,imbalance\n")).is_none());
    }

    #[test]
    fn blocks_lie_over_the_set_and_the_busiest_is_on_top_of_the_scale() {
        let picture = map(&rows(ROWS)).unwrap();
        let Chart::Map(drawn) = &picture.charts[0] else { panic!("{picture:?}") };
        assert_eq!(drawn.bands[3].rows, [0.375, 0.5]);
        assert_eq!((drawn.bands[3].place, drawn.bands[0].place), (1.0, 1.0 / 12.0));
        assert_eq!(drawn.bands[4].label, "worker 4: 30.0 % of the work, 2.40 x mean");
        assert_eq!(drawn.scale.1.last(), Some(&(2.0 / 2.4, "2".to_owned())));
        assert!(map(&rows(ROWS)[..3]).is_none());
    }
}
