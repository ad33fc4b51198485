//! Tests of settling, writing and appending.

use std::fs;
use std::io::{Error as IoError, Write};
use std::os::unix::fs::symlink;

use super::*;
use crate::trial::Folder;

fn write(path: &Path, text: &str) -> Result<(), Error> {
    Output::create(path)?.write(|file| file.write_all(text.as_bytes()))
}

fn columns() -> Vec<String> {
    ["a", "b"].map(String::from).to_vec()
}

fn append(path: &Path, fields: [&str; 2]) -> Result<(), Error> {
    Appended::check(path, columns())?.append(&fields.map(String::from))
}

#[test]
fn an_old_file_survives_a_run_that_fails_and_nothing_is_seen_before_its_end() {
    let folder = Folder::with(&[("result", "old")]);
    let path = folder.path("result");
    let output = Output::create(&path).unwrap();
    output.write(|_| Err(IoError::other("failed half way"))).unwrap_err();
    drop(Output::create(&path).unwrap());
    let output = Output::create(&path).unwrap();
    output.fill(|file| file.write_all(b"new")).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    // So does a run that is killed.
    assert_eq!(folder.names(), ["result"], "nothing is left behind");
    output.publish().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(folder.names(), ["result"], "nothing is left behind");
}

#[test]
fn a_link_is_written_through_to_a_file_or_to_none_yet() {
    for old in [Some("old"), None] {
        let folder = Folder::new();
        let (file, link) = (folder.path("file"), folder.path("link"));
        if let Some(old) = old {
            fs::write(&file, old).unwrap();
        }
        symlink("file", folder.path("middle")).unwrap();
        symlink(folder.path("middle"), &link).unwrap();
        write(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new", "{old:?}");
        fs::remove_file(&file).unwrap();
        append(&link, ["1", "2"]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "a,b\n1,2\n", "{old:?}");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "{old:?}");
    }
}

#[test]
fn every_name_that_the_system_allows_is_written() {
    for name in ["x".repeat(255), "\u{e4}".repeat(127), "-".into(), " \n".into()] {
        let folder = Folder::new();
        write(&folder.path(&name), "new").unwrap();
        append(&folder.path(&name), ["1", "2"]).unwrap_err();
        assert_eq!(folder.names(), [name]);
    }
}

#[test]
fn a_path_that_cannot_be_written_is_refused_before_the_work() {
    let folder = Folder::with(&[("file", "")]);
    symlink("circle", folder.path("circle")).unwrap();
    let long = "x".repeat(256);
    for name in
        ["missing/result", "", "new/", "new/.", "file/", "file/x", "circle", &long]
    {
        let path = folder.path(name);
        for error in [
            Output::create(&path).map(drop).expect_err(name),
            Appended::check(&path, columns()).map(drop).expect_err(name),
        ] {
            let message = error.to_string();
            assert_eq!(error.status(), 1, "{error}");
            assert!(message.contains(&path.display().to_string()), "{error}");
            assert!(!message.contains(".part-"), "{error}");
        }
    }
    assert_eq!(folder.names(), ["circle", "file"]);
}

#[test]
fn a_pipe_without_a_reader_is_refused_and_one_with_a_reader_is_written() {
    let folder = Folder::new();
    let pipe = |name| {
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, folder.path(name), mode).unwrap();
        folder.path(name)
    };
    assert_eq!(Output::create(&pipe("unread")).expect_err("unread").status(), 1);
    assert!(open(&pipe("unwritten")).is_err());
    let path = pipe("pipe");
    for text in ["new", "a,b\n1,2\n"] {
        let reader = std::thread::spawn({
            let path = path.clone();
            move || fs::read_to_string(path).unwrap()
        });
        match text {
            "new" => write(&path, text).unwrap(),
            _ => append(&path, ["1", "2"]).unwrap(),
        }
        assert_eq!(reader.join().unwrap(), text);
    }
}

#[test]
fn two_files_are_one_whatever_their_names() {
    let folder = Folder::with(&[("old", ""), ("sub/file", ""), ("other", "")]);
    symlink("old", folder.path("link")).unwrap();
    symlink("new", folder.path("dangling")).unwrap();
    symlink("sub", folder.path("folder")).unwrap();
    fs::hard_link(folder.path("old"), folder.path("hard")).unwrap();
    for (one, two, same) in [
        ("old", "old", true),
        ("old", "./old", true),
        ("old", "sub/../old", true),
        ("old", "link", true),
        ("old", "hard", true),
        ("new", "new", true),
        ("new", "sub/.././new", true),
        ("new", "dangling", true),
        ("sub/new", "folder/new", true),
        ("old", "other", false),
        ("new", "sub/new", false),
        ("missing/x", "missing/x", false),
        ("/dev/null", "/dev/null", false),
    ] {
        let (one, two) = (folder.path(one), folder.path(two));
        let twice = distinct(&[], &[("--one", &one), ("--two", &two)]);
        let read = distinct(&[("--one", &one)], &[("--two", &two)]);
        for found in [twice, read] {
            let status = found.as_ref().err().map(Error::status);
            assert_eq!(status, same.then_some(2), "{one:?} {two:?} {found:?}");
        }
        assert!(distinct(&[("--one", &one), ("--two", &two)], &[]).is_ok());
    }
}

#[test]
fn a_record_begins_a_line_of_its_own() {
    let folder = Folder::new();
    let path = folder.path("records.csv");
    for (old, expected) in [
        (None, Some("a,b\n1,\"2, 3\"\n")),
        (Some(""), Some("a,b\n1,\"2, 3\"\n")),
        (Some("\u{feff}"), Some("\u{feff}a,b\n1,\"2, 3\"\n")),
        (Some("a,b\n"), Some("a,b\n1,\"2, 3\"\n")),
        (Some("a,b"), Some("a,b\n1,\"2, 3\"\n")),
        (Some("a,b\n0,0"), Some("a,b\n0,0\n1,\"2, 3\"\n")),
        (Some("\u{feff}a,b\n0,0"), Some("\u{feff}a,b\n0,0\n1,\"2, 3\"\n")),
        (Some("\"a\",b\r\n0,\"\n\"\r\n"), Some("\"a\",b\r\n0,\"\n\"\r\n1,\"2, 3\"\n")),
        (Some("a,b\n0,\"0"), None),
        (Some("a,c\n"), None),
        (Some("a\n"), None),
        (Some("a,b,c"), None),
    ] {
        match old {
            Some(old) => fs::write(&path, old).unwrap(),
            None => drop(fs::remove_file(&path)),
        }
        let checked = Appended::check(&path, columns());
        assert_eq!(fs::read_to_string(&path).ok().as_deref(), old, "a check changes it");
        let appended = checked.and_then(|it| it.append(&["1", "2, 3"].map(String::from)));
        let found = fs::read_to_string(&path).unwrap();
        assert_eq!(appended.is_ok(), expected.is_some(), "{old:?}");
        assert_eq!(found, expected.or(old).unwrap(), "{old:?}");
    }
}

#[test]
fn records_of_many_runs_at_once_are_all_there() {
    let folder = Folder::new();
    let path = &folder.path("records.csv");
    for round in 0..200 {
        let _ = fs::remove_file(path);
        let all_checked = &std::sync::Barrier::new(8);
        std::thread::scope(|runs| {
            for run in 0..8 {
                runs.spawn(move || {
                    let appended = Appended::check(path, columns()).unwrap();
                    all_checked.wait();
                    appended.append(&[run.to_string(), "0".to_owned()]).unwrap();
                });
            }
        });
        let text = fs::read_to_string(path).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.remove(0), "a,b", "round {round}");
        lines.sort();
        assert_eq!(lines, [0, 1, 2, 3, 4, 5, 6, 7].map(|run| format!("{run},0")));
    }
}
