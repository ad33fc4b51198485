//! The literals of Python of which the header of a `.npy` file is made.

use std::ops::Range;

/// A literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i128),
    /// True or False.
    Bool(bool),
    /// None, or a list: no header that we read has more to say with it.
    Other,
    /// A tuple.
    Tuple(Vec<Value>),
    /// Keys, their values, and where in the text these stand.
    Dict(Vec<(Value, Value, Range<usize>)>),
}

/// The value that `text` spells as Python does. `old` lets numbers end in L, as
/// Python 2 wrote long ones.
///
/// # Errors
///
/// Where it cannot be read, in a few words.
pub fn parse(text: &str, old: bool) -> Result<Value, String> {
    let mut parser = Parser { text, at: 0, old, depth: 0 };
    let value = parser.value().filter(|_| parser.peek().is_none());
    value.ok_or_else(|| {
        format!("its header cannot be read at {}", quoted(&text[parser.at..]))
    })
}

/// Text between quotes, on one line, and cut where it grows long.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 30;
    let text = text.trim();
    if text.is_empty() {
        return "its end".into();
    }
    let start: String = text.chars().take(LONGEST).collect();
    let dots = if start.len() < text.len() { " ..." } else { "" };
    format!("{}{dots}", start.escape_debug())
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    old: bool,
    depth: usize,
}

/// As deep as Python goes, and no stack overflows.
const DEEPEST: usize = 100;

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The next character after space, comments and continued lines.
    fn peek(&mut self) -> Option<char> {
        loop {
            let rest = self.rest();
            let space = |c: char| " \t\n\r\x0c".contains(c);
            self.at += rest.len() - rest.trim_start_matches(space).len();
            let rest = self.rest();
            if rest.starts_with('#') {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("\\\n") {
                self.at += 2;
            } else {
                return rest.chars().next();
            }
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    fn value(&mut self) -> Option<Value> {
        if self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        let value = match self.peek()? {
            '{' => self.dict(),
            '(' => self.tuple(),
            '[' => self.list(),
            '+' | '-' => self.signed(),
            '0'..='9' => self.number(),
            _ => self.name(),
        };
        self.depth -= 1;
        value
    }

    fn dict(&mut self) -> Option<Value> {
        self.take('{');
        let mut entries = Vec::new();
        while !self.take('}') {
            let key = self.value()?;
            self.take(':').then_some(())?;
            self.peek();
            let start = self.at;
            let value = self.value()?;
            entries.push((key, value, start..self.at));
            if !self.take(',') && self.peek()? != '}' {
                return None;
            }
        }
        Some(Value::Dict(entries))
    }

    /// The values up to `end`, and whether there was a comma.
    fn values(&mut self, end: char) -> Option<(Vec<Value>, bool)> {
        let (mut values, mut comma) = (Vec::new(), false);
        while !self.take(end) {
            values.push(self.value()?);
            let more = self.take(',');
            comma |= more;
            if !more && self.peek()? != end {
                return None;
            }
        }
        Some((values, comma))
    }

    fn tuple(&mut self) -> Option<Value> {
        self.take('(');
        match self.values(')')? {
            (values, false) if values.len() == 1 => values.into_iter().next(),
            (values, _) => Some(Value::Tuple(values)),
        }
    }

    fn list(&mut self) -> Option<Value> {
        self.take('[');
        self.values(']').map(|_| Value::Other)
    }

    fn signed(&mut self) -> Option<Value> {
        let is_negative = self.take('-');
        if !is_negative {
            self.take('+');
        }
        match self.value()? {
            Value::Integer(number) if is_negative => Some(Value::Integer(-number)),
            number @ Value::Integer(_) => Some(number),
            _ => None,
        }
    }

    /// A run of letters, digits and low lines.
    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let word = &rest[..end.unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        let word = self.word();
        let digits = word.strip_suffix('L').filter(|_| self.old).unwrap_or(word);
        let number = integer(digits);
        if number.is_none() {
            self.at = start;
        } else if self.old && digits == word && self.peek() == Some('L') {
            let before = self.at;
            if self.word() != "L" {
                self.at = before;
            }
        }
        number.map(Value::Integer)
    }

    fn name(&mut self) -> Option<Value> {
        let start = self.at;
        let value = match self.word() {
            "True" => Some(Value::Bool(true)),
            "False" => Some(Value::Bool(false)),
            "None" => Some(Value::Other),
            "" | "u" | "U" => self.text(false),
            "r" | "R" => self.text(true),
            _ => None,
        };
        if value.is_none() {
            self.at = start;
        }
        value
    }

    /// Text after its prefix, and more of it: Python joins neighbours.
    fn text(&mut self, is_raw: bool) -> Option<Value> {
        let rest = self.rest();
        let quotes = ["'''", "\"\"\"", "'", "\""];
        let quote = quotes.into_iter().find(|quote| rest.starts_with(quote))?;
        self.at += quote.len();
        let mut text = String::new();
        while !self.rest().starts_with(quote) {
            let c = self.next()?;
            match c {
                '\n' if quote.len() == 1 => return None,
                '\\' if is_raw => text.extend([c, self.next()?]),
                '\\' => text.extend(self.escaped()?),
                c => text.push(c),
            }
        }
        self.at += quote.len();
        if matches!(self.peek(), Some('\'' | '"' | 'u' | 'U' | 'r' | 'R'))
            && let Value::Text(more) = self.name()?
        {
            text.push_str(&more);
        }
        Some(Value::Text(text))
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// What the characters after a backslash stand for.
    fn escaped(&mut self) -> Option<Option<char>> {
        let digits = match self.rest().chars().next()? {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let code = self.rest().get(1..1 + digits)?;
            self.at += 1 + digits;
            return char::from_u32(u32::from_str_radix(code, 16).ok()?).map(Some);
        }
        Some(match self.next()? {
            '\n' => None,
            c @ ('\\' | '\'' | '"') => Some(c),
            't' => Some('\t'),
            'n' => Some('\n'),
            _ => return None,
        })
    }
}

/// A whole number as Python writes it, without its sign.
fn integer(digits: &str) -> Option<i128> {
    let lower = digits.to_ascii_lowercase();
    let prefixes = [("0x", 16), ("0o", 8), ("0b", 2)];
    let found = prefixes.into_iter().find(|(prefix, _)| lower.starts_with(prefix));
    let (digits, radix) =
        found.map_or((&lower[..], 10), |(_, radix)| (&lower[2..], radix));
    // A low line stands between digits, or after the prefix.
    let plain = digits.replace('_', "");
    let is_spaced = digits.ends_with('_') || digits.contains("__");
    let is_octal =
        radix == 10 && plain.starts_with('0') && !plain.trim_matches('0').is_empty();
    if is_spaced || is_octal {
        return None;
    }
    i128::from_str_radix(&plain, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_python_reads_is_read_and_nothing_else() {
        let numbers = |numbers: &[i128]| {
            Some(Value::Tuple(numbers.iter().map(|n| Value::Integer(*n)).collect()))
        };
        let text = |text: &str| Some(Value::Text(text.into()));
        for (spelling, expected) in [
            ("(2, 3)", numbers(&[2, 3])),
            (" ( 2 ,\t3,\n)\n", numbers(&[2, 3])),
            ("(2L, 3 L)", numbers(&[2, 3])),
            ("(0x1F, 0o7, 0b_11, 1_0, 00, +-4)", numbers(&[31, 7, 3, 10, 0, -4])),
            ("((2), (3)) # sizes", numbers(&[2, 3])),
            ("(2,\\\n3)", numbers(&[2, 3])),
            ("()", numbers(&[])),
            ("(4,)", numbers(&[4])),
            ("(4)", Some(Value::Integer(4))),
            ("u'<f8'", text("<f8")),
            ("'<' \"f8\"", text("<f8")),
            ("'\\x3cf\\u0038'", text("<f8")),
            ("r'\\x'", text("\\x")),
            ("'''a'b\n'''", text("a'b\n")),
            ("''", text("")),
            ("True", Some(Value::Bool(true))),
            ("[1, (2,)]", Some(Value::Other)),
            ("(2l, 3)", None),
            ("(2LL, 3)", None),
            ("(02, 3)", None),
            ("(2 3)", None),
            ("(2, 3", None),
            ("(,)", None),
            ("2.5", None),
            ("1 + 1", None),
            ("b'<f8'", None),
            ("'<f8", None),
            ("'a\nb'", None),
            ("true", None),
            ("", None),
            (&"(".repeat(9000), None),
        ] {
            assert_eq!(parse(spelling, true).ok(), expected, "{spelling}");
        }
        assert_eq!(parse("2L", false).ok(), None, "since Python 3");
    }

    #[test]
    fn an_error_quotes_no_more_than_helps() {
        let error =
            parse(&format!("{{'shape': (2l, {}", "9".repeat(9000)), true).unwrap_err();
        assert!(error.contains("at 2l, 999"), "{error}");
        assert!(error.len() < 100, "{error}");
    }
}
