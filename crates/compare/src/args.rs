//! What is compared, and on which input.

use std::path::PathBuf;

use clap::Parser;
use harness::options::count;
use kernels::mandel::{HEIGHT, MAX_ITER, SIGHTS, VIEW, WIDTH};
use study::options::Options;
use study::topic::Topic;

/// Our programs beside the same in Python and in C, on the same input
#[derive(Parser, Clone, Debug)]
#[command(name = "compare", version)]
pub struct Args {
    /// One topic instead of all
    #[arg(value_enum)]
    pub topic: Option<Topic>,

    /// The folder in which setup.sh has put the peers' Python and ScaLAPACK
    #[arg(long, value_name = "DIR")]
    pub environment: PathBuf,

    /// matmul: the orders of the matrices, a table each, 1 to 65536
    #[arg(long, value_name = "N,...", value_delimiter = ',', num_args = 1)]
    #[arg(default_value = "2048", value_parser = count(65_536))]
    pub size: Vec<usize>,

    /// mandel: a well-known part of the plane
    #[arg(long, value_name = "NAME", default_value = VIEW)]
    #[arg(value_parser = SIGHTS.map(|sight| sight.name))]
    pub view: String,

    /// mandel: pixels in a row
    #[arg(long, value_name = "PIXELS", default_value_t = WIDTH)]
    #[arg(value_parser = count(65_536))]
    pub width: usize,

    /// mandel: the number of rows
    #[arg(long, value_name = "PIXELS", default_value_t = HEIGHT)]
    #[arg(value_parser = count(65_536))]
    pub height: usize,

    /// mandel: iterations after which a point counts as inside
    #[arg(long, value_name = "N", default_value_t = MAX_ITER as usize)]
    #[arg(value_parser = count(1_000_000_000))]
    pub max_iter: usize,

    /// words: documents of ASCII text [default: corpus-50M.txt in the folder of --out]
    #[arg(long, value_name = "FILE,...", value_delimiter = ',', num_args = 1)]
    pub documents: Vec<PathBuf>,

    /// Put the tables into FILE, a Markdown page, in place of those of the same topic
    #[arg(long, value_name = "FILE.md")]
    pub report: Option<PathBuf>,

    #[command(flatten)]
    pub options: Options,
}
