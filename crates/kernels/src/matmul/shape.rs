//! The shapes of A, B and C, and the work that they are.

/// The shapes of a product: A is *m* x *k*, B is *k* x *n*, C is *m* x *n*.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shape {
    /// Rows of A and C.
    pub m: usize,
    /// Columns of A and rows of B.
    pub k: usize,
    /// Columns of B and C.
    pub n: usize,
}

/// Floating-point operations of a product: a multiplication and an addition
/// for each of the *m* x *k* x *n* terms.
pub fn flops(m: usize, k: usize, n: usize) -> f64 {
    2.0 * m as f64 * k as f64 * n as f64
}
