//! A map of a picture: the cost of its parts as colours, and chunks over it.

use harness::mandel::gradient;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::pen::{Drawn, GREY, INK, Pen};

/// A map of cells, and bands across it.
#[derive(Debug)]
pub struct Map {
    /// Cells in a row.
    pub width: usize,
    /// How high each cell is on the scale, from 0 to 1, row after row.
    pub cells: Vec<f64>,
    /// Whether the cells are grey, for something coloured lies over them.
    pub is_grey: bool,
    /// The chunks, from top to bottom.
    pub bands: Vec<Band>,
    /// The scale's name with its unit, and the labels along it, from 0 to 1.
    pub scale: (&'static str, Vec<(f64, String)>),
}

/// Some consecutive rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Where it begins and ends, as parts of the height.
    pub rows: [f64; 2],
    /// Its place on the scale, from 0 to 1.
    pub place: f64,
    /// What is said of it.
    pub label: String,
}

/// The steps of the scale: more would make larger files, and nobody tells them
/// apart.
const STEPS: f64 = 15.0;
/// The room of the scale below the map, in pixels.
const SCALE: u32 = 58;

/// The colour of a place on the scale.
fn colour(place: f64, is_grey: bool) -> RGBColor {
    let step = (place * STEPS).round() / STEPS;
    if is_grey {
        let light = (250.0 - 150.0 * step) as u8;
        return RGBColor(light, light, light);
    }
    let [red, green, blue] = gradient(step);
    RGBColor(red, green, blue)
}

impl Map {
    /// Draws the map over all of `area`, as wide as it is.
    ///
    /// # Errors
    ///
    /// Those of the drawing's backend.
    pub fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        pen: Pen,
    ) -> Drawn<DB> {
        let area = area.margin(0, 0, 0, pen.width(16));
        let (wide, high) = area.dim_in_pixel();
        let (map, scale) = area.split_vertically(high - pen.width(SCALE));
        let high = high - pen.width(SCALE);
        let rows = self.cells.len() / self.width;
        let x = |column: usize| (column * wide as usize / self.width) as i32;
        let y = |row: usize| (row * high as usize / rows) as i32;
        for (row, cells) in self.cells.chunks_exact(self.width).enumerate() {
            let mut column = 0;
            // Neighbours of one colour are one rectangle.
            for run in cells.chunk_by(|a, b| colour(*a, false) == colour(*b, false)) {
                let corners = [(x(column), y(row)), (x(column + run.len()), y(row + 1))];
                let style = colour(run[0], self.is_grey).filled();
                map.draw(&Rectangle::new(corners, style))?;
                column += run.len();
            }
        }
        let label = pen.text().pos(Pos::new(HPos::Left, VPos::Center));
        for Band { rows: [top, bottom], place, label: text } in &self.bands {
            let y = |part: f64| (part * f64::from(high)) as i32;
            let corners = [(0, y(*top)), (wide as i32, y(*bottom))];
            map.draw(&Rectangle::new(corners, colour(*place, false).mix(0.55).filled()))?;
            map.draw(&Rectangle::new(corners, INK.stroke_width(pen.width(1))))?;
            let (left, middle) = (pen.px(12), (corners[0].1 + corners[1].1) / 2);
            let (width, height) = area.estimate_text_size(text, &label)?;
            // A browser's letters are wider than those that were measured.
            let width = width * 11 / 10;
            let (pad, half) = (pen.px(5), height as i32 / 2 + pen.px(3));
            // Letters without a tail stand above their middle.
            let (top, right) = (middle - half - pen.px(3), left + width as i32 + pad);
            // Those of a browser stand lower.
            let bottom = top + 2 * half + pen.px(4);
            let corners = [(left - pad, top), (right, bottom)];
            map.draw(&Rectangle::new(corners, WHITE.filled()))?;
            map.draw(&Text::new(text.clone(), (left, middle), label.clone()))?;
        }
        self.draw_scale(&scale, pen)
    }

    fn draw_scale<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        pen: Pen,
    ) -> Drawn<DB> {
        let (name, labels) = &self.scale;
        let wide = area.dim_in_pixel().0 as f64;
        let (left, right) = (wide * 0.42, wide * 0.97);
        let x = |place: f64| (left + place * (right - left)) as i32;
        let (top, bottom) = (pen.px(12), pen.px(28));
        let title = pen.text().pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(*name, (0, (top + bottom) / 2), title))?;
        let steps = STEPS as usize;
        for step in 0..=steps {
            let place = |step: f64| (step / (STEPS + 1.0)).clamp(0.0, 1.0);
            let corners =
                [(x(place(step as f64)), top), (x(place(step as f64 + 1.0)), bottom)];
            let style = colour(step as f64 / STEPS, false);
            let style = if self.is_grey { style.mix(0.75) } else { style.mix(1.0) };
            area.draw(&Rectangle::new(corners, style.filled()))?;
        }
        let below = pen.text().pos(Pos::new(HPos::Center, VPos::Top));
        for (place, label) in labels {
            let tick = [(x(*place), bottom), (x(*place), bottom + pen.px(4))];
            area.draw(&PathElement::new(tick, GREY))?;
            area.draw(&Text::new(
                label.clone(),
                (x(*place), bottom + pen.px(7)),
                below.clone(),
            ))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pen::{attribute, svg_of};

    /// The rectangles that are drawn: their colours, where they begin, their widths.
    fn drawn(is_grey: bool) -> Vec<(String, [i32; 3])> {
        let cells = vec![0.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let map = Map { width: 3, cells, is_grey, bands: vec![], scale: ("", vec![]) };
        let rectangle = |text: &str| {
            let places = ["x", "y", "width"];
            let places = places.map(|name| attribute(text, name).parse().unwrap());
            (attribute(text, "fill").to_owned(), places)
        };
        svg_of(|area, pen| map.draw(area, pen))
            .split("<rect")
            .skip(2)
            .map(rectangle)
            .collect()
    }

    #[test]
    fn cells_are_drawn_in_reading_order() {
        let drawn = drawn(true);
        let [light, dark, below] = &drawn[..3] else { panic!("{drawn:?}") };
        assert_eq!([&*light.0, &*dark.0, &*below.0], ["#FAFAFA", "#646464", "#646464"]);
        let [[left, top, wide], [right, level, _], [start, bottom, _]] =
            [light.1, dark.1, below.1];
        assert!(left < right && top == level, "{drawn:?}");
        assert!(left == start && top < bottom, "{drawn:?}");
        // Two of three cells are as light as each other.
        assert!(wide > 400 && left + wide == right, "{drawn:?}");
    }

    #[test]
    fn the_scale_has_the_colours_of_the_cells() {
        let drawn = drawn(false);
        let scale = &drawn[3..];
        assert_eq!(scale.len(), STEPS as usize + 1);
        assert_eq!((&scale[0].0, &scale[15].0), (&drawn[0].0, &drawn[1].0));
        assert!(scale.windows(2).all(|pair| pair[0].1[0] < pair[1].1[0]), "{drawn:?}");
    }
}
