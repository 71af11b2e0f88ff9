//! The form of a draft: from what is written to fields, and back. What cannot be read is told at its field and stays as typed.

use jiff::civil::{Date, DateTime};
use network::content::{Format, Item, Layer};
use network::names::ContentHash;
use serde_json::{Map, Value};
use vietnam::text::nfc;

use super::{Attached, Work, Written, relations};
use crate::clock::instant;
use crate::documents;
use crate::items::draft::{Draft, DraftSource};
use crate::items::kinds::{self, Field, Shape, posted, tidy};
use crate::people::forms::Fields;
use crate::problem::Fault;
use crate::words::{Lang, date};

/// Before the names of what only the kind asks for.
const OWN: &str = "details.";

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

    /// True for what takes a whole line of the form.
    pub fn wide(&self) -> bool {
        matches!(self.way, Way::Text(_) | Way::Tick) || matches!(self.name.as_str(), "title" | "title_en")
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
    pub title: String,
    /// What it is for; empty if that is plain.
    pub says: String,
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
    for (name, slot) in [("title", &mut draft.title), ("summary", &mut draft.summary)] {
        if fields.has(name) {
            *slot = line(name).unwrap_or_default();
        }
    }
    if fields.has("text") {
        draft.text = nfc(fields.get("text").trim_end());
    }
    if fields.has("fields") {
        let words = fields.get("fields").split(',').map(str::trim).filter(|word| !word.is_empty());
        draft.fields = words.map(str::to_owned).collect();
    }
    if fields.has("source") {
        let url = draft.source.take().and_then(|source| source.url);
        draft.source = line("source").map(|name| DraftSource { name, url });
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

/// What draws the fields of one form.
struct Pen<'a> {
    lang: Lang,
    typed: Option<&'a Fields>,
    faults: &'a [Fault],
}

impl Pen<'_> {
    fn input(&self, name: &str, label: &str, hint: &str, way: Way, value: String) -> Input {
        let value = match self.typed {
            Some(typed) if way == Way::Tick => if typed.has(name) { "1" } else { "" }.to_owned(),
            Some(typed) if typed.has(name) => typed.get(name).to_owned(),
            _ => value,
        };
        let fault = self.faults.iter().find(|fault| fault.field == name || is_of(&fault.field, name));
        Input {
            value,
            fault: fault.map(|f| if self.lang == Lang::Vi { f.vi.clone() } else { f.en.clone() }),
            name: name.to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            way,
        }
    }

    /// A field of a kind.
    fn field(&self, name: &str, field: &Field, value: String) -> Input {
        let way = match &field.shape {
            Shape::Text { .. } if field.id == "text" => Way::Text(16),
            Shape::Text { .. } => Way::Text(3),
            Shape::Date => Way::Day,
            Shape::DateTime => Way::Hour,
            Shape::Choice(choices) => {
                let none = (String::new(), self.lang.desk().choice_none.to_owned());
                let named = choices.iter().map(|c| (c.id.clone(), c.name.of(self.lang).to_owned()));
                Way::Choice([none].into_iter().chain(named).collect())
            }
            _ => Way::Line,
        };
        self.input(name, field.label.of(self.lang), field.help.of(self.lang), way, value)
    }

    /// Fields of a kind, each with its value in `values`; groups and lists become groups of the form.
    fn fields(
        &self,
        prefix: &str,
        title: &str,
        fields: &[Field],
        values: &Map<String, Value>,
        to: &mut Vec<Group>,
    ) {
        let mut inputs = Vec::new();
        let mut inner = Vec::new();
        for field in fields {
            let name = format!("{prefix}{}", field.id);
            let (label, help) = (field.label.of(self.lang), field.help.of(self.lang));
            let value = values.get(&field.id);
            let none = Map::new();
            match &field.shape {
                Shape::Group(fields) => {
                    let values = value.and_then(Value::as_object).unwrap_or(&none);
                    let at = inner.len();
                    self.fields(&format!("{name}."), label, fields, values, &mut inner);
                    if let Some(group) = inner.get_mut(at) {
                        group.says = help.to_owned();
                    }
                }
                Shape::List { fields, most } => {
                    let rows = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                    // One empty row waits below those that are filled in; saving makes the next.
                    let shown = (rows.len() + 1).max(self.rows_typed(&name)).min(*most);
                    for row in 0..shown {
                        let values = rows.get(row).and_then(Value::as_object).unwrap_or(&none);
                        let title = format!("{label} · {}", row + 1);
                        let at = inner.len();
                        self.fields(&format!("{name}[{row}]."), &title, fields, values, &mut inner);
                        if let Some(group) = inner.get_mut(at).filter(|_| row == 0) {
                            group.says = format!("{help} {}", self.lang.desk().rows_say);
                        }
                    }
                }
                _ => {
                    let text = match value {
                        Some(Value::String(text)) => text.clone(),
                        Some(other) => other.to_string(),
                        None => String::new(),
                    };
                    inputs.push(self.field(&name, field, text));
                }
            }
        }
        if !inputs.is_empty() {
            to.push(Group { title: title.to_owned(), says: String::new(), inputs });
        }
        to.extend(inner);
    }

    /// How many rows of a list were sent.
    fn rows_typed(&self, list: &str) -> usize {
        let Some(typed) = self.typed else { return 0 };
        let row = |(name, _): &(String, String)| {
            let rest = name.strip_prefix(list)?.strip_prefix('[')?;
            rest.split_once(']')?.0.parse::<usize>().ok()
        };
        typed.pairs().iter().filter_map(row).max().map_or(0, |last| last + 1)
    }
}

/// True for a fault of one of the relations, which the form has in one field.
fn is_of(fault: &str, name: &str) -> bool {
    name == "relations" && fault.starts_with("relations[")
}

/// The form of a draft, as its kind asks for it; `typed` is what was sent and could not be saved.
pub fn groups(work: &Work, lang: Lang, typed: Option<&Fields>, faults: &[Fault]) -> Vec<Group> {
    let (w, draft) = (lang.desk(), &work.written.draft);
    let pen = Pen { lang, typed, faults };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut first = Vec::new();
    if work.base > 0 {
        first.push(pen.input(
            "change_note",
            w.field_change_note,
            w.field_change_note_hint,
            Way::Text(2),
            text(&draft.change_note),
        ));
    }
    first.push(pen.input("title", w.field_title, w.field_title_hint, Way::Line, draft.title.clone()));
    let mut groups = Vec::new();
    match kinds::of(&draft.kind) {
        Some(kind) => {
            for field in kind
                .common
                .iter()
                .filter(|field| !matches!(field.id.as_str(), "title" | "files" | "title_en"))
            {
                first.push(pen.field(&field.id, field, common(draft, &field.id)));
            }
            pen.fields(OWN, kind.name.of(lang), &kind.fields, &draft.details, &mut groups);
        }
        // A kind of a later version: what every item has.
        None => first.push(pen.input("text", w.field_text, "", Way::Text(16), draft.text.clone())),
    }
    if documents::is_document(&draft.kind) {
        let retroactive = if draft.retroactive { "1" } else { "" }.to_owned();
        let lines = relations::lines(&draft.relations);
        first.push(pen.input("relations", w.field_relations, w.field_relations_hint, Way::Text(3), lines));
        let (label, hint) = (w.field_retroactive, w.field_retroactive_hint);
        first.push(pen.input("retroactive", label, hint, Way::Tick, retroactive));
    }
    groups.insert(0, Group { title: String::new(), says: String::new(), inputs: first });
    let urgent = if draft.urgent { "1" } else { "" }.to_owned();
    groups.push(Group {
        title: w.group_issue.to_owned(),
        says: String::new(),
        inputs: vec![
            pen.input("title_en", w.field_title_en, "", Way::Line, text(&draft.title_en)),
            pen.input(
                "due",
                w.field_due,
                w.field_due_hint,
                Way::Hour,
                work.due.map(hour_text).unwrap_or_default(),
            ),
            pen.input("urgent", w.field_urgent, w.field_urgent_hint, Way::Tick, urgent),
        ],
    });
    groups
}

/// What stands in a field that every item may have.
fn common(draft: &Draft, id: &str) -> String {
    let day = |value: &Option<Date>| value.map(|day| day.to_string());
    match id {
        "summary" => Some(draft.summary.clone()),
        "text" => Some(draft.text.clone()),
        "number" => draft.number.clone(),
        "form" => draft.form.clone(),
        "agency" => draft.agency.clone(),
        "signer" => draft.signer.clone(),
        "urgency" => draft.urgency.clone(),
        "issued" => day(&draft.issued),
        "effective" => day(&draft.effective),
        "expires" => day(&draft.expires),
        "fields" => Some(draft.fields.join(", ")),
        "source" => draft.source.as_ref().map(|source| source.name.clone()),
        _ => None,
    }
    .unwrap_or_default()
}

/// What a field is called, for lists of faults and differences; its own name if nobody knows it.
pub fn label(kind: &str, name: &str, lang: Lang) -> String {
    let w = lang.desk();
    let plain = match name {
        "title" => Some(w.field_title),
        "text" | "body.text" => Some(w.field_text),
        "change_note" => Some(w.field_change_note),
        "title_en" => Some(w.field_title_en),
        "due" => Some(w.field_due),
        "urgent" => Some(w.field_urgent),
        "files" => Some(w.field_files),
        "relations" => Some(w.field_relations),
        "retroactive" => Some(w.field_retroactive),
        _ => None,
    };
    if let Some(plain) = plain {
        return plain.to_owned();
    }
    let Some(kind) = kinds::of(kind) else { return name.to_owned() };
    let Some(own) = name.strip_prefix(OWN) else {
        let field = kind.common.iter().find(|field| field.id == name);
        return field.map_or_else(|| name.to_owned(), |field| field.label.of(lang).to_owned());
    };
    let (mut fields, mut said) = (kind.fields.as_slice(), Vec::new());
    for part in own.split('.') {
        let (id, row) = part.split_once('[').unwrap_or((part, ""));
        let Some(field) = fields.iter().find(|field| field.id == id) else { return name.to_owned() };
        let row = row.trim_end_matches(']').parse::<usize>().map(|row| format!(" {}", row + 1));
        said.push(format!("{}{}", field.label.of(lang), row.unwrap_or_default()));
        fields = field.inner();
    }
    said.join(" · ")
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
            details: item.details.clone().map(|details| details.0).unwrap_or_default(),
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
        // Smaller copies of a picture are made anew from the largest.
        let mains: Vec<_> = item.files.iter().filter(|file| file.of.is_none()).collect();
        let attached = mains.iter().map(|file| Attached {
            name: file.name.clone(),
            media: file.media.clone(),
            sha256: file.sha256.to_string(),
            size: file.size,
            alt: file.alt.clone().filter(|alt| !alt.is_empty()),
            decorative: file.alt.as_deref() == Some(""),
        });
        let files = attached.collect();
        (Written { draft, files }, mains.iter().map(|file| file.sha256).collect())
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
