//! Pictures and tables as HTML that refers to nothing outside.

use maud::{Markup, PreEscaped, html};

use crate::canvas::Picture;
use crate::pen::WIDTH;

/// `picture` with `reading` under it, which is its description too; `id` is its
/// name in links.
pub fn figure(id: &str, picture: &Picture, reading: &str) -> Markup {
    let svg = picture.svg();
    // The page has a head of its own for it: a size that follows the screen's,
    // and the alternative text.
    let (_, inside) = svg.split_once('>').expect("plotters writes an svg element");
    let inside = inside.trim_end().trim_end_matches("</svg>");
    let size = format!("0 0 {WIDTH} {}", picture.height);
    html! {
        figure id=(id) {
            div class="wide" {
                svg viewBox=(size) role="img" aria-label=(picture.title) {
                    desc { (reading) }
                    (PreEscaped(inside))
                }
            }
            figcaption { (reading) }
        }
    }
}

/// A table with a heading a column; all columns but the first are figures.
pub fn table(caption: &str, headings: &[&str], rows: &[Vec<String>]) -> Markup {
    html! {
        div class="wide" { table {
            caption { (caption) }
            thead { tr { @for heading in headings { th scope="col" { (heading) } } } }
            tbody { @for row in rows { tr {
                @for (column, cell) in row.iter().enumerate() {
                    @if column == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                }
            } } }
        } }
    }
}

/// The bytes of a PNG file as a reference that holds all of them.
pub fn png(bytes: &[u8]) -> String {
    format!("data:image/png;base64,{}", base64(bytes))
}

/// RFC 4648, section 4: six bits a character.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |n: usize| u32::from(group.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

/// A whole number with its thousands set apart: 634,936,612.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_the_text_of_the_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn what_a_file_says_stays_text() {
        let html = table("a & b", &["x", "y"], &[vec!["<b>".into(), "\"1\"".into()]]);
        let html = html.into_string();
        assert!(html.contains("<caption>a &amp; b</caption>"), "{html}");
        assert!(html.contains("&lt;b&gt;") && html.contains("&quot;1&quot;"), "{html}");
    }

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (634_936_612, "634,936,612")]
        {
            assert_eq!(grouped(number), text);
        }
    }
}
