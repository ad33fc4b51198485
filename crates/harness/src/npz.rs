//! NumPy's `.npz` files: named arrays in one archive.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};

use npyz::{AutoSerialize, Deserialize};
use zip::ZipArchive;

use crate::npy;

/// A `.npz` file in the making: the bytes that NumPy's `savez` writes.
///
/// That is a zip archive of files that are not compressed, with the sizes of
/// each in 64 bits. The zip crate writes other permissions and, in the
/// directory, another extra field.
pub struct Writer<W> {
    file: W,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    checksum: u32,
    size: u64,
    /// Where in the archive it begins.
    offset: u64,
}

/// The time that Python gives a file without one, 1980-01-01.
const DATE: [u8; 4] = [0, 0, 0x21, 0];

/// The version of the zip format with sizes of 64 bits.
const VERSION: u8 = 45;

/// From here on Python writes numbers in 64 bits.
const LIMIT: u64 = (1 << 31) - 1;

impl<W: Write> Writer<W> {
    /// An archive without arrays.
    pub fn new(file: W) -> Self {
        Self { file, entries: Vec::new() }
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
        // The checksum stands before what it is of.
        let mut sum = Sum::default();
        let mut buffered = BufWriter::new(&mut sum);
        npy::write_array(&mut buffered, shape, numbers)?;
        buffered.flush()?;
        drop(buffered);

        let entry = Entry {
            name: format!("{name}.npy"),
            checksum: sum.checksum.finalize(),
            size: sum.size,
            offset: self.position(),
        };
        self.file.write_all(&entry.local_header())?;
        self.entries.push(entry);
        npy::write_array(&mut self.file, shape, numbers)
    }

    /// Writes the directory that completes the archive.
    ///
    /// # Errors
    ///
    /// Whatever the file says.
    pub fn finish(mut self) -> io::Result<()> {
        let (offset, count) = (self.position(), self.entries.len() as u64);
        let directory: Vec<u8> =
            self.entries.iter().flat_map(Entry::directory_header).collect();
        self.file.write_all(&directory)?;
        let size = directory.len() as u64;
        if offset > LIMIT {
            let end = [count, count, size, offset].map(u64::to_le_bytes);
            let place = (offset + size).to_le_bytes();
            let record: [&[u8]; 4] = [
                b"PK\x06\x06",
                &44_u64.to_le_bytes(),
                &[VERSION, 0, VERSION, 0],
                &[0; 8],
            ];
            self.file.write_all(&record.concat())?;
            self.file.write_all(end.as_flattened())?;
            self.file.write_all(
                &[b"PK\x06\x07", &[0; 4][..], &place, &[1, 0, 0, 0]].concat(),
            )?;
        }
        let count = (count as u16).to_le_bytes();
        let [size, offset] =
            [size, offset].map(|n| (n.min(u32::MAX.into()) as u32).to_le_bytes());
        let end: [&[u8]; 7] =
            [b"PK\x05\x06", &[0; 4], &count, &count, &size, &offset, &[0; 2]];
        self.file.write_all(&end.concat())?;
        self.file.flush()
    }

    /// Where the next array begins.
    fn position(&self) -> u64 {
        let after =
            |entry: &Entry| entry.offset + entry.local_header().len() as u64 + entry.size;
        self.entries.last().map_or(0, after)
    }
}

impl Entry {
    /// What stands before the array: the sizes follow the name, in 64 bits.
    fn local_header(&self) -> Vec<u8> {
        let extra = extra(&[self.size, self.size]);
        let start = self.start(&[b"PK\x03\x04", &[VERSION, 0]], u32::MAX, extra.len());
        [&start, self.name.as_bytes(), &extra].concat()
    }

    /// The same in the directory, where only large sizes need 64 bits.
    fn directory_header(&self) -> Vec<u8> {
        let (mut size, mut offset, mut large) =
            (self.size as u32, self.offset as u32, vec![]);
        if self.size > LIMIT {
            large.extend([self.size; 2]);
            size = u32::MAX;
        }
        if self.offset > LIMIT {
            large.push(self.offset);
            offset = u32::MAX;
        }
        let extra = if large.is_empty() { Vec::new() } else { extra(&large) };
        // Made on Unix, where its owner may read and write it.
        let start =
            self.start(&[b"PK\x01\x02", &[VERSION, 3, VERSION, 0]], size, extra.len());
        let attributes = (0o600_u32 << 16).to_le_bytes();
        let offset = offset.to_le_bytes();
        [&start[..], &[0; 6], &attributes, &offset, self.name.as_bytes(), &extra].concat()
    }

    /// What both headers have in common: no flags, no compression.
    fn start(&self, first: &[&[u8]; 2], size: u32, extra: usize) -> Vec<u8> {
        let size = size.to_le_bytes();
        let lengths =
            [self.name.len(), extra].map(|length| (length as u16).to_le_bytes());
        let checksum = self.checksum.to_le_bytes();
        [
            &first.concat()[..],
            &[0; 4],
            &DATE,
            &checksum,
            &size,
            &size,
            lengths.as_flattened(),
        ]
        .concat()
    }
}

/// The extra field of numbers in 64 bits.
fn extra(numbers: &[u64]) -> Vec<u8> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    [&[1, 0, bytes.len() as u8, 0], &bytes[..]].concat()
}

/// The checksum and the number of the bytes that are written.
#[derive(Default)]
struct Sum {
    checksum: crc32fast::Hasher,
    size: u64,
}

impl Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.checksum.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
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
        let file = npy::open(self.archive.by_name(&format!("{name}.npy"))?)?;
        Ok((file.shape().to_vec(), npy::numbers(file)?))
    }
}
