//! The watch: where an item of ours should stand on a public page of somebody else's site, that page is looked at, and what is seen is told.
//!
//! A verdict (`judge`) is kept per site and item, and no text. `find` says where the page of an item is, `round` looks in time (`glance` at one page), `drift` tells
//! of what stands otherwise than it should: the site's administrator, and after a day the agency above (`letters`). `store` remembers,
//! `pages` is the console's. What is seen here is no receipt and is never counted as one.

mod drift;
mod find;
pub(crate) mod glance;
pub mod judge;
pub mod letters;
pub mod page;
pub mod pages;
mod round;
pub mod store;

use network::names::Origin;
use uuid::Uuid;

use crate::app::App;
use crate::db::Tx;
use crate::open::cursor::Place;
use crate::outlets::Outlet;
use crate::problem::Problem;
use crate::words::Lang;

pub use judge::Verdict;
pub use pages::{PAGE, routes};
pub use round::run;

/// How the page of an item is found on a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the address that the site gave when the item was put there.
    Links,
    /// By the address from which the item was taken over.
    Taken,
    /// By a template of addresses.
    Template,
    /// By the site's feed.
    Feed,
    /// By its sitemap.
    Sitemap,
}

impl Way {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Way; 5] = [Way::Links, Way::Taken, Way::Template, Way::Feed, Way::Sitemap];

    /// The word that is stored and posted.
    pub fn word(self) -> &'static str {
        match self {
            Way::Links => "links",
            Way::Taken => "taken",
            Way::Template => "template",
            Way::Feed => "feed",
            Way::Sitemap => "sitemap",
        }
    }

    /// That of a word.
    pub fn of(word: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|way| way.word() == word)
    }

    /// True if a list is read to find an address.
    fn lists(self) -> bool {
        matches!(self, Way::Feed | Way::Sitemap)
    }
}

/// A site whose public pages are looked at.
#[derive(Clone, Debug)]
pub struct Watched {
    /// Its id.
    pub id: Uuid,
    /// Our number for the portal's log.
    pub log: i64,
    /// The outlet by which it is sent items, if it is one.
    pub outlet: Option<Uuid>,
    /// The source by which it is read, if it is one.
    pub source: Option<Uuid>,
    /// What people call it.
    pub name: String,
    /// How a page is found.
    pub way: Way,
    /// The template, the feed, the sitemap, or the site's own address.
    pub url: String,
    /// True if only the portal's own items are looked for.
    pub own: bool,
    /// How far the walk through the items has come.
    pub place: Place,
    /// When its list is read again; 0 while it is paused.
    pub next: i64,
    /// Why its list could not be read, in both languages; empty if it could.
    pub trouble: String,
    /// The hash of what the parent was told last.
    pub told: Option<Vec<u8>>,
    /// When, in microseconds; 0 if never.
    pub told_at: i64,
}

/// The watch of a site into which an outlet puts posts.
///
/// # Errors
/// When the machine has no randomness to give.
pub fn of_outlet(app: &App, outlet: &Outlet) -> anyhow::Result<Watched> {
    Ok(Watched {
        id: app.dice.id(&app.clock)?,
        log: outlet.log,
        outlet: Some(outlet.id),
        source: None,
        name: if outlet.name.is_empty() { outlet.url.clone() } else { outlet.name.clone() },
        way: Way::Links,
        url: outlet.url.clone(),
        own: outlet.own,
        place: outlet.place.clone(),
        next: 1,
        trouble: String::new(),
        told: None,
        told_at: 0,
    })
}

/// An outlet is taken away: what was watched by it is watched no more.
///
/// # Errors
/// The database's.
pub async fn outlet_goes(tx: &mut Tx, origin: &Origin, outlet: Uuid) -> Result<(), Problem> {
    for watched in store::of_outlet(tx.conn(), outlet).await? {
        drift::end(tx, &watched, origin).await?;
        store::remove(tx, watched.id).await?;
    }
    Ok(())
}

/// What an act of the audit trail is called; none for acts of others.
pub fn act_name(act: &str, lang: Lang) -> Option<&'static str> {
    let w = lang.sighting();
    Some(match act {
        "watched.add" => w.act_add,
        "watched.pause" => w.act_pause,
        "watched.resume" => w.act_resume,
        "watched.remove" => w.act_remove,
        "watched.look" => w.act_look,
        _ => return None,
    })
}
