//! A hook: whoever asks is told what the kernels compute, and when.
//!
//! The kernels tell it themselves, so no caller can forget it or make it up. Nobody
//! is told anything unless a program calls [`listen`]; until then a call of a kernel
//! costs one load and a branch more.

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::matmul::Shape;

/// What a kernel is about to compute.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// Rows of a picture. Its units are iterations.
    Rows {
        /// Which rows.
        rows: Range<usize>,
        /// Pixels in a row.
        width: usize,
        /// The rows of the whole picture.
        height: usize,
        /// The count of a pixel that belongs to the set.
        max_iter: u32,
    },
    /// A matrix product. Its units are multiply-adds.
    Product(Shape),
    /// The words of a piece, handed out. The units are words.
    Words {
        /// The number of the document.
        document: usize,
        /// The bytes of the words, each with a line end.
        bytes: usize,
    },
}

/// Who is told: two functions that run on the thread which computes.
#[derive(Debug)]
pub struct Listener {
    /// Before the work; returns a number for it.
    pub begin: fn(Work) -> usize,
    /// After the work of that number, with its units.
    pub end: fn(usize, u64),
}

static LISTENER: OnceLock<Listener> = OnceLock::new();
/// Whether there is one. Asking the lock would take two loads.
static IS_HEARD: AtomicBool = AtomicBool::new(false);

/// From now on, in the whole process and to its end, `listener` is told.
///
/// # Panics
///
/// If there is a listener already.
pub fn listen(listener: Listener) {
    LISTENER.set(listener).expect("one listener in a process");
    IS_HEARD.store(true, Ordering::Relaxed);
}

/// Work that has begun and was told of.
#[must_use]
pub(crate) struct Begun {
    number: usize,
    listener: &'static Listener,
}

/// Tells of `work`, if anybody listens.
#[inline]
pub(crate) fn begin(work: impl FnOnce() -> Work) -> Option<Begun> {
    if IS_HEARD.load(Ordering::Relaxed) { tell(work()) } else { None }
}

#[cold]
fn tell(work: Work) -> Option<Begun> {
    let listener = LISTENER.get()?;
    Some(Begun { number: (listener.begin)(work), listener })
}

impl Begun {
    /// The work is done; it took so many units.
    pub(crate) fn end(self, units: u64) {
        (self.listener.end)(self.number, units);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::mandel::{Kernel, SIGHTS, View, count_rows};
    use crate::matmul::{self, generate};
    use crate::words::{Piece, Rules, Tokens};

    #[derive(Debug, PartialEq)]
    enum Told {
        Begin(Work),
        End(usize, u64),
    }

    thread_local! {
        /// What this thread was told: other tests run on others.
        static TOLD: RefCell<Vec<Told>> = const { RefCell::new(Vec::new()) };
    }

    fn note(told: Told) -> usize {
        TOLD.with_borrow_mut(|all| {
            all.push(told);
            all.len() - 1
        })
    }

    #[test]
    fn every_kernel_tells_once_what_it_computes_and_how_much_that_was() {
        let shape = Shape { m: 3, k: 5, n: 4 };
        let (a, b) = (generate(1, 'a', 0..3, 5), generate(1, 'b', 0..5, 4));
        let mut c = ndarray::Array2::zeros((3, 4));
        let mut piece = Piece::new(7, 0);
        piece.add(b"One two, one", Rules { tokens: Tokens::Words, nfc: false });

        let mut out = [0; 2 * 60];
        let view = SIGHTS[0].view(60, 50, 300);
        count_rows(&view, 3..5, &mut out);
        assert_eq!(TOLD.take(), [], "nobody listens as yet");

        let (begin, end) = (
            |work| note(Told::Begin(work)),
            |number, units| _ = note(Told::End(number, units)),
        );
        listen(Listener { begin, end });
        for kernel in [Kernel::Scalar, Kernel::Simd, Kernel::Shortcut] {
            let steps = count_rows(&View { kernel, ..view }, 3..5, &mut out);
            let (rows, width, height, max_iter) = (3..5, 60, 50, 300);
            let work = Work::Rows { rows, width, height, max_iter };
            assert_eq!(TOLD.take(), [Told::Begin(work), Told::End(0, steps)]);
        }
        for (name, kernel) in matmul::Kernel::ALL {
            kernel.multiply(a.view(), b.view(), c.view_mut());
            let expected = [Told::Begin(Work::Product(shape)), Told::End(0, 60)];
            assert_eq!(TOLD.take(), expected, "{name}");
        }
        assert_eq!(piece.words().count(), 3);
        let work = Work::Words { document: 7, bytes: 12 };
        assert_eq!(TOLD.take(), [Told::Begin(work), Told::End(0, 3)]);
    }
}
