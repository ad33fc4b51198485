//! Writes a long document for the word count: on the short ones of data/
//! everything takes a moment and teaches nothing.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use harness::files::Output;
use harness::{Error, options, program};
use kernels::words::corpus;

/// Write a long text with the statistics of a natural one; equal seeds give equal texts
#[derive(Parser)]
#[command(name = "corpus", version)]
struct Args {
    /// Bytes of text, 1 to 1000G; K, M and G stand for 10^3, 10^6 and 10^9
    #[arg(long, value_name = "BYTES", value_parser = length)]
    size: u64,

    /// Another seed gives another text in another language
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Write to FILE [default: results/corpus-SIZE.txt, with another seed
    /// results/corpus-SIZE-seed-S.txt]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The seed that the default name does not name.
const USUAL_SEED: u64 = 1;

/// The longest text that can be asked for.
const MOST: u64 = 1_000_000_000_000;

fn main() -> ExitCode {
    program::run(run)
}

fn run(Args { size, seed, out }: Args) -> Result<(), Error> {
    let path = match out {
        Some(path) => path,
        None => default_path(size, seed)?,
    };
    if is_there(&path, size, seed) {
        return program::print(&format!(
            "{} is there already, {size} bytes\n",
            path.display()
        ));
    }
    let output = Output::create(&path)?;
    require_space(&path, size)?;
    output.write(|file| {
        corpus::text(seed, size).try_for_each(|chunk| file.write_all(chunk.as_bytes()))
    })?;
    program::print(&format!("{} written, {size} bytes\n", path.display()))
}

/// A length that can be asked for.
fn length(text: &str) -> Result<u64, String> {
    options::bytes(text).ok().filter(|bytes| *bytes <= MOST).ok_or_else(|| {
        "not a number of bytes from 1 to 1000G, such as 50000000 or 50M".to_owned()
    })
}

/// A name in results/ that tells what the file is; the folder is made.
fn default_path(size: u64, seed: u64) -> Result<PathBuf, Error> {
    let folder = Path::new("results");
    fs::create_dir_all(folder).map_err(|error| {
        Error::failure(format!("cannot make the folder {}: {error}", folder.display()))
    })?;
    let units = [('G', 1_000_000_000), ('M', 1_000_000), ('K', 1_000)];
    let size = match units.into_iter().find(|(_, factor)| size.is_multiple_of(*factor)) {
        Some((letter, factor)) => format!("{}{letter}", size / factor),
        None => size.to_string(),
    };
    let name = match seed {
        USUAL_SEED => format!("corpus-{size}.txt"),
        _ => format!("corpus-{size}-seed-{seed}.txt"),
    };
    Ok(folder.join(name))
}

/// Whether `path` has this text already; reading it takes no longer than writing it.
fn is_there(path: &Path, size: u64, seed: u64) -> bool {
    let has_it = || -> io::Result<bool> {
        let (mut file, mut found) = (File::open(path)?, Vec::new());
        for chunk in corpus::text(seed, size) {
            found.resize(chunk.len(), 0);
            file.read_exact(&mut found)?;
            if found != chunk.as_bytes() {
                return Ok(false);
            }
        }
        Ok(file.read(&mut [0])? == 0)
    };
    path.is_file() && has_it().unwrap_or(false)
}

/// Makes sure that the disk has room for `size` bytes at `path`.
fn require_space(path: &Path, size: u64) -> Result<(), Error> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // If the free space is unknown, writing will tell.
    let Ok(disk) = rustix::fs::statvfs(folder) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if size <= free {
        return Ok(());
    }
    Err(Error::failure(format!(
        "cannot write {}: it needs {:.1} GB, the disk has {:.1} GB free",
        path.display(),
        size as f64 / 1e9,
        free as f64 / 1e9
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_has_a_limit() {
        for (text, size) in [
            ("1", Some(1)),
            ("200M", Some(200_000_000)),
            ("1000G", Some(MOST)),
            ("1001G", None),
            ("0", None),
            ("M", None),
        ] {
            assert_eq!(length(text).ok(), size, "{text}");
        }
    }
}
