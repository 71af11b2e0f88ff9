//! The form of a draft: from what is written to fields, and back. What cannot be read is told at its field and stays as typed.

use jiff::civil::{Date, DateTime};
use network::content::{Format, Item, Layer};
use network::names::ContentHash;
use vietnam::text::nfc;

use super::{Attached, Work, Written, relations};
use crate::clock::instant;
use crate::items::draft::{Draft, DraftSource};
use crate::people::forms::Fields;
use crate::problem::Fault;
use crate::words::{DeskWords, Lang, date};

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// One line.
    Line,
    /// Several lines.
    Text(u32),
    /// A day.
    Day,
    /// An hour of a day, in Viet Nam.
    Hour,
    /// One of these: value and label.
    Choice(Vec<(String, String)>),
    /// Yes or no.
    Tick,
}

/// A field as it is drawn.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name, that of the item's field.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// A sentence of help; empty if it speaks for itself.
    pub hint: String,
    /// How it is filled in.
    pub way: Way,
    /// What stands in it.
    pub value: String,
    /// What is wrong with it.
    pub fault: Option<String>,
}

impl Input {
    /// The rows of a text; 0 for any other field.
    pub fn rows(&self) -> u32 {
        if let Way::Text(rows) = self.way { rows } else { 0 }
    }

    /// The type of an `<input>`; empty for what is none.
    pub fn input(&self) -> &'static str {
        match self.way {
            Way::Line => "text",
            Way::Day => "date",
            Way::Hour => "datetime-local",
            _ => "",
        }
    }

    /// The choices, if it is one.
    pub fn choices(&self) -> Option<&[(String, String)]> {
        if let Way::Choice(all) = &self.way { Some(all) } else { None }
    }

    /// True for a box that is ticked.
    pub fn ticked(&self) -> bool {
        self.value == "1"
    }
}

/// A group of fields under a heading.
pub struct Group {
    /// The heading; empty for the first.
    pub title: &'static str,
    /// The fields.
    pub inputs: Vec<Input>,
}

/// What a form says.
pub struct Read {
    /// The draft with it.
    pub written: Written,
    /// The hour, in microseconds.
    pub due: Option<i64>,
    /// What cannot be read.
    pub faults: Vec<Fault>,
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
    if fields.has("title") {
        draft.title = line("title").unwrap_or_default();
    }
    if fields.has("summary") {
        draft.summary = line("summary").unwrap_or_default();
    }
    if fields.has("text") {
        draft.text = nfc(fields.get("text").trim_end());
    }
    if fields.has("source") {
        draft.source =
            line("source").map(|name| DraftSource { name, url: draft.source.take().and_then(|s| s.url) });
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
    let mut due = work.due;
    if fields.has("due") {
        match hour(fields.get("due")) {
            Ok(hour) => due = hour,
            Err(()) => faults.push(Fault {
                field: "due".into(),
                vi: "Giờ hẹn không đọc được. Ghi theo mẫu 2026-11-27 08:00.".into(),
                en: "The hour cannot be read. Write it as 2026-11-27 08:00.".into(),
            }),
        }
    }
    Read { written, due, faults }
}

/// A day as browsers send it or as people write it; nothing is none.
pub(super) fn day(text: &str) -> Result<Option<Date>, ()> {
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
fn hour_text(at: i64) -> String {
    instant(at).to_zoned_datetime(date::zone()).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The fields of a draft, as far as its kind has them; `typed` is what was sent and could not be saved.
pub fn groups(work: &Work, lang: Lang, typed: Option<&Fields>, faults: &[Fault]) -> Vec<Group> {
    let (w, draft) = (lang.desk(), &work.written.draft);
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let day = |value: &Option<Date>| value.map(|day| day.to_string()).unwrap_or_default();
    let input = |name: &str, label: &str, hint: &str, way: Way, value: String| Input {
        value: match typed {
            Some(typed) if way == Way::Tick => if typed.has(name) { "1" } else { "" }.to_owned(),
            Some(typed) if typed.has(name) => typed.get(name).to_owned(),
            _ => value,
        },
        fault: faults
            .iter()
            .find(|fault| fault.field.split('[').next() == Some(name))
            .map(|fault| if lang == Lang::Vi { fault.vi.clone() } else { fault.en.clone() }),
        name: name.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        way,
    };
    let mut groups = vec![Group {
        title: "",
        inputs: vec![
            input("title", w.field_title, w.field_title_hint, Way::Line, draft.title.clone()),
            input("summary", w.field_summary, w.field_summary_hint, Way::Text(3), draft.summary.clone()),
            input("text", w.field_text, w.field_text_hint, Way::Text(16), draft.text.clone()),
        ],
    }];
    if work.base > 0 {
        groups.insert(
            0,
            Group {
                title: "",
                inputs: vec![input(
                    "change_note",
                    w.field_change_note,
                    w.field_change_note_hint,
                    Way::Text(2),
                    text(&draft.change_note),
                )],
            },
        );
    }
    if super::rules::signed(&draft.kind) {
        let urgency = [
            ("", w.urgency_none),
            ("urgent", w.urgency_urgent),
            ("very-urgent", w.urgency_very),
            ("express", w.urgency_express),
        ];
        let retroactive = if draft.retroactive { "1" } else { "" }.to_owned();
        let urgency = urgency.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
        groups.push(Group {
            title: w.group_document,
            inputs: vec![
                input("form", w.field_form, w.field_form_hint, Way::Line, text(&draft.form)),
                input("number", w.field_number, w.field_number_hint, Way::Line, text(&draft.number)),
                input("agency", w.field_agency, w.field_agency_hint, Way::Line, text(&draft.agency)),
                input("signer", w.field_signer, "", Way::Line, text(&draft.signer)),
                input("issued", w.field_issued, "", Way::Day, day(&draft.issued)),
                input("effective", w.field_effective, "", Way::Day, day(&draft.effective)),
                input("expires", w.field_expires, w.field_expires_hint, Way::Day, day(&draft.expires)),
                input(
                    "relations",
                    w.field_relations,
                    w.field_relations_hint,
                    Way::Text(3),
                    relations::lines(&draft.relations),
                ),
                input("retroactive", w.field_retroactive, w.field_retroactive_hint, Way::Tick, retroactive),
                input("urgency", w.field_urgency, "", Way::Choice(urgency), text(&draft.urgency)),
            ],
        });
    }
    let urgent = if draft.urgent { "1" } else { "" }.to_owned();
    groups.push(Group {
        title: w.group_issue,
        inputs: vec![
            input("title_en", w.field_title_en, "", Way::Line, text(&draft.title_en)),
            input(
                "source",
                w.field_source,
                w.field_source_hint,
                Way::Line,
                draft.source.as_ref().map(|s| s.name.clone()).unwrap_or_default(),
            ),
            input(
                "due",
                w.field_due,
                w.field_due_hint,
                Way::Hour,
                work.due.map(hour_text).unwrap_or_default(),
            ),
            input("urgent", w.field_urgent, w.field_urgent_hint, Way::Tick, urgent),
        ],
    });
    groups
}

/// What a field is called, for lists of faults and differences; its own name if the form does not have it.
pub fn label(name: &str, w: &DeskWords) -> String {
    match name {
        "title" => w.field_title,
        "summary" => w.field_summary,
        "text" | "body.text" => w.field_text,
        "change_note" => w.field_change_note,
        "form" => w.field_form,
        "number" => w.field_number,
        "agency" => w.field_agency,
        "signer" => w.field_signer,
        "issued" => w.field_issued,
        "effective" => w.field_effective,
        "expires" => w.field_expires,
        "urgency" => w.field_urgency,
        "title_en" => w.field_title_en,
        "source" => w.field_source,
        "relations" => w.field_relations,
        "retroactive" => w.field_retroactive,
        "due" => w.field_due,
        "urgent" => w.field_urgent,
        "files" => w.field_files,
        _ => return name.to_owned(),
    }
    .to_owned()
}

impl Written {
    /// What stands of an item, to go on from, and the hashes of its files.
    pub fn of(item: &Item) -> (Written, Vec<ContentHash>) {
        let format = match item.body.format {
            Format::Markdown => String::new(),
            other => other.word().to_owned(),
        };
        let draft = Draft {
            kind: item.kind.to_string(),
            title: item.title.clone(),
            title_en: item.title_en.clone(),
            summary: item.summary.clone(),
            lang: item.lang.clone(),
            number: item.number.clone(),
            form: item.form.clone(),
            agency: item.agency.clone(),
            signer: item.signer.clone(),
            issued: item.issued,
            effective: item.effective,
            expires: item.expires,
            urgency: item.urgency.map(|urgency| urgency.word().to_owned()),
            fields: item.fields.clone(),
            text: item.body.text.clone(),
            format,
            layer: if item.body.layer == Layer::Digitised { "digitised".into() } else { String::new() },
            source: item.source.as_ref().map(|s| DraftSource { name: s.name.clone(), url: s.url.clone() }),
            files: Vec::new(),
            change_note: None,
            sample: item.sample,
            urgent: false,
            relations: item.relations.iter().cloned().map(Into::into).collect(),
            retroactive: item.effective.zip(item.issued).is_some_and(|(from, issued)| from < issued),
        };
        let files = item.files.iter().map(|file| Attached {
            name: file.name.clone(),
            media: file.media.clone(),
            sha256: file.sha256.to_string(),
            size: file.size,
        });
        let files: Vec<_> = files.collect();
        (Written { draft, files }, item.files.iter().map(|file| file.sha256).collect())
    }
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
