//! The matrix product: its flags, its operands, its check and its record.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
pub use kernels::matmul::Shape;
use kernels::matmul::{Kernel, flops, freivalds, generate};
use ndarray::{Array2, ArrayView2};
use serde_json::{Value, json};

use crate::measure::Measured;
use crate::npy::{self, Matrix};
use crate::options::count;
use crate::record::Outputs;
use crate::{Common, Error, memory};

/// MPI counts rows and columns in C's `int`.
const MOST: u64 = i32::MAX as u64;

/// The operands, the kernel and where the result goes.
#[derive(clap::Args, Clone, Debug)]
pub struct Flags {
    /// Order of square matrices; C = A B has N x N elements
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = count(MOST))]
    #[arg(conflicts_with_all = ["m", "k", "n", "a", "b"])]
    pub size: usize,

    /// Rows of A and C, instead of --size
    #[arg(long, value_name = "ROWS", value_parser = count(MOST), requires_all = ["k", "n"])]
    #[arg(conflicts_with_all = ["a", "b"])]
    pub m: Option<usize>,

    /// Columns of A and rows of B
    #[arg(long, value_parser = count(MOST), requires_all = ["m", "n"])]
    pub k: Option<usize>,

    /// Columns of B and C
    #[arg(long, value_name = "COLUMNS", value_parser = count(MOST), requires_all = ["m", "k"])]
    pub n: Option<usize>,

    /// Read A, a float64 matrix, instead of generating it
    #[arg(long, value_name = "A.npy", requires = "b")]
    pub a: Option<PathBuf>,

    /// Read B, a float64 matrix, instead of generating it
    #[arg(long, value_name = "B.npy", requires = "a")]
    pub b: Option<PathBuf>,

    /// Seed of the generated matrices
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// Write C to FILE, float64 in row order
    #[arg(long, value_name = "C.npy")]
    pub out: Option<PathBuf>,

    /// The product of one worker
    #[arg(long, default_value = "fast", value_parser = kernel_parser())]
    pub kernel: Kernel,
}

fn kernel_parser() -> impl TypedValueParser<Value = Kernel> {
    PossibleValuesParser::new(Kernel::ALL.map(|(name, _)| name))
        .map(|name| Kernel::named(&name).expect("clap lets only known names through"))
}

/// Where A and B come from; nothing is read or generated yet.
pub struct Source {
    /// The shapes, known before the numbers.
    pub shape: Shape,
    files: Option<(Matrix, Matrix)>,
    seed: u64,
}

impl Source {
    /// Looks at the flags and at the headers of the files.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if a file is not right or the shapes do not match.
    pub fn open(flags: &Flags) -> Result<Self, Error> {
        let files = match (&flags.a, &flags.b) {
            (Some(a), Some(b)) => Some((Matrix::open(a)?, Matrix::open(b)?)),
            _ => None,
        };
        let shape = match &files {
            Some((a, b)) if a.shape.1 != b.shape.0 => {
                return Err(Error::failure(format!(
                    "A is {} x {} and B is {} x {}: A must have as many columns as B has rows",
                    a.shape.0, a.shape.1, b.shape.0, b.shape.1
                )));
            }
            Some((a, b)) => Shape { m: a.shape.0, k: a.shape.1, n: b.shape.1 },
            None => Shape {
                m: flags.m.unwrap_or(flags.size),
                k: flags.k.unwrap_or(flags.size),
                n: flags.n.unwrap_or(flags.size),
            },
        };
        Ok(Self { shape, files, seed: flags.seed })
    }

    /// A and B, read or generated.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if a file cannot be read.
    pub fn operands(self) -> Result<(Array2<f64>, Array2<f64>), Error> {
        let Shape { m, k, n } = self.shape;
        match self.files {
            Some((a, b)) => Ok((a.read()?, b.read()?)),
            None => {
                Ok((generate(self.seed, 'a', 0..m, k), generate(self.seed, 'b', 0..k, n)))
            }
        }
    }
}

/// Makes sure that this machine's memory holds so many copies of A, B and C, and
/// this process `own` of them.
///
/// # Errors
///
/// [`Error::Failure`] if it does not.
pub fn require_memory(
    shape: Shape,
    copies: [usize; 3],
    own: [usize; 3],
) -> Result<(), Error> {
    let Shape { m, k, n } = shape;
    let bytes = |[a, b, c]: [usize; 3]| {
        [[a, m, k], [b, k, n], [c, m, n]].iter().try_fold(0_u64, |sum, counts| {
            sum.checked_add(memory::bytes(counts, size_of::<f64>())?)
        })
    };
    let matrices = format!("matrices of {m} x {k}, {k} x {n} and {m} x {n}");
    memory::require_together(bytes(copies), bytes(own), &matrices)
}

/// How many random vectors Freivalds' test takes: with twenty, a wrong product
/// passes with a probability of one in a million at most.
pub const VECTORS: usize = 20;

/// Verifies C = A B by Freivalds' test with [`VECTORS`] random vectors.
///
/// # Errors
///
/// [`Error::Failure`] if C is wrong.
pub fn verify(
    a: ArrayView2<f64>,
    b: ArrayView2<f64>,
    c: ArrayView2<f64>,
) -> Result<(), Error> {
    accept(freivalds(a, b, c, VECTORS, 0))
}

/// Accepts a product by what Freivalds' test says of its error.
///
/// # Errors
///
/// [`Error::Failure`] if rounding does not explain the error.
pub fn accept(error: f64) -> Result<(), Error> {
    if error <= 1.0 {
        return Ok(());
    }
    Err(Error::failure(format!(
        "C is wrong: {error:.1e} times the error that rounding explains"
    )))
}

/// The files to write, after making sure that they can be written.
///
/// `figures` are the names of the program's own figures, after the topic's.
///
/// # Errors
///
/// As for [`Outputs::settle`].
pub fn prepare(
    flags: &Flags,
    common: &Common,
    figures: &[&str],
) -> Result<Outputs, Error> {
    let operands = [("--a", &flags.a), ("--b", &flags.b)];
    let inputs: Vec<_> = operands
        .iter()
        .filter_map(|(flag, path)| Some((*flag, path.as_deref()?)))
        .collect();
    let figures = [&FIGURES[..], figures].concat();
    Outputs::settle(common, &inputs, &[("--out", flags.out.as_ref())], &figures)
}

/// Writes C.
///
/// # Errors
///
/// [`Error::Failure`] if the file cannot be written.
pub fn write(outputs: &Outputs, c: ArrayView2<f64>) -> Result<(), Error> {
    let numbers = c.as_slice().expect("rows are contiguous");
    outputs.write("--out", |file| npy::write(file, c.dim(), numbers))
}

/// Billions of floating-point operations a second, in the run of median time.
pub fn gflops(shape: Shape, measured: &Measured) -> f64 {
    flops(shape.m, shape.k, shape.n) / measured.median_s() / 1e9
}

const FIGURES: [&str; 5] = ["m", "k", "n", "kernel", "gflops"];

/// The topic's share of the record.
pub fn figures(flags: &Flags, shape: Shape, measured: &Measured) -> Value {
    json!({
        "m": shape.m,
        "k": shape.k,
        "n": shape.n,
        "kernel": flags.kernel.name(),
        "gflops": gflops(shape, measured),
    })
}

/// One line for people: `C (64 x 64) = A (64 x 32) B (32 x 64): 4.2 GFLOP/s`.
pub fn summary(
    flags: &Flags,
    shape: Shape,
    measured: &Measured,
    workers: &str,
) -> String {
    let Shape { m, k, n } = shape;
    format!(
        "C ({m} x {n}) = A ({m} x {k}) B ({k} x {n}), kernel {} on {workers}: {:.1} GFLOP/s",
        flags.kernel.name(),
        gflops(shape, measured)
    )
}
