//! Counting by other code than the program's, from whole files.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use harness::trial::bytes;
use regex::Regex;

/// A document's words by another program's code: the regex crate.
pub fn regex_words(document: &[u8]) -> Vec<Vec<u8>> {
    let document = document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document);
    let run = Regex::new(r"\w+").unwrap();
    let mut words = Vec::new();
    for chunk in document.utf8_chunks() {
        let found = run.find_iter(chunk.valid()).map(|word| word.as_str().to_lowercase());
        words.extend(found.map(String::into_bytes));
    }
    words
}

/// What lies between the bytes up to 0x20.
pub fn whitespace_words(document: &[u8]) -> Vec<Vec<u8>> {
    let document = document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document);
    let parts = document.split(|byte| *byte <= 0x20);
    parts.filter(|part| !part.is_empty()).map(<[u8]>::to_ascii_lowercase).collect()
}

/// The lines `PREFIXword,count` of some words in the order that is asked for.
pub fn lines(prefix: &[u8], words: Vec<Vec<u8>>) -> Vec<u8> {
    let mut counts = HashMap::new();
    for word in words {
        *counts.entry(word).or_insert(0_u64) += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut lines = Vec::new();
    for (word, count) in counts {
        lines.extend_from_slice(prefix);
        if word.iter().any(|byte| b",\"\r\n".contains(byte)) {
            lines.push(b'"');
            for byte in word {
                lines.extend(if byte == b'"' { vec![b'"'; 2] } else { vec![byte] });
            }
            lines.push(b'"');
        } else {
            lines.extend(word);
        }
        lines.extend(format!(",{count}\n").into_bytes());
    }
    lines
}

/// The documents of a folder in the order of data/README.md.
pub fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|e| e == "txt") => found.push(path),
                false => {}
            }
        }
    }
    found.sort_by_key(|path| path.to_str().unwrap().to_owned());
    found
}

/// The CSV of some documents, counted here from the whole files.
pub fn expected(paths: &[PathBuf], words: fn(&[u8]) -> Vec<Vec<u8>>) -> Vec<u8> {
    let all = paths.iter().flat_map(|path| words(&bytes(path))).collect();
    [b"word,count\n".to_vec(), lines(b"", all)].concat()
}
