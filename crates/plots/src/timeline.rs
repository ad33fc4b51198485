//! A timeline: one line a worker, in colour where it computes.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::axis::Coordinate;
use crate::pen::{BLUE, Drawn, GREY, PALE, Pen, SKY, WIDTH, plain};

/// What workers did during one run.
#[derive(Debug, PartialEq)]
pub struct Timeline {
    /// The name of the time axis with its unit.
    pub axis: String,
    /// The length of the run, in that unit.
    pub end: f64,
    /// The workers from top to bottom: names, and from when to when each of
    /// them computed a tile.
    pub workers: Vec<(String, Vec<Range<f64>>)>,
    /// What one reads in the picture, a line each.
    pub sentences: Vec<String>,
}

/// The room of the names on the left and of the last tick's label on the
/// right, in pixels.
const NAMES: u32 = 120;
const RIGHT: u32 = 28;
/// The room under the lines: for the time axis, above the sentences, for each
/// of them.
const AXIS: u32 = 40;
const GAP: u32 = 12;
const SENTENCE: u32 = 20;
/// The part of its height that a worker's line fills.
const FILLED: f64 = 0.8;
/// Up to so many tiles a worker they are told apart.
const FEW: usize = 60;

impl Timeline {
    /// The height in pixels that the chart needs.
    pub fn height(&self) -> u32 {
        let text = SENTENCE * self.sentences.len() as u32;
        self.lines_height() + AXIS + GAP + text + 8
    }

    fn lines_height(&self) -> u32 {
        let workers = self.workers.len() as u32;
        (workers * 26).clamp(52, 520).max(workers)
    }

    /// Whether neighbouring tiles get different colours: where some worker has
    /// several, and no worker many.
    pub fn tells_tiles_apart(&self) -> bool {
        let most = self.workers.iter().map(|(_, tiles)| tiles.len()).max();
        most.is_some_and(|most| (2..=FEW).contains(&most))
    }

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
        let top = pen.width(self.lines_height() + AXIS) as i32;
        let (chart, below) = area.split_vertically(top);
        self.draw_lines(&chart, pen)?;
        for (number, sentence) in self.sentences.iter().enumerate() {
            let y = pen.px((GAP + SENTENCE * number as u32) as i32);
            below.draw(&Text::new(sentence.clone(), (pen.px(16), y), pen.text()))?;
        }
        Ok(())
    }

    fn draw_lines<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        pen: Pen,
    ) -> Drawn<DB> {
        let workers = self.workers.len();
        let mut chart = ChartBuilder::on(area)
            .margin_right(pen.width(RIGHT))
            .margin_left(pen.width(8))
            .x_label_area_size(pen.width(AXIS))
            .y_label_area_size(pen.width(NAMES))
            .build_cartesian_2d(
                Coordinate::round([0.0, self.end], 9),
                0.0..workers as f64,
            )?;
        chart
            .configure_mesh()
            .disable_mesh()
            .axis_style(GREY)
            .y_labels(0)
            .x_label_formatter(&|x| plain(*x))
            .x_desc(&self.axis)
            .label_style(pen.text())
            .axis_desc_style(pen.text())
            .draw()?;
        let name_style = pen.text().pos(Pos::new(HPos::Right, VPos::Center));
        for (number, (name, tiles)) in self.workers.iter().enumerate() {
            let middle = (workers - number) as f64 - 0.5;
            let line = |from, to, colour: RGBColor| {
                let corners =
                    [(from, middle + FILLED / 2.0), (to, middle - FILLED / 2.0)];
                Rectangle::new(corners, colour.filled())
            };
            chart.draw_series([line(0.0, self.end, PALE)])?;
            let bars = bars(tiles, self.pixel(), self.tells_tiles_apart());
            chart.draw_series(
                bars.into_iter().map(|(bar, colour)| line(bar.start, bar.end, colour)),
            )?;
            if number.is_multiple_of(self.names_every()) {
                let text = Text::new(name.clone(), (-pen.px(8), 0), name_style.clone());
                chart.draw_series([EmptyElement::at((0.0, middle)) + text])?;
            }
        }
        Ok(())
    }

    /// Every worker's name is drawn, or every second, fifth, tenth ...: as many
    /// as do not overlap.
    fn names_every(&self) -> usize {
        let room = |step: &usize| {
            self.lines_height() as usize * step / self.workers.len().max(1) >= 16
        };
        let steps = (0..).flat_map(|power| [1, 2, 5].map(|x| x * 10_usize.pow(power)));
        steps.into_iter().find(room).expect("a step large enough")
    }

    /// The time that one pixel of the smaller picture stands for.
    fn pixel(&self) -> f64 {
        self.end / f64::from(WIDTH - NAMES - RIGHT - 8)
    }
}

/// The bars of a worker's tiles: where they are told apart one for each, else
/// one for all that lie closer than half a pixel.
fn bars(tiles: &[Range<f64>], pixel: f64, apart: bool) -> Vec<(Range<f64>, RGBColor)> {
    let mut bars: Vec<(Range<f64>, RGBColor)> = Vec::new();
    for (number, tile) in tiles.iter().enumerate() {
        // What is shorter would not be seen.
        let tile = tile.start..tile.end.max(tile.start + pixel / 2.0);
        match bars.last_mut() {
            Some((last, _)) if !apart && tile.start - last.end < pixel / 2.0 => {
                last.end = last.end.max(tile.end);
            }
            _ if apart && number % 2 == 1 => bars.push((tile, SKY)),
            _ => bars.push((tile, BLUE)),
        }
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_tiles_alternate_and_many_become_one_bar() {
        let tiles = [0.0..2.0, 2.0..3.0, 3.4..5.0, 8.0..9.0];
        let apart = bars(&tiles, 1.0, true);
        assert_eq!(apart.iter().map(|b| b.1).collect::<Vec<_>>(), [BLUE, SKY, BLUE, SKY]);
        let joined = bars(&tiles, 1.0, false);
        assert_eq!(joined, [(0.0..5.0, BLUE), (8.0..9.0, BLUE)]);
    }

    #[test]
    fn a_tile_shorter_than_a_pixel_is_seen() {
        assert_eq!(bars(&[4.0..4.0], 1.0, false), [(4.0..4.5, BLUE)]);
    }

    #[test]
    fn names_of_many_workers_do_not_overlap() {
        for (workers, step) in [(1, 1), (20, 1), (64, 2), (100, 5), (4096, 20)] {
            let timeline = Timeline {
                axis: String::new(),
                end: 1.0,
                workers: vec![(String::new(), vec![]); workers],
                sentences: vec![],
            };
            assert_eq!(timeline.names_every(), step, "{workers}");
        }
    }
}
