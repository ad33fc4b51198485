//! NumPy's `.npy` files: matrices in, results out.

use std::fs::File;
use std::io::{self, BufReader, Seek, Write};
use std::path::{Path, PathBuf};

use kernels::memory;
use ndarray::Array2;
pub use npyz::Deserialize;
use npyz::{AutoSerialize, NpyFile, Order, TypeWrite};

use crate::{Error, files};

mod header;
mod literal;

/// A `.npy` file that holds a float64 matrix; its data is not read yet.
pub struct Matrix {
    path: PathBuf,
    file: NpyFile<BufReader<File>>,
    /// Rows and columns.
    pub shape: (usize, usize),
}

impl Matrix {
    /// Opens `path` and makes sure that it holds what its header promises.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the file is missing, is no `.npy` file, holds
    /// something else than a float64 matrix, is empty or cut short.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let wrong = |what: String| Error::failure(format!("{}: {what}", path.display()));
        let opened = files::open(path).map(BufReader::new);
        let mut reader = opened.map_err(|error| cannot_read(path, &error))?;
        let header = header::read(&mut reader).map_err(|error| {
            wrong(format!("not a .npy file of float64 numbers: {error}"))
        })?;

        let kind = header.dtype().descr();
        if !["'<f8'", "'>f8'"].contains(&kind.as_str()) {
            return Err(wrong(format!("its numbers are {kind}, float64 is needed")));
        }
        let shape = match header.shape() {
            [0, _] | [_, 0] => return Err(wrong("the matrix is empty".into())),
            &[rows, columns] => (rows as usize, columns as usize),
            other => {
                let dimensions = other.len();
                return Err(wrong(format!(
                    "dimensions: {dimensions}, where a matrix has two"
                )));
            }
        };
        // A header may promise more data than the file holds:
        // nothing is allocated for data that is not there.
        let promised =
            shape.0.checked_mul(shape.1).and_then(|n| n.checked_mul(size_of::<f64>()));
        let held = held(&mut reader).map_err(|error| cannot_read(path, &error))?;
        if promised.is_none_or(|promised| promised as u64 > held) {
            let (rows, columns) = shape;
            return Err(wrong(format!(
                "cut short: {rows} x {columns} numbers are promised"
            )));
        }
        Ok(Self {
            path: path.to_owned(),
            file: NpyFile::with_header(header, reader),
            shape,
        })
    }

    /// The matrix, in row order.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] if the file cannot be read to its end.
    pub fn read(self) -> Result<Array2<f64>, Error> {
        let mut matrix = memory::matrix(self.shape.0, self.shape.1);
        // In Fortran order the columns come first.
        let places = match self.file.order() {
            Order::C => matrix.view_mut(),
            Order::Fortran => matrix.view_mut().reversed_axes(),
        };
        let read = |file: NpyFile<_>| -> io::Result<()> {
            let numbers = file.data().map_err(io::Error::other)?;
            for (place, number) in places.into_iter().zip(numbers) {
                *place = number?;
            }
            Ok(())
        };
        read(self.file).map_err(|error| cannot_read(&self.path, &error))?;
        Ok(matrix)
    }
}

/// The array that `file` holds, its header in any spelling that NumPy reads.
///
/// # Errors
///
/// If it holds none.
pub fn open<R: io::Read>(mut file: R) -> io::Result<NpyFile<R>> {
    Ok(NpyFile::with_header(header::read(&mut file)?, file))
}

/// All numbers of an array, in its order. A header may promise more than there
/// is: memory is asked for as they come.
///
/// # Errors
///
/// If they are of another type, or fewer than the header promises.
pub fn numbers<T: Deserialize, R: io::Read>(file: NpyFile<R>) -> io::Result<Vec<T>> {
    const STEP: usize = 1 << 16;
    let mut numbers = Vec::new();
    for number in file.data().map_err(io::Error::other)? {
        if numbers.len() == numbers.capacity() {
            memory::reserve(&mut numbers, STEP);
        }
        numbers.push(number?);
    }
    Ok(numbers)
}

/// Writes `numbers`, the rows of a matrix of that shape one after the other:
/// the bytes that NumPy writes.
///
/// # Errors
///
/// Whatever `file` says.
pub fn write<T: AutoSerialize + Copy>(
    file: &mut impl Write,
    shape: (usize, usize),
    numbers: &[T],
) -> io::Result<()> {
    write_array(file, &[shape.0 as u64, shape.1 as u64], numbers)
}

/// Writes an array of any shape, in row order.
pub(crate) fn write_array<T: AutoSerialize + Copy>(
    file: &mut impl Write,
    shape: &[u64],
    numbers: &[T],
) -> io::Result<()> {
    file.write_all(&header::written::<T>(shape))?;
    let writer = T::writer(&T::default_dtype()).map_err(io::Error::other)?;
    numbers.iter().try_for_each(|number| writer.write_one(&mut *file, number))
}

/// The bytes between the header and the end of the file; what a pipe holds shows
/// when it ends.
fn held(reader: &mut BufReader<File>) -> io::Result<u64> {
    let found = reader.get_ref().metadata()?;
    if !found.is_file() {
        return Ok(u64::MAX);
    }
    Ok(found.len().saturating_sub(reader.stream_position()?))
}

fn cannot_read(path: &Path, error: &io::Error) -> Error {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::UnexpectedEof => "it is cut short".to_owned(),
        _ => error.to_string(),
    };
    Error::failure(format!("cannot read {}: {reason}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &tempfile::TempDir, bytes: &[u8]) -> PathBuf {
        let path = folder.path().join("matrix.npy");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn header(text: &str) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((text.len() as u16).to_le_bytes());
        bytes.extend(text.as_bytes());
        bytes
    }

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = Vec::new();
        let numbers = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        write(&mut bytes, (2, 3), &numbers).unwrap();
        let matrix = Matrix::open(&file(&folder, &bytes)).unwrap().read().unwrap();
        assert_eq!(matrix, ndarray::arr2(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
    }

    #[test]
    fn fortran_order_and_big_endian_numbers_are_understood() {
        let folder = tempfile::tempdir().unwrap();
        for (kind, order, bytes) in [
            ("<f8", "True", [1.0_f64, 3.0, 2.0, 4.0].map(f64::to_le_bytes)),
            (">f8", "False", [1.0_f64, 2.0, 3.0, 4.0].map(f64::to_be_bytes)),
        ] {
            let text = format!(
                "{{'descr': '{kind}', 'fortran_order': {order}, 'shape': (2, 2), }}\n"
            );
            let mut content = header(&text);
            content.extend(bytes.concat());
            let matrix = Matrix::open(&file(&folder, &content)).unwrap().read().unwrap();
            assert_eq!(
                matrix,
                ndarray::arr2(&[[1.0, 2.0], [3.0, 4.0]]),
                "{kind} {order}"
            );
            assert!(matrix.is_standard_layout());
        }
    }

    #[test]
    fn a_file_that_is_no_float64_matrix_is_refused_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let described = |kind: &str, shape: &str, numbers: usize| {
            let text = format!(
                "{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n"
            );
            [header(&text), vec![0; 8 * numbers]].concat()
        };
        for (what, bytes) in [
            ("empty file", vec![]),
            ("text", b"1 2 3\n4 5 6\n".to_vec()),
            ("cut in the header", described("<f8", "(2, 2)", 0)[..30].to_vec()),
            ("float32", described("<f4", "(2, 2)", 4)),
            ("integers", described("<i8", "(2, 2)", 4)),
            ("a vector", described("<f8", "(4,)", 4)),
            ("three dimensions", described("<f8", "(1, 2, 2)", 4)),
            ("no rows", described("<f8", "(0, 2)", 4)),
            ("cut short", described("<f8", "(2, 2)", 3)),
            ("absurd", described("<f8", "(4000000000, 4000000000)", 4)),
        ] {
            let error = Matrix::open(&file(&folder, &bytes)).err().expect(what);
            assert_eq!(error.status(), 1, "{what}: {error}");
            assert!(error.to_string().contains("matrix.npy"), "{what}: {error}");
        }
    }
}
