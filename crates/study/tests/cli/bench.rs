//! bench, over fake programs: as if every worker more were one time faster.

use std::collections::HashMap;
use std::fs;

use harness::trial::Outcome;

use super::{Lab, NO_TROUBLE, row};

/// What bench measures, with the calls that tell the sizes of 1 and 2 workers.
const SERIES: [(&str, &str, [&str; 2]); 5] = [
    ("matmul", "matmul-shm threads shared", ["--size 128", "--size 161"]),
    ("matmul", "matmul-mpi grid", ["--size 128", "--size 161"]),
    ("mandel", "mandel-threads dynamic simd", ["--height 100", "--height 200"]),
    ("mandel", "mandel-mpi counter simd", ["--height 100", "--height 200"]),
    (
        "words",
        "wordcount fast",
        ["fast data data data data,", "fast data data data data data data data data,"],
    ),
];

/// A lab with documents, in which bench has run on 1, 2 and 3 workers.
fn measured(trouble: &str) -> (Lab, Outcome) {
    let lab = Lab::new();
    fs::create_dir(lab.path("data")).unwrap();
    let done = lab.study("bench --quick --workers 3", trouble);
    (lab, done)
}

/// The rows of one kind of scaling.
fn scaling(lab: &Lab, kind: &str) -> Vec<HashMap<String, String>> {
    lab.csv("scaling.csv").into_iter().filter(|row| row["scaling"] == kind).collect()
}

#[test]
fn every_series_is_scaled_strong_and_weak() {
    let (lab, done) = measured(NO_TROUBLE);
    done.success();
    assert_eq!(lab.csv("scaling.csv").len(), 5 * 2 * 3);
    // The fake programs take as long for any size: a weak speed-up is doubled.
    // Their machine has two cores.
    for (kind, workers, expected) in [
        ("strong", 1, ["1.0", "1.0", ""]),
        ("strong", 2, ["2.0", "1.0", "0.0"]),
        ("strong", 3, ["3.0", "", ""]),
        ("weak", 1, ["1.0", "1.0", ""]),
        ("weak", 2, ["4.0", "2.0", ""]),
        ("weak", 3, ["9.0", "", ""]),
    ] {
        let rows = scaling(&lab, kind);
        for (topic, implementation, _) in SERIES {
            let row = row(&rows, implementation, workers);
            let found =
                ["speedup", "efficiency", "serial_fraction"].map(|key| &*row[key]);
            let rounded = found.map(|text| match text.parse::<f64>() {
                Ok(number) => format!("{:.1}", number.abs()),
                Err(_) => String::new(),
            });
            assert_eq!(rounded, expected, "{kind}, {implementation}, {workers}");
            assert_eq!([&*row["topic"], &*row["result"]], [topic, "verified"]);
        }
    }
}

#[test]
fn strong_keeps_the_work_and_weak_the_work_of_each() {
    let (lab, _) = measured(NO_TROUBLE);
    let calls = lab.calls();
    for (_, implementation, [one, two]) in SERIES {
        let (program, _) = implementation.split_once(' ').unwrap();
        let with_two = format!("2 {program} ");
        let calls = calls.iter().filter(|call| call.starts_with(&with_two));
        let [strong, weak] = calls.collect::<Vec<_>>()[..] else { panic!("{program}") };
        assert!(strong.contains(one), "{implementation}: {strong}");
        assert!(weak.contains(two), "{implementation}: {weak}");
    }
    let work = |kind| {
        scaling(&lab, kind).iter().map(|row| row["work"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        work("strong")[..4],
        ["strong, n = 128", "strong, n = 128", "strong, n = 128", "strong, n = 128"]
    );
    assert_eq!(work("weak")[..3], ["weak, n = 128", "weak, n = 161", "weak, n = 185"]);
    assert_eq!(
        work("weak")[6..9],
        ["weak, 100 rows", "weak, 200 rows", "weak, 300 rows"]
    );
    assert_eq!(work("weak")[12], "weak, 80 MB");
}

#[test]
fn there_is_a_table_a_series_and_one_legend() {
    let (_, done) = measured("mandel-mpi*=todo");
    let text = &done.success().stdout;
    for (_, implementation, _) in SERIES {
        let titles = text.lines().filter(|line| *line == implementation).count();
        assert_eq!(titles, 1, "{implementation}\n{text}");
        let rows =
            text.lines().filter(|line| line.starts_with(&format!("{implementation} ")));
        assert_eq!(rows.count(), 2 * 3, "{implementation}\n{text}");
    }
    assert_eq!(text.matches("Karp and Flatt").count(), 1, "{text}");
    // The fake programs have no serial part.
    let fitted = "fitted serial part: 0.000 strong, 0.000 weak\n";
    assert_eq!(text.matches(fitted).count(), 4, "{text}");
    assert_eq!(text.matches("not written yet (3.2)").count(), 6, "{text}");
}
