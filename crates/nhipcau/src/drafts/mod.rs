//! Drafts: what is written, checked and approved before it becomes an entry of the log.
//!
//! `life` decides, purely, what may be done in which stage; `store` remembers every save; `acts` carries a decision out in
//! one transaction with its log entry and its line in the audit trail; `form` and `pages` are what editors see; `hours`
//! issues what is scheduled and raises an alarm when it is late. Nothing of a draft leaves the node.

pub mod acts;
pub mod alone;
pub mod duty;
pub mod ends;
pub mod erased;
pub mod form;
pub mod hours;
pub mod life;
pub mod merge;
pub mod notes;
pub mod pages;
pub mod relations;
pub mod rules;
pub mod store;
pub mod together;
pub mod translated;

use std::collections::BTreeMap;

use axum::routing::{get, post};
use network::content::ItemFile;
use network::entry::ItemChange;
use network::names::ContentHash;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use self::life::Stage;
use crate::annexes::Core;
use crate::channels::Said;
use crate::items::draft::{Draft, MOST_FILE};
use crate::people::Duty;
use crate::people::pages::{ISSUED, WRITE};
use crate::web::routes::{Route, desk_form, desk_page, desk_upload};

/// A file of a draft; its bytes are kept by hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// File name as readers will see it.
    pub name: String,
    /// Media type.
    #[serde(rename = "type")]
    pub media: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Their number.
    pub size: u64,
    /// What a picture shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// True if a picture only decorates.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decorative: bool,
    /// What a picture full of figures says, or what is said in a clip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Attached {
    /// A file of an item or of what becomes one; of a picture, its largest copy.
    pub fn of(file: &ItemFile) -> Attached {
        Attached {
            name: file.name.clone(),
            media: file.media.clone(),
            sha256: file.sha256.to_string(),
            size: file.size,
            alt: file.alt.clone().filter(|alt| !alt.is_empty()),
            decorative: file.alt.as_deref() == Some(""),
            text: file.text.clone(),
        }
    }
}

/// What is written: the item as it would be handed in, and its files by hash.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Written {
    /// The item; its own list of files stays empty.
    pub draft: Draft,
    /// Its files, in their order.
    #[serde(default)]
    pub files: Vec<Attached>,
    /// For an annex: beside what it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<Core>,
    /// For each translation by its language: the text that it was made from, by its hash ([`Draft::source`]).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub made_from: BTreeMap<String, String>,
    /// What is written for channels, by the account.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: BTreeMap<Uuid, Said>,
}

/// When a draft is to be issued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// In microseconds; `None` by hand.
    pub due: Option<i64>,
    /// True if it is to lie sealed at every node until then.
    pub sealed: bool,
}

/// A draft as it is kept.
#[derive(Clone, Debug)]
pub struct Work {
    /// Its id.
    pub id: Uuid,
    /// Our number for the log of its agency.
    pub log: i64,
    /// The item that it is, or will be, an edition of.
    pub item: Uuid,
    /// Why the edition comes.
    pub change: ItemChange,
    /// The edition that it goes on from; 0 for a new item.
    pub base: u32,
    /// Where it stands.
    pub stage: Stage,
    /// Counts saves, from 1.
    pub version: i64,
    /// When it is to be issued, in microseconds; `None` by hand.
    pub due: Option<i64>,
    /// True if it is to lie sealed at every node until then.
    pub sealed: bool,
    /// When it was last changed, in microseconds.
    pub changed: i64,
    /// What is written.
    pub written: Written,
}

impl Work {
    /// What an approval binds to: text, files, what is written for channels, hour, and which edition of which item it is.
    ///
    /// # Errors
    /// When the draft cannot be written as JSON.
    pub fn hash(&self) -> anyhow::Result<ContentHash> {
        let hour = [json!(self.due), json!(self.sealed)];
        let whole = json!([self.item, self.base, self.change.to_string(), hour, self.written]);
        Ok(ContentHash::of(&serde_json::to_vec(&whole)?))
    }

    /// When it is to be issued, and how it waits until then.
    pub fn hour(&self) -> Hour {
        Hour { due: self.due, sealed: self.sealed }
    }

    /// True if it is to be sealed once it is approved. Only what is new: a correction waits for nothing.
    pub fn is_embargoed(&self) -> bool {
        self.sealed && self.base == 0
    }

    /// What lists call it.
    pub fn title(&self) -> &str {
        &self.written.draft.title
    }
}

/// The most bytes of a form with a file: the largest file, and what stands around it.
pub const MOST_UPLOAD: usize = MOST_FILE + (1 << 20);

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    vec![
        desk_page("/ban-lam-viec", Duty::Work, "the console: what waits", get(pages::home)),
        desk_page(WRITE, Duty::Write, "choose what to write", get(pages::choose)),
        desk_form(WRITE, Duty::Write, "begin a draft", post(pages::begin)),
        desk_page("/ban-lam-viec/tin/{id}", Duty::Work, "a draft", get(pages::draft)),
        desk_form(
            "/ban-lam-viec/tin/{id}",
            Duty::Write,
            "save a draft, and what is done with it",
            post(pages::save),
        ),
        desk_form("/ban-lam-viec/tin/{id}/viec", Duty::Write, "do something with a draft", post(pages::act)),
        desk_upload(
            "/ban-lam-viec/tin/{id}/tep",
            Duty::Write,
            "attach a file, or take one off",
            post(pages::file),
        ),
        desk_page(
            "/ban-lam-viec/tin/{id}/word",
            Duty::Write,
            "a Word file for a draft's text",
            get(pages::word),
        ),
        desk_upload(
            "/ban-lam-viec/tin/{id}/word",
            Duty::Write,
            "read a Word file, or take over what was read",
            post(pages::take_word),
        ),
        desk_form(
            "/ban-lam-viec/dan",
            Duty::Write,
            "make a text of the house of what is pasted",
            post(pages::paste),
        ),
        desk_page(
            "/ban-lam-viec/tin/{id}/xem",
            Duty::Work,
            "a draft as readers would see it",
            get(pages::preview),
        ),
        desk_page(
            "/ban-lam-viec/tin/{id}/ban-dich/{lang}",
            Duty::Work,
            "a draft in another language",
            get(pages::translate),
        ),
        desk_form(
            "/ban-lam-viec/tin/{id}/ban-dich/{lang}",
            Duty::Write,
            "save a translation, or take it off",
            post(pages::save_translation),
        ),
        desk_page("/ban-lam-viec/tin/{id}/so-sanh", Duty::Work, "what a draft changes", get(pages::compare)),
        desk_page(
            "/ban-lam-viec/cap-duoi/{portal}/{id}",
            Duty::Approve,
            "a draft of an agency below, for the duty desk",
            get(pages::below),
        ),
        desk_form(
            "/ban-lam-viec/cap-duoi/{portal}/{id}",
            Duty::Approve,
            "approve for an agency below, by delegation",
            post(pages::decide),
        ),
        desk_page(ISSUED, Duty::Work, "what the agency has issued", get(pages::issued)),
        desk_page(
            "/ban-lam-viec/muc/{reference}",
            Duty::Work,
            "what can be done with an item",
            get(pages::item),
        ),
        desk_form(
            "/ban-lam-viec/muc/{reference}/sua",
            Duty::Write,
            "begin the next edition",
            post(pages::next),
        ),
        desk_form(
            "/ban-lam-viec/muc/{reference}/go",
            Duty::Write,
            "propose or confirm an end",
            post(pages::end),
        ),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_next_edition_goes_on_from_pictures_and_not_from_their_copies() {
        use crate::items::draft::DraftFile;
        use base64::Engine;
        let mut png = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(400, 8).write_to(&mut png, image::ImageFormat::Png).unwrap();
        let base64 = base64::prelude::BASE64_STANDARD.encode(png.into_inner());
        let file = |name: &str, alt: Option<&str>| DraftFile {
            name: name.into(),
            base64: base64.clone(),
            alt: alt.map(str::to_owned),
            decorative: alt.is_none(),
            ..DraftFile::default()
        };
        let files = vec![file("cau.png", Some("Cầu mới")), file("hoa-van.png", None)];
        let draft = Draft { title: "Cầu".into(), text: "x".into(), files, ..Draft::default() };
        let item = draft.check(Uuid::from_u128(7), 1, [7; 16], jiff::civil::date(2026, 11, 26)).unwrap().item;
        assert_eq!(item.files.len(), 8, "two widths, two formats each");
        let (written, hashes) = Written::of(&item);
        let told: Vec<_> =
            written.files.iter().map(|f| (f.name.as_str(), f.alt.as_deref(), f.decorative)).collect();
        assert_eq!(told, [("cau.jpg", Some("Cầu mới"), false), ("hoa-van.jpg", None, true)]);
        assert_eq!(hashes, [item.files[0].sha256, item.files[4].sha256]);
    }
}
