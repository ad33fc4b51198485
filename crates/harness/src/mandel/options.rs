//! Which picture: the view's flags and the files to write.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgAction, Args, ValueEnum};
use kernels::mandel::{self, SIGHTS, View};

use crate::{Error, memory, options};

/// Which part of the plane is drawn how finely, and where the result goes.
#[derive(Args, Clone, Debug)]
pub struct Picture {
    /// A well-known part of the plane
    #[arg(long, value_name = "NAME", default_value = mandel::VIEW)]
    #[arg(value_parser = PossibleValuesParser::new(SIGHTS.map(|sight| sight.name)))]
    #[arg(conflicts_with_all = ["re", "im"])]
    pub view: String,

    /// Draw any part: real parts from MIN to MAX; needs --im
    #[arg(long, value_names = ["MIN", "MAX"], num_args = 2, requires = "im")]
    #[arg(allow_hyphen_values = true, action = ArgAction::Set)]
    pub re: Option<Vec<f64>>,

    /// Draw any part: imaginary parts from MIN to MAX; needs --re
    #[arg(long, value_names = ["MIN", "MAX"], num_args = 2, requires = "re")]
    #[arg(allow_hyphen_values = true, action = ArgAction::Set)]
    pub im: Option<Vec<f64>>,

    /// Pixels in a row, 1 to 2147483647
    #[arg(long, value_name = "PIXELS", default_value_t = mandel::WIDTH)]
    #[arg(value_parser = options::count(LONGEST_SIDE))]
    pub width: usize,

    /// The number of rows, 1 to 2147483647
    #[arg(long, value_name = "PIXELS", default_value_t = mandel::HEIGHT)]
    #[arg(value_parser = options::count(LONGEST_SIDE))]
    pub height: usize,

    /// Iterations after which a point counts as one of the set, 1 to 4294967295
    #[arg(long, value_name = "N", default_value_t = mandel::MAX_ITER)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub max_iter: u32,

    /// How a pixel is counted; every kernel gives the same counts
    #[arg(long, value_enum, default_value_t = Kernel::Scalar)]
    pub kernel: Kernel,

    /// Write the picture alone, width x height pixels, to FILE
    #[arg(long, value_name = "FILE")]
    pub png: Option<PathBuf>,

    /// Write the counts to FILE, as an array of u32, height x width
    #[arg(long, value_name = "COUNTS.npy")]
    pub out: Option<PathBuf>,
}

/// How finely rows are handed out; a flag of the programs that share them.
#[derive(Args, Clone, Debug)]
pub struct Tiles {
    /// Rows in a tile, 1 to 2147483647, for schedules that hand out tiles
    #[arg(long, value_name = "ROWS", default_value_t = 1)]
    #[arg(value_parser = options::count(LONGEST_SIDE))]
    pub tile: usize,
}

/// How the iterations of a pixel are counted.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum Kernel {
    /// One pixel after another, one iteration after another
    Scalar,
    /// Many pixels at a time, in vectors
    Simd,
    /// The same, without iterations whose outcome is known beforehand
    Shortcut,
}

impl From<Kernel> for mandel::Kernel {
    fn from(kernel: Kernel) -> Self {
        match kernel {
            Kernel::Scalar => mandel::Kernel::Scalar,
            Kernel::Simd => mandel::Kernel::Simd,
            Kernel::Shortcut => mandel::Kernel::Shortcut,
        }
    }
}

/// MPI counts rows in C's `int`, and no side of a PNG may be longer.
const LONGEST_SIDE: u64 = i32::MAX as u64;

/// Image viewers built on libpng refuse a picture with a longer side.
const LONGEST_PNG: usize = 1_000_000;

impl Picture {
    /// The view that the flags describe.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if an axis does not run from a smaller number to a
    /// larger one.
    pub fn view(&self) -> Result<View, Error> {
        let (width, height, max_iter) = (self.width, self.height, self.max_iter);
        let [re_min, re_max] = axis("--re", self.re.as_deref(), self.sight().re, width)?;
        let [im_min, im_max] = axis("--im", self.im.as_deref(), self.sight().im, height)?;
        let kernel = self.kernel.into();
        Ok(View { re_min, re_max, im_min, im_max, width, height, max_iter, kernel })
    }

    /// The name of the view, or `None` if the flags give its edges.
    pub fn name(&self) -> Option<&str> {
        self.re.is_none().then_some(&*self.view)
    }

    /// Makes sure that the view is one, that it can be drawn if it shall be and
    /// that this machine has the memory.
    ///
    /// `copies` is how many copies of the counts this machine's memory holds.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for an invalid view, [`Error::Failure`] for the
    /// rest.
    pub fn check(&self, copies: usize) -> Result<(), Error> {
        self.view()?;
        if self.png.is_some() && self.width.max(self.height) > LONGEST_PNG {
            return Err(Error::usage(format!(
                "--png draws at most {LONGEST_PNG} pixels a side, write the counts with --out"
            )));
        }
        memory::require(
            memory::bytes(&[self.width, self.height], copies * size_of::<u32>()),
            &format!("--width {} and --height {}", self.width, self.height),
        )
    }

    /// The files to write, by their flags.
    pub fn files(&self) -> [(&'static str, Option<&PathBuf>); 2] {
        [("--png", self.png.as_ref()), ("--out", self.out.as_ref())]
    }

    fn sight(&self) -> &'static mandel::Sight {
        mandel::Sight::named(&self.view).expect("the command line takes no other name")
    }
}

/// The two edges that `flag` gives, else those of the named view.
fn axis(
    flag: &str,
    given: Option<&[f64]>,
    named: [f64; 2],
    pixels: usize,
) -> Result<[f64; 2], Error> {
    let [min, max] = match given {
        Some(&[min, max]) => [min, max],
        _ => named,
    };
    // The difference of two finite numbers may still be beyond all numbers.
    if min >= max || !(max - min).is_finite() {
        return Err(Error::usage(format!(
            "{flag} {min} {max}: MIN and MAX must be finite numbers, MIN the smaller one"
        )));
    }
    // Below, processors take up to sixty times as long for each iteration.
    let step = (max - min) / pixels as f64;
    if step * step < f64::MIN_POSITIVE {
        return Err(Error::usage(format!(
            "{flag} {min:?} {max:?}: too narrow for {pixels} pixels: the square of {step:e} \
             is beyond double precision; MIN and MAX must lie further apart"
        )));
    }
    Ok([min, max])
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::program::{Parsed, parse};

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        picture: Picture,
    }

    fn picture(flags: &str) -> Result<Picture, Error> {
        let words = format!("p {flags}");
        match parse::<Program>(words.split_whitespace().map(Into::into))? {
            Parsed::Args(program) => Ok(program.picture),
            Parsed::Text(text) => Err(Error::failure(text)),
        }
    }

    #[test]
    fn the_flags_name_a_view_or_its_edges() {
        for (flags, name, edges) in [
            ("", Some("whole"), [-2.25, 0.75, -1.25, 1.25]),
            ("--view seahorse", Some("seahorse"), [-0.76, -0.736, 0.12, 0.14]),
            ("--re -1 2 --im -3e-1 4", None, [-1.0, 2.0, -0.3, 4.0]),
            ("--re 8 9 --im 1 2 --re -1 0 --im 0 .5", None, [-1.0, 0.0, 0.0, 0.5]),
            ("--re 0 1e300 --im 0 1e-150", None, [0.0, 1e300, 0.0, 1e-150]),
            ("--view whole --view upper", Some("upper"), [-2.25, 0.75, -0.25, 2.25]),
        ] {
            let picture = picture(flags).expect(flags);
            let view = picture.view().expect(flags);
            assert_eq!(picture.name(), name, "{flags}");
            assert_eq!(
                [view.re_min, view.re_max, view.im_min, view.im_max],
                edges,
                "{flags}"
            );
        }
    }

    #[test]
    fn what_no_machine_could_draw_is_a_usage_error() {
        for (flags, named) in [
            ("--re 1 2", "--im"),
            ("--im 1 2", "--re"),
            ("--re 1 1 --im 0 1", "--re"),
            ("--re 0 1 --im 2 1", "--im"),
            ("--re 0 nan --im 0 1", "--re"),
            ("--re -inf 0 --im 0 1", "--re"),
            ("--re x 0 --im 0 1", "--re"),
            ("--re -1e308 1e308 --im 0 1", "--re"),
            ("--re 0 5e-324 --im 0 1", "--re"),
            ("--re 0 1 --im 0 1e-152", "--im"),
            ("--re 0 1 2 --im 0 1", "2"),
            ("--view whole --re 0 1 --im 0 1", "--view"),
            ("--view nowhere", "nowhere"),
            ("--width 0", "--width"),
            ("--height -1", "-1"),
            ("--width 2147483648", "--width"),
            ("--width 99999999999999999999", "--width"),
            ("--max-iter 0", "--max-iter"),
            ("--max-iter 4294967296", "--max-iter"),
            ("--kernel fused", "--kernel"),
            ("--width 1000001 --png x.png", "--png"),
        ] {
            let error = picture(flags).and_then(|picture| picture.check(1));
            let error = error.expect_err(flags);
            assert_eq!(error.status(), 2, "{flags}: {error}");
            assert!(error.to_string().contains(named), "{flags}: {error}");
        }
    }

    #[test]
    fn a_picture_beyond_the_memory_is_refused() {
        for flags in [
            "--width 1000000 --height 1000000",
            "--width 2147483647 --height 2147483647 --out /nowhere/x",
        ] {
            let error = picture(flags).unwrap().check(1).expect_err(flags);
            assert_eq!(error.status(), 1, "{flags}: {error}");
            assert!(error.to_string().contains("memory"), "{flags}: {error}");
        }
    }
}
