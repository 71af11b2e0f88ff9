//! What becomes of a letter that has come, and how many are taken from whom.

use std::collections::HashMap;

use crate::moment::Moment;
use crate::names::{ContentHash, Origin};

/// What becomes of a letter that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is new: make it durable together with what it does, and only then answer with the receipt.
    Keep,
    /// It is held already: answer with the same receipt, and do nothing else.
    Again,
    /// Another letter of this sender has this name: refuse it and alarm people. One of both is forged, or the
    /// sender's node was put back to an earlier day and gives names anew.
    Contradicts,
}

/// Decides from what is held under this sender's name for the letter, if anything.
#[must_use]
pub fn decide(held: Option<ContentHash>, letter: ContentHash) -> Decision {
    match held {
        None => Decision::Keep,
        Some(held) if held == letter => Decision::Again,
        Some(_) => Decision::Contradicts,
    }
}

/// How much one sender may bring.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Letters at once, and as many again in [`Limits::refill`].
    pub letters: u64,
    /// Bytes at once, and as many again in [`Limits::refill`].
    pub bytes: u64,
    /// Milliseconds until what was used up is there again.
    pub refill: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { letters: 300, bytes: 128 << 20, refill: 60_000 }
    }
}

/// Counts what each sender brings. Only for senders that are known: it holds one line for each.
#[derive(Debug, Default)]
pub struct Gate {
    limits: Limits,
    senders: HashMap<Origin, Used>,
}

#[derive(Clone, Copy, Debug)]
struct Used {
    at: Moment,
    letters: u64,
    bytes: u64,
}

impl Gate {
    /// A gate with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Gate {
        Gate { limits, senders: HashMap::new() }
    }

    /// Lets a letter of this size in.
    ///
    /// # Errors
    /// In how many milliseconds it may come again.
    pub fn admit(&mut self, from: &Origin, size: u64, now: Moment) -> Result<(), u64> {
        let Limits { letters, bytes, refill } = self.limits;
        let used = self.senders.entry(from.clone()).or_insert(Used { at: now, letters: 0, bytes: 0 });
        let passed = now.0.saturating_sub(used.at.0);
        let back =
            |most: u64| u64::try_from(u128::from(most) * u128::from(passed) / u128::from(refill.max(1)));
        let (letters_back, bytes_back) = (back(letters).unwrap_or(letters), back(bytes).unwrap_or(bytes));
        // Only whole letters come back, so the clock moves on when one does; a slow drip is not lost.
        if letters_back > 0 || passed >= refill {
            used.letters = used.letters.saturating_sub(letters_back);
            used.bytes = used.bytes.saturating_sub(bytes_back);
            used.at = now;
        }
        // Whatever was never asked for fits once: a single letter is never too large for an empty gate.
        let full = used.letters >= letters || (used.bytes > 0 && used.bytes.saturating_add(size) > bytes);
        if full {
            return Err(refill / letters.max(1) + 1);
        }
        used.letters += 1;
        used.bytes = used.bytes.saturating_add(size);
        Ok(())
    }
}
