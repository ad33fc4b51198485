//! A file that grows by a line of CSV with every run.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::cannot_write;
use super::place::Place;
use crate::Error;

/// A CSV file that gets one more line.
#[derive(Debug)]
pub struct Appended {
    path: PathBuf,
    columns: Vec<String>,
    place: Place,
    stream: Option<File>,
}

impl Appended {
    /// Makes sure that lines with these columns can be appended to `path`, and
    /// changes nothing there.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if they cannot, or if it begins with another header.
    pub fn check(path: &Path, columns: Vec<String>) -> Result<Self, Error> {
        let checked = || -> io::Result<(Place, Option<File>)> {
            let place = Place::of(path)?;
            let stream = place.stream()?;
            match &place.found {
                _ if stream.is_some() => {}
                Some(_) => drop(begin(&mut open(&place.path)?, &columns)?),
                None => drop(tempfile::tempfile_in(place.folder())?),
            }
            Ok((place, stream))
        };
        let (place, stream) = checked().map_err(|error| cannot_write(path, &error))?;
        Ok(Self { path: path.to_owned(), columns, place, stream })
    }

    /// Appends the `fields` as a line, with the header before it if the file is
    /// empty.
    ///
    /// Both go out in one write. Whoever appends to the file locks it, so that it
    /// is still empty, or still ends there, when they arrive.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the file cannot be written, or has another header
    /// by now; it is then as it was.
    pub fn append(self, fields: &[String]) -> Result<(), Error> {
        let appended = || -> io::Result<()> {
            if let Some(mut stream) = self.stream {
                let lines = [csv_line(&self.columns)?, csv_line(fields)?].concat();
                return stream.write_all(&lines);
            }
            let mut file = open(&self.place.path)?;
            // A file system without locks has only the single write.
            let _ = file.lock();
            let mut line = begin(&mut file, &self.columns)?;
            line.extend(csv_line(fields)?);
            let length = file.metadata()?.len();
            file.write_all(&line).inspect_err(|_| {
                // A full disk takes a part of a line.
                let _ = file.set_len(length);
            })
        };
        appended().map_err(|error| cannot_write(&self.path, &error))
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).open(path)
}

/// What comes before the next line in the file: the header if it is empty, the
/// end of the last line if that lacks it.
fn begin(file: &mut File, columns: &[String]) -> io::Result<Vec<u8>> {
    let mut found = Vec::new();
    file.read_to_end(&mut found)?;
    // csv drops a byte order mark, and reads a header however it is quoted.
    let mut reader = csv::Reader::from_reader(&found[..]);
    let header = reader.byte_headers()?;
    if header.is_empty() {
        return csv_line(columns);
    }
    if !header.iter().eq(columns.iter().map(String::as_bytes)) {
        return Err(io::Error::other("it has other columns; name a new file"));
    }
    if found.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        return Err(io::Error::other("its last quote is not closed; name a new file"));
    }
    Ok(if found.ends_with(b"\n") { Vec::new() } else { b"\n".to_vec() })
}

/// The fields as one line of CSV, with its end.
fn csv_line(fields: &[String]) -> io::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(fields)?;
    csv.into_inner().map_err(|error| error.into_error())
}
