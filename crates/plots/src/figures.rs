//! What can be shown: a line here is a picture in a file and a figure on the page.

use crate::canvas::Picture;
use crate::data::Row;
use crate::report::costs::Costs;
use crate::report::curve::{self, Shown};
use crate::report::{reach, readings, uneven};
use crate::{chunks, costs, mandel, matmul, ping_pong, scaling, words};

/// A picture, the sentence that reads it, and where it stands.
pub struct Figure {
    /// The part of the page.
    pub section: Section,
    /// What it shows, for where it is missing: "the times of the schedules".
    pub what: &'static str,
    /// Where it comes from.
    pub source: Source,
}

/// Where a figure comes from.
pub enum Source {
    /// The rows of a result file.
    Rows {
        /// Its name.
        file: &'static str,
        /// The picture, if the rows hold what it needs.
        draw: fn(&[Row]) -> Option<Picture>,
        /// What the rows say, in a sentence or two.
        read: fn(&[Row]) -> Option<String>,
    },
    /// The costs of the default view: nothing was measured. Only the page has it.
    Model(fn(&Costs) -> Shown),
    /// All traces that runs wrote.
    Traces,
}

const fn rows(
    file: &'static str,
    draw: fn(&[Row]) -> Option<Picture>,
    read: fn(&[Row]) -> Option<String>,
) -> Source {
    Source::Rows { file, draw, read }
}

/// The result files of the figures; one of several figures comes more than once.
pub fn files() -> impl Iterator<Item = &'static str> {
    FIGURES.iter().filter_map(|figure| match figure.source {
        Source::Rows { file, .. } => Some(file),
        Source::Model(_) | Source::Traces => None,
    })
}

/// What writes a result file.
pub fn command(file: &str) -> &'static str {
    match file {
        "ping-pong.csv" => "make run-hello",
        "matmul.csv" | "matmul-sweep.csv" => "make run-matmul",
        "mandel.csv" | "mandel.png" => "make run-mandel",
        "words.csv" => "make run-words",
        "scaling.csv" => "make bench",
        _ => "make costs",
    }
}

/// The parts of the page, which answer one question each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Where the work of a picture lies.
    Pixel,
    /// What becomes of it when the picture is cut.
    Chunk,
    /// What real runs did.
    Run,
    /// The model to play with.
    Mend,
    /// Many more workers than there are here.
    Scale,
    /// The other topics of the class.
    Others,
}

/// The sections in the order of the page.
pub const SECTIONS: [Section; 6] = [
    Section::Pixel,
    Section::Chunk,
    Section::Run,
    Section::Mend,
    Section::Scale,
    Section::Others,
];

impl Section {
    /// Its name in links within the page.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pixel => "pixel",
            Self::Chunk => "chunk",
            Self::Run => "run",
            Self::Mend => "mend",
            Self::Scale => "scale",
            Self::Others => "others",
        }
    }

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pixel => "How imbalanced is a pixel?",
            Self::Chunk => "How imbalanced is a chunk?",
            Self::Run => "How imbalanced is a run?",
            Self::Mend => "Which schedule mends it?",
            Self::Scale => "How far would it scale?",
            Self::Others => "Matrices and words",
        }
    }
}

/// The figures in the order of their sections.
pub const FIGURES: &[Figure] = &[
    Figure {
        section: Section::Pixel,
        what: "where the work is",
        source: rows("costs-summary.csv", costs::map, uneven::map),
    },
    Figure {
        section: Section::Pixel,
        what: "how many pixels cost how much",
        source: rows("costs-histogram.csv", costs::histograms, uneven::histogram),
    },
    Figure {
        section: Section::Pixel,
        what: "what share of the pixels takes what share of the work",
        source: rows("costs-lorenz.csv", costs::lorenz, uneven::lorenz),
    },
    Figure {
        section: Section::Pixel,
        what: "the time of a pixel",
        source: rows("costs-times.csv", costs::times, uneven::times),
    },
    Figure {
        section: Section::Chunk,
        what: "the imbalance of chunks",
        source: rows("chunks.csv", chunks::imbalance, uneven::chunks),
    },
    Figure {
        section: Section::Chunk,
        what: "blocks of the picture and their work",
        source: rows("chunks.csv", chunks::map, uneven::blocks),
    },
    Figure {
        section: Section::Run,
        what: "the times of the schedules",
        source: rows("mandel.csv", mandel::bars, readings::mandel),
    },
    Figure {
        section: Section::Run,
        what: "what workers did when",
        source: Source::Traces,
    },
    Figure {
        section: Section::Scale,
        what: "the model's speed-up",
        source: Source::Model(curve::speedup),
    },
    Figure {
        section: Section::Scale,
        what: "the price of a message",
        source: rows("ping-pong.csv", ping_pong::curves, reach::ping_pong),
    },
    Figure {
        section: Section::Scale,
        what: "how the Mandelbrot set scales",
        source: rows("scaling.csv", scaling::mandel, reach::mandel),
    },
    Figure {
        section: Section::Scale,
        what: "how the matrix product scales",
        source: rows("scaling.csv", scaling::matmul, reach::matmul),
    },
    Figure {
        section: Section::Scale,
        what: "how counting words scales",
        source: rows("scaling.csv", scaling::words, reach::words),
    },
    Figure {
        section: Section::Others,
        what: "the times of matrix products",
        source: rows("matmul.csv", matmul::bars, readings::matmul),
    },
    Figure {
        section: Section::Others,
        what: "matrix products by order",
        source: rows("matmul-sweep.csv", matmul::sweep, readings::sweep),
    },
    Figure {
        section: Section::Others,
        what: "the times of counting words",
        source: rows("words.csv", words::lines, readings::words),
    },
];
