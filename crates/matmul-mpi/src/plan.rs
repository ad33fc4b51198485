//! Which grid a job uses: the one asked for, or the one with the fewest words.

use clap::Args;
use harness::matmul::Shape;
use harness::memory::amount;
use harness::{Error, options};
use kernels::matmul::Grid;
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

/// The flags of `--algorithm grid`.
#[derive(Args)]
pub struct Plan {
    /// The parts into which the grid cuts m, n and k, such as 2x2x1; their
    /// product is the number of ranks [default: the fewest words received]
    #[arg(long, value_name = "PRxPCxPK", value_parser = parse)]
    grid: Option<Grid>,

    /// Memory that the blocks of one rank may take, 1 byte or more, such as 2G
    /// [default: a rank's share of what its machine has free]
    #[arg(long, value_name = "BYTES", value_parser = options::bytes)]
    memory_cap: Option<u64>,
}

fn parse(text: &str) -> Result<Grid, String> {
    let number = |part: &str| {
        // Rust's own parser would take a sign.
        let number = part.chars().all(|c| c.is_ascii_digit()).then(|| part.parse().ok());
        number.flatten().filter(|&number: &usize| number > 0)
    };
    let parts: Option<Vec<usize>> = text.split('x').map(number).collect();
    match parts.as_deref() {
        Some(&[pr, pc, pk]) => Ok(Grid { pr, pc, pk }),
        _ => Err("not three positive numbers such as 2x2x1".into()),
    }
}

impl Plan {
    /// Makes sure that the flags fit the algorithm and the number of ranks.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if they do not.
    pub fn check(&self, is_grid: bool, ranks: usize) -> Result<(), Error> {
        let given = [
            ("--grid", self.grid.is_some()),
            ("--memory-cap", self.memory_cap.is_some()),
        ];
        let unused = given.iter().find(|(_, is_given)| *is_given && !is_grid);
        if let Some((flag, _)) = unused {
            return Err(Error::usage(format!("{flag} is for --algorithm grid only")));
        }
        match self.grid {
            Some(grid) if grid.ranks() != Some(ranks) => {
                let product = grid.ranks().map_or("too many".into(), |n| n.to_string());
                Err(Error::usage(format!(
                    "--grid {grid} is for {product} ranks, this job has {ranks}"
                )))
            }
            _ => Ok(()),
        }
    }

    /// The grid to use, the same on every rank. `reserved` bytes of a machine's
    /// memory are for other things than blocks.
    ///
    /// Collective: every rank must call it.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`], on rank 0, if the memory is too small.
    pub fn choose(
        &self,
        shape: Shape,
        reserved: u64,
        world: &SimpleCommunicator,
    ) -> Result<Grid, Error> {
        let ranks = world.size() as usize;
        let cap = self.memory_cap.unwrap_or_else(|| ranks::memory_share(world, reserved));
        let fits = |grid: &Grid| grid.bytes(shape) <= cap;
        let found = match self.grid {
            Some(grid) => Some(grid).filter(fits),
            None => Grid::best(ranks, shape, cap),
        };
        ranks::on_root(world, || {
            found.ok_or_else(|| self.does_not_fit(shape, ranks, cap))
        })?;
        Ok(found.expect("rank 0 has the same cap and has found one"))
    }

    fn does_not_fit(&self, shape: Shape, ranks: usize, cap: u64) -> Error {
        let (what, bytes) = match self.grid {
            Some(grid) => (format!("--grid {grid}"), grid.bytes(shape)),
            None => {
                let least = Grid::all(ranks).min_by_key(|grid| grid.bytes(shape));
                let least = least.expect("any number is a product of three");
                (format!("the smallest grid, {least},"), least.bytes(shape))
            }
        };
        let limit = match self.memory_cap {
            Some(_) => "--memory-cap allows",
            None => "here each may take",
        };
        let (bytes, cap) = (amount(bytes), amount(cap));
        Error::failure(format!("{what} needs {bytes} of memory a rank, {limit} {cap}"))
    }
}
