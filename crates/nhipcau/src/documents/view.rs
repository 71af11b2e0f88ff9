//! What pages say of a document in law: how it stands on a day and why, what it does to others, which of several is meant.

use askama::Template;
use jiff::civil::Date;
use vietnam::documents::Status;

use super::seal::{Found, Seal};
use crate::items::view::Title;
use crate::web::shell::Shell;
use crate::words::{Lang, date};

/// A status in the words of the law: `còn hiệu lực`.
pub fn status(lang: Lang, status: Status) -> &'static str {
    match lang {
        Lang::Vi => status.vi(),
        Lang::En => status.en(),
    }
}

/// How a document stands on a day.
#[derive(Clone, Debug)]
pub struct Law {
    /// The status.
    pub status: Status,
    /// The day for which it holds.
    pub on: Date,
    /// True if that day is today.
    pub today: bool,
    /// What another document did, or its own end; what its own days say stands beside it anyway.
    pub reasons: Vec<Said>,
    /// What a person should look at.
    pub doubts: Vec<Said>,
    /// What was asked for as a day and is none.
    pub wrong: Option<String>,
}

/// A clause in which another document's number may be a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What stands before the link, or all of it.
    pub before: String,
    /// Where the other document is found (a path without the language's prefix), and its number.
    pub link: Option<(String, String)>,
    /// What stands after it.
    pub after: String,
}

impl Law {
    /// The status as a sentence begins: `Còn hiệu lực`.
    pub fn label(&self, lang: Lang) -> String {
        let word = status(lang, self.status);
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
    }

    /// True if it is drawn as in force (green) and not told apart (ink).
    pub fn good(&self) -> bool {
        matches!(self.status, Status::InForce | Status::InForceChanged)
    }

    /// `hôm nay, 24/11/2026`, `vào ngày 01/01/2027`.
    pub fn day(&self, lang: Lang) -> String {
        let (w, day) = (lang.words(), date::date(lang, self.on));
        if self.today { w.law_today(day) } else { w.law_on(day) }
    }
}

/// Related documents of one kind: `bị thay thế bởi`.
#[derive(Clone, Debug)]
pub struct Group {
    /// What is done, and by which side.
    pub label: String,
    /// The other documents.
    pub lines: Vec<Line>,
    /// How many further ones are not listed.
    pub more: usize,
}

/// Another document.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number as printed.
    pub number: String,
    /// Where it is found: a path without the language's prefix; none where no portal of the network has published it.
    pub href: Option<String>,
    /// Its title.
    pub title: Option<Title>,
    /// Part, days, and whether it counts.
    pub note: Option<String>,
    /// Where both texts stand beside each other, if one amends the other: a path without the language's prefix.
    pub beside: Option<String>,
}

/// Where several documents have one number, readers choose.
#[derive(Template)]
#[template(path = "documents/several.html")]
pub struct SeveralPage {
    /// The frame.
    pub shell: Shell,
    /// The number.
    pub number: String,
    /// The documents.
    pub choices: Vec<Choice>,
}

/// One of several documents.
pub struct Choice {
    /// Its item's path.
    pub href: String,
    /// Its title.
    pub title: Title,
    /// Its day of issue.
    pub issued: String,
    /// Form, agency.
    pub line: String,
}

/// A signature in a file, in words.
#[derive(Clone, Debug)]
pub struct SealLine {
    /// Who, when, with whose certificate, and whether the file still is what was signed.
    pub says: String,
    /// True if it is not.
    pub wrong: bool,
}

impl SealLine {
    /// What a signature in the file of this name says.
    pub fn of(lang: Lang, file: &str, seal: &Seal) -> SealLine {
        let w = lang.words();
        let who = seal.signer.clone().unwrap_or_else(|| w.seal_unnamed.to_owned());
        let at = seal.at.map(|at| w.seal_at(date::hour(at), date::date(lang, date::day(at))));
        let issuer = seal.issuer.as_ref().map(|by| w.seal_issuer(by));
        let parts = [Some(who), seal.organisation.clone(), at, issuer];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let wrong = seal.digest == Found::Wrong || seal.signature == Found::Wrong;
        let known = seal.digest == Found::Right && seal.signature == Found::Right;
        let state = match (wrong, known, seal.whole) {
            (true, _, _) => w.seal_wrong,
            (_, false, _) => w.seal_unknown,
            (_, _, true) => w.seal_right,
            (_, _, false) => w.seal_part,
        };
        SealLine { says: format!("{file}: {}. {state}", parts.join(", ")), wrong }
    }
}
