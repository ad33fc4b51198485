//! Scaling: speed-up and efficiency by workers, with the laws fitted to them.

use kernels::fit::Law;
use plotters::style::RGBColor;

use crate::canvas::{Chart, Picture};
use crate::data::{Row, distinct, on_cores};
use crate::lines::{Line, Lines, Stroke};
use crate::pen::{BLUE, GREY, ORANGE};

/// The matrix product; `None` if there is no figure. So for the others.
pub fn matmul(rows: &[Row]) -> Option<Picture> {
    picture(rows, "matmul", "scaling-matmul", "Matrix product")
}

/// The Mandelbrot set.
pub fn mandel(rows: &[Row]) -> Option<Picture> {
    picture(rows, "mandel", "scaling-mandel", "Mandelbrot set")
}

/// Counting words.
pub fn words(rows: &[Row]) -> Option<Picture> {
    picture(rows, "words", "scaling-words", "Counting words")
}

/// Two kinds of scaling side by side, as study names them.
const KINDS: [Kind; 2] = [
    Kind {
        name: "strong",
        law: Law::Amdahl,
        x_axis: "workers; curves: Amdahl's law through the marks",
        speedup_axis: "speed-up, the same work for all",
    },
    Kind {
        name: "weak",
        law: Law::Gustafson,
        x_axis: "workers; curves: Gustafson's law through the marks",
        speedup_axis: "speed-up, the same work for each",
    },
];

struct Kind {
    name: &'static str,
    law: Law,
    x_axis: &'static str,
    speedup_axis: &'static str,
}

/// Speed-up above, efficiency below.
fn picture(
    rows: &[Row],
    topic: &str,
    name: &'static str,
    title: &str,
) -> Option<Picture> {
    let rows: Vec<Row> =
        rows.iter().filter(|row| row.text("topic") == topic).cloned().collect();
    rows.iter().find_map(|row| row.number("speedup"))?;
    let series = || distinct(&rows, "implementation").into_iter().zip([BLUE, ORANGE]);
    let legend = series().map(|(name, colour)| (described(&rows, name), colour));
    Some(Picture {
        name,
        title: format!(
            "{title} {}: marks are measured, hollow with more workers than cores",
            on_cores(&rows)
        ),
        legend: legend.chain([("ideal".into(), GREY)]).collect(),
        height: 66 + 2 * 300,
        charts: vec![Chart::Panels(vec![
            KINDS.iter().map(|kind| kind.speedup(&rows, series())).collect(),
            KINDS.iter().map(|kind| kind.efficiency(&rows, series())).collect(),
        ])],
    })
}

/// `matmul-mpi grid: serial 0.05 strong, 0.02 weak`, as far as this can be fitted.
fn described(rows: &[Row], implementation: &str) -> String {
    let part = |kind: &Kind| {
        let points = kind.points(rows, implementation, Cores::Enough);
        Some(format!("{:.2} {}", kind.law.fit(&points)?, kind.name))
    };
    let parts: Vec<String> = KINDS.iter().filter_map(part).collect();
    match parts[..] {
        [] => implementation.to_owned(),
        _ => format!("{implementation}: serial {}", parts.join(", ")),
    }
}

/// Whether each worker has a core of its own.
#[derive(Clone, Copy, PartialEq)]
enum Cores {
    Enough,
    TooFew,
}

impl Kind {
    fn speedup<'a>(
        &self,
        rows: &[Row],
        series: impl Iterator<Item = (&'a str, RGBColor)>,
    ) -> Lines {
        let mut lines = vec![guide(self.workers(rows).map(|p| (p, p)).collect())];
        for (implementation, colour) in series {
            let points = |cores| self.points(rows, implementation, cores);
            lines.extend(self.curve(rows, implementation, colour, |speedup, _| speedup));
            for (stroke, cores) in
                [(Stroke::Marks, Cores::Enough), (Stroke::HollowMarks, Cores::TooFew)]
            {
                lines.push(Line { colour, stroke, points: points(cores) });
            }
        }
        self.chart(self.speedup_axis, lines)
    }

    /// Efficiency is not quoted where workers share cores: the points end there.
    fn efficiency<'a>(
        &self,
        rows: &[Row],
        series: impl Iterator<Item = (&'a str, RGBColor)>,
    ) -> Lines {
        let mut lines = vec![guide(self.workers(rows).map(|p| (p, 1.0)).collect())];
        for (implementation, colour) in series {
            lines.extend(
                self.curve(rows, implementation, colour, |speedup, p| speedup / p),
            );
            let points = self.points(rows, implementation, Cores::Enough);
            let points =
                points.into_iter().map(|(p, speedup)| (p, speedup / p)).collect();
            lines.push(Line { colour, stroke: Stroke::Marks, points });
        }
        self.chart("efficiency = speed-up / workers", lines)
    }

    fn chart(&self, y_axis: &'static str, series: Vec<Line>) -> Lines {
        Lines { x_axis: self.x_axis, y_axis, series, logarithmic: false, border: None }
    }

    /// The law that is fitted where each worker has a core, up to the most
    /// workers: what they would do if each had one there too.
    fn curve(
        &self,
        rows: &[Row],
        implementation: &str,
        colour: RGBColor,
        figure: fn(f64, f64) -> f64,
    ) -> Option<Line> {
        let part = self.law.fit(&self.points(rows, implementation, Cores::Enough))?;
        let most = self.workers(rows).fold(1.0, f64::max);
        let steps = (0..=STEPS)
            .map(|step| 1.0 + (most - 1.0) * f64::from(step) / f64::from(STEPS));
        let points = steps.map(|p| (p, figure(self.law.speedup(part, p), p))).collect();
        Some(Line { colour, stroke: Stroke::Curve, points })
    }

    /// Workers and speed-up, from left to right.
    fn points(
        &self,
        rows: &[Row],
        implementation: &str,
        cores: Cores,
    ) -> Vec<(f64, f64)> {
        let is = |row: &&Row| {
            let oversubscribed = row.text("oversubscribed") == "true";
            row.text("scaling") == self.name
                && row.text("implementation") == implementation
                && oversubscribed == (cores == Cores::TooFew)
        };
        let point = |row: &Row| Some((row.number("workers")?, row.number("speedup")?));
        rows.iter().filter(is).filter_map(point).collect()
    }

    /// The numbers of workers that were measured, of this kind.
    fn workers(&self, rows: &[Row]) -> impl Iterator<Item = f64> {
        let of_kind = rows.iter().filter(|row| row.text("scaling") == self.name);
        of_kind.filter_map(|row| row.number("workers"))
    }
}

/// A curve is drawn as so many straight lines.
const STEPS: u32 = 60;

fn guide(mut points: Vec<(f64, f64)>) -> Line {
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.dedup();
    Line { colour: GREY, stroke: Stroke::Guide, points }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    /// Two cores; serial parts of 0.1 by both laws, and of 0.2.
    const ROWS: &str = "\
topic,implementation,scaling,workers,speedup,oversubscribed,cores
matmul,shm threads,strong,1,1,false,2
matmul,shm threads,strong,2,1.8181818181818181,false,2
matmul,shm threads,strong,3,1.9,true,2
matmul,shm threads,weak,1,1,false,2
matmul,shm threads,weak,2,1.9,false,2
matmul,shm threads,weak,3,1.9,true,2
matmul,mpi grid,strong,1,1,false,2
matmul,mpi grid,strong,2,1.6666666666666667,false,2
matmul,mpi grid,strong,3,,true,2
words,fast,strong,1,1,false,2
mandel,counter,strong,1,,false,2
";

    #[test]
    fn the_laws_are_fitted_where_each_worker_has_a_core() {
        let picture = matmul(&rows(ROWS)).unwrap();
        let legend: Vec<&str> =
            picture.legend.iter().map(|(name, _)| name.as_str()).collect();
        let expected = [
            "shm threads: serial 0.10 strong, 0.10 weak",
            "mpi grid: serial 0.20 strong",
            "ideal",
        ];
        assert_eq!(legend, expected);
        let Chart::Panels(panels) = &picture.charts[0] else { panic!("{picture:?}") };
        let ends = [(0, 0, 2.5), (0, 1, 2.8), (1, 0, 2.5 / 3.0), (1, 1, 2.8 / 3.0)];
        for (row, column, expected) in ends {
            let lines = &panels[row][column].series;
            let curve = lines.iter().find(|line| line.stroke == Stroke::Curve).unwrap();
            let (workers, figure) = curve.points[curve.points.len() - 1];
            assert!((workers - 3.0).abs() < 1e-9, "{row} {column}");
            assert!((figure - expected).abs() < 1e-9, "{row} {column}: {figure}");
        }
    }

    #[test]
    fn oversubscribed_speed_ups_are_hollow_and_have_no_efficiency() {
        let picture = matmul(&rows(ROWS)).unwrap();
        let Chart::Panels(panels) = &picture.charts[0] else { panic!("{picture:?}") };
        let points = |row: usize, stroke: Stroke| -> Vec<(f64, f64)> {
            let lines = panels[row][1].series.iter();
            lines.filter(|l| l.stroke == stroke).flat_map(|l| l.points.clone()).collect()
        };
        assert_eq!(points(0, Stroke::Marks), [(1.0, 1.0), (2.0, 1.9)]);
        assert_eq!(points(0, Stroke::HollowMarks), [(3.0, 1.9)]);
        assert_eq!(points(1, Stroke::Marks), [(1.0, 1.0), (2.0, 0.95)]);
        assert_eq!(points(1, Stroke::HollowMarks), []);
    }

    #[test]
    fn a_topic_without_figures_has_no_picture() {
        assert!(mandel(&rows(ROWS)).is_none());
        assert!(words(&rows(ROWS)).is_some());
        assert!(matmul(&rows("topic,speedup\n")).is_none());
    }
}
