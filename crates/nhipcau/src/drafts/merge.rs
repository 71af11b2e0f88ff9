//! Two people save at once: what only one of them changed is joined field by field, and where both changed one field
//! differently a person decides.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Written;

/// Before the language of a translation: the text that it was made from. No field for people.
pub(super) const MADE_FROM: &str = "made_from.";

/// Before an account of a channel: what is written for it.
pub const CHANNEL: &str = "channels.";

/// A field that both changed differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The field's name.
    pub field: String,
    /// What this person wrote.
    pub mine: Value,
    /// What was saved meanwhile.
    pub theirs: Value,
}

/// What came of joining two changes of one text.
pub struct Joined {
    /// Both together; in conflicts, what this person wrote.
    pub written: Written,
    /// What a person must decide.
    pub conflicts: Vec<Conflict>,
}

/// Joins what two people made of `base`.
///
/// # Errors
/// When a draft cannot be written as JSON.
pub fn join(base: &Written, mine: &Written, theirs: &Written) -> anyhow::Result<Joined> {
    let (base, mut joined, theirs) = (flat(base)?, flat(mine)?, flat(theirs)?);
    let mut conflicts = Vec::new();
    let fields: std::collections::BTreeSet<String> =
        base.keys().chain(joined.keys()).chain(theirs.keys()).cloned().collect();
    for field in fields {
        let at = |map: &Map<String, Value>| map.get(&field).cloned().unwrap_or(Value::Null);
        let (was, mine, theirs) = (at(&base), at(&joined), at(&theirs));
        if theirs == was || theirs == mine {
            continue;
        }
        if mine == was {
            joined.insert(field, theirs);
        } else {
            conflicts.push(Conflict { field, mine, theirs });
        }
    }
    joined.retain(|_, value| !value.is_null());
    Ok(Joined { written: deep(joined)?, conflicts })
}

/// The fields of the item beside each other, its details among them, and the files as one.
pub(super) fn flat(written: &Written) -> anyhow::Result<Map<String, Value>> {
    let Value::Object(mut fields) = serde_json::to_value(&written.draft)? else { return Ok(Map::new()) };
    if let Some(Value::Object(details)) = fields.remove("details") {
        fields.extend(details.into_iter().map(|(name, value)| (format!("details.{name}"), value)));
    }
    // Each language is a field of its own: two who translate into different ones do not get in each other's way.
    fields.remove("translations");
    for said in written.draft.translations.iter().flatten() {
        fields.insert(format!("translations.{}", said.lang), serde_json::to_value(said)?);
    }
    for (lang, made_from) in &written.made_from {
        fields.insert(format!("{MADE_FROM}{lang}"), made_from.as_str().into());
    }
    // So is each channel.
    for (account, form) in &written.channels {
        fields.insert(format!("{CHANNEL}{account}"), serde_json::to_value(form)?);
    }
    fields.insert("files".into(), serde_json::to_value(&written.files)?);
    if let Some(core) = &written.beside {
        fields.insert("beside".into(), serde_json::to_value(core)?);
    }
    Ok(fields)
}

fn deep(flat: Map<String, Value>) -> anyhow::Result<Written> {
    let (mut fields, mut details) = (Map::new(), Map::new());
    let (mut files, mut beside) = (Vec::new(), None);
    let (mut translations, mut made_from, mut channels) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for (name, value) in flat {
        if name.starts_with("translations.") {
            translations.push(value);
            continue;
        }
        if let Some(lang) = name.strip_prefix(MADE_FROM) {
            made_from.insert(lang.to_owned(), value.as_str().unwrap_or_default().to_owned());
            continue;
        }
        if let Some(account) = name.strip_prefix(CHANNEL) {
            channels.insert(account.parse()?, serde_json::from_value(value)?);
            continue;
        }
        match (name.strip_prefix("details."), name.as_str()) {
            (Some(detail), _) => {
                details.insert(detail.to_owned(), value);
            }
            (None, "files") => files = serde_json::from_value(value)?,
            (None, "beside") => beside = serde_json::from_value(value)?,
            (None, _) => {
                fields.insert(name, value);
            }
        }
    }
    if !details.is_empty() {
        fields.insert("details".into(), details.into());
    }
    if !translations.is_empty() {
        fields.insert("translations".into(), translations.into());
    }
    Ok(Written { draft: serde_json::from_value(fields.into())?, files, beside, made_from, channels })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::items::draft::{Draft, DraftTranslation};

    fn written(title: &str, text: &str, number: Option<&str>) -> Written {
        let number = number.map(str::to_owned);
        Written {
            draft: Draft { title: title.into(), text: text.into(), number, ..Draft::default() },
            ..Written::default()
        }
    }

    #[test]
    fn changes_of_different_fields_join() {
        let base = written("A", "một", None);
        let joined = join(&base, &written("B", "một", None), &written("A", "hai", Some("1/CT"))).unwrap();
        assert!(joined.conflicts.is_empty());
        let draft = joined.written.draft;
        assert_eq!(
            (draft.title.as_str(), draft.text.as_str(), draft.number.as_deref()),
            ("B", "hai", Some("1/CT"))
        );
    }

    #[test]
    fn two_changes_of_one_field_are_shown_and_nothing_is_lost() {
        let base = written("A", "một", Some("1/CT"));
        let joined =
            join(&base, &written("A", "của tôi", None), &written("A", "của bạn", Some("2/CT"))).unwrap();
        let fields: Vec<_> =
            joined.conflicts.iter().map(|c| (c.field.as_str(), &c.mine, &c.theirs)).collect();
        let value = |text: &str| Value::from(text);
        assert_eq!(
            fields,
            [("number", &Value::Null, &value("2/CT")), ("text", &value("của tôi"), &value("của bạn"))]
        );
        assert_eq!(joined.written.draft.text, "của tôi");
    }

    #[test]
    fn two_languages_join_and_one_language_is_decided() {
        let said = |lang: &str, text: &str| {
            let mut written = written("A", "một", None);
            let said = DraftTranslation { lang: lang.into(), text: text.into(), ..Default::default() };
            written.translate(said);
            written
        };
        let base = written("A", "một", None);
        let joined = join(&base, &said("zh", "一"), &said("en", "one")).unwrap();
        assert!(joined.conflicts.is_empty());
        assert!(joined.written.follows("en") && joined.written.follows("zh"));
        let conflicts = join(&base, &said("en", "One"), &said("en", "one")).unwrap().conflicts;
        assert_eq!(conflicts[0].field, "translations.en");
    }

    #[test]
    fn the_same_change_twice_is_no_conflict() {
        let base = written("A", "một", None);
        let same = written("A", "hai", None);
        assert!(join(&base, &same, &same).unwrap().conflicts.is_empty());
    }
}
