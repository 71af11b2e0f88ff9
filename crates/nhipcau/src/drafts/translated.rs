//! Translations of a draft: a panel for each language, beside the text that it translates.
//!
//! Whoever saves a translation says that it fits the text as it stands in the draft; that text is remembered by its hash. If the text
//! changes afterwards, the translation has fallen behind, and readers are told of which edition it is.

use super::Written;
use crate::items::draft::{Draft, DraftTranslation};
use crate::problem::Fault;

/// Languages that the console offers: tag, in Vietnamese, in English, by itself. Neighbours, those who invest and visit, and
/// peoples of Viet Nam with a written language in broadcasting (Voice of Vietnam, VOV4). Others come by command or API.
pub const LANGUAGES: [(&str, &str, &str, &str); 14] = [
    ("en", "Tiếng Anh", "English", "English"),
    ("zh", "Tiếng Trung", "Chinese", "中文"),
    ("lo", "Tiếng Lào", "Lao", "ລາວ"),
    ("km", "Tiếng Khmer", "Khmer", "ខ្មែរ"),
    ("ko", "Tiếng Hàn", "Korean", "한국어"),
    ("ja", "Tiếng Nhật", "Japanese", "日本語"),
    ("fr", "Tiếng Pháp", "French", "Français"),
    ("ru", "Tiếng Nga", "Russian", "Русский"),
    ("es", "Tiếng Tây Ban Nha", "Spanish", "Español"),
    ("hmn", "Tiếng Mông", "Hmong", "Hmoob"),
    ("rad", "Tiếng Ê-đê", "Rade", "Êđê"),
    ("jra", "Tiếng Gia-rai", "Jarai", "Jrai"),
    ("bdq", "Tiếng Ba-na", "Bahnar", "Bahnar"),
    ("cjm", "Tiếng Chăm", "Cham", "Cam"),
];

/// What a language calls itself; its tag if it is none that we know.
pub fn own_name(tag: &str) -> &str {
    LANGUAGES.iter().find(|(known, ..)| known.eq_ignore_ascii_case(tag)).map_or(tag, |(.., own)| own)
}

impl Written {
    /// True if a translation fits the text that is written now.
    pub fn follows(&self, lang: &str) -> bool {
        self.made_from.get(lang).is_some_and(|made_from| *made_from == self.draft.source())
    }

    /// The item as it is handed in: translations that fit its text are of the new edition, others stay of theirs.
    pub fn handed_in(&self) -> Draft {
        let mut draft = self.draft.clone();
        for translation in draft.translations.iter_mut().flatten() {
            if self.follows(&translation.lang) {
                translation.of = None;
            }
        }
        draft
    }

    /// A fault for each translation that was never published and fits no text that will be.
    pub fn behind(&self) -> Vec<Fault> {
        let all = self.draft.translations.iter().flatten().enumerate();
        let behind = all.filter(|(_, said)| said.of.is_none() && !self.follows(&said.lang));
        behind
            .map(|(at, said)| Fault {
                field: format!("translations[{at}].text"),
                vi: format!(
                    "Bản tiếng Việt đã đổi sau khi dịch sang {}. Mở bản dịch, xem lại rồi lưu, hoặc bỏ bản dịch.",
                    own_name(&said.lang)
                ),
                en: format!(
                    "The text has changed since it was translated into {}. Open the translation, look at it again and save it, or take it off.",
                    own_name(&said.lang)
                ),
            })
            .collect()
    }

    /// Puts a translation of the text as it is now in the place of the one that was there.
    pub fn translate(&mut self, said: DraftTranslation) {
        self.made_from.insert(said.lang.clone(), self.draft.source());
        let all = self.draft.translations.get_or_insert_default();
        match all.iter_mut().find(|other| other.lang == said.lang) {
            Some(other) => *other = DraftTranslation { of: other.of, ..said },
            None => all.push(said),
        }
    }

    /// Takes a translation off.
    pub fn take_off(&mut self, lang: &str) {
        self.made_from.remove(lang);
        if let Some(all) = &mut self.draft.translations {
            all.retain(|other| other.lang != lang);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_translation_is_of_the_text_that_its_translator_saw() {
        let mut written = Written::default();
        written.draft.text = "một".into();
        written.translate(DraftTranslation { lang: "en".into(), text: "one".into(), ..Default::default() });
        assert!(written.behind().is_empty());
        written.draft.text = "hai".into();
        assert_eq!(written.behind()[0].field, "translations[0].text", "never published of any text");
        // One that was published before falls behind instead, and comes up again when it is looked at.
        written.draft.translations.as_mut().unwrap()[0].of = Some(1);
        assert!(written.behind().is_empty());
        assert_eq!(written.handed_in().translations.unwrap()[0].of, Some(1));
        written.translate(DraftTranslation { lang: "en".into(), text: "two".into(), ..Default::default() });
        assert_eq!(written.handed_in().translations.unwrap()[0].of, None);
        written.take_off("en");
        assert_eq!(written.handed_in().translations, Some(vec![]));
    }
}
