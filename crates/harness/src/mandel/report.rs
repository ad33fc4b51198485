//! What the record of a run says, and who did how much of it.

use kernels::mandel::View;
use serde_json::{Value, json};

use super::{Picture, check, files};
use crate::measure::Measured;
use crate::options::name;
use crate::record::{self, Outputs, Setting};
use crate::{Common, Error};

/// How the rows were shared among the workers.
#[derive(Clone, Debug)]
pub struct Dealing {
    /// The name of the schedule.
    pub schedule: String,
    /// Rows in a tile.
    pub tile_rows: usize,
}

/// The names of the figures: those of every program, then those of programs that
/// deal out rows.
pub const FIGURES: [&str; 8] =
    ["view", "re", "im", "width", "height", "max_iter", "kernel", "iterations"];
const DEALT: [&str; 4] = ["schedule", "tile", "imbalance", "busy_s"];

/// The files to write, after making sure that the run can be what it is asked for.
///
/// `copies` is how many copies of the counts this machine's memory holds.
///
/// # Errors
///
/// [`Error::Usage`] for an invalid view or two files that are one,
/// [`Error::Failure`] if one cannot be written or the memory is too small.
pub fn prepare(
    picture: &Picture,
    common: &Common,
    copies: usize,
) -> Result<Outputs, Error> {
    picture.check(copies)?;
    let figures = [&FIGURES[..], &DEALT].concat();
    Outputs::settle(common, &[], &picture.files(), &figures)
}

/// Verifies the counts `image`, writes the files and publishes the record.
///
/// # Errors
///
/// [`Error::Failure`] if a count is wrong or something cannot be written.
pub fn conclude(
    picture: &Picture,
    common: &Common,
    dealing: Dealing,
    outputs: Outputs,
    setting: &Setting,
    measured: &Measured,
    image: &[u32],
) -> Result<(), Error> {
    let view = picture.view()?;
    if common.check {
        check(&view, image)?;
    }
    files::write(&outputs, &view, image)?;
    let figures = figures(picture, measured, Some(&dealing), image);
    let summary = summary(picture, measured, Some(&dealing), image);
    record::publish(common, outputs, setting, measured, figures, &summary)
}

/// The figures of the record; with those of the workers where rows were dealt
/// out, if all work for `image` went through their lanes.
///
/// # Panics
///
/// If the view is invalid: [`Picture::check`] has made sure that it is.
pub fn figures(
    picture: &Picture,
    measured: &Measured,
    dealing: Option<&Dealing>,
    image: &[u32],
) -> Value {
    let view = picture.view().expect("checked before the run");
    let mut figures = json!({
        "view": picture.name(),
        "re": [view.re_min, view.re_max],
        "im": [view.im_min, view.im_max],
        "width": view.width,
        "height": view.height,
        "max_iter": view.max_iter,
        "kernel": name(&picture.kernel),
        "iterations": iterations(measured, image),
    });
    let is_known = recorded(measured, image) == 1.0;
    if let Some(Dealing { schedule, tile_rows }) = dealing {
        figures["schedule"] = json!(schedule);
        figures["tile"] = json!(tile_rows);
        figures["imbalance"] = json!(is_known.then(|| measured.imbalance()));
        figures["busy_s"] = json!(is_known.then(|| measured.busy_s()));
    }
    figures
}

/// The run for people: what was drawn, at which rate, and who did the most.
///
/// # Panics
///
/// As for [`figures`].
pub fn summary(
    picture: &Picture,
    measured: &Measured,
    dealing: Option<&Dealing>,
    image: &[u32],
) -> String {
    let view = picture.view().expect("checked before the run");
    let iterations = iterations(measured, image);
    let rate = iterations as f64 / measured.median_s() / 1e9;
    let mut lines = vec![
        format!("{}, {}", what(&view, picture.name()), how(measured, dealing)),
        format!("{}, {rate:.2} billion a second", amount(iterations)),
    ];
    if dealing.is_some() && measured.lanes.len() > 1 {
        lines.push(balance(measured, recorded(measured, image)));
    }
    lines.join("\n")
}

/// `whole, 1920 x 1600 pixels, max_iter 1000`.
fn what(view: &View, name: Option<&str>) -> String {
    let View { width, height, max_iter, .. } = view;
    let name = name.map(|name| format!("{name}, ")).unwrap_or_default();
    format!("{name}{width} x {height} pixels, max_iter {max_iter}")
}

/// `dynamic on 3 workers, tiles of 1 row`.
fn how(measured: &Measured, dealing: Option<&Dealing>) -> String {
    let Some(Dealing { schedule, tile_rows }) = dealing else {
        return "one worker".to_owned();
    };
    let workers = numbered(measured.lanes.len(), "worker");
    match &**schedule {
        "block" | "cyclic" => format!("{schedule} on {workers}"),
        _ => format!("{schedule} on {workers}, tiles of {}", numbered(*tile_rows, "row")),
    }
}

/// One sentence on who did the most, and the imbalance, if that is known.
fn balance(measured: &Measured, recorded: f64) -> String {
    if recorded < 1.0 {
        return format!(
            "who did how much is not known: {:.0} % of the work went through lane.compute",
            (100.0 * recorded).floor()
        );
    }
    let work: Vec<u64> = measured.lanes.iter().map(|lane| lane.work).collect();
    let (workers, total) = (work.len(), work.iter().sum::<u64>().max(1));
    let percent = |worker: usize| 100.0 * work[worker] as f64 / total as f64;
    let most = (0..workers).max_by_key(|&worker| work[worker]).unwrap_or_default();
    let least = (0..workers).min_by_key(|&worker| work[worker]).unwrap_or_default();
    let imbalance = measured.imbalance();
    if imbalance < 1.05 {
        let even = 100.0 / workers as f64;
        return format!(
            "each worker did about {even:.0} % of the work (imbalance {imbalance:.2})"
        );
    }
    format!(
        "worker {most} of {workers} did {:.0} % of the work, worker {least} did {:.0} % \
         (imbalance {imbalance:.2})",
        percent(most),
        percent(least)
    )
}

/// The iterations of all workers: those that an image takes, or more where one
/// did what another had done.
fn iterations(measured: &Measured, image: &[u32]) -> u64 {
    let recorded = measured.lanes.iter().map(|lane| lane.work).sum();
    image.iter().map(|&count| u64::from(count)).sum::<u64>().max(recorded)
}

/// Which part of the iterations the lanes have recorded.
fn recorded(measured: &Measured, image: &[u32]) -> f64 {
    let recorded: u64 = measured.lanes.iter().map(|lane| lane.work).sum();
    recorded as f64 / iterations(measured, image).max(1) as f64
}

fn amount(iterations: u64) -> String {
    match iterations {
        ..1_000_000 => numbered(iterations as usize, "iteration"),
        _ => format!("{:.1} million iterations", iterations as f64 / 1e6),
    }
}

fn numbered(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lane;

    #[test]
    fn the_balance_is_one_plain_sentence() {
        for (work, image, sentence) in [
            (
                &[14, 73, 13][..],
                &[100][..],
                "worker 1 of 3 did 73 % of the work, worker 2 did 13 % (imbalance 2.19)",
            ),
            (
                &[50, 51],
                &[50, 51],
                "each worker did about 50 % of the work (imbalance 1.01)",
            ),
            // Work twice done is work.
            (&[9, 9], &[9], "each worker did about 50 % of the work (imbalance 1.00)"),
            (
                &[0, 0],
                &[9],
                "who did how much is not known: 0 % of the work went through lane.compute",
            ),
            (
                &[999, 0],
                &[500, 500],
                "who did how much is not known: 99 % of the work went through lane.compute",
            ),
        ] {
            let lanes =
                work.iter().map(|&work| Lane { work, ..Lane::default() }).collect();
            let measured = Measured::new(vec![(1.0, lanes)]);
            let said = balance(&measured, recorded(&measured, image));
            assert_eq!(said, sentence, "{work:?}");
        }
    }
}
