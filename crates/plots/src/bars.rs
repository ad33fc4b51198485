//! Horizontal bars: one group a label, one bar a series.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::axis::Coordinate;
use crate::pen::{Drawn, GREY, INK, PALE, Pen, plain};

/// A chart of horizontal bars.
#[derive(Debug, PartialEq)]
pub struct Bars {
    /// The axis' name with its unit.
    pub axis: &'static str,
    /// The name of each group; empty names leave their place to the chart.
    pub labels: Vec<String>,
    /// The bars, one list a series, with one entry a group.
    pub series: Vec<(RGBColor, Vec<Bar>)>,
    /// A line across all bars, with its name.
    pub reference: Option<(String, f64)>,
    /// The digits behind the point.
    pub decimals: usize,
}

/// One bar of a group.
#[derive(Clone, Debug, PartialEq)]
pub enum Bar {
    /// Nothing was asked for.
    Absent,
    /// A figure.
    Value(f64),
    /// Why there is no figure: `not written yet (3.2)`.
    Note(String),
}

/// The room of the labels on the left, in pixels.
const LABELS: u32 = 215;
/// The part of a group's height that its bars fill.
const FILLED: f64 = 0.78;

impl Bars {
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
        let groups = self.labels.len() as f64;
        let labelled = self.labels.iter().any(|label| !label.is_empty());
        let mut chart = ChartBuilder::on(area)
            .margin_right(pen.width(16))
            .margin_left(pen.width(8))
            .margin_bottom(pen.width(8))
            .margin_top(pen.width(if self.reference.is_some() { 22 } else { 4 }))
            .x_label_area_size(pen.width(44))
            .y_label_area_size(pen.width(if labelled { LABELS } else { 8 }))
            .build_cartesian_2d(
                Coordinate::round([0.0, self.end()], if labelled { 6 } else { 4 }),
                0.0..groups,
            )?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(PALE)
            .axis_style(GREY)
            .y_labels(0)
            .x_label_formatter(&|x| plain(*x))
            .x_desc(self.axis)
            .label_style(pen.text())
            .axis_desc_style(pen.text())
            .draw()?;
        let right = pen.text().pos(Pos::new(HPos::Right, VPos::Center));
        for (group, label) in self.labels.iter().enumerate() {
            let y = groups - group as f64 - 0.5;
            let text = Text::new(label.clone(), (-pen.px(8), 0), right.clone());
            chart.draw_series([EmptyElement::at((0.0, y)) + text])?;
        }
        for (top, bottom, colour, bar) in self.places() {
            let corners = [(0.0, top), (bar.length(), bottom)];
            chart.draw_series([Rectangle::new(corners, colour.filled())])?;
        }
        if let Some((name, x)) = &self.reference {
            let above = pen.text().pos(Pos::new(HPos::Center, VPos::Bottom));
            let line = vec![(*x, 0.0), (*x, groups)];
            chart
                .draw_series([PathElement::new(line, INK.stroke_width(pen.width(1)))])?;
            chart.draw_series([EmptyElement::at((*x, groups))
                + Text::new(name.clone(), (0, -pen.px(4)), above)])?;
        }
        for (top, bottom, _, bar) in self.places() {
            let text = self.text(bar);
            let colour = if bar.length() > 0.0 { &INK } else { &GREY };
            let style = pen.text().color(colour).pos(Pos::new(HPos::Left, VPos::Center));
            let (width, height) = area.estimate_text_size(&text, &style)?;
            let (x, width, half) = (pen.px(5), width as i32, height as i32 / 2);
            // A figure stays readable where the reference crosses it.
            let corners = [(x, -half - pen.px(2)), (x + width, half - pen.px(1))];
            let behind = Rectangle::new(corners, WHITE.filled());
            chart.draw_series([EmptyElement::at((
                bar.length(),
                (top + bottom) / 2.0,
            )) + behind
                + Text::new(text, (x, 0), style)])?;
        }
        Ok(())
    }

    fn text(&self, bar: &Bar) -> String {
        match bar {
            Bar::Absent => String::new(),
            Bar::Value(value) => format!("{value:.*}", self.decimals),
            Bar::Note(note) => note.clone(),
        }
    }

    /// The top, bottom and colour of each bar; the first group is on top.
    fn places(&self) -> Vec<(f64, f64, RGBColor, &Bar)> {
        let mut places = Vec::new();
        for group in 0..self.labels.len() {
            let bars = self.series.iter().map(|(colour, bars)| (*colour, &bars[group]));
            let mut present: Vec<_> =
                bars.filter(|(_, bar)| **bar != Bar::Absent).collect();
            // A remark that holds for all bars of a group is written once.
            present.dedup_by(|a, b| matches!(a.1, Bar::Note(_)) && a.1 == b.1);
            let height = FILLED / self.series.len() as f64;
            let middle = (self.labels.len() - group) as f64 - 0.5;
            let first = middle + height * present.len() as f64 / 2.0;
            for (number, (colour, bar)) in present.into_iter().enumerate() {
                let top = first - height * number as f64;
                places.push((top, top - height, colour, bar));
            }
        }
        places
    }

    /// The end of the axis, with room for the figure behind the longest bar.
    fn end(&self) -> f64 {
        let bars = self.series.iter().flat_map(|(_, bars)| bars);
        let longest = bars.map(Bar::length).fold(0.0, f64::max);
        if longest > 0.0 { longest * 1.15 } else { 1.0 }
    }
}

impl Bar {
    fn length(&self) -> f64 {
        match self {
            Bar::Value(value) => *value,
            Bar::Absent | Bar::Note(_) => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pen::{BLUE, ORANGE};

    #[test]
    fn what_holds_for_a_whole_group_is_said_once() {
        let note = Bar::Note("not written yet (3.2)".into());
        let bars = Bars {
            axis: "s",
            labels: vec!["a".into()],
            series: vec![(BLUE, vec![note.clone()]), (ORANGE, vec![note])],
            reference: None,
            decimals: 1,
        };
        assert_eq!(bars.places().len(), 1);
    }

    #[test]
    fn bars_lie_in_their_group_from_top_to_bottom() {
        let value = Bar::Value(1.0);
        let bars = Bars {
            axis: "s",
            labels: vec!["a".into(), "b".into()],
            series: vec![
                (BLUE, vec![value.clone(), Bar::Absent]),
                (ORANGE, vec![value.clone(), value]),
            ],
            reference: None,
            decimals: 1,
        };
        let places = bars.places();
        let colours: Vec<RGBColor> = places.iter().map(|place| place.2).collect();
        assert_eq!(colours, [BLUE, ORANGE, ORANGE]);
        for (place, group) in places.iter().zip([1.0, 1.0, 0.0]) {
            assert!(place.0 <= group + 1.0 && place.1 >= group, "{place:?}");
        }
        assert!(places[0].1 >= places[1].0, "{places:?}");
        // A bar that is alone lies in the middle of its group.
        assert!((places[2].0 + places[2].1 - 1.0).abs() < 1e-12, "{places:?}");
    }
}
