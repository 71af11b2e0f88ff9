//! What the public pages of items say: home, list, item, editions, and what stands where an item is gone.
//!
//! The structures hold plain facts (names, days, counts, instants); the templates beside them and the sentences below
//! put them into words. Whoever fills them needs no Vietnamese. Titles and bodies are in the item's own language.
//! Paths (`href`) come without the language's prefix; the page adds it.

mod feeds;
mod history;
mod item;
mod list;
mod qr;
mod span;

pub use feeds::{FeedRow, FeedsPage};
pub use history::{Change, Edition, GonePage, GoneWhy, HistoryPage};
pub use item::{
    Around, BODY_MARK, FileLink, ItemPage, Layer, Meta, Notice, Original, Parts, Provenance, Source, TocLine,
    Verify,
};
pub use list::{Day, HomePage, ItemRow, ListPage, RowChange};
pub use qr::qr_svg;
pub use span::{Issued, Shown, Span, Stop, StopState, Stored};

use crate::words::Lang;

/// What kind of thing an item is: the filter `?loai=` and the label before its agency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An official document (văn bản).
    Document,
    /// A document that gives tasks (văn bản chỉ đạo).
    Directive,
    /// A press release (thông cáo báo chí).
    Press,
    /// News (tin, bài).
    News,
    /// A notice (thông báo).
    Notice,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds, in the order of the filter.
    pub const ALL: [Kind; 6] =
        [Kind::Directive, Kind::Document, Kind::Press, Kind::News, Kind::Notice, Kind::Other];

    /// Its value in the query `?loai=`.
    pub fn slug(self) -> &'static str {
        match self {
            Kind::Document => "van-ban",
            Kind::Directive => "chi-dao",
            Kind::Press => "thong-cao",
            Kind::News => "tin",
            Kind::Notice => "thong-bao",
            Kind::Other => "khac",
        }
    }

    /// The kind of a value of `?loai=`; `None` for any other text.
    pub fn from_slug(slug: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// Its name in the interface.
    pub fn label(self, lang: Lang) -> &'static str {
        let w = lang.words();
        match self {
            Kind::Document => w.kind_document,
            Kind::Directive => w.kind_directive,
            Kind::Press => w.kind_press,
            Kind::News => w.kind_news,
            Kind::Notice => w.kind_notice,
            Kind::Other => w.kind_other,
        }
    }
}

/// A title and the language it is in (BCP 47), which need not be the page's.
#[derive(Clone, Debug)]
pub struct Title {
    /// The title.
    pub text: String,
    /// `vi`, `en`.
    pub lang: String,
}

/// Whose items a list shows: the filter `?cua=`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// This portal's own.
    Own,
    /// Those carried from the network.
    Network,
}

impl Origin {
    /// Its value in the query `?cua=`.
    pub fn slug(self) -> &'static str {
        match self {
            Origin::Own => "cong",
            Origin::Network => "mang",
        }
    }

    /// The origin of a value of `?cua=`; `None` for any other text.
    pub fn from_slug(slug: &str) -> Option<Origin> {
        [Origin::Own, Origin::Network].into_iter().find(|origin| origin.slug() == slug)
    }
}

/// How urgent a document is (Decree 30/2020, Art. 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Urgency {
    /// Not marked.
    Ordinary,
    /// Khẩn.
    Urgent,
    /// Thượng khẩn.
    VeryUrgent,
    /// Hỏa tốc.
    Flash,
}

impl Urgency {
    /// Its name, or nothing when the document is not marked.
    pub fn label(self, lang: Lang) -> Option<&'static str> {
        let w = lang.words();
        match self {
            Urgency::Ordinary => None,
            Urgency::Urgent => Some(w.urgent),
            Urgency::VeryUrgent => Some(w.urgent_very),
            Urgency::Flash => Some(w.urgent_flash),
        }
    }
}

#[cfg(test)]
mod tests;
