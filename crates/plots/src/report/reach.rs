//! What messages cost, and how far programs scale, in a sentence.

use kernels::fit::Hockney;

use crate::data::{Row, distinct, workers};
use crate::ping_pong::messages;

/// Start and bytes of a message, and the size at which both cost the same.
pub fn ping_pong(rows: &[Row]) -> Option<String> {
    let law = Hockney::fit(&messages(rows))?;
    Some(format!(
        "A message costs {:.2} us, however short, and {:.3} ns for each byte: below {:.0} \
         bytes it is the number of messages that counts, above it their size.",
        law.alpha_s * 1e6,
        law.beta_s_per_byte * 1e9,
        law.alpha_s / law.beta_s_per_byte,
    ))
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
    (!sentences.is_empty())
        .then(|| format!("With the same work for all, {}.", sentences.join(", and ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    #[test]
    fn a_message_is_read_from_its_law() {
        let text = "bytes,median_s\n0,2e-6\n1000,3e-6\n1000000,1.002e-3\n";
        let expected = "A message costs 2.00 us, however short, and 1.000 ns for each byte: \
             below 2000 bytes it is the number of messages that counts, above it their size.";
        assert_eq!(ping_pong(&rows(text)).unwrap(), expected);
        assert!(ping_pong(&rows("bytes,median_s\n,\n")).is_none());
    }

    #[test]
    fn scaling_is_read_where_each_worker_has_a_core() {
        let text = "\
implementation,topic,scaling,workers,speedup,oversubscribed
threads,mandel,strong,1,1.0,false
threads,mandel,strong,2,1.9,false
threads,mandel,strong,3,2.6,false
threads,mandel,strong,4,1.8,true
threads,mandel,weak,2,1.95,false
ranks,mandel,strong,2,1.7,false
rows,matmul,strong,1,1.0,false
rows,matmul,strong,2,,false
";
        let expected = "With the same work for all, threads is 2.60 times as fast with 3 \
             workers as with one, and ranks is 1.70 times as fast with 2 workers as with one.";
        assert_eq!(mandel(&rows(text)).unwrap(), expected);
        assert!(matmul(&rows(text)).is_none() && words(&rows(text)).is_none());
    }
}
