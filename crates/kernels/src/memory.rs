//! Large memory that may not be there.
//!
//! When an allocation fails, Rust ends the program by a signal. Asked for here, it
//! is a panic with [`NoMemory`] instead, and the program ends with a message.

use std::panic;

use ndarray::Array2;

/// What a panic carries when the system gives no memory.
#[derive(Clone, Copy, Debug)]
pub struct NoMemory {
    /// The bytes that were asked for.
    pub bytes: usize,
}

/// Makes room for `more` values.
///
/// # Panics
///
/// With [`NoMemory`].
pub fn reserve<T>(values: &mut Vec<T>, more: usize) {
    if values.try_reserve(more).is_err() {
        none(more.saturating_mul(size_of::<T>()));
    }
}

/// Makes room for `more` values and none besides.
///
/// # Panics
///
/// With [`NoMemory`].
pub fn reserve_exact<T>(values: &mut Vec<T>, more: usize) {
    if values.try_reserve_exact(more).is_err() {
        none(more.saturating_mul(size_of::<T>()));
    }
}

/// Makes room for `more` bytes of text.
///
/// # Panics
///
/// With [`NoMemory`].
pub fn reserve_text(text: &mut String, more: usize) {
    if text.try_reserve(more).is_err() {
        none(more);
    }
}

/// A copy of `text`.
///
/// # Panics
///
/// With [`NoMemory`].
pub fn owned(text: &str) -> String {
    let mut copy = String::new();
    reserve_text(&mut copy, text.len());
    copy.push_str(text);
    copy
}

/// `count` values, all zero.
///
/// # Panics
///
/// With [`NoMemory`].
pub fn zeros<T: Clone + Default>(count: usize) -> Vec<T> {
    let mut values = Vec::new();
    reserve_exact(&mut values, count);
    values.resize(count, T::default());
    values
}

/// A matrix of that many rows and columns, all zero.
///
/// # Panics
///
/// With [`NoMemory`].
pub fn matrix(rows: usize, columns: usize) -> Array2<f64> {
    let numbers = zeros(rows.saturating_mul(columns));
    Array2::from_shape_vec((rows, columns), numbers).expect("as many as the shape says")
}

#[cold]
fn none(bytes: usize) -> ! {
    panic::panic_any(NoMemory { bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_had_is_a_panic_that_says_how_much() {
        let attempts: [fn(); 4] = [
            || reserve(&mut vec![0_u64; 3], usize::MAX / 16),
            || reserve_text(&mut String::new(), 1 << 62),
            || drop(zeros::<f64>(1 << 59)),
            || drop(matrix(1 << 30, 1 << 30)),
        ];
        for (number, attempt) in attempts.into_iter().enumerate() {
            let panic = panic::catch_unwind(attempt).expect_err("no machine has it");
            let NoMemory { bytes } = *panic.downcast().expect("a panic of ours");
            assert!(bytes >= 1 << 59, "{number}: {bytes}");
        }
    }
}
