//! About how many distinct visitors there were, without keeping who they were.
//!
//! Up to [`FEW`] they are counted exactly; beyond, by HyperLogLog (Flajolet and others 2007) with 2^11 registers: one standard deviation
//! is 2.3 %. The estimate is Ertl's "improved raw" one (arXiv 1702.01284, section 4), which needs no table of corrections and never falls
//! when somebody is added. The crates that do this were looked at: each would bring a hasher, a format to store and unsafe code that are
//! of no use here, for what takes a page.

/// The bits of a hash that choose a register.
const BITS: u32 = 11;
const REGISTERS: usize = 1 << BITS;
/// The highest value of a register.
const HIGHEST: usize = (64 - BITS) as usize + 1;
/// So many are counted exactly, in a fourth of the room that the registers take.
const FEW: usize = 64;

/// Visitors, as far as they can be counted. Lives in memory alone.
#[derive(Debug)]
pub(super) enum Distinct {
    /// All of them, in order.
    Few(Vec<u64>),
    /// For each register the most leading zeros, and one.
    Many(Box<[u8; REGISTERS]>),
}

impl Default for Distinct {
    fn default() -> Distinct {
        Distinct::Few(Vec::new())
    }
}

impl Distinct {
    /// Adds a visitor by a hash whose bits are all alike by chance.
    pub(super) fn add(&mut self, hash: u64) {
        match self {
            Distinct::Few(all) => {
                let Err(at) = all.binary_search(&hash) else { return };
                if all.len() < FEW {
                    all.insert(at, hash);
                    return;
                }
                let mut registers = Box::new([0; REGISTERS]);
                for one in all.iter().copied().chain([hash]) {
                    note(&mut registers, one);
                }
                *self = Distinct::Many(registers);
            }
            Distinct::Many(registers) => note(registers, hash),
        }
    }

    /// About how many there are.
    pub(super) fn count(&self) -> u64 {
        match self {
            Distinct::Few(all) => all.len() as u64,
            Distinct::Many(registers) => estimate(registers),
        }
    }
}

fn note(registers: &mut [u8; REGISTERS], hash: u64) {
    let at = (hash >> (64 - BITS)) as usize;
    // The last bit stops the count where all others are zero.
    let zeros = ((hash << BITS) | (1 << (BITS - 1))).leading_zeros() as u8;
    if let Some(register) = registers.get_mut(at) {
        *register = (*register).max(zeros + 1);
    }
}

fn estimate(registers: &[u8; REGISTERS]) -> u64 {
    let mut with = [0_u32; HIGHEST + 1];
    for register in registers {
        if let Some(count) = with.get_mut(usize::from(*register)) {
            *count += 1;
        }
    }
    let m = REGISTERS as f64;
    let share = |at: usize| with.get(at).map_or(0.0, |count| f64::from(*count)) / m;
    let mut z = m * tau(1.0 - share(HIGHEST));
    for at in (1..HIGHEST).rev() {
        z = 0.5 * (z + m * share(at));
    }
    z += m * sigma(share(0));
    (m * m / (2.0 * std::f64::consts::LN_2 * z)).round() as u64
}

fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z <= before {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z >= before {
            return z / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SplitMix64: hashes whose bits are alike by chance.
    fn hash(n: u64) -> u64 {
        let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    #[test]
    fn few_are_counted_exactly_and_nobody_twice() {
        let mut all = Distinct::default();
        for n in 0..FEW as u64 {
            all.add(hash(n));
            all.add(hash(n / 2));
            assert_eq!(all.count(), n + 1);
        }
    }

    #[test]
    fn many_are_counted_within_three_deviations_over_five_orders() {
        for round in 0..8_u64 {
            let (mut all, mut next, mut before) = (Distinct::default(), 100, 0);
            for n in 1..=1_000_000_u64 {
                all.add(hash(round << 32 | n));
                if n == next {
                    let count = all.count();
                    let wrong = (count as f64 - n as f64).abs() / n as f64;
                    assert!(wrong < 3.0 * 1.04 / (REGISTERS as f64).sqrt(), "{n}: {count}, round {round}");
                    assert!(count >= before, "{count} after {before}");
                    (next, before) = (next * 10, count);
                }
            }
        }
    }

    #[test]
    fn an_estimate_never_falls() {
        let (mut all, mut before) = (Distinct::default(), 0);
        for n in 0..20_000 {
            all.add(hash(n));
            // Where the exact count ends the estimate may be a little less for a moment.
            if matches!(all, Distinct::Many(_)) {
                let count = all.count();
                assert!(count >= before, "{count} after {before}");
                before = count;
            }
        }
    }

    #[test]
    fn hashes_at_the_edges_fit() {
        let mut all = Distinct::default();
        for n in 0..100 {
            all.add(n);
        }
        all.add(u64::MAX);
        all.add(0);
        assert!(all.count() > 0);
    }
}
