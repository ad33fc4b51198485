//! The instruction sets that the kernels are written for, and the one they use.

use std::sync::atomic::{AtomicUsize, Ordering};

use pulp::WithSimd;

/// The vector instructions of a processor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Instructions {
    /// Vectors of 512 bits, on x86.
    Avx512,
    /// Vectors of 256 bits and fused multiply-adds, on x86.
    Avx2,
    /// What every processor of the architecture understands.
    Portable,
}

/// The place in [`Instructions::ALL`] of those that were chosen.
static CHOSEN: AtomicUsize = AtomicUsize::new(usize::MAX);

impl Instructions {
    /// All of them, the best first, each with its name.
    pub const ALL: [(&str, Self); 3] =
        [("avx512", Self::Avx512), ("avx2", Self::Avx2), ("portable", Self::Portable)];

    /// The instructions of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, set)| set)
    }

    /// The name, as a user writes it and as records have it.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].0
    }

    /// Those that this processor understands, the best first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().map(|(_, set)| set).filter(|set| set.is_available())
    }

    /// Whether this processor understands them.
    pub fn is_available(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return match self {
            Self::Avx512 => pulp::x86::V4::is_available(),
            Self::Avx2 => pulp::x86::V3::is_available(),
            Self::Portable => true,
        };
        #[cfg(not(target_arch = "x86_64"))]
        return self == Self::Portable;
    }

    /// Has every kernel use these from now on, on every thread.
    ///
    /// # Panics
    ///
    /// If this processor does not understand them.
    pub fn choose(self) {
        assert!(self.is_available(), "{self:?} on a processor without them");
        CHOSEN.store(self as usize, Ordering::Relaxed);
    }

    /// Those that the kernels use: the chosen ones, otherwise the best.
    pub fn chosen() -> Self {
        match Self::ALL.get(CHOSEN.load(Ordering::Relaxed)) {
            Some((_, set)) => *set,
            None => Self::available().next().expect("Portable is always there"),
        }
    }

    /// Does `work` with vectors of these instructions.
    pub(crate) fn vectorize<W: WithSimd>(self, work: W) -> W::Output {
        #[cfg(target_arch = "x86_64")]
        {
            use pulp::x86::{V3, V4};
            use pulp::{Scalar, Simd};
            const AVAILABLE: &str = "the processor understands what is chosen";
            match self {
                Self::Avx512 => Simd::vectorize(V4::try_new().expect(AVAILABLE), work),
                Self::Avx2 => Simd::vectorize(V3::try_new().expect(AVAILABLE), work),
                Self::Portable => Simd::vectorize(Scalar, work),
            }
        }
        // pulp knows what else an architecture has: on ARM, NEON.
        #[cfg(not(target_arch = "x86_64"))]
        pulp::Arch::new().dispatch(work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_its_name_and_those_of_this_processor_are_found() {
        for (name, set) in Instructions::ALL {
            assert_eq!((set.name(), Instructions::named(name)), (name, Some(set)));
        }
        assert_eq!(Instructions::named("sse9"), None);
        let available: Vec<_> = Instructions::available().collect();
        assert_eq!(available.last(), Some(&Instructions::Portable));
        #[cfg(target_arch = "x86_64")]
        for (feature, set) in [
            (is_x86_feature_detected!("avx512dq"), Instructions::Avx512),
            (is_x86_feature_detected!("fma"), Instructions::Avx2),
        ] {
            assert_eq!(available.contains(&set), feature, "{set:?}");
        }
    }

    #[test]
    fn the_lanes_are_those_of_the_instructions() {
        struct Lanes;
        impl WithSimd for Lanes {
            type Output = usize;
            fn with_simd<S: pulp::Simd>(self, _: S) -> usize {
                S::F64_LANES
            }
        }
        for set in Instructions::available() {
            let lanes = set.vectorize(Lanes);
            match set {
                Instructions::Avx512 => assert_eq!(lanes, 8),
                Instructions::Avx2 => assert_eq!(lanes, 4),
                Instructions::Portable => assert!(lanes <= 2, "{lanes}"),
            }
        }
    }
}
