//! A draft as people and programs hand it in: JSON, or Markdown with front matter (`front_matter`). Checked here, once: its
//! fields, its files by their bytes, and that it bears no mark of secrecy. Pictures are made anew, which takes time.

mod files;
mod marks;
mod translations;

use jiff::civil::Date;
use network::content::{Body, Details, Format, Item, ItemFile, ItemKind, Layer, Salt, Source, Taken};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;
use vietnam::text::nfc;

pub use super::front_matter::{from_markdown, markdown_fields};
use super::kinds;
pub use files::{DraftFile, attach, attach_clip};
pub use marks::of_words;
pub use translations::DraftTranslation;

use crate::assignments::restricted;
use crate::calendar::Today;
use crate::documents::draft::{self as documents, DraftRelation};
use crate::problem::{Fault, Problem};

/// The most bytes of one attachment of a draft.
pub const MOST_FILE: usize = 64 << 20;

/// An item as it is handed in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Draft {
    /// The word of a kind, as `nhipcau kinds` lists them; `news` if empty.
    pub kind: String,
    /// Title, 1 to 500 characters.
    pub title: String,
    /// English title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// Summary.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// BCP 47; `vi` if empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lang: String,
    /// Number and symbol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Form, for example `Nghị định`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The body that issued the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Who signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// Day of issue, `2026-11-23`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Date>,
    /// Day from which it is in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<Date>,
    /// Last day in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// `urgent`, `very-urgent`, `express`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<String>,
    /// Fields of administration.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// What the kind asks for beyond these fields.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
    /// The text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// `markdown` (default), `html`, `text`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// `official` (default with text), `digitised`, `none` (default without).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub layer: String,
    /// Where it was taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<DraftSource>,
    /// Attachments, their bytes in base64.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<DraftFile>,
    /// What this edition changes, for readers; asked for from the second edition on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_note: Option<String>,
    /// True for a demonstration's sample.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sample: bool,
    /// True to have it fetched before everything else.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// What this document does to others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<DraftRelation>,
    /// True where the law lets it have effect from before its issue.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub retroactive: bool,
    /// Its text in other languages. If a further edition says nothing of them, those that stand are carried on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translations: Option<Vec<DraftTranslation>>,
}

/// Where a draft was taken from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftSource {
    /// Its name.
    pub name: String,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Set by the poller alone, where the portal carries what another site shows.
    #[serde(skip)]
    pub taken: Option<Taken>,
}

/// A checked draft: the item's document, and the attachments' bytes.
pub struct Checked {
    /// The document.
    pub item: Item,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// The attachments, in order.
    pub files: Vec<(ItemFile, Vec<u8>)>,
    /// True for the urgent lane.
    pub urgent: bool,
    /// The number as it was written, if it became another text.
    pub written: Option<String>,
}

impl Draft {
    /// A fault for each field that bears a mark of secrecy (Mật, Tối mật, Tuyệt mật). A draft with one is not even to be
    /// saved. `id` names the item in our own log of refusals.
    pub fn marks(&self, id: Uuid) -> Vec<Fault> {
        marks::of_draft(id, self)
    }

    /// As [`Draft::check`], beside the requests if there are files: pictures take seconds.
    ///
    /// # Errors
    /// As [`Draft::check`].
    pub async fn check_apart(
        self,
        id: Uuid,
        edition: u32,
        salt: [u8; 16],
        today: Today,
    ) -> Result<Checked, Problem> {
        if self.files.is_empty() {
            return self.check(id, edition, salt, today);
        }
        tokio::task::spawn_blocking(move || self.check(id, edition, salt, today))
            .await
            .map_err(|error| Problem::Ours(error.into()))?
    }

    /// Checks the draft as edition `edition` of item `id`, to be issued `today`: a day in Viet Nam and its calendar, or a day by
    /// the calendar that ships.
    ///
    /// # Errors
    /// Every fault at once, each with its field, in both languages.
    pub fn check(
        self,
        id: Uuid,
        edition: u32,
        salt: [u8; 16],
        today: impl Into<Today>,
    ) -> Result<Checked, Problem> {
        let mut faults = Vec::new();
        let files = files::taken(id, &self.files, &mut faults);
        self.check_with(files, faults, (id, edition, salt), &today.into())
    }

    /// What [`Draft::check`] would find wrong if `files` were attached, whose bytes lie elsewhere.
    pub fn faults(self, id: Uuid, edition: u32, files: Vec<ItemFile>, today: &Today) -> Vec<Fault> {
        let files = files.into_iter().map(|file| (file, Vec::new())).collect();
        // The salt is of no account for a check.
        match self.check_with(files, Vec::new(), (id, edition, [0; 16]), today) {
            Err(Problem::Invalid(faults)) => faults,
            _ => Vec::new(),
        }
    }

    fn check_with(
        self,
        files: Vec<(ItemFile, Vec<u8>)>,
        mut faults: Vec<Fault>,
        (id, edition, salt): (Uuid, u32, [u8; 16]),
        today: &Today,
    ) -> Result<Checked, Problem> {
        faults.extend(self.marks(id));
        let text = nfc(&self.text);
        let bare = text.trim().is_empty();
        let urgency = word(&self.urgency.clone().unwrap_or_default(), "urgency", &mut faults);
        let format = word(&self.format, "format", &mut faults).unwrap_or(Format::Markdown);
        let layer = word(&self.layer, "layer", &mut faults).unwrap_or(if bare {
            Layer::None
        } else {
            Layer::Official
        });
        if edition > 1 && self.change_note.as_deref().unwrap_or_default().trim().is_empty() {
            faults.push(Fault {
                field: "change_note".into(),
                vi: "Hãy ghi rõ nội dung đã sửa để người đọc biết.".into(),
                en: "Say what was changed; readers are told.".into(),
            });
        }
        let line = |text: String| nfc(text.trim());
        let some = |text: Option<String>| text.map(line).filter(|t| !t.is_empty());
        let kind = if self.kind.is_empty() {
            ItemKind::News
        } else {
            word(&self.kind, "kind", &mut faults).unwrap_or(ItemKind::News)
        };
        let asked = kinds::of(&kind.to_string()).map_or(&[][..], |kind| &kind.fields);
        let details = Details(kinds::tidy::tidy(asked, self.details));
        let (number, written) = documents::normal(&kind.to_string(), some(self.number), &mut faults);
        let item = Item {
            salt: Salt(salt),
            id,
            edition,
            lang: if self.lang.is_empty() { "vi".into() } else { self.lang },
            kind,
            title: line(self.title),
            title_en: some(self.title_en),
            summary: line(self.summary),
            number,
            form: some(self.form),
            agency: some(self.agency),
            signer: some(self.signer),
            issued: self.issued,
            effective: self.effective,
            expires: self.expires,
            urgency,
            fields: self.fields,
            details: (!details.0.is_empty()).then_some(details),
            body: Body { format, text, layer },
            source: self.source.map(|s| Source { name: line(s.name), url: some(s.url), taken: s.taken }),
            files: files.iter().map(|(file, _)| file.clone()).collect(),
            change_note: some(self.change_note),
            sample: self.sample,
            relations: documents::relations(self.relations, &mut faults),
            translations: translations::checked(self.translations, edition, &mut faults),
        };
        documents::days(&item, self.retroactive, &mut faults);
        faults.extend(files::wordless(&item.files));
        faults.extend(restricted::faults(&item));
        let encoded = item.encode();
        if let Err(more) = &encoded {
            faults.extend(more.iter().map(|f| Fault {
                field: f.field.clone(),
                vi: f.problem_vi.clone(),
                en: f.problem_en.clone(),
            }));
        }
        // A field whose value cannot be written at all is told so once.
        let told: Vec<String> = faults.iter().map(|fault| fault.field.clone()).collect();
        faults.extend(
            kinds::check::check(&item, today).into_iter().filter(|fault| !told.contains(&fault.field)),
        );
        match encoded {
            Ok(bytes) if faults.is_empty() => {
                Ok(Checked { item, bytes, files, urgent: self.urgent, written })
            }
            _ => Err(Problem::Invalid(faults)),
        }
    }
}

/// Reads a closed word; an empty one is `None`, a wrong one a fault.
fn word<T: std::str::FromStr>(text: &str, field: &str, faults: &mut Vec<Fault>) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    if text.is_empty() {
        return None;
    }
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            faults.push(Fault {
                field: field.into(),
                vi: format!("Giá trị “{text}” không dùng được ({error})."),
                en: format!("The value {text:?} cannot be used: {error}."),
            });
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_named_at_once() {
        let draft = Draft { urgency: Some("very".into()), kind: "NEWS!".into(), ..Draft::default() };
        let Err(Problem::Invalid(faults)) =
            draft.check(Uuid::from_u128(1), 2, [0; 16], Date::constant(2026, 11, 23))
        else {
            panic!("accepted")
        };
        let fields: Vec<_> = faults.iter().map(|f| f.field.as_str()).collect();
        for field in ["urgency", "kind", "change_note", "title"] {
            assert!(fields.contains(&field), "{field} missing in {fields:?}");
        }
    }

    #[test]
    fn text_is_stored_in_nfc() {
        let draft = Draft { title: "Ho\u{0300}a".into(), ..Draft::default() };
        assert_eq!(
            draft.check(Uuid::from_u128(1), 1, [0; 16], Date::constant(2026, 11, 23)).unwrap().item.title,
            "Hòa"
        );
    }
}
