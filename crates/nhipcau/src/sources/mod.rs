//! Existing portals, joined as they are: what they show becomes entries of their agency's log, or is carried where it has none.
//!
//! `fetch` calls a stranger's site, `list` reads what it has by whichever way it offers, `read` cleans it, `draft` makes drafts of it,
//! `plan` decides what follows, `act` does that, `poll` comes back in time, `store` remembers, `pages` is the console's; `webhook` signs and
//! checks what sites send each other, `hub` is told of changes by hubs, and
//! `packet` takes documents as edXML.

mod act;
pub mod draft;
pub mod fetch;
pub mod hub;
pub mod list;
mod packet;
pub mod pages;
pub mod plan;
mod poll;
pub mod read;
pub mod store;
pub mod webhook;

use uuid::Uuid;

use crate::items::kinds::Both;
use crate::web::routes::Route;
use crate::words::Lang;

pub use pages::{PAGE, routes};
pub use poll::run;

/// What joined sites and their hubs send.
pub fn machines() -> Vec<Route> {
    [list::push::routes(), hub::routes(), packet::routes()].into_iter().flatten().collect()
}

/// How a site is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// The REST API of WordPress.
    WordPress,
    /// A sitemap and the pages that it names.
    Sitemap,
    /// OAI-PMH.
    Oai,
    /// It is not read: the site sends what it has, signed.
    Push,
    /// Nor is it read: the agency's own system sends documents as edXML, or somebody uploads them.
    Packets,
}

impl Way {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Way; 6] = [Way::Feed, Way::WordPress, Way::Sitemap, Way::Oai, Way::Push, Way::Packets];

    /// The word that is stored and posted.
    pub fn word(self) -> &'static str {
        match self {
            Way::Feed => "feed",
            Way::WordPress => "wordpress",
            Way::Sitemap => "sitemap",
            Way::Oai => "oai",
            Way::Push => "push",
            Way::Packets => "edxml",
        }
    }

    /// True if it is never read, for what it has is sent.
    pub fn is_sent(self) -> bool {
        matches!(self, Way::Push | Way::Packets)
    }

    /// That of a word.
    pub fn of(word: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.word() == word)
    }
}

/// A site that is joined.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its id.
    pub id: Uuid,
    /// Our number for the log of the portal that joins it.
    pub log: i64,
    /// How it is read.
    pub way: Way,
    /// The address that is called.
    pub url: String,
    /// Whose it is, in words; may be empty for the agency's own.
    pub name: String,
    /// True if what it shows becomes entries of the log; false if it is carried.
    pub own: bool,
    /// Which kind an item becomes.
    pub mapping: draft::Mapping,
    /// When it was joined, in microseconds.
    pub begun: i64,
    /// When it is read next; 0 while it is paused.
    pub next: i64,
    /// When it was read last; 0 if never.
    pub at: i64,
    /// How often in a row it could not be read.
    pub failures: i64,
    /// Why, in both languages; empty if it could.
    pub trouble: String,
    /// By what its site says that it is unchanged.
    pub validators: fetch::Validators,
    /// How far it was read, in the words of its way.
    pub place: String,
}

/// The parts of a text in both languages, `Tiếng Việt · English`.
pub fn both(text: &str) -> Both {
    let (vi, en) = text.split_once(" · ").unwrap_or((text, text));
    Both { vi: vi.to_owned(), en: en.to_owned() }
}

/// What an act of the audit trail is called; none for acts of others.
pub fn act_name(act: &str, lang: Lang) -> Option<&'static str> {
    let w = lang.source();
    Some(match act {
        "source.add" => w.act_add,
        "source.read" => w.act_read,
        "source.pause" => w.act_pause,
        "source.resume" => w.act_resume,
        "source.remove" => w.act_remove,
        "source.retry" => w.act_retry,
        "source.drop" => w.act_drop,
        "source.packet" => w.act_packet,
        _ => return None,
    })
}
