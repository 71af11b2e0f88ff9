//! What each service takes: dated facts of `data/channels/limits.csv`, counted as the service counts.

mod count;
mod draft;
mod faults;

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::kind::{Kind, Words};
use crate::table;

pub use count::{Encoding, count, septets, sms};
pub use draft::draft;
pub use faults::{Fault, faults, stays};

/// In what a limit is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Letters and signs: Unicode scalar values of the text as it is sent, in NFC.
    Characters,
    /// Units of UTF-16: two for an emoji.
    Utf16,
    /// Bytes of UTF-8, or of a file.
    Bytes,
    /// Septets of the 7-bit default alphabet (3GPP TS 23.038): two for `€ [ ] { } \ ~ ^ |`.
    Septets,
    /// Seconds.
    Seconds,
    /// Pieces.
    Count,
}

impl Unit {
    /// Its name behind a number.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Unit::Characters => Words::new("ký tự", "characters"),
            Unit::Utf16 => Words::new("ký tự (biểu tượng tính là 2)", "characters (an emoji counts as 2)"),
            Unit::Bytes => Words::new("byte", "bytes"),
            Unit::Septets => Words::new("ký tự SMS không dấu", "SMS characters without diacritics"),
            Unit::Seconds => Words::new("giây", "seconds"),
            Unit::Count => Words::new("tệp", "files"),
        }
    }
}

/// A limit of a service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The service.
    pub service: Kind,
    /// Of what: `title`, `text`, `caption` (the text beside media), `text_gsm7`, `text_ucs2`, `pictures`, `clips`, `picture_bytes`, `clip_bytes`,
    /// `poster_bytes`, `captions_bytes`, `clip_seconds`, `reel_seconds`.
    pub field: String,
    /// As little as is taken.
    pub least: u64,
    /// As much as is taken.
    pub most: u64,
    /// In what it is counted.
    pub unit: Unit,
    /// The first day on which it holds.
    pub since: Date,
    /// The last day.
    pub until: Option<Date>,
    /// Who says so.
    pub source: String,
}

static LIMITS: LazyLock<Vec<Limit>> =
    LazyLock::new(|| table::rows(include_str!("../../../../data/channels/limits.csv")).unwrap_or_default());

/// The limits of a service on a day.
pub fn limits(kind: Kind, day: Date) -> impl Iterator<Item = &'static Limit> {
    LIMITS.iter().filter(move |limit| limit.service == kind && table::holds(limit.since, limit.until, day))
}

/// One of them; where several hold, the youngest.
#[must_use]
pub fn limit(kind: Kind, field: &str, day: Date) -> Option<&'static Limit> {
    limits(kind, day).filter(|limit| limit.field == field).max_by_key(|limit| limit.since)
}

/// The limit on the text of a form as it is sent: beside media that of a caption, at SMS by the letters that it needs.
#[must_use]
pub fn text_limit(kind: Kind, text: &str, with_media: bool, day: Date) -> Option<&'static Limit> {
    if kind == Kind::Sms {
        let field = if septets(text).is_some() { "text_gsm7" } else { "text_ucs2" };
        return limit(kind, field, day);
    }
    let caption = limit(kind, "caption", day).filter(|_| with_media);
    caption.or_else(|| limit(kind, "text", day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_says_something() {
        let rows: Vec<Limit> = table::rows(include_str!("../../../../data/channels/limits.csv")).unwrap();
        assert!(rows.len() > 25 && rows.iter().all(|row| row.least <= row.most && !row.source.is_empty()));
        assert_eq!(rows.len(), LIMITS.len());
        let day = jiff::civil::date(2026, 11, 26);
        for (kind, field, most) in [
            (Kind::Zalo, "title", 150),
            (Kind::Zalo, "text", 300),
            (Kind::Viber, "caption", 768),
            (Kind::Telegram, "text", 4096),
            (Kind::Telegram, "caption", 1024),
            (Kind::YouTube, "title", 100),
            (Kind::YouTube, "text", 5000),
            (Kind::Sms, "text_gsm7", 160),
            (Kind::Sms, "text_ucs2", 70),
            (Kind::Facebook, "reel_seconds", 90),
        ] {
            assert_eq!(limit(kind, field, day).unwrap().most, most, "{kind} {field}");
        }
        assert_eq!(limit(Kind::Facebook, "reel_seconds", jiff::civil::date(2020, 1, 1)), None);
    }
}
