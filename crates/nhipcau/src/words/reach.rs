//! The words of readings, on the ledger and on the page of where an item is shown, in the order of their tables.

use std::fmt::Display;

use super::table::{self, words};

words! {
    own,
    own_says,
    own_none,
    own_whole(views, viewers),
    col_day,
    col_views,
    col_viewers,
    col_portal,
    col_days,
    col_links,
    few,
    network,
    network_says,
    network_none,
    network_sum,
    network_more(n),
    network_data,
    link(views, viewers),
    metric(means, metric, value, day),
    means_views,
    means_viewers,
    means_followers,
    metrics_says,
}

/// Vietnamese.
pub(super) static VI: Words = Words::read(include_str!("../../words/reach_vi.toml"));
/// English.
pub(super) static EN: Words = Words::read(include_str!("../../words/reach_en.toml"));
