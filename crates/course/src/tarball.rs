//! Writing a tarball that is the same, byte for byte, on any machine and day.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use crate::project::{File, Tree};

/// The bytes of a .tar.gz with one folder, `folder`, that holds `tree`.
///
/// Nothing of this machine goes into it: no owner, no clock, no umask.
///
/// # Errors
///
/// If a path is one that tar cannot hold.
pub fn pack(folder: &str, tree: &Tree, time_s: u64) -> io::Result<Vec<u8>> {
    // 255 is gzip's "unknown operating system".
    let gzip = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(Vec::new(), Compression::best());
    let mut archive = tar::Builder::new(gzip);
    for (path, file) in tree {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.bytes.len() as u64);
        header.set_mode(mode(file));
        header.set_mtime(time_s);
        header.set_uid(0);
        header.set_gid(0);
        archive.append_data(
            &mut header,
            format!("{folder}/{path}"),
            file.bytes.as_slice(),
        )?;
    }
    archive.into_inner()?.finish()
}

/// Writes `tree` into `folder`, which must be empty or new.
///
/// # Errors
///
/// If it holds something, or a file cannot be written.
pub fn write_folder(folder: &Path, tree: &Tree) -> Result<(), String> {
    let at = |path: &Path, error: io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(folder).map_err(|error| at(folder, error))?;
    let is_empty =
        fs::read_dir(folder).map_err(|error| at(folder, error))?.next().is_none();
    if !is_empty {
        return Err(format!("{}: not empty; name a new folder", folder.display()));
    }
    for (path, file) in tree {
        let path = folder.join(path);
        fs::create_dir_all(parent(&path)).map_err(|error| at(&path, error))?;
        fs::write(&path, &file.bytes).map_err(|error| at(&path, error))?;
        let permissions = Permissions::from_mode(mode(file));
        fs::set_permissions(&path, permissions).map_err(|error| at(&path, error))?;
    }
    Ok(())
}

fn mode(file: &File) -> u32 {
    if file.is_executable { 0o755 } else { 0o644 }
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.into(),
        _ => ".".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let file = |text: &str, is_executable| File { bytes: text.into(), is_executable };
        let long = format!("crates/{}/README.md", "long-".repeat(30));
        Tree::from([
            ("Makefile".into(), file("all:\n", false)),
            ("crates/ranks/launch.sh".into(), file("#!/bin/sh\n", true)),
            (long, file("# Long\n", false)),
        ])
    }

    #[test]
    fn a_tarball_holds_the_files_with_their_modes_and_nobody_s_name() {
        let bytes = pack("materials", &tree(), 1_700_000_000).unwrap();
        let mut archive =
            tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        let mut modes = Vec::new();
        for entry in archive.entries().unwrap() {
            let entry = entry.unwrap();
            let header = entry.header();
            assert_eq!(header.mtime().unwrap(), 1_700_000_000);
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            assert_eq!(header.username().unwrap(), Some(""));
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            modes.push((path, header.mode().unwrap()));
        }
        let long = format!("materials/crates/{}/README.md", "long-".repeat(30));
        let expected = [
            ("materials/Makefile".into(), 0o644),
            (long, 0o644),
            ("materials/crates/ranks/launch.sh".into(), 0o755),
        ];
        assert_eq!(modes, expected);
    }

    #[test]
    fn the_gzip_header_has_no_time_and_no_name() {
        let bytes = pack("materials", &tree(), 1).unwrap();
        assert_eq!(bytes[..4], [0x1f, 0x8b, 8, 0], "magic, deflate, no optional field");
        assert_eq!(bytes[4..8], [0; 4], "time");
        assert_eq!(bytes[9], 255, "operating system");
    }
}
