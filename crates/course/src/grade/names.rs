//! Names that have no place in a student's region, and are refused before anything
//! is built.
//!
//! But for unsafe code that is a courtesy: it tells an honest student what will not work. Whoever wants
//! to get around it can, and then stands before the wall.

/// What is refused, as it is written, with the tokens that it is found by.
const REFUSED: [(&str, &[&str]); 10] = [
    ("include!", &["include", "!"]),
    ("include_str!", &["include_str", "!"]),
    ("include_bytes!", &["include_bytes", "!"]),
    ("env!", &["env", "!"]),
    ("option_env!", &["option_env", "!"]),
    ("asm!", &["asm", "!"]),
    ("global_asm!", &["global_asm", "!"]),
    ("#[path]", &["#", "[", "path"]),
    ("extern", &["extern"]),
    ("unsafe", &["unsafe"]),
];

/// The modules of std that are refused, as parts of any path: std may be called
/// something else by then.
const MODULES: [(&str, &str); 3] =
    [("std::process", "process"), ("std::fs", "fs"), ("std::net", "net")];

/// The lint by which the teacher's compiler denies unsafe code. As long as it is not
/// named, not even in a comment, it cannot be allowed, and then nothing else can.
/// (To forbid it would be simpler, but then ndarray's `s![..]` is an error.)
const LINT: &str = "unsafe_code";

/// The first refused name in `code`, with its line counted from 0.
pub fn refused(code: &str) -> Option<(usize, &'static str)> {
    if let Some(line) = code.lines().position(|line| line.contains(LINT)) {
        return Some((line, LINT));
    }
    let tokens = tokens(code);
    let texts: Vec<&str> = tokens.iter().map(|(_, text)| *text).collect();
    let mut is_import = false;
    for (at, (line, text)) in tokens.iter().enumerate() {
        is_import = (is_import || *text == "use") && *text != ";";
        let plain = REFUSED.iter().find(|(_, words)| {
            // A name before `!=` is no macro.
            let after = texts.get(at + words.len());
            texts[at..].starts_with(words) && (words[1..] != ["!"] || after != Some(&"="))
        });
        let is_part = is_import
            || texts[..at].ends_with(&[":", ":"])
            || texts[at + 1..].starts_with(&[":", ":"]);
        let module = MODULES.iter().find(|(_, name)| is_part && name == text);
        let found = plain.map(|(name, _)| *name).or(module.map(|(name, _)| *name));
        if let Some(name) = found {
            return Some((*line, name));
        }
    }
    None
}

/// The names and signs of `code` with their lines, without comments and literals.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (code, 0);
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest),
            '"' => string(rest, 0),
            '\'' => character(rest),
            _ if is_part(first) => word(rest),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        let is_literal = token.ends_with(['"', '#']) && token.len() > 1;
        if is_part(first) && !is_literal {
            tokens.push((line, token.strip_prefix("r#").unwrap_or(token)));
        } else if length == first.len_utf8() && !first.is_whitespace() {
            tokens.push((line, token));
        }
        line += token.matches('\n').count();
        rest = after;
    }
    tokens
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the block comment with which `text` begins; they nest.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    text.len()
}

/// The length of the string with which `text` begins after `start` bytes.
fn string(text: &str, start: usize) -> usize {
    let mut bytes = text.bytes().enumerate().skip(start + 1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of the character with which `text` begins, or of the sign of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let after = at + escaped.len_utf8();
            text[after..].find('\'').map_or(text.len(), |end| after + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// The length of the word with which `text` begins, or of the literal that has a
/// word in front: `b"..."`, `r#"..."#`. A raw name, `r#fn`, is a word.
fn word(text: &str) -> usize {
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    let hashes = after.len() - after.trim_start_matches('#').len();
    let is_raw = word.ends_with('r') && ["r", "br", "cr"].contains(&word);
    if is_raw && after[hashes..].starts_with('"') {
        let close = format!("\"{}", "#".repeat(hashes));
        let start = end + hashes + 1;
        text[start..].find(&close).map_or(text.len(), |at| start + at + close.len())
    } else if ["b", "c"].contains(&word) && after.starts_with('"') {
        string(text, end)
    } else if word == "r" && hashes == 1 {
        let name = &after[1..];
        end + 1 + name.find(|c| !is_part(c)).unwrap_or(name.len())
    } else {
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_refused_however_they_are_written() {
        let cases = [
            ("let text = include_str!(\"/etc/passwd\");", 0, "include_str!"),
            ("\ninclude ! (\"x.rs\");", 1, "include!"),
            ("let key = env!(\"HOME\");", 0, "env!"),
            ("std::process::exit(0)", 0, "std::process"),
            ("::std :: fs::write(p, t)", 0, "std::fs"),
            ("use std::r#fs;", 0, "std::fs"),
            ("use std::{\n    collections::HashMap,\n    net,\n};", 2, "std::net"),
            ("use std::{fs::{self, File}};", 0, "std::fs"),
            ("use std as plain;\nplain::process::exit(0)", 1, "std::process"),
            ("use std::*;\nnet::TcpStream::connect(a)", 1, "std::net"),
            ("#[ path = \"x.rs\" ] mod x;", 0, "#[path]"),
            ("extern \"C\" { fn f(); }", 0, "extern"),
            ("// unsafe_code", 0, "unsafe_code"),
            ("// all is well\nunsafe { f() }", 1, "unsafe"),
            ("let a = '\"'; std::fs::read(p); let b = '\"';", 0, "std::fs"),
            ("let a = r\"\\\"; std::fs::read(p); let b = r\"\\\";", 0, "std::fs"),
            ("/* /* */ */ std::fs::read(p)", 0, "std::fs"),
            ("fn f<'a>(x: &'a str) { std::fs::read(x) }", 0, "std::fs"),
        ];
        for (code, line, name) in cases {
            assert_eq!(refused(code), Some((line, name)), "{code}");
        }
    }

    #[test]
    fn honest_code_is_not_refused() {
        let cases = [
            "// std::fs would be I/O, and unsafe.",
            "/* include!(\"x\") /* nested */ std::fs */",
            "println!(\"std::process {} extern\", r#\"unsafe \" std::fs\"#);",
            "let message = b\"std::fs\"; let quote = '\\''; let environment = 1;",
            "use std::{collections::HashMap, thread}; let fs = 1; f(fs);",
            "let process: i32 = process; let net = a[process];",
            "let process = world.process_at_rank(0); process.send(&counts[..]);",
            "use std::process_count;",
            "let path = [1]; assert!(env != include, \"\\\"std::fs\");",
            "let externs = unsafely; let x: &'static str = \"a\";",
            "thread::scope(|scope| { scope.spawn(|| ()); });",
        ];
        for code in cases {
            assert_eq!(refused(code), None, "{code}");
        }
    }
}
