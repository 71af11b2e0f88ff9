//! The home page and the lists: entries newest first, each with who, what, when, and what happened last.

use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use vietnam::documents::Status;

use super::{Kind, Origin, Title, Urgency};
use crate::documents::view::status;
use crate::web::shell::Shell;
use crate::words::{Lang, date, number};

/// Kinds that every list offers at once; the others unfold, or a phone would show nothing else.
const FIRST_KINDS: usize = 6;

/// What happened last to an item that a list shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowChange {
    /// Nothing since it was issued.
    None,
    /// Corrected at.
    Corrected(Timestamp),
    /// Updated at.
    Updated(Timestamp),
    /// Replaced by another text under the same name at.
    Replaced(Timestamp),
    /// Withdrawn at; the row stays so that nobody looks for it in vain.
    Withdrawn(Timestamp),
}

/// One entry of a list.
#[derive(Clone, Debug)]
pub struct ItemRow {
    /// `/muc/<ref>`.
    pub href: String,
    /// The item's title.
    pub title: Title,
    /// What kind of thing it is.
    pub kind: Kind,
    /// A document's form: `Nghị định`.
    pub form: Option<String>,
    /// A document's number: `154/2026/NĐ-CP`.
    pub number: Option<String>,
    /// The agency that issued it.
    pub agency: String,
    /// The day it was issued on, for a document.
    pub issued: Option<Date>,
    /// When its latest edition entered the issuer's log.
    pub at: Timestamp,
    /// How urgent it is.
    pub urgency: Urgency,
    /// Its legal status on the day shown, where it is known.
    pub legal: Option<Status>,
    /// What happened last.
    pub change: RowChange,
    /// Whether it is a sample of the demonstration.
    pub sample: bool,
}

impl ItemRow {
    /// The line under the title: agency, form, number and day, what happened, legal status.
    pub fn line(&self, shell: &Shell) -> String {
        let w = shell.w();
        let mut parts = vec![self.agency.clone()];
        let what = match (&self.form, &self.number) {
            (Some(form), Some(number)) => format!("{form} {number}"),
            (Some(form), None) => form.clone(),
            (None, Some(number)) => number.clone(),
            (None, None) => self.kind.label(shell.lang).to_lowercase(),
        };
        let what = match self.issued.filter(|_| self.number.is_some()) {
            Some(day) => w.row_of_day(what, date::date(shell.lang, day)),
            None => what,
        };
        // Most samples say so in their titles.
        let marked = self.title.text.starts_with(w.sample_mark);
        parts.push(if self.sample && !marked { w.sample(what) } else { what });
        let at = |instant| date::in_sentence(shell.lang, instant, shell.now);
        match self.change {
            RowChange::None => {}
            RowChange::Corrected(instant) => parts.push(w.row_corrected(at(instant))),
            RowChange::Updated(instant) => parts.push(w.row_updated(at(instant))),
            RowChange::Replaced(instant) => parts.push(w.row_replaced(at(instant))),
            RowChange::Withdrawn(instant) => parts.push(w.row_withdrawn(at(instant))),
        }
        if let Some(legal) = self.legal {
            parts.push(status(shell.lang, legal).to_owned());
        }
        parts.join("\u{a0}· ")
    }

    /// When, as short as it stays clear.
    pub fn when(&self, shell: &Shell) -> String {
        date::short(shell.lang, self.at, shell.now)
    }

    /// The hour alone, for lists that are grouped by day.
    pub fn hour(&self) -> String {
        date::hour(self.at)
    }

    /// When, for machines.
    pub fn machine_time(&self) -> String {
        date::machine(self.at)
    }

    /// The mark of urgency, if any.
    pub fn urgent(&self, lang: Lang) -> Option<&'static str> {
        self.urgency.label(lang)
    }
}

/// The home page.
#[derive(Template)]
#[template(path = "items/home.html")]
pub struct HomePage {
    /// The frame.
    pub shell: Shell,
    /// The latest items of the Government and the ministries (on their own portals: all but their own).
    pub directions: Vec<ItemRow>,
    /// On a commune's portal its province and the latest items of it.
    pub above: Option<(String, Vec<ItemRow>)>,
    /// The latest items of this portal itself.
    pub own: Vec<ItemRow>,
    /// The first occasions on which people need a procedure: addresses and names.
    pub services: Vec<(String, String)>,
    /// What is special about today, if anything: `ngày nghỉ lễ`.
    pub day_note: Option<String>,
    /// How many portals the network has.
    pub portals: u32,
    /// How many alarms are open at this node.
    pub alarms: u32,
}

impl HomePage {
    /// Today with its name, and what is special about it.
    pub fn today(&self) -> String {
        let day = date::long_date(self.shell.lang, date::day(self.shell.now));
        match &self.day_note {
            Some(note) => format!("{day} · {note}"),
            None => day,
        }
    }

    /// The network's state in one sentence.
    pub fn network_sentence(&self) -> String {
        let (w, lang) = (self.shell.w(), self.shell.lang);
        let n = |n: u32| number::whole(lang, n.into());
        let portals = w.home_portals(n(self.portals));
        let alarms = match self.alarms {
            0 => w.home_no_alarm.to_owned(),
            some => w.home_alarms(n(some)),
        };
        format!("{portals} {alarms}")
    }
}

/// A list of items, newest first, grouped by day: `/thong-tin`.
#[derive(Template)]
#[template(path = "items/list.html")]
pub struct ListPage {
    /// The frame.
    pub shell: Shell,
    /// The items of this page of the list.
    pub days: Vec<Day>,
    /// The kind asked for, or all.
    pub kind: Option<Kind>,
    /// Whose items were asked for, or all.
    pub origin: Option<Origin>,
    /// Which page of the list this is, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
    /// How many items match.
    pub total: u64,
}

/// The items of one day.
#[derive(Clone, Debug)]
pub struct Day {
    /// The day in Viet Nam.
    pub date: Date,
    /// Its items, newest first.
    pub rows: Vec<ItemRow>,
}

impl Day {
    /// Its heading.
    pub fn heading(&self, lang: Lang) -> String {
        date::long_date(lang, self.date)
    }
}

/// One choice of a filter.
pub struct Choice {
    /// Where choosing it leads.
    pub href: String,
    /// What it says.
    pub label: &'static str,
    /// Whether it is the one in use.
    pub current: bool,
}

impl ListPage {
    /// The list's heading, by what it shows.
    pub fn heading(&self) -> &'static str {
        match self.origin {
            None => self.shell.w().list_all,
            Some(Origin::Own) => self.shell.own_news(),
            Some(Origin::Network) => self.shell.w().nav_directions,
        }
    }

    /// How many items match, in words.
    pub fn count(&self) -> String {
        let (w, lang) = (self.shell.w(), self.shell.lang);
        let total = number::whole(lang, self.total);
        match self.pages {
            0 | 1 => w.list_count(total),
            _ => w.list_count_paged(
                total,
                number::whole(lang, self.page.into()),
                number::whole(lang, self.pages.into()),
            ),
        }
    }

    /// The choices of kind that come first.
    pub fn kinds(&self) -> Vec<Choice> {
        let first = Kind::all().take(FIRST_KINDS).map(Some);
        std::iter::once(None).chain(first).map(|kind| self.choice(kind)).collect()
    }

    /// The other choices of kind.
    pub fn more_kinds(&self) -> Vec<Choice> {
        Kind::all().skip(FIRST_KINDS).map(|kind| self.choice(Some(kind))).collect()
    }

    /// Whether one of these is in use.
    pub fn more_in_use(&self) -> bool {
        Kind::all().skip(FIRST_KINDS).any(|kind| self.kind == Some(kind))
    }

    fn choice(&self, kind: Option<Kind>) -> Choice {
        Choice {
            href: self.href(kind, self.origin, 1),
            label: kind.map_or(self.shell.w().filter_all, |kind| kind.label(self.shell.lang)),
            current: kind == self.kind,
        }
    }

    /// The choices of origin.
    pub fn origins(&self) -> Vec<Choice> {
        let w = self.shell.w();
        [(None, w.filter_all), (Some(Origin::Own), w.filter_own), (Some(Origin::Network), w.filter_network)]
            .into_iter()
            .map(|(origin, label)| Choice {
                href: self.href(self.kind, origin, 1),
                label,
                current: origin == self.origin,
            })
            .collect()
    }

    /// The page before this one.
    pub fn newer(&self) -> Option<String> {
        (self.page > 1).then(|| self.href(self.kind, self.origin, self.page - 1))
    }

    /// The page after this one.
    pub fn older(&self) -> Option<String> {
        (self.page < self.pages).then(|| self.href(self.kind, self.origin, self.page + 1))
    }

    /// The feeds that tell of the same items: Atom, RSS.
    pub fn feeds(&self) -> (String, String) {
        let query = self.query(self.kind, self.origin, 1);
        (format!("/feed.atom{query}"), format!("/feed.rss{query}"))
    }

    fn href(&self, kind: Option<Kind>, origin: Option<Origin>, page: u32) -> String {
        self.shell.to(&format!("/thong-tin{}", self.query(kind, origin, page)))
    }

    fn query(&self, kind: Option<Kind>, origin: Option<Origin>, page: u32) -> String {
        let mut query = Vec::new();
        if let Some(kind) = kind {
            query.push(format!("loai={}", kind.slug()));
        }
        if let Some(origin) = origin {
            query.push(format!("cua={}", origin.slug()));
        }
        if page > 1 {
            query.push(format!("trang={page}"));
        }
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{mark}{}", query.join("&"))
    }
}
