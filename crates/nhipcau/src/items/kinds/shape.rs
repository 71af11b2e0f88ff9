//! A field: what is asked for, and in which shape it is written.

use super::Both;

/// A field of a kind.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its key: `deadline`.
    pub id: String,
    /// What it is called.
    pub label: Both,
    /// How to fill it in; empty where the label says it all.
    pub help: Both,
    /// Whether an item lacks something without it.
    pub required: bool,
    /// What it holds.
    pub shape: Shape,
    /// The date beside it, or the item's day of issue (`issued`), that it must not come before.
    pub not_before: Option<String>,
    /// How long before it an item must be issued.
    pub ahead: Option<Ahead>,
    /// The line beside it that a link to it shows.
    pub shown_as: Option<String>,
    /// The property of schema.org that it fills.
    pub property: Option<String>,
    /// Whether the rows are what somebody gathers and ticks off.
    pub checklist: bool,
    /// What the example of its kind holds; a date counts from today: `+30`, `+30T22:00`.
    pub(super) example: String,
}

impl Field {
    /// The fields of a group, or of one row of a list; empty for any other.
    pub fn inner(&self) -> &[Field] {
        match &self.shape {
            Shape::Group(fields) | Shape::List { fields, .. } => fields,
            _ => &[],
        }
    }
}

/// What a field holds, and how JSON writes it.
#[derive(Clone, Debug)]
pub enum Shape {
    /// One line of text.
    Line {
        /// The most characters.
        most: usize,
        /// What it looks like, `0` for a digit and anything else for itself: `0.000000`.
        mask: Option<String>,
    },
    /// Text with line breaks.
    Text {
        /// The most characters.
        most: usize,
    },
    /// A day: `2026-11-23`.
    Date,
    /// A minute in Viet Nam: `2026-11-23T15:00`.
    DateTime,
    /// One of a few words.
    Choice(Vec<Choice>),
    /// A whole number.
    Number {
        /// The least.
        least: i64,
        /// The greatest.
        greatest: i64,
        /// What it counts.
        unit: Option<Both>,
    },
    /// A web address.
    Address,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// An agency: its domain, or its name.
    Agency,
    /// The name of a file that is attached to the item.
    File,
    /// Another item: its reference.
    Item,
    /// Fields that belong together: an object.
    Group(Vec<Field>),
    /// Rows of the same fields: a list of objects.
    List {
        /// The fields of a row.
        fields: Vec<Field>,
        /// The most rows.
        most: usize,
    },
}

/// A word that a field may hold.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The word: `planned`.
    pub id: String,
    /// What it means.
    pub name: Both,
}

/// Something must be announced so many working days before it begins.
#[derive(Clone, Debug)]
pub struct Ahead {
    /// How many working days lie between.
    pub working_days: u32,
    /// A choice beside the field, and the word of it that makes an exception.
    pub unless: Option<(String, String)>,
    /// The rule.
    pub basis: String,
}

impl Shape {
    /// Its name in `data/kinds` and in descriptions.
    pub fn name(&self) -> &'static str {
        match self {
            Shape::Line { .. } => "line",
            Shape::Text { .. } => "text",
            Shape::Date => "date",
            Shape::DateTime => "datetime",
            Shape::Choice(_) => "choice",
            Shape::Number { .. } => "number",
            Shape::Address => "address",
            Shape::Phone => "phone",
            Shape::Email => "email",
            Shape::Agency => "agency",
            Shape::File => "file",
            Shape::Item => "item",
            Shape::Group(_) => "group",
            Shape::List { .. } => "list",
        }
    }
}
