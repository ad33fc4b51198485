//! Our `.npy` and `.npz` files beside NumPy's, where a Python has NumPy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::npy::{self, Matrix};
use harness::npz;
use harness::trial::{Folder, bytes};

/// A Python that has NumPy: the system's, or the one of `make compare`.
fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let peers = fs::read_dir(root.join(".peers")).into_iter().flatten().flatten();
    let mut pythons: Vec<PathBuf> =
        peers.map(|mpi| mpi.path().join("bin/python")).collect();
    pythons.extend(["python3".into(), "python".into()]);
    pythons.extend(std::env::var_os("PYTHON").map(PathBuf::from));
    pythons.into_iter().find(|python| {
        let tried = Command::new(python).args(["-c", "import numpy"]).output();
        tried.is_ok_and(|output| output.status.success())
    })
}

/// What NumPy's Python prints of `script`, or `None` without one.
fn ask(script: &str, folder: &Folder) -> Option<String> {
    let Some(python) = python() else {
        eprintln!("no Python with NumPy here: the recorded answers must do");
        return None;
    };
    let mut python = Command::new(python);
    let output =
        python.args(["-W", "ignore", "-c", script]).current_dir(folder.path("")).output();
    let output = output.expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("text"))
}

fn npy_with(version: u8, header: &str) -> Vec<u8> {
    let length = (header.len() as u32).to_le_bytes();
    let length = &length[..if version == 1 { 2 } else { 4 }];
    let numbers = [1.0_f64, 2.0, 3.0, 4.0].map(f64::to_le_bytes);
    [b"\x93NUMPY", &[version, 0][..], length, header.as_bytes(), &numbers.concat()]
        .concat()
}

#[test]
fn every_header_that_numpy_reads_as_a_matrix_of_float64_is_read_and_no_other() {
    let descr = |descr: &str| {
        (1, format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (2, 2), }}\n"))
    };
    let shape = |shape: &str| {
        (1, format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}\n"))
    };
    let in_version = |version: u8, (_, text): (u8, String)| (version, text);
    let plain = |text: &str| (1, text.to_owned());
    let reads = [
        descr("'<f8'"),
        descr("'f8'"),
        descr("'=f8'"),
        descr("'|f8'"),
        descr("u'<f8'"),
        descr("'d'"),
        descr("'<d'"),
        descr("'float64'"),
        descr("'float'"),
        descr("'double'"),
        descr("\"<f8\""),
        descr("'''<f8'''"),
        descr("'<' 'f8'"),
        descr("R'<f8'"),
        descr("'\\x3cf8'"),
        descr("('<f8', ())"),
        in_version(2, descr("'<f8'")),
        in_version(3, descr("'<f8'")),
        shape("(2L, 2L)"),
        shape("(2 L, 2)"),
        in_version(2, shape("(2L, 2L)")),
        shape("(2,2,)"),
        shape("( 2\t,\n2 )"),
        shape("((2), (2))"),
        shape("(0x2, 0b1_0)"),
        shape("(+2, 2)"),
        shape("(2,\\\n2)"),
        plain("  {'shape': (2, 2), 'fortran_order': (False), 'descr': '<f8'}"),
        plain("({'shape': (2, 2),\r\n'fortran_order': False, 'descr': '<f8'})"),
        plain("{'descr': 'f4', 'descr': '<f8', 'fortran_order': False, 'shape': (2, 2)}"),
        plain(
            "{'sha' 'pe': (2, 2), 'fortran_order': False, 'descr': '<f8'} # a comment\n",
        ),
    ];
    let refuses = [
        descr("'<f4'"),
        descr("'F8'"),
        descr("'<i8'"),
        descr("'float_'"),
        descr("'<float64'"),
        descr("b'<f8'"),
        descr("ur'<f8'"),
        descr("'f'+'8'"),
        descr("' f8'"),
        descr("None"),
        descr("['<f8']"),
        descr("[('x', '<f8')]"),
        descr(&format!("'S{}'", "9".repeat(9000))),
        descr("''"),
        descr("'<'"),
        in_version(4, descr("'<f8'")),
        in_version(3, shape("(2L, 2L)")),
        shape("(2l, 2)"),
        shape("(02, 2)"),
        shape("[2, 2]"),
        shape("(2.0, 2)"),
        shape("(-2, 2)"),
        shape("(4,)"),
        shape("(4)"),
        shape("(2, 2"),
        shape("(2**1, 2)"),
        shape(&format!("({})", "1, ".repeat(3000))),
        shape("(2, 3)"),
        shape("(99999999999999999999, 2)"),
        plain("{'shape': (2, 2), 'fortran_order': 0, 'descr': '<f8'}"),
        plain("{'shape': (2, 2), 'descr': '<f8'}"),
        plain("{'shape': (2, 2), 'fortran_order': False, 'descr': '<f8', 'x': 1}"),
        plain("{'shape': (2, 2), 'fortran_order': False, 'descr': '<f8'};"),
        plain(""),
        plain("[]"),
        plain(&" ".repeat(10_001)),
    ];
    let folder = Folder::new();
    let cases =
        reads.iter().map(|case| (case, true)).chain(refuses.iter().map(|c| (c, false)));
    let mut expected = String::new();
    for (number, ((version, header), is_read)) in cases.enumerate() {
        let path = folder.path(&format!("{number:03}.npy"));
        fs::write(&path, npy_with(*version, header)).unwrap();
        let found = Matrix::open(&path).and_then(Matrix::read);
        assert_eq!(found.is_ok(), is_read, "{header} in version {version}: {found:?}");
        match found {
            Ok(matrix) => assert_eq!(matrix, ndarray::arr2(&[[1.0, 2.0], [3.0, 4.0]])),
            Err(error) => assert!(error.to_string().len() < 250, "{error}"),
        }
        expected.push_str(&format!("{number:03} {is_read}\n"));
    }
    // NumPy has the same opinion.
    let script = "
import glob, numpy
for name in sorted(glob.glob('*.npy')):
    try:
        a = numpy.load(name)
        known = a.dtype.kind == 'f' and a.itemsize == 8 and a.tolist() == [[1, 2], [3, 4]]
    except Exception:
        known = False
    print(name[:3], str(known).lower())
";
    if let Some(found) = ask(script, &folder) {
        assert_eq!(found, expected);
    }
}

#[test]
fn what_is_written_has_the_bytes_that_numpy_writes() {
    let folder = Folder::new();
    let header = |descr: &str, shape: &str| {
        let text =
            format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
        format!("{text:<117}\n").into_bytes()
    };
    let recorded = |descr: &str, shape: &str, numbers: &[u8]| {
        [b"\x93NUMPY\x01\x00v\x00", &header(descr, shape)[..], numbers].concat()
    };
    let (tall, counts) = ([0.5, -1.0, 2.0, 1e300, 0.0, -0.0], [1_u32, 2, u32::MAX]);
    let bytes_of = |numbers: &[f64]| -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    };
    let mut file = Vec::new();
    npy::write(&mut file, (3, 2), &tall).unwrap();
    assert_eq!(file, recorded("<f8", "(3, 2)", &bytes_of(&tall)));
    fs::write(folder.path("tall.npy"), &file).unwrap();
    let mut file = Vec::new();
    npy::write(&mut file, (1, 3), &counts).unwrap();
    fs::write(folder.path("counts.npy"), &file).unwrap();

    let mut file = Vec::new();
    let mut archive = npz::Writer::new(&mut file);
    archive.write("a", &[3], &[0.0, 1.0, 2.0]).unwrap();
    archive.write("bb", &[], &[7_u32]).unwrap();
    archive.finish().unwrap();
    // numpy.savez(file, a=numpy.arange(3.0), bb=numpy.uint32(7))
    let parts: [&[u8]; 6] = [
        b"PK\x03\x04-\0\0\0\0\0\0\0!\0$!\xE1+\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x05\0\x14\0a.npy\
          \x01\0\x10\0\x98\0\0\0\0\0\0\0\x98\0\0\0\0\0\0\0",
        &recorded("<f8", "(3,)", &bytes_of(&[0.0, 1.0, 2.0])),
        b"PK\x03\x04-\0\0\0\0\0\0\0!\0\x1F\x92\t\x13\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x06\0\x14\0bb.npy\
          \x01\0\x10\0\x84\0\0\0\0\0\0\0\x84\0\0\0\0\0\0\0",
        &recorded("<u4", "()", &[7, 0, 0, 0]),
        b"PK\x01\x02-\x03-\0\0\0\0\0\0\0!\0$!\xE1+\x98\0\0\0\x98\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\x80\x01\
          \0\0\0\0a.npyPK\x01\x02-\x03-\0\0\0\0\0\0\0!\0\x1F\x92\t\x13\x84\0\0\0\x84\0\0\0\x06\0\0\0\0\0\
          \0\0\0\0\0\0\x80\x01\xCF\0\0\0bb.npy",
        b"PK\x05\x06\0\0\0\0\x02\0\x02\0g\0\0\0\x8B\x01\0\0\0\0",
    ];
    assert_eq!(file, parts.concat());
    fs::write(folder.path("both.npz"), &file).unwrap();

    let script = "
import numpy
for name in ['tall', 'counts']:
    numpy.save('numpy-' + name + '.npy', numpy.load(name + '.npy'))
both = numpy.load('both.npz')
numpy.savez('numpy-both.npz', **{name: both[name] for name in both.files})
";
    if ask(script, &folder).is_some() {
        for name in ["tall.npy", "counts.npy", "both.npz"] {
            let numpys = bytes(&folder.path(&format!("numpy-{name}")));
            assert_eq!(bytes(&folder.path(name)), numpys, "{name}");
        }
    }
}
