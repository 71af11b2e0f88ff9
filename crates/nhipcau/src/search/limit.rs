//! How often one network may search. Asking the same again costs nothing.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// Distinct searches that a network may make at once, and how long one takes to come back, in microseconds.
const BURST: f64 = 120.0;
const ONE_BACK: f64 = 100_000.0;
/// Networks that are remembered; the calm ones are forgotten.
const MOST: usize = 20_000;
/// So many of its last searches are the same search again.
const LAST: usize = 8;

/// What networks have asked of late.
#[derive(Default)]
pub struct Limit(Mutex<HashMap<IpAddr, Bucket>>);

#[derive(Clone, Copy)]
struct Bucket {
    used: f64,
    at: i64,
    last: [u64; LAST],
}

impl Limit {
    /// True if a search may be made now, at `now` in microseconds; then it is counted.
    pub fn lets(&self, from: Option<IpAddr>, asked: &str, now: i64) -> bool {
        let Some(from) = from.map(network_of) else { return true };
        let mut hasher = DefaultHasher::new();
        asked.hash(&mut hasher);
        let asked = hasher.finish();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, bucket| now - bucket.at < (BURST * ONE_BACK) as i64);
            if all.len() >= MOST {
                all.clear();
            }
        }
        let bucket = all.entry(from).or_insert(Bucket { used: 0.0, at: now, last: [0; LAST] });
        if bucket.last.contains(&asked) {
            return true;
        }
        bucket.used = (bucket.used - (now - bucket.at).max(0) as f64 / ONE_BACK).max(0.0);
        bucket.at = now;
        if bucket.used + 1.0 > BURST {
            return false;
        }
        bucket.used += 1.0;
        bucket.last.rotate_right(1);
        bucket.last[0] = asked;
        true
    }
}

/// A network is a /24 of IPv4, a /48 of IPv6.
pub(crate) fn network_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            Ipv4Addr::new(a, b, c, 0).into()
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_asks_too_much_waits_and_others_do_not() {
        let limit = Limit::default();
        let (one, neighbour, other) =
            ("10.0.0.1".parse().ok(), "10.0.0.2".parse().ok(), "10.0.1.1".parse().ok());
        let let_in = (0..10_000).filter(|n| limit.lets(one, &format!("q{n}"), 1_000 + n)).count();
        assert!((120..125).contains(&let_in), "{let_in}");
        assert!(!limit.lets(neighbour, "x", 11_000) && limit.lets(other, "x", 11_000));
        assert!(limit.lets(one, "x", 1_000_000_000), "it comes back");
    }

    #[test]
    fn the_same_again_costs_nothing() {
        let limit = Limit::default();
        let one = "2001:db8::1".parse().ok();
        assert!((0..10_000).all(|_| limit.lets(one, "thủ tục", 5)));
    }
}
