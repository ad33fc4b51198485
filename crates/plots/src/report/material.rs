//! What the page is made from: a folder of results, and the default view's costs.

use std::fs;
use std::path::{Path, PathBuf};

use harness::Error;

use crate::data::{self, Row, distinct};
use crate::report::costs::{self, Costs};
use crate::report::figures::{FIGURES, Source};

/// What messages cost.
pub const PING_PONG: &str = "ping-pong.csv";

/// All that the page shows.
pub struct Material {
    /// Where the files lie.
    pub folder: PathBuf,
    /// The default view's costs.
    pub costs: Costs,
    /// The picture of the set, a PNG file's bytes.
    pub set: Option<Vec<u8>>,
    /// The result files that there are, each once.
    files: Vec<(&'static str, Vec<Row>)>,
}

impl Material {
    /// Reads what lies in `folder`.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] where a file is there and cannot be read.
    pub fn load(folder: &Path, costs: Costs) -> Result<Self, Error> {
        let mut files: Vec<(&str, Vec<Row>)> = Vec::new();
        let shown = FIGURES.iter().filter_map(|figure| match figure.source {
            Source::Rows { file, .. } => Some(file),
            Source::Model(_) | Source::Traces => None,
        });
        for file in shown.chain([PING_PONG]) {
            let path = folder.join(file);
            if path.exists() && !files.iter().any(|(known, _)| *known == file) {
                files.push((file, data::read(&path)?));
            }
        }
        let path = folder.join("mandel.png");
        let bytes = path.exists().then(|| fs::read(&path)).transpose();
        let set = bytes.map_err(|error| {
            Error::failure(format!("cannot read {}: {error}", path.display()))
        })?;
        let mut material = Self { folder: folder.to_owned(), costs, set, files };
        if let Some(iterations) = material.measured_request() {
            material.costs.price = costs::price(iterations);
        }
        Ok(material)
    }

    /// What a request and its answer take in iterations: two messages of no
    /// bytes, as the ping-pong measured them.
    pub fn measured_request(&self) -> Option<u64> {
        let alpha_s =
            self.rows(PING_PONG)?.iter().find_map(|row| row.number("alpha_s"))?;
        let iterations = 2e9 * alpha_s / self.nanoseconds_per_iteration()?;
        Some(iterations.round() as u64)
    }

    /// The rows of a result file, if it is there.
    pub fn rows(&self, file: &str) -> Option<&[Row]> {
        let found = self.files.iter().find(|(name, _)| *name == file)?;
        Some(&found.1)
    }

    /// The values of a column in all files, each once, without empty ones.
    pub fn all(&self, column: &str) -> Vec<&str> {
        let rows = |file: &'static str| self.rows(file).unwrap_or_default();
        let values = self.files.iter().flat_map(|(file, _)| distinct(rows(file), column));
        let mut values: Vec<&str> = values.filter(|value| !value.is_empty()).collect();
        values.sort_unstable();
        values.dedup();
        values
    }

    /// The median time of an iteration of the scalar kernel in nanoseconds, as
    /// measured.
    pub fn nanoseconds_per_iteration(&self) -> Option<f64> {
        let rows = self.rows("mandel.csv")?;
        let is_it = |row: &&Row| row.text("implementation") == "mandel-serial scalar";
        let row = rows.iter().find(is_it)?;
        Some(row.number("median_s")? * 1e9 / row.number("iterations")?)
    }
}
