//! Reading a worker's share of the documents.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use kernels::words::{self, Piece, Rules};

use super::Document;
use super::documents::cannot_read;
use crate::{Error, Lane};

/// Bytes that are read at a time on the way to the next place for a cut.
const STEP: u64 = 64 << 10;

/// Bytes that are read, then cut into words while they are in the cache.
const BLOCK: u64 = 1 << 20;

/// The words in the share of worker `part` of `parts`: a piece for each of
/// its documents, in order.
///
/// Reading waits for the disk; only the cutting goes through `lane`.
///
/// # Errors
///
/// [`Error::Failure`] where a document cannot be read any more, or has
/// changed its size since it was listed.
pub fn read(
    documents: &[Document],
    (parts, part): (usize, usize),
    rules: Rules,
    lane: &mut Lane,
) -> Result<Vec<Piece>, Error> {
    let sizes: Vec<u64> = documents.iter().map(|document| document.bytes).collect();
    let mut pieces = Vec::new();
    for (number, range) in words::share(&sizes, parts, part) {
        let document = &documents[number];
        let piece = Source::open(document).and_then(|source| {
            let range = source.next_cut(range.start)?..source.next_cut(range.end)?;
            let room = range.end - range.start;
            let mut piece = Piece::new(number, room as usize);
            source.cut(range, |text| lane.compute(0..1, || piece.add(text, rules)))?;
            Ok(piece)
        });
        pieces.push(piece.map_err(|error| cannot_read(&document.path, &error))?);
    }
    Ok(pieces)
}

/// Those of a worker's pieces that are from document number `document`.
pub fn of_document(pieces: &[Piece], document: usize) -> &[Piece] {
    let first = pieces.partition_point(|piece| piece.document() < document);
    let end = pieces.partition_point(|piece| piece.document() <= document);
    &pieces[first..end]
}

/// A document that is being read.
struct Source {
    file: File,
    bytes: u64,
}

impl Source {
    fn open(document: &Document) -> io::Result<Self> {
        let file = File::open(&document.path)?;
        if file.metadata()?.len() != document.bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Self { file, bytes: document.bytes })
    }

    /// The first place at or after `at` where the document may be cut.
    ///
    /// Every worker finds the same place: the end of one share is the
    /// beginning of the next.
    fn next_cut(&self, at: u64) -> io::Result<u64> {
        if at == 0 {
            return Ok(0);
        }
        let mut text = Vec::new();
        // The byte before the place tells too whether it is one.
        let mut start = at - 1;
        while start + 1 < self.bytes {
            self.read(start..self.bytes.min(start + STEP), &mut text)?;
            if let Some(cut) = words::first_cut(&text) {
                return Ok(start + cut as u64);
            }
            start += text.len() as u64 - 1;
            text.clear();
        }
        Ok(self.bytes)
    }

    /// Hands the text in `range` to `each`, in blocks that end at a place for
    /// a cut, without the document's byte order mark.
    fn cut(&self, range: Range<u64>, mut each: impl FnMut(&[u8])) -> io::Result<()> {
        let mut text = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let (old, next) = (text.len(), range.end.min(at + BLOCK));
            self.read(at..next, &mut text)?;
            if at == 0 {
                text.drain(..text.len() - words::without_bom(&text).len());
            }
            at = next;
            let seen = old.saturating_sub(1);
            let end = match words::last_cut(&text[seen..]) {
                _ if at == range.end => text.len(),
                Some(cut) => seen + cut,
                None => continue,
            };
            each(&text[..end]);
            text.drain(..end);
        }
        Ok(())
    }

    /// Appends the bytes in `range` to `text`.
    fn read(&self, range: Range<u64>, text: &mut Vec<u8>) -> io::Result<()> {
        let old = text.len();
        text.resize(old + (range.end - range.start) as usize, 0);
        self.file.read_exact_at(&mut text[old..], range.start)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use kernels::words::Tokens;

    use super::*;
    use crate::trial::Folder;

    const RULES: Rules = Rules { tokens: Tokens::Words, nfc: false };

    fn documents(folder: &Folder, texts: &[Vec<u8>]) -> Vec<Document> {
        let document = |(number, text): (usize, &Vec<u8>)| {
            let path = folder.path(&number.to_string());
            fs::write(&path, text).unwrap();
            Document { path, bytes: text.len() as u64 }
        };
        texts.iter().enumerate().map(document).collect()
    }

    fn words(pieces: &[Piece], document: usize) -> Vec<String> {
        let pieces = of_document(pieces, document).iter();
        pieces.flat_map(|piece| piece.words().map(str::to_owned)).collect()
    }

    #[test]
    fn shares_have_the_words_of_the_whole_documents() {
        let (block, step) = (BLOCK as usize, STEP as usize);
        let texts = [
            vec![],
            b"\xEF\xBB\xBFone two".to_vec(),
            // Places for a cut: all over, none, only the line feeds, none for
            // longer than what is read at a time.
            "word ".repeat(block / 2).into_bytes(),
            "-word".repeat(step / 2).into_bytes(),
            "\u{5d0}\u{5d1} \u{5d2}\n".repeat(step / 3).into_bytes(),
            [
                &b"a b "[..],
                &vec![b'c'; 2 * block + 5],
                b" d\ne",
                &vec![b'.'; step],
                b" f",
            ]
            .concat(),
            vec![b' '; 3],
            b"x".to_vec(),
        ];
        let folder = Folder::new();
        let documents = documents(&folder, &texts);
        for parts in [1, 2, 3, 7, 50] {
            let shares: Vec<Vec<Piece>> = (0..parts)
                .map(|part| {
                    read(&documents, (parts, part), RULES, &mut Lane::default()).unwrap()
                })
                .collect();
            for (number, text) in texts.iter().enumerate() {
                let mut whole = Piece::new(number, text.len());
                whole.add(words::without_bom(text), RULES);
                let found: Vec<String> =
                    shares.iter().flat_map(|share| words(share, number)).collect();
                assert!(
                    found.iter().eq(whole.words()),
                    "document {number} in {parts} parts"
                );
            }
        }
    }

    #[test]
    fn a_share_ends_at_the_first_place_from_where_it_would_have_ended() {
        let step = STEP as usize;
        let mut text = vec![b'-'; 3 * step];
        let cuts = [1, 7, step + 7, step + 8, 2 * step + 8];
        for cut in cuts {
            text[cut - 1] = b'\n';
        }
        let folder = Folder::new();
        let documents = documents(&folder, &[text]);
        let source = Source::open(&documents[0]).unwrap();
        for at in cuts.iter().flat_map(|cut| cut - 1..cut + 2) {
            let expected = *cuts.iter().find(|cut| **cut >= at).unwrap_or(&(3 * step));
            let expected = if at == 0 { 0 } else { expected };
            assert_eq!(source.next_cut(at as u64).unwrap(), expected as u64, "{at}");
        }
    }

    #[test]
    fn a_document_that_has_changed_is_an_error_with_its_name() {
        let folder = Folder::new();
        let documents = documents(&folder, &[b"one two".to_vec()]);
        let path = documents[0].path.clone();
        let read = || read(&documents, (1, 0), RULES, &mut Lane::default());
        let expect = |reason: &str| {
            let error = read().map(drop).expect_err(reason).to_string();
            assert!(error.contains(reason), "{error}");
            assert!(error.contains(&path.display().to_string()), "{error}");
        };
        for text in ["one two three", "one"] {
            fs::write(&path, text).unwrap();
            expect("it changed while it was counted");
        }
        fs::remove_file(&path).unwrap();
        expect("no such file or folder");
    }
}
