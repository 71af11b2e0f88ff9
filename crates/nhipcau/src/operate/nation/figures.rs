//! Distributions of times, and how they are printed.

use std::time::Duration;

use serde::Serialize;

/// A distribution of times, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Spread {
    /// How many were measured.
    pub count: u64,
    /// Half of them took at most so long.
    pub p50: f64,
    /// Nine in ten.
    pub p90: f64,
    /// 99 in a hundred.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

impl Spread {
    /// The distribution of times that each count as often as their weight says.
    pub fn of(mut times: Vec<(Duration, u64)>) -> Spread {
        times.sort_unstable();
        let count: u64 = times.iter().map(|(_, weight)| weight).sum();
        let at = |share: f64| {
            let mut left = (count as f64 * share).ceil() as u64;
            let found = times.iter().find(|(_, weight)| {
                let here = left <= *weight;
                left = left.saturating_sub(*weight);
                here
            });
            found.or(times.last()).map_or(0.0, |(time, _)| milliseconds(*time))
        };
        Spread { count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1.0) }
    }
}

/// A time in milliseconds, to a hundredth.
pub fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "p50 {:>7.0} ms   p90 {:>7.0} ms   p99 {:>7.0} ms   max {:>7.0} ms",
            self.p50, self.p90, self.p99, self.max
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_counts_as_so_many_times() {
        let ms = Duration::from_millis;
        let spread = Spread::of(vec![(ms(30), 1), (ms(10), 98), (ms(20), 1)]);
        assert_eq!((spread.count, spread.p50, spread.p99, spread.max), (100, 10.0, 20.0, 30.0));
        assert_eq!(Spread::of(Vec::new()).max, 0.0);
    }
}
