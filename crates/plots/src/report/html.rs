//! Text, pictures and tables as HTML that refers to nothing outside.

use std::fmt::Write;

use crate::canvas::Picture;
use crate::pen::WIDTH;

/// `text` with the characters that mean something in HTML written out.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}

/// `picture` with `reading` under it, which is its description too; `id` is its
/// name in links.
pub fn figure(id: &str, picture: &Picture, reading: &str) -> String {
    let svg = picture.svg();
    // The page has a head of its own for it: a size that follows the screen's,
    // and the alternative text.
    let (_, inside) = svg.split_once('>').expect("plotters writes an svg element");
    let (id, name, says) = (escaped(id), escaped(&picture.title), escaped(reading));
    format!(
        "<figure id=\"{id}\">\n<div class=\"wide\">\n\
         <svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"{name}\">\n\
         <desc>{says}</desc>{inside}</div>\n\
         <figcaption>{says}</figcaption>\n</figure>\n",
        picture.height
    )
}

/// A table with a heading a column; all columns but the first are figures.
pub fn table(caption: &str, headings: &[&str], rows: &[Vec<String>]) -> String {
    let mut html = format!(
        "<div class=\"wide\"><table>\n<caption>{}</caption>\n<thead><tr>",
        escaped(caption)
    );
    for heading in headings {
        html += &format!("<th scope=\"col\">{}</th>", escaped(heading));
    }
    html += "</tr></thead>\n<tbody>\n";
    for row in rows {
        let (first, rest) = row.split_first().expect("a row has a name");
        html += &format!("<tr><th scope=\"row\">{}</th>", escaped(first));
        for cell in rest {
            html += &format!("<td>{}</td>", escaped(cell));
        }
        html += "</tr>\n";
    }
    html + "</tbody></table></div>\n"
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

/// Whole numbers as JSON.
pub fn json(numbers: &[u64]) -> String {
    let mut text = String::from("[");
    for (place, number) in numbers.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(text, "{comma}{number}").expect("a text can be written");
    }
    text + "]"
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
        assert_eq!(json(&[1, 20]), "[1,20]");
        assert_eq!(json(&[]), "[]");
    }
}
