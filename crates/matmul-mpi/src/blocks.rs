//! Each rank's blocks of A, B and C on a grid: put in place, and collected.

use harness::matmul::{Flags, Shape, Source};
use harness::{Error, memory};
use kernels::matmul::{Block, Grid, generate_block};
use kernels::memory::{matrix, zeros};
use mpi::topology::{Process, SimpleCommunicator};
use mpi::traits::{Communicator, Destination, Source as _};
use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};
use ranks::{Rows, RowsMut};

/// What one rank works on.
pub struct Blocks {
    /// The grid that the rank is part of.
    pub grid: Grid,
    /// The shapes of the whole matrices.
    pub shape: Shape,
    /// The rank's block of A; at first only its own rows are there.
    pub a: Part,
    /// Its block of B, likewise.
    pub b: Part,
    /// Its block of C; in the end its own rows hold the result.
    pub c: Part,
    /// Where rows of C come in from other ranks, to be added.
    pub incoming: Vec<f64>,
}

/// A rank's block of a matrix, its own rows where they belong in it.
pub struct Part {
    /// The rows and columns of the whole matrix.
    pub block: Block,
    /// The numbers of the block, row after row.
    pub numbers: Vec<f64>,
}

/// The bytes that rank 0 needs beside its blocks: for the matrices that it
/// reads, and for the one that it writes.
///
/// Collective: every rank must call it.
///
/// # Errors
///
/// [`Error::Failure`], on rank 0, if it has less.
pub fn whole_on_root(
    flags: &Flags,
    shape: Shape,
    world: &SimpleCommunicator,
) -> Result<u64, Error> {
    let Shape { m, k, n } = shape;
    let read = if flags.a.is_some() { m * k + k * n } else { 0 };
    let written = if flags.out.is_some() { m * n } else { 0 };
    let bytes = memory::bytes(&[read + written], size_of::<f64>());
    let checked = ranks::on_root(world, || memory::require(bytes, "whole matrices"));
    checked.map(|_| bytes.unwrap_or(u64::MAX))
}

/// This rank's blocks, with its own rows of A and B in place: generated, or
/// read from files by rank 0 and sent.
///
/// Collective: every rank must call it; `source` is rank 0's.
///
/// # Errors
///
/// [`Error::Failure`], on rank 0, if a file cannot be read.
pub fn place(
    grid: Grid,
    shape: Shape,
    flags: &Flags,
    source: Option<Source>,
    world: &SimpleCommunicator,
) -> Result<Blocks, Error> {
    let blocks = |rank| grid.blocks(shape, rank);
    let [mut a, mut b, c] = blocks(world.rank() as usize).map(Part::zeros);
    if flags.a.is_some() {
        let (whole_a, whole_b) = source.map(Source::operands).transpose()?.unzip();
        a.deal(whole_a, |rank| blocks(rank)[0].clone(), world);
        b.deal(whole_b, |rank| blocks(rank)[1].clone(), world);
    } else {
        a.generate(flags.seed, 'a');
        b.generate(flags.seed, 'b');
    }
    let incoming = zeros(if grid.pk > 1 { c.own().len() } else { 0 });
    Ok(Blocks { grid, shape, a, b, c, incoming })
}

impl Blocks {
    /// The whole of C on rank 0, `None` on the other ranks.
    ///
    /// Collective: every rank must call it.
    pub fn collect(&self, world: &SimpleCommunicator) -> Option<Array2<f64>> {
        if world.rank() != 0 {
            send(self.c.own(), &world.process_at_rank(0));
            return None;
        }
        let mut whole = matrix(self.shape.m, self.shape.n);
        for rank in 0..world.size() {
            let [_, _, Block { own, columns, .. }] =
                self.grid.blocks(self.shape, rank as usize);
            let mut place = whole.slice_mut(s![own, columns]);
            if rank == 0 {
                place.assign(&self.c.own());
            } else {
                let mut rows = Array2::zeros(place.dim());
                receive(rows.view_mut(), &world.process_at_rank(rank));
                place.assign(&rows);
            }
        }
        Some(whole)
    }
}

impl Part {
    fn zeros(block: Block) -> Self {
        let words = block.rows.len() * block.columns.len();
        Self { block, numbers: zeros(words) }
    }

    /// The columns of the block.
    pub fn width(&self) -> usize {
        self.block.columns.len()
    }

    /// The block.
    pub fn view(&self) -> ArrayView2<'_, f64> {
        let shape = (self.block.rows.len(), self.width());
        ArrayView2::from_shape(shape, &self.numbers).expect(FITS)
    }

    /// The block, to be written.
    pub fn view_mut(&mut self) -> ArrayViewMut2<'_, f64> {
        let shape = (self.block.rows.len(), self.width());
        ArrayViewMut2::from_shape(shape, &mut self.numbers).expect(FITS)
    }

    /// The rank's own rows of the block.
    pub fn own(&self) -> ArrayView2<'_, f64> {
        let Block { rows, own, .. } = &self.block;
        self.view().slice_move(s![own.start - rows.start..own.end - rows.start, ..])
    }

    fn own_mut(&mut self) -> ArrayViewMut2<'_, f64> {
        let Block { rows, own, .. } = self.block.clone();
        self.view_mut().slice_move(s![own.start - rows.start..own.end - rows.start, ..])
    }

    fn generate(&mut self, seed: u64, name: char) {
        let Block { own, columns, .. } = self.block.clone();
        self.own_mut().assign(&generate_block(seed, name, own, columns));
    }

    /// Rank 0 sends every rank its own rows of `whole`.
    fn deal(
        &mut self,
        whole: Option<Array2<f64>>,
        block: impl Fn(usize) -> Block,
        world: &SimpleCommunicator,
    ) {
        let Some(whole) = whole else {
            return receive(self.own_mut(), &world.process_at_rank(0));
        };
        for rank in 0..world.size() {
            let Block { own, columns, .. } = block(rank as usize);
            let rows = whole.slice(s![own, columns]);
            if rank == 0 {
                self.own_mut().assign(&rows);
            } else {
                send(rows, &world.process_at_rank(rank));
            }
        }
    }
}

const FITS: &str = "as many numbers as the block has";

/// Sends `rows`, unless there are none.
fn send(rows: ArrayView2<f64>, to: &Process) {
    if !rows.is_empty() {
        let packed = rows.as_standard_layout();
        let numbers = packed.as_slice().expect("in row order");
        to.send(&Rows::new(numbers, rows.ncols()));
    }
}

/// Receives what [`send`] has sent.
fn receive(rows: ArrayViewMut2<f64>, from: &Process) {
    let width = rows.ncols();
    if !rows.is_empty() {
        let numbers = rows.into_slice().expect("in row order");
        from.receive_into(&mut RowsMut::new(numbers, width));
    }
}
