//! Where an item was taken from, and what was read there of what its own agency has not signed.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::check::{Check, Limit};
use crate::json::Writer;
use crate::names::{ContentHash, Domain};

/// Where an item was taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name, at most 300.
    pub name: String,
    /// Its address.
    pub url: Option<String>,
    /// Set where a portal carries what another site shows (`item.carried`); then there is an address.
    pub taken: Option<Taken>,
}

/// What was read at the site of an agency that has not signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// When, to the millisecond.
    pub at: Timestamp,
    /// The hash of what was read there, as it came.
    pub sha256: ContentHash,
}

impl Source {
    /// The host of its address in small letters, if that is a name.
    #[must_use]
    pub fn site(&self) -> Option<Domain> {
        let (_, rest) = self.url.as_deref()?.split_once("://")?;
        // To whoever follows the address `\` is `/`: what stands behind it is no host.
        let authority = rest.split(['/', '\\', '?', '#']).next()?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        host.split(':').next()?.to_ascii_lowercase().parse().ok()
    }
}

/// A source as JSON.
pub(super) fn write(source: &Source) -> String {
    let mut json = Writer::new();
    json.text("name", &source.name).text_if("url", source.url.as_ref());
    if let Some(taken) = &source.taken {
        let mut read = Writer::new();
        read.text("at", format!("{:.3}", taken.at)).text("sha256", taken.sha256);
        json.raw("taken", &read.end());
    }
    json.end()
}

/// Reads where an item was taken from.
pub(super) fn read(map: &Map<String, Value>, check: &mut Check) -> Source {
    let source = Source {
        name: check.text(map, "name", Limit::line(300)),
        url: check.text_if(map, "url", Limit::line(2_000)),
        taken: check
            .object_if(map, "taken")
            .map(|taken| check.within("taken", |check| read_taken(taken, check))),
    };
    if let Some(url) = &source.url {
        check.address_fits("url", url);
    }
    if source.taken.is_some() && source.site().is_none() {
        check.fault(
            "url",
            "Nội dung đăng lại phải ghi địa chỉ trang đã lấy, có tên miền.",
            "What is carried must say the address from which it was taken, with a domain name.",
        );
    }
    source
}

fn read_taken(map: &Map<String, Value>, check: &mut Check) -> Taken {
    Taken {
        at: check.parsed(
            map,
            "at",
            "Phải là thời điểm theo giờ UTC, ví dụ 2026-11-23T08:15:02.123Z.",
            Timestamp::UNIX_EPOCH,
        ),
        sha256: check.parsed(
            map,
            "sha256",
            "Phải là SHA-256 gồm 64 chữ số thập lục phân viết thường.",
            ContentHash([0; 32]),
        ),
    }
}
