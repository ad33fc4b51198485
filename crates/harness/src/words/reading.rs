//! Reading the documents: a worker's share of them, or tile by tile.

use std::io;
use std::ops::{Range, RangeInclusive};

use kernels::words::{self, Piece, Rules, Tokens};

use super::documents::{Document, cannot_read};
use super::source::Source;
use crate::{Error, Lane};

/// The bytes of a tile. Longer ones would keep the others waiting for whoever
/// has the last one; finding shorter ones would take longer than reading them.
const TILE: RangeInclusive<u64> = 64 << 10..=4 << 20;

/// With many more tiles than workers, the last one takes little time.
const TILES_EACH: u64 = 16;

/// The words in the share of worker `part` of `parts`: a piece for each of
/// its documents, in order.
///
/// Reading waits for the disk; only the cutting goes through `lane`.
///
/// # Errors
///
/// [`Error::Failure`] if a document cannot be read any more, or has
/// changed its size since it was listed.
pub fn read(
    documents: &[Document],
    (parts, part): (usize, usize),
    rules: Rules,
    lane: &mut Lane,
) -> Result<Vec<Piece>, Error> {
    let sizes: Vec<u64> = documents.iter().map(|document| document.bytes).collect();
    let (mut pieces, mut text) = (Vec::new(), Vec::new());
    for (number, range) in words::share(&sizes, parts, part) {
        let document = &documents[number];
        let piece = Source::open(document, rules.tokens).and_then(|mut source| {
            let range = source.next_cut(range.start)?..source.next_cut(range.end)?;
            let room = range.end - range.start;
            let mut piece = Piece::new(number, room as usize);
            let add = |text: &[u8]| lane.compute(0..1, |_| piece.add(text, rules));
            source.cut(range, &mut text, add)?;
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

/// The number of tiles into which documents are cut for some workers.
pub fn tiles(documents: &[Document], workers: usize) -> usize {
    let bytes: u64 = documents.iter().map(|document| document.bytes).sum();
    let tile = bytes / (TILES_EACH * workers as u64);
    bytes.div_ceil(tile.clamp(*TILE.start(), *TILE.end())) as usize
}

/// Reads documents tile by tile, and keeps what it needs for the next one.
pub struct Reader<'d> {
    documents: &'d [Document],
    sizes: Vec<u64>,
    tiles: usize,
    tokens: Tokens,
    /// The document that the last tile ended in.
    open: Option<(usize, Source)>,
    text: Vec<u8>,
}

impl<'d> Reader<'d> {
    /// A reader of documents that are cut into so many tiles.
    pub fn new(documents: &'d [Document], tiles: usize, tokens: Tokens) -> Self {
        let sizes = documents.iter().map(|document| document.bytes).collect();
        Self { documents, sizes, tiles, tokens, open: None, text: Vec::new() }
    }

    /// Hands a tile to `each`, block by block: the number of a document, and a
    /// part of it that begins and ends where it may be cut.
    ///
    /// # Errors
    ///
    /// As for [`read`].
    pub fn read(
        &mut self,
        tile: usize,
        mut each: impl FnMut(usize, &[u8]),
    ) -> Result<(), Error> {
        for (number, range) in words::share(&self.sizes, self.tiles, tile) {
            let read = self.read_range(number, range, |text| each(number, text));
            read.map_err(|error| cannot_read(&self.documents[number].path, &error))?;
        }
        Ok(())
    }

    fn read_range(
        &mut self,
        number: usize,
        range: Range<u64>,
        each: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        let open = self.open.take().filter(|(open, _)| *open == number);
        let mut source = match open {
            Some((_, source)) => source,
            None => Source::open(&self.documents[number], self.tokens)?,
        };
        let range = source.next_cut(range.start)?..source.next_cut(range.end)?;
        source.cut(range, &mut self.text, each)?;
        self.open = Some((number, source));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::trial::Folder;
    use crate::words::source::{BLOCK, STEP};

    const RULES: Rules = Rules { tokens: Tokens::Words, nfc: false };

    fn documents(folder: &Folder, texts: &[Vec<u8>]) -> Vec<Document> {
        let document = |(number, text): (usize, &Vec<u8>)| {
            let path = folder.path(&number.to_string());
            fs::write(&path, text).unwrap();
            Document { path, bytes: text.len() as u64, text: None }
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
    fn tiles_have_the_words_of_the_whole_documents_whoever_reads_them() {
        let block = BLOCK as usize;
        let texts = [
            vec![],
            b"\xEF\xBB\xBFone two".to_vec(),
            "one\ntwo ".repeat(block / 3).into_bytes(),
            vec![b'x'; 3 * block],
            [&b"a b\nc"[..], &vec![b'-'; 2 * block], b"\nd e "].concat(),
            b"x".to_vec(),
        ];
        let folder = Folder::new();
        let documents = documents(&folder, &texts);
        for tiles in [1, 2, 3, 50, tiles(&documents, 1), tiles(&documents, 300)] {
            let mut readers =
                [(); 2].map(|()| Reader::new(&documents, tiles, RULES.tokens));
            let mut found: Vec<Vec<String>> = vec![Vec::new(); texts.len()];
            for tile in 0..tiles {
                let add = |number: usize, text: &[u8]| {
                    let mut piece = Piece::new(number, 0);
                    piece.add(text, RULES);
                    found[number].extend(piece.words().map(str::to_owned));
                };
                readers[tile % 3 % 2].read(tile, add).unwrap();
            }
            for (number, text) in texts.iter().enumerate() {
                let mut whole = Piece::new(number, text.len());
                whole.add(words::without_bom(text), RULES);
                let same = found[number].iter().eq(whole.words());
                assert!(same, "document {number} in {tiles} tiles");
            }
        }
    }

    #[test]
    fn there_are_more_tiles_than_workers_and_none_is_long_or_short() {
        for (bytes, workers, expected) in [
            (0, 3, 0),
            (1, 3, 1),
            (64 << 10, 1, 1),
            (2 << 20, 2, 32),
            (1 << 30, 1, 256),
            (1 << 30, 100, 1601),
        ] {
            let document = Document { path: "a".into(), bytes, text: None };
            assert_eq!(tiles(&[document], workers), expected, "{bytes} for {workers}");
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
