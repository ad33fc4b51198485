//! Matrix products: GFLOP/s by implementation, and by order.

use crate::bars::{Bar, Bars};
use crate::canvas::{Chart, Picture};
use crate::data::{Row, distinct, on_cores, workers};
use crate::lines::{Line, Lines, Stroke};
use crate::pen::{BLUE, GREEN, ORANGE, PURPLE};

/// GFLOP/s of each implementation on one worker and on all, and the best
/// serial one as a line; `None` if there is no figure.
pub fn bars(rows: &[Row]) -> Option<Picture> {
    rows.iter().find_map(|row| row.number("gflops"))?;
    let mut counts: Vec<usize> = rows.iter().map(|row| row.count("workers")).collect();
    counts.sort();
    counts.dedup();
    let names = distinct(rows, "implementation");
    let bars =
        |count: usize| names.iter().map(move |name| bar(rows, name, count)).collect();
    let colours = [BLUE, ORANGE];
    let series = counts.iter().zip(colours).map(|(&count, colour)| (colour, bars(count)));
    let legend =
        counts.iter().zip(colours).map(|(&count, colour)| (workers(count), colour));
    let chart = Bars {
        axis: "GFLOP/s, more is better",
        labels: names.iter().map(|name| name.to_string()).collect(),
        series: series.collect(),
        reference: best_serial(rows),
        decimals: 1,
    };
    Some(Picture {
        name: "matmul",
        title: format!(
            "Matrix product of order {} {}",
            rows[0].text("n"),
            on_cores(rows)
        ),
        legend: legend.collect(),
        height: 150 + 40 * names.len() as u32,
        charts: vec![Chart::Bars(chart, 1.0)],
    })
}

fn bar(rows: &[Row], name: &str, workers: usize) -> Bar {
    let is = |row: &&Row| {
        row.text("implementation") == name && row.count("workers") == workers
    };
    match rows.iter().find(is) {
        None => Bar::Absent,
        Some(row) => {
            let note = || Bar::Note(row.text("result").to_owned());
            row.number("gflops").map_or_else(note, Bar::Value)
        }
    }
}

/// The serial implementation is the one that is not compared with its own
/// time on one worker.
fn best_serial(rows: &[Row]) -> Option<(String, f64)> {
    let serial = rows.iter().filter(|row| row.text("speedup_own").is_empty());
    let best = serial.filter_map(|row| row.number("gflops")).max_by(f64::total_cmp)?;
    Some((format!("best serial {best:.1}"), best))
}

/// GFLOP/s by order: threads and processes, shared and copied, and ranks;
/// `None` if there is no figure.
pub fn sweep(rows: &[Row]) -> Option<Picture> {
    let colour = |name: &str| match name {
        _ if name.contains("threads") => BLUE,
        _ if name.contains("processes") => ORANGE,
        _ if name.ends_with("grid") => PURPLE,
        _ => GREEN,
    };
    let line = |name: &str| Line {
        colour: colour(name),
        stroke: if name.ends_with("copied") { Stroke::Dashed } else { Stroke::Solid },
        points: rows
            .iter()
            .filter(|row| row.text("implementation") == name)
            .filter_map(|row| Some((row.number("n")?, row.number("gflops")?)))
            .collect(),
    };
    let series: Vec<Line> =
        distinct(rows, "implementation").into_iter().map(line).collect();
    series.iter().find(|line| !line.points.is_empty())?;
    let workers = workers(rows[0].count("workers"));
    let chart = Lines {
        x_axis: "order n",
        y_axis: "GFLOP/s",
        series,
        logarithmic: true,
        border: None,
    };
    let legend = [
        ("threads", BLUE),
        ("processes", ORANGE),
        ("ranks, rows", GREEN),
        ("ranks, grid", PURPLE),
    ];
    Some(Picture {
        name: "matmul-sweep",
        title: format!(
            "Matrix products with {workers} {}: shared memory and ranks solid, copied dashed",
            on_cores(rows)
        ),
        legend: legend.map(|(name, colour)| (name.to_owned(), colour)).to_vec(),
        height: 480,
        charts: vec![Chart::Lines(chart)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    const ROWS: &str = "\
implementation,workers,n,gflops,speedup_own,result,cores
shm fast,1,64,50,,verified,2
shm threads shared,1,64,49,1.0,verified,2
shm threads shared,4,64,90,1.8,verified,2
mpi rows,1,64,,,not written yet (2a),2
mpi rows,4,64,,,not written yet (2a),2
";

    #[test]
    fn bars_are_grouped_by_implementation_and_coloured_by_workers() {
        let picture = bars(&rows(ROWS)).unwrap();
        let Chart::Bars(chart, _) = &picture.charts[0] else { panic!("{picture:?}") };
        assert_eq!(chart.labels, ["shm fast", "shm threads shared", "mpi rows"]);
        let note = Bar::Note("not written yet (2a)".into());
        let four = vec![Bar::Absent, Bar::Value(90.0), note.clone()];
        assert_eq!(chart.series[1], (ORANGE, four));
        assert_eq!(chart.series[0].1[2], note);
        assert_eq!(chart.reference, Some(("best serial 50.0".into(), 50.0)));
    }

    #[test]
    fn copied_lines_are_dashed_in_the_colour_of_the_shared_ones() {
        let text =
            "implementation,n,gflops\na threads shared,64,5\na threads copied,64,4\n";
        let picture = sweep(&rows(text)).unwrap();
        let Chart::Lines(chart) = &picture.charts[0] else { panic!("{picture:?}") };
        let look: Vec<_> = chart.series.iter().map(|l| (l.colour, l.stroke)).collect();
        assert_eq!(look, [(BLUE, Stroke::Solid), (BLUE, Stroke::Dashed)]);
    }

    #[test]
    fn without_figures_there_is_no_picture() {
        let rows = rows("implementation,n,gflops,result\na,64,,failed\n");
        assert!(bars(&rows).is_none() && sweep(&rows).is_none());
    }
}
