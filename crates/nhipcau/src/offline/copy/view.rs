//! The pages of a copy. They name nothing but what lies beside them, and each says when the copy was made.

use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;

use super::Line;
use crate::documents::view::Law;
use crate::items::kinds::facts::Fact;
use crate::items::view::{TocLine, ValueView};
use crate::words::{Lang, OfflineWords, date, number};

/// What stands around each page.
#[derive(Clone)]
pub struct Frame {
    /// The language of the interface.
    pub lang: Lang,
    /// The way up to the first page: empty or `../`.
    pub up: &'static str,
    /// The page's name; none on the first.
    pub title: Option<String>,
    /// The portal's name.
    pub portal: String,
    /// When the copy was made.
    pub made: Timestamp,
    /// As of when the node knew the nation, if it had heard of it.
    pub heard: Option<Timestamp>,
    /// True for a demonstration or a rehearsal.
    pub sample: bool,
}

impl Frame {
    fn o(&self) -> &'static OfflineWords {
        self.lang.offline()
    }

    fn full_title(&self) -> String {
        match &self.title {
            Some(title) => format!("{title} – {}", self.portal),
            None => self.portal.clone(),
        }
    }

    fn made_says(&self) -> String {
        self.o().made(&self.portal, date::hour(self.made), self.day(date::day(self.made)))
    }

    fn heard_says(&self) -> Option<String> {
        self.heard.map(|at| self.o().heard(date::hour(at), self.day(date::day(at))))
    }

    fn days(&self) -> String {
        self.o().age_days("{n}")
    }

    fn day(&self, day: Date) -> String {
        date::date(self.lang, day)
    }

    fn nav(&self) -> [(&'static str, &'static str); 6] {
        let o = self.o();
        [
            ("ngay.html", o.by_day),
            ("loai.html", o.by_kind),
            ("so.html", o.by_number),
            ("thu-tuc.html", o.procedures),
            ("tim.html", o.find),
            ("kiem-chung.html", o.how),
        ]
    }

    /// The same around a page with a name.
    pub fn of(&self, up: &'static str, title: &str) -> Frame {
        Frame { up, title: Some(title.to_owned()), ..self.clone() }
    }
}

/// The first page.
#[derive(Template)]
#[template(path = "offline/home.html")]
pub struct Home {
    /// The frame.
    pub frame: Frame,
    /// The newest items.
    pub newest: Vec<Line>,
}

/// Lines under headings: by day, by kind, procedures by field.
#[derive(Template)]
#[template(path = "offline/list.html")]
pub struct List {
    /// The frame.
    pub frame: Frame,
    /// Headings, each with its lines.
    pub groups: Vec<(String, Vec<Line>)>,
    /// True if the headings are listed first, as links.
    pub jumps: bool,
}

impl List {
    fn count(&self, lines: &[Line]) -> String {
        self.frame.o().count(number::whole(self.frame.lang, lines.len() as u64))
    }
}

/// Documents by number.
#[derive(Template)]
#[template(path = "offline/numbers.html")]
pub struct Numbers {
    /// The frame.
    pub frame: Frame,
    /// Documents by year, the newest first.
    pub years: Vec<(String, Vec<Line>)>,
}

/// The search.
#[derive(Template)]
#[template(path = "offline/find.html")]
pub struct Find {
    /// The frame.
    pub frame: Frame,
}

/// What the copy is.
#[derive(Template)]
#[template(path = "offline/how.html")]
pub struct How {
    /// The frame.
    pub frame: Frame,
    /// The portal's domain.
    pub domain: String,
    /// Items, pages that are looked up, files, files left out.
    pub counts: [usize; 4],
    /// The fingerprint of the root note.
    pub root: String,
}

impl How {
    fn left(&self) -> bool {
        self.counts[3] > 0
    }
}

/// A file of an item.
pub struct File {
    /// What it is called.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// Where it lies; nothing if it was too heavy.
    pub href: Option<String>,
}

/// A picture of an item.
pub struct Picture {
    /// What it shows.
    pub alt: String,
    /// Where it lies.
    pub href: String,
    /// What it says, in words.
    pub text: Option<String>,
}

/// An item.
#[derive(Template)]
#[template(path = "offline/item.html")]
pub struct Page {
    /// The frame.
    pub frame: Frame,
    /// The signed content.
    pub document: network::content::Item,
    /// What it is, who says it: one line.
    pub line: String,
    /// Who published it, and when.
    pub publisher: (String, Timestamp),
    /// How it stands in law on the day of the copy.
    pub law: Option<Law>,
    /// What its kind asks for.
    pub facts: Vec<Fact>,
    /// Its headings, if it is long.
    pub toc: Vec<TocLine>,
    /// Its text, its links led into the copy.
    pub body: String,
    /// Its pictures.
    pub pictures: Vec<Picture>,
    /// Its other files.
    pub files: Vec<File>,
    /// Where its proof and the signed original lie.
    pub proof: (Option<String>, String),
}

impl Page {
    fn value(&self, fact: &Fact) -> String {
        let view = ValueView { value: &fact.value, own: &self.document.lang };
        // What cannot be drawn is left out; the signed original has it.
        view.render().unwrap_or_default()
    }

    fn bare(&self) -> bool {
        self.body.trim().is_empty() && self.document.details.is_none()
    }

    fn size(&self, file: &File) -> String {
        number::bytes(self.frame.lang, file.bytes)
    }

    fn published(&self) -> String {
        let at = self.publisher.1;
        format!("{}, {}", date::hour(at), self.frame.day(date::day(at)))
    }
}
