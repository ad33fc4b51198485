//! Axes that can be drawn whatever a file says: they end, and so do their ticks.
//!
//! plotters' own axes look for round numbers in a range until they find some,
//! which takes for ever where the steps are lost in the ends' last digits.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

/// Places along an axis, linear or logarithmic. What lies beyond an end is drawn
/// there.
#[derive(Clone, Debug)]
pub struct Coordinate {
    range: [f64; 2],
    logarithmic: bool,
    ticks: Vec<f64>,
}

/// The largest number that an axis shows: differences of two stay finite.
const LARGEST: f64 = 1e300;
/// Ends that differ by a smaller part are one number on a screen.
const LEAST: f64 = 1e-9;
/// So many decades are drawn below the upper end of a logarithmic axis, at most.
const DECADES: i32 = 30;

impl Coordinate {
    /// A linear axis with these ticks.
    pub fn linear(range: [f64; 2], ticks: Vec<f64>) -> Self {
        let [low, high] = range.map(|end| match end.is_nan() {
            true => 0.0,
            false => end.clamp(-LARGEST, LARGEST),
        });
        let least = (low.abs().max(high.abs()) * LEAST).max(1.0 / LARGEST);
        Self::within([low, high.max(low + least)], false, ticks)
    }

    /// A linear axis with round ticks, `most` and one at most.
    pub fn round(range: [f64; 2], most: usize) -> Self {
        let axis = Self::linear(range, Vec::new());
        let [low, high] = axis.range;
        let rough = (high - low) / most as f64;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0].map(|n| n * power).into_iter().find(|n| *n >= rough);
        let step = step.unwrap_or(10.0 * power);
        let first = (low / step).ceil();
        let ticks = (0..=most).map(|number| (first + number as f64) * step).collect();
        Self::within(axis.range, false, ticks)
    }

    /// A logarithmic axis with these ticks.
    pub fn logarithmic([low, high]: [f64; 2], ticks: Vec<f64>) -> Self {
        // So large that thirty decades below it are numbers, too.
        let high = if high > 0.0 { high.clamp(1e-200, LARGEST) } else { 1.0 };
        let low = low.max(high / 10_f64.powi(DECADES)).min(high * (1.0 - LEAST));
        Self::within([low, high], true, ticks)
    }

    /// Where it is labelled.
    pub fn ticks(&self) -> &[f64] {
        &self.ticks
    }

    /// The ends.
    pub fn ends(&self) -> [f64; 2] {
        self.range
    }

    fn within(range: [f64; 2], logarithmic: bool, mut ticks: Vec<f64>) -> Self {
        let [low, high] = range;
        // A tick at an end stays, however its last digit is rounded.
        let room = (high - low) * LEAST;
        ticks.retain(|tick| (low - room..=high + room).contains(tick));
        Self { range, logarithmic, ticks }
    }

    /// How far along the axis a value stands, from 0 to 1.
    fn part(&self, value: f64) -> f64 {
        let [low, high] = self.range;
        let value = value.clamp(low, high);
        match self.logarithmic {
            true => (value / low).ln() / (high / low).ln(),
            false => (value - low) / (high - low),
        }
    }
}

impl Ranged for Coordinate {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        from + (self.part(*value) * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.range[0]..self.range[1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        for (range, most, expected) in [
            ([0.0, 3.2], 8, &[0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0][..]),
            ([0.75, 4.25], 4, &[1.0, 2.0, 3.0, 4.0]),
            ([0.0, 1000.0], 5, &[0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]),
            ([-20.0, 20.0], 4, &[-20.0, -10.0, 0.0, 10.0, 20.0]),
        ] {
            assert_eq!(Coordinate::round(range, most).ticks, expected, "{range:?}");
        }
    }

    #[test]
    fn any_range_is_an_axis_with_places_between_its_ends() {
        let numbers = [
            0.0,
            5e-324,
            1e-300,
            1e-16,
            1.0,
            1.0 + f64::EPSILON,
            1e15,
            1e300,
            f64::MAX,
            f64::INFINITY,
            f64::NAN,
        ];
        let numbers = || numbers.into_iter().flat_map(|number| [-number, number]);
        for (low, high) in
            numbers().flat_map(|low| numbers().map(move |high| (low, high)))
        {
            for axis in [
                Coordinate::round([low, high], 8),
                Coordinate::logarithmic([low, high], vec![1.0]),
            ] {
                let ([start, end], case) = (axis.range, format!("{low} {high} {axis:?}"));
                assert!(start < end && (end - start).is_finite(), "{case}");
                assert!(axis.ticks.len() <= 9, "{case}");
                for value in numbers().chain([start, end]) {
                    assert!((0..=100).contains(&axis.map(&value, (0, 100))), "{case}");
                }
                let ends = [start, end].map(|end| axis.map(&end, (0, 100)));
                assert_eq!(ends, [0, 100], "{case}");
            }
        }
    }
}
