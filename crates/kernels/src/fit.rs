//! Laws fitted to measurements: the price of a message, the serial part of a program.
//!
//! Each of these laws is linear in its unknowns. So least squares has one solution,
//! and a formula gives it without a search.

use std::fmt;

/// Hockney's law: a message of *n* bytes takes alpha + beta *n* (R. W. Hockney,
/// "The communication challenge for MPP: Intel Paragon and Meiko CS-2", 1994).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hockney {
    /// The latency in seconds: what a message without content takes.
    pub alpha_s: f64,
    /// Seconds that each byte adds: the inverse of the bandwidth.
    pub beta_s_per_byte: f64,
}

impl Hockney {
    /// The law that fits `messages`, pairs of bytes and seconds, best: the sum of
    /// squared relative errors is least. `None` if all messages have the same size,
    /// or if a time is not above zero.
    ///
    /// Errors are relative because times span four decades: with absolute errors the
    /// largest message alone would decide, and alpha would be whatever is left.
    pub fn fit(messages: &[(f64, f64)]) -> Option<Self> {
        if messages.iter().any(|&(_, seconds)| seconds <= 0.0) {
            return None;
        }
        // The relative error is alpha / t + beta n / t - 1: these are the factors of
        // alpha and beta.
        let ones: Vec<f64> = messages.iter().map(|(_, t)| 1.0 / t).collect();
        let sizes: Vec<f64> = messages.iter().map(|(n, t)| n / t).collect();
        // The part of `sizes` at right angles to `ones` depends on beta alone.
        let along = dot(&ones, &sizes) / dot(&ones, &ones);
        let across: Vec<f64> =
            sizes.iter().zip(&ones).map(|(size, one)| size - along * one).collect();
        let length = dot(&across, &across);
        // If all sizes are equal, only rounding errors are left.
        if messages.is_empty() || length <= 1e-20 * dot(&sizes, &sizes) {
            return None;
        }
        let beta = across.iter().sum::<f64>() / length;
        let alpha = ones.iter().sum::<f64>() / dot(&ones, &ones) - beta * along;
        Some(Self { alpha_s: alpha, beta_s_per_byte: beta })
    }

    /// The seconds that a message of so many bytes takes by this law.
    pub fn seconds(&self, bytes: f64) -> f64 {
        self.alpha_s + self.beta_s_per_byte * bytes
    }

    /// How far off the law is: the root mean square of the relative errors.
    pub fn deviation(&self, messages: &[(f64, f64)]) -> f64 {
        let error = |&(n, t): &(f64, f64)| self.seconds(n) / t - 1.0;
        let squares: f64 = messages.iter().map(|m| error(m).powi(2)).sum();
        (squares / messages.len() as f64).sqrt()
    }
}

impl fmt::Display for Hockney {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (microseconds, nanoseconds) =
            (self.alpha_s * 1e6, self.beta_s_per_byte * 1e9);
        let megabytes = 1e-6 / self.beta_s_per_byte;
        write!(f, "alpha = {microseconds:.2} us, ")?;
        write!(f, "beta = {nanoseconds:.3} ns a byte ({megabytes:.0} MB/s)")
    }
}

/// The scalar product of two lists of numbers.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// How the serial part of a program limits its speed-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// The same total work for any number of workers: of one worker's time, the
    /// serial part *s* stays and the rest is shared, S = 1 / (s + (1 - s) / p)
    /// (G. M. Amdahl, "Validity of the single processor approach to achieving
    /// large scale computing capabilities", 1967).
    Amdahl,
    /// The same work for each worker: the serial part *s* of the time is done
    /// once, the rest *p* times, S = p - s (p - 1) (J. L. Gustafson,
    /// "Reevaluating Amdahl's law", 1988).
    Gustafson,
}

impl Law {
    /// The speed-up of `workers` workers by this law, if this is the serial part.
    pub fn speedup(self, serial: f64, workers: f64) -> f64 {
        match self {
            Law::Amdahl => 1.0 / (serial + (1.0 - serial) / workers),
            Law::Gustafson => workers - serial * (workers - 1.0),
        }
    }

    /// The serial part, from 0 to 1, that fits `points`, pairs of workers and
    /// speed-up, best; `None` if none has two workers or more.
    ///
    /// Both laws say y = s x. For Amdahl's, y = 1/S - 1/p and x = 1 - 1/p, as in
    /// A. H. Karp and H. P. Flatt, "Measuring parallel processor performance", 1990:
    /// for one point, s is their serial fraction. For Gustafson's, y = p - S and
    /// x = p - 1. The sum of squared errors of y is least for
    /// s = sum(x y) / sum(x x). If that is below 0 or above 1, the nearer end is
    /// taken: a speed-up above *p* comes from caches, not from a serial part.
    pub fn fit(self, points: &[(f64, f64)]) -> Option<f64> {
        let (mut xy, mut xx) = (0.0, 0.0);
        for &(workers, speedup) in points.iter().filter(|point| point.0 > 1.0) {
            let (x, y) = match self {
                Law::Amdahl => (1.0 - 1.0 / workers, 1.0 / speedup - 1.0 / workers),
                Law::Gustafson => (workers - 1.0, workers - speedup),
            };
            xy += x * y;
            xx += x * x;
        }
        (xx > 0.0).then(|| (xy / xx).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Sizes as in a ping-pong: nothing, then powers of two.
    fn sizes() -> impl Iterator<Item = f64> {
        [0.0].into_iter().chain((0..=24).map(|power| 2_f64.powi(power)))
    }

    fn squares(law: &Hockney, messages: &[(f64, f64)]) -> f64 {
        law.deviation(messages).powi(2) * messages.len() as f64
    }

    #[test]
    fn small_messages_count_as_much_as_large_ones() {
        // Half of the messages take 1 and half take 2, where the law says 1.2: errors
        // of 20 and 40 percent balance where absolute ones would give 1.5.
        let messages = [(0.0, 1.0), (0.0, 2.0), (1e6, 1e3), (1e6, 1e3)];
        let fitted = Hockney::fit(&messages).unwrap();
        assert!((fitted.alpha_s - 1.2).abs() < 1e-9, "{fitted:?}");
        assert!((fitted.seconds(1e6) - 1e3).abs() < 1e-6, "{fitted:?}");
        // (0.2^2 + 0.4^2 + 0 + 0) / 4.
        assert!((fitted.deviation(&messages) - 0.05_f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn the_law_has_its_units_in_words() {
        let law = Hockney { alpha_s: 2e-6, beta_s_per_byte: 1e-10 };
        let words = "alpha = 2.00 us, beta = 0.100 ns a byte (10000 MB/s)";
        assert_eq!(law.to_string(), words);
    }

    #[test]
    fn what_does_not_tell_a_law_has_none() {
        for messages in [
            &[][..],
            &[(8.0, 1e-6)],
            &[(0.0, 1e-6), (0.0, 2e-6)],
            &[(8.0, 1e-6), (8.0, 2e-6), (8.0, 3e-6)],
            &[(0.0, 0.0), (8.0, 1e-6)],
        ] {
            assert_eq!(Hockney::fit(messages), None, "{messages:?}");
        }
        for law in [Law::Amdahl, Law::Gustafson] {
            for points in [&[][..], &[(1.0, 1.0)], &[(1.0, 1.0), (1.0, 0.9)]] {
                assert_eq!(law.fit(points), None, "{law:?} {points:?}");
            }
        }
    }

    #[test]
    fn a_serial_part_is_a_part() {
        for law in [Law::Amdahl, Law::Gustafson] {
            assert_eq!(law.fit(&[(2.0, 2.2), (4.0, 4.1)]), Some(0.0), "{law:?}");
            assert_eq!(law.fit(&[(2.0, 0.9), (4.0, 0.8)]), Some(1.0), "{law:?}");
        }
    }

    proptest! {
        #[test]
        fn exact_times_give_back_the_price(
            alpha in 1e-8..1e-3_f64, bandwidth in 1e6..1e11_f64,
        ) {
            let law = Hockney { alpha_s: alpha, beta_s_per_byte: 1.0 / bandwidth };
            let messages: Vec<_> = sizes().map(|n| (n, law.seconds(n))).collect();
            let fitted = Hockney::fit(&messages).unwrap();
            prop_assert!((fitted.alpha_s / alpha - 1.0).abs() < 1e-9, "{:?}", fitted);
            let beta = fitted.beta_s_per_byte * bandwidth;
            prop_assert!((beta - 1.0).abs() < 1e-9, "{:?}", fitted);
            prop_assert!(fitted.deviation(&messages) < 1e-9);
        }

        #[test]
        fn no_neighbour_fits_better(
            noise in vec(0.5..2.0_f64, 26), alpha in 0.99..1.01_f64, beta in 0.99..1.01_f64,
        ) {
            let law = Hockney { alpha_s: 1e-6, beta_s_per_byte: 1e-10 };
            let messages: Vec<_> =
                sizes().zip(noise).map(|(n, noise)| (n, law.seconds(n) * noise)).collect();
            let best = Hockney::fit(&messages).unwrap();
            let other = Hockney {
                alpha_s: best.alpha_s * alpha,
                beta_s_per_byte: best.beta_s_per_byte * beta,
            };
            let (best, other) = (squares(&best, &messages), squares(&other, &messages));
            prop_assert!(best <= other * (1.0 + 1e-12), "{} {}", best, other);
        }

        #[test]
        fn exact_speed_ups_give_back_the_serial_part(
            serial in 0.0..1.0_f64, most in 2..200_u32,
        ) {
            for law in [Law::Amdahl, Law::Gustafson] {
                let point = |p: u32| (f64::from(p), law.speedup(serial, p.into()));
                let points: Vec<_> = (1..=most).map(point).collect();
                let found = law.fit(&points).unwrap();
                prop_assert!((found - serial).abs() < 1e-9, "{:?}: {}", law, found);
            }
        }

        #[test]
        fn no_other_part_fits_better(
            noise in vec(0.8..1.2_f64, 7), other in 0.0..1.0_f64,
        ) {
            let points: Vec<_> = (2..9).map(f64::from).zip(noise).collect();
            let points = points.iter().map(|&(p, noise)| (p, (noise * p / 1.5).min(p)));
            let points: Vec<_> = points.collect();
            let wrong_by = |law: Law, serial: f64| -> f64 {
                let error = |&(p, s): &(f64, f64)| match law {
                    Law::Amdahl => 1.0 / s - 1.0 / law.speedup(serial, p),
                    Law::Gustafson => s - law.speedup(serial, p),
                };
                points.iter().map(|point| error(point).powi(2)).sum()
            };
            for law in [Law::Amdahl, Law::Gustafson] {
                let best = wrong_by(law, law.fit(&points).unwrap());
                prop_assert!(best <= wrong_by(law, other) + 1e-12, "{:?}", law);
            }
        }

        #[test]
        fn one_worker_is_as_fast_as_one(serial in 0.0..1.0_f64) {
            for law in [Law::Amdahl, Law::Gustafson] {
                prop_assert!((law.speedup(serial, 1.0) - 1.0).abs() < 1e-12);
            }
        }
    }
}
