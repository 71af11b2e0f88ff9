//! Time and chance as arguments: a monotonic clock's reading, and dice with a seed.

use std::ops::Add;

/// A reading of a monotonic clock, in milliseconds since any fixed beginning. Never a wall clock: nothing
/// in this crate is decided by the time of day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub u64);

impl Add<u64> for Moment {
    type Output = Moment;
    /// So many milliseconds later.
    fn add(self, millis: u64) -> Moment {
        Moment(self.0.saturating_add(millis))
    }
}

/// Dice (SplitMix64): the same seed gives the same throws. Spreads reconnects; decides nothing that must
/// be unpredictable.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// The next 64 bits.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.throw()) * u128::from(bound)) >> 64) as u64
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A time around `millis`: from half of it to one and a half times it.
    pub fn around(&mut self, millis: u64) -> u64 {
        millis / 2 + self.below(millis + 1)
    }
}
