//! Curves, marks and bars over axes that are linear or logarithmic, each by
//! itself.

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::axis::Coordinate;
use crate::pen::{Drawn, GREY, PALE, Pen};

/// A chart of curves, marks and bars.
#[derive(Debug)]
pub struct Curves {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, the hindmost first.
    pub items: Vec<Item>,
}

/// An axis.
#[derive(Debug)]
pub struct Axis {
    /// Its name with its unit.
    pub name: &'static str,
    /// Whether each step multiplies.
    pub logarithmic: bool,
    /// Where it begins and ends.
    pub range: [f64; 2],
    /// Where it is labelled, and how.
    pub ticks: Vec<(f64, String)>,
}

/// Something in a chart.
#[derive(Debug)]
pub enum Item {
    /// A line through points.
    Line(RGBColor, Vec<(f64, f64)>),
    /// A thin broken line: no measurement.
    Guide(RGBColor, Vec<(f64, f64)>),
    /// Marks.
    Marks(RGBColor, Vec<(f64, f64)>),
    /// From the bottom up: where each bar begins, where it ends, how high it is.
    Bars(RGBColor, Vec<[f64; 3]>),
    /// Upright strokes: where each one is, its lower and its upper end.
    Ranges(RGBColor, Vec<[f64; 3]>),
}

impl Axis {
    /// A linear axis with such ticks.
    pub fn linear(name: &'static str, range: [f64; 2], ticks: &[f64]) -> Self {
        let ticks = ticks.iter().map(|&tick| (tick, crate::pen::plain(tick)));
        Self { name, logarithmic: false, range, ticks: ticks.collect() }
    }

    /// A logarithmic axis with such ticks.
    pub fn logarithmic(name: &'static str, range: [f64; 2], ticks: &[f64]) -> Self {
        Self { logarithmic: true, ..Self::linear(name, range, ticks) }
    }

    /// A logarithmic axis that is labelled at the powers of ten.
    pub fn decades(name: &'static str, range: [f64; 2]) -> Self {
        let powers = (-12..=12).map(|power| 10_f64.powi(power));
        let within = |tick: &f64| (range[0] * 0.999..=range[1] * 1.001).contains(tick);
        Self::logarithmic(name, range, &powers.filter(within).collect::<Vec<_>>())
    }

    fn coordinate(&self) -> Coordinate {
        let ticks = self.ticks.iter().map(|(tick, _)| *tick).collect();
        match self.logarithmic {
            true => Coordinate::logarithmic(self.range, ticks),
            false => Coordinate::linear(self.range, ticks),
        }
    }

    fn label(&self, tick: f64) -> String {
        let found = self.ticks.iter().find(|(own, _)| *own == tick);
        found.map(|(_, label)| label.clone()).unwrap_or_default()
    }
}

impl Curves {
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
        let mut chart = ChartBuilder::on(area)
            .margin_right(pen.width(24))
            .margin_left(pen.width(8))
            .margin_bottom(pen.width(8))
            .margin_top(pen.width(10))
            .x_label_area_size(pen.width(44))
            .y_label_area_size(pen.width(72))
            .build_cartesian_2d(self.x.coordinate(), self.y.coordinate())?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(PALE)
            .axis_style(GREY)
            .x_labels(self.x.ticks.len().max(2))
            .y_labels(self.y.ticks.len().max(2))
            .x_label_formatter(&|x| self.x.label(*x))
            .y_label_formatter(&|y| self.y.label(*y))
            .x_desc(self.x.name)
            .y_desc(self.y.name)
            .label_style(pen.text())
            .axis_desc_style(pen.text())
            .draw()?;
        let bottom = self.y.coordinate().ends()[0];
        for item in &self.items {
            match item {
                Item::Line(colour, points) => {
                    let style = colour.stroke_width(pen.width(2));
                    chart.draw_series(LineSeries::new(points.iter().copied(), style))?;
                }
                Item::Guide(colour, points) => {
                    let (dash, gap) = (pen.px(6), pen.px(5));
                    let style = colour.stroke_width(pen.width(2));
                    let line =
                        DashedLineSeries::new(points.iter().copied(), dash, gap, style);
                    chart.draw_series(line)?;
                }
                Item::Marks(colour, points) => {
                    let mark = |point| Circle::new(point, pen.px(4), colour.filled());
                    chart.draw_series(points.iter().copied().map(mark))?;
                }
                Item::Bars(colour, bars) => {
                    let bar = |&[from, to, high]: &[f64; 3]| {
                        let corners = [(from, bottom), (to, high)];
                        let mut bar = Rectangle::new(corners, colour.filled());
                        bar.set_margin(0, 0, 0, pen.width(1));
                        bar
                    };
                    chart.draw_series(bars.iter().map(bar))?;
                }
                Item::Ranges(colour, ranges) => {
                    let stroke = |&[x, low, high]: &[f64; 3]| {
                        let style = colour.stroke_width(pen.width(2));
                        PathElement::new([(x, low), (x, high)], style)
                    };
                    chart.draw_series(ranges.iter().map(stroke))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pen::{BLUE, attribute, svg_of};

    #[test]
    fn an_axis_of_decades_is_labelled_at_powers_of_ten_and_ends_where_it_ends() {
        let axis = Axis::decades("pixels", [0.5, 2e3]);
        let labels: Vec<&str> = axis.ticks.iter().map(|tick| tick.1.as_str()).collect();
        assert_eq!(labels, ["1", "10", "100", "1000"]);
        assert_eq!(axis.label(100.0), "100");
        // An end that is a power of ten, but for a rounding, has its label too.
        assert_eq!(Axis::decades("pixels", [1.0, 999.999]).ticks.len(), 4);
    }

    #[test]
    fn bars_stand_side_by_side_on_the_axis() {
        let chart = Curves {
            x: Axis::linear("x", [0.0, 2.0], &[]),
            y: Axis::decades("y", [1.0, 100.0]),
            items: vec![Item::Bars(BLUE, vec![[0.0, 1.0, 10.0], [1.0, 2.0, 100.0]])],
        };
        let svg = svg_of(|area, pen| chart.draw(area, pen));
        let number = |bar: &str, name| attribute(bar, name).parse::<f64>().unwrap();
        let bars: Vec<[f64; 3]> = svg
            .split("<rect")
            .filter(|rect| rect.contains("#0072B2"))
            .map(|bar| ["x", "y", "height"].map(|name| number(bar, name)))
            .collect();
        let [[left, low, half], [right, high, all]] = bars[..] else { panic!("{svg}") };
        assert!(left < right && low + half == high + all, "{bars:?}");
        assert!((half / all - 0.5).abs() < 0.02, "{bars:?}");
    }
}
