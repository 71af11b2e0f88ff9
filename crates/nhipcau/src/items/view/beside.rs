//! Two texts beside each other, in words: what is gone is struck through and said to be gone, what is new underlined and said
//! to be new; no colour tells anything.

use askama::Template;

use super::{Edition, Title};
use crate::documents::amended::Beside;
use crate::items::difference::{Piece, Sides};
use crate::web::shell::Shell;
use crate::words::{ReadingWords, date, number};

/// A field of an item that differs.
pub struct FieldChange {
    /// Its name.
    pub label: &'static str,
    /// Both values as one.
    pub pieces: Vec<Piece>,
}

/// Two editions of an item: `/muc/<ref>/so-sanh`.
#[derive(Template)]
#[template(path = "items/compare.html")]
pub struct ComparePage {
    /// The frame.
    pub shell: Shell,
    /// The item's name in addresses.
    pub reference: String,
    /// What leads back.
    pub label: String,
    /// The item's title.
    pub title: Title,
    /// The language of the text.
    pub text_lang: String,
    /// The older edition.
    pub old: Edition,
    /// The newer.
    pub new: Edition,
    /// Editions that can be compared with the one before each.
    pub others: Vec<u32>,
    /// Fields that differ.
    pub fields: Vec<FieldChange>,
    /// Where the texts differ.
    pub text: Sides,
}

impl ComparePage {
    fn r(&self) -> &'static ReadingWords {
        self.shell.lang.reading()
    }

    /// `Bản 2 · Đính chính · 15:15 ngày 23/11/2026`
    fn name(&self, edition: &Edition) -> String {
        let lang = self.shell.lang;
        let number = self.shell.w().edition(edition.number.unwrap_or_default());
        let at = format!("{}, {}", date::hour(edition.at), date::date(lang, date::day(edition.at)));
        format!("{number} · {} · {at}", edition.change.label(lang))
    }

    fn short(&self, edition: &Edition) -> String {
        self.shell.w().edition(edition.number.unwrap_or_default())
    }

    fn none(&self) -> bool {
        self.fields.is_empty() && self.text.changes.is_empty()
    }

    fn same(&self) -> String {
        self.r().compare_same(number::whole(self.shell.lang, self.text.same as u64))
    }

    /// The article above a change, where it is not that of the change before.
    fn under(&self, at: &usize) -> Option<&str> {
        let under = |at: usize| self.text.changes.get(at).and_then(|change| change.under.as_deref());
        let before = at.checked_sub(1).and_then(under);
        under(*at).filter(|here| before != Some(here))
    }

    /// Pairs of editions that follow each other: where each comparison stands, and what it is called.
    fn pairs(&self) -> Vec<(String, String, bool)> {
        let pair = |new: &u32| {
            let href = self.shell.to(&format!("/muc/{}/so-sanh?cu={}&moi={new}", self.reference, new - 1));
            let current = self.new.number == Some(*new) && self.old.number == Some(new - 1);
            (href, self.r().compare_pair(new - 1, new), current)
        };
        self.others.iter().map(pair).collect()
    }
}

/// A document beside what amends it: `/muc/<ref>/so-sanh?voi=<ref>`.
#[derive(Template)]
#[template(path = "items/amended.html")]
pub struct AmendedPage {
    /// The frame.
    pub shell: Shell,
    /// The document: name in addresses, label, title.
    pub text: (String, String, Title),
    /// What amends it.
    pub by: (String, String, Title),
    /// Both beside each other.
    pub beside: Beside,
}

impl AmendedPage {
    fn r(&self) -> &'static ReadingWords {
        self.shell.lang.reading()
    }

    fn article(&self, number: &str) -> String {
        self.r().amended_article(number)
    }

    /// Where an article is read in its own text.
    fn place(&self, number: &str) -> String {
        self.shell.to(&format!("/muc/{}?dieu=dieu-{number}#dieu-{number}", self.text.0))
    }
}
