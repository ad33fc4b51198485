//! Taking in a student's files from a folder or a tarball, neither of them trusted.
//!
//! A tarball is read in memory and never unpacked, a link is never followed,
//! nothing is run, and what is too large is left alone.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

use flate2::read::MultiGzDecoder;

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
/// The most that a tarball may unpack to, what is not read included.
const UNPACKED_BYTES: u64 = 1 << 30;
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

/// The files in a .tar.gz, by their paths in it.
///
/// # Errors
///
/// If it is damaged, too large, or has an entry that leads out of it.
pub fn tarball(tarball: impl Read) -> Result<BTreeMap<String, Content>, String> {
    tarball_of_at_most(UNPACKED_BYTES, tarball)
}

fn tarball_of_at_most(
    bytes: u64,
    tarball: impl Read,
) -> Result<BTreeMap<String, Content>, String> {
    let unreadable = |error: io::Error| {
        format!("not a readable .tar.gz ({error}); unpack it, and name the folder")
    };
    let bounded = Bounded { inner: MultiGzDecoder::new(tarball), left: bytes };
    let mut archive = tar::Archive::new(bounded);
    let mut files = Files::default();
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let path = inside(&entry.path().map_err(unreadable)?)?;
        let kind = entry.header().entry_type();
        if kind.is_dir() || path.split('/').any(is_left_by_tools) {
            continue;
        }
        if kind.is_file() {
            files.keep(path, &mut entry)?;
        } else if !kind.is_pax_global_extensions() {
            files.keep_unread(path, "not a plain file")?;
        }
    }
    // tar stops at its last entry; the checksum of gzip comes after it.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(unreadable)?;
    Ok(files.by_path)
}

/// Files as they are collected, and the bytes that they take.
#[derive(Default)]
struct Files {
    by_path: BTreeMap<String, Content>,
    bytes: u64,
}

impl Files {
    /// Keeps a file, and its content if that is not too large, whatever its size says.
    fn keep(&mut self, path: String, content: impl Read) -> Result<(), String> {
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

    fn keep_unread(&mut self, path: String, reason: &'static str) -> Result<(), String> {
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

/// A reader that fails, instead of ending, at its limit: a few
/// kilobytes of gzip can hold gigabytes.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::other(
                "it unpacks to more than a submission may; is a target folder in it?",
            )
        })?;
        Ok(read)
    }
}

/// `path` with `/` and without `.`; an error if it leaves the tarball.
fn inside(path: &Path) -> Result<String, String> {
    let mut names = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => names.push(name(part.as_ref())),
            Component::CurDir => {}
            _ => {
                return Err(format!(
                    "its entry {} leads out of the tarball",
                    path.display()
                ));
            }
        }
    }
    Ok(names.join("/"))
}

/// A path as text, each another one: a byte that is not UTF-8 is written `\xNN`,
/// and a backslash before an x therefore `\x5c`.
fn name(path: &Path) -> String {
    let mut name = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        name += &chunk.valid().replace("\\x", "\\x5cx");
        name.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    name
}

fn is_left_by_tools(name: &str) -> bool {
    LEFT_BY_TOOLS.contains(&&*name.to_lowercase()) || name.starts_with("._")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut archive = tar::Builder::new(gzip);
        for (path, bytes) in entries {
            let mut header = tar::Header::new_gnu();
            // set_path refuses what a hostile tarball holds.
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            archive.append(&header, *bytes).unwrap();
        }
        archive.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn a_path_out_of_the_tarball_is_refused() {
        for path in ["../evil.rs", "rows/../../evil.rs", "/etc/evil.rs"] {
            let bytes = packed(&[("rows/src/main.rs", b""), (path, b"evil")]);
            let expected = format!("its entry {path} leads out of the tarball");
            assert_eq!(tarball(bytes.as_slice()), Err(expected), "{path}");
        }
    }

    #[test]
    fn a_tarball_that_unpacks_to_too_much_is_refused() {
        let zeros = vec![0; 1 << 20];
        let bytes = packed(&[("target/huge", &zeros)]);
        assert!(bytes.len() < 1 << 14, "{} bytes hold a megabyte", bytes.len());
        let error = tarball_of_at_most(1 << 19, bytes.as_slice()).unwrap_err();
        assert!(error.contains("unpacks to more than"), "{error}");
        assert_eq!(tarball_of_at_most(1 << 21, bytes.as_slice()), Ok(BTreeMap::new()));
    }

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
    fn what_tools_leave_behind_is_not_read() {
        let entries: [(&str, &[u8]); 9] = [
            ("./rows/src/main.rs", b"fn main() {}"),
            ("rows/target/debug/rows", b"x"),
            ("rows/.git/config", b"x"),
            ("rows/._src", b"x"),
            ("__MACOSX/rows/src/main.rs", b"x"),
            ("rows/.DS_Store", b"x"),
            ("rows/src/Thumbs.db", b"x"),
            ("rows/Desktop.ini", b"x"),
            ("rows/src/desktop.ini.rs", b""),
        ];
        let files = tarball(packed(&entries).as_slice()).unwrap();
        let expected = ["rows/src/desktop.ini.rs", "rows/src/main.rs"];
        assert_eq!(files.keys().collect::<Vec<_>>(), expected);
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

    #[test]
    fn a_damaged_tarball_is_an_error() {
        let bytes = packed(&[("rows/src/main.rs", &[b'x'; 5000])]);
        for end in [0, 5, bytes.len() / 2, bytes.len() - 1] {
            assert!(tarball(&bytes[..end]).is_err(), "cut after {end} bytes");
        }
        let error = tarball(&b"not a tarball"[..]).unwrap_err();
        assert!(error.starts_with("not a readable .tar.gz"), "{error}");
    }
}
