//! Result files: checked before the work, complete or absent after it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::Error;

/// A file that is going to be written.
///
/// It appears under its own name only when it is complete: until then it is
/// a temporary file in the same folder. An old file of that name survives a
/// failed run, and nobody ever sees half a file.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    target: Target,
}

#[derive(Debug)]
enum Target {
    /// A temporary file, and the name that it gets.
    Renamed(NamedTempFile, PathBuf),
    /// A device or a pipe such as /dev/stdout: there is nothing to rename.
    Direct(File),
}

impl Output {
    /// Makes sure that `path` can be written.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the folder is missing or not writable, or
    /// if `path` is a folder.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let target = open_target(path).map_err(|error| cannot_write(path, &error))?;
        Ok(Self { path: path.to_owned(), target })
    }

    /// Writes the whole file with `write` and gives it its name.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the disk is full or the folder has vanished.
    pub fn write(
        self,
        write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let written = match self.target {
            Target::Direct(file) => buffered(&file, write),
            Target::Renamed(file, name) => buffered(file.as_file(), write)
                .and_then(|()| file.persist(name).map_err(|error| error.error))
                .map(drop),
        };
        written.map_err(|error| cannot_write(&self.path, &error))
    }
}

/// Makes sure that each of the given paths can be written.
///
/// # Errors
///
/// As for [`Output::create`].
pub fn output(path: Option<&PathBuf>) -> Result<Option<Output>, Error> {
    path.map(|path| Output::create(path)).transpose()
}

/// One line of CSV appended to `path`, with the names of its columns before it
/// if the file is empty.
///
/// Both go out in one write in append mode, so that lines of programs that
/// run at the same time do not mix.
///
/// # Errors
///
/// [`Error::Failure`] if the file cannot be written, or begins with
/// another header.
pub fn append(
    path: &Path,
    names: &[impl AsRef<[u8]>],
    fields: &[impl AsRef<[u8]>],
) -> Result<(), Error> {
    let appended = || -> io::Result<()> {
        let (header, line) = (csv_line(names)?, csv_line(fields)?);
        let found = fs::read_to_string(path).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(String::new()),
            _ => Err(error),
        })?;
        let text = match found.lines().next() {
            None => format!("{header}{line}"),
            Some(first) if first == header.trim_end() => line,
            Some(_) => {
                return Err(io::Error::other("it has other columns; name a new file"));
            }
        };
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?
            .write_all(text.as_bytes())
    };
    appended().map_err(|error| cannot_write(path, &error))
}

/// The fields as one line of CSV, with its end.
fn csv_line(fields: &[impl AsRef<[u8]>]) -> io::Result<String> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(fields)?;
    let bytes = csv.into_inner().map_err(|error| error.into_error())?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// Makes sure that lines can be appended to `path`.
///
/// # Errors
///
/// [`Error::Failure`] if they cannot.
pub fn check_append(path: &Path) -> Result<(), Error> {
    let existed = path.exists();
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.map_err(|error| cannot_write(path, &error))?;
    if !existed {
        // A run that fails later leaves no empty file behind.
        fs::remove_file(path).map_err(|error| cannot_write(path, &error))?;
    }
    Ok(())
}

fn open_target(path: &Path) -> io::Result<Target> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err(io::Error::other("it is a folder")),
        Ok(found) if !found.is_file() => {
            return Ok(Target::Direct(OpenOptions::new().write(true).open(path)?));
        }
        _ => {}
    }
    // A link keeps pointing to the file that gets the new content.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let name = path.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
    let mut prefix = name.to_os_string();
    prefix.push(".part-");
    let mut builder = Builder::new();
    builder.prefix(&prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As other programs create files: the umask removes some permissions.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    Ok(Target::Renamed(file, path))
}

fn buffered(
    file: &File,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = BufWriter::new(file);
    write(&mut buffer)?;
    buffer.flush()
}

fn cannot_write(path: &Path, error: &io::Error) -> Error {
    Error::failure(format!("cannot write {}: {}", path.display(), reason(error)))
}

/// What went wrong with a file, without the temporary name that tempfile adds.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotADirectory => "not a folder on the way".to_owned(),
        io::ErrorKind::StorageFull => "no space left on the device".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_file_survives_a_run_that_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result");
        fs::write(&path, "old").unwrap();
        let output = Output::create(&path).unwrap();
        output.write(|_| Err(io::Error::other("failed half way"))).unwrap_err();
        drop(Output::create(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left behind"
        );
    }

    #[test]
    fn a_link_is_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        Output::create(&link).unwrap().write(|f| f.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_path_that_cannot_be_written_is_refused_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().join("missing/result"), folder.path().to_owned()] {
            let error = Output::create(&path).expect_err(&path.display().to_string());
            assert_eq!(error.status(), 1, "{error}");
            assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        }
    }

    #[test]
    fn a_header_is_written_once_and_another_one_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records.csv");
        check_append(&path).unwrap();
        assert!(!path.exists());
        append(&path, &["a", "b"], &["1", "2, 3"]).unwrap();
        append(&path, &["a", "b"], &["say \"hi\"", ""]).unwrap();
        append(&path, &["a", "c"], &["5", "6"]).unwrap_err();
        let expected = "a,b\n1,\"2, 3\"\n\"say \"\"hi\"\"\",\n";
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    }
}
