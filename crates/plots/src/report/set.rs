//! The picture of the set as a part of the page.

use std::io::Cursor;

use maud::{Markup, html};
use png::Decoder;

use crate::report::html;

/// The picture in `bytes` as an element of the page; `None` where `bytes` are no
/// PNG file.
pub fn element(bytes: &[u8]) -> Option<Markup> {
    let reader = Decoder::new(Cursor::new(bytes)).read_info().ok()?;
    let (width, height) = reader.info().size();
    let alt = "The Mandelbrot set in the complex plane, coloured by iterations: a heart \
               and a disc beside it, in which no pixel escapes.";
    Some(html! {
        figure id="set" {
            div class="wide" {
                img src=(html::png(bytes)) width=(width) height=(height) alt=(alt);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canvas::write_png;

    #[test]
    fn a_picture_is_taken_as_it_is() {
        let mut bytes = Vec::new();
        write_png(&mut bytes, [30, 20], &[9; 30 * 20 * 3]).unwrap();
        let html = element(&bytes).unwrap().into_string();
        assert!(html.contains(&html::png(&bytes)), "{html}");
        assert!(html.contains("width=\"30\" height=\"20\""), "{html}");
    }

    #[test]
    fn what_is_no_picture_is_none() {
        assert!(element(b"no picture").is_none());
    }
}
