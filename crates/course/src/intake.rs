//! Taking in a student's files from a folder, which is not trusted.
//!
//! A link is never followed, nothing is run, and what is too large is left alone.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// What is known of a student's file.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Its bytes, without a byte order mark at the start: no editor shows it.
    Bytes(Vec<u8>),
    /// Why it was not read.
    Unread(&'static str),
}

/// The most that a file may hold to be read, and all read files together.
const FILE_BYTES: u64 = 8 << 20;
const READ_BYTES: u64 = 256 << 20;
/// The most files.
const FILES: usize = 100_000;

/// Folders and files that building, running, macOS or Windows leaves in a student's
/// tree, and what a handout for a room without a network brings, in small letters.
const LEFT_BY_TOOLS: [&str; 11] = [
    "target",
    ".git",
    ".mpi",
    ".cargo",
    "results",
    "vendor",
    "wheels",
    "__macosx",
    ".ds_store",
    "thumbs.db",
    "desktop.ini",
];

/// The files in `folder`, by their paths from there.
///
/// # Errors
///
/// If something in it cannot be read, or there is too much of it.
pub fn folder(folder: &Path) -> Result<BTreeMap<String, Content>, String> {
    let matters = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !is_left_by_tools(&entry.file_name().to_string_lossy())
    };
    let mut files = Files::default();
    // walkdir follows a link given as the root: that one is the teacher's own.
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_entry(matters) {
        let entry = entry.map_err(|error| error.to_string())?;
        let path =
            entry.path().strip_prefix(folder).expect("walkdir stays in its folder");
        let path = name(path);
        let kind = entry.file_type();
        if kind.is_file() {
            let file = fs::File::open(entry.path());
            files
                .keep(path.clone(), file.map_err(|error| format!("{path}: {error}"))?)?;
        } else if !kind.is_dir() {
            files.keep_unread(path, "not a plain file")?;
        }
    }
    Ok(files.by_path)
}

/// Files as they are collected, and the bytes that they take.
#[derive(Default)]
pub struct Files {
    /// By their paths.
    pub by_path: BTreeMap<String, Content>,
    bytes: u64,
}

impl Files {
    /// Keeps a file, and its content if that is not too large, whatever its size says.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or there is too much by now.
    pub fn keep(&mut self, path: String, content: impl Read) -> Result<(), String> {
        let mut bytes = Vec::new();
        let read = content.take(FILE_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| format!("{path}: {error}"))?;
        if bytes.len() as u64 > FILE_BYTES {
            return self.keep_unread(path, "too large to compare");
        }
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        self.bytes += bytes.len() as u64;
        self.by_path.insert(path, Content::Bytes(bytes));
        self.check()
    }

    /// Keeps the name of a file that is not read.
    ///
    /// # Errors
    ///
    /// If there is too much by now.
    pub fn keep_unread(
        &mut self,
        path: String,
        reason: &'static str,
    ) -> Result<(), String> {
        self.by_path.insert(path, Content::Unread(reason));
        self.check()
    }

    fn check(&self) -> Result<(), String> {
        if self.bytes > READ_BYTES || self.by_path.len() > FILES {
            let mebibytes = READ_BYTES >> 20;
            return Err(format!(
                "more than {mebibytes} MiB or {FILES} files: no submission"
            ));
        }
        Ok(())
    }
}

/// A path as text, each another one: a byte that is not UTF-8 is written `\xNN`,
/// and a backslash before an x therefore `\x5c`.
pub fn name(path: &Path) -> String {
    let mut name = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        name += &chunk.valid().replace("\\x", "\\x5cx");
        name.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    name
}

/// Whether a folder or file is one of those that tools and systems leave behind.
pub fn is_left_by_tools(name: &str) -> bool {
    LEFT_BY_TOOLS.contains(&&*name.to_lowercase()) || name.starts_with("._")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_large_or_no_file_is_named_and_not_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("large.rs"), vec![b' '; FILE_BYTES as usize + 1])
            .unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link.rs")).unwrap();
        let files = super::folder(folder.path()).unwrap();
        assert_eq!(files["large.rs"], Content::Unread("too large to compare"));
        assert_eq!(files["link.rs"], Content::Unread("not a plain file"));
    }

    #[test]
    fn a_file_has_its_own_name_and_no_byte_order_mark() {
        let folder = tempfile::tempdir().unwrap();
        let names = [&b"\xFE.rs"[..], b"\xFF.rs", b"\\xff.rs"];
        for name in names {
            let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
            // Some file systems take no such name.
            if fs::write(path, [b"\xEF\xBB\xBF", name].concat()).is_err() {
                return;
            }
        }
        let files = super::folder(folder.path()).unwrap();
        let found: Vec<(&str, &Content)> = files.iter().map(|(n, c)| (&**n, c)).collect();
        let bytes = names.map(|name| Content::Bytes(name.to_vec()));
        let [fe, ff, written] = &bytes;
        assert_eq!(found, [("\\x5cxff.rs", written), ("\\xfe.rs", fe), ("\\xff.rs", ff)]);
    }
}
