//! How often a door may be tried: per network address in memory, per account in the database.
//!
//! Nobody is locked out. After five failures an account waits, each time longer and never over a quarter of an hour;
//! a one-time link from the administrator opens it at once.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use super::session::JUMP;

/// Failures of one network address that cost nothing, and how long one is remembered, in microseconds.
const FREE: f64 = 30.0;
const ONE_BACK: f64 = 20e6;
/// How many addresses are remembered; the calmest are forgotten first.
const MOST: usize = 20_000;
/// Failures of one account that cost nothing.
const FREE_ACCOUNT: i64 = 5;
/// The first wait and the longest, in microseconds.
const FIRST_WAIT: i64 = 15_000_000;
const LONGEST_WAIT: i64 = 15 * 60_000_000;

/// What network addresses have tried of late.
#[derive(Default)]
pub struct Tries(Mutex<HashMap<IpAddr, Bucket>>);

#[derive(Clone, Copy)]
struct Bucket {
    failures: f64,
    at: i64,
}

impl Bucket {
    fn now(self, now: i64) -> f64 {
        // What was counted before the clock was set back counts no more: it would for as long as the clock was wrong.
        if self.at - now > JUMP {
            return 0.0;
        }
        (self.failures - (now - self.at).max(0) as f64 / ONE_BACK).max(0.0)
    }
}

impl Tries {
    /// How many seconds this address has to wait; 0 if it may try.
    pub fn wait(&self, from: IpAddr, now: i64) -> u64 {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = tries.get(&network_of(from)).map_or(0.0, |bucket| bucket.now(now));
        if failures < FREE { 0 } else { ((failures - FREE + 1.0) * ONE_BACK / 1e6).ceil() as u64 }
    }

    /// Counts a failure.
    pub fn failed(&self, from: IpAddr, now: i64) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= MOST {
            tries.retain(|_, bucket| bucket.now(now) >= 1.0);
            if tries.len() >= MOST {
                tries.clear();
            }
        }
        let bucket = tries.entry(network_of(from)).or_insert(Bucket { failures: 0.0, at: now });
        *bucket = Bucket { failures: bucket.now(now) + 1.0, at: now };
    }
}

/// One household has many IPv6 addresses: its /64 counts.
fn network_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => {
            let mut segments = v6.segments();
            segments[4..].fill(0);
            IpAddr::from(segments)
        }
        v4 => v4,
    }
}

/// For how long an account may not be tried yet, in microseconds. A wait that is longer than any was set by another clock.
pub fn left(free_at: i64, now: i64) -> i64 {
    let left = (free_at - now).max(0);
    if left > LONGEST_WAIT { 0 } else { left }
}

/// From when on an account may be tried again after its `failed`th failure, in microseconds.
pub fn free_at(failed: i64, now: i64) -> i64 {
    let over = failed - FREE_ACCOUNT;
    if over < 0 {
        return 0;
    }
    let wait = FIRST_WAIT.saturating_mul(1 << over.min(10));
    now + wait.min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_that_fails_too_often_waits_and_is_let_in_again() {
        let tries = Tries::default();
        let (bad, good): (IpAddr, IpAddr) =
            ("2001:db8::1".parse().unwrap(), "2001:db8:0:1::1".parse().unwrap());
        for _ in 0..30 {
            assert_eq!(tries.wait(bad, 0), 0);
            tries.failed(bad, 0);
        }
        let neighbour = "2001:db8::2".parse().unwrap();
        assert_eq!((tries.wait(bad, 0), tries.wait(neighbour, 0), tries.wait(good, 0)), (20, 20, 0));
        assert_eq!(tries.wait(bad, 20_000_001), 0);
    }

    #[test]
    fn an_account_waits_longer_each_time_and_never_for_ever() {
        assert_eq!(free_at(4, 100), 0);
        assert_eq!(free_at(5, 0), 15_000_000);
        assert_eq!(free_at(6, 0), 30_000_000);
        assert_eq!(free_at(i64::MAX, 0), 900_000_000);
        assert_eq!((left(900_000_000, 0), left(5, 7), left(7, 5)), (900_000_000, 0, 2));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        const DAY: i64 = 86_400_000_000;
        assert_eq!(left(free_at(9, DAY), 0), 0);
        let (tries, from) = (Tries::default(), "192.0.2.7".parse().unwrap());
        for _ in 0..40 {
            tries.failed(from, DAY);
        }
        assert!(tries.wait(from, DAY) > 0);
        assert_eq!(tries.wait(from, 0), 0);
    }
}
