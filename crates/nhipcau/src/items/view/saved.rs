//! An item as one file that is read without any server.

use askama::Template;
use network::content::Item;

use super::Title;
use crate::documents::view::Law;
use crate::web::shell::Shell;
use crate::words::{ReadingWords, date};

/// A picture inside the file.
pub struct SavedPicture {
    /// What it shows.
    pub alt: String,
    /// Its bytes as a `data:` address.
    pub src: String,
}

/// The file. It has a style of its own, for it stands alone.
#[derive(Template)]
#[template(path = "items/saved.html")]
pub struct Saved {
    /// Whose portal, when, in which language.
    pub shell: Shell,
    /// Its title.
    pub title: Title,
    /// The signed content.
    pub document: Item,
    /// Who issued it.
    pub agency: String,
    /// Who published it.
    pub publisher: String,
    /// True if it is withdrawn and still readable.
    pub withdrawn: bool,
    /// How it stood in law.
    pub law: Option<Law>,
    /// Its text as clean HTML.
    pub body: String,
    /// Its pictures.
    pub pictures: Vec<SavedPicture>,
    /// Pictures that are too heavy.
    pub left_out: usize,
    /// Its address here.
    pub address: String,
    /// The address of the signed content.
    pub content: String,
    /// The content's SHA-256.
    pub hash: String,
    /// The QR code as SVG.
    pub qr: String,
    /// What it opens.
    pub code: String,
    /// The `.tlog-proof`.
    pub proof: Option<String>,
}

impl Saved {
    fn r(&self) -> &'static ReadingWords {
        self.shell.lang.reading()
    }

    fn from(&self) -> String {
        let (lang, now) = (self.shell.lang, self.shell.now);
        self.r().saved_from(&self.shell.portal.domain, date::hour(now), date::date(lang, date::day(now)))
    }

    /// Form, number, day; what it is.
    fn line(&self) -> String {
        let day = self.document.issued.map(|day| date::date(self.shell.lang, day));
        let parts =
            [self.document.form.clone(), self.document.number.clone(), Some(self.agency.clone()), day];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn force(&self) -> Option<String> {
        let (law, lang) = (self.law.as_ref()?, self.shell.lang);
        Some(format!("{} {}", law.label(lang), law.day(lang)))
    }
}
