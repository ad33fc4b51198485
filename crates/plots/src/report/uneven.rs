//! How uneven pixels and chunks of a picture are, in a sentence.

use crate::chunks::drawn_blocks;
use crate::costs::fitted_ns;
use crate::data::{Row, workers};

/// Where the iterations of a picture are, and how exactly a clock sees them.
pub fn map(rows: &[Row]) -> Option<String> {
    let row = rows.first()?;
    Some(format!(
        "{} x {} pixels take {:.1} million iterations. Nearly all of them lie where this \
         picture is brightest: in the pixels of the set.",
        row.text("width"),
        row.text("height"),
        row.number("iterations")? / 1e6
    ))
}

/// How many pixels cost least and most, and how many are too short for the clock.
pub fn histogram(rows: &[Row]) -> Option<String> {
    let pixels = |quantity: &str, is_wanted: fn(&Row) -> bool| -> f64 {
        let rows = rows.iter().filter(|row| row.text("quantity") == quantity);
        rows.filter(|row| is_wanted(row)).filter_map(|row| row.number("pixels")).sum()
    };
    let all = pixels("iterations", |_| true);
    let short = pixels("iterations", |row| row.number("to").is_some_and(|to| to <= 10.0));
    let untold = pixels("seconds", |row| row.number("from") == Some(0.0));
    (all > 0.0).then(|| {
        format!(
            "{:.0} % of the pixels take fewer than 10 iterations, and {:.0} % are done \
             before the clock's next tick: it cannot time them, but iterations are counted.",
            100.0 * short / all,
            100.0 * untold / all
        )
    })
}

/// The share of the work that the cheaper part of the pixels takes.
pub fn lorenz(rows: &[Row]) -> Option<String> {
    let at = |part: f64| {
        let row = rows.iter().find(|row| row.number("pixels") >= Some(part))?;
        row.number("iterations")
    };
    Some(format!(
        "The cheaper half of the pixels takes {:.1} % of the iterations, and the costliest \
         fifth {:.0} %.",
        100.0 * at(0.5)?,
        100.0 * (1.0 - at(0.8)?)
    ))
}

/// The time of a pixel and of an iteration, by the fitted line.
pub fn times(rows: &[Row]) -> Option<String> {
    let (pixel, iteration) = fitted_ns(rows)?;
    Some(format!(
        "A pixel takes {pixel:.1} ns plus {iteration:.2} ns for each iteration: if you count \
         the iterations, you know the time."
    ))
}

/// The number of workers with which each schedule is furthest out of balance.
pub fn chunks(rows: &[Row]) -> Option<String> {
    let worst = |schedule: &str| {
        let rows = rows.iter().filter(|row| row.text("schedule") == schedule);
        let known = rows.filter_map(|row| Some((row.number("imbalance")?, row)));
        let (imbalance, row) = known.reduce(|a, b| if b.0 > a.0 { b } else { a })?;
        Some(format!("{imbalance:.2} with {}", workers(row.count("workers"))))
    };
    Some(format!(
        "The worst imbalance (the busiest worker's work / mean) is {} for blocks, {} for \
         cyclic rows, and {} for tiles on demand.",
        worst("block")?,
        worst("cyclic")?,
        worst("tiles")?
    ))
}

/// What the busiest and the idlest of the drawn blocks do.
pub fn blocks(rows: &[Row]) -> Option<String> {
    let work = drawn_blocks(rows)?.1;
    let percent = |work: f64, total: f64| 100.0 * work / total;
    let total: f64 = work.iter().sum();
    let busiest = work.iter().copied().fold(0.0, f64::max);
    let idlest = work.iter().copied().fold(f64::INFINITY, f64::min);
    Some(format!(
        "With {} equal blocks, the busiest worker does {:.1} % of the work and the idlest \
         {:.1} %. All wait for the busiest, which does {:.2} times the mean.",
        work.len(),
        percent(busiest, total),
        percent(idlest, total),
        busiest * work.len() as f64 / total
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    #[test]
    fn costs_are_read_from_their_rows() {
        let text = "\
quantity,from,to,pixels
seconds,0.0,1e-8,30
seconds,1e-8,1,70
iterations,1,10,60
iterations,10,100,40
";
        let expected = "60 % of the pixels take fewer than 10 iterations, and 30 % are done \
             before the clock's next tick: it cannot time them, but iterations are counted.";
        assert_eq!(histogram(&rows(text)).unwrap(), expected);
        let text = "pixels,iterations\n0,0\n0.5,0.012\n0.8,0.03\n1,1\n";
        let expected = "The cheaper half of the pixels takes 1.2 % of the iterations, and \
             the costliest fifth 97 %.";
        assert_eq!(lorenz(&rows(text)).unwrap(), expected);
        let text = "iterations,fitted_s\n1,5e-9\n1001,3.005e-6\n";
        let found = times(&rows(text)).unwrap();
        assert!(
            found.starts_with("A pixel takes 2.0 ns plus 3.00 ns for each "),
            "{found}"
        );
        let found = map(&rows("width,height,iterations\n48,40,2500000\n")).unwrap();
        assert!(found.starts_with("48 x 40 pixels take 2.5 million iter"), "{found}");
    }

    #[test]
    fn chunks_are_read_schedule_by_schedule() {
        let text = "\
schedule,workers,imbalance
block,2,1.0
block,3,2.18
block,8,2.0
cyclic,8,1.01
tiles,8,1.002
";
        let expected = "The worst imbalance (the busiest worker's work / mean) is 2.18 with 3 \
             workers for blocks, 1.01 with 8 workers for cyclic rows, and 1.00 with 8 workers \
             for tiles on demand.";
        assert_eq!(chunks(&rows(text)).unwrap(), expected);
        assert!(chunks(&rows("schedule,workers,imbalance\nblock,2,\n")).is_none());
    }
    #[test]
    fn the_drawn_blocks_are_told_by_their_extremes() {
        let text = "\
schedule,workers,work
block,3,1 4 1
block,8,1 1 1 12 12 11 1 1
";
        let expected = "With 8 equal blocks, the busiest worker does 30.0 % of the work and \
             the idlest 2.5 %. All wait for the busiest, which does 2.40 times the mean.";
        assert_eq!(blocks(&rows(text)).unwrap(), expected);
        assert!(blocks(&rows("schedule,workers,work\nblock,8,1 2\n")).is_none());
    }
}
