//! The model's prediction beside what was measured, for the same schedules.

use kernels::mandel::VIEW;
use kernels::schedule::{Price, Schedule, predict};
use maud::Markup;

use crate::data::Row;
use crate::report::costs::Costs;
use crate::report::html::table;
use crate::report::readings::has_master;

/// A table of the scalar schedules of mandel.csv on the default view, and a
/// sentence; empty where the rows tell of another picture or of none.
pub fn beside(costs: &Costs, rows: &[Row]) -> Option<(Markup, String)> {
    let of_view = |row: &&Row| {
        row.text("view") == VIEW
            && row.text("kernel") == "scalar"
            && row.count("iterations") as u64 == costs.total()
    };
    let pairs: Vec<Pair> =
        rows.iter().filter(of_view).filter_map(|row| Pair::of(costs, row)).collect();
    let worst = pairs.iter().max_by(|a, b| a.error().total_cmp(&b.error()))?;
    let cells = pairs.iter().map(Pair::cells).collect::<Vec<_>>();
    let reading = format!(
        "The model is furthest off for {}: it predicts {:.2}, the run reached {:.2}.{}",
        worst.name,
        worst.predicted(),
        worst.measured,
        if pairs.iter().any(|pair| pair.workers > pair.cores) {
            " With more workers than cores, no prediction exceeds the number of cores: \
             those rows test the imbalance, not the speed-up."
        } else {
            ""
        }
    );
    let headings = [
        "schedule",
        "workers",
        "cores",
        "imbalance, model",
        "imbalance, counted",
        "speed-up, model",
        "speed-up, measured",
    ];
    Some((
        table("Prediction beside measurement, default view", &headings, &cells),
        reading,
    ))
}

/// A measured row and its prediction.
struct Pair {
    name: String,
    workers: usize,
    cores: usize,
    imbalance: [f64; 2],
    /// Speed-ups; the model's is that of as many cores as workers.
    model: f64,
    measured: f64,
}

impl Pair {
    /// `None` for what the model does not know, and where nothing was measured.
    fn of(costs: &Costs, row: &Row) -> Option<Self> {
        let strategy = row.text("strategy");
        let (workers, cores) = (row.count("workers"), row.count("cores"));
        // The master of ranks computes nothing, and counts as a worker.
        let masters = usize::from(has_master(row));
        let schedule = match strategy {
            "block" => Schedule::Block,
            "cyclic" => Schedule::Cyclic,
            "dynamic" | "rayon" | "ahead" | "counter" => Schedule::Dynamic,
            _ => return None,
        };
        let computing = workers.checked_sub(masters).filter(|&n| n > 0)?;
        let run = predict(&costs.rows, computing, schedule, Price::default());
        Some(Self {
            name: row.text("implementation").to_owned(),
            workers,
            cores,
            imbalance: [
                run.imbalance() * workers as f64 / computing as f64,
                row.number("imbalance")?,
            ],
            model: run.speedup(),
            measured: row.number("speedup")?,
        })
    }

    /// The model's speed-up on the cores that there are.
    fn predicted(&self) -> f64 {
        self.model.min(self.cores.max(1) as f64)
    }

    /// By what factor the model is off.
    fn error(&self) -> f64 {
        (self.predicted() / self.measured).ln().abs()
    }

    fn cells(&self) -> Vec<String> {
        let mut cells =
            vec![self.name.clone(), self.workers.to_string(), self.cores.to_string()];
        let figures =
            [self.imbalance[0], self.imbalance[1], self.predicted(), self.measured];
        cells.extend(figures.map(|figure| format!("{figure:.2}")));
        if self.predicted() < self.model {
            cells[5] += " (cut off)";
        }
        cells
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::rows;

    fn costs() -> Costs {
        let (rows, squares) = (vec![1, 9, 9, 1], vec![20]);
        let (width, height, max_iter) = (1, 4, 9);
        let (inside, median, price) = (2, 9, Price::default());
        Costs { width, height, max_iter, inside, median, rows, squares, price }
    }

    const ROWS: &str = "\
implementation,program,strategy,workers,view,kernel,iterations,imbalance,speedup,cores
mandel-serial scalar,mandel-serial,scalar,1,whole,scalar,20,,1.0,2
mandel-threads block,mandel-threads,block,3,whole,scalar,20,1.5,1.7,2
mandel-threads block,mandel-threads,block,2,whole,scalar,20,1.0,1.0,4
mandel-mpi dynamic,mandel-mpi,dynamic,3,whole,scalar,20,1.6,1.9,2
mandel-mpi cyclic,mandel-mpi,cyclic,3,whole,scalar,20,1.5,,2
mandel-threads block,mandel-threads,block,2,upper,scalar,20,1.0,1.9,4
";

    #[test]
    fn each_measured_schedule_has_its_prediction() {
        let rows = rows(ROWS);
        let (html, reading) = beside(&costs(), &rows).unwrap();
        let html = html.into_string();
        // Blocks of 10, 9 and 1: 20/10 is just what two cores can do.
        let cells = "3</td><td>2</td><td>1.50</td><td>1.50</td><td>2.00</td><td>1.70";
        assert!(html.contains(cells), "{html}");
        // Two of three ranks compute, and share the work evenly.
        assert!(html.contains("<td>1.50</td><td>1.60</td><td>2.00</td>"), "{html}");
        assert_eq!(html.matches("<tr>").count(), 4, "{html}");
        assert!(!html.contains("cut off"), "{html}");
        // On one core nobody is faster than one.
        let (html, _) =
            beside(&costs(), &self::rows(&ROWS.replace(",1.7,2", ",0.9,1"))).unwrap();
        let html = html.into_string();
        assert_eq!(
            html.matches("<td>1.00 (cut off)</td><td>0.90</td>").count(),
            1,
            "{html}"
        );
        assert!(reading.contains("it predicts 2.00, the run reached 1.00."), "{reading}");
        assert!(reading.contains("more workers than cores"), "{reading}");
    }

    #[test]
    fn another_picture_is_not_compared() {
        let rows = rows(&ROWS.replace(",20,", ",21,"));
        assert!(beside(&costs(), &rows).is_none());
    }
}
