//! Counting words: MB/s over the number of ranks.

use crate::canvas::{BLUE, Chart, GREY, Picture};
use crate::data::{Row, on_cores};
use crate::lines::{Line, Lines, Stroke};

/// MB/s by ranks, with the ideal beside it: so many times the speed of one
/// rank. `None` where there is no figure.
pub fn lines(rows: &[Row]) -> Option<Picture> {
    let point = |row: &Row| Some((row.number("workers")?, row.number("mb_per_s")?));
    let points: Vec<(f64, f64)> = rows.iter().filter_map(point).collect();
    let last = points.last()?.0;
    let cores = rows.iter().filter_map(|row| row.number("cores")).fold(0.0, f64::max);
    // More ranks than cores cannot be faster: the ideal ends there.
    let end = last.min(cores.max(1.0));
    let one = points.iter().find(|point| point.0 == 1.0);
    let ideal = one.map(|&(_, rate)| vec![(1.0, rate), (end, rate * end)]);
    let series = [
        Line { colour: GREY, stroke: Stroke::Guide, points: ideal.unwrap_or_default() },
        Line { colour: BLUE, stroke: Stroke::Solid, points },
    ];
    let megabytes = rows.iter().find_map(|row| row.number("bytes")).unwrap_or(0.0) / 1e6;
    let chart = Lines {
        x_axis: "MPI ranks",
        y_axis: "MB/s",
        series: series.into(),
        logarithmic: false,
        border: (cores < last && cores >= 1.0).then(|| ("one rank a core".into(), cores)),
    };
    Some(Picture {
        name: "words",
        title: format!("Counting the words of {megabytes:.0} MB {}", on_cores(rows)),
        legend: vec![("wordcount".into(), BLUE), ("ideal".into(), GREY)],
        height: 450,
        charts: vec![Chart::Lines(chart)],
    })
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
    fn without_figures_there_is_no_picture() {
        assert!(lines(&rows("workers,mb_per_s\n1,\n")).is_none());
    }
}
