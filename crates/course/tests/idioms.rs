//! Ten idioms for those who do not know Rust yet, as the page prints them.
//!
//! `crates/course/pages/idioms.toml` has each beside its Python. The Rust there is the
//! body of the test of that name here, and the Python is run.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;
use std::{fs, thread};

mod house;

#[test]
fn lend() {
    fn fill(part: &mut [u32], count: u32) {
        part[0] = count;
    }
    let mut image = vec![0; 6];
    fill(&mut image[4..6], 7);
    assert_eq!(image, [0, 0, 0, 0, 7, 0]);
}

#[test]
fn cut() {
    let mut image = vec![0; 6];
    let (top, bottom) = image.split_at_mut(4);
    top[0] = 1;
    bottom[0] = 2;
    assert_eq!(image, [1, 0, 0, 0, 2, 0]);
}

#[test]
fn number() {
    let mut image = vec![0; 6];
    for (y, row) in image.chunks_mut(2).enumerate() {
        row.fill(y);
    }
    assert_eq!(image, [0, 0, 1, 1, 2, 2]);
}

#[test]
fn list() {
    let lengths = [3, 2, 2];
    let sizes: Vec<usize> = lengths.iter().map(|n| n * 8).collect();
    assert_eq!(sizes, [24, 16, 16]);
}

#[test]
fn divide() {
    let costs = [3_u64, 4];
    let sum: u64 = costs.iter().sum();
    assert_eq!(sum / 2, 3);
    assert_eq!(sum as f64 / 2.0, 3.5);
}

#[test]
fn choose() {
    let says = |rows| match rows {
        0 => "nothing",
        1 | 2 => "little",
        _ => "much",
    };
    assert_eq!(says(2), "little");
}

#[test]
fn until() {
    let (mut tiles, mut done) = (vec![1, 2], 0);
    while let Some(tile) = tiles.pop() {
        done += tile;
    }
    assert_eq!(done, 3);
}

#[test]
fn count() {
    let mut seen = HashMap::new();
    for letter in ["a", "b", "a"] {
        *seen.entry(letter).or_insert(0) += 1;
    }
    assert_eq!(seen["a"], 2);
}

#[test]
fn start() {
    let mut sums = [0, 0];
    thread::scope(|scope| {
        for (worker, sum) in sums.iter_mut().enumerate() {
            scope.spawn(move || *sum = worker + 10);
        }
    });
    assert_eq!(sums, [10, 11]);
}

#[test]
fn lock() {
    let (tiles, done) = (Mutex::new(0..100), Mutex::new(0));
    let work = || loop {
        let tile = tiles.lock().unwrap().next();
        let Some(tile) = tile else { break };
        *done.lock().unwrap() += tile;
    };
    thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    assert_eq!(*done.lock().unwrap(), 4950);
}

#[test]
fn the_page_shows_these_ten_and_its_python_says_the_same() {
    let Some(root) = house::reference() else { return };
    let page = fs::read_to_string(root.join("crates/course/pages/idioms.toml")).unwrap();
    let page: toml::Table = page.parse().unwrap();
    let idioms = page["idiom"].as_array().unwrap();
    let text = |idiom: &toml::Value, key: &str| idiom[key].as_str().unwrap().to_owned();
    let names: BTreeSet<String> =
        idioms.iter().map(|idiom| text(idiom, "name")).collect();
    assert_eq!((idioms.len(), names.len()), (10, 10));
    let source = fs::read_to_string(root.join("crates/course/tests/idioms.rs")).unwrap();
    for idiom in idioms {
        let name = text(idiom, "name");
        let start = format!("\n#[test]\nfn {name}() {{\n");
        let body =
            source.split_once(&start).and_then(|(_, rest)| rest.split_once("\n}\n"));
        let (body, _) = body.unwrap_or_else(|| panic!("{name}: no such test"));
        let body: Vec<&str> =
            body.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
        assert_eq!(text(idiom, "rust").trim_end(), body.join("\n"), "{name}");
        // Each half of the page checks itself: they say the same if both have it.
        let python = text(idiom, "python");
        assert!(python.contains("assert "), "{name}: the Python claims nothing");
        match house::alone("python3", &root).args(["-c", &python]).output() {
            Ok(output) => assert!(output.status.success(), "{name}: {output:?}"),
            Err(error) => house::say(&format!("not tested: Python of {name}: {error}")),
        }
    }
}
