//! An item's text in another language, under the same id.
//!
//! A translation names the edition whose text it says. The issuer advances that number as long as the text in the item's own
//! language stays the same, so a reader of one document knows which translations have fallen behind it.

use serde_json::{Map, Value};

use super::check::{Check, Limit};
use super::item::{Format, fits_language};
use super::{Item, MAX_BODY};
use crate::json::Writer;

/// More languages than this no item has.
pub(super) const MAX_TRANSLATIONS: usize = 20;

/// One translation. Lengths are in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translation {
    /// Its language (BCP 47), not that of the item; each only once.
    pub lang: String,
    /// 1 to 500, one line.
    pub title: String,
    /// At most 4,000.
    pub summary: String,
    /// How `text` is marked up.
    pub format: Format,
    /// At most 8 MiB, and all texts of an item together no more than a document may have.
    pub text: String,
    /// The edition whose text it says, from 1 to the item's own.
    pub of: u32,
}

impl Item {
    /// The translation into a language, if there is one; tags are compared without regard to case (RFC 5646, 2.1.1).
    #[must_use]
    pub fn translation(&self, lang: &str) -> Option<&Translation> {
        self.translations.iter().find(|translation| translation.lang.eq_ignore_ascii_case(lang))
    }
}

/// Writes one translation.
pub(super) fn write(translation: &Translation) -> String {
    let mut json = Writer::new();
    json.text("lang", &translation.lang).text("title", &translation.title);
    json.text("summary", &translation.summary).text("format", translation.format);
    json.text("text", &translation.text).whole("of", u64::from(translation.of)).end()
}

/// Reads the translations of an item.
pub(super) fn read_all(map: &Map<String, Value>, check: &mut Check) -> Vec<Translation> {
    let mut translations = Vec::new();
    for (at, value) in check.list(map, "translations", MAX_TRANSLATIONS).iter().enumerate() {
        check.within(&format!("translations[{at}]"), |check| match value {
            Value::Object(map) => translations.push(read(map, check)),
            _ => check.fault("", "Phải là một đối tượng JSON.", "Must be a JSON object."),
        });
    }
    translations
}

fn read(map: &Map<String, Value>, check: &mut Check) -> Translation {
    let translation = Translation {
        lang: check.text(map, "lang", Limit::line(35)),
        title: check.text(map, "title", Limit::line(500)),
        summary: check.text_if(map, "summary", Limit::text(4_000)).unwrap_or_default(),
        format: check.parsed(map, "format", "Định dạng phải là html, markdown hoặc text.", Format::Text),
        text: check.text_if(map, "text", Limit::text(MAX_BODY)).unwrap_or_default(),
        of: u32::try_from(check.whole(map, "of", 1)).unwrap_or(u32::MAX),
    };
    if translation.text.len() > MAX_BODY {
        check.fault("text", "Nội dung vượt giới hạn 8 MiB.", "The text is longer than 8 MiB.");
    }
    translation
}

/// What translations must be beside the item that they stand in.
pub(super) fn fit(item: &Item, check: &mut Check) {
    for (at, translation) in item.translations.iter().enumerate() {
        check.within(&format!("translations[{at}]"), |check| {
            if !translation.lang.is_empty() && !fits_language(&translation.lang) {
                check.fault(
                    "lang",
                    "Mã ngôn ngữ không hợp lệ (ví dụ: en, zh, km).",
                    "Not a language tag (for example: en, zh, km).",
                );
            }
            let same = |other: &str| other.eq_ignore_ascii_case(&translation.lang);
            if same(&item.lang) || item.translations[..at].iter().any(|other| same(&other.lang)) {
                check.fault(
                    "lang",
                    "Mỗi ngôn ngữ chỉ có một bản dịch, và khác ngôn ngữ của bản gốc.",
                    "Each language has one translation, and none that of the original.",
                );
            }
            if translation.of > item.edition {
                check.fault(
                    "of",
                    format!("Bản dịch phải theo một bản đã có, từ 1 đến {}.", item.edition),
                    format!("A translation is of an edition that there is, from 1 to {}.", item.edition),
                );
            }
        });
    }
}
