//! Pictures of one or more charts, written as SVG and as PNG.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::bars::Bars;
use crate::curves::Curves;
use crate::lines::Lines;
use crate::map::Map;
use crate::pen::{Drawn, Pen, WIDTH};
use crate::timeline::Timeline;

/// Charts side by side under one title.
#[derive(Debug)]
pub struct Picture {
    /// The file's name without its ending.
    pub name: &'static str,
    /// What stands on top.
    pub title: String,
    /// The names and colours of the series, in a line under the title.
    pub legend: Vec<(String, RGBColor)>,
    /// The charts, which share the width.
    pub charts: Vec<Chart>,
    /// The height in pixels of a picture that is [`WIDTH`] pixels wide.
    pub height: u32,
}

/// One chart.
#[derive(Debug)]
pub enum Chart {
    /// Horizontal bars, and their share of the width.
    Bars(Bars, f64),
    /// Lines over a common axis.
    Lines(Lines),
    /// What each worker did when.
    Timeline(Timeline),
    /// Rows of charts of one size, equally many in each.
    Panels(Vec<Vec<Lines>>),
    /// Curves, marks and bars, and their share of the width.
    Curves(Curves, f64),
    /// A map.
    Map(Map),
}

/// A PNG picture is this many times as wide and high as the SVG one.
const PNG_SCALE: u32 = 2;

impl Picture {
    /// NAME.svg and NAME.png, as files of `folder`.
    pub fn files(
        &self,
        name: impl AsRef<OsStr>,
        folder: &Path,
    ) -> [(PathBuf, Vec<u8>); 2] {
        let path = |ending| {
            let mut file = name.as_ref().to_owned();
            file.push(ending);
            folder.join(file)
        };
        let mut png = Vec::new();
        self.png(&mut png).expect("memory can be written");
        [(path(".svg"), self.svg().into_bytes()), (path(".png"), png)]
    }

    /// The picture as an SVG element, [`WIDTH`] pixels wide.
    pub fn svg(&self) -> String {
        let mut text = String::new();
        let area =
            SVGBackend::with_string(&mut text, (WIDTH, self.height)).into_drawing_area();
        self.draw(&area, Pen { scale: 1.0 }).expect("a text can be written");
        drop(area);
        text
    }

    fn png(&self, file: impl Write) -> io::Result<()> {
        let (width, height) = (WIDTH * PNG_SCALE, self.height * PNG_SCALE);
        let mut pixels = vec![0; (width * height * 3) as usize];
        let area =
            BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        self.draw(&area, Pen { scale: PNG_SCALE.into() }).expect("memory can be written");
        drop(area);
        write_png(file, [width, height], &pixels)
    }

    fn draw<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        pen: Pen,
    ) -> Drawn<DB> {
        area.fill(&WHITE)?;
        area.draw(&Text::new(
            self.title.clone(),
            (pen.px(16), pen.px(14)),
            pen.sized(18),
        ))?;
        self.draw_legend(area, pen)?;
        let (_, mut rest) = area.split_vertically(pen.px(66));
        let whole = rest.dim_in_pixel().0 as f64;
        for chart in &self.charts {
            match chart {
                Chart::Lines(lines) => lines.draw(&rest, pen)?,
                Chart::Timeline(timeline) => timeline.draw(&rest, pen)?,
                Chart::Panels(rows) => {
                    let areas = rest.split_evenly((rows.len(), rows[0].len()));
                    for (area, lines) in areas.iter().zip(rows.iter().flatten()) {
                        lines.draw(area, pen)?;
                    }
                }
                Chart::Map(map) => map.draw(&rest.margin(0, 0, pen.px(16), 0), pen)?,
                Chart::Curves(curves, share) => {
                    curves.draw(&take_left(&mut rest, whole * share), pen)?;
                }
                Chart::Bars(bars, share) => {
                    bars.draw(&take_left(&mut rest, whole * share), pen)?;
                }
            }
        }
        area.present()
    }

    fn draw_legend<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
        pen: Pen,
    ) -> Drawn<DB> {
        let (mut x, y, size) = (pen.px(16), pen.px(50), pen.px(12));
        let text = pen.text().pos(Pos::new(HPos::Left, VPos::Center));
        for (name, colour) in &self.legend {
            let square = [(x, y - size / 2), (x + size, y + size / 2)];
            area.draw(&Rectangle::new(square, colour.filled()))?;
            x += size + pen.px(6);
            area.draw(&Text::new(name.clone(), (x, y), text.clone()))?;
            x += area.estimate_text_size(name, &text)?.0 as i32 + pen.px(20);
        }
        Ok(())
    }
}

/// So many pixels from the left of `rest`, which is what remains then.
fn take_left<DB: DrawingBackend>(
    rest: &mut DrawingArea<DB, Shift>,
    pixels: f64,
) -> DrawingArea<DB, Shift> {
    let (left, right) = rest.split_horizontally(pixels as i32);
    *rest = right;
    left
}

/// Writes pixels of red, green and blue, row after row, as a PNG file.
///
/// # Errors
///
/// Those of `file`.
pub fn write_png(file: impl Write, size: [u32; 2], pixels: &[u8]) -> io::Result<()> {
    let mut encoder = png::Encoder::new(file, size[0], size[1]);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    Ok(writer.finish()?)
}
