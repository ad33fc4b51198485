//! What the page shows: a line here is a figure there.

use crate::canvas::Picture;
use crate::data::Row;
use crate::report::costs::Costs;
use crate::report::{curve, reach, readings, uneven};
use crate::{Draw, chunks, costs, mandel, matmul, ping_pong, scaling, words};

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
        /// What makes it.
        command: &'static str,
        /// The picture, if the rows hold what it needs.
        draw: Draw,
        /// What the rows say, in a sentence or two.
        read: fn(&[Row]) -> Option<String>,
    },
    /// The costs of the default view: nothing was measured.
    Model(fn(&Costs) -> Shown),
    /// All traces that runs wrote.
    Traces,
}

/// A picture with what it says.
pub struct Shown {
    /// The picture.
    pub picture: Picture,
    /// One or two sentences, made from the same figures.
    pub reading: String,
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
        source: Source::Rows {
            file: "costs-summary.csv",
            command: "make costs",
            draw: costs::map,
            read: uneven::map,
        },
    },
    Figure {
        section: Section::Pixel,
        what: "how many pixels cost how much",
        source: Source::Rows {
            file: "costs-histogram.csv",
            command: "make costs",
            draw: costs::histograms,
            read: uneven::histogram,
        },
    },
    Figure {
        section: Section::Pixel,
        what: "what share of the pixels takes what share of the work",
        source: Source::Rows {
            file: "costs-lorenz.csv",
            command: "make costs",
            draw: costs::lorenz,
            read: uneven::lorenz,
        },
    },
    Figure {
        section: Section::Pixel,
        what: "the time of a pixel",
        source: Source::Rows {
            file: "costs-times.csv",
            command: "make costs",
            draw: costs::times,
            read: uneven::times,
        },
    },
    Figure {
        section: Section::Chunk,
        what: "the imbalance of chunks",
        source: Source::Rows {
            file: "chunks.csv",
            command: "make costs",
            draw: chunks::imbalance,
            read: uneven::chunks,
        },
    },
    Figure {
        section: Section::Chunk,
        what: "blocks of the picture and their work",
        source: Source::Rows {
            file: "chunks.csv",
            command: "make costs",
            draw: chunks::map,
            read: uneven::blocks,
        },
    },
    Figure {
        section: Section::Run,
        what: "the times of the schedules",
        source: Source::Rows {
            file: "mandel.csv",
            command: "make run-mandel",
            draw: mandel::bars,
            read: readings::mandel,
        },
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
        source: Source::Rows {
            file: "ping-pong.csv",
            command: "make run-hello",
            draw: ping_pong::curves,
            read: reach::ping_pong,
        },
    },
    Figure {
        section: Section::Scale,
        what: "how the Mandelbrot set scales",
        source: Source::Rows {
            file: "scaling.csv",
            command: "make bench",
            draw: scaling::mandel,
            read: reach::mandel,
        },
    },
    Figure {
        section: Section::Scale,
        what: "how the matrix product scales",
        source: Source::Rows {
            file: "scaling.csv",
            command: "make bench",
            draw: scaling::matmul,
            read: reach::matmul,
        },
    },
    Figure {
        section: Section::Scale,
        what: "how counting words scales",
        source: Source::Rows {
            file: "scaling.csv",
            command: "make bench",
            draw: scaling::words,
            read: reach::words,
        },
    },
    Figure {
        section: Section::Others,
        what: "the times of matrix products",
        source: Source::Rows {
            file: "matmul.csv",
            command: "make run-matmul",
            draw: matmul::bars,
            read: readings::matmul,
        },
    },
    Figure {
        section: Section::Others,
        what: "matrix products by order",
        source: Source::Rows {
            file: "matmul-sweep.csv",
            command: "make run-matmul",
            draw: matmul::sweep,
            read: readings::sweep,
        },
    },
    Figure {
        section: Section::Others,
        what: "the times of counting words",
        source: Source::Rows {
            file: "words.csv",
            command: "make run-words",
            draw: words::lines,
            read: readings::words,
        },
    },
];
