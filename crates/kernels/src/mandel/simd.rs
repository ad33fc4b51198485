//! `simd`: hundreds of pixels at a time, in vectors.
//!
//! The key fact: a point that has been beyond 2 never comes back within. So
//! nobody has to look after each step. A round takes many steps without a look;
//! whoever is beyond 2 at its end has escaped in this round, and its steps are
//! counted again, one by one, from the z before the round. These are few: most
//! pixels of a picture are gone after some steps that are counted from the
//! start, and most of the others stay for ever. What escapes makes room: the
//! last point of the crowd takes its lane, so that all lanes stay busy, and
//! rounds become the longer the fewer leave.
//!
//! How long the vectors are is a matter of the chosen
//! [instructions](crate::instructions). The counts are those of the scalar kernel
//! to the bit.

mod rounds;

use std::ops::Range;

use pulp::{Simd, WithSimd, bytemuck};

use super::View;
use super::delicate::is_delicate;
use super::flight::Flight;
use super::points::Points;
use super::scalar::escape_count;
use super::shortcut::is_surely_inside;
use crate::instructions::Instructions;

/// Steps that are counted from the start.
const FIRST: u32 = 16;

/// Points in a crowd: they fill the vectors in flight many times over, and take
/// less memory in all than the 128 KiB from which on glibc's allocator returns
/// what is freed, with every row that a thread counts.
const CROWD: usize = 1536;

/// The most vectors in flight in a round, where there are registers for them:
/// z of each stays in two.
pub(super) const MANY: usize = 10;
/// The same with half of the registers.
pub(super) const SOME: usize = 5;
/// Vectors in flight where each step is counted. Fewer take as long.
const FEW: usize = 4;

/// Numbers in the widest vector there is.
const WIDEST: usize = 8;

/// Fills `out` with the counts of the pixels in `rows`; returns their sum.
///
/// With `SHORTCUT`, steps are left out where it is known how they end.
pub(super) fn count_rows<const SHORTCUT: bool>(
    view: &View,
    rows: Range<usize>,
    out: &mut [u32],
) -> u64 {
    Instructions::chosen().vectorize(Rows::<SHORTCUT> { view, rows, out })
}

/// The rows to count, with any kind of vectors.
pub(super) struct Rows<'a, const SHORTCUT: bool> {
    pub view: &'a View,
    pub rows: Range<usize>,
    pub out: &'a mut [u32],
}

impl<const SHORTCUT: bool> WithSimd for Rows<'_, SHORTCUT> {
    type Output = u64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> u64 {
        let Self { view, rows, out } = self;
        let mut count = Count::<S, SHORTCUT> {
            simd,
            max_iter: view.max_iter,
            out,
            sum: 0,
            crowd: Points::with_capacity(CROWD + WIDEST * MANY),
            after: [(); 2].map(|()| Vec::with_capacity(CROWD + WIDEST * MANY)),
            leavers: Vec::new(),
            escaped: Points::default(),
        };
        count.rows(view, rows);
        count.finish();
        count.sum
    }
}

/// A count under way.
struct Count<'a, S: Simd, const SHORTCUT: bool> {
    simd: S,
    max_iter: u32,
    out: &'a mut [u32],
    /// The sum of the counts so far, of points in the crowd [`FIRST`] each.
    sum: u64,
    /// The points that have not escaped.
    crowd: Points,
    /// Where a round has brought them: the columns of re and im.
    after: [Vec<f64>; 2],
    /// The first points of the vectors from which some leave.
    leavers: Vec<usize>,
    /// The points that have escaped in a round, as they were before it.
    escaped: Points,
}

impl<S: Simd, const SHORTCUT: bool> Count<'_, S, SHORTCUT> {
    /// The first steps of all points in `rows`.
    #[inline(always)]
    fn rows(&mut self, view: &View, rows: Range<usize>) {
        let group = Flight::<S, FEW>::POINTS;
        let mut columns: Vec<f64> = (0..view.width).map(|x| view.re(x)).collect();
        // What fills the last vectors is no point: it is gone after a step.
        columns.resize(view.width.next_multiple_of(group), f64::NAN);
        for (row, y) in rows.enumerate() {
            let im = view.im(y);
            let places = row * view.width..(row + 1) * view.width;
            for (c_re, place) in
                columns.chunks_exact(group).zip(places.clone().step_by(group))
            {
                self.first_steps(c_re, im, place..places.end.min(place + group));
                if self.crowd.len() + group > CROWD {
                    self.finish();
                }
            }
        }
    }

    /// The first steps of a group of points, whose counts belong to `places`.
    #[inline(always)]
    fn first_steps(&mut self, c_re: &[f64], c_im: f64, places: Range<usize>) {
        let mut flight = Flight::<S, FEW>::at_zero(self.simd, c_re, c_im);
        let steps = flight.count(self.simd, FIRST.min(self.max_iter));
        let mut counts = [0; WIDEST * FEW];
        for (count, &steps) in counts.iter_mut().zip(bytemuck::cast_slice(&steps)) {
            *count = lossless(steps);
        }
        let counts = &counts[..places.len()];
        self.out[places.clone()].copy_from_slice(counts);
        self.sum += u64::from(counts.iter().sum::<u32>());
        if self.max_iter > FIRST && counts.contains(&FIRST) {
            let z = [&flight.re, &flight.im].map(|z| bytemuck::cast_slice(z));
            self.admit(counts, z, c_re, c_im, places.start);
        }
    }

    /// Takes the points into the crowd that have not escaped.
    #[inline(always)]
    fn admit(
        &mut self,
        counts: &[u32],
        [re, im]: [&[f64]; 2],
        c_re: &[f64],
        c_im: f64,
        place: usize,
    ) {
        let nobody_left = counts.iter().all(|&count| count == FIRST);
        let inside = flags(c_re, |c_re| SHORTCUT & is_surely_inside(c_re, c_im));
        if SHORTCUT && nobody_left && all(&inside[..counts.len()]) {
            self.out[place..place + counts.len()].fill(self.max_iter);
            self.sum += counts.len() as u64 * u64::from(self.max_iter - FIRST);
            return;
        }
        let delicate = flags(c_re, |c_re| is_delicate(c_re, c_im));
        let are_plain = none(&inside) && none(&delicate[..counts.len()]);
        if nobody_left && are_plain && counts.len() == c_re.len() {
            self.crowd.extend([re, im], c_re, c_im, place);
            return;
        }
        for (i, _) in counts.iter().enumerate().filter(|&(_, &count)| count == FIRST) {
            if inside[i] {
                self.set(place + i, self.max_iter);
            } else if delicate[i] {
                self.set(place + i, escape_count(c_re[i], c_im, self.max_iter));
            } else {
                self.crowd.push([re[i], im[i]], [c_re[i], c_im], place + i);
            }
        }
    }

    /// The count of a point that has been counted as [`FIRST`] before.
    #[inline(always)]
    fn set(&mut self, place: usize, count: u32) {
        self.out[place] = count;
        self.sum += u64::from(count - FIRST);
    }
}

/// The number of a lane: at most as many steps as asked for, which is a u32.
#[inline(always)]
fn lossless(count: u64) -> u32 {
    count as u32
}

/// What `is` says of each number. All are asked: without a way out in between
/// this is a matter of vectors as well.
#[inline(always)]
fn flags(numbers: &[f64], is: impl Fn(f64) -> bool) -> [bool; WIDEST * FEW] {
    let mut flags = [false; WIDEST * FEW];
    for (flag, &number) in flags.iter_mut().zip(numbers) {
        *flag = is(number);
    }
    flags
}

#[inline(always)]
fn all(flags: &[bool]) -> bool {
    flags.iter().fold(true, |all, &flag| all & flag)
}

#[inline(always)]
fn none(flags: &[bool]) -> bool {
    !flags.iter().fold(false, |any, &flag| any | flag)
}
