//! Rows as MPI's unit of counting.
//!
//! MPI counts in C's `int`: a matrix of order 46,341 has too many elements for
//! one call. Counted in rows it has 46,341 of them, and counts and
//! displacements say what the programmer means. MPI calls this a contiguous
//! datatype (MPI-4.1, section 5.1.2, MPI_Type_contiguous).
#![allow(unsafe_code)]

use std::ffi::c_void;

use mpi::Count;
use mpi::datatype::{
    AsDatatype, Buffer, BufferMut, Collection, DatatypeRef, Equivalence, Pointer,
    PointerMut, UserDatatype,
};
use mpi::raw::{AsRaw, FromRaw};

/// A slice as whole rows, for MPI to read.
pub struct Rows<'a, T> {
    elements: &'a [T],
    layout: Layout,
}

/// A slice as whole rows, for MPI to write.
pub struct RowsMut<'a, T> {
    elements: &'a mut [T],
    layout: Layout,
}

struct Layout {
    rows: Count,
    row: UserDatatype,
}

impl<'a, T: Equivalence> Rows<'a, T> {
    /// `elements` as rows of `width` elements each.
    ///
    /// # Panics
    ///
    /// If `elements` is no whole number of rows.
    pub fn new(elements: &'a [T], width: usize) -> Self {
        Self { elements, layout: Layout::new::<T>(elements.len(), width) }
    }
}

impl<'a, T: Equivalence> RowsMut<'a, T> {
    /// `elements` as rows of `width` elements each.
    ///
    /// # Panics
    ///
    /// If `elements` is no whole number of rows.
    pub fn new(elements: &'a mut [T], width: usize) -> Self {
        let layout = Layout::new::<T>(elements.len(), width);
        Self { elements, layout }
    }
}

impl Layout {
    fn new<T: Equivalence>(elements: usize, width: usize) -> Self {
        assert!(
            width > 0 && elements.is_multiple_of(width),
            "{elements} elements in rows of {width}"
        );
        let count = |n: usize| Count::try_from(n).expect("rows and widths fit an int");
        let row = UserDatatype::contiguous(count(width), &T::equivalent_datatype());
        Self { rows: count(elements / width), row }
    }

    /// The handle that MPI calls take. MPI keeps what it needs of a datatype,
    /// even if it is freed while a message is under way (MPI-4.1, 5.1.9).
    fn datatype<'r>(&self) -> DatatypeRef<'r> {
        // SAFETY: the handle is that of a committed datatype.
        unsafe { DatatypeRef::from_raw(self.row.as_raw()) }
    }
}

// SAFETY: `row` describes `width` consecutive elements of type `T`, `count` is
// the number of such rows in the slice, and the pointer is the slice's own.
// All of it lives as long as the borrow of the slice.
unsafe impl<'r, T> AsDatatype for Rows<'r, T> {
    type Out = DatatypeRef<'r>;

    fn as_datatype(&self) -> Self::Out {
        self.layout.datatype()
    }
}
// SAFETY: see above.
unsafe impl<T> Collection for Rows<'_, T> {
    fn count(&self) -> Count {
        self.layout.rows
    }
}
// SAFETY: see above.
unsafe impl<T> Pointer for Rows<'_, T> {
    fn pointer(&self) -> *const c_void {
        if self.elements.is_empty() {
            // An empty slice has the same dangling pointer as an empty buffer
            // for the result, and MPI refuses what looks like one buffer
            // in two places. Nothing is read here: the count is 0.
            static NOTHING: u64 = 0;
            return (&raw const NOTHING).cast();
        }
        self.elements.as_ptr().cast()
    }
}
// SAFETY: see above.
unsafe impl<T> Buffer for Rows<'_, T> {}

// SAFETY: as for `Rows`; the slice is borrowed mutably, so nobody else reads
// or writes it meanwhile, and any bit pattern that MPI brings is one of `T`,
// because the sender sends `T` too.
unsafe impl<'r, T> AsDatatype for RowsMut<'r, T> {
    type Out = DatatypeRef<'r>;

    fn as_datatype(&self) -> Self::Out {
        self.layout.datatype()
    }
}
// SAFETY: see above.
unsafe impl<T> Collection for RowsMut<'_, T> {
    fn count(&self) -> Count {
        self.layout.rows
    }
}
// SAFETY: see above.
unsafe impl<T> PointerMut for RowsMut<'_, T> {
    fn pointer_mut(&mut self) -> *mut c_void {
        if self.elements.is_empty() {
            // Open MPI's MPI_IN_PLACE is the address 1, which is also the
            // dangling pointer of an empty slice of bytes. Nothing is written
            // here: the count is 0.
            static NOWHERE: u64 = 0;
            return (&raw const NOWHERE).cast_mut().cast();
        }
        self.elements.as_mut_ptr().cast()
    }
}
// SAFETY: see above.
unsafe impl<T> BufferMut for RowsMut<'_, T> {}
