//! What a form says, laid over what is written. What cannot be read is told at its field and stays as typed.

use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};
use vietnam::text::{nfc, slug};

use super::OWN;
use crate::clock::instant;
use crate::drafts::{Hour, Work, Written, relations};
use crate::items::draft::{Draft, DraftSource};
use crate::items::kinds::{self, posted, tidy};
use crate::people::forms::Fields;
use crate::problem::Fault;
use crate::words::date;

/// What a form says.
pub struct Read {
    /// The draft with it.
    pub written: Written,
    /// The hour.
    pub hour: Hour,
    /// What cannot be read.
    pub faults: Vec<Fault>,
}

/// The fields of administration that were typed, each once as its keyword: `Y tế, giao thông` gives `y-te` and `giao-thong`. What has no letter
/// stays as it is, to be told.
fn keywords(typed: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for typed in typed.split([',', ';']).map(str::trim).filter(|typed| !typed.is_empty()) {
        let word = Some(slug(typed)).filter(|word| !word.is_empty()).unwrap_or_else(|| typed.to_owned());
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// Lays a form over what is written. Fields that the form does not have stay as they are.
pub fn read(fields: &Fields, work: &Work) -> Read {
    let mut faults = Vec::new();
    let mut written = work.written.clone();
    let draft = &mut written.draft;
    let line = |name: &str| fields.some(name).map(|text| nfc(&text));
    for (name, slot) in [
        ("title_en", &mut draft.title_en),
        ("number", &mut draft.number),
        ("form", &mut draft.form),
        ("agency", &mut draft.agency),
        ("signer", &mut draft.signer),
        ("urgency", &mut draft.urgency),
        ("change_note", &mut draft.change_note),
    ] {
        if fields.has(name) {
            *slot = line(name);
        }
    }
    for (name, slot) in [("title", &mut draft.title), ("summary", &mut draft.summary)] {
        if fields.has(name) {
            *slot = line(name).unwrap_or_default();
        }
    }
    if fields.has("text") {
        draft.text = nfc(fields.get("text").trim_end());
    }
    if fields.has("fields") {
        draft.fields = keywords(fields.get("fields"));
    }
    if fields.has("source") {
        let url = draft.source.take().and_then(|source| source.url);
        draft.source = line("source").map(|name| DraftSource { name, url, taken: None });
    }
    for (name, slot) in
        [("issued", &mut draft.issued), ("effective", &mut draft.effective), ("expires", &mut draft.expires)]
    {
        if fields.has(name) {
            match day(fields.get(name)) {
                Ok(day) => *slot = day,
                Err(()) => faults.push(Fault {
                    field: name.into(),
                    vi: "Ngày này không có. Ghi theo mẫu 26/11/2026.".into(),
                    en: "There is no such day. Write it as 26/11/2026.".into(),
                }),
            }
        }
    }
    read_details(fields, draft, &mut faults);
    // A box that is not ticked is not sent; the field beside it says that the form has the box.
    if fields.has("co-urgent") {
        draft.urgent = fields.has("urgent");
    }
    if fields.has("relations") {
        draft.relations = relations::read(&nfc(fields.get("relations")), &draft.relations, &mut faults);
    }
    if fields.has("co-retroactive") {
        draft.retroactive = fields.has("retroactive");
    }
    // The writers of an annex say that they have read a newer edition; whether it is the one that stands is asked at the issue.
    if let (Some(core), Ok(edition)) = (&mut written.beside, fields.get("ban-goc").parse::<u32>()) {
        core.edition = core.edition.max(edition);
    }
    let mut at = work.hour();
    if fields.has("co-sealed") {
        at.sealed = fields.has("sealed");
    }
    if fields.has("due") {
        match hour(fields.get("due")) {
            Ok(hour) => at.due = hour,
            Err(()) => faults.push(Fault {
                field: "due".into(),
                vi: "Giờ hẹn không đọc được. Ghi theo mẫu 2026-11-27 08:00.".into(),
                en: "The hour cannot be read. Write it as 2026-11-27 08:00.".into(),
            }),
        }
    }
    Read { written, hour: at, faults }
}

/// The kind's own fields, by their names in the form. What the kind does not know stays as it was.
fn read_details(fields: &Fields, draft: &mut Draft, faults: &mut Vec<Fault>) {
    let Some(kind) = kinds::of(&draft.kind) else { return };
    let sent = fields.pairs().iter().filter_map(|(name, value)| Some((name.strip_prefix(OWN)?, value)));
    let (mut details, mut any) = (Map::new(), false);
    for (name, value) in sent {
        any = true;
        if let Err(why) = posted::put(&mut details, name, Value::from(value.as_str())) {
            faults.push(Fault {
                field: format!("{OWN}{name}"),
                vi: "Trường này không có trong biểu mẫu; hãy tải lại trang.".into(),
                en: format!("This field {why}; reload the page."),
            });
        }
    }
    if any {
        let mut tidied = tidy::tidy(&kind.fields, details);
        let known = |name: &String| kind.fields.iter().any(|field| field.id == *name);
        let others = std::mem::take(&mut draft.details).into_iter().filter(|(name, _)| !known(name));
        tidied.extend(others.collect::<Vec<_>>());
        draft.details = tidied;
    }
}

/// A day as browsers send it or as people write it; nothing is none.
pub(in crate::drafts) fn day(text: &str) -> Result<Option<Date>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(day) = text.parse() {
        return Ok(Some(day));
    }
    let mut parts = text.split(['/', '-', '.']).map(str::trim);
    let (Some(day), Some(month), Some(year), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(());
    };
    let number = |text: &str| text.parse::<i16>().map_err(|_| ());
    let small = |text: &str| text.parse::<i8>().map_err(|_| ());
    Date::new(number(year)?, small(month)?, small(day)?).map(Some).map_err(|_| ())
}

/// An hour of a day in Viet Nam, as an instant.
fn hour(text: &str) -> Result<Option<i64>, ()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let local: DateTime = text.replacen(' ', "T", 1).parse().map_err(|_| ())?;
    let at = local.to_zoned_datetime(date::zone()).map_err(|_| ())?;
    Ok(Some(at.timestamp().as_microsecond()))
}

/// An instant as `datetime-local` shows it.
pub(super) fn hour_text(at: i64) -> String {
    instant(at).to_zoned_datetime(date::zone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_is_read_as_browsers_send_it_and_as_people_write_it() {
        let day_of = |text| day(text).map(|day| day.map(|day| day.to_string()));
        assert_eq!(day_of("2026-11-26"), Ok(Some("2026-11-26".into())));
        assert_eq!(day_of(" 26/11/2026 "), Ok(Some("2026-11-26".into())));
        assert_eq!((day_of(""), day_of("31/02/2026"), day_of("mai")), (Ok(None), Err(()), Err(())));
    }

    #[test]
    fn an_hour_is_one_of_viet_nam() {
        let at = hour("2026-11-27T08:00").unwrap().unwrap();
        assert_eq!(instant(at).to_string(), "2026-11-27T01:00:00Z");
        assert_eq!(
            (hour_text(at).as_str(), hour("2026-11-27 08:00"), hour("x")),
            ("2026-11-27T08:00", Ok(Some(at)), Err(()))
        );
    }
}
