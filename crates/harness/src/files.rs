//! The files of a run: settled before the work, complete or as they were after it.

use std::io;
use std::path::Path;

use crate::{Error, program};

mod append;
mod output;
mod place;

#[cfg(test)]
mod tests;

pub use append::Appended;
pub use output::Output;
pub use place::open;

use place::{Id, Place};

/// A path with the flag, or whatever else the user knows, that names it.
pub type Named<'p> = (&'p str, &'p Path);

/// Makes sure that nothing is written twice, and nothing that is read.
///
/// Files are told apart by what they are, not by how they are spelt: a link and
/// its target are one file. Stdout is one of the outputs if it is a file.
///
/// # Errors
///
/// [`Error::Usage`] with the names of the two that are one file.
pub fn distinct(inputs: &[Named], outputs: &[Named]) -> Result<(), Error> {
    // Why a path leads nowhere is said when it is opened.
    let ids = |named: &[Named]| -> Vec<(String, Id)> {
        let places = named.iter().filter_map(|(name, path)| {
            let place = Place::of(path).ok()?;
            let id = place.id().ok()?;
            (!place.is_mixed()).then(|| (format!("{name} {}", path.display()), id))
        });
        places.collect()
    };
    let mut taken = ids(inputs);
    taken.extend(place::stdout_file().map(|id| ("stdout".to_owned(), id)));
    for (name, id) in ids(outputs) {
        if let Some((other, _)) = taken.iter().find(|(_, taken)| *taken == id) {
            return Err(Error::usage(format!(
                "{name} and {other} are the same file; name another one"
            )));
        }
        taken.push((name, id));
    }
    Ok(())
}

fn cannot_write(path: &Path, error: &io::Error) -> Error {
    program::cannot_write(path.display(), error)
}
