//! Which documents are counted: found and checked before anybody counts.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::{Error, memory};

/// A file whose words are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The path as it was given, or found below the folder that was given.
    pub path: PathBuf,
    /// The size of the file.
    pub bytes: u64,
}

/// The folder that is counted where no path is given.
const DEFAULT: &str = "data/";

/// The documents that `paths` stand for, in that order.
///
/// A folder stands for its `*.txt` files at any depth, in byte order of the
/// whole path. Links to files are followed, links to folders are not, except
/// for a path that was given. What is named twice is listed twice.
///
/// # Errors
///
/// [`Error::Failure`] if a file or folder is missing or not readable, is
/// neither file nor folder, or if a folder has no `*.txt` file.
pub fn list(paths: &[PathBuf]) -> Result<Vec<Document>, Error> {
    if paths.is_empty() {
        return list_default();
    }
    let mut documents = Vec::new();
    for path in paths {
        let found = fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
        if found.is_dir() {
            documents.extend(list_folder(path)?);
        } else {
            documents.push(document(path.clone())?);
        }
    }
    Ok(documents)
}

fn list_default() -> Result<Vec<Document>, Error> {
    let folder = Path::new(DEFAULT);
    if folder.is_dir() {
        return list_folder(folder);
    }
    Err(Error::failure(format!(
        "there is no folder {DEFAULT} here: name documents or folders to count, or run \
         this in the folder that has one"
    )))
}

fn list_folder(folder: &Path) -> Result<Vec<Document>, Error> {
    let mut paths = Vec::new();
    for entry in WalkDir::new(folder) {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            cannot_read(&path, &error.into())
        })?;
        let is_text = entry.file_name().as_bytes().ends_with(b".txt");
        // A pipe or a folder with such a name is no document.
        if is_text && (entry.file_type().is_file() || links_to_file(entry.path())) {
            paths.push(entry.into_path());
        }
    }
    if paths.is_empty() {
        return Err(Error::failure(format!(
            "{} has no *.txt file: name its documents one by one, or another folder",
            folder.display()
        )));
    }
    paths.sort_by(|a, b| bytes_of(a).cmp(bytes_of(b)));
    paths.into_iter().map(document).collect()
}

/// Whether `path` is a link, and not one to a folder: a broken one is an
/// error later, because it looks like a document.
fn links_to_file(path: &Path) -> bool {
    path.is_symlink() && !path.is_dir()
}

/// The file at `path`, which must be readable.
fn document(path: PathBuf) -> Result<Document, Error> {
    // A pipe would wait here for its writer, and its bytes cannot be shared.
    let found = fs::metadata(&path).map_err(|error| cannot_read(&path, &error))?;
    if !found.is_file() {
        let reason = io::Error::other("it is neither a file nor a folder");
        return Err(cannot_read(&path, &reason));
    }
    File::open(&path).map_err(|error| cannot_read(&path, &error))?;
    Ok(Document { path, bytes: found.len() })
}

/// One line that names the document and what is wrong with it.
pub fn cannot_read(path: &Path, error: &io::Error) -> Error {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotADirectory => "not a folder on the way".to_owned(),
        io::ErrorKind::UnexpectedEof => "it changed while it was counted".to_owned(),
        _ => error.to_string(),
    };
    Error::failure(format!("cannot read {}: {reason}", path.display()))
}

/// Makes sure that the documents' words fit in the memory of so many machines, and
/// each worker's share of them in its own.
///
/// # Errors
///
/// [`Error::Failure`] if they do not.
pub fn require_memory(
    documents: &[Document],
    machines: usize,
    workers: usize,
) -> Result<(), Error> {
    let bytes: u64 = documents.iter().map(|document| document.bytes).sum();
    let [together, own] = [machines, workers].map(|parts| Some(bytes / parts as u64));
    memory::require_together(together, own, "the documents' words")
}

/// The list as a message: each document's size, a space, its path, a NUL.
pub fn to_bytes(documents: &[Document]) -> Vec<u8> {
    let mut message = Vec::new();
    for document in documents {
        message.extend_from_slice(format!("{} ", document.bytes).as_bytes());
        message.extend_from_slice(bytes_of(&document.path));
        message.push(0);
    }
    message
}

/// The list of a message.
///
/// # Panics
///
/// If [`to_bytes`] did not make it.
pub fn from_bytes(message: &[u8]) -> Vec<Document> {
    let records = message.split_inclusive(|&byte| byte == 0);
    let document = |record: &[u8]| {
        let space = record.iter().position(|&byte| byte == b' ')?;
        let bytes = str::from_utf8(&record[..space]).ok()?.parse().ok()?;
        let path = record[space + 1..].strip_suffix(b"\0")?.to_vec();
        Some(Document { path: std::ffi::OsString::from_vec(path).into(), bytes })
    };
    records.map(|record| document(record).expect("a size, a space, a path")).collect()
}

/// A path's bytes, UTF-8 or not.
pub fn bytes_of(path: &Path) -> &[u8] {
    OsStr::as_bytes(path.as_os_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::Folder;

    fn folder(files: &[&str]) -> Folder {
        let folder = Folder::new();
        for file in files {
            let path = folder.path(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        folder
    }

    fn listed(folder: &Folder, names: &[&str]) -> Result<Vec<String>, Error> {
        let paths: Vec<PathBuf> = names.iter().map(|name| folder.path(name)).collect();
        let top = folder.path("");
        let name = |document: Document| {
            document.path.strip_prefix(&top).unwrap().display().to_string()
        };
        Ok(list(&paths)?.into_iter().map(name).collect())
    }

    #[test]
    fn a_folder_stands_for_its_texts_in_byte_order_of_the_whole_path() {
        let folder = folder(&[
            "a/x.txt",
            "a-b.txt",
            "a.txt",
            "B.txt",
            "a/deep/er/y.txt",
            "a/z.md",
            "no",
            ".txt",
        ]);
        fs::create_dir(folder.path("folder.txt")).unwrap();
        let expected =
            [".txt", "B.txt", "a-b.txt", "a.txt", "a/deep/er/y.txt", "a/x.txt"];
        assert_eq!(listed(&folder, &[""]).unwrap(), expected);
        let named = ["no", "a", "a/x.txt", "no"];
        let expected = ["no", "a/deep/er/y.txt", "a/x.txt", "a/x.txt", "no"];
        assert_eq!(listed(&folder, &named).unwrap(), expected);
    }

    #[test]
    fn links_to_files_are_followed_and_links_to_folders_only_where_given() {
        let folder = folder(&["a/x.txt", "b/y.txt"]);
        let link = |to: &str, at: &str| {
            std::os::unix::fs::symlink(folder.path(to), folder.path(at)).unwrap();
        };
        link("b/y.txt", "a/link.txt");
        link("b", "a/b");
        link("a", "a/round");
        link("b", "given");
        assert_eq!(listed(&folder, &["a"]).unwrap(), ["a/link.txt", "a/x.txt"]);
        assert_eq!(listed(&folder, &["given"]).unwrap(), ["given/y.txt"]);
        link("nothing", "a/broken.txt");
        let error = listed(&folder, &["a"]).unwrap_err().to_string();
        assert!(error.contains("a/broken.txt: no such file"), "{error}");
    }

    #[test]
    fn what_cannot_be_counted_is_named() {
        let folder = folder(&["a/x.md", "file", "b/z.txt"]);
        for (names, reason) in [
            (&["b", "missing"][..], "missing: no such file or folder"),
            (&["file/x"], "file/x: not a folder on the way"),
            (&["b", "a"], "a has no *.txt file"),
        ] {
            let error = listed(&folder, names).expect_err(reason);
            assert_eq!(error.status(), 1, "{error}");
            assert!(error.to_string().contains(reason), "{error}");
        }
        let error = list(&["/dev/null".into()]).unwrap_err().to_string();
        assert!(
            error.contains("/dev/null: it is neither a file nor a folder"),
            "{error}"
        );
    }

    #[test]
    fn a_list_survives_its_message() {
        for list in [
            vec![],
            vec![
                Document { path: "a b/c\n.txt".into(), bytes: 0 },
                Document {
                    path: std::ffi::OsString::from_vec(vec![b'x', 0xFF]).into(),
                    bytes: u64::MAX,
                },
            ],
        ] {
            assert_eq!(from_bytes(&to_bytes(&list)), list);
        }
    }
}
