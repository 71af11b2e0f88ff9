//! What services count of our posts, by names that change: dated facts of `data/channels/metrics.csv`.

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::kind::Kind;
use crate::table;

/// Of what a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Of {
    /// Of the page or channel.
    Page,
    /// Of one post.
    Post,
}

/// What a metric counts. Unlike ones are never added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Means {
    /// How often it was seen.
    Views,
    /// How many have seen it.
    Viewers,
    /// How many follow.
    Followers,
}

/// A name of a metric, and when it is one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// The service.
    pub service: Kind,
    /// The name by which the service is asked.
    pub metric: String,
    /// Of what it is.
    pub of: Of,
    /// What it counts.
    pub means: Means,
    /// The first day on which the service knows it.
    pub since: Date,
    /// The last day.
    pub until: Option<Date>,
    /// Who says so.
    pub source: String,
}

static METRICS: LazyLock<Vec<Metric>> =
    LazyLock::new(|| table::rows(include_str!("../../../data/channels/metrics.csv")).unwrap_or_default());

/// The metrics of a service on a day.
pub fn metrics(kind: Kind, of: Of, day: Date) -> impl Iterator<Item = &'static Metric> {
    METRICS.iter().filter(move |metric| {
        metric.service == kind && metric.of == of && table::holds(metric.since, metric.until, day)
    })
}

/// The metric of a service by its name, whenever it was one.
#[must_use]
pub fn named(kind: Kind, name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.service == kind && metric.metric == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_when_the_service_ends_them() {
        let rows: Vec<Metric> = table::rows(include_str!("../../../data/channels/metrics.csv")).unwrap();
        assert_eq!(rows.len(), METRICS.len());
        let names = |of, day| -> Vec<&str> {
            metrics(Kind::Facebook, of, day).map(|row| row.metric.as_str()).collect()
        };
        let today = jiff::civil::date(2026, 11, 26);
        assert_eq!(
            names(Of::Page, today),
            ["page_media_view", "page_total_media_view_unique", "page_follows"]
        );
        assert_eq!(names(Of::Post, today), ["post_media_view", "post_total_media_view_unique"]);
        assert!(names(Of::Post, jiff::civil::date(2026, 6, 14)).contains(&"post_impressions_unique"));
    }
}
