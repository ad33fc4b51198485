//! The price of a message: its time and its bandwidth by its size.

use kernels::fit::Hockney;

use crate::canvas::{Chart, Picture};
use crate::data::Row;
use crate::lines::{Line, Lines, Stroke};
use crate::pen::{BLUE, ORANGE};

/// Time and bandwidth over the size, with the law that was fitted to the times of
/// all sizes; `None` if there is no figure.
pub fn curves(rows: &[Row]) -> Option<Picture> {
    let messages = messages(rows);
    let law = law(rows)?;
    // An axis of decades has no place for a message of no bytes.
    let sizes = || messages.iter().filter(|message| message.0 > 0.0).copied();
    let fitted = || sizes().map(|(n, _)| (n, law.seconds(n)));
    let chart = |y_axis, figure: fn((f64, f64)) -> f64| Lines {
        x_axis: "message size in bytes",
        y_axis,
        series: vec![
            line(Stroke::Curve, fitted().map(|m| (m.0, figure(m))).collect()),
            line(Stroke::Marks, sizes().map(|m| (m.0, figure(m))).collect()),
        ],
        logarithmic: true,
        border: None,
    };
    let time = chart("time, one way, in us", |(_, seconds)| seconds * 1e6);
    let bandwidth = chart("bandwidth in MB/s", |(bytes, seconds)| bytes / seconds / 1e6);
    Some(Picture {
        name: "ping-pong",
        title: format!("A message between two ranks, with {}", rows[0].text("mpi")),
        legend: vec![
            ("measured".into(), BLUE),
            (format!("fitted: alpha + beta n, {law}"), ORANGE),
        ],
        height: 440,
        charts: vec![Chart::Panels(vec![vec![time, bandwidth]])],
    })
}

/// The bytes and the seconds of each message.
pub fn messages(rows: &[Row]) -> Vec<(f64, f64)> {
    let message = |row: &Row| Some((row.number("bytes")?, row.number("median_s")?));
    rows.iter().filter_map(message).collect()
}

/// Hockney's law as the rows have it: mpi-hello fitted it.
pub fn law(rows: &[Row]) -> Option<Hockney> {
    let law = |row: &Row| {
        let alpha_s = row.number("alpha_s")?;
        Some(Hockney { alpha_s, beta_s_per_byte: row.number("beta_s_per_byte")? })
    };
    rows.iter().find_map(law)
}

fn line(stroke: Stroke, points: Vec<(f64, f64)>) -> Line {
    Line { colour: if stroke == Stroke::Curve { ORANGE } else { BLUE }, stroke, points }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    #[test]
    fn the_law_is_that_of_the_file_and_drawn_beside_the_measurements() {
        let text = "bytes,median_s,alpha_s,beta_s_per_byte\n0,1e-6,1.2e-6,1e-10\n\
                    1,2e-6,1.2e-6,1e-10\n1000000,1.012e-4,1.2e-6,1e-10\n";
        let picture = curves(&rows(text)).unwrap();
        let Chart::Panels(panels) = &picture.charts[0] else { panic!("{picture:?}") };
        for (chart, expected) in panels[0].iter().zip([101.2, 1e6 / 101.2]) {
            for Line { points, .. } in &chart.series {
                let (bytes, figure) = points[points.len() - 1];
                assert_eq!((points.len(), bytes), (2, 1e6), "{points:?}");
                assert!((figure / expected - 1.0).abs() < 1e-3, "{points:?}");
            }
        }
        let law = "alpha = 1.20 us, beta = 0.100 ns a byte (10000 MB/s)";
        assert!(picture.legend[1].0.ends_with(law), "{:?}", picture.legend);
    }

    #[test]
    fn without_figures_there_is_no_picture() {
        assert!(curves(&rows("bytes,median_s,result\n,,failed\n")).is_none());
    }
}
