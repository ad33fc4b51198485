//! Which documents are counted: found and checked before anybody counts.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::stream;
use crate::{Error, memory};

/// A file whose words are counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The path as it was given, or found below the folder that was given.
    pub path: PathBuf,
    /// The number of its bytes.
    pub bytes: u64,
    /// All of it, if it can only be read in order, or if its size is not that of its
    /// content: a pipe, a device, a file of /proc or /sys.
    pub text: Option<Arc<[u8]>>,
}

impl Document {
    /// The whole document.
    ///
    /// # Errors
    ///
    /// If the file is gone, or cannot be read any more.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        self.text.as_ref().map_or_else(|| fs::read(&self.path), |text| Ok(text.to_vec()))
    }

    /// What the document is called, see [`name`].
    pub fn name(&self) -> String {
        name(&self.path)
    }
}

/// The folder that is counted where no path is given.
const DEFAULT: &str = "data/";

/// The documents that `paths` stand for, in that order.
///
/// A folder stands for its `*.txt` files at any depth, in byte order of the
/// whole path; as in a shell, names that begin with a dot are left out, such
/// as the `._*` that macOS adds. Links to files are followed, links to folders
/// are not, except for a path that was given. What is named twice is listed
/// twice. What can only be read in order is read here.
///
/// # Errors
///
/// [`Error::Failure`] if a file or folder is missing or not readable, or if a
/// folder has no `*.txt` file.
pub fn list(paths: &[PathBuf]) -> Result<Vec<Document>, Error> {
    if paths.is_empty() {
        return list_default();
    }
    let mut documents: Vec<Document> = Vec::new();
    for path in paths {
        let is_folder = stream::descriptor(path).is_none() && path.is_dir();
        let read =
            |document: &&Document| document.path == *path && document.text.is_some();
        if is_folder {
            documents.extend(list_folder(path)?);
        } else if let Some(document) = documents.iter().find(read) {
            // A pipe that is named twice has no second text.
            documents.push(document.clone());
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
    let is_hidden = |entry: &DirEntry| {
        entry.depth() > 0 && entry.file_name().as_bytes().starts_with(b".")
    };
    for entry in WalkDir::new(folder).into_iter().filter_entry(|entry| !is_hidden(entry))
    {
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
            name(folder)
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
    let content = || -> io::Result<(u64, Option<Arc<[u8]>>)> {
        let descriptor = stream::descriptor(&path);
        let opened = descriptor.as_ref().unwrap_or(&path);
        let found = fs::metadata(opened)?;
        if descriptor.is_none()
            && found.is_file()
            && ends_at(&File::open(opened)?, found.len())?
        {
            return Ok((found.len(), None));
        }
        let text = stream::read(opened)?;
        Ok((text.len() as u64, Some(text.into())))
    };
    let (bytes, text) = content().map_err(|error| cannot_read(&path, &error))?;
    Ok(Document { path, bytes, text })
}

/// Whether a file ends where its size says. One of /proc has the size 0, one of
/// /sys that of a page, so an empty file may have content.
fn ends_at(file: &File, bytes: u64) -> io::Result<bool> {
    let Some(last) = bytes.checked_sub(1) else { return Ok(false) };
    Ok(file.read_at(&mut [0; 2], last)? == 1)
}

/// One line that names the document and what is wrong with it.
pub fn cannot_read(path: &Path, error: &io::Error) -> Error {
    let reason = match error.kind() {
        io::ErrorKind::NotFound if stream::descriptor(path).is_some() => {
            "no rank has it: name a file or a named pipe".to_owned()
        }
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotADirectory => "not a folder on the way".to_owned(),
        io::ErrorKind::UnexpectedEof => "it changed while it was counted".to_owned(),
        _ => error.to_string(),
    };
    Error::failure(format!("cannot read {}: {reason}", name(path)))
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

/// The list as a message: each document's size, whether its text follows, its
/// path, a NUL, the text.
pub fn to_bytes(documents: &[Document]) -> Vec<u8> {
    let mut message = Vec::new();
    for Document { path, bytes, text } in documents {
        message.extend_from_slice(format!("{bytes} {} ", text.is_some()).as_bytes());
        message.extend_from_slice(bytes_of(path));
        message.push(0);
        message.extend_from_slice(text.as_deref().unwrap_or_default());
    }
    message
}

/// The list of a message.
///
/// # Panics
///
/// If [`to_bytes`] did not make it.
pub fn from_bytes(mut message: &[u8]) -> Vec<Document> {
    let mut documents = Vec::new();
    let first = |message: &mut &[u8]| -> Option<Document> {
        let (head, rest) = message.split_at(message.iter().position(|&byte| byte == 0)?);
        let mut fields = head.splitn(3, |&byte| byte == b' ');
        let bytes = str::from_utf8(fields.next()?).ok()?.parse().ok()?;
        let follows = fields.next()? == b"true";
        let path = OsString::from_vec(fields.next()?.to_vec()).into();
        let length = if follows { bytes as usize } else { 0 };
        let (text, rest) = rest[1..].split_at_checked(length)?;
        *message = rest;
        Some(Document { path, bytes, text: follows.then(|| text.into()) })
    };
    while !message.is_empty() {
        documents.push(first(&mut message).expect("a size, a path, its text"));
    }
    documents
}

/// A path's bytes, UTF-8 or not.
pub fn bytes_of(path: &Path) -> &[u8] {
    OsStr::as_bytes(path.as_os_str())
}

/// A path as text, each another one: a byte that is not UTF-8 is written `\xNN`,
/// and a backslash before an x therefore `\x5c`.
pub fn name(path: &Path) -> String {
    let mut name = String::new();
    for chunk in bytes_of(path).utf8_chunks() {
        name += &chunk.valid().replace("\\x", "\\x5cx");
        name.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    name
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
            "._a.txt",
            "a/._x.txt",
            "a/.hidden/x.txt",
        ]);
        fs::create_dir(folder.path("folder.txt")).unwrap();
        let expected = ["B.txt", "a-b.txt", "a.txt", "a/deep/er/y.txt", "a/x.txt"];
        assert_eq!(listed(&folder, &[""]).unwrap(), expected);
        let named = ["no", "a", "a/x.txt", "._a.txt", "no", "a/.hidden"];
        let expected = [
            "no",
            "a/deep/er/y.txt",
            "a/x.txt",
            "a/x.txt",
            "._a.txt",
            "no",
            "a/.hidden/x.txt",
        ];
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
    }

    #[test]
    fn content_without_its_size_is_read_in_order() {
        let folder = folder(&["empty.txt", "plain.txt"]);
        fs::write(folder.path("empty.txt"), "").unwrap();
        let document = |path: &Path| list(&[path.to_owned()]).unwrap().remove(0);
        let plain = document(&folder.path("plain.txt"));
        assert_eq!((plain.bytes, plain.text), (9, None));
        for path in ["/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"] {
            let Ok(text) = fs::read(path) else { continue };
            assert_ne!(fs::metadata(path).unwrap().len(), text.len() as u64, "{path}");
            let found = document(Path::new(path));
            assert_eq!(found.bytes, text.len() as u64, "{path}");
            assert_eq!(found.read().unwrap(), text, "{path}");
        }
        for path in [Path::new("/dev/null"), &folder.path("empty.txt")] {
            assert_eq!(document(path).bytes, 0, "{}", path.display());
        }
        let error = list(&["/dev/zero".into()]).unwrap_err().to_string();
        assert!(error.contains("/dev/zero: it has more than 256 MiB"), "{error}");
    }

    #[test]
    fn no_two_paths_have_the_same_name() {
        let names = [
            (&b"a/\xC3\xA9.txt"[..], "a/\u{e9}.txt"),
            (b"a\xFF", "a\\xff"),
            (b"a\xFE\xFF", "a\\xfe\\xff"),
            (b"a\\xff", "a\\x5cxff"),
            (b"a\\x5cxff", "a\\x5cx5cxff"),
            (b"a\\\xFF", "a\\\\xff"),
            (b"a\xEF\xBF\xBD", "a\u{fffd}"),
            (b"a\\b\\", "a\\b\\"),
        ];
        for (path, expected) in names {
            assert_eq!(name(OsStr::from_bytes(path).as_ref()), expected);
        }
    }

    #[test]
    fn a_list_survives_its_message() {
        for list in [
            vec![],
            vec![
                Document { path: "a b/c\n.txt".into(), bytes: 0, text: None },
                Document { path: "p".into(), bytes: 4, text: Some(Arc::from(*b"\0 1 ")) },
                Document { path: "q".into(), bytes: 0, text: Some(Arc::from([])) },
                Document {
                    path: OsString::from_vec(vec![b'x', 0xFF]).into(),
                    bytes: u64::MAX,
                    text: None,
                },
            ],
        ] {
            assert_eq!(from_bytes(&to_bytes(&list)), list);
        }
    }
}
