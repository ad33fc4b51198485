//! Who catches which mistake: the printed page, and what shows that it is true.

use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, panic};

use toml::Value;

mod house;

/// The text of `key`; empty where there is none.
fn text<'a>(mistake: &'a Value, key: &str) -> &'a str {
    mistake.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn each_of_the_twenty_is_caught_as_the_page_says() {
    let Some(root) = house::reference() else { return };
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let page: toml::Table = read("crates/course/pages/catches.toml").parse().unwrap();
    let mistakes = page["mistake"].as_array().unwrap();
    assert_eq!(mistakes.len(), 20);
    let (jobs, here) =
        (read("crates/deadlock/tests/bank.rs"), read("crates/course/tests/catches.rs"));
    let troubles = read("crates/ranks/tests/trouble.rs");
    for mistake in mistakes {
        let [what, by, says, shown] =
            ["what", "by", "says", "shown"].map(|key| text(mistake, key));
        assert!(![what, by, says, shown].contains(&""), "{mistake:?}");
        let is_shown = match by {
            "compiler" => {
                let said = compiled(text(mistake, "code"));
                said.contains(&format!("error[{shown}]: {says}"))
            }
            // With its words, so that the page cannot say others.
            "hang report" => {
                jobs.contains(&format!("\"{shown}\",")) && jobs.contains(says)
            }
            "MPI" => troubles.contains(&format!("\"{shown} ")) && troubles.contains(says),
            "panic" | "nobody" => here.contains(&format!("\nfn {shown}() {{")),
            "check" => match root.join("crates/course/bank").is_dir() {
                true => read(&format!("crates/course/bank/{shown}.patch")).contains(says),
                false => {
                    house::say(&format!("not tested: there is no bank with {shown}"));
                    true
                }
            },
            _ => false,
        };
        assert!(is_shown, "{what} {by}: {shown}");
    }
}

/// What the compiler says of `code`.
fn compiled(code: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("code.rs"), code).unwrap();
    let mut rustc = house::alone("rustc", folder.path());
    rustc.args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "code.rs"]);
    String::from_utf8(rustc.output().unwrap().stderr).unwrap()
}

/// What a panic in `work` says.
fn panicked(work: impl FnOnce() + panic::UnwindSafe) -> String {
    let message = panic::catch_unwind(work).expect_err("it ended well");
    message
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| message.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap()
}

#[test]
fn a_row_beyond_the_last() {
    let (rows, last) = (vec![1, 2, 3], std::hint::black_box(3));
    let message = panicked(move || _ = std::hint::black_box(rows[last]));
    assert_eq!(message, "index out of bounds: the len is 3 but the index is 3");
}

#[test]
fn one_less_than_nothing() {
    let rank = std::hint::black_box(0_usize);
    let message = panicked(move || _ = std::hint::black_box(rank - 1));
    assert_eq!(message, "attempt to subtract with overflow");
}

#[test]
fn a_number_that_is_cut_off() {
    let iterations: u64 = 5_000_000_000;
    assert_eq!(iterations as u32, 705_032_704);
}

#[test]
fn two_steps_are_not_one() {
    // Two workers in the order in which it goes wrong; mostly it goes well.
    let counter = AtomicU32::new(0);
    let [one, other] = [counter.load(Ordering::SeqCst), counter.load(Ordering::SeqCst)];
    counter.store(one + 1, Ordering::SeqCst);
    counter.store(other + 1, Ordering::SeqCst);
    assert_eq!(counter.load(Ordering::SeqCst), 1);
    counter.fetch_add(1, Ordering::SeqCst);
    assert_eq!(counter.load(Ordering::SeqCst), 2, "in one step none is lost");
}

#[test]
fn another_order_is_another_sum() {
    let numbers = [0.1, 0.2, 0.3];
    let forwards: f64 = numbers.iter().sum();
    let backwards: f64 = numbers.iter().rev().sum();
    assert_ne!(forwards, backwards);
    assert!((forwards - backwards).abs() < 1e-15);
}
