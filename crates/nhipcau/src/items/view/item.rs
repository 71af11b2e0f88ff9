//! The page of one item: what a state body says, who says it, and how anyone can check that.
//!
//! The body is rendered and compressed once per node and shared by its portals, so the page is drawn around it:
//! `ItemPage::around` gives what stands before and what stands after.

use askama::Template;
use jiff::civil::Date;

use super::tongue::Tongues;
use super::{Clip, Kind, Notice, Picture, Provenance, Span, Urgency, Version};
use crate::annexes::view::Beside;
use crate::documents::view::{Group, Law, SealLine};
use crate::items::kinds::facts::Fact;
use crate::procedures::lead::Lead;
use crate::web::shell::Shell;
use crate::words::{Lang, date, number};

/// Stands in the rendered template where the body belongs. No text from outside can hold it: it is an HTML comment,
/// and everything that the template prints is escaped.
pub const BODY_MARK: &str = "<!--nhipcau:body-->";

/// The page without its body.
pub struct Around {
    /// Everything before the body.
    pub before: String,
    /// Everything after it.
    pub after: String,
}

/// The page of an item that stands, or that was withdrawn and is still readable.
#[derive(Template)]
#[template(path = "items/item.html")]
pub struct ItemPage {
    /// The frame.
    pub shell: Shell,
    /// The item's name in addresses: `/muc/<reference>`.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// Its English title, which the English page says under it.
    pub title_en: Option<String>,
    /// The language of the item itself (BCP 47): `vi`. What has no translation is in it.
    pub lang: String,
    /// The language of title, summary and text on this page, and the others that there are.
    pub tongues: Tongues,
    /// What kind of thing it is.
    pub kind: Kind,
    /// A document's form: `Nghị định`.
    pub form: Option<String>,
    /// A document's number: `154/2026/NĐ-CP`.
    pub number: Option<String>,
    /// The agency that issued it: `Chính phủ`.
    pub agency: String,
    /// Who signed it.
    pub signer: Option<String>,
    /// The day it was issued on.
    pub issued_on: Option<Date>,
    /// The day from which it has effect.
    pub effective_on: Option<Date>,
    /// The last day on which it has effect.
    pub expires_on: Option<Date>,
    /// How it stands in law on a day, if it is a document or has days in force.
    pub law: Option<Law>,
    /// Documents that it acts upon, and that act upon it.
    pub related: Vec<Group>,
    /// How urgent it is.
    pub urgency: Urgency,
    /// Whether it is a sample of the demonstration.
    pub sample: bool,
    /// What the text on the page is, compared with the signed document.
    pub layer: Layer,
    /// Where the item was taken from.
    pub source: Option<Source>,
    /// What its kind asks for, by name; short facts stand beside their names, longer ones in sections of their own.
    pub facts: Vec<Fact>,
    /// Files of the item, but for its pictures.
    pub files: Vec<FileLink>,
    /// The signatures in its files.
    pub seals: Vec<SealLine>,
    /// What this portal, and those above it, say of their own beside it.
    pub annexes: Vec<Beside>,
    /// Its pictures; the first stands before the text.
    pub pictures: Vec<Picture>,
    /// Its clips and recordings.
    pub clips: Vec<Clip>,
    /// The three stops under the title.
    pub span: Span,
    /// Who published it, and where that is recorded.
    pub provenance: Provenance,
    /// What must be read before the text: corrections, withdrawal, replacement. Newest first.
    pub notices: Vec<Notice>,
    /// What the page of a procedure says first.
    pub lead: Option<Lead>,
    /// A few sentences before the text.
    pub summary: Option<String>,
    /// Contents of a long text; empty for a short one.
    pub toc: Vec<TocLine>,
    /// Which part of a long text the body is; `None` when it is the whole.
    pub parts: Option<Parts>,
    /// Portals that show it, of all that should: the link to where it is shown says so. `None` where nobody counts.
    pub coverage: Option<(u32, u32)>,
    /// How many editions it has.
    pub editions: u32,
    /// Whether there is a body to stand at the mark; metadata-only items have none.
    pub has_body: bool,
    /// The check in the reader's own browser.
    pub verify: Verify,
    /// What machines read.
    pub meta: Meta,
}

/// What the text on the page is, compared with the signed document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layer {
    /// The issuer's own text.
    Issued,
    /// A digitised copy without legal force.
    Digitised,
    /// There is no text: only what describes the document.
    MetadataOnly,
}

/// Where the item was taken from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name: `Công báo nước CHXHCN Việt Nam`.
    pub name: String,
    /// Where the original stands, if it can be read there.
    pub original: Option<Original>,
}

/// Where the original stands.
#[derive(Clone, Debug)]
pub struct Original {
    /// A complete address outside this portal.
    pub href: String,
    /// The name of the place: `congbao.chinhphu.vn`.
    pub site: String,
    /// Whether that place asks to be named by whoever uses it (the gazette does).
    pub attribution: bool,
}

/// A file of the item.
#[derive(Clone, Debug)]
pub struct FileLink {
    /// `/content/<sha256>`.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Its type in short: `PDF`.
    pub format: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A line of the contents.
#[derive(Clone, Debug)]
pub struct TocLine {
    /// 1 for a chapter, 2 for an article under it.
    pub level: u8,
    /// Where it leads: `#dieu-1` in this part, `/muc/<ref>?phan=2#dieu-12` in another.
    pub href: String,
    /// The heading's text.
    pub text: String,
}

/// Which part of a long text the body is. Addresses are paths without the language's prefix.
#[derive(Clone, Debug)]
pub struct Parts {
    /// This part, from 1.
    pub this: u32,
    /// How many there are.
    pub of: u32,
    /// The part before.
    pub before: Option<String>,
    /// The part after.
    pub after: Option<String>,
    /// The whole text on one page.
    pub whole: String,
    /// What the whole text weighs on the line, compressed.
    pub bytes: u64,
    /// The chapter that a part before has begun, if this one goes on with it.
    pub within: Option<String>,
}

/// The check in the reader's own browser.
#[derive(Clone, Debug)]
pub struct Verify {
    /// `/proof/<reference>`.
    pub proof: String,
    /// The address of the QR code's picture (a file of its own keeps the page small). The code opens the issuer's host
    /// with the proof in the fragment.
    pub qr: String,
    /// The address in the QR code, for those who type.
    pub qr_href: String,
    /// The root note's fingerprint that this node was installed with.
    pub root_fingerprint: String,
}

/// What machines read.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// The item's address at its issuer's portal, or here.
    pub canonical: String,
    /// Dublin Core: names such as `DC.title` (Circular 24/2011/TT-BTTTT) and their contents.
    pub dc: Vec<(String, String)>,
    /// The document's stable address, of which `eli` speaks; empty for other items.
    pub eli_about: String,
    /// Properties of the European Legislation Identifier's ontology by their full names, and their contents.
    pub eli: Vec<(String, String)>,
    /// The same item in other languages: tag and complete address.
    pub languages: Vec<(String, String)>,
    /// The same description in other forms: path, media type, name.
    pub alternates: Vec<(String, &'static str, &'static str)>,
    /// schema.org in JSON-LD. `<` must already be written as `\u003c`: nothing else could end the element early.
    pub json_ld: String,
}

impl ItemPage {
    /// The page in two strings between which the shared body stands.
    pub fn around(&self) -> Result<Around, askama::Error> {
        let whole = self.render()?;
        let (before, after) = whole.split_once(BODY_MARK).ok_or(askama::Error::Fmt)?;
        Ok(Around { before: before.to_owned(), after: after.to_owned() })
    }

    fn body_mark(&self) -> &'static str {
        BODY_MARK
    }

    /// The last crumb: form and number, or the kind.
    fn crumb(&self) -> String {
        match (&self.form, &self.number) {
            (Some(form), Some(number)) => format!("{form} {number}"),
            (Some(form), None) => form.clone(),
            _ => self.kind.label(self.shell.lang).to_owned(),
        }
    }

    /// The English title, where the page is English and the item has one.
    fn subtitle(&self) -> Option<&str> {
        self.title_en.as_deref().filter(|_| self.shell.lang == Lang::En && self.tongues.notice.is_none())
    }

    /// The language of the text on this page: where only title and summary are translated, that of the item.
    fn text_lang(&self) -> &str {
        match &self.tongues.notice {
            Some(notice) if notice.bare => &self.lang,
            _ => &self.tongues.shown,
        }
    }

    /// A line of the contents in the page's language.
    fn toc_href(&self, line: &TocLine) -> String {
        if line.href.starts_with('#') { line.href.clone() } else { self.shell.to(&line.href) }
    }

    /// What leads to the whole text, with its weight: on a slow line one chooses.
    fn whole_text(&self, parts: &Parts) -> String {
        format!("{} ({})", self.shell.w().part_whole, number::bytes(self.shell.lang, parts.bytes))
    }

    fn part(&self, parts: &Parts) -> String {
        self.shell.w().part(parts.this, parts.of)
    }

    fn day(&self, day: &Date) -> String {
        date::date(self.shell.lang, *day)
    }

    /// What a picture is and weighs, for whoever has pictures as links.
    fn weighs(&self, picture: &Picture) -> String {
        self.shell.r().picture_size(number::bytes(self.shell.lang, picture.bytes))
    }

    /// How long a clip lasts: `1 phút 5 giây`.
    fn lasts(&self, clip: &Clip) -> String {
        let r = self.shell.r();
        match (clip.seconds / 60, clip.seconds % 60) {
            (0, seconds) => r.clip_seconds(seconds),
            (minutes, 0) => r.clip_minutes(minutes),
            (minutes, seconds) => r.clip_both(minutes, seconds),
        }
    }

    fn heavy(&self, version: &Version) -> String {
        number::bytes(self.shell.lang, version.bytes)
    }

    /// True for what is printed under the national heading (Decree 30/2020, Annex I): an authority's document with a number, in
    /// its own language.
    fn heads(&self) -> bool {
        self.signed()
            && self.kind.is_official()
            && self.number.is_some()
            && self.tongues.notice.is_none()
            && self.lang == "vi"
    }

    /// `ngày 24 tháng 6 năm 2022`, as documents are dated.
    fn dated(&self) -> Option<String> {
        let day = self.issued_on?;
        // A day below 10, and the months January and February, bear a zero (Decree 30/2020, Annex I).
        let month = if day.month() < 3 { format!("0{}", day.month()) } else { day.month().to_string() };
        Some(format!("ngày {:02} tháng {month} năm {}", day.day(), day.year()))
    }

    /// From where and when the paper was printed.
    fn printed(&self) -> String {
        let today = date::date(self.shell.lang, date::day(self.shell.now));
        self.shell.r().printed(&self.shell.portal.domain, today)
    }

    fn size(&self, file: &FileLink) -> String {
        number::bytes(self.shell.lang, file.bytes)
    }

    /// What the agency is to the item: a document is issued by one, anything else is published.
    fn agency_label(&self) -> &'static str {
        if self.kind.is_official() { self.shell.w().fact_agency } else { self.shell.w().fact_publisher }
    }

    /// Where the original stands, if it can be read there.
    fn original(&self) -> Option<&Original> {
        self.source.as_ref()?.original.as_ref()
    }

    /// What the link to the coverage page says.
    fn coverage_label(&self) -> String {
        let (w, lang) = (self.shell.w(), self.shell.lang);
        let Some((good, of)) = self.coverage else { return w.action_where.to_owned() };
        let (good, of) = (number::whole(lang, good.into()), number::whole(lang, of.into()));
        if self.notices.iter().any(|notice| matches!(notice, Notice::Withdrawn { .. })) {
            w.action_withdrawn_counted(good, of)
        } else {
            w.action_where_counted(good, of)
        }
    }
}
