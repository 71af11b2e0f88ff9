//! Translations as they are handed in, and how those that stand are carried on to the next edition.

use network::content::{Format, Item, Translation};
use network::names::ContentHash;
use serde::{Deserialize, Serialize};
use vietnam::text::nfc;

use super::{Draft, word};
use crate::problem::Fault;

/// The text in another language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DraftTranslation {
    /// Its language (BCP 47), for example `en`.
    pub lang: String,
    /// Title, 1 to 500 characters.
    pub title: String,
    /// Summary.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The text; empty if only title and summary are translated.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// `markdown` (default), `html`, `text`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// The edition whose text it says; the one that is handed in if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
}

impl From<&Translation> for DraftTranslation {
    fn from(translation: &Translation) -> DraftTranslation {
        DraftTranslation {
            lang: translation.lang.clone(),
            title: translation.title.clone(),
            summary: translation.summary.clone(),
            text: translation.text.clone(),
            format: match translation.format {
                Format::Markdown => String::new(),
                other => other.word().to_owned(),
            },
            of: Some(translation.of),
        }
    }
}

/// Translations as edition `edition` has them.
pub(super) fn checked(
    all: Option<Vec<DraftTranslation>>,
    edition: u32,
    faults: &mut Vec<Fault>,
) -> Vec<Translation> {
    let each = |(at, said): (usize, DraftTranslation)| Translation {
        format: word(&said.format, &format!("translations[{at}].format"), faults).unwrap_or(Format::Markdown),
        lang: said.lang.trim().to_owned(),
        title: nfc(said.title.trim()),
        summary: nfc(said.summary.trim()),
        text: nfc(&said.text),
        of: said.of.unwrap_or(edition),
    };
    all.unwrap_or_default().into_iter().enumerate().map(each).collect()
}

/// What tells one text from another that translations were made from: its title, summary and text.
pub fn source(title: &str, summary: &str, text: &str) -> String {
    let whole = [nfc(title.trim()), nfc(summary.trim()), nfc(text)].join("\u{0}");
    ContentHash::of(whole.as_bytes()).to_string()
}

impl Draft {
    /// What tells the text of this draft from another.
    pub fn source(&self) -> String {
        source(&self.title, &self.summary, &self.text)
    }

    /// The same draft of the next edition of `before` with the translations that stand, if it says nothing of them. One that
    /// follows the text still does if the text stays the same.
    pub fn carry_on(mut self, before: &Item) -> Draft {
        if self.translations.is_none() && !before.translations.is_empty() {
            let same = self.source() == source(&before.title, &before.summary, &before.body.text);
            let carried = before.translations.iter().map(|translation| DraftTranslation {
                of: Some(translation.of).filter(|of| !same || *of < before.edition),
                ..translation.into()
            });
            self.translations = Some(carried.collect());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use uuid::Uuid;

    fn draft(text: &str, translations: Option<Vec<DraftTranslation>>) -> Draft {
        let change_note = Some("Sửa".into());
        Draft { title: "Cầu".into(), text: text.into(), change_note, translations, ..Draft::default() }
    }

    fn edition(draft: Draft, edition: u32) -> Item {
        draft.check(Uuid::from_u128(7), edition, [7; 16], jiff::civil::date(2026, 11, 26)).unwrap().item
    }

    fn english() -> DraftTranslation {
        DraftTranslation {
            lang: "en".into(),
            title: "Bridge".into(),
            text: "one".into(),
            ..Default::default()
        }
    }

    #[test]
    fn a_translation_follows_as_long_as_the_text_stays_the_same() {
        let first = edition(draft("một", Some(vec![english()])), 1);
        assert_eq!(first.translations[0].of, 1);
        // Something else changes, the text does not: the translation is of the new edition as well.
        let second = edition(draft("một", None).carry_on(&first), 2);
        assert_eq!(second.translations[0].of, 2);
        let third = edition(draft("hai", None).carry_on(&second), 3);
        assert_eq!(third.translations[0].of, 2, "it has fallen behind");
        let fourth = edition(draft("hai", None).carry_on(&third), 4);
        assert_eq!(fourth.translations[0].of, 2, "and stays behind");
        let fifth = edition(draft("hai", Some(vec![])).carry_on(&fourth), 5);
        assert!(fifth.translations.is_empty(), "taken off on purpose");
    }

    #[test]
    fn a_secret_is_found_in_a_translation_too() {
        let marked = DraftTranslation { text: "TUYỆT MẬT\n\nx".into(), ..english() };
        let faults = draft("một", Some(vec![english(), marked])).marks(Uuid::from_u128(1));
        assert_eq!(faults[0].field, "translations[1].text");
    }
}
