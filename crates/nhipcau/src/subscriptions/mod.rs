//! Subscriptions: somebody without an account follows a topic, an agency, a place, a document or a search, by e-mail.
//!
//! `topic` is what can be followed, `tell` decides who is told of what and gathers it into mails, `post` hands these to the
//! relay (`mail`), `letter` says them, `pages` shows the forms. Nobody is mailed anything but a one-time link before they have
//! opened it. An address is sealed, stands in no log, and is gone with the subscription. What is told is kept as a pointer
//! and put into words when it leaves, so an item that is erased vanishes from what waits; and whoever was told of an item
//! is told when it is corrected, withdrawn or erased.

pub mod door;
mod gathered;
pub mod letter;
pub mod mail;
mod pages;
mod post;
pub mod push;
pub mod store;
mod tell;
mod topic;

use std::sync::Arc;
use std::time::Duration;

use axum::routing::{get, post as posted};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;

use crate::app::App;
use crate::logs::ledger::Effects;
use crate::web::routes::{Route, door_form, open_page, reader_form};
use crate::words::date;

pub use store::{count, waiting};
pub use topic::{Said, Topic};

/// Where one begins to follow.
pub const PAGE: &str = "/theo-doi";

/// Without a commit it is looked so often what has come due by the clock, and what came back.
const EVERY: Duration = Duration::from_secs(5);
/// After a commit, others are awaited for so long.
const GATHER: Duration = Duration::from_millis(100);

/// How often somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Often {
    /// At once.
    Once,
    /// Once a day.
    Daily,
    /// Once a week, on Monday.
    Weekly,
}

impl Often {
    /// All of them, in their order.
    pub const ALL: [Often; 3] = [Often::Once, Often::Daily, Often::Weekly];

    /// The word that is stored and posted.
    pub fn word(self) -> &'static str {
        match self {
            Often::Once => "ngay",
            Often::Daily => "hang-ngay",
            Often::Weekly => "hang-tuan",
        }
    }

    /// That of a word; daily if there is none of it.
    pub fn of(word: &str) -> Often {
        Often::ALL.into_iter().find(|often| often.word() == word).unwrap_or(Often::Daily)
    }
}

/// How often, and at which hour in Viet Nam.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// How often.
    pub often: Often,
    /// The hour of a digest, 0 to 23.
    pub hour: i8,
}

impl Rhythm {
    /// When the next digest after `now` is due, both in microseconds; 0 for what is told at once.
    pub fn next(self, now: i64) -> i64 {
        const HOUR: i64 = 3_600_000_000;
        const DAY: i64 = 24 * HOUR;
        // 1 January 1970 was a Thursday; Viet Nam has neither summer time nor ever another offset here.
        let (every, first) = match self.often {
            Often::Once => return 0,
            Often::Daily => (DAY, 0),
            Often::Weekly => (7 * DAY, 4 * DAY),
        };
        let offset = i64::from(date::OFFSET) * HOUR;
        let start = first + i64::from(self.hour) * HOUR - offset;
        start + ((now - start).div_euclid(every) + 1) * every
    }
}

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    let mut routes = push::routes();
    routes.extend([
        open_page(PAGE, "follow something by e-mail", get(pages::ask)),
        door_form(PAGE, "asks for it; a one-time link is mailed", posted(pages::asked)),
        open_page("/theo-doi/xac-nhan/{token}", "the one-time link", get(pages::link)),
        door_form("/theo-doi/xac-nhan/{token}", "begins what the link is for", posted(pages::confirmed)),
        open_page("/theo-doi/cua-toi/{token}", "all that an address follows", get(pages::mine)),
        door_form("/theo-doi/cua-toi/{token}", "changes or ends it", posted(pages::changed)),
        open_page("/theo-doi/thoi/{token}", "ends all of it, after a question", get(pages::mine)),
        reader_form("/theo-doi/thoi/{token}", "ends all of it by one click (RFC 8058)", posted(pages::ended)),
    ]);
    routes
}

/// Waits for a commit, and a little for what comes with it; or for so long that something may have come due by the clock.
async fn woken(told: &mut broadcast::Receiver<Arc<Effects>>) {
    tokio::select! {
        _ = told.recv() => {
            tokio::time::sleep(GATHER).await;
            while !matches!(told.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
        }
        () = tokio::time::sleep(EVERY) => {}
    }
}

/// Tells those who follow until the node stops. Where nothing can be sent any more, addresses are still forgotten in time.
pub async fn run(app: App) {
    match app.mailer.is_some() || app.pusher.is_some() {
        true => futures::future::join(tell::run(&app), post::run(&app)).await.0,
        false => tell::sweeps(&app).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    #[test]
    fn a_digest_comes_at_its_hour_in_viet_nam() {
        let micros = |text: &str| text.parse::<Timestamp>().unwrap().as_microsecond();
        let next = |often, hour, now: &str| Rhythm { often, hour }.next(micros(now));
        assert_eq!(next(Often::Once, 7, "2026-11-26T01:00:00Z"), 0);
        assert_eq!(next(Often::Daily, 7, "2026-11-25T23:59:00Z"), micros("2026-11-26T00:00:00Z"));
        assert_eq!(next(Often::Daily, 7, "2026-11-26T00:00:00Z"), micros("2026-11-27T00:00:00Z"));
        assert_eq!(next(Often::Daily, 0, "2026-11-26T00:00:00Z"), micros("2026-11-26T17:00:00Z"));
        // 30 November 2026 is a Monday.
        assert_eq!(next(Often::Weekly, 18, "2026-11-26T00:00:00Z"), micros("2026-11-30T11:00:00Z"));
        assert_eq!(next(Often::Weekly, 18, "2026-11-30T11:00:00Z"), micros("2026-12-07T11:00:00Z"));
    }
}
