//! All that a run is going to write: settled before the work, published after it.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use super::object::{Figures, Record, field};
use crate::files::{self, Appended, Named, Output};
use crate::{Common, Error, program};

/// The files that a run is going to write, by their flags.
#[derive(Debug)]
pub struct Outputs {
    files: Vec<(&'static str, Output)>,
    csv: Option<Appended>,
    columns: Vec<String>,
}

impl Outputs {
    /// Makes sure, before the work, that everything can be written, and changes
    /// nothing.
    ///
    /// `inputs` are the files that the run reads, `flags` those that the topic
    /// writes, `figures` the names of the topic's share of the record.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if a file is to be written twice, or read and written;
    /// [`Error::Failure`] if one cannot be written, or the file of `--csv` has
    /// other columns than the record.
    pub fn settle(
        common: &Common,
        inputs: &[Named],
        flags: &[(&'static str, Option<&PathBuf>)],
        figures: &[&str],
    ) -> Result<Self, Error> {
        let flags = flags.iter().copied().chain([("--trace", common.trace.as_ref())]);
        let given = flags.filter_map(|(flag, path)| Some((flag, path?.as_path())));
        let files: Vec<(&str, &Path)> = given.collect();
        let csv = common.csv.as_deref().map(|path| ("--csv", path));
        files::distinct(inputs, &[&files[..], csv.as_slice()].concat())?;

        let create = |(flag, path)| Ok((flag, Output::create(path)?));
        let files = files.into_iter().map(create).collect::<Result<_, Error>>()?;
        let columns = Record::columns(figures);
        let csv = csv.map(|(_, path)| Appended::check(path, columns.clone()));
        Ok(Self { files, csv: csv.transpose()?, columns })
    }

    /// Writes the file of `flag` with `write`, if it is asked for.
    ///
    /// It gets its name when the run is published.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the disk is full.
    pub fn write(
        &self,
        flag: &str,
        write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let file = self.files.iter().find(|(given, _)| *given == flag);
        file.map_or(Ok(()), |(_, output)| output.fill(write))
    }

    /// Prints `text`, appends the `record` to `--csv` and gives all files their
    /// names: what fails most easily comes first, and then changes no file.
    pub(super) fn publish(self, text: &str, record: &Figures) -> Result<(), Error> {
        let names = record.keys();
        assert!(names.eq(&self.columns), "not the settled columns: {record:?}");
        program::print(text)?;
        if let Some(csv) = self.csv {
            csv.append(&record.values().map(field).collect::<Vec<_>>())?;
        }
        self.files.into_iter().try_for_each(|(_, output)| output.publish())
    }
}
