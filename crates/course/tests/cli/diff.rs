//! `course diff`: what students hand in, and what the teacher reads.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::mini::{ALLOW, BLOCK, BLOCK_STUB, Mini, course, write};

const HEART: &str = "crates/rows/src/block.rs";
const MINE: &str = "    let _ = workers;\n    rows.sum()\n";

/// The report on the submission at `path`.
#[track_caller]
fn report(mini: &Mini, path: &Path) -> String {
    course(mini.root(), &format!("diff rows --submission {}", path.display())).success()
}

/// The stubbed heart with `code` in place of the stub of the second region.
fn heart_with(code: &str) -> String {
    let (start, rest) = BLOCK_STUB.split_once("    todo!(").unwrap();
    let end = rest.split_once("step 2\")\n").unwrap().1;
    format!("{start}{code}{end}")
}

#[test]
fn an_untouched_handout_is_not_written_yet() {
    let Some(mini) = Mini::new() else { return };
    let report = report(&mini, mini.handout().path());
    let expected = "\n\n\
        3.1: no imports added (crates/rows/src/block.rs:6)\n\
        3.1: not written yet (crates/rows/src/block.rs:11)\n\
        3.2: not written yet (crates/rows/src/cyclic.rs:7)\n\n\
        outside of the regions: as handed out\n";
    assert!(report.starts_with("rows: Rows on threads\nsubmission: /"), "{report}");
    assert!(report.ends_with(expected), "{report}");
}

#[test]
fn the_line_that_allows_what_is_unused_may_go_or_stay() {
    let Some(mini) = Mini::new() else { return };
    for heart in [heart_with(MINE), heart_with(MINE).replace(&format!("{ALLOW}\n"), "")] {
        let handout = mini.handout();
        write(handout.path(), HEART, &heart);
        let report = report(&mini, handout.path());
        assert!(report.contains("3.1: differs from the reference"), "{report}");
        assert!(report.ends_with("outside of the regions: as handed out\n"), "{report}");
        // Nor is it shown where the file is shown as a whole.
        write(handout.path(), HEART, &heart.replace("    // <<< 3.1\n", ""));
        let report = self::report(&mini, handout.path());
        assert!(report.contains("3.1: marks damaged"), "{report}");
        assert!(!report.contains("allow"), "{report}");
    }
}

#[test]
fn a_copy_of_the_solutions_equals_the_reference() {
    let Some(mini) = Mini::new() else { return };
    course(mini.root(), "solutions").success();
    let report = report(&mini, &mini.root().join("parallel_solutions.tar.gz"));
    assert_eq!(report.matches(": equals the reference (").count(), 3, "{report}");
    assert!(report.ends_with("outside of the regions: as handed out\n"), "{report}");
}

#[test]
fn other_code_is_shown_beside_the_reference() {
    let Some(mini) = Mini::new() else { return };
    let handout = mini.handout();
    write(handout.path(), HEART, &heart_with(MINE));
    let report = report(&mini, handout.path());
    let expected = "\
3.1: differs from the reference (crates/rows/src/block.rs:11)
--- reference/crates/rows/src/block.rs
+++ submission/crates/rows/src/block.rs
@@ -11,5 +11,2 @@
-    let middle = rows.end / workers;
-    thread::scope(|scope| {
-        let first = scope.spawn(|| kernels::sum(0..middle));
-        kernels::sum(middle..rows.end) + first.join().unwrap()
-    })
+    let _ = workers;
+    rows.sum()
3.2: not written yet (crates/rows/src/cyclic.rs:7)

outside of the regions: as handed out
";
    assert!(report.ends_with(expected), "{report}");
}

#[test]
fn every_edit_outside_of_the_regions_is_flagged() {
    let Some(mini) = Mini::new() else { return };
    let handout = mini.handout();
    let folder = handout.path();
    let heart = heart_with(MINE).replace("/// The sum of `rows`.\n", "");
    write(folder, HEART, &heart.replace("workers: u64)", "workers: usize)"));
    write(folder, "crates/rows/Cargo.toml", "[package]\nname = \"rows\"\n");
    write(folder, "crates/rows/src/extra.rs", "fn a() {}\nfn b() {}\n");
    fs::remove_file(folder.join("crates/rows/README.md")).unwrap();
    write(
        folder,
        "crates/kernels/src/lib.rs",
        "//! Kernels.\n\npub fn sum() { todo!() }\n",
    );
    write(folder, "crates/kernels/build.rs", "fn main() {}\n");
    // What running leaves behind, what another exercise asks for, and CRLF.
    write(folder, "target/debug/rows.rs", "x");
    write(folder, "crates/hello/src/main.rs", "fn main() {}\n");
    write(
        folder,
        "crates/rows/src/main.rs",
        "//! Sums.\r\n\r\nmod block;\r\nmod cyclic;\r\n\r\nfn main() {}",
    );
    let report = report(&mini, folder);
    let expected = "
outside of the regions:
crates/rows/src/block.rs:8: edited
-/// The sum of `rows`.
-pub fn sum(rows: Range<u64>, workers: u64) -> u64 {
+pub fn sum(rows: Range<u64>, workers: usize) -> u64 {
crates/kernels/src/lib.rs:3: edited
crates/rows/Cargo.toml:3: edited
-[package.metadata.course]
-id = \"3\"
-title = \"Rows on threads\"
-files = [\"src/block.rs\", \"src/cyclic.rs\"]
crates/rows/README.md:1: missing
crates/kernels/build.rs:1: added, 1 lines
crates/rows/src/extra.rs:1: added, 2 lines
";
    assert!(report.ends_with(expected), "{report}");
    assert!(report.contains("3.1: differs from the reference"), "{report}");
}

#[test]
fn a_missing_or_damaged_mark_is_flagged_and_the_whole_file_shown() {
    let Some(mini) = Mini::new() else { return };
    let whole = heart_with(MINE);
    let cases = [
        (
            whole.replace("    // <<< 3.1\n", ""),
            "block.rs:12: mark missing, here in the handout: // <<< 3.1\n",
        ),
        (
            whole.replace("// >>> 3.1: write", "//>>> write"),
            "block.rs:10: not a mark of the handout: //>>> write",
        ),
        (
            format!("{whole}// >>> 3.1\n"),
            "block.rs:15: not a mark of the handout: // >>> 3.1\n",
        ),
    ];
    for (heart, expected) in cases {
        let handout = mini.handout();
        write(handout.path(), HEART, &heart);
        let report = report(&mini, handout.path());
        assert!(report.contains(expected), "{expected}: {report}");
        assert!(report.contains("3.1: marks damaged"), "{expected}: {report}");
        assert!(report.contains("\n+    rows.sum()\n"), "{expected}: {report}");
        assert!(report.contains("3.2: not written yet"), "{expected}: {report}");
    }
    let handout = mini.handout();
    fs::remove_file(handout.path().join(HEART)).unwrap();
    let report = report(&mini, handout.path());
    assert!(
        report.contains("3.1: not in the submission (crates/rows/src/block.rs)\n"),
        "{report}"
    );
    assert!(report.contains("crates/rows/src/block.rs:1: missing\n"), "{report}");
}

#[test]
fn a_project_and_a_crate_in_a_folder_or_tarball_give_the_same_report() {
    let Some(mini) = Mini::new() else { return };
    let handout = mini.handout();
    let folder = handout.path();
    write(folder, HEART, &heart_with(MINE));
    let packed = tempfile::tempdir().unwrap();
    let pack = "cp -r . $0/anna && cd $0 && tar czf whole.tgz anna &&
        tar czf crate.tgz -C anna/crates rows &&
        tar czf flat.tar.gz -C anna/crates/rows .";
    let mut sh = Command::new("sh");
    sh.args(["-c", pack]).arg(packed.path()).current_dir(folder);
    assert!(sh.status().unwrap().success());

    let body = |path: &Path| report(&mini, path).split_once("\n\n").unwrap().1.to_owned();
    let expected = body(folder);
    assert!(expected.contains("\n+    rows.sum()\n"), "{expected}");
    let paths = ["anna", "anna/crates/rows", "whole.tgz", "crate.tgz", "flat.tar.gz"];
    for path in paths {
        assert_eq!(body(&packed.path().join(path)), expected, "{path}");
    }
}

#[test]
fn what_another_system_does_to_texts_is_no_edit() {
    let Some(mini) = Mini::new() else { return };
    let body = |path: &Path| report(&mini, path).split_once("\n\n").unwrap().1.to_owned();
    let handout = mini.handout();
    write(handout.path(), HEART, &heart_with(MINE));
    let expected = body(handout.path());
    let paths = [HEART, "crates/rows/Cargo.toml", "crates/rows/README.md", "Makefile"];
    for path in paths {
        let text = fs::read_to_string(handout.path().join(path)).unwrap();
        write(handout.path(), path, &format!("\u{feff}{}", text.replace('\n', "\r\n")));
    }
    for path in ["__MACOSX/crates/rows/src/._block.rs", "crates/rows/.DS_Store"] {
        write(handout.path(), path, "x");
    }
    for path in ["crates/rows/src/Thumbs.db", "crates/rows/desktop.ini"] {
        write(handout.path(), path, "x");
    }
    assert_eq!(body(handout.path()), expected);
}

#[test]
fn a_hostile_tarball_touches_nothing() {
    let Some(mini) = Mini::new() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evil.tar.gz");
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut archive = tar::Builder::new(gzip);
    for name in ["rows/src/main.rs", "../evil.rs"] {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(4);
        header.set_cksum();
        archive.append(&header, &b"evil"[..]).unwrap();
    }
    fs::write(&path, archive.into_inner().unwrap().finish().unwrap()).unwrap();
    let outcome =
        course(mini.root(), &format!("diff rows --submission {}", path.display()));
    assert_eq!(outcome.status, 1, "{outcome:?}");
    outcome.assert_one_error("evil.tar.gz");
    assert!(
        outcome.stderr.contains("evil.tar.gz: its entry ../evil.rs leads out"),
        "{outcome:?}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(!folder.path().join("../evil.rs").exists());
}

#[test]
fn a_student_s_text_cannot_command_the_terminal() {
    let Some(mini) = Mini::new() else { return };
    let handout = mini.handout();
    write(handout.path(), HEART, &heart_with("    // \u{1b}[2J\n"));
    write(handout.path(), "crates/rows/src/\u{1b}[2J.rs", "");
    let report = report(&mini, handout.path());
    assert!(report.contains("\n+    // \\u{1b}[2J\n"), "{report:?}");
    assert!(!report.contains('\u{1b}'), "{report:?}");
}

#[test]
fn a_link_in_a_submission_is_not_followed() {
    let Some(mini) = Mini::new() else { return };
    let handout = mini.handout();
    let heart = handout.path().join(HEART);
    fs::remove_file(&heart).unwrap();
    let secret = mini.root().join(HEART);
    std::os::unix::fs::symlink(secret, &heart).unwrap();
    let report = report(&mini, handout.path());
    assert!(
        report.contains("crates/rows/src/block.rs:1: not a plain file\n"),
        "{report}"
    );
    assert!(!report.contains(BLOCK.lines().nth(9).unwrap()), "{report}");
}
