//! What all charts are drawn with: sizes, colours, the font.

use epaint_default_fonts::UBUNTU_LIGHT;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font as register};

/// The width of an SVG picture in pixels.
pub const WIDTH: u32 = 800;

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

/// The error of a drawing, which only writes to memory.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// Sizes in pixels of the SVG picture, for both kinds of picture.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    /// How many pixels of the picture one of the SVG picture is.
    pub scale: f64,
}

const FONT: &str = "sans-serif";

/// Lets plotters find the font: none of the system's is needed.
///
/// # Panics
///
/// If the font that comes with the program is broken.
pub fn register_font() {
    let found = register(FONT, FontStyle::Normal, UBUNTU_LIGHT);
    assert!(found.is_ok(), "the font cannot be read");
}

impl Pen {
    /// So many pixels.
    pub fn px(self, pixels: i32) -> i32 {
        (f64::from(pixels) * self.scale).round() as i32
    }

    /// The thickness of a line, a margin.
    pub fn width(self, pixels: u32) -> u32 {
        (f64::from(pixels) * self.scale).round() as u32
    }

    /// Text of the usual size.
    pub fn text(self) -> TextStyle<'static> {
        self.sized(13)
    }

    /// Text of another size.
    pub fn sized(self, pixels: u32) -> TextStyle<'static> {
        (FONT, self.width(pixels) as i32).into_font().color(&INK)
    }
}

/// A number without needless digits: 0.05, 20, 500, 1e12.
pub fn plain(number: f64) -> String {
    if number != 0.0 && !(1e-4..1e12).contains(&number.abs()) {
        return format!("{number:e}");
    }
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An SVG picture of nothing but what is drawn.
#[cfg(test)]
pub fn svg_of(
    draw: impl for<'a> FnOnce(&Area<'a>, Pen) -> Drawn<SVGBackend<'a>>,
) -> String {
    register_font();
    let mut text = String::new();
    let area = SVGBackend::with_string(&mut text, (WIDTH, 400)).into_drawing_area();
    area.fill(&WHITE).and_then(|()| draw(&area, Pen { scale: 1.0 })).unwrap();
    drop(area);
    text
}

/// What it is drawn on.
#[cfg(test)]
type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

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
        for (number, text) in
            [(500.0, "500"), (0.05, "0.05"), (1.5, "1.5"), (0.0, "0"), (2e-7, "2e-7")]
        {
            assert_eq!(plain(number), text);
        }
    }
}
