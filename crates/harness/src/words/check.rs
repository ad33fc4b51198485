//! Counting once more: one worker, one document after the other, no messages.

use std::collections::HashMap;
use std::fmt::Display;

use kernels::memory;
use kernels::words::{Piece, decode, sorted};

use super::counted::Counted;
use super::documents::{Document, cannot_read};
use super::flags::Flags;
use super::source::Source;
use crate::{Error, witness};

/// Compares what was counted with a count of the whole documents, one by one.
///
/// # Errors
///
/// [`Error::Failure`] with the first difference, or if a document cannot
/// be read any more.
pub fn check(
    flags: &Flags,
    documents: &[Document],
    counted: &Counted,
) -> Result<(), Error> {
    let again = witness::unseen(|| recount(flags, documents))?;
    same("sequences that are no UTF-8", counted.invalid_utf8, again.invalid_utf8)?;
    same_words("all documents", &counted.total, &again.total)?;
    for (number, (was, is)) in
        counted.per_document.iter().zip(&again.per_document).enumerate()
    {
        same_words(&documents[number].name(), was, is)?;
    }
    let occurrences = counted.occurrences.iter().zip(&again.occurrences);
    for (word, (was, is)) in flags.words.iter().zip(occurrences) {
        for (document, (was, is)) in documents.iter().zip(was.iter().zip(is)) {
            same(&format!("times {word:?} in {}", document.name()), was, is)?;
        }
    }
    Ok(())
}

fn recount(flags: &Flags, documents: &[Document]) -> Result<Counted, Error> {
    let forms: Vec<_> = flags.words.iter().map(|w| flags.rules().form(w)).collect();
    let mut again =
        Counted { occurrences: vec![Vec::new(); forms.len()], ..Counted::default() };
    let mut total = HashMap::new();
    for document in documents {
        let mut counts = HashMap::new();
        let mut count = |text: &[u8]| {
            let mut piece = Piece::new(0, text.len());
            piece.add(text, flags.rules());
            again.invalid_utf8 += piece.invalid_utf8();
            for word in piece.words() {
                *counts.entry(memory::owned(word)).or_insert(0) += 1;
            }
        };
        // Block by block: a document may be larger than the memory.
        Source::open(document, flags.tokens)
            .and_then(|source| source.cut(0..document.bytes, &mut Vec::new(), &mut count))
            .map_err(|error| cannot_read(&document.path, &error))?;
        for (word, count) in &counts {
            *total.entry(memory::owned(word)).or_insert(0) += count;
        }
        for (form, occurrences) in forms.iter().zip(&mut again.occurrences) {
            let count = form.as_ref().and_then(|form| counts.get(form));
            occurrences.push(count.copied().unwrap_or(0));
        }
        if flags.per_document {
            again.per_document.push(sorted(counts));
        }
    }
    again.total = sorted(total);
    Ok(again)
}

/// Compares the counts of each word, then the order in which they stand.
fn same_words(
    place: &str,
    was: &[(String, u64)],
    is: &[(String, u64)],
) -> Result<(), Error> {
    same(&format!("distinct words in {place}"), was.len(), is.len())?;
    let expected: HashMap<&str, u64> = is.iter().map(|(word, n)| (&**word, *n)).collect();
    let text = |word| String::from_utf8_lossy(&decode(word)).into_owned();
    for (word, count) in was {
        let what = format!("times {:?} in {place}", text(word));
        same(&what, *count, expected.get(&**word).copied().unwrap_or(0))?;
    }
    let Some(at) = was.iter().zip(is).position(|(was, is)| was != is) else {
        return Ok(());
    };
    Err(Error::failure(format!(
        "wrong order of the words in {place}: {:?} stands where {:?} belongs",
        text(&was[at].0),
        text(&is[at].0)
    )))
}

fn same<T: PartialEq + Display>(what: &str, was: T, is: T) -> Result<(), Error> {
    if was == is {
        return Ok(());
    }
    Err(Error::failure(format!(
        "wrong count: {was} {what}, counting whole documents has {is}"
    )))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use clap::Parser;

    use super::*;
    use crate::trial::Folder;

    #[derive(Parser)]
    struct Args {
        #[command(flatten)]
        flags: Flags,
    }

    #[test]
    fn any_wrong_number_is_found() {
        let folder = Folder::new();
        let path: PathBuf = folder.path("a.txt");
        let text = b"\xEF\xBB\xBFThe cat and the\xFF dog";
        fs::write(&path, text).unwrap();
        let documents = [Document { path, bytes: text.len() as u64, text: None }];
        let line = ["p", "--word", "the", "--word", "no-word", "--per-document"];
        let flags = Args::parse_from(line).flags;
        let word = |word: &str, count| (word.to_owned(), count);
        let total = vec![word("the", 2), word("and", 1), word("cat", 1), word("dog", 1)];
        let right = Counted {
            per_document: vec![total.clone()],
            total,
            occurrences: vec![vec![2], vec![0]],
            invalid_utf8: 1,
        };
        check(&flags, &documents, &right).unwrap();

        let mut wrong = vec![right.clone(); 7];
        let name = documents[0].name();
        let says = [
            "wrong count: 2 sequences that are no UTF-8, counting whole documents has 1",
            "wrong count: 3 times \"the\" in all documents, counting whole documents has 2",
            "wrong order of the words in all documents: \"cat\" stands where \"and\" belongs",
            "wrong count: 3 distinct words in all documents, counting whole documents has 4",
            &format!(
                "wrong count: 1 times \"dogs\" in {name}, counting whole documents has 0"
            ),
            &format!(
                "wrong count: 1 times \"the\" in {name}, counting whole documents has 2"
            ),
            &format!(
                "wrong count: 1 times \"no-word\" in {name}, counting whole documents has 0"
            ),
        ];
        wrong[0].invalid_utf8 = 2;
        wrong[1].total[0].1 = 3;
        wrong[2].total.swap(1, 2);
        wrong[3].total.pop();
        wrong[4].per_document[0][3].0 = "dogs".to_owned();
        wrong[5].occurrences[0][0] = 1;
        wrong[6].occurrences[1][0] = 1;
        for (wrong, says) in wrong.iter().zip(says) {
            let error = check(&flags, &documents, wrong).expect_err(says);
            assert_eq!(error.status(), 1, "{error}");
            assert_eq!(error.to_string(), format!("error: {says}"));
        }
    }
}
