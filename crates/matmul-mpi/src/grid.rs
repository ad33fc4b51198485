//! Grid, an extra to read: gather blocks of A and B, multiply, add up blocks of C.
//!
//! Think of the *m* x *k* x *n* multiplications of C = A B as the points of a
//! box. A is its left face, B its front, C its floor: a point takes one number
//! from A and one from B, those straight beside it, and adds their product to
//! the number of C straight below. The grid cuts the box into bricks, one for
//! each rank. What a rank needs are the faces of its brick. Of each face it
//! owns a part; the other parts are on the ranks of a line through the grid,
//! whose bricks cast the same shadow:
//!
//! ```text
//! block of A   the same rows and depth      the line along the columns
//! block of B   the same depth and columns   the line along the rows
//! block of C   the same rows and columns    the line along the depth
//! ```
//!
//! With a depth of one this is the plain two-dimensional grid. A deeper one
//! sends less of A and B, and for that sums of C.

use harness::Lane;
use kernels::matmul::{Grid, Kernel};
use mpi::topology::{Color, Key, SimpleCommunicator};
use mpi::traits::Communicator;
use ranks::{all_gather_rows, reduce_scatter_rows};

use crate::blocks::Blocks;

/// The three lines of ranks through this rank's place, each with those that
/// need the same block.
pub struct Lines {
    a: SimpleCommunicator,
    b: SimpleCommunicator,
    c: SimpleCommunicator,
}

impl Lines {
    /// The lines of this rank in `grid`.
    ///
    /// Collective: every rank must call it.
    pub fn new(grid: Grid, world: &SimpleCommunicator) -> Self {
        let [row, column, layer] = grid.place(world.rank() as usize);
        // Ranks of the same colour make a line; the key tells their order.
        let line = |colour: usize, key: usize| {
            let colour = Color::with_value(colour as i32);
            let line = world.split_by_color_with_key(colour, key as Key);
            line.expect("every rank has a colour")
        };
        Self {
            a: line(row * grid.pk + layer, column),
            b: line(layer * grid.pc + column, row),
            c: line(row * grid.pc + column, layer),
        }
    }
}

/// C = A B, each block where its owners are; the number of words received.
///
/// Before, every rank holds its own rows of its blocks of A and B; after, its
/// own rows of its block of C. The product waits for all its operands: cut into
/// panels, of which one is on its way while another is multiplied, it loses
/// more than the 1 to 2 % of the time that messages take on one machine.
pub fn multiply(
    kernel: Kernel,
    blocks: &mut Blocks,
    lines: &Lines,
    lane: &mut Lane,
) -> u64 {
    let Blocks { a, b, c, incoming, .. } = blocks;

    let of_a = all_gather_rows(&lines.a, a.width(), &mut a.numbers);
    let of_b = all_gather_rows(&lines.b, b.width(), &mut b.numbers);

    lane.compute(c.block.rows.clone(), |_| {
        kernel.multiply(a.view(), b.view(), c.view_mut());
    });

    let of_c = reduce_scatter_rows(&lines.c, c.width(), &mut c.numbers, incoming);

    of_a + of_b + of_c
}
