//! The header of a `.npy` file: read in any spelling that NumPy reads, written
//! byte for byte as NumPy writes it.
//!
//! The format is that of `numpy.lib.format`: a magic string, a version, a length, and
//! a Python dictionary of `descr`, `fortran_order` and `shape`.

use std::io::{self, Read};

use npyz::{AutoSerialize, NpyHeader};

use super::literal::{self, Value};

const MAGIC: &[u8] = b"\x93NUMPY";

/// NumPy reads no longer header either, unless it is told to trust the file.
const LONGEST: u64 = 10_000;

/// The bytes before the numbers of an array of that shape, in row order.
pub fn written<T: AutoSerialize>(shape: &[u64]) -> Vec<u8> {
    let sizes: Vec<String> = shape.iter().map(u64::to_string).collect();
    let sizes = match &sizes[..] {
        [one] => format!("{one},"),
        sizes => sizes.join(", "),
    };
    let descr = T::default_dtype().descr();
    let mut text =
        format!("{{'descr': {descr}, 'fortran_order': False, 'shape': ({sizes}), }}");
    // Room in which the first size may grow to 21 digits, as NumPy leaves it,
    // and up to a multiple of 64 bytes, the line end included.
    let digits = shape.first().map_or(21, |size| size.to_string().len());
    text.push_str(&" ".repeat(21 - digits));
    let before = MAGIC.len() + 4;
    text.push_str(&" ".repeat(64 - (before + text.len() + 1) % 64));
    text.push('\n');
    let length = u16::try_from(text.len()).expect("a few sizes").to_le_bytes();
    [MAGIC, &[1, 0], &length, text.as_bytes()].concat()
}

/// The header at the beginning of `file`.
///
/// # Errors
///
/// If there is none that NumPy would read. What it says stands in one short line.
pub fn read(file: &mut impl Read) -> io::Result<NpyHeader> {
    let wrong = io::Error::other::<String>;
    let mut magic = [0; 8];
    file.read_exact(&mut magic).map_err(|_| wrong("it has no header".into()))?;
    let version = match magic.strip_prefix(MAGIC) {
        Some(&[version @ 1..=3, 0]) => version,
        Some(other) => return Err(wrong(format!("its format version is {other:?}"))),
        None => return Err(wrong("it begins with something else".into())),
    };
    let mut length = [0; 4];
    file.read_exact(&mut length[..if version == 1 { 2 } else { 4 }])?;
    let length = u64::from(u32::from_le_bytes(length));
    let mut bytes = Vec::new();
    file.take(length.min(4 * LONGEST)).read_to_end(&mut bytes)?;
    // Latin-1 up to version 2: its bytes are the first characters of Unicode.
    let text = match version {
        3 => String::from_utf8(bytes)
            .map_err(|_| wrong("its header is no UTF-8".into()))?,
        _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
    };
    if length > LONGEST {
        return Err(wrong(format!("its header has {length} bytes")));
    }
    if text.len() < length as usize {
        return Err(wrong("its header is cut short".into()));
    }
    let value = literal::parse(&text, version < 3).map_err(wrong)?;
    let canonical = canonical(value, &text).map_err(wrong)?;
    let length = (canonical.len() as u16).to_le_bytes();
    let bytes = [MAGIC, &[1, 0], &length, canonical.as_bytes()].concat();
    NpyHeader::from_reader(&bytes[..])
}

/// The same header in the spelling that npyz reads.
fn canonical(value: Value, text: &str) -> Result<String, String> {
    let Value::Dict(mut entries) = value else {
        return Err("its header is no dictionary".into());
    };
    let mut take = |key: &str| {
        // Of a key given twice the last counts, in Python too.
        let place = entries.iter().rposition(|(k, ..)| *k == Value::Text(key.into()));
        let place = place.ok_or_else(|| format!("its header has no {key}"))?;
        let (_, value, span) = entries.remove(place);
        entries.retain(|(k, ..)| *k != Value::Text(key.into()));
        Ok::<_, String>((value, literal::quoted(&text[span])))
    };
    let (descr, descr_text) = take("descr")?;
    let (fortran, fortran_text) = take("fortran_order")?;
    let (shape, shape_text) = take("shape")?;
    if !entries.is_empty() {
        return Err("its header has more than descr, fortran_order and shape".into());
    }
    let kind = match &descr {
        Value::Text(name) => kind(name),
        // A subarray without a dimension.
        Value::Tuple(pair) => match &pair[..] {
            [Value::Text(name), Value::Tuple(shape)] if shape.is_empty() => kind(name),
            _ => None,
        },
        _ => None,
    };
    let kind = kind.ok_or_else(|| format!("its numbers are {descr_text}"))?;
    let fortran = match fortran {
        Value::Bool(true) => "True",
        Value::Bool(false) => "False",
        _ => return Err(format!("its fortran_order is {fortran_text}")),
    };
    let size = |value: &Value| match value {
        Value::Integer(size) => u64::try_from(*size).ok(),
        _ => None,
    };
    let sizes = match &shape {
        Value::Tuple(sizes) => sizes.iter().map(size).collect::<Option<Vec<u64>>>(),
        _ => None,
    };
    let sizes = sizes.ok_or_else(|| format!("its shape is {shape_text}"))?;
    let sizes: String = sizes.iter().map(|size| format!("{size},")).collect();
    Ok(format!("{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': ({sizes})}}\n"))
}

/// The type as `<f8`, byte order first: `=`, `|` and nothing are the machine's own.
fn kind(name: &str) -> Option<String> {
    let own = if cfg!(target_endian = "big") { '>' } else { '<' };
    let (order, kind) = match name.chars().next()? {
        order @ ('<' | '>') => (order, &name[1..]),
        '=' | '|' => (own, &name[1..]),
        _ => (own, name),
    };
    let has_order = kind.len() < name.len();
    let kind = match kind {
        "d" => "f8",
        "f" => "f4",
        "float" | "float64" | "double" if !has_order => "f8",
        "float32" | "single" if !has_order => "f4",
        "uint32" if !has_order => "u4",
        kind => kind,
    };
    let is_plain = (2..10).contains(&kind.len())
        && kind.is_ascii()
        && kind[..1].chars().all(|c| "biufcSUV".contains(c))
        && kind[1..].bytes().all(|digit| digit.is_ascii_digit());
    let order = if ["b1", "i1", "u1"].contains(&kind) { '|' } else { order };
    is_plain.then(|| format!("{order}{kind}"))
}
