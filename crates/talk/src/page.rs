//! The talk as one page for those who miss the class: each slide with its notes.

use std::fs;
use std::path::Path;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

/// What the browser is told about the looks: large pictures, narrow text, no network.
const STYLE: &str = "
body { margin: 0 auto; max-width: 60rem; padding: 0 1rem 4rem;
       font: 1.1rem/1.55 Georgia, 'Liberation Serif', serif; color: #1c1c1c; background: #fff; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 2rem 0 0.5rem; }
h2 { font-size: 1.3rem; margin: 3rem 0 0.75rem; }
nav { columns: 18rem; font-size: 1rem; } nav a { display: block; padding: 0.15rem 0; }
a { color: #00507d; }
figure { margin: 0; border: 1px solid #bbb; }
figure svg { display: block; width: 100%; height: auto; }
section p { max-width: 40rem; }
@media print { section { break-inside: avoid; } }
";

/// The page of the slides that Typst left in `build`.
///
/// # Errors
///
/// If one of its files cannot be read.
pub fn page(build: &Path) -> Result<String, String> {
    let read = |name: &str| {
        let path = build.join(name);
        fs::read_to_string(&path)
            .map_err(|e| format!("cannot read {}: {e}", path.display()))
    };
    let slides: Value =
        serde_json::from_str(&read("slides.json")?).map_err(|error| error.to_string())?;
    let slides = slides.as_array().ok_or("slides.json holds no list")?;
    let pictures: Vec<String> = (1..=slides.len())
        .map(|number| read(&format!("slide-{number}.svg")))
        .collect::<Result<_, _>>()?;
    let text =
        |slide: &Value, field: &str| slide[field].as_str().unwrap_or_default().to_owned();
    let page: Markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Pragmatic Concurrency in Rust: the talk" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Pragmatic Concurrency in Rust" }
                p { "The talk, to be read alone: each slide, and what is said with it." }
                nav aria-label="slides" {
                    @for (number, slide) in (1..).zip(slides) {
                        a href=(format!("#s{number}")) { (number) ". " (text(slide, "title")) }
                    }
                }
                @for ((number, slide), picture) in (1..).zip(slides).zip(&pictures) {
                    section id=(format!("s{number}")) {
                        h2 { (number) ". " (text(slide, "title")) }
                        figure role="img" aria-label=(text(slide, "title")) {
                            (PreEscaped(picture))
                        }
                        @for paragraph in text(slide, "notes").split("\n\n") {
                            p { (paragraph) }
                        }
                    }
                }
            }
        }
    };
    Ok(page.into_string())
}
