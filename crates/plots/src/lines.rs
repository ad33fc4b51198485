//! Lines with a mark at each point, over linear or logarithmic axes.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::axis::Coordinate;
use crate::pen::{Drawn, GREY, PALE, Pen, plain};

/// A chart of lines.
#[derive(Debug)]
pub struct Lines {
    /// The name of the horizontal axis with its unit.
    pub x_axis: &'static str,
    /// The name of the vertical axis with its unit.
    pub y_axis: &'static str,
    /// The lines.
    pub series: Vec<Line>,
    /// Whether both axes are logarithmic.
    pub logarithmic: bool,
    /// A vertical line with its name.
    pub border: Option<(String, f64)>,
}

/// One line.
#[derive(Debug)]
pub struct Line {
    /// Its colour.
    pub colour: RGBColor,
    /// How it is drawn.
    pub stroke: Stroke,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stroke {
    /// Unbroken, with full marks.
    Solid,
    /// Broken, with hollow marks.
    Dashed,
    /// Broken and thin, without marks: no measurement.
    Guide,
    /// Full marks without a line: measurements that a curve goes through.
    Marks,
    /// Hollow marks without a line.
    HollowMarks,
    /// Unbroken and thin, without marks: a fitted law.
    Curve,
}

/// As many labels as an axis has room for.
const MOST_TICKS: usize = 10;

impl Lines {
    /// Draws the chart over all of `area`.
    ///
    /// # Errors
    ///
    /// Those of the drawing's backend.
    pub fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        pen: Pen,
    ) -> Drawn<DB> {
        let (x, y) = self.axes();
        let end_of_y = y.ends()[1];
        let mut chart = ChartBuilder::on(area)
            .margin_right(pen.width(24))
            .margin_left(pen.width(8))
            .margin_bottom(pen.width(8))
            .margin_top(pen.width(22))
            .x_label_area_size(pen.width(44))
            .y_label_area_size(pen.width(66))
            .build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(PALE)
            .axis_style(GREY)
            .x_label_formatter(&|x| short(*x))
            .y_label_formatter(&|y| short(*y))
            .x_desc(self.x_axis)
            .y_desc(self.y_axis)
            .label_style(pen.text())
            .axis_desc_style(pen.text())
            .draw()?;
        if let Some((name, x)) = &self.border {
            let above = pen.text().color(&GREY).pos(Pos::new(HPos::Center, VPos::Bottom));
            chart.draw_series([PathElement::new(
                [(*x, f64::MIN), (*x, end_of_y)],
                GREY,
            )])?;
            chart.draw_series([EmptyElement::at((*x, end_of_y))
                + Text::new(name.clone(), (0, -pen.px(4)), above)])?;
        }
        for Line { colour, stroke, points } in &self.series {
            let is_thin = [Stroke::Guide, Stroke::Curve].contains(stroke);
            let style = colour.stroke_width(pen.width(if is_thin { 1 } else { 2 }));
            let points = || points.iter().copied();
            match stroke {
                Stroke::Solid | Stroke::Curve => {
                    chart.draw_series(LineSeries::new(points(), style))?;
                }
                Stroke::Dashed | Stroke::Guide => {
                    let (dash, gap) = (pen.px(6), pen.px(5));
                    let line = DashedLineSeries::new(points(), dash, gap, style);
                    chart.draw_series(line)?;
                }
                Stroke::Marks | Stroke::HollowMarks => {}
            }
            let mark =
                |fill: ShapeStyle| points().map(move |p| Circle::new(p, pen.px(4), fill));
            match stroke {
                Stroke::Solid | Stroke::Marks => {
                    chart.draw_series(mark(colour.filled()))?;
                }
                Stroke::Dashed => {
                    chart.draw_series(mark(WHITE.filled()))?;
                    chart.draw_series(mark(style))?;
                }
                // No line to cover, and marks of other colours shine through.
                Stroke::HollowMarks => drop(chart.draw_series(mark(style))?),
                Stroke::Guide | Stroke::Curve => {}
            }
        }
        Ok(())
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.series.iter().flat_map(|line| line.points.iter().copied())
    }

    /// The places with a measurement, as labels; powers of ten where these are
    /// too many.
    fn x_ticks(&self) -> Vec<f64> {
        // A curve has as many points as it needs to look round.
        let lines = self.series.iter().filter(|line| line.stroke != Stroke::Curve);
        let mut ticks: Vec<f64> =
            lines.flat_map(|line| line.points.iter().map(|(x, _)| *x)).collect();
        ticks.sort_by(f64::total_cmp);
        ticks.dedup();
        if self.logarithmic && ticks.len() > MOST_TICKS {
            let within = |tick: &f64| (ticks[0]..=ticks[ticks.len() - 1]).contains(tick);
            return powers_of_ten().filter(within).collect();
        }
        ticks
    }

    fn axes(&self) -> (Coordinate, Coordinate) {
        let (left, right) = bounds(self.points().map(|(x, _)| x));
        let (low, high) = bounds(self.points().map(|(_, y)| y));
        if self.logarithmic {
            let y = [low / 1.3, high * 1.3];
            return (
                Coordinate::logarithmic([left / 1.15, right * 1.15], self.x_ticks()),
                Coordinate::logarithmic(y, one_two_five(y)),
            );
        }
        let labels = self.x_ticks().len().clamp(2, MOST_TICKS);
        (
            Coordinate::round([left - 0.25, right + 0.25], labels),
            Coordinate::round([0.0, high * 1.08], 8),
        )
    }
}

fn powers_of_ten() -> impl Iterator<Item = f64> {
    (-300..=300).map(|power| 10_f64.powi(power))
}

/// The least and the largest of the values; 1 if there is none, as in a chart
/// of which nothing is measured yet.
fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let widened = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
    let (low, high) = values.fold((f64::INFINITY, 0.0), widened);
    if low > high { (1.0, 1.0) } else { (low, high) }
}

/// A number that takes no more room than a label has: 500, 10 k, 2 M.
fn short(number: f64) -> String {
    match number {
        n if n >= 1e6 => format!("{} M", plain(n / 1e6)),
        n if n >= 1e4 => format!("{} k", plain(n / 1e3)),
        n => plain(n),
    }
}

/// The numbers 1, 2 and 5 times a power of ten in `range`; within a decade more.
fn one_two_five([low, high]: [f64; 2]) -> Vec<f64> {
    let within_a_decade = high < 10.0 * low;
    let steps: &[f64] =
        if within_a_decade { &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0] } else { &[1.0, 2.0, 5.0] };
    let all = powers_of_ten().flat_map(|power| steps.iter().map(move |x| x * power));
    all.filter(|tick| (low..high).contains(tick)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_of_a_logarithmic_axis_are_round() {
        assert_eq!(one_two_five([0.15, 30.0]), [0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0]);
        assert_eq!(one_two_five([0.8, 3.6]), [1.0, 1.5, 2.0, 3.0]);
    }

    #[test]
    fn a_label_is_a_measured_place_or_a_power_of_ten() {
        let lines = |count: i32, logarithmic| Lines {
            x_axis: "x",
            y_axis: "y",
            series: [(Stroke::Marks, 2.0), (Stroke::Curve, 3.0)]
                .map(|(stroke, base)| Line {
                    colour: GREY,
                    stroke,
                    points: (0..count).map(|i| (f64::powi(base, i), 1.0)).collect(),
                })
                .into(),
            logarithmic,
            border: None,
        };
        assert_eq!(lines(3, true).x_ticks(), [1.0, 2.0, 4.0]);
        assert_eq!(lines(12, true).x_ticks(), [1.0, 10.0, 100.0, 1000.0]);
        assert_eq!(lines(12, false).x_ticks().len(), 12);
    }

    #[test]
    fn long_numbers_have_a_prefix() {
        for (number, text) in
            [(0.5, "0.5"), (5e3, "5000"), (1e4, "10 k"), (1e6, "1 M"), (2.5e7, "25 M")]
        {
            assert_eq!(short(number), text);
        }
    }
}
