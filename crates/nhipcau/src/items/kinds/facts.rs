//! What a page says of an item's details: each field by its name, each value as readers can use it.
//!
//! Whoever issued the item may run another version, or lie: a value that does not fit its field is shown as the text that it
//! is, and never becomes a link.

use network::content::{Details, ItemFile};
use serde_json::{Map, Value};

use super::Kind;
use super::fits::{day, fits, minute};
use super::shape::{Field, Shape};
use crate::words::{Lang, date, number};

/// Rows of more columns, or of longer texts, are told one below the other.
const MOST_COLUMNS: usize = 4;
const LONGEST_CELL: usize = 300;
/// A text of at most so many characters stands beside its name, a longer one below it.
const SHORT: usize = 160;

/// What a value is shown with.
pub struct Beside<'a> {
    /// The page's language.
    pub lang: Lang,
    /// The item's attachments.
    pub files: &'a [ItemFile],
    /// The name of the agency whose domain that is, if the directory has one.
    pub agency: &'a dyn Fn(&str) -> Option<String>,
}

/// A field's name and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// In the page's language.
    pub label: String,
    /// The value.
    pub value: Shown,
}

/// A value as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A text in the page's language: a day, a number, a choice.
    Plain(String),
    /// Paragraphs in the item's own language.
    Own(Vec<String>),
    /// A link.
    Link(Link),
    /// Rows of one value each.
    List(Vec<Shown>),
    /// Rows of a few short values: the names of the columns, and the rows.
    Table(Vec<String>, Vec<Vec<Option<Shown>>>),
    /// Facts that belong together; several of them for rows that do not fit a table.
    Groups(Vec<Vec<Fact>>),
}

/// A link of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// What it says, in the item's own language.
    pub text: String,
    /// Type and size of a file.
    pub note: Option<String>,
    /// Whether it leads away from the portal.
    pub outside: bool,
}

impl Fact {
    /// Whether it fits beside its name.
    pub fn is_short(&self) -> bool {
        match &self.value {
            Shown::Plain(_) | Shown::Link(_) => true,
            Shown::Own(texts) => matches!(&texts[..], [one] if one.chars().count() <= SHORT),
            _ => false,
        }
    }
}

/// The facts of an item's details, in the order of its kind's fields; what the kind does not know is left out.
pub fn facts(kind: &Kind, details: &Details, beside: &Beside<'_>) -> Vec<Fact> {
    object(&kind.fields, &details.0, beside)
}

fn object(fields: &[Field], given: &Map<String, Value>, beside: &Beside<'_>) -> Vec<Fact> {
    let fact = |field: &&Field| {
        let value = shown(field, given.get(&field.id)?, given, beside)?;
        Some(Fact { label: field.label.of(beside.lang).to_owned(), value })
    };
    own_columns(fields).iter().filter_map(fact).collect()
}

/// Fields that are told by themselves, and not by the link that another makes of them.
fn own_columns(fields: &[Field]) -> Vec<&Field> {
    let said = |field: &Field| fields.iter().any(|other| other.shown_as.as_ref() == Some(&field.id));
    fields.iter().filter(|field| !said(field)).collect()
}

/// One field's value; `row` is the object that it stands in. `None` if there is nothing to show.
pub fn shown(field: &Field, value: &Value, row: &Map<String, Value>, beside: &Beside<'_>) -> Option<Shown> {
    match (&field.shape, value) {
        (Shape::Group(fields), Value::Object(inner)) => Some(object(fields, inner, beside))
            .filter(|facts| !facts.is_empty())
            .map(|facts| Shown::Groups(vec![facts])),
        (Shape::List { fields, .. }, Value::Array(rows)) => list(fields, rows, field.checklist, beside),
        (Shape::Group(_) | Shape::List { .. }, _) => None,
        (shape, value) => match fits(shape, value, beside.files) {
            Ok(()) => leaf(field, value, row, beside),
            Err(_) => value.as_str().map(own),
        },
    }
}

fn own(text: &str) -> Shown {
    Shown::Own(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

/// A value that fits its field.
fn leaf(field: &Field, value: &Value, row: &Map<String, Value>, beside: &Beside<'_>) -> Option<Shown> {
    let lang = beside.lang;
    let text = value.as_str().unwrap_or_default();
    let said = field.shown_as.as_ref().and_then(|id| row.get(id)).and_then(Value::as_str);
    let link = |href: String, outside: bool| {
        Shown::Link(Link { href, text: said.unwrap_or(text).to_owned(), note: None, outside })
    };
    Some(match &field.shape {
        Shape::Date => Shown::Plain(date::date(lang, day(text)?)),
        Shape::DateTime => {
            let moment = minute(text)?;
            Shown::Plain(lang.words().at_day(moment.strftime("%H:%M"), date::date(lang, moment.date())))
        }
        Shape::Choice(choices) => {
            Shown::Plain(choices.iter().find(|choice| choice.id == text)?.name.of(lang).to_owned())
        }
        Shape::Number { unit, .. } => {
            let whole = value.as_i64()?;
            let sign = if whole < 0 { "−" } else { "" };
            let unit = unit.as_ref().map(|unit| format!("\u{a0}{}", unit.of(lang))).unwrap_or_default();
            Shown::Plain(format!("{sign}{}{unit}", number::whole(lang, whole.unsigned_abs())))
        }
        Shape::Address => link(text.to_owned(), true),
        Shape::Phone => {
            let dialled: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
            link(format!("tel:{dialled}"), false)
        }
        Shape::Email => link(format!("mailto:{text}"), false),
        Shape::Item => link(lang.path(&format!("/muc/{text}")), false),
        Shape::File => {
            let file = beside.files.iter().find(|file| file.name == text)?;
            let ending = file.name.rsplit_once('.').map_or("", |(_, ending)| ending).to_uppercase();
            let size = number::bytes(lang, file.size);
            let note = if ending.is_empty() { size } else { format!("{ending}, {size}") };
            let text = said.unwrap_or(text).to_owned();
            Shown::Link(Link {
                href: format!("/content/{}", file.sha256),
                text,
                note: Some(note),
                outside: false,
            })
        }
        Shape::Agency => match (beside.agency)(text) {
            Some(name) => Shown::Plain(name),
            None => own(text),
        },
        _ => own(text),
    })
}

fn list(fields: &[Field], rows: &[Value], checklist: bool, beside: &Beside<'_>) -> Option<Shown> {
    let rows: Vec<&Map<String, Value>> = rows.iter().filter_map(Value::as_object).collect();
    let cell = |field: &Field, row: &Map<String, Value>| shown(field, row.get(&field.id)?, row, beside);
    let columns: Vec<&Field> = own_columns(fields)
        .into_iter()
        .filter(|field| rows.iter().any(|row| cell(field, row).is_some()))
        .collect();
    if let ([only], false) = (&columns[..], checklist) {
        return Some(Shown::List(rows.iter().filter_map(|row| cell(only, row)).collect()));
    }
    let long = |value: &Value| value.as_str().is_some_and(|text| text.chars().count() > LONGEST_CELL);
    if !checklist && (columns.len() > MOST_COLUMNS || rows.iter().any(|row| row.values().any(long))) {
        let groups: Vec<Vec<Fact>> =
            rows.iter().map(|row| object(fields, row, beside)).filter(|facts| !facts.is_empty()).collect();
        return (!groups.is_empty()).then_some(Shown::Groups(groups));
    }
    // A box to tick, on paper too.
    let (head, tick) = match checklist {
        true => (Some(beside.lang.procedures().have.to_owned()), Some(Some(Shown::Plain("☐".to_owned())))),
        false => (None, None),
    };
    let labels = columns.iter().map(|field| field.label.of(beside.lang).to_owned());
    let heads: Vec<String> = head.into_iter().chain(labels).collect();
    let cells = rows
        .iter()
        .map(|row| tick.clone().into_iter().chain(columns.iter().map(|field| cell(field, row))).collect())
        .collect();
    (!heads.is_empty()).then_some(Shown::Table(heads, cells))
}
