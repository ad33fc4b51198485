//! Counting words: MB/s over the number of ranks.

use plotters::style::RGBColor;

use crate::canvas::{Chart, Picture};
use crate::data::{Row, distinct, on_cores};
use crate::lines::{Line, Lines, Stroke};
use crate::pen::{BLUE, GREY, ORANGE};

/// MB/s by ranks for each kernel, with the ideal beside it: so many times the
/// speed of one rank. `None` if there is no figure.
pub fn lines(rows: &[Row]) -> Option<Picture> {
    let last = rows.iter().filter_map(point).map(|point| point.0).reduce(f64::max)?;
    let cores = rows.iter().filter_map(|row| row.number("cores")).fold(0.0, f64::max);
    // More ranks than cores cannot be faster: the ideal ends there.
    let end = last.min(cores.max(1.0));
    let kernels: Vec<(&str, RGBColor)> =
        distinct(rows, "strategy").into_iter().zip([BLUE, ORANGE]).collect();
    let mut series = Vec::new();
    for &(kernel, colour) in &kernels {
        let of_kernel = rows.iter().filter(|row| row.text("strategy") == kernel);
        let points: Vec<(f64, f64)> = of_kernel.filter_map(point).collect();
        let one = points.iter().find(|point| point.0 == 1.0);
        let ideal = one.map(|&(_, rate)| vec![(1.0, rate), (end, rate * end)]);
        let points_of_ideal = ideal.unwrap_or_default();
        series.push(Line {
            colour: GREY,
            stroke: Stroke::Guide,
            points: points_of_ideal,
        });
        series.push(Line { colour, stroke: Stroke::Solid, points });
    }
    let megabytes = rows.iter().find_map(|row| row.number("bytes")).unwrap_or(0.0) / 1e6;
    let chart = Lines {
        x_axis: "MPI ranks",
        y_axis: "MB/s",
        series,
        logarithmic: false,
        border: (cores < last && cores >= 1.0).then(|| ("one rank a core".into(), cores)),
    };
    let names = kernels.iter().map(|&(kernel, colour)| {
        (format!("wordcount {kernel}").trim_end().to_owned(), colour)
    });
    Some(Picture {
        name: "words",
        title: format!("Counting the words of {megabytes:.0} MB {}", on_cores(rows)),
        legend: names.chain([("ideal".into(), GREY)]).collect(),
        height: 450,
        charts: vec![Chart::Lines(chart)],
    })
}

fn point(row: &Row) -> Option<(f64, f64)> {
    Some((row.number("workers")?, row.number("mb_per_s")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    #[test]
    fn the_ideal_ends_at_the_cores() {
        let text = "workers,mb_per_s,cores\n1,50,2\n2,90,2\n3,,2\n4,95,2\n";
        let picture = lines(&rows(text)).unwrap();
        let Chart::Lines(chart) = &picture.charts[0] else { panic!("{picture:?}") };
        assert_eq!(chart.series[0].points, [(1.0, 50.0), (2.0, 100.0)]);
        assert_eq!(chart.series[1].points, [(1.0, 50.0), (2.0, 90.0), (4.0, 95.0)]);
        assert!(chart.border.is_some());
    }

    #[test]
    fn each_kernel_has_a_line_and_its_own_ideal() {
        let text = "strategy,workers,mb_per_s,cores\nplain,1,50,2\nplain,2,90,2\n\
                    fast,1,500,2\nfast,2,900,2\n";
        let picture = lines(&rows(text)).unwrap();
        let Chart::Lines(chart) = &picture.charts[0] else { panic!("{picture:?}") };
        let points: Vec<_> =
            chart.series.iter().map(|line| line.points.clone()).collect();
        let expected = [[50.0, 100.0], [50.0, 90.0], [500.0, 1000.0], [500.0, 900.0]];
        assert_eq!(points, expected.map(|[one, two]| vec![(1.0, one), (2.0, two)]));
        assert_eq!(picture.legend[1].0, "wordcount fast");
    }

    #[test]
    fn without_figures_there_is_no_picture() {
        assert!(lines(&rows("workers,mb_per_s\n1,\n")).is_none());
    }
}
