//! The editions of an item, and what stands at its address when it is gone.

use askama::Template;
use jiff::Timestamp;

use super::Title;
use crate::web::shell::Shell;
use crate::words::{Lang, date, number};

/// What an entry did to its item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Issued.
    New,
    /// Updated.
    Update,
    /// Corrected.
    Correct,
    /// Replaced.
    Replace,
    /// Withdrawn, readable under a notice.
    Withdrawn,
    /// Withdrawn, no longer readable.
    Gone,
    /// Erased.
    Erased,
}

impl Change {
    /// The change of an edition's stored word.
    pub fn of(word: &str) -> Change {
        match word {
            "correct" => Change::Correct,
            "update" => Change::Update,
            "replace" => Change::Replace,
            _ => Change::New,
        }
    }

    /// Its name.
    pub fn label(self, lang: Lang) -> &'static str {
        let w = lang.words();
        match self {
            Change::New => w.change_new,
            Change::Update => w.change_update,
            Change::Correct => w.change_correct,
            Change::Replace => w.change_replace,
            Change::Withdrawn => w.change_withdrawn,
            Change::Gone => w.change_gone,
            Change::Erased => w.change_erased,
        }
    }
}

/// One step in an item's life: an entry of a log.
#[derive(Clone, Debug)]
pub struct Edition {
    /// The edition's number; `None` for a withdrawal or an erasure.
    pub number: Option<u32>,
    /// What the entry did.
    pub change: Change,
    /// The time that the entry states.
    pub at: Timestamp,
    /// The entry's number in its log.
    pub entry: u64,
    /// The log, when it is not the item's own (an order of a higher agency): `chinhphu.vn/log`.
    pub log: Option<String>,
    /// The issuer's words about it.
    pub note: Option<String>,
    /// Where that edition can still be read, if it can.
    pub href: Option<String>,
}

/// All editions of an item, newest first: `/muc/<ref>/lich-su`.
#[derive(Template)]
#[template(path = "items/history.html")]
pub struct HistoryPage {
    /// The frame.
    pub shell: Shell,
    /// The item's name in addresses.
    pub reference: String,
    /// The item's title; `None` once it is erased.
    pub title: Option<Title>,
    /// What leads back: `Nghị định 154/2026/NĐ-CP`.
    pub label: String,
    /// The item's log: `chinhphu.vn/log`.
    pub log: String,
    /// The steps, newest first.
    pub editions: Vec<Edition>,
}

impl HistoryPage {
    fn moment(&self, edition: &Edition) -> String {
        let lang = self.shell.lang;
        format!("{}, {}", date::hour_to_second(edition.at), date::date(lang, date::day(edition.at)))
    }

    fn entry(&self, edition: &Edition) -> String {
        let (w, n) = (self.shell.w(), number::whole(self.shell.lang, edition.entry));
        match &edition.log {
            Some(log) => w.entry_of(n, log),
            None => w.entry(n),
        }
    }

    /// Where an edition stands beside the one before it.
    fn beside(&self, edition: &Edition) -> Option<String> {
        let new = edition.number.filter(|number| *number > 1 && self.title.is_some())?;
        Some(self.shell.to(&format!("/muc/{}/so-sanh?cu={}&moi={new}", self.reference, new - 1)))
    }

    fn number(&self, edition: &Edition) -> String {
        edition.number.map(|n| self.shell.w().edition(n)).unwrap_or_default()
    }
}

/// Why nothing stands at an item's address any more.
#[derive(Clone, Debug)]
pub enum GoneWhy {
    /// Withdrawn without leaving the text readable.
    Withdrawn {
        /// When.
        at: Timestamp,
        /// Why, in the issuer's words.
        reason: Option<String>,
    },
    /// Erased, by a named legal basis.
    Erased {
        /// When.
        at: Timestamp,
        /// The basis: `khoản 2 Điều 16 Luật Bảo vệ dữ liệu cá nhân`; `None` while the note that names it is on its way.
        basis: Option<String>,
    },
}

/// What stands at the address of an item that is gone (served with 410).
#[derive(Template)]
#[template(path = "items/gone.html")]
pub struct GonePage {
    /// The frame.
    pub shell: Shell,
    /// The item's name in addresses.
    pub reference: String,
    /// Its title, where it may still be said; never after an erasure.
    pub title: Option<Title>,
    /// Who published it.
    pub agency: String,
    /// Why it is gone.
    pub why: GoneWhy,
    /// The number of the entry that removed it.
    pub entry: u64,
}

impl GonePage {
    fn heading(&self) -> &'static str {
        match self.why {
            GoneWhy::Withdrawn { .. } => self.shell.w().gone_title,
            GoneWhy::Erased { .. } => self.shell.w().erased_title,
        }
    }

    fn sentence(&self) -> String {
        let (w, lang, now) = (self.shell.w(), self.shell.lang, self.shell.now);
        let entry = number::whole(lang, self.entry);
        match &self.why {
            GoneWhy::Withdrawn { at, .. } => {
                w.gone_sentence(&self.agency, date::in_sentence(lang, *at, now), entry)
            }
            GoneWhy::Erased { at, basis } => {
                let at = date::in_sentence(lang, *at, now);
                match basis {
                    Some(basis) => w.erased_sentence(at, basis, entry),
                    None => w.erased_sentence_bare(at, entry),
                }
            }
        }
    }

    fn reason(&self) -> Option<&str> {
        match &self.why {
            GoneWhy::Withdrawn { reason, .. } => reason.as_deref(),
            GoneWhy::Erased { .. } => None,
        }
    }

    fn erased(&self) -> bool {
        matches!(self.why, GoneWhy::Erased { .. })
    }

    fn kept_title(&self) -> Option<&Title> {
        self.title.as_ref().filter(|_| !self.erased())
    }
}
