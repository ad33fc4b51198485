//! Pictures of one or more charts, written as SVG and as PNG.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use epaint_default_fonts::UBUNTU_LIGHT;
use harness::Error;
use harness::files::Output;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font as register};

use crate::bars::Bars;
use crate::curves::Curves;
use crate::lines::Lines;
use crate::map::Map;
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

/// The width of an SVG picture in pixels; a PNG has [`PNG_SCALE`] times as many.
pub const WIDTH: u32 = 800;
const PNG_SCALE: u32 = 2;

/// Colours that people who do not see all colours can tell apart too: those
/// of Okabe and Ito, "Color Universal Design", 2008.
pub const BLUE: RGBColor = RGBColor(0, 114, 178);
pub const SKY: RGBColor = RGBColor(86, 180, 233);
pub const ORANGE: RGBColor = RGBColor(230, 159, 0);
pub const GREEN: RGBColor = RGBColor(0, 158, 115);
pub const PURPLE: RGBColor = RGBColor(204, 121, 167);
/// For text, and for what is not a figure.
pub const INK: RGBColor = RGBColor(40, 40, 40);
pub const GREY: RGBColor = RGBColor(120, 120, 120);
pub const PALE: RGBColor = RGBColor(225, 225, 225);

/// What a drawing can fail with: only memory is written here.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Sizes in pixels of the SVG picture, for both kinds of picture.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    scale: u32,
}

const FONT: &str = "sans-serif";

/// Lets plotters find the font: none of the system's is needed.
///
/// # Panics
///
/// Where the font that comes with the program is broken.
pub fn register_font() {
    let found = register(FONT, FontStyle::Normal, UBUNTU_LIGHT);
    assert!(found.is_ok(), "the font cannot be read");
}

impl Pen {
    /// So many pixels.
    pub fn px(self, pixels: i32) -> i32 {
        pixels * self.scale as i32
    }

    /// The thickness of a line, a margin.
    pub fn width(self, pixels: u32) -> u32 {
        pixels * self.scale
    }

    /// Text of the usual size.
    pub fn text(self) -> TextStyle<'static> {
        self.sized(13)
    }

    fn sized(self, pixels: u32) -> TextStyle<'static> {
        (FONT, self.width(pixels) as i32).into_font().color(&INK)
    }
}

/// A number without needless digits: 0.05, 20, 500.
pub fn plain(number: f64) -> String {
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Picture {
    /// Writes NAME.svg and NAME.png into `folder`; returns their paths.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] where a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<[PathBuf; 2], Error> {
        self.write_as(self.name, folder)
    }

    /// The same under another name than its own.
    ///
    /// # Errors
    ///
    /// As for [`Picture::write`].
    pub fn write_as(&self, name: &str, folder: &Path) -> Result<[PathBuf; 2], Error> {
        let path = |ending| folder.join(format!("{name}.{ending}"));
        let paths = [path("svg"), path("png")];
        let (svg, png) = (Output::create(&paths[0])?, Output::create(&paths[1])?);
        let text = self.svg();
        svg.write(|file| file.write_all(text.as_bytes()))?;
        png.write(|file| self.png(file))?;
        Ok(paths)
    }

    /// The picture as an SVG element, [`WIDTH`] pixels wide.
    pub fn svg(&self) -> String {
        let mut text = String::new();
        let area =
            SVGBackend::with_string(&mut text, (WIDTH, self.height)).into_drawing_area();
        self.draw(&area, Pen { scale: 1 }).expect("a text can be written");
        drop(area);
        text
    }

    fn png(&self, file: impl Write) -> io::Result<()> {
        let (width, height) = (WIDTH * PNG_SCALE, self.height * PNG_SCALE);
        let mut pixels = vec![0; (width * height * 3) as usize];
        let area =
            BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
        self.draw(&area, Pen { scale: PNG_SCALE }).expect("memory can be written");
        drop(area);
        let mut encoder = png::Encoder::new(file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        Ok(writer.finish()?)
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

/// A picture of nothing but a chart, as SVG.
#[cfg(test)]
pub fn svg_of(chart: Chart) -> String {
    register_font();
    let (name, title) = ("chart", String::new());
    Picture { name, title, legend: Vec::new(), charts: vec![chart], height: 400 }.svg()
}

/// The value of an attribute in an element's text.
#[cfg(test)]
pub fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let (_, rest) = element.split_once(&format!(" {name}=\"")).unwrap();
    rest.split('"').next().unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_needless_digits() {
        for (number, text) in [(500.0, "500"), (0.05, "0.05"), (1.5, "1.5"), (0.0, "0")] {
            assert_eq!(plain(number), text);
        }
    }
}
