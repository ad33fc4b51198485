//! What a result file says, in a sentence or two that its figures make.

use crate::data::{Row, distinct, workers};

/// The fastest schedule of each view, and what became of block.
pub fn mandel(rows: &[Row]) -> Option<String> {
    let sentences: Vec<String> = distinct(rows, "view")
        .into_iter()
        .filter_map(|view| of_view(rows, view))
        .collect();
    (!sentences.is_empty()).then(|| {
        let crowded = rows.iter().any(|row| row.text("oversubscribed") == "true");
        let note = if crowded {
            " With more workers than cores, a worker that is done leaves its core to another: \
             times differ less than the imbalance, which is counted in iterations."
        } else {
            ""
        };
        sentences.join(" ") + note
    })
}

fn of_view(rows: &[Row], view: &str) -> Option<String> {
    let scalar = |row: &&Row| row.text("view") == view && row.text("kernel") == "scalar";
    let parallel = rows.iter().filter(scalar).filter(|row| row.count("workers") > 1);
    let parallel: Vec<&Row> = parallel.collect();
    let best = extreme(parallel.iter().copied(), "speedup", f64::max)?;
    let mut text = format!(
        "View {view}: {} is the fastest run with {} and the scalar kernel, {:.2} times as \
         fast as one worker",
        best.text("implementation"),
        workers(best.count("workers")),
        best.number("speedup")?,
    );
    let most = extreme(parallel.iter().copied(), "imbalance", f64::max);
    if let Some(most) = most {
        text += &format!(
            "; the imbalance is worst with {}, where the busiest worker does {:.2} times the \
             mean work{}",
            most.text("implementation"),
            most.number("imbalance")?,
            if has_master(most) {
                " (its master, which computes nothing, is one of the workers)"
            } else {
                ""
            }
        );
    }
    Some(text + ".")
}

/// Whether one of the workers hands out tiles and computes nothing.
pub fn has_master(row: &Row) -> bool {
    ["dynamic", "ahead"].contains(&row.text("strategy"))
        && row.text("program") == "mandel-mpi"
}

/// The best and the worst on all workers, beside the best serial one.
pub fn matmul(rows: &[Row]) -> Option<String> {
    let most = rows.iter().map(|row| row.count("workers")).max()?;
    let all = || rows.iter().filter(|row| row.count("workers") == most);
    let best = extreme(all(), "gflops", f64::max)?;
    let worst = extreme(all(), "gflops", f64::min)?;
    let serial = rows.iter().filter(|row| row.text("speedup_own").is_empty());
    let serial = extreme(serial, "gflops", f64::max)?;
    Some(format!(
        "With {}, {} reaches {:.0} GFLOP/s, {:.2} times the best serial product; {} reaches \
         {:.0}.",
        workers(most),
        best.text("implementation"),
        best.number("gflops")?,
        best.number("gflops")? / serial.number("gflops")?,
        worst.text("implementation"),
        worst.number("gflops")?,
    ))
}

/// What copying costs in the smallest and in the largest product.
pub fn sweep(rows: &[Row]) -> Option<String> {
    let orders = || rows.iter().filter_map(|row| row.number("n"));
    let best = |order: f64, ending: &str| {
        let fits = |row: &&Row| {
            row.number("n") == Some(order) && row.text("implementation").ends_with(ending)
        };
        extreme(rows.iter().filter(fits), "gflops", f64::max)?.number("gflops")
    };
    let at = |order: f64| Some(best(order, "shared")? / best(order, "copied")?);
    let (low, high) = (orders().reduce(f64::min)?, orders().reduce(f64::max)?);
    Some(format!(
        "Shared memory is {:.1} times as fast as copied memory at order {low:.0}, and {:.1} \
         times at order {high:.0}: copying grows with n squared, computing with n cubed.",
        at(low)?,
        at(high)?
    ))
}

/// The rate of each kernel on one rank, and where it is best.
pub fn words(rows: &[Row]) -> Option<String> {
    let kernels = distinct(rows, "strategy").into_iter().filter_map(|kernel| {
        let of_kernel = || rows.iter().filter(|row| row.text("strategy") == kernel);
        let best = extreme(of_kernel(), "mb_per_s", f64::max)?;
        let one = of_kernel().find(|row| row.count("workers") == 1)?.number("mb_per_s")?;
        let name = format!("wordcount {kernel}");
        let rate = best.number("mb_per_s")?;
        Some(match best.count("workers") {
            1 => format!("{} is best with 1 rank, {rate:.0} MB/s", name.trim_end()),
            ranks => format!(
                "{} goes from {one:.0} MB/s with 1 rank to {rate:.0} with {ranks}, its best",
                name.trim_end()
            ),
        })
    });
    let kernels: Vec<String> = kernels.collect();
    (!kernels.is_empty()).then(|| kernels.join("; ") + ".")
}

/// The row whose number in `column` is `pick`ed of all.
pub fn extreme<'a>(
    rows: impl Iterator<Item = &'a Row> + Clone,
    column: &str,
    pick: fn(f64, f64) -> f64,
) -> Option<&'a Row> {
    let found = rows.clone().filter_map(|row| row.number(column)).reduce(pick)?;
    rows.into_iter().find(|row| row.number(column) == Some(found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    #[test]
    fn schedules_are_read_view_by_view() {
        let text = "\
implementation,workers,view,kernel,speedup,imbalance,oversubscribed
serial,1,whole,scalar,1.0,,false
block,3,whole,scalar,1.2,2.18,false
cyclic,3,whole,scalar,2.9,1.01,false
simd,3,whole,simd,2.99,3.0,false
serial,1,island,scalar,1.0,,false
block,3,island,scalar,0.8,,false
block,3,upper,scalar,,,false
";
        let expected = "View whole: cyclic is the fastest run with 3 workers and the scalar \
             kernel, 2.90 times as fast as one worker; the imbalance is worst with block, where \
             the busiest worker does 2.18 times the mean work. View island: block is the fastest \
             run with 3 workers and the scalar kernel, 0.80 times as fast as one worker.";
        assert_eq!(mandel(&rows(text)).unwrap(), expected);
        let crowded = mandel(&rows(&text.replace("false", "true"))).unwrap();
        assert!(crowded.contains("more workers than cores"), "{crowded}");
    }

    #[test]
    fn products_and_words_are_read_from_their_rows() {
        let products = "\
implementation,workers,n,gflops,speedup_own
naive,1,64,2,
serial,1,64,50,
threads shared,4,64,90,1.8
threads copied,4,64,30,1.2
threads shared,4,128,90,1.8
threads copied,4,128,60,1.2
";
        let products = rows(products);
        let said = matmul(&products).unwrap();
        assert!(
            said.contains("threads shared reaches 90 GFLOP/s, 1.80 times the best"),
            "{said}"
        );
        assert!(said.contains("; threads copied reaches 30."), "{said}");
        let said = sweep(&products).unwrap();
        assert!(
            said.contains("3.0 times as fast as copied memory at order 64"),
            "{said}"
        );
        assert!(said.contains("1.5 times at order 128"), "{said}");
        let counts =
            "strategy,workers,mb_per_s\nplain,1,50\nplain,2,81\nfast,1,460\nfast,2,400\n";
        let expected = "wordcount plain goes from 50 MB/s with 1 rank to 81 with 2, its \
             best; wordcount fast is best with 1 rank, 460 MB/s.";
        assert_eq!(words(&rows(counts)).unwrap(), expected);
    }

    #[test]
    fn without_figures_nothing_is_said() {
        let none = rows(
            "implementation,strategy,view,workers,n,gflops,mb_per_s\na,b,whole,2,64,,\n",
        );
        for read in [mandel, matmul, sweep, words] {
            assert_eq!(read(&none), None);
        }
    }
}
