//! Tasks 3.1 to 3.4 and 4.1 to 4.5: a picture by threads and by ranks.

use kernels::mandel::{SIGHTS, View, count_rows};

use super::rows::{self, Truth};
use super::run::Run;
use super::trial::{Dice, Judged, Start, Trial, count};
use super::verdict::Diagnosis;
use super::witness::{self, Messages};
use super::{causes, files, missing, unaccounted, ways};

/// Who computes which rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Schedule {
    /// Consecutive rows for each.
    Block,
    /// Every P-th row.
    Cyclic,
    /// The next tile for whoever is free.
    Dynamic,
    /// The same, asked for before it is needed.
    Ahead,
    /// The same, from a counter.
    Counter,
    /// The same, by a library.
    Rayon,
}

impl Schedule {
    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Schedule::Block => "block",
            Schedule::Cyclic => "cyclic",
            Schedule::Dynamic => "dynamic",
            Schedule::Ahead => "ahead",
            Schedule::Counter => "counter",
            Schedule::Rayon => "rayon",
        }
    }

    /// Whether rows are handed out in tiles.
    pub fn has_tiles(self) -> bool {
        !matches!(self, Schedule::Block | Schedule::Cyclic)
    }

    /// Whether one rank hands out and computes nothing.
    pub fn has_master(self) -> bool {
        matches!(self, Schedule::Dynamic | Schedule::Ahead)
    }
}

/// What is watched in a run, beside its values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Watch {
    /// Who computes what.
    Shares,
    /// The first piece waits for a second worker.
    Gate,
    /// One worker is held in its first piece.
    Hold,
}

/// A picture and those who share it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Whether they are ranks; else threads.
    pub are_ranks: bool,
    /// How they share it.
    pub schedule: Schedule,
    /// How many they are.
    pub workers: usize,
    /// The rows of a tile.
    pub tile: usize,
    /// The picture.
    pub view: View,
    /// What is watched.
    pub watch: Watch,
}

/// 3.1.
pub fn threads_block(seed: u64) -> Vec<Trial> {
    trials(seed, false, Schedule::Block)
}

/// 3.2.
pub fn threads_cyclic(seed: u64) -> Vec<Trial> {
    trials(seed, false, Schedule::Cyclic)
}

/// 3.3.
pub fn threads_dynamic(seed: u64) -> Vec<Trial> {
    trials(seed, false, Schedule::Dynamic)
}

/// 3.4.
pub fn threads_rayon(seed: u64) -> Vec<Trial> {
    trials(seed, false, Schedule::Rayon)
}

/// 4.1.
pub fn ranks_block(seed: u64) -> Vec<Trial> {
    trials(seed, true, Schedule::Block)
}

/// 4.2.
pub fn ranks_cyclic(seed: u64) -> Vec<Trial> {
    trials(seed, true, Schedule::Cyclic)
}

/// 4.3.
pub fn ranks_dynamic(seed: u64) -> Vec<Trial> {
    trials(seed, true, Schedule::Dynamic)
}

/// 4.4.
pub fn ranks_ahead(seed: u64) -> Vec<Trial> {
    trials(seed, true, Schedule::Ahead)
}

/// 4.5.
pub fn ranks_counter(seed: u64) -> Vec<Trial> {
    trials(seed, true, Schedule::Counter)
}

fn trials(seed: u64, are_ranks: bool, schedule: Schedule) -> Vec<Trial> {
    let mut dice = Dice::new(seed, schedule.name());
    let mut case = |workers, rows, tile, watch| {
        // Whoever is slow to begin must still find something to do.
        let max_iter = if watch == Watch::Hold { 20_000 } else { 400 };
        let view = view(&mut dice, rows, max_iter);
        Case { are_ranks, schedule, workers, tile, view, watch }.trial()
    };
    // Sizes that no number of workers divides, one worker, more workers than rows.
    let mut trials = vec![
        case(3, 37, 4, Watch::Shares),
        case(4, 39, 3, Watch::Shares),
        case(1, 13, 2, Watch::Shares),
        case(5, 3, 1, Watch::Shares),
        case(3, 83, 1, Watch::Gate),
    ];
    if schedule.has_tiles() && schedule != Schedule::Rayon {
        trials.push(case(3, 62, 3, Watch::Hold));
    }
    trials
}

/// A picture of `rows` rows, each unlike the others.
fn view(dice: &mut Dice, rows: usize, max_iter: u32) -> View {
    let width = 40 + dice.below(9);
    loop {
        // Above the real axis, where no row is the mirror image of another one.
        let (left, low) = (-0.8 + 0.2 * dice.part(), 0.05 + 0.1 * dice.part());
        let (re, im) = ([left, left + 0.9], [low, low + 0.7]);
        let mut view = SIGHTS[0].view(width, rows, max_iter);
        [view.re_min, view.re_max, view.im_min, view.im_max] =
            [re[0], re[1], im[0], im[1]];
        if truth(&view).is_telling() {
            return view;
        }
    }
}

/// The right picture.
fn truth(view: &View) -> Truth<u32> {
    let mut numbers = vec![0; view.width * view.height];
    count_rows(view, 0..view.height, &mut numbers);
    Truth { numbers, width: view.width, is_same: |one, other| one == other }
}

impl Case {
    fn trial(self) -> Trial {
        let worker = if self.are_ranks { "rank" } else { "thread" };
        let workers = count(self.workers, worker);
        let mut about = format!("{workers}, {}", count(self.view.height, "row"));
        if self.schedule.has_tiles() {
            about = format!("{about}, tiles of {}", self.tile);
        }
        let (environment, says) = match self.watch {
            Watch::Shares => (None, ""),
            Watch::Gate => (Some(("PCR_GATE", "1")), ", who works at the same time"),
            Watch::Hold if self.are_ranks => {
                (Some(("PCR_HOLD", "1")), ", rank 1 is slow")
            }
            Watch::Hold => (Some(("PCR_HOLD", "0")), ", one thread is slow"),
        };
        let program = match self.are_ranks {
            true => ("mandel-mpi", Start::Ranks(self.workers)),
            false => ("mandel-threads", Start::Alone),
        };
        let (words, watch) = (self.words(), self.watch);
        let judge = move |run: &Run| self.judge(run);
        let mut trial = Trial::new(about + says, program, words, judge)
            .with(witness::ASK.0, witness::ASK.1);
        trial.is_repeated = watch != Watch::Shares;
        if watch != Watch::Shares {
            // A rank that waits in the kernel makes no progress with messages: whoever
            // sent to it synchronously would wait as well. The last of two values counts.
            trial = trial.with("STRICT", "0");
        }
        trial
            .environment
            .extend(environment.map(|(name, value)| (name, value.to_owned())));
        trial
    }

    fn words(&self) -> String {
        let View { re_min, re_max, im_min, im_max, width, height, max_iter, .. } =
            self.view;
        let words = format!(
            "--re {re_min:?} {re_max:?} --im {im_min:?} {im_max:?} --width {width} \
             --height {height} --max-iter {max_iter} --schedule {} --tile {} --runs 1 \
             --warmup 0 --no-check --json --out FOLDER/counts.npy --csv FOLDER/record.csv",
            self.schedule.name(),
            self.tile
        );
        match self.are_ranks {
            true => words,
            false => format!("{words} --workers {}", self.workers),
        }
    }

    fn judge(&self, run: &Run) -> Judged {
        let shape = [self.view.height, self.view.width];
        let counts = files::numbers(&run.path("counts.npy"), shape);
        let counts = counts.map_err(|why| missing("There is no picture", &why))?;
        let (work, messages) = (witness::work(run), witness::messages(run));
        if let Some(diagnosis) = self.values(&counts) {
            let line = self.line(work.as_deref().ok(), messages.as_deref().ok());
            return Err(diagnosis.at(line));
        }
        let work = work.map_err(|why| unaccounted(&why))?;
        match ways::diagnose(self, &work) {
            Some(diagnosis) => Err(diagnosis),
            None => Ok(self.told(run)),
        }
    }

    /// What is wrong with the counts.
    fn values(&self, counts: &[u32]) -> Option<Diagnosis> {
        let truth = truth(&self.view);
        let origins = truth.origins(counts);
        if let Some(told) = causes::by_order(self, &origins) {
            let found = rows::differences(&origins, "the picture");
            return Some(told.of(Diagnosis::found(found)));
        }
        rows::diagnose(&truth, counts, "the picture", causes::of(self, &truth))
    }

    /// The line to look at: where the rows are gathered, else where they are computed.
    fn line(
        &self,
        work: Option<&[witness::Work]>,
        messages: Option<&[Messages]>,
    ) -> Option<String> {
        let gather =
            messages.and_then(|m| witness::line_of(m, &["MPI_Gatherv", "MPI_Gather"]));
        gather.or_else(|| witness::first_line(work?))
    }

    /// What is counted and measured: it is told, and judges nothing.
    fn told(&self, run: &Run) -> Vec<String> {
        let figure = |name| files::figure(&run.path("record.csv"), name).ok()?.as_f64();
        // Whoever comes late to a small picture gets few tiles of it.
        let is_small = self.schedule.has_tiles() || self.view.height < self.workers;
        let is_worth = self.watch == Watch::Shares && self.workers > 1 && !is_small;
        let imbalance = figure("imbalance").filter(|_| is_worth);
        imbalance
            .map(|imbalance| format!("imbalance {imbalance:.2}"))
            .into_iter()
            .collect()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A case of a picture that is always the same.
    pub fn case(are_ranks: bool, schedule: Schedule) -> Case {
        let view = view(&mut Dice::new(1, "tests"), 14, 400);
        Case { are_ranks, schedule, workers: 3, tile: 4, view, watch: Watch::Shares }
    }

    /// The key of what is said of a picture whose rows are from `origins`.
    pub fn named(case: &Case, origins: &[rows::Origin]) -> Option<&'static str> {
        let counts = truth(&case.view).arranged(origins);
        case.values(&counts).map(|diagnosis| diagnosis.key)
    }

    #[test]
    fn every_seed_has_a_picture_whose_rows_differ() {
        for seed in 0..20 {
            let mut dice = Dice::new(seed, "x");
            for rows in [3, 37, 83] {
                assert!(truth(&view(&mut dice, rows, 400)).is_telling());
            }
        }
    }

    #[test]
    fn the_view_survives_the_command_line() {
        let case = case(true, Schedule::Cyclic);
        let words = case.words();
        let numbers: Vec<f64> =
            words.split(' ').filter_map(|word| word.parse().ok()).collect();
        let View { re_min, re_max, im_min, im_max, .. } = case.view;
        assert_eq!(numbers[..4], [re_min, re_max, im_min, im_max]);
    }
}
