//! What a run has left, read as if by an enemy: plain files only, up to a size.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat};
use serde_json::Value;

/// More bytes than any right result of a trial has.
const MOST: u64 = 64 << 20;

/// The bytes of the file `path`.
///
/// # Errors
///
/// In words, if it is not there, is a link or a pipe, or larger than any right one.
pub fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // Opening a pipe would wait for its other end, and a link may lead anywhere.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match openat(CWD, path, flags, Mode::empty()) {
        Ok(file) => file,
        Err(rustix::io::Errno::NOENT) => return Err(format!("{name} was not written")),
        Err(error) => return Err(format!("{name} cannot be read: {error}")),
    };
    let is_file = |mode| FileType::from_raw_mode(mode) == FileType::RegularFile;
    if !fstat(&file).is_ok_and(|stat| is_file(stat.st_mode)) {
        return Err(format!("{name} is no plain file"));
    }
    let mut bytes = Vec::new();
    let read = File::from(file).take(MOST + 1).read_to_end(&mut bytes);
    match read {
        Ok(_) if bytes.len() as u64 > MOST => {
            Err(format!("{name} is larger than 64 MiB"))
        }
        Ok(_) => Ok(bytes),
        Err(error) => Err(format!("{name} cannot be read: {error}")),
    }
}

/// The numbers of a `.npy` file, row after row.
///
/// # Errors
///
/// In words, if it is none with `rows` rows and `columns` columns of that type.
pub fn numbers<T: harness::npy::Deserialize>(
    path: &Path,
    [rows, columns]: [usize; 2],
) -> Result<Vec<T>, String> {
    let bytes = bytes(path)?;
    let file = harness::npy::open(&bytes[..]).map_err(|error| error.to_string())?;
    if *file.shape() != [rows as u64, columns as u64] {
        return Err(format!("the result has the shape {:?}", file.shape()));
    }
    harness::npy::numbers(file).map_err(|error| error.to_string())
}

/// The rows of a CSV file, the first one its header.
///
/// # Errors
///
/// In words, if it is none.
pub fn table(path: &Path) -> Result<Vec<Vec<String>>, String> {
    let bytes = bytes(path)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
    let rows = reader.records().map(|row| {
        let row = row.map_err(|error| error.to_string())?;
        Ok(row.iter().map(str::to_owned).collect())
    });
    rows.collect()
}

/// The value in a JSON file.
///
/// # Errors
///
/// In words, if there is none.
pub fn json(path: &Path) -> Result<Value, String> {
    serde_json::from_slice(&bytes(path)?).map_err(|error| error.to_string())
}

/// The figure `name` of the record in the file of `--csv`, as JSON.
///
/// # Errors
///
/// In words, if there is none.
pub fn figure(path: &Path, name: &str) -> Result<Value, String> {
    let table = table(path)?;
    let [header, record, ..] = &table[..] else { return Err("no record".into()) };
    let place = header.iter().position(|column| column == name);
    let text = place.and_then(|place| record.get(place));
    let text = text.ok_or_else(|| format!("the record has no {name}"))?;
    serde_json::from_str(text).map_err(|error| format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_plain_files_of_a_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("plain"), "hello").unwrap();
        assert_eq!(bytes(&path("plain")).unwrap(), b"hello");
        std::os::unix::fs::symlink(path("plain"), path("link")).unwrap();
        fs::create_dir(path("folder")).unwrap();
        File::create(path("huge")).unwrap().set_len(MOST + 1).unwrap();
        rustix::fs::mknodat(
            CWD,
            path("pipe"),
            FileType::Fifo,
            Mode::RUSR | Mode::WUSR,
            0,
        )
        .unwrap();
        for (name, why) in [
            ("link", "cannot be read"),
            ("folder", "no plain file"),
            ("huge", "larger than 64 MiB"),
            ("pipe", "no plain file"),
            ("missing", "missing was not written"),
        ] {
            let error = bytes(&path(name)).unwrap_err();
            assert!(error.contains(why), "{name}: {error}");
        }
    }

    #[test]
    fn a_figure_is_taken_from_the_record() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.csv");
        fs::write(&path, "program,hosts,sums\np,1,\"{\"\"a\"\": [1, 2]}\"\n").unwrap();
        assert_eq!(figure(&path, "sums").unwrap()["a"][1], 2);
        assert!(figure(&path, "words").unwrap_err().contains("no words"));
    }
}
