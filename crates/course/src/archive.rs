//! Taking in a student's files from an archive, which is not trusted.
//!
//! It is read in memory and never unpacked. What it is, its first bytes say.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Component, Path};
use std::process::{Command, Stdio};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use crate::intake::{Content, Files, is_left_by_tools, name};

/// The most that an archive may unpack to, what is not read included.
const UNPACKED_BYTES: u64 = 1 << 30;

/// What the program that unpacks a .tar.xz may take: `xz -9` needs 65 MiB.
const XZ_MEMORY: &str = "--memlimit=256MiB";

/// The files in a .tar.gz, a .tar.xz or a .zip, by their paths in it.
///
/// # Errors
///
/// If it is none of them, damaged, too large, or has an entry that leads out of it.
pub fn read(mut file: File) -> Result<BTreeMap<String, Content>, String> {
    let mut magic = Vec::new();
    let begun = (&mut file).take(6).read_to_end(&mut magic);
    begun.and_then(|_| file.rewind()).map_err(|error| error.to_string())?;
    match &magic[..] {
        [0x1f, 0x8b, ..] => tarball(UNPACKED_BYTES, MultiGzDecoder::new(file)),
        b"\xFD7zXZ\0" => xz(file),
        [b'P', b'K', 3 | 5, ..] => zip(UNPACKED_BYTES, file),
        _ => Err(unreadable("it is none of them")),
    }
}

fn unreadable(why: impl std::fmt::Display) -> String {
    format!(
        "not a readable .tar.gz, .tar.xz or .zip ({why}); unpack it, and name the folder"
    )
}

/// The files in `tarball`, which may hold so many `bytes`.
fn tarball(bytes: u64, tarball: impl Read) -> Result<BTreeMap<String, Content>, String> {
    let bounded = Bounded { inner: tarball, left: bytes };
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
    // tar stops at its last entry; the checksum comes after it.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(unreadable)?;
    Ok(files.by_path)
}

/// The files in a .tar.xz. The program `xz` is on any machine that has tar; a library
/// for it would bring ten crates, and every student would wait until they are compiled.
fn xz(file: File) -> Result<BTreeMap<String, Content>, String> {
    let mut command = Command::new("xz");
    command.args(["--decompress", "--stdout", XZ_MEMORY]).stdin(file);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = child.map_err(|error| unreadable(format!("xz: {error}")))?;
    let files = tarball(UNPACKED_BYTES, child.stdout.take().expect("it is piped"));
    // Should it still write, it is ended: nobody reads any more.
    if files.is_err() {
        let _ = child.kill();
    }
    match child.wait() {
        Ok(status) if status.success() => files,
        _ => Err(files.err().unwrap_or_else(|| unreadable("xz finds it damaged"))),
    }
}

/// The files in a .zip, which may hold so many `bytes`.
fn zip(bytes: u64, file: impl Read + Seek) -> Result<BTreeMap<String, Content>, String> {
    let mut archive = ZipArchive::new(file).map_err(unreadable)?;
    let (mut files, mut left) = (Files::default(), bytes);
    for number in 0..archive.len() {
        let entry = archive.by_index(number).map_err(unreadable)?;
        // Some programs on Windows write their own separator.
        let path = inside(Path::new(&entry.name().replace('\\', "/")))?;
        if entry.is_dir() || path.split('/').any(is_left_by_tools) {
            continue;
        }
        let mode = entry.unix_mode().unwrap_or_default() & 0o170_000;
        if ![0, 0o100_000].contains(&mode) {
            files.keep_unread(path, "not a plain file")?;
            continue;
        }
        let mut bounded = Bounded { inner: entry, left };
        files.keep(path, &mut bounded)?;
        left = bounded.left;
    }
    Ok(files.by_path)
}

/// A reader that fails, instead of ending, at its limit: a few
/// kilobytes of an archive can hold gigabytes.
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

/// `path` with `/` and without `.`; an error if it leaves the archive.
fn inside(path: &Path) -> Result<String, String> {
    let mut names = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(part) => names.push(name(part.as_ref())),
            Component::CurDir => {}
            _ => {
                return Err(format!(
                    "its entry {} leads out of the archive",
                    path.display()
                ));
            }
        }
    }
    Ok(names.join("/"))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn gzipped(tar: &[u8]) -> Vec<u8> {
        let mut gzip =
            flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(tar).unwrap();
        gzip.finish().unwrap()
    }

    fn tarred(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (path, bytes) in entries {
            let mut header = tar::Header::new_gnu();
            // set_path refuses what a hostile tarball holds.
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(bytes.len() as u64);
            header.set_cksum();
            archive.append(&header, *bytes).unwrap();
        }
        archive.into_inner().unwrap()
    }

    fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (path, bytes) in entries {
            let options = zip::write::SimpleFileOptions::default();
            archive.start_file(*path, options).unwrap();
            archive.write_all(bytes).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    /// `bytes` read as whatever they are.
    fn taken_in(bytes: &[u8]) -> Result<BTreeMap<String, Content>, String> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        read(file)
    }

    /// `tar` as `xz` packs it; nothing where there is no such program.
    fn xz_packed(tar: &[u8]) -> Option<Vec<u8>> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(tar).unwrap();
        file.rewind().unwrap();
        let packed = Command::new("xz").arg("--stdout").stdin(file).output();
        packed.ok().map(|output| output.stdout)
    }

    #[test]
    fn every_kind_of_archive_gives_the_same_files() {
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
        let mut archives = vec![gzipped(&tarred(&entries)), zipped(&entries)];
        archives.extend(xz_packed(&tarred(&entries)));
        for bytes in archives {
            let files = taken_in(&bytes).unwrap();
            let expected = ["rows/src/desktop.ini.rs", "rows/src/main.rs"];
            assert_eq!(files.keys().collect::<Vec<_>>(), expected);
            assert_eq!(files[expected[1]], Content::Bytes(b"fn main() {}".into()));
        }
    }

    #[test]
    fn a_path_out_of_the_archive_is_refused() {
        for path in ["../evil.rs", "rows/../../evil.rs", "/etc/evil.rs"] {
            let entries: [(&str, &[u8]); 2] =
                [("rows/src/main.rs", b""), (path, b"evil")];
            let expected = format!("its entry {path} leads out of the archive");
            for bytes in [gzipped(&tarred(&entries)), zipped(&entries)] {
                assert_eq!(taken_in(&bytes), Err(expected.clone()), "{path}");
            }
        }
        let windows: [(&str, &[u8]); 1] = [("rows\\..\\..\\evil.rs", b"")];
        let error = taken_in(&zipped(&windows)).unwrap_err();
        assert!(error.contains("leads out of the archive"), "{error}");
    }

    #[test]
    fn an_archive_that_unpacks_to_too_much_is_refused() {
        let zeros = vec![0; 1 << 20];
        let entries: [(&str, &[u8]); 2] = [("target/huge", &zeros), ("huge", &zeros)];
        let tar = tarred(&entries);
        assert!(gzipped(&tar).len() < 1 << 14, "a few bytes hold megabytes");
        let error = tarball(1 << 20, &tar[..]).unwrap_err();
        assert!(error.contains("unpacks to more than"), "{error}");
        assert!(tarball(1 << 22, &tar[..]).is_ok());
        let (a, b): (&[u8], &[u8]) = (&zeros, &zeros);
        let bytes = zipped(&[("a", a), ("b", b)]);
        let error = zip(3 << 19, Cursor::new(&bytes)).unwrap_err();
        assert!(error.contains("unpacks to more than"), "{error}");
        assert!(zip(1 << 21, Cursor::new(&bytes)).is_ok());
    }

    #[test]
    fn a_link_in_an_archive_is_named_and_not_followed() {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        archive.add_symlink("link.rs", "/etc/passwd", options).unwrap();
        let bytes = archive.finish().unwrap().into_inner();
        let files = taken_in(&bytes).unwrap();
        assert_eq!(files["link.rs"], Content::Unread("not a plain file"));
    }

    #[test]
    fn a_damaged_archive_is_an_error() {
        let entries: [(&str, &[u8]); 1] = [("rows/src/main.rs", &[b'x'; 5000])];
        let tar = tarred(&entries);
        let mut archives = vec![gzipped(&tar), zipped(&entries)];
        archives.extend(xz_packed(&tar));
        for bytes in archives {
            for end in [0, 5, bytes.len() / 2, bytes.len() - 1] {
                assert!(taken_in(&bytes[..end]).is_err(), "cut after {end} bytes");
            }
        }
        let error = taken_in(b"not a tarball").unwrap_err();
        assert!(error.starts_with("not a readable .tar.gz"), "{error}");
    }
}
