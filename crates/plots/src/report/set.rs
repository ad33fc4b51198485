//! The picture of the set, small enough to be part of a page.

use std::io::Cursor;

use png::{ColorType, Decoder, Encoder, Transformations};

use crate::report::html;

/// The most bytes that a PNG file may have to be taken as it is.
const MOST_BYTES: usize = 300_000;

/// The picture in `bytes` as an element of the page, made smaller where it has
/// too many bytes; `None` where `bytes` are no PNG file of colours.
pub fn element(bytes: &[u8]) -> Option<String> {
    let mut image = decoded(bytes)?;
    let (width, height) = (image.width, image.height);
    let mut small = bytes.to_vec();
    while small.len() > MOST_BYTES && image.width > 1 && image.height > 1 {
        image = image.halved();
        small = image.encoded()?;
    }
    Some(format!(
        "<figure id=\"set\">\n<img src=\"{}\" width=\"{}\" height=\"{}\" \
         alt=\"The Mandelbrot set as drawn by mandel-serial, {width} x {height} pixels: \
         a heart and a disc beside it, in which no pixel escapes.\">\n</figure>\n",
        html::png(&small),
        image.width,
        image.height
    ))
}

struct Image {
    width: usize,
    height: usize,
    /// Red, green and blue of each pixel.
    pixels: Vec<[u8; 3]>,
}

fn decoded(bytes: &[u8]) -> Option<Image> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let mut buffer = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut buffer).ok()?;
    let samples = &buffer[..info.buffer_size()];
    let pixels = match info.color_type {
        ColorType::Rgb => samples.chunks_exact(3).map(|p| [p[0], p[1], p[2]]).collect(),
        ColorType::Rgba => samples.chunks_exact(4).map(|p| [p[0], p[1], p[2]]).collect(),
        ColorType::Grayscale => samples.iter().map(|&p| [p; 3]).collect(),
        _ => return None,
    };
    Some(Image { width: info.width as usize, height: info.height as usize, pixels })
}

impl Image {
    /// The image with the mean of two by two pixels for one; a last odd row or
    /// column is left out.
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mean = |x: usize, y: usize, colour: usize| {
            let corner = 2 * y * self.width + 2 * x;
            let places =
                [corner, corner + 1, corner + self.width, corner + self.width + 1];
            let sum: u32 = places.map(|p| u32::from(self.pixels[p][colour])).iter().sum();
            (sum / 4) as u8
        };
        let pixel = |place: usize| {
            [0, 1, 2].map(|colour| mean(place % width, place / width, colour))
        };
        Self { width, height, pixels: (0..width * height).map(pixel).collect() }
    }

    fn encoded(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(ColorType::Rgb);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().ok()?;
        writer.write_image_data(self.pixels.as_flattened()).ok()?;
        writer.finish().ok()?;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels that no encoder makes smaller (Marsaglia 2003, "Xorshift RNGs").
    fn noise(width: usize, height: usize) -> Image {
        let mut state = 1_u64;
        let mut byte = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        };
        let pixels = (0..width * height).map(|_| [byte(), byte(), byte()]);
        Image { width, height, pixels: pixels.collect() }
    }

    #[test]
    fn a_small_picture_is_taken_as_it_is() {
        let bytes = noise(30, 20).encoded().unwrap();
        let html = element(&bytes).unwrap();
        assert!(html.contains(&html::png(&bytes)), "{html}");
        assert!(html.contains("width=\"30\" height=\"20\""), "{html}");
    }

    #[test]
    fn a_large_picture_is_halved_until_it_is_small() {
        let bytes = noise(400, 301).encoded().unwrap();
        assert!(bytes.len() > MOST_BYTES, "{}", bytes.len());
        let html = element(&bytes).unwrap();
        assert!(
            html.contains("width=\"200\" height=\"150\""),
            "{}",
            &html[html.len() - 300..]
        );
        assert!(html.len() < MOST_BYTES * 4 / 3 + 1000, "{}", html.len());
    }

    #[test]
    fn pixels_are_averaged() {
        let pixels =
            vec![[0, 4, 8], [4, 8, 12], [99; 3], [8, 12, 16], [12, 16, 20], [99; 3]];
        let image = Image { width: 3, height: 2, pixels };
        assert_eq!(image.halved().pixels, [[6, 10, 14]]);
    }

    #[test]
    fn what_is_no_picture_is_none() {
        assert_eq!(element(b"no picture"), None);
    }
}
