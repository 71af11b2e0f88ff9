//! What the index is given of an item, and the rows that become of it.

use jiff::civil::Date;
use tantivy::TantivyDocument;
use vietnam::number::{self, DocumentNumber};

use crate::fold::fold_into;
use crate::parts::parts;
use crate::schema::Fields;

/// The name of an item: its log and its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The number of its log at this node.
    pub log: i64,
    /// Its id.
    pub item: u128,
}

impl Key {
    pub(crate) fn term(self) -> String {
        format!("{}/{:032x}", self.log, self.item)
    }
}

/// An item as it is to be found.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Its name.
    pub key: Key,
    /// Its title.
    pub title: &'a str,
    /// What else names it: form and number, agency, the English title.
    pub names: Vec<&'a str>,
    /// Its number, if it is a document.
    pub number: Option<DocumentNumber>,
    /// Its summary.
    pub summary: &'a str,
    /// Its text, plain or Markdown.
    pub text: &'a str,
    /// What it can be narrowed by, as `kind:news`.
    pub facets: Vec<String>,
    /// The day of issue.
    pub day: Date,
    /// The first day in force, if it is known.
    pub from: Option<Date>,
    /// The last day in force, if it is known.
    pub until: Option<Date>,
}

/// A day as it is kept.
pub(crate) fn day_number(day: Date) -> i64 {
    let since = Date::constant(1970, 1, 1);
    day.since((jiff::Unit::Day, since)).map_or(0, |span| i64::from(span.get_days()))
}

/// Makes rows; holds the buffers that are used again.
#[derive(Default)]
pub(crate) struct Folder {
    title: String,
    body: String,
}

impl Folder {
    /// The rows of an item, the one with its title first.
    pub fn rows(&mut self, fields: &Fields, entry: &Entry<'_>, mut give: impl FnMut(TantivyDocument)) {
        for (place, part) in parts(entry.text).iter().enumerate() {
            let text = &entry.text[part.range.clone()];
            let heading = &entry.text[part.heading.clone()];
            if place > 0 && text.trim().is_empty() {
                continue;
            }
            self.title.clear();
            self.body.clear();
            let mut row = TantivyDocument::default();
            if place == 0 {
                fold_into(entry.title, &mut self.title);
                for name in &entry.names {
                    fold_into(name, &mut self.title);
                }
                fold_into(entry.title, &mut self.body);
                fold_into(entry.summary, &mut self.body);
                for token in entry.number.iter().flat_map(DocumentNumber::tokens) {
                    row.add_text(fields.number, format!("={token}"));
                }
                for mention in number::mentions(entry.summary) {
                    row_tokens(fields, &mut row, &mention);
                }
            } else {
                fold_into(heading, &mut self.title);
            }
            fold_into(text, &mut self.body);
            for mention in number::mentions(text) {
                row_tokens(fields, &mut row, &mention);
            }
            row.add_text(fields.key, entry.key.term());
            row.add_text(fields.title, &self.title);
            row.add_text(fields.body, &self.body);
            for facet in &entry.facets {
                row.add_text(fields.facet, facet);
            }
            row.add_i64(fields.log, entry.key.log);
            row.add_u64(fields.high, (entry.key.item >> 64) as u64);
            row.add_u64(fields.low, entry.key.item as u64);
            row.add_u64(fields.part, place as u64);
            row.add_i64(fields.day, day_number(entry.day));
            if let Some(from) = entry.from {
                row.add_i64(fields.from, day_number(from));
            }
            if let Some(until) = entry.until {
                row.add_i64(fields.until, day_number(until));
            }
            give(row);
        }
    }
}

fn row_tokens(fields: &Fields, row: &mut TantivyDocument, mention: &number::Mention) {
    for token in mention.what.tokens() {
        row.add_text(fields.number, token);
    }
}
