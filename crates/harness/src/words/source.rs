//! A document that is being read: where it may be cut, and its text in blocks.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use kernels::words::{self, Tokens};

use super::documents::Document;
use crate::{Error, memory};

/// Bytes that are read at a time on the way to the next place for a cut.
pub const STEP: u64 = 64 << 10;

/// Bytes that are read, then cut into words while they are in the cache.
pub const BLOCK: u64 = 256 << 10;

/// Bytes without a place for a cut that are held without a question.
const LONG: usize = 1 << 20;

/// A document that is being read.
pub struct Source {
    content: Content,
    bytes: u64,
    tokens: Tokens,
    /// From anywhere in this range the next place for a cut is its end: where
    /// there are few of them, each is looked for once and not for every tile.
    uncut: Range<u64>,
}

enum Content {
    File(File),
    /// What could only be read once, in order.
    Text(Arc<[u8]>),
}

impl Source {
    /// The document, opened.
    ///
    /// # Errors
    ///
    /// If it is gone, or has changed its size since it was listed.
    pub fn open(document: &Document, tokens: Tokens) -> io::Result<Self> {
        let content = match &document.text {
            Some(text) => Content::Text(Arc::clone(text)),
            None => Content::File(File::open(&document.path)?),
        };
        if let Content::File(file) = &content
            && file.metadata()?.len() != document.bytes
        {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Self { content, bytes: document.bytes, tokens, uncut: 0..0 })
    }

    /// Fills `text` from place `start` on.
    fn fill(&self, text: &mut [u8], start: u64) -> io::Result<()> {
        match &self.content {
            Content::File(file) => file.read_exact_at(text, start),
            Content::Text(all) => {
                text.copy_from_slice(&all[start as usize..][..text.len()]);
                Ok(())
            }
        }
    }

    /// The first place at or after `at` where the document may be cut.
    ///
    /// Every worker finds the same place: the end of one share is the
    /// beginning of the next.
    pub fn next_cut(&mut self, at: u64) -> io::Result<u64> {
        if !self.uncut.contains(&at) {
            self.uncut = at..self.find_cut(at)?;
        }
        Ok(self.uncut.end)
    }

    fn find_cut(&self, at: u64) -> io::Result<u64> {
        if at == 0 {
            return Ok(0);
        }
        let mut text = Vec::new();
        // Whether it is one also depends on the byte before it.
        let mut start = at - 1;
        while start + 1 < self.bytes {
            text.resize(STEP.min(self.bytes - start) as usize, 0);
            self.fill(&mut text, start)?;
            if let Some(cut) = words::first_cut(&text, self.tokens) {
                return Ok(start + cut as u64);
            }
            start += text.len() as u64 - 1;
        }
        Ok(self.bytes)
    }

    /// Hands the text in `range` to `each`, in blocks that end at a place for
    /// a cut, without the document's byte order mark. `text` is room for it.
    pub fn cut(
        &self,
        range: Range<u64>,
        text: &mut Vec<u8>,
        mut each: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        let (mut filled, mut at) = (0, range.start);
        while at < range.end {
            let (old, next) = (filled, range.end.min(at + BLOCK));
            filled += (next - at) as usize;
            if text.len() < filled {
                if filled > LONG.max(text.capacity()) {
                    // Room to grow by a quarter: doubling would take too much.
                    let room = filled + filled / 4;
                    require_memory(room)?;
                    kernels::memory::reserve_exact(text, room - text.len());
                }
                text.resize(filled, 0);
            }
            self.fill(&mut text[old..filled], at)?;
            if at == 0 {
                let rest = words::without_bom(&text[..filled]).len();
                text.copy_within(filled - rest..filled, 0);
                filled = rest;
            }
            at = next;
            let seen = old.saturating_sub(1);
            let end = match words::last_cut(&text[seen..filled], self.tokens) {
                _ if at == range.end => filled,
                Some(cut) => seen + cut,
                None => continue,
            };
            each(&text[..end]);
            text.copy_within(end..filled, 0);
            filled -= end;
        }
        Ok(())
    }
}

/// Makes sure that there is memory for `bytes` bytes without a place for a cut.
///
/// They may be one word. On its way from the text to rank 0's total and through
/// the check it is in memory ten times.
fn require_memory(bytes: usize) -> io::Result<()> {
    let purpose = format!("{} in one word", memory::amount(bytes as u64));
    memory::require(memory::bytes(&[bytes], 10), &purpose).map_err(|error| match error {
        Error::Failure(says) => io::Error::other(says),
        other => io::Error::other(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::trial::Folder;

    #[test]
    fn a_share_ends_at_the_first_place_from_where_it_would_have_ended() {
        let step = STEP as usize;
        let mut text = vec![b'-'; 3 * step];
        let cuts = [1, 7, step + 7, step + 8, 2 * step + 8];
        for cut in cuts {
            text[cut - 1] = b'\n';
        }
        let folder = Folder::new();
        let (path, bytes) = (folder.path("text"), text.len() as u64);
        fs::write(&path, text).unwrap();
        let mut source =
            Source::open(&Document { path, bytes, text: None }, Tokens::Whitespace)
                .unwrap();
        let places = cuts.iter().flat_map(|cut| cut - 1..cut + 2);
        for at in places.clone().chain(places.rev()) {
            let expected = *cuts.iter().find(|cut| **cut >= at).unwrap_or(&(3 * step));
            let expected = if at == 0 { 0 } else { expected };
            assert_eq!(source.next_cut(at as u64).unwrap(), expected as u64, "{at}");
        }
    }
}
