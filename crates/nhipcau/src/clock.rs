//! Time and chance: the only callers of `now()` and of the machine's randomness.
//!
//! Everything else is given the time and the dice, so any day of any year can be tested today.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use uuid::Uuid;

/// Where the time comes from.
#[derive(Clone, Default)]
pub struct Clock {
    /// When set, the time stands still until it is moved (tests, the simulation).
    fixed: Option<Arc<AtomicI64>>,
    /// Microseconds that this clock is ahead of the machine's (tests).
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock::default()
    }

    /// A clock that stands at `at` until [`Clock::pass`] moves it.
    pub fn fixed(at: Timestamp) -> Clock {
        Clock { fixed: Some(Arc::new(AtomicI64::new(at.as_microsecond()))), ahead: Arc::default() }
    }

    /// The same clock, wrong by `milliseconds`.
    pub fn skewed(self, milliseconds: i64) -> Clock {
        self.pass(milliseconds * 1000);
        self
    }

    /// Moves this clock and its clones forward; those of other nodes and the machine's stay as they are.
    pub fn pass(&self, microseconds: i64) {
        self.ahead.fetch_add(microseconds, Ordering::SeqCst);
    }

    /// Microseconds since 1970, UTC: the form in which instants are stored.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn micros(&self) -> i64 {
        let now = match &self.fixed {
            Some(at) => at.load(Ordering::SeqCst),
            None => Timestamp::now().as_microsecond(),
        };
        now + self.ahead.load(Ordering::SeqCst)
    }

    /// The current instant.
    pub fn now(&self) -> Timestamp {
        instant(self.micros())
    }
}

/// A stored instant as a timestamp; one out of range becomes the nearest that is in it.
pub fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// The pause after so many failures in a row: the first, doubled by each, and the longest at most; all in one unit.
pub fn doubled(first: i64, failures: i64, longest: i64) -> i64 {
    first.saturating_mul(1 << failures.clamp(0, 32)).min(longest)
}

/// Where chance comes from.
#[derive(Clone, Default)]
pub struct Dice {
    seeded: Option<Arc<AtomicI64>>,
}

impl Dice {
    /// The operating system's randomness.
    pub fn system() -> Dice {
        Dice::default()
    }

    /// The same sequence for the same seed; for tests and simulations, never for keys.
    pub fn seeded(seed: i64) -> Dice {
        Dice { seeded: Some(Arc::new(AtomicI64::new(seed))) }
    }

    /// `N` random bytes.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    #[allow(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn bytes<const N: usize>(&self) -> anyhow::Result<[u8; N]> {
        let mut bytes = [0; N];
        match &self.seeded {
            None => getrandom::fill(&mut bytes)
                .map_err(|e| anyhow::anyhow!("the operating system gives no randomness: {e}"))?,
            Some(state) => {
                for chunk in bytes.chunks_mut(8) {
                    let word = splitmix(state.fetch_add(1, Ordering::SeqCst) as u64).to_le_bytes();
                    chunk.copy_from_slice(&word[..chunk.len()]);
                }
            }
        }
        Ok(bytes)
    }

    /// A new identifier, ordered by time (RFC 9562, version 7).
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn id(&self, clock: &Clock) -> anyhow::Result<Uuid> {
        let millis = (clock.micros() / 1000).max(0) as u64;
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()?).into_uuid())
    }
}

/// Steele, Lea and Flood's SplitMix64: a good enough spread of a counter.
fn splitmix(counter: u64) -> u64 {
    let mut z = counter.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
