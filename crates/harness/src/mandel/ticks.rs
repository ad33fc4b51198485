//! Round values along an axis.

/// A value on an axis and how it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where it is.
    pub value: f64,
    /// What stands beside it.
    pub label: String,
}

/// At most `most` round values from `min` to `max`, and at least one where
/// there is one: whole multiples of 1, 2 or 5 times a power of ten.
pub fn linear(min: f64, max: f64, most: usize) -> Vec<Tick> {
    let most = most.max(1) as f64;
    let mut power = ((max - min) / most).log10().floor() as i32;
    loop {
        for factor in [1.0, 2.0, 5.0] {
            let step = factor * 10_f64.powi(power);
            let (first, last) = (at_least(min / step), at_most(max / step));
            if last - first < most {
                return multiples(step, power, first, last);
            }
        }
        power += 1;
    }
}

/// 0.15 / 0.05 is a little less than 3, and yet there is a tick at 0.15.
const ROUNDING: f64 = 1e-9;

fn at_least(value: f64) -> f64 {
    (value - ROUNDING).ceil()
}

fn at_most(value: f64) -> f64 {
    (value + ROUNDING).floor()
}

/// The multiples of `step` numbered from `first` to `last`; their last digit
/// stands for 10 to the `power`.
fn multiples(step: f64, power: i32, first: f64, last: f64) -> Vec<Tick> {
    let largest = first.abs().max(last.abs()) * step;
    let count = (last - first + 1.0).max(0.0) as usize;
    let tick = |number| {
        // Adding 0 turns -0 into 0.
        let value = (first + number as f64) * step + 0.0;
        Tick { value, label: label(value, power, largest) }
    };
    (0..count).map(tick).collect()
}

/// The value in as many digits as it takes to tell it from its neighbours.
fn label(value: f64, power: i32, largest: f64) -> String {
    if value != 0.0 && (power >= 6 || largest < 1e-4) {
        let digits = value.abs().log10().floor() as i32 - power;
        return format!("{value:.*e}", digits.max(0) as usize);
    }
    let decimals = if value == 0.0 && largest < 1e-4 { 0 } else { -power };
    format!("{value:.*}", decimals.clamp(0, 20) as usize)
}

/// At most `most` round counts from `least` to `greatest`, for a logarithmic
/// scale: powers of ten, with 2 and 5 times them where there is room.
pub fn logarithmic(least: u32, greatest: u32, most: usize) -> Vec<Tick> {
    let powers = || (0..10).map(|power| 10_u64.pow(power));
    let within = |factors: &[u64]| -> Vec<u64> {
        let counts = powers().flat_map(|power| factors.iter().map(move |f| f * power));
        counts.filter(|count| (least.into()..=greatest.into()).contains(count)).collect()
    };
    let choice = [&[1, 2, 5][..], &[1, 3], &[1]].map(within);
    let fitting = choice.into_iter().find(|counts| counts.len() <= most);
    let mut counts = fitting.unwrap_or_default();
    if counts.len() < 2 && most >= 2 {
        counts = vec![least.into(), greatest.into()];
        counts.dedup();
    }
    counts
        .into_iter()
        .map(|count| Tick { value: count as f64, label: count.to_string() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(ticks: Vec<Tick>) -> String {
        ticks.into_iter().map(|tick| tick.label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn axes_have_round_values() {
        for (min, max, most, expected) in [
            (-2.25, 0.75, 7, "-2.0 -1.5 -1.0 -0.5 0.0 0.5"),
            (-1.25, 1.25, 5, "-1.0 -0.5 0.0 0.5 1.0"),
            (-1.25, 1.25, 2, "0"),
            (-1.25, 1.25, 3, "-1 0 1"),
            (0.05, 0.15, 3, "0.05 0.10 0.15"),
            (-0.74365, -0.7436, 3, "-0.74364 -0.74362 -0.74360"),
            (-3e9, 4e9, 4, "-2e9 0 2e9 4e9"),
            (9.7e9, 1.24e10, 3, "1.0e10 1.1e10 1.2e10"),
            (-300.0, 1.7e6, 4, "0 500000 1000000 1500000"),
            (-3e-9, 4e-9, 4, "-2e-9 0 2e-9 4e-9"),
            (0.0, 1e-320, 3, "0"),
            (17.1, 17.2, 1, "17.2"),
            (17.1, 17.19, 0, "17.1"),
        ] {
            assert_eq!(labels(linear(min, max, most)), expected, "{min} {max} {most}");
        }
    }

    #[test]
    fn scales_have_round_counts() {
        for (least, greatest, most, expected) in [
            (1, 999, 10, "1 2 5 10 20 50 100 200 500"),
            (1, 999, 6, "1 3 10 30 100 300"),
            (1, 999, 4, "1 10 100"),
            (41, 43, 5, "41 43"),
            (7, 7, 5, "7"),
            (
                1,
                4_294_967_294,
                10,
                "1 10 100 1000 10000 100000 1000000 10000000 100000000 1000000000",
            ),
            (1, 999, 1, ""),
        ] {
            assert_eq!(
                labels(logarithmic(least, greatest, most)),
                expected,
                "{least} {greatest} {most}"
            );
        }
    }
}
