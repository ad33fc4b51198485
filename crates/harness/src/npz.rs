//! NumPy's `.npz` files: named arrays in one archive.

use std::fs::File;
use std::io::{self, BufReader, Seek, Write};

use npyz::{AutoSerialize, Deserialize, NpyFile, WriterBuilder};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A `.npz` file in the making.
pub struct Writer<W: Write + Seek> {
    archive: ZipWriter<W>,
}

impl<W: Write + Seek> Writer<W> {
    /// An archive without arrays.
    pub fn new(file: W) -> Self {
        Self { archive: ZipWriter::new(file) }
    }

    /// Adds the array `name`: `numbers` in row order, without a dimension where
    /// `shape` is empty.
    ///
    /// # Errors
    ///
    /// Whatever the file says.
    pub fn write<T: AutoSerialize + Copy>(
        &mut self,
        name: &str,
        shape: &[u64],
        numbers: &[T],
    ) -> io::Result<()> {
        // As NumPy's savez: not compressed, and of any size.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(true);
        self.archive.start_file(format!("{name}.npy"), options)?;
        let mut writer = npyz::WriteOptions::new()
            .default_dtype()
            .shape(shape)
            .writer(&mut self.archive)
            .begin_nd()?;
        writer.extend(numbers.iter().copied())?;
        writer.finish()
    }

    /// Writes the directory that completes the archive.
    ///
    /// # Errors
    ///
    /// Whatever the file says.
    pub fn finish(self) -> io::Result<()> {
        self.archive.finish()?;
        Ok(())
    }
}

/// A `.npz` file.
pub struct Reader {
    archive: ZipArchive<BufReader<File>>,
}

impl Reader {
    /// The archive in `file`.
    ///
    /// # Errors
    ///
    /// If it is not one.
    pub fn new(file: File) -> io::Result<Self> {
        Ok(Self { archive: ZipArchive::new(BufReader::new(file))? })
    }

    /// The shape and the numbers of the array `name`.
    ///
    /// # Errors
    ///
    /// If there is no such array, or it holds numbers of another type.
    pub fn read<T: Deserialize>(&mut self, name: &str) -> io::Result<(Vec<u64>, Vec<T>)> {
        let file = NpyFile::new(self.archive.by_name(&format!("{name}.npy"))?)?;
        Ok((file.shape().to_vec(), file.into_vec()?))
    }
}
