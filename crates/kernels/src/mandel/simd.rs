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
//! Which vectors there are is found out at run time: AVX-512, AVX2, NEON, or
//! plain numbers. The counts are those of the scalar kernel to the bit.

use std::array;
use std::mem;
use std::ops::Range;

use pulp::{Arch, Simd, WithSimd, bytemuck};

use super::View;
use super::delicate::is_delicate;
use super::flight::{Flight, any, any_of_all};
use super::points::Points;
use super::scalar::escape_count;
use super::shortcut::is_surely_inside;

/// Steps that are counted from the start.
const FIRST: u32 = 16;

/// Steps of the rounds after those. Together with the steps before it, a round
/// about doubles their number: fewer leave in the first half of the steps than
/// had left before, and the round was for nothing for these alone.
///
/// Many numbers divide these: see [`shortcut`](super::shortcut).
const ROUNDS: [u32; 6] = [24, 48, 60, 120, 240, 420];
/// Steps of each later round: longer ones save nothing more.
const LONGEST: u32 = 840;

/// Points in a crowd: they fill the vectors in flight many times over, and take
/// less memory in all than the 128 KiB from which on glibc's allocator returns
/// what is freed, with every row that a thread counts.
const CROWD: usize = 1536;

/// Vectors in flight in a round, where there are registers for them: four
/// numbers belong to a point.
pub(super) const MANY: usize = 8;
/// The same with half of the registers.
pub(super) const SOME: usize = 5;
/// Vectors in flight where each step is counted, and at the end of a crowd.
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
    Arch::new().dispatch(Rows::<SHORTCUT> { view, rows, out })
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
            for (c_re, place) in columns.chunks(group).zip(places.clone().step_by(group))
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
        let mut inside = [false; WIDEST * FEW];
        let mut delicate = [false; WIDEST * FEW];
        for (i, &c_re) in c_re.iter().enumerate() {
            inside[i] = SHORTCUT & is_surely_inside(c_re, c_im);
            delicate[i] = is_delicate(c_re, c_im);
        }
        let none = |flags: &[bool]| !flags.iter().fold(false, |all, flag| all | flag);
        let are_points = counts.len() == c_re.len();
        if are_points
            && counts.iter().all(|&n| n == FIRST)
            && none(&inside)
            && none(&delicate)
        {
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

    /// The counts of all points in the crowd, which is empty then.
    #[inline(always)]
    fn finish(&mut self) {
        let mut n = FIRST;
        let mut rounds = ROUNDS.into_iter();
        while n < self.max_iter && self.crowd.len() > 0 {
            let steps = rounds.next().unwrap_or(LONGEST).min(self.max_iter - n);
            self.round(steps);
            self.part();
            self.replay(n, steps);
            n += steps;
        }
        for i in 0..self.crowd.len() {
            self.set(self.crowd.place[i], self.max_iter);
        }
        self.crowd.clear();
    }

    /// So many steps of the whole crowd.
    #[inline(always)]
    fn round(&mut self, steps: u32) {
        self.crowd.pad(WIDEST * MANY);
        for after in &mut self.after {
            after.resize(self.crowd.re.len(), 0.0);
        }
        let mut first = 0;
        while first < self.crowd.len() {
            let left = self.crowd.len() - first;
            first += if left <= Flight::<S, FEW>::POINTS {
                self.run::<FEW>(first, steps)
            } else if S::REGISTER_COUNT >= 32 {
                self.run::<MANY>(first, steps)
            } else {
                self.run::<SOME>(first, steps)
            };
        }
        self.crowd.unpad();
    }

    /// So many steps of the points from `first` on; returns their number.
    #[inline(always)]
    fn run<const N: usize>(&mut self, first: usize, steps: u32) -> usize {
        let simd = self.simd;
        let before = Flight::<S, N>::from(&self.crowd, first);
        let mut flight = Flight { ..before };
        flight.run(simd, steps);
        let those = first..first + Flight::<S, N>::POINTS;
        let [re, im] = &mut self.after;
        re[those.clone()].copy_from_slice(bytemuck::cast_slice(&flight.re));
        im[those.clone()].copy_from_slice(bytemuck::cast_slice(&flight.im));

        let leaves = array::from_fn(|v| {
            let outside = simd.not_m64s(flight.inside(simd, v));
            if !SHORTCUT {
                return outside;
            }
            let same_re = simd.equal_f64s(before.re[v], flight.re[v]);
            let same_im = simd.equal_f64s(before.im[v], flight.im[v]);
            simd.or_m64s(outside, simd.and_m64s(same_re, same_im))
        });
        if any_of_all::<S, N>(simd, leaves) {
            let firsts = those.clone().step_by(S::F64_LANES).zip(leaves);
            self.leavers
                .extend(firsts.filter(|&(_, leaves)| any::<S>(leaves)).map(|l| l.0));
        }
        those.len()
    }

    /// Takes those who leave out of the crowd, and the crowd to where the round
    /// has brought it.
    #[inline(always)]
    fn part(&mut self) {
        let [re, im] = &mut self.after;
        // From the end on: the last one, which takes the free lane, has been
        // looked at already.
        while let Some(first) = self.leavers.pop() {
            for i in (first..self.crowd.len().min(first + S::F64_LANES)).rev() {
                let z = [self.crowd.re[i], self.crowd.im[i]];
                let inside = re[i] * re[i] + im[i] * im[i] <= 4.0;
                let place = self.crowd.place[i];
                if !inside {
                    let c = [self.crowd.c_re[i], self.crowd.c_im[i]];
                    self.escaped.push(z, c, place);
                } else if SHORTCUT && z == [re[i], im[i]] {
                    self.out[place] = self.max_iter;
                    self.sum += u64::from(self.max_iter - FIRST);
                } else {
                    continue;
                }
                let last = self.crowd.len() - 1;
                (re[i], im[i]) = (re[last], im[last]);
                self.crowd.swap_remove(i);
            }
        }
        mem::swap(&mut self.crowd.re, re);
        mem::swap(&mut self.crowd.im, im);
        self.crowd.unpad();
    }

    /// Counts the steps that the escaped made in a round of `steps`, before
    /// which each had made `n`.
    #[inline(always)]
    fn replay(&mut self, n: u32, steps: u32) {
        let group = Flight::<S, FEW>::POINTS;
        self.escaped.pad(group);
        for first in (0..self.escaped.len()).step_by(group) {
            let mut flight = Flight::<S, FEW>::from(&self.escaped, first);
            let counts = flight.count(self.simd, steps);
            let points = first..self.escaped.len().min(first + group);
            for (i, &count) in points.zip(bytemuck::cast_slice(&counts)) {
                self.set(self.escaped.place[i], n + lossless(count));
            }
        }
        self.escaped.clear();
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
