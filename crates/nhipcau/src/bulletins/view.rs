//! The pages of bulletins, for reading aloud from paper.

use askama::Template;
use jiff::ToSpan;
use jiff::civil::Date;

use super::{Bulletin, Piece};
use crate::web::shell::Shell;
use crate::words::{BulletinWords, date, number};

/// A day's bulletin.
#[derive(Template)]
#[template(path = "bulletins/day.html")]
pub struct DayPage {
    /// The frame.
    pub shell: Shell,
    /// The bulletin.
    pub bulletin: Bulletin,
    /// Today in Viet Nam.
    pub today: Date,
}

impl DayPage {
    fn b(&self) -> &'static BulletinWords {
        self.shell.lang.bulletin()
    }

    fn day(&self) -> String {
        date::long_date(self.shell.lang, self.bulletin.day)
    }

    fn length(&self) -> String {
        let millis = self.bulletin.seconds as u64 * 1_000;
        let time = match self.bulletin.seconds {
            seconds if seconds < 90 => number::duration(self.shell.lang, millis),
            seconds => self.b().minutes(seconds.div_ceil(60)),
        };
        self.b().length(time)
    }

    /// The days beside it, as far as they have been.
    fn beside(&self) -> Vec<(Date, &'static str)> {
        let before = self.bulletin.day.checked_sub(1.day()).ok().map(|day| (day, self.b().day_before));
        let after = self.bulletin.day.checked_add(1.day()).ok().filter(|day| *day <= self.today);
        before.into_iter().chain(after.map(|day| (day, self.b().day_after))).collect()
    }

    fn href(&self, piece: &Piece) -> Option<String> {
        piece.reference.as_ref().map(|reference| self.shell.item(reference))
    }
}

/// An item as an announcer reads it.
#[derive(Template)]
#[template(path = "bulletins/item.html")]
pub struct ItemPage {
    /// The frame.
    pub shell: Shell,
    /// The item's name in addresses.
    pub reference: String,
    /// Its title, in words.
    pub title: String,
    /// Its text, in words.
    pub said: Vec<String>,
}

impl ItemPage {
    fn b(&self) -> &'static BulletinWords {
        self.shell.lang.bulletin()
    }
}
