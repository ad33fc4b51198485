//! The flags of the word count.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use kernels::words::{Rules, Tokens};

/// Which documents, what a word is, and what to tell about it.
#[derive(Args, Clone, Debug)]
pub struct Flags {
    /// Documents, and folders, which stand for their *.txt files at any depth
    /// but for hidden ones (.NAME); what is named twice counts twice; a pipe is
    /// read to its end, /dev/stdin too [default: data/]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Show how often W occurs in each document and in total; may be repeated
    #[arg(long = "word", value_name = "W")]
    pub words: Vec<String>,

    /// Print the K most frequent words
    #[arg(long, value_name = "K", default_value_t = 10)]
    pub top: usize,

    /// Count each document by itself too: a line each, and a column of --out; a
    /// byte of its name that is not UTF-8 becomes \xNN, and \x therefore \x5cx
    #[arg(long)]
    pub per_document: bool,

    /// What a word is: runs of word characters; what white space leaves, as
    /// bytes; or what Unicode's word boundaries (UAX #29) leave
    #[arg(long, value_name = "RULE", default_value = Tokens::Words.name())]
    #[arg(value_parser = tokens())]
    pub tokens: Tokens,

    /// Bring text into normalisation form C before it is cut into words
    #[arg(long)]
    pub nfc: bool,

    /// How to count
    #[arg(long, value_enum, default_value_t = Kernel::Plain)]
    pub kernel: Kernel,

    /// Write the columns word,count (document,word,count with --per-document)
    /// to FILE, the most frequent word first
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How words are counted; the counts are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kernel {
    /// Word by word in a HashMap<&str, u64>, over pieces that are already cut
    Plain,
    /// Cut and counted at once, by vector instructions
    Fast,
}

impl Flags {
    /// How documents become words.
    pub fn rules(&self) -> Rules {
        Rules { tokens: self.tokens, nfc: self.nfc }
    }
}

fn tokens() -> impl TypedValueParser<Value = Tokens> {
    PossibleValuesParser::new(Tokens::ALL.map(Tokens::name)).map(|name| {
        let named = Tokens::ALL.into_iter().find(|tokens| tokens.name() == name);
        named.expect("the parser takes no other name")
    })
}
