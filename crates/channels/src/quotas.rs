//! How often a service lets something be done: dated facts of `data/channels/quotas.csv`, and whether there is room now.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::delivery::{Delivery, Step};
use crate::kind::Kind;
use crate::table;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spend {
    /// Posts of any form.
    Posts,
    /// Reels (Facebook).
    Reels,
    /// Articles told to followers (Zalo).
    Broadcasts,
    /// Begun uploads (YouTube).
    Uploads,
}

/// In which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Per {
    /// Any 60 seconds.
    #[serde(rename = "minute")]
    Minute,
    /// Any 24 hours.
    #[serde(rename = "24h")]
    Rolling,
    /// A day of the calendar in the quota's zone.
    #[serde(rename = "day")]
    Day,
    /// A month of the calendar in the quota's zone.
    #[serde(rename = "month")]
    Month,
}

/// How often something may be done. An account may have one of its own, by its contract with the service: Zalo's broadcasts depend on the package
/// that was bought, so none ships.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// The service.
    pub service: Kind,
    /// What is counted.
    pub what: Spend,
    /// In which time.
    pub per: Per,
    /// How often.
    pub most: u64,
    /// The time zone in which a day or a month begins; Vietnam's if none is named.
    pub zone: Option<String>,
    /// The first day on which it holds.
    pub since: Date,
    /// The last day.
    pub until: Option<Date>,
    /// Who says so.
    pub source: String,
}

static QUOTAS: LazyLock<Vec<Quota>> =
    LazyLock::new(|| table::rows(include_str!("../../../data/channels/quotas.csv")).unwrap_or_default());

/// The quotas of a service on a day.
pub fn quotas(kind: Kind, day: Date) -> impl Iterator<Item = &'static Quota> {
    QUOTAS.iter().filter(move |quota| quota.service == kind && table::holds(quota.since, quota.until, day))
}

impl Quota {
    /// When the time began of which what was done counts now.
    #[must_use]
    pub fn counts_from(&self, now: Timestamp) -> Timestamp {
        let back = |seconds| now.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MIN);
        let local = now.to_zoned_datetime(self.zone());
        let begin = match self.per {
            Per::Minute => return back(60),
            Per::Rolling => return back(24 * 3_600),
            Per::Day => local.date(),
            Per::Month => local.date().first_of_month(),
        };
        begin.to_zoned_datetime(self.zone()).map_or(now, |begin| begin.timestamp())
    }

    /// How often it may still be done now, by when it was done.
    #[must_use]
    pub fn left(&self, done: &[Timestamp], now: Timestamp) -> u64 {
        let from = self.counts_from(now);
        self.most.saturating_sub(done.iter().filter(|at| **at > from && **at <= now).count() as u64)
    }

    /// When there is room again; none if there is room now.
    #[must_use]
    pub fn room_at(&self, done: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
        if self.left(done, now) > 0 {
            return None;
        }
        let next = |span| {
            let begin = self.counts_from(now).to_zoned_datetime(self.zone()).checked_add(span);
            begin.map_or(Timestamp::MAX, |begin| begin.timestamp())
        };
        let rolling = |seconds| {
            let mut counted: Vec<Timestamp> =
                done.iter().copied().filter(|at| *at > self.counts_from(now)).collect();
            counted.sort_unstable();
            // Room for one comes when of the newest `most` the oldest counts no more.
            let at = counted.len().saturating_sub(usize::try_from(self.most).unwrap_or(usize::MAX));
            let oldest = counted.get(at).copied().unwrap_or(now);
            oldest.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
        };
        Some(match self.per {
            Per::Minute => rolling(60),
            Per::Rolling => rolling(24 * 3_600),
            Per::Day => next(1.day()),
            Per::Month => next(1.month()),
        })
    }

    fn zone(&self) -> TimeZone {
        let name = self.zone.as_deref().filter(|name| !name.is_empty()).unwrap_or("Asia/Ho_Chi_Minh");
        TimeZone::get(name).unwrap_or(TimeZone::UTC)
    }
}

impl Delivery {
    /// What of the quotas a step spends. It is counted when the call is made, whatever comes of it.
    #[must_use]
    pub fn spends(&self, step: Step) -> Vec<Spend> {
        match (self.kind(), step) {
            (Kind::YouTube, Step::Open(_)) => vec![Spend::Uploads],
            (Kind::Zalo, Step::Announce) => vec![Spend::Broadcasts],
            (Kind::Facebook, Step::Publish) if self.form().reel => vec![Spend::Posts, Spend::Reels],
            (_, Step::Publish) => vec![Spend::Posts],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn every_row_is_read() {
        let rows: Vec<Quota> = table::rows(include_str!("../../../data/channels/quotas.csv")).unwrap();
        assert!(rows.len() == QUOTAS.len() && rows.iter().all(|row| row.most > 0 && !row.source.is_empty()));
    }

    #[test]
    fn a_day_of_youtube_begins_at_midnight_in_california() {
        let quota = quotas(Kind::YouTube, jiff::civil::date(2026, 11, 26)).next().unwrap();
        let now = at("2026-11-27T03:00:00Z");
        assert_eq!(quota.counts_from(now), at("2026-11-26T08:00:00Z"));
        let done = vec![at("2026-11-26T09:00:00Z"); 100];
        assert_eq!(quota.room_at(&done, now), Some(at("2026-11-27T08:00:00Z")));
        assert_eq!(quota.left(&done, at("2026-11-27T08:30:00Z")), 100);
    }

    #[test]
    fn reels_count_for_24_hours() {
        let quota = quotas(Kind::Facebook, jiff::civil::date(2026, 11, 26)).next().unwrap();
        let done: Vec<Timestamp> =
            (0..30).map(|minute| at("2026-11-26T00:00:00Z") + SignedDuration::from_mins(minute)).collect();
        let now = at("2026-11-26T12:00:00Z");
        assert_eq!(quota.room_at(&done, now), Some(at("2026-11-27T00:00:00Z")));
        assert_eq!(quota.room_at(&done[..29], now), None);
    }
}
