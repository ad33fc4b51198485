//! A canvas of coloured pixels with text on it.

use std::convert::Infallible;
use std::io::{self, Write};

use embedded_graphics::mono_font::{MonoFont, MonoTextStyle, ascii};
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::*;
use embedded_graphics::text::{Baseline, Text};

use super::colours::Colour;

/// A picture in the making; it begins white.
#[derive(Debug)]
pub struct Canvas {
    width: usize,
    height: usize,
    size: Type,
    pixels: Vec<Colour>,
}

/// A type size: a font, and how often its pixels are repeated each way.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    font: &'static MonoFont<'static>,
    zoom: usize,
}

/// Which part of a text is at the place where it is written.
#[derive(Clone, Copy, Debug)]
pub enum Anchor {
    /// The text's left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

const PAPER: Colour = [255; 3];
const INK: Colour = [38; 3];

impl Canvas {
    /// A white canvas for text of one size.
    pub fn new(width: usize, height: usize, size: Type) -> Self {
        Self { width, height, size, pixels: vec![PAPER; width * height] }
    }

    /// The colour of a pixel.
    #[cfg(test)]
    pub fn colour(&self, x: usize, y: usize) -> Colour {
        self.pixels[y * self.width + x]
    }

    /// Fills a rectangle; what lies beyond the canvas is left out.
    pub fn fill(
        &mut self,
        left: usize,
        top: usize,
        width: usize,
        height: usize,
        colour: Colour,
    ) {
        let (right, bottom) =
            ((left + width).min(self.width), (top + height).min(self.height));
        for y in top..bottom {
            let row = y * self.width;
            self.pixels[row + left.min(right)..row + right].fill(colour);
        }
    }

    /// Fills a rectangle with the colour of lines and letters.
    pub fn ink(&mut self, left: usize, top: usize, width: usize, height: usize) {
        self.fill(left, top, width, height, INK);
    }

    /// Writes `text` in one line; `x` is where its anchor is, `top` its top.
    pub fn text(&mut self, text: &str, x: usize, top: usize, anchor: Anchor) {
        let size = self.size;
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x.saturating_sub(size.width(text) / 2),
            Anchor::End => x.saturating_sub(size.width(text)),
        };
        let mut brush = Brush { canvas: self, left, top, zoom: size.zoom };
        let ink = MonoTextStyle::new(size.font, BinaryColor::On);
        let Ok(_) =
            Text::with_baseline(text, Point::zero(), ink, Baseline::Top).draw(&mut brush);
    }

    /// Writes the canvas as a PNG file.
    ///
    /// # Errors
    ///
    /// Those of `file`.
    pub fn write_png(&self, file: impl Write) -> io::Result<()> {
        let side = |length: usize| u32::try_from(length).map_err(io::Error::other);
        let mut encoder = png::Encoder::new(file, side(self.width)?, side(self.height)?);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.pixels.as_flattened())?;
        Ok(writer.finish()?)
    }
}

impl Type {
    /// The largest type that is at most `height` pixels high; at least 10.
    pub fn of_height(height: usize) -> Self {
        let fonts =
            [&ascii::FONT_10X20, &ascii::FONT_9X15, &ascii::FONT_8X13, &ascii::FONT_6X10];
        let sizes = (1..=height.div_ceil(10))
            .flat_map(|zoom| fonts.map(|font| Self { font, zoom }));
        sizes
            .filter(|size| size.height() <= height)
            // Of two ways to a height the one with the finer font.
            .max_by_key(|size| (size.height(), std::cmp::Reverse(size.zoom)))
            .unwrap_or(Self { font: &ascii::FONT_6X10, zoom: 1 })
    }

    /// The height of a line in pixels.
    pub fn height(self) -> usize {
        self.font.character_size.height as usize * self.zoom
    }

    /// The width of `text` in pixels.
    pub fn width(self, text: &str) -> usize {
        self.font.character_size.width as usize * self.zoom * text.chars().count()
    }

    /// The width of a thin line that suits the type.
    pub fn line(self) -> usize {
        self.height().div_ceil(20)
    }
}

/// What draws a font's pixels, magnified, on a canvas.
struct Brush<'a> {
    canvas: &'a mut Canvas,
    left: usize,
    top: usize,
    zoom: usize,
}

impl OriginDimensions for Brush<'_> {
    fn size(&self) -> Size {
        let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Size::new(side(self.canvas.width), side(self.canvas.height))
    }
}

impl DrawTarget for Brush<'_> {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<BinaryColor>>,
    {
        for Pixel(point, ink) in pixels {
            let (Ok(x), Ok(y)) = (usize::try_from(point.x), usize::try_from(point.y))
            else {
                continue;
            };
            if ink == BinaryColor::On {
                let (left, top) = (self.left + x * self.zoom, self.top + y * self.zoom);
                self.canvas.ink(left, top, self.zoom, self.zoom);
            }
        }
        Ok(())
    }
}
