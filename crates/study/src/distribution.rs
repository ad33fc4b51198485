//! How uneven some values are: their sizes, their shares of the
//! whole, and how one kind of cost follows from another.

/// The values in a part of a logarithmic axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Where it begins; this value belongs to it.
    pub from: f64,
    /// Where the next one begins.
    pub to: f64,
    /// How many values it has.
    pub count: usize,
}

/// So many bins between 1 and 10: with more of them some would hold no whole
/// number, as between 1 and 2.
const BINS: f64 = 5.0;

/// The bins from that of the least value to that of the greatest. Values that
/// are 0 have no place on a logarithmic axis and are left out.
pub fn histogram(values: &[f64]) -> Vec<Bin> {
    let numbers = || values.iter().filter(|&&value| value > 0.0).map(|&value| bin(value));
    let (Some(first), Some(last)) = (numbers().min(), numbers().max()) else {
        return Vec::new();
    };
    let mut bins: Vec<Bin> = (first..=last)
        .map(|number| Bin { from: edge(number), to: edge(number + 1), count: 0 })
        .collect();
    for number in numbers() {
        bins[(number - first) as usize].count += 1;
    }
    bins
}

fn edge(number: i32) -> f64 {
    10_f64.powf(f64::from(number) / BINS)
}

/// The number of the bin that a value belongs to.
fn bin(value: f64) -> i32 {
    // The logarithm of 1000 may be a little less than 3.
    (BINS * value.log10() + 1e-9).floor() as i32
}

/// The Lorenz curve: of so many parts of the values, least first, the part of
/// the sum; from (0, 0) to (1, 1) in `steps` steps.
pub fn lorenz(values: &[f64], steps: usize) -> Vec<(f64, f64)> {
    let sorted = sorted(values);
    let total: f64 = sorted.iter().sum();
    let mut sums = vec![0.0];
    sums.extend(sorted.iter().scan(0.0, |sum, value| {
        *sum += value;
        Some(*sum)
    }));
    let point = |step: usize| {
        let count = step * sorted.len() / steps;
        (step as f64 / steps as f64, sums[count] / total)
    };
    (0..=steps).map(point).collect()
}

/// The Gini coefficient: 0 if all values are equal, close to 1 if one has
/// all. It is twice the area between the Lorenz curve and the diagonal.
pub fn gini(values: &[f64]) -> f64 {
    let sorted = sorted(values);
    let (count, total) = (sorted.len() as f64, sorted.iter().sum::<f64>());
    let ranked: f64 =
        (1..).zip(&sorted).map(|(rank, value)| f64::from(rank) * value).sum();
    2.0 * ranked / (count * total) - (count + 1.0) / count
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The straight line y = offset + slope x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// What one more of x adds to y.
    pub slope: f64,
    /// The y at x = 0.
    pub offset: f64,
    /// The part of y's variance that the line explains.
    pub r_squared: f64,
}

/// The line through `points` with the least squares of distances in y.
pub fn fit(points: &[(f64, f64)]) -> Fit {
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (mean_x, mean_y) = (mean(|point| point.0), mean(|point| point.1));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in points.iter().map(|(x, y)| (x - mean_x, y - mean_y)) {
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    let slope = xy / xx;
    Fit { slope, offset: mean_y - slope * mean_x, r_squared: xy * xy / (xx * yy) }
}

/// What many values of y are at about the same x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The mean x.
    pub x: f64,
    /// How many values there are.
    pub count: usize,
    /// The y that a tenth of the values does not reach, the median, and the y that
    /// a tenth exceeds.
    pub y: [f64; 3],
}

/// The spread of y in each bin of x.
pub fn spreads(points: &[(f64, f64)]) -> Vec<Spread> {
    let mut points: Vec<(f64, f64)> = points.to_vec();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let of_one_bin = points.chunk_by(|a, b| bin(a.0) == bin(b.0));
    let spread = |points: &[(f64, f64)]| {
        let ys = sorted(&points.iter().map(|point| point.1).collect::<Vec<_>>());
        let sum: f64 = points.iter().map(|point| point.0).sum();
        Spread {
            x: sum / points.len() as f64,
            count: points.len(),
            y: [1, 5, 9].map(|tenth| ys[(ys.len() - 1) * tenth / 10]),
        }
    };
    of_one_bin.map(spread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9
    }

    #[test]
    fn values_are_counted_in_bins_that_begin_at_powers_of_ten() {
        let bins = histogram(&[1.0, 1.5, 2.0, 0.0, 10.0, 999.9, 1000.0]);
        let counts: Vec<usize> = bins.iter().map(|bin| bin.count).collect();
        assert_eq!(counts, [2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
        assert!(is_close(bins[5].from, 10.0) && is_close(bins[15].from, 1000.0));
        assert!(bins.windows(2).all(|pair| pair[0].to == pair[1].from));
        assert_eq!(histogram(&[0.0]), []);
    }

    #[test]
    fn the_lorenz_curve_says_who_has_how_much() {
        let curve = lorenz(&[1.0, 7.0, 0.0, 2.0], 4);
        assert_eq!(curve, [(0.0, 0.0), (0.25, 0.0), (0.5, 0.1), (0.75, 0.3), (1.0, 1.0)]);
        // Three values have no half: it is rounded down, and the end is the end.
        let curve = lorenz(&[1.0, 2.0, 1.0], 2);
        assert_eq!(curve, [(0.0, 0.0), (0.5, 0.25), (1.0, 1.0)]);
    }

    #[test]
    fn the_gini_coefficient_is_twice_the_area_under_the_diagonal() {
        for (values, expected) in [
            (&[3.0, 3.0, 3.0][..], 0.0),
            (&[0.0, 1.0], 0.5),
            (&[0.0, 0.0, 0.0, 5.0], 0.75),
            (&[4.0, 1.0, 3.0, 2.0], 0.25),
        ] {
            assert!(is_close(gini(values), expected), "{values:?}: {}", gini(values));
            let curve = lorenz(values, values.len());
            let strip = |pair: &[(f64, f64)]| (pair[0].1 + pair[1].1) / 2.0;
            let area: f64 =
                curve.windows(2).map(strip).sum::<f64>() / values.len() as f64;
            assert!(is_close(1.0 - 2.0 * area, expected), "{values:?}");
        }
    }

    #[test]
    fn a_straight_line_is_found() {
        let line = fit(&[(0.0, 5.0), (10.0, 25.0), (3.0, 11.0)]);
        assert!(is_close(line.slope, 2.0) && is_close(line.offset, 5.0), "{line:?}");
        assert!(is_close(line.r_squared, 1.0), "{line:?}");
        let rough = fit(&[(0.0, 0.0), (1.0, 2.0), (2.0, 1.0)]);
        assert!(
            is_close(rough.slope, 0.5) && is_close(rough.r_squared, 0.25),
            "{rough:?}"
        );
        let flat = fit(&[(0.0, 0.0), (1.0, 3.0), (2.0, 0.0)]);
        assert!(is_close(flat.slope, 0.0) && is_close(flat.r_squared, 0.0), "{flat:?}");
    }

    #[test]
    fn a_bins_spread_leaves_a_tenth_out_at_each_end() {
        let points: Vec<(f64, f64)> =
            (0..=10).map(|y| (100.0, f64::from(y))).chain([(3.0, 1.0)]).collect();
        let expected = [
            Spread { x: 3.0, count: 1, y: [1.0; 3] },
            Spread { x: 100.0, count: 11, y: [1.0, 5.0, 9.0] },
        ];
        assert_eq!(spreads(&points), expected);
    }
}
