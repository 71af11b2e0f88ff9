//! The form of a draft: from what is written to fields (here), and back (`read`).

pub(super) mod read;
mod written;

use jiff::civil::Date;
use serde_json::{Map, Value};

use self::read::hour_text;
pub use self::read::{Read, read};
use super::{Work, merge, relations, translated};
use crate::documents;
use crate::items::draft::Draft;
use crate::items::kinds::{self, Field, Shape};
use crate::people::forms::Fields;
use crate::problem::Fault;
use crate::words::Lang;

/// Before the names of what only the kind asks for.
const OWN: &str = "details.";
/// Lists that a form does not have row by row.
const LISTS: [&str; 3] = ["fields", "relations", "files"];

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
    /// Yes or no; what a ticked box sends.
    Tick(String),
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
        matches!(self.way, Way::Text(_) | Way::Tick(_)) || matches!(self.name.as_str(), "title" | "title_en")
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

    /// What a box sends if it is ticked, if it is a box.
    pub fn tick(&self) -> Option<&str> {
        if let Way::Tick(sends) = &self.way { Some(sends) } else { None }
    }

    /// True for a box that is ticked.
    pub fn ticked(&self) -> bool {
        self.tick() == Some(self.value.as_str())
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

/// What draws the fields of one form.
struct Pen<'a> {
    lang: Lang,
    typed: Option<&'a Fields>,
    faults: &'a [Fault],
}

impl Pen<'_> {
    fn input(&self, name: &str, label: &str, hint: &str, way: Way, value: String) -> Input {
        let value = match self.typed {
            Some(typed) if matches!(way, Way::Tick(_)) => typed.get(name).to_owned(),
            Some(typed) if typed.has(name) => typed.get(name).to_owned(),
            _ => value,
        };
        let fault = self.faults.iter().find(|fault| place(&fault.field) == name);
        Input {
            value,
            fault: fault.map(|fault| fault.of(self.lang).to_owned()),
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
            // A choice of one word is taken or left.
            Shape::Choice(choices) if let [only] = choices.as_slice() => Way::Tick(only.id.clone()),
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

fn yes() -> Way {
    Way::Tick("1".to_owned())
}

/// Where a field stands in the form: fields of administration and relations are typed in one line or box each, files have a section.
pub fn place(name: &str) -> &str {
    name.split_once('[').map(|(list, _)| list).filter(|list| LISTS.contains(list)).unwrap_or(name)
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
        first.push(pen.input("retroactive", label, hint, yes(), retroactive));
    }
    groups.insert(0, Group { title: String::new(), says: String::new(), inputs: first });
    let urgent = if draft.urgent { "1" } else { "" }.to_owned();
    let due = work.due.map(hour_text).unwrap_or_default();
    let mut inputs = vec![
        pen.input("title_en", w.field_title_en, "", Way::Line, text(&draft.title_en)),
        pen.input("due", w.field_due, w.field_due_hint, Way::Hour, due),
    ];
    if work.base == 0 {
        let (e, sealed) = (lang.embargo(), if work.sealed { "1" } else { "" }.to_owned());
        inputs.push(pen.input("sealed", e.field_sealed, e.field_sealed_hint, yes(), sealed));
    }
    inputs.push(pen.input("urgent", w.field_urgent, w.field_urgent_hint, yes(), urgent));
    groups.push(Group { title: w.group_issue.to_owned(), says: String::new(), inputs });
    groups
}

/// What a form says otherwise than what is written: what the field is called, and what was typed into it.
pub fn changed(work: &Work, typed: &Fields, lang: Lang) -> Vec<(String, String)> {
    let inputs = |typed| groups(work, lang, typed, &[]).into_iter().flat_map(|group| group.inputs);
    let pairs = inputs(None).zip(inputs(Some(typed)));
    let differ = pairs.filter(|(kept, typed)| kept.value != typed.value && !typed.value.trim().is_empty());
    let said = |input: Input| {
        match input.choices() {
            Some(all) => all.iter().find(|(value, _)| *value == input.value).map(|(_, label)| label.clone()),
            None if input.tick().is_some() => Some(lang.kept().yes.to_owned()),
            None => None,
        }
        .unwrap_or(input.value)
    };
    differ.map(|(_, input)| (input.label.clone(), said(input))).collect()
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

/// What a field is called, for lists of faults and differences; its own name if nobody knows it. Of a list the number of the entry
/// stands behind it.
pub fn label(kind: &str, name: &str, lang: Lang) -> String {
    let list = place(name);
    let entry =
        name.strip_prefix(list).and_then(|rest| rest.strip_prefix('[')?.split(']').next()?.parse().ok());
    match entry {
        Some(entry) => format!("{} {}", label_of(kind, list, lang), 1_usize.saturating_add(entry)),
        None => label_of(kind, name, lang),
    }
}

fn label_of(kind: &str, name: &str, lang: Lang) -> String {
    let w = lang.desk();
    let plain = match name {
        "title" => Some(w.field_title),
        "text" | "body.text" => Some(w.field_text),
        "change_note" => Some(w.field_change_note),
        "title_en" => Some(w.field_title_en),
        "due" => Some(w.field_due),
        "sealed" => Some(lang.embargo().field_sealed),
        "urgent" => Some(w.field_urgent),
        "files" => Some(w.field_files),
        "relations" => Some(w.field_relations),
        "beside" => Some(lang.annex().field_beside),
        "retroactive" => Some(w.field_retroactive),
        _ => None,
    };
    if let Some(plain) = plain {
        return plain.to_owned();
    }
    if let Some(tag) = name.strip_prefix("translations.") {
        return format!("{}: {}", lang.translation().heading, translated::own_name(tag));
    }
    if name.starts_with(merge::CHANNEL) {
        return lang.channel().forms.to_owned();
    }
    if name.starts_with("translations[") {
        return lang.translation().heading.to_owned();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_by_the_name_that_the_form_has_for_its_field() {
        let said = |name| (label("news", name, Lang::Vi), place(name).to_owned());
        let due = |label: &str, place: &str| (label.to_owned(), place.to_owned());
        assert_eq!(said("fields[1]"), due("Lĩnh vực 2", "fields"));
        assert_eq!(
            said("relations[0].number"),
            due(&format!("{} 1", Lang::Vi.desk().field_relations), "relations")
        );
        assert_eq!(said("files[2].alt"), due(&format!("{} 3", Lang::Vi.desk().field_files), "files"));
        assert_eq!(said("title"), due("Tiêu đề", "title"));
        assert_eq!(said("details.author"), due("Tác giả", "details.author"));
        assert_eq!(said("khong[0].co"), due("khong[0].co", "khong[0].co"));
    }
}
