//! What the page is made from: a folder of results, and the default view's costs.

use std::fs;
use std::path::{Path, PathBuf};

use harness::Error;

use crate::data::{self, Row, distinct};
use crate::report::costs::{self, Costs};
use crate::{figures, set};

/// The times of the schedules.
pub const MANDEL: &str = set::RECORDS;
/// What messages cost.
pub const PING_PONG: &str = "ping-pong.csv";
/// The picture of the set.
pub const SET: &str = set::PICTURE;

/// All that the page shows.
pub struct Material {
    /// The folder of this machine's results.
    results: PathBuf,
    /// The default view's costs.
    pub costs: Costs,
    /// The picture of the set, a PNG file's bytes.
    pub set: Option<Vec<u8>>,
    /// The result files that there are, each once, and whose they are.
    files: Vec<(&'static str, Origin, Vec<Row>)>,
    /// The traces of this machine's runs, or else those of the reference.
    pub traces: (Origin, Vec<PathBuf>),
}

/// On which machine something was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On that of the folder of results.
    Here,
    /// On another one, whose results are in the folder `reference`.
    Reference,
}

impl Material {
    /// Reads what lies in `results`, and what is missing there in its folder
    /// `reference`.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if a file is there and cannot be read.
    pub fn load(results: &Path, costs: Costs) -> Result<Self, Error> {
        let (results, traces) = (results.to_owned(), (Origin::Here, Vec::new()));
        let mut material = Self { results, costs, set: None, files: Vec::new(), traces };
        let of = |origin| (origin, data::traces(&material.folder(origin)));
        let found = [Origin::Here, Origin::Reference].map(of);
        if let Some(traces) = found.into_iter().find(|(_, files)| !files.is_empty()) {
            material.traces = traces;
        }
        for file in figures::files() {
            let path = material.path(file);
            if path.exists() && material.rows(file).is_none() {
                let origin = material.origin(file);
                material.files.push((file, origin, data::read(&path)?));
            }
        }
        let path = material.path(SET);
        material.set = set::picture(&material.results)?;
        if material.set.is_none() && path.exists() {
            let bytes = fs::read(&path).map_err(|error| {
                Error::failure(format!("cannot read {}: {error}", path.display()))
            })?;
            material.set = Some(bytes);
        }
        if let Some(iterations) = material.measured_request() {
            material.costs.price = costs::price(iterations);
        }
        Ok(material)
    }

    /// Where a file lies; where there is none, where it would.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder(self.origin(file)).join(file)
    }

    /// Whose a file is.
    pub fn origin(&self, file: &str) -> Origin {
        let is_in = |origin| self.folder(origin).join(file).exists();
        match !is_in(Origin::Here) && is_in(Origin::Reference) {
            true => Origin::Reference,
            false => Origin::Here,
        }
    }

    /// The folder of what was measured there.
    pub fn folder(&self, origin: Origin) -> PathBuf {
        match origin {
            Origin::Here => self.results.clone(),
            Origin::Reference => self.results.join("reference"),
        }
    }

    /// Whether anything was measured there.
    pub fn has_any(&self, origin: Origin) -> bool {
        let (traced, traces) = &self.traces;
        self.files.iter().any(|file| file.1 == origin)
            || (*traced == origin && !traces.is_empty())
    }

    /// Whether what was measured there stands among results of this machine.
    pub fn is_foreign(&self, origin: Origin) -> bool {
        origin == Origin::Reference && self.has_any(Origin::Here)
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
        let found = self.files.iter().find(|(name, ..)| *name == file)?;
        Some(&found.2)
    }

    /// The values of a column in all files of one machine, each once, without
    /// empty ones.
    pub fn all(&self, column: &str, origin: Origin) -> Vec<&str> {
        let files = self.files.iter().filter(|(_, whose, _)| *whose == origin);
        let values = files.flat_map(|(.., rows)| distinct(rows, column));
        let mut values: Vec<&str> = values.filter(|value| !value.is_empty()).collect();
        values.sort_unstable();
        values.dedup();
        values
    }

    /// The median time of an iteration of the scalar kernel in nanoseconds, as
    /// measured.
    pub fn nanoseconds_per_iteration(&self) -> Option<f64> {
        let rows = self.rows(MANDEL)?;
        let is_it = |row: &&Row| row.text("implementation") == "mandel-serial scalar";
        let row = rows.iter().find(is_it)?;
        Some(row.number("median_s")? * 1e9 / row.number("iterations")?)
    }
}
