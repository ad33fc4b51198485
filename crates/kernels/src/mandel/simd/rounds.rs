//! The rounds: many steps of a crowd without a look, then a look at all of it.

use std::array;
use std::mem;

use pulp::{Simd, bytemuck};

use super::{Count, FEW, FIRST, MANY, SOME, WIDEST, lossless};
use crate::mandel::flight::{Flight, any, any_of_all};
use crate::split;

/// Steps of the rounds that follow the [`FIRST`] ones. Each round about doubles
/// the number of steps so far, and about half as many points escape as in the
/// one before: what they do in vain, beyond 2, stays little.
///
/// These have many divisors: see [`shortcut`](crate::mandel::shortcut).
const ROUNDS: [u32; 6] = [24, 48, 60, 120, 240, 420];
/// Steps of each later round: longer ones would save next to nothing, and the
/// replay of a single point would take long.
const LONGEST: u32 = 840;

impl<S: Simd, const SHORTCUT: bool> Count<'_, S, SHORTCUT> {
    /// The counts of all points in the crowd, which is empty then.
    #[inline(always)]
    pub(super) fn finish(&mut self) {
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
        // In groups of nearly the same size, for a small one at the end would
        // take as long as a full one. Where there are two or more, each has at
        // least three vectors.
        let most = if S::REGISTER_COUNT >= 32 { MANY } else { SOME };
        let vectors = self.crowd.len().div_ceil(S::F64_LANES);
        let groups = vectors.div_ceil(most);
        for group in (0..groups).map(|group| split::block(vectors, groups, group)) {
            let first = group.start * S::F64_LANES;
            match group.len() {
                ..=3 => self.run::<3>(first, steps),
                4 => self.run::<4>(first, steps),
                5 => self.run::<5>(first, steps),
                6 => self.run::<6>(first, steps),
                7 => self.run::<7>(first, steps),
                8 => self.run::<8>(first, steps),
                9 => self.run::<9>(first, steps),
                _ => self.run::<MANY>(first, steps),
            }
        }
        self.crowd.unpad();
    }

    /// So many steps of the `N` vectors of points from `first` on.
    #[inline(always)]
    fn run<const N: usize>(&mut self, first: usize, steps: u32) {
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
            for (first, leaves) in those.clone().step_by(S::F64_LANES).zip(leaves) {
                if any::<S>(leaves) {
                    self.leavers.push(first);
                }
            }
        }
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
}
