//! What the compiler has said, as it said it, with a line of ours for the errors that
//! everybody meets once.

use serde_json::Value;

/// What came of a build.
#[derive(Debug)]
pub struct Built {
    /// Whether everything was built.
    pub is_success: bool,
    /// The errors, and the warnings of the exercise, in the compiler's order.
    pub messages: Vec<Message>,
}

/// A message of the compiler's.
#[derive(Debug, PartialEq)]
pub struct Message {
    /// `E0308`, or the name of a lint; empty if it has neither.
    pub code: String,
    /// The compiler's text.
    pub text: String,
    /// Our line, at its first such message.
    pub advice: Option<&'static str>,
}

/// What cargo says with `--message-format=json` about the exercise `program` and what
/// it needs.
pub fn explain(lines: &str, program: &str) -> Built {
    let mut built = Built { is_success: false, messages: Vec::new() };
    let mut given: Vec<&str> = Vec::new();
    for line in lines.lines().filter(|line| line.starts_with('{')) {
        let Ok(said) = serde_json::from_str::<Value>(line) else { continue };
        match said["reason"].as_str() {
            Some("build-finished") => {
                built.is_success = said["success"].as_bool() == Some(true);
            }
            Some("compiler-message") => {
                let Some(mut message) = message(&said, program) else { continue };
                match message.advice {
                    Some(advice) if given.contains(&advice) => message.advice = None,
                    Some(advice) => given.push(advice),
                    None => {}
                }
                // A program and its tests may say the same.
                if !built.messages.iter().any(|known| known.text == message.text) {
                    built.messages.push(message);
                }
            }
            _ => {}
        }
    }
    built
}

/// What concerns the student: errors, and warnings of the exercise itself.
fn message(said: &Value, program: &str) -> Option<Message> {
    let message = &said["message"];
    let code = message["code"]["code"].as_str().unwrap_or_default().to_owned();
    let is_own = said["target"]["name"].as_str() == Some(program);
    let is_told = match message["level"].as_str()? {
        "error" => !message["spans"].as_array()?.is_empty(),
        "warning" => is_own && !message["spans"].as_array()?.is_empty(),
        _ => false,
    };
    let text = message["rendered"].as_str()?.to_owned();
    is_told.then(|| Message { advice: advice(&code, &all_text(message)), code, text })
}

/// The message, its labels, and its notes.
fn all_text(message: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let labels = list(&message["spans"]).into_iter().map(|span| text(&span["label"]));
    let notes = list(&message["children"]).into_iter().map(|child| all_text(&child));
    let parts: Vec<String> =
        [text(&message["message"])].into_iter().chain(labels).chain(notes).collect();
    parts.join("\n")
}

/// Our line for a message with this code, which says `text`.
fn advice(code: &str, text: &str) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let is_list = has(&["Borrow<[", "Vec<"]);
    Some(match code {
        "E0277"
            if is_list && has(&["Borrow<[", "Buffer", "Equivalence", "Collection"]) =>
        {
            "MPI takes slices: write &numbers[..] or &mut numbers[..], not &numbers."
        }
        "E0277"
            if has(&["cannot be shared between threads", "cannot be sent between"]) =>
        {
            "Threads may not share this: give each thread a part of its own, or put a Mutex around it."
        }
        "E0308" if has(&["`&Vec<", "&mut Vec<"]) && has(&["&[", "&mut ["]) => {
            "A list goes in as a slice: write &numbers[..], not &numbers."
        }
        "E0308" if has(&["`usize`", "`i32`", "`u64`", "`Count`"]) => {
            "Rust converts no numbers by itself: write `as usize`, `as u64` or `as Count`."
        }
        "E0373" => {
            "A thread may outlive this function's variables: write move in front of the closure's ||."
        }
        "E0499" | "E0502" | "E0506" => {
            "Two workers may not hold the same slice: cut it with split_at_mut or chunks_mut, and give each its part."
        }
        "E0382" => {
            "It has been given away above: borrow it there with &, or clone it before."
        }
        "E0599" if has(&["trait", "in scope"]) => {
            "MPI's calls belong to traits: write `use mpi::traits::*;` at the top of the file."
        }
        "E0384" | "E0596" => "It must be declared with `let mut` to be changed.",
        "unused_must_use" => {
            "What this returns must be used, or nothing happens: give it a name, or wait for it."
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(code: &str, level: &str, target: &str, message: &str, note: &str) -> String {
        let spans = json!([{ "label": "here" }]);
        let message = json!({
            "code": { "code": code },
            "level": level,
            "message": message,
            "spans": spans,
            "children": [{ "message": note, "spans": [], "children": [] }],
            "rendered": format!("{level}[{code}]: {message}\n"),
        });
        json!({ "reason": "compiler-message", "target": { "name": target }, "message": message })
            .to_string()
    }

    #[test]
    fn everybody_s_errors_get_a_line_once() {
        for (code, message, note, advice) in [
            (
                "E0277",
                "the trait bound `Vec<i32>: Borrow<[i32]>` is not satisfied",
                "",
                "slices",
            ),
            (
                "E0277",
                "the trait bound `Vec<u8>: mpi::traits::Buffer` is not",
                "",
                "slices",
            ),
            ("E0373", "closure may outlive the current function", "", "move"),
            (
                "E0499",
                "cannot borrow `*image` as mutable more than once",
                "",
                "split_at_mut",
            ),
            ("E0502", "cannot borrow `image` as immutable", "", "split_at_mut"),
            ("E0382", "use of moved value: `rows`", "", "given away"),
            (
                "E0599",
                "no method named `rank`",
                "items from traits can only be used if the trait is in scope",
                "mpi::traits",
            ),
            (
                "E0308",
                "mismatched types",
                "expected `&[i32]`, found `&Vec<i32>`",
                "slice",
            ),
        ] {
            let line = said(code, "error", "mandel-mpi", message, note);
            let lines = format!("{line}\n{line}");
            let built = explain(&lines, "mandel-mpi");
            let [first] = &built.messages[..] else { panic!("{built:?}") };
            assert!(first.advice.is_some_and(|said| said.contains(advice)), "{first:?}");
        }
        let other = explain(&said("E0277", "error", "x", "`Foo: Display`", ""), "x");
        assert_eq!(other.messages[0].advice, None);
    }

    #[test]
    fn a_line_is_given_once_and_the_text_is_the_compilers() {
        let one = said("E0382", "error", "x", "use of moved value: `a`", "");
        let other = said("E0382", "error", "x", "use of moved value: `b`", "");
        let end = r#"{"reason":"build-finished","success":false}"#;
        let built = explain(&format!("noise\n{one}\n{other}\n{end}\n"), "x");
        assert!(!built.is_success);
        let texts: Vec<_> = built.messages.iter().map(|message| &*message.text).collect();
        assert_eq!(texts[1], "error[E0382]: use of moved value: `b`\n");
        assert!(built.messages[0].advice.is_some() && built.messages[1].advice.is_none());
    }

    #[test]
    fn warnings_of_other_crates_are_not_the_students() {
        let lines = [
            said("unused_must_use", "warning", "mandel-mpi", "unused result", ""),
            said("dead_code", "warning", "harness", "never used", ""),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
        ];
        let built = explain(&lines.join("\n"), "mandel-mpi");
        assert!(built.is_success);
        assert_eq!(built.messages.len(), 1);
        assert!(built.messages[0].advice.is_some());
    }
}
