//! What messages cost, and how far programs scale, in a sentence.

use crate::data::{Row, distinct, workers};
use crate::ping_pong::{law, messages};
use crate::report::html::grouped;

/// Start and bytes of a message, and the size at which both cost the same.
pub fn ping_pong(rows: &[Row]) -> Option<String> {
    let messages = messages(rows);
    let law = law(rows)?;
    let (alpha_us, beta_ns) = (law.alpha_s * 1e6, law.beta_s_per_byte * 1e9);
    let mut text = format!(
        "A message costs {alpha_us:.2} us however short it is, and {beta_ns:.3} ns for each \
         byte: below about {} bytes the number of messages matters, above that their size.",
        grouped(rounded(law.alpha_s / law.beta_s_per_byte)),
    );
    let slowness = |&(bytes, seconds): &(f64, f64)| (seconds / law.seconds(bytes), bytes);
    let worst = messages.iter().map(slowness).max_by(|a, b| a.0.total_cmp(&b.0))?;
    if worst.0 > NOT_STRAIGHT {
        text += &format!(
            " The law is too simple in places: {} bytes take {:.1} times as long as it says.",
            grouped(worst.1 as u64),
            worst.0
        );
    }
    Some(text)
}

/// A time this many times the fitted line's is mentioned.
const NOT_STRAIGHT: f64 = 1.5;

/// A number by its first two digits.
fn rounded(number: f64) -> u64 {
    let unit = 10_f64.powf(number.log10().floor() - 1.0).max(1.0);
    ((number / unit).round() * unit) as u64
}

/// What the most workers with a core each reach with the same work for all.
pub fn matmul(rows: &[Row]) -> Option<String> {
    scaling(rows, "matmul")
}

/// The same for the Mandelbrot set.
pub fn mandel(rows: &[Row]) -> Option<String> {
    scaling(rows, "mandel")
}

/// The same for counting words.
pub fn words(rows: &[Row]) -> Option<String> {
    scaling(rows, "words")
}

fn scaling(rows: &[Row], topic: &str) -> Option<String> {
    let strong: Vec<&Row> = rows
        .iter()
        .filter(|row| row.text("topic") == topic && row.text("scaling") == "strong")
        .filter(|row| row.text("oversubscribed") == "false" && row.count("workers") > 1)
        .filter(|row| row.number("speedup").is_some())
        .collect();
    let last = |name: &str| {
        let rows = strong.iter().filter(|row| row.text("implementation") == name);
        let row = rows.max_by_key(|row| row.count("workers"))?;
        Some(format!(
            "{name} is {:.2} times as fast with {} as with one",
            row.number("speedup")?,
            workers(row.count("workers")),
        ))
    };
    let names = distinct(rows, "implementation");
    let sentences: Vec<String> = names.into_iter().filter_map(last).collect();
    let work = strong.first()?.text("work").trim_start_matches("strong, ");
    let work = if work.is_empty() { String::new() } else { format!(" ({work})") };
    Some(format!("With the same work for all{work}, {}.", sentences.join(", and ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    #[test]
    fn a_message_that_the_line_does_not_fit_is_named() {
        let text = "bytes,median_s,alpha_s,beta_s_per_byte\n0,2e-6,2e-6,1e-9\n\
                    500,2.5e-6,,\n4096,2e-5,,\n1000000,1.002e-3,,\n";
        let found = ping_pong(&rows(text)).unwrap();
        assert!(found.contains(" in places: 4,096 bytes take "), "{found}");
        assert_eq!([14_611.0, 99.6, 7.2].map(rounded), [15_000, 100, 7]);
    }

    #[test]
    fn a_message_is_read_from_its_law() {
        let text = "bytes,median_s,alpha_s,beta_s_per_byte\n0,2e-6,2e-6,1e-9\n\
                    1000,3e-6,,\n1000000,1.002e-3,,\n";
        let expected = "A message costs 2.00 us however short it is, and 1.000 ns for each \
             byte: below about 2,000 bytes the number of messages matters, above that their \
             size.";
        assert_eq!(ping_pong(&rows(text)).unwrap(), expected);
        assert!(ping_pong(&rows("bytes,median_s\n,\n")).is_none());
    }

    #[test]
    fn scaling_is_read_where_each_worker_has_a_core() {
        let text = "\
implementation,topic,scaling,work,workers,speedup,oversubscribed
threads,mandel,strong,\"strong, 800 rows\",1,1.0,false
threads,mandel,strong,\"strong, 800 rows\",2,1.9,false
threads,mandel,strong,\"strong, 800 rows\",3,2.6,false
threads,mandel,strong,\"strong, 800 rows\",4,1.8,true
threads,mandel,weak,\"weak, 400 rows\",2,1.95,false
ranks,mandel,strong,\"strong, 800 rows\",2,1.7,false
rows,matmul,strong,,1,1.0,false
rows,matmul,strong,,2,,false
";
        let expected = "With the same work for all (800 rows), threads is 2.60 times as fast \
             with 3 workers as with one, and ranks is 1.70 times as fast with 2 workers as with one.";
        assert_eq!(mandel(&rows(text)).unwrap(), expected);
        assert!(matmul(&rows(text)).is_none() && words(&rows(text)).is_none());
    }
}
