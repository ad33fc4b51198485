//! The calls that the exercises' sheets and the talk show, in code that compiles.
//!
//! A sheet shows lines without their surroundings. They stand here as they do
//! there, one function a sheet, so that the compiler has seen every one of
//! them. Nothing calls these functions.

#![allow(dead_code, unused_mut, unused_variables, unused_must_use, reason = "lines to be compiled")]
#![allow(clippy::all, reason = "the lines are those of the sheets")]
#![cfg_attr(rustfmt, rustfmt_skip)]

use std::collections::HashMap;
use std::sync::{Mutex, mpsc};
use std::thread;

use harness::Lane;
use kernels::mandel::{View, count_rows, place};
use kernels::split::{block, cyclic, displacements, tile, tiles};
use kernels::words::{Piece, unpack};
use mpi::Count;
use mpi::collective::SystemOperation;
use mpi::datatype::{Partition, PartitionMut};
use mpi::request::{WaitGuard, scope};
use mpi::topology::SimpleCommunicator;
use mpi::traits::*;
use ndarray::{Array2, ArrayViewMut2, Axis};
use ranks::{Rows, RowsMut};
use rayon::prelude::*;

/// The part of mpi-hello's process that its sheet uses.
#[derive(Clone)]
struct Process {
    host: String,
}

fn mpi_hello(
    world: &SimpleCommunicator,
    bytes: &[u8],
    me: &Process,
    counts: &mut HashMap<String, usize>,
) {
    println!("I am rank {} of {}", world.rank(), world.size());
    let peer = world.process_at_rank(3);
    peer.send(&bytes[..]);
    let (bytes, _status) = peer.receive_vec::<u8>();
    let mut all = vec![me.clone()];
    *counts.entry(me.host.clone()).or_insert(0) += 1;
}

fn matmul_mpi(
    world: &SimpleCommunicator,
    rows_of_a: Rows<f64>,
    mut rows_of_c: RowsMut<f64>,
    mut my_rows: RowsMut<f64>,
    mine: Rows<f64>,
) {
    let root = world.process_at_rank(0);
    let rows = block(7, 3, 1);
    let counts: Vec<Count> = (0..3).map(|rank| block(7, 3, rank).len() as Count).collect();
    let displacements = displacements(&counts);
    let parts = Partition::new(&rows_of_a, &counts[..], &displacements[..]);
    root.scatter_varcount_into_root(&parts, &mut my_rows);
    root.scatter_varcount_into(&mut my_rows);
    let mut parts = PartitionMut::new(&mut rows_of_c, &counts[..], &displacements[..]);
    root.gather_varcount_into_root(&mine, &mut parts);
    root.gather_varcount_into(&mine);
}

fn matmul_shm(numbers: Vec<f64>, c: ArrayViewMut2<f64>, b: &Array2<f64>) {
    thread::scope(|scope| drop(scope.spawn(|| numbers.len())));
    let (my_c, others) = c.split_at(Axis(0), 2);
    let my_b = b.to_owned();
    let (sender, results) = mpsc::channel::<f64>();
}

fn mandel_serial(costs: &[u64], workers: usize) {
    let rows = block(10, 4, 2);
    let sum: u64 = costs[6..8].iter().sum();
    let mut work = vec![0_u64; workers];
    let least: &mut u64 = work.iter_mut().min().unwrap();
    let mean = sum as f64 / workers as f64;
}

fn mandel_threads(
    view: &View,
    width: usize,
    image: &mut [u32],
    part: &mut [u32],
    lane: &mut Lane,
    lanes: &[Mutex<&mut Lane>],
    mutex: Mutex<Vec<u32>>,
    slice: &mut [usize],
) {
    let rows = block(10, 4, 2);
    let (front, rest) = image.split_at_mut(3 * width);
    thread::scope(|scope| drop(scope.spawn(move || front.fill(1))));
    lane.compute(rows, |rows| count_rows(view, rows, part));
    for (y, row) in rest.chunks_mut(width).enumerate() { row.fill(y as u32) }
    let last = mutex.lock().unwrap().pop();
    let rows = tile(100, 8, 12).unwrap();
    slice.par_chunks_mut(8).enumerate().for_each(|(number, part)| part.fill(number));
    let lane = &lanes[rayon::current_thread_index().unwrap_or(0)];
}

fn mandel_mpi(
    view: &View,
    world: &SimpleCommunicator,
    width: usize,
    mut picture: Vec<u32>,
    mut pixels: Vec<u32>,
    counts: Vec<Count>,
    gathered: &[u32],
    image: &mut [u32],
    number: usize,
    mut reply: usize,
    lane: &mut Lane,
) {
    let root = world.process_at_rank(0);
    let peer = world.process_at_rank(1);
    root.gather_varcount_into(&Rows::new(&pixels, width));
    let mut whole = RowsMut::new(&mut picture, width);
    let mut parts = PartitionMut::new(&mut whole, &counts[..], displacements(&counts));
    root.gather_varcount_into_root(&Rows::new(&pixels, width), &mut parts);
    let rows: Vec<usize> = cyclic(10, 3, 1).collect();
    place(view, [2, 0, 1], &gathered, image);
    let (letter, status) = world.any_process().matched_probe();
    letter.matched_receive_into(&mut RowsMut::new(&mut pixels, width));
    let (letter, status) = world.any_process().matched_probe();
    let (number, _status) = letter.matched_receive::<usize>();
    let (number, _status) = peer.receive::<usize>();
    peer.send_with_tag(&number, 7);
    let rows = tile(100, 8, 12).unwrap();
    let number_of_tiles = tiles(100, 8);
    scope(|scope| {
        let answer = peer.immediate_receive_into_with_tag(scope, &mut reply, 8);
        let _answer = WaitGuard::from(answer);
        let question = peer.immediate_send_with_tag(scope, &number, 7);
        let _question = WaitGuard::from(question);
        lane.compute(rows, |rows| count_rows(view, rows, &mut pixels));
    });
}

fn wordcount(
    world: &SimpleCommunicator,
    piece: &Piece,
    counts: &mut HashMap<&str, u64>,
    number: Count,
    mut numbers: Vec<Count>,
    mut whole: RowsMut<u8>,
    bytes: &[u8],
) {
    let root = world.process_at_rank(0);
    let first: Option<&str> = piece.words().next();
    let document: usize = piece.document();
    *counts.entry("love").or_insert(0) += 2;
    root.gather_into_root(&number, &mut numbers[..]);
    root.gather_into(&number);
    let parts = PartitionMut::new(&mut whole, &numbers[..], displacements(&numbers));
    for (word, count) in unpack(&bytes) { println!("{word}: {count}") }
    let mut sums = vec![0; numbers.len()];
    root.reduce_into_root(&numbers[..], &mut sums[..], SystemOperation::sum());
    root.reduce_into(&numbers[..], SystemOperation::sum());
}

/// The calls that the talk explains.
fn ten_calls(world: &SimpleCommunicator, mut mine: f64, mut all: Vec<f64>, mut others: Vec<f64>) {
    let (rank, size) = (world.rank(), world.size());
    let root = world.process_at_rank(0);
    root.send_with_tag(&mine, 7);
    let (theirs, status) = root.receive_with_tag::<f64>(7);
    root.broadcast_into(&mut mine);
    root.scatter_into(&mut mine);
    root.gather_into(&mine);
    root.reduce_into(&mine, SystemOperation::sum());
    world.all_gather_into(&mine, &mut all[..]);
    world.all_to_all_into(&all[..], &mut others[..]);
}

fn main() {}
