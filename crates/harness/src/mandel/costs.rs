//! What each pixel of a picture costs: its iterations and its time.

use std::hint::black_box;
use std::io::{self, Cursor, Write};
use std::path::Path;

use kernels::mandel::{View, count_pixel};
use serde_json::{Value, json};

use super::clock::{self, Clock};
use super::{Kernel, Picture};
use crate::{Common, Error, files, memory, npz, progress};

/// The costs of the pixels of a picture, row after row.
#[derive(Clone, Debug, PartialEq)]
pub struct Costs {
    /// Rows and columns.
    pub shape: (usize, usize),
    /// The iterations of each pixel: exact.
    pub iterations: Vec<u32>,
    /// The time of each pixel, in seconds; 0 if it is below the resolution.
    pub seconds: Vec<f32>,
    /// The shortest time that the clock can tell from none, in seconds.
    pub resolution_s: f64,
    /// What reading the clock takes, in seconds: it has been subtracted.
    pub overhead_s: f64,
}

impl Costs {
    /// Makes sure that the kernel is the one that counts pixel by pixel, and that
    /// the memory suffices.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] for another kernel, [`Error::Failure`] for too little
    /// memory.
    pub fn check(picture: &Picture, common: &Common) -> Result<(), Error> {
        if picture.kernel != Kernel::Scalar {
            return Err(Error::usage(
                "--costs needs --kernel scalar: the others count many pixels at a time",
            ));
        }
        // The counts twice, the times, both as a file, and the readings of one row.
        let pixel = 3 * size_of::<u32>() + 2 * size_of::<f32>();
        let pixels = memory::bytes(&[picture.width, picture.height], pixel);
        let row = memory::bytes(&[picture.width, common.runs as usize], size_of::<f64>());
        memory::require(
            pixels.zip(row).and_then(|(pixels, row)| pixels.checked_add(row)),
            &format!(
                "the --costs of --width {} and --height {}",
                picture.width, picture.height
            ),
        )
    }

    /// Times each pixel of `view` by the scalar kernel, as often as `--runs`
    /// says; `counts` are its iterations.
    ///
    /// Each repeat goes through a whole row, not one pixel: whatever
    /// interrupts us then meets a pixel in one of its repeats, and the median
    /// leaves that one out.
    ///
    /// # Panics
    ///
    /// If `counts` is not the whole picture.
    pub fn measure(view: &View, counts: &[u32], common: &Common) -> Self {
        assert_eq!(counts.len(), view.width * view.height, "not the picture of {view:?}");
        let (clock, repeats) = (Clock::new(), common.runs as usize);
        let mut bar = progress::rows(common, view.height);
        let mut readings_s = vec![0.0; view.width * repeats];
        let mut seconds = Vec::with_capacity(counts.len());
        for y in 0..view.height {
            for repeat in 0..repeats {
                for x in 0..view.width {
                    let count = || count_pixel(view, black_box(x), black_box(y));
                    readings_s[x * repeats + repeat] = clock::reading_s(count);
                }
            }
            let pixels = readings_s.chunks_exact(repeats);
            seconds.extend(pixels.map(|readings_s| clock.time_s(readings_s) as f32));
            bar.advance();
        }
        let (iterations, shape) = (counts.to_vec(), (view.height, view.width));
        let Clock { resolution_s, overhead_s } = clock;
        Self { shape, iterations, seconds, resolution_s, overhead_s }
    }

    /// Writes the arrays `iterations`, `seconds`, `resolution_s` and
    /// `overhead_s`.
    ///
    /// # Errors
    ///
    /// Those of `file`.
    pub fn write(&self, file: &mut impl Write) -> io::Result<()> {
        let shape = [self.shape.0 as u64, self.shape.1 as u64];
        // An archive is not written from its beginning to its end, as a pipe is.
        let mut bytes = Cursor::new(Vec::new());
        let mut arrays = npz::Writer::new(&mut bytes);
        arrays.write("iterations", &shape, &self.iterations)?;
        arrays.write("seconds", &shape, &self.seconds)?;
        arrays.write("resolution_s", &[], &[self.resolution_s])?;
        arrays.write("overhead_s", &[], &[self.overhead_s])?;
        arrays.finish()?;
        file.write_all(bytes.get_ref())
    }

    /// The costs that [`Costs::write`] wrote to `path`.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the file is missing or holds something else.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let read = || -> io::Result<Self> {
            let mut arrays = npz::Reader::new(files::open(path)?)?;
            let (shape, iterations) = arrays.read("iterations")?;
            let (other, seconds) = arrays.read("seconds")?;
            let &[height, width] = &shape[..] else {
                return Err(io::Error::other("costs have two dimensions"));
            };
            if shape != other {
                return Err(io::Error::other("its arrays differ in shape"));
            }
            let mut number = |name: &str| -> io::Result<f64> {
                let (_, numbers) = arrays.read(name)?;
                numbers.first().copied().ok_or_else(|| io::Error::other("an empty array"))
            };
            let (resolution_s, overhead_s) =
                (number("resolution_s")?, number("overhead_s")?);
            let shape = (height as usize, width as usize);
            Ok(Self { shape, iterations, seconds, resolution_s, overhead_s })
        };
        read().map_err(|error| {
            Error::failure(format!("cannot read {}: {error}", path.display()))
        })
    }

    /// How many pixels took too short a time for the clock.
    pub fn unresolved(&self) -> usize {
        self.seconds.iter().filter(|&&seconds| seconds == 0.0).count()
    }

    /// What the record says of the clock.
    pub fn figures(&self) -> Value {
        json!({
            "resolution_s": self.resolution_s,
            "overhead_s": self.overhead_s,
            "unresolved": self.unresolved(),
        })
    }

    /// One line for people: how many pixels the clock could time.
    pub fn summary(&self) -> String {
        let pixels = self.seconds.len();
        format!(
            "the time of {} of {pixels} pixels is known; the others took less than {:.0} ns, \
             which the clock cannot tell from nothing",
            pixels - self.unresolved(),
            1e9 * self.resolution_s
        )
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn costs_that_were_written_are_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("costs.npz");
        let costs = Costs {
            shape: (2, 3),
            iterations: vec![1, 2, 3, 4, 5, u32::MAX],
            seconds: vec![0.0, 1e-7, 2e-7, 3e-7, 0.5, 6.0],
            resolution_s: 1e-8,
            overhead_s: 2e-8,
        };
        costs.write(&mut File::create(&path).unwrap()).unwrap();
        assert_eq!(Costs::read(&path).unwrap(), costs);
        assert_eq!(costs.unresolved(), 1);
        let told = "the time of 5 of 6 pixels is known; the others took less than 10 ns,";
        assert!(costs.summary().starts_with(told), "{}", costs.summary());
    }

    #[test]
    fn what_holds_no_costs_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("costs.npz");
        assert!(Costs::read(&path).is_err());
        std::fs::write(&path, "no archive").unwrap();
        let error = Costs::read(&path).unwrap_err();
        assert_eq!(error.status(), 1);
        assert!(error.to_string().contains("costs.npz"), "{error}");
        let all = ["resolution_s", "overhead_s"];
        for (shape, numbers) in [(&[2, 3][..], &all[..1]), (&[3, 2], &all), (&[6], &all)]
        {
            let mut arrays = npz::Writer::new(File::create(&path).unwrap());
            arrays.write("iterations", &[2, 3], &[1_u32; 6]).unwrap();
            arrays.write("seconds", shape, &[0_f32; 6]).unwrap();
            for name in numbers {
                arrays.write(name, &[], &[0_f64]).unwrap();
            }
            arrays.finish().unwrap();
            assert!(Costs::read(&path).is_err(), "{shape:?} {numbers:?}");
        }
    }
}
