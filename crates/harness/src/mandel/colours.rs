//! Colours of counts: viridis on a logarithmic scale, the set itself black.
//!
//! Viridis grows lighter from one end to the other and avoids telling red from
//! green, so that it reads the same for the colour-blind and in grey print
//! (matplotlib's colour map by Smith and van der Walt, public domain).

/// Red, green and blue.
pub type Colour = [u8; 3];

/// What belongs to the set.
pub const INSIDE: Colour = [0, 0, 0];

/// Viridis at nine places from 0 to 1, linear in between.
const VIRIDIS: [Colour; 9] = [
    [68, 1, 84],
    [71, 44, 122],
    [59, 81, 139],
    [44, 113, 142],
    [33, 144, 141],
    [39, 173, 129],
    [92, 200, 99],
    [170, 220, 50],
    [253, 231, 37],
];

/// The colours of one picture, from its least count to its greatest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The least count outside the set; `max_iter` where all pixels belong to it.
    pub least: u32,
    /// The greatest count outside the set.
    pub most: u32,
    /// The count of what belongs to the set.
    pub max_iter: u32,
}

impl Scale {
    /// The scale of a picture.
    pub fn of(counts: &[u32], max_iter: u32) -> Self {
        let outside = || counts.iter().copied().filter(|&count| count < max_iter);
        let least = outside().min().unwrap_or(max_iter);
        Self { least, most: outside().max().unwrap_or(max_iter), max_iter }
    }

    /// The colour of a count.
    pub fn colour(&self, count: u32) -> Colour {
        if count < self.max_iter {
            gradient(self.place(f64::from(count)))
        } else {
            INSIDE
        }
    }

    /// Where a count stands between the least, 0, and the greatest, 1.
    ///
    /// Most pixels have small counts, and the few large ones crowd at the edge
    /// of the set: the logarithm gives both their share of the colours. The
    /// power makes the small ones, which cover most of a picture, lighter.
    pub fn place(&self, count: f64) -> f64 {
        if self.least == self.most {
            return 0.5;
        }
        let (least, most) = (f64::from(self.least) + 1.0, f64::from(self.most) + 1.0);
        let share = ((count + 1.0) / least).ln() / (most / least).ln();
        share.max(0.0).powf(0.65)
    }
}

/// The colour at `place`, from 0 to 1.
pub fn gradient(place: f64) -> Colour {
    let along = place.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let (low, share) = (along.floor() as usize, along.fract());
    let high = (low + 1).min(VIRIDIS.len() - 1);
    std::array::from_fn(|part| {
        let (from, to) = (f64::from(VIRIDIS[low][part]), f64::from(VIRIDIS[high][part]));
        (from + share * (to - from)).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_grow_lighter_with_the_count() {
        let light = |[r, g, b]: Colour| {
            0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b)
        };
        let scale = Scale { least: 1, most: 999, max_iter: 2000 };
        for count in [1, 2, 5, 20, 100, 500] {
            let (darker, lighter) = (scale.colour(count), scale.colour(2 * count));
            assert!(light(darker) < light(lighter), "{count}: {darker:?}, {lighter:?}");
            assert!(light(darker) > light(INSIDE) + 10.0, "{count}: {darker:?}");
        }
        assert_eq!(scale.colour(1), VIRIDIS[0]);
        assert_eq!(scale.colour(999), VIRIDIS[8]);
        assert_eq!(scale.colour(2000), INSIDE);
    }

    #[test]
    fn a_scale_spans_the_counts_outside_the_set() {
        for (counts, [least, most]) in
            [(&[3, 9, 100, 5][..], [3, 9]), (&[100, 100], [100, 100]), (&[7, 7], [7, 7])]
        {
            let scale = Scale { least, most, max_iter: 100 };
            assert_eq!(Scale::of(counts, 100), scale, "{counts:?}");
        }
    }
}
