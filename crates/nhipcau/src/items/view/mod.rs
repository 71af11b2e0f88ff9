//! What the public pages of items say: home, list, item, editions, and what stands where an item is gone.
//!
//! The structures hold plain facts (names, days, counts, instants); the templates beside them and the sentences below
//! put them into words. Whoever fills them needs no Vietnamese. Titles and bodies are in the item's own language.
//! Paths (`href`) come without the language's prefix; the page adds it.

mod beside;
mod clip;
mod facts;
mod feeds;
mod history;
mod item;
mod list;
mod notice;
mod picture;
mod provenance;
mod qr;
mod saved;
mod six;
mod span;
mod tongue;

pub use beside::{AmendedPage, ComparePage, FieldChange};
pub use clip::{Clip, Version};
pub use facts::ValueView;
pub use feeds::{FeedRow, FeedsPage};
pub use history::{Change, Edition, GonePage, GoneWhy, HistoryPage};
pub use item::{
    Around, BODY_MARK, FileLink, ItemPage, Layer, Meta, Original, Parts, Source, TocLine, Verify,
};
pub use list::{Day, HomePage, ItemRow, ListPage, RowChange};
pub use notice::Notice;
pub use picture::Picture;
pub use provenance::Provenance;
pub use qr::qr_svg;
pub use saved::{Saved, SavedPicture};
pub use span::{Issued, Shown, Span, Stop, StopState, Stored};
pub use tongue::{Tongues, href as in_language};

use crate::items::kinds;
use crate::words::Lang;

/// What kind of thing an item is: the filter `?loai=` and the label before its agency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A kind that this version knows.
    Known(&'static kinds::Kind),
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds, in the order of the filter.
    pub fn all() -> impl Iterator<Item = Kind> {
        kinds::all().iter().map(Kind::Known).chain([Kind::Other])
    }

    /// The kind of a stored word.
    pub fn of(word: &str) -> Kind {
        kinds::of(word).map_or(Kind::Other, Kind::Known)
    }

    /// The word as it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Known(kind) => &kind.id,
            Kind::Other => "other",
        }
    }

    /// Its value in the query `?loai=`.
    pub fn slug(self) -> &'static str {
        match self {
            Kind::Known(kind) => &kind.slug,
            Kind::Other => "khac",
        }
    }

    /// The kind of a value of `?loai=`; `None` for any other text.
    pub fn from_slug(slug: &str) -> Option<Kind> {
        Kind::all().find(|kind| kind.slug() == slug)
    }

    /// Its name in the interface.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Kind::Known(kind) => kind.name.of(lang),
            Kind::Other => lang.words().kind_other,
        }
    }

    /// Whether it is a document that an authority issued.
    pub fn is_official(self) -> bool {
        matches!(self, Kind::Known(kind) if kind.official)
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
