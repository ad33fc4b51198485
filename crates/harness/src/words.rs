//! The word count's flags, documents, result files and record.

mod check;
mod counted;
mod documents;
mod flags;
mod reading;
mod source;
mod stream;
mod writing;

pub use check::check;
pub use counted::Counted;
pub use documents::{Document, from_bytes, list, require_memory, to_bytes};
pub use flags::{Flags, Kernel};
pub use reading::{Reader, of_document, read, tiles};
pub use writing::{figures, prepare, summary, write};
