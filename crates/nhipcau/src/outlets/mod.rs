//! Sites of others to which a portal sends what changes on it: signed calls (Standard Webhooks), or posts put into a WordPress, one after the
//! other, from wherever somebody says.
//!
//! What is sent is a walk through the portal's items in the order in which they came to look as they do here (`open::store`), so what
//! came late is sent late and never left out. `post` sends and moves the place of the walk once the site has taken it; `pages` is
//! the console's. The body of a call is a JSON Feed whose `_deleted` names what no longer stands: what `sources::list::push` takes.
//! `wordpress` puts one item after the other by the REST API of a site; `packets` pushes documents as edXML and hears what became of them.

pub mod packets;
pub mod pages;
mod post;
pub mod store;
mod typed;
pub mod wordpress;

use uuid::Uuid;

use crate::open::cursor::Place;
use crate::words::Lang;

pub(crate) use packets::routes as machines;
pub use pages::{PAGE, routes};
pub use post::run;

/// How a site is sent what changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By signed calls.
    Webhook,
    /// By the REST API of its WordPress.
    WordPress,
    /// By edXML packets.
    Packets,
}

impl Kind {
    /// The word that is stored and posted.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Webhook => "webhook",
            Kind::WordPress => "wordpress",
            Kind::Packets => "edxml",
        }
    }

    /// That of a word.
    pub fn of(word: &str) -> Option<Kind> {
        [Kind::Webhook, Kind::WordPress, Kind::Packets].into_iter().find(|kind| kind.word() == word)
    }
}

/// A site to which a portal sends.
#[derive(Clone, Debug)]
pub struct Outlet {
    /// Its id.
    pub id: Uuid,
    /// Our number for the portal's log.
    pub log: i64,
    /// Where it is called.
    pub url: String,
    /// What people call it.
    pub name: String,
    /// True if only the portal's own items are sent, and none that it shows of others.
    pub own: bool,
    /// How.
    pub kind: Kind,
    /// What that kind asks for beside the secret, as JSON.
    pub settings: String,
    /// The secret, sealed.
    pub secret: Vec<u8>,
    /// When it is tried next; 0 while it is paused.
    pub next: i64,
    /// When it took something last; 0 if never.
    pub at: i64,
    /// How often in a row it did not.
    pub failures: i64,
    /// Why, in both languages.
    pub trouble: String,
    /// How far it was sent: what comes after this is due.
    pub place: Place,
}

impl Outlet {
    /// What people call it; its address if nobody has named it.
    pub fn called(&self) -> String {
        if self.name.is_empty() { self.url.clone() } else { self.name.clone() }
    }
}

/// Under which name the secret of an outlet is sealed.
fn about(id: Uuid) -> String {
    format!("outlet {id}")
}

/// A place as it is told and typed: `at.log.item`.
pub(crate) fn told(place: &Place) -> String {
    format!("{}.{}.{}", place.at, place.log, place.item)
}

/// That of a text; none if it is none.
pub(crate) fn place(text: &str) -> Option<Place> {
    let mut parts = text.trim().splitn(3, '.');
    let at = parts.next()?.parse().ok()?;
    let log = parts.next()?.parse().ok()?;
    Some(Place { at, log, item: parts.next()?.to_owned() })
}

/// What an act of the audit trail is called; none for acts of others.
pub fn act_name(act: &str, lang: Lang) -> Option<&'static str> {
    let w = lang.outlet();
    Some(match act {
        "outlet.add" => w.act_add,
        "outlet.pause" => w.act_pause,
        "outlet.resume" => w.act_resume,
        "outlet.remove" => w.act_remove,
        "outlet.replay" => w.act_replay,
        "outlet.settle" => w.act_settle,
        "outlet.again" => w.act_again,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_told() {
        let one = Place { at: 7, log: 2, item: "019ab".into() };
        assert_eq!(place(&told(&one)), Some(one));
        assert_eq!(place("7.2"), None);
    }
}
