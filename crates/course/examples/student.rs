//! A student's `mandel-threads` with one mistake, which the variable `STUDENT` names,
//! for the tests of `course check`.

use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use clap::Parser;
use harness::mandel::{self, Dealing, Picture, Tiles};
use harness::options::Workers;
use harness::record::Setting;
use harness::{Common, Error, Lane, measure};
use kernels::mandel::{View, count_rows};
use kernels::split::{block, tile};

#[derive(Parser)]
struct Args {
    #[command(flatten)]
    picture: Picture,
    #[command(flatten)]
    workers: Workers,
    #[arg(long)]
    schedule: String,
    #[command(flatten)]
    tiles: Tiles,
    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    harness::program::run(run)
}

fn run(args: Args) -> Result<(), Error> {
    let outputs = mandel::prepare(&args.picture, &args.common, 1)?;
    let (view, tile_rows) = (args.picture.view()?, args.tiles.tile);
    let workers = args.workers.workers;
    let mistake = std::env::var("STUDENT").unwrap_or_default();
    let mut image = vec![0; view.width * view.height];
    let measured = measure::measure(&args.common, workers, |lanes| {
        match args.schedule.as_str() {
            "block" => by_blocks(&mistake, &view, &mut image, lanes),
            "cyclic" => by_hands(&view, &mut image, lanes),
            "dynamic" => by_tiles(&mistake, &view, tile_rows, &mut image, lanes),
            // As in a handout.
            _ => todo!(
                "task 3.4: share tiles, see crates/mandel-threads/README.md, step 6"
            ),
        }
    });
    let setting = Setting::here("mandel-threads", workers);
    let Args { picture, common, schedule, .. } = &args;
    let dealing = Dealing { schedule: schedule.clone(), tile_rows };
    mandel::conclude(picture, common, dealing, outputs, &setting, &measured, &image)
}

fn by_blocks(mistake: &str, view: &View, image: &mut [u32], lanes: &mut [Lane]) {
    match mistake {
        "panic" => panic!("index out of bounds: the len is 3 but the index is 3"),
        "endless" => loop {
            thread::park();
        },
        "alone" => {
            return lanes[0].compute(0..view.height, |rows| {
                count_rows(view, rows, image);
            });
        }
        _ => {}
    }
    let workers = lanes.len();
    thread::scope(|scope| {
        let mut rest = image;
        for (worker, lane) in lanes.iter_mut().enumerate() {
            let mut rows = block(view.height, workers, worker);
            if mistake == "remainder" {
                let each = view.height / workers;
                rows = worker * each..(worker + 1) * each;
            }
            let (mine, others) = rest.split_at_mut(rows.len() * view.width);
            rest = others;
            let thread = scope
                .spawn(move || lane.compute(rows, |rows| count_rows(view, rows, mine)));
            if mistake == "joined" {
                let _ = thread.join();
            }
        }
    });
}

fn by_hands(view: &View, image: &mut [u32], lanes: &mut [Lane]) {
    let workers = lanes.len();
    let rows: Vec<_> = image.chunks_mut(view.width).map(Mutex::new).collect();
    thread::scope(|scope| {
        for (worker, lane) in lanes.iter_mut().enumerate() {
            let rows = &rows;
            scope.spawn(move || {
                for y in (worker..view.height).step_by(workers) {
                    let mut row = rows[y].lock().unwrap();
                    lane.compute(y..y + 1, |rows| count_rows(view, rows, &mut row));
                }
            });
        }
    });
}

fn by_tiles(
    mistake: &str,
    view: &View,
    tile_rows: usize,
    image: &mut [u32],
    lanes: &mut [Lane],
) {
    if mistake == "fixed" {
        return by_hands(view, image, lanes);
    }
    let holds = mistake == "lock";
    let queue = Mutex::new(image.chunks_mut(tile_rows * view.width).enumerate());
    thread::scope(|scope| {
        for lane in lanes {
            let queue = &queue;
            scope.spawn(move || {
                loop {
                    let mut guard = queue.lock().unwrap();
                    let Some((number, pixels)) = guard.next() else { break };
                    let kept = holds.then_some(guard);
                    let rows = tile(view.height, tile_rows, number).unwrap();
                    lane.compute(rows, |rows| count_rows(view, rows, pixels));
                    drop(kept);
                }
            });
        }
    });
}
