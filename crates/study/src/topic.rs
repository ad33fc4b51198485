//! The topics that have a result to compare and work to scale.

use clap::ValueEnum;

/// What programs of ours and their peers compute.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum Topic {
    /// Matrix products
    Matmul,
    /// The Mandelbrot set
    Mandel,
    /// Counting words
    Words,
}

impl Topic {
    /// The heading of its tables.
    pub fn title(self) -> &'static str {
        match self {
            Topic::Matmul => "Matrix product",
            Topic::Mandel => "Mandelbrot set",
            Topic::Words => "Word count",
        }
    }

    /// The name on the command line and in CSV files.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Matmul => "matmul",
            Topic::Mandel => "mandel",
            Topic::Words => "words",
        }
    }
}
