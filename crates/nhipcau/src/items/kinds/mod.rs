//! Kinds of items: what each kind is called, and which facts it asks for. Data, not code.
//!
//! Each file of `data/kinds` is one kind. From its list of fields come the form of an editor, the faults that an issuer is
//! told (`check`), the JSON Schema (`schema`), an example to start from (`example`) and the facts of the public page
//! (`facts`). The files are compiled in and read once (`read`), into types that cannot be wrong.
//!
//! Only the issuer's own node checks: what others issue is shown as far as this node knows its kind.

pub mod check;
pub mod describe;
pub mod example;
pub mod facts;
mod fits;
pub mod posted;
mod read;
pub mod schema;
mod shape;
pub mod tidy;

use std::sync::LazyLock;

use jiff::civil::Date;

pub use fits::minute;
pub use shape::{Ahead, Choice, Field, Shape};

use crate::words::Lang;

/// How many distinct people take part in issuing where a kind says nothing else.
pub const PERSONS: u8 = 2;

/// The files of `data/kinds`, in the order in which lists and forms offer the kinds.
const FILES: [(&str, &str); 15] = [
    ("directive", include_str!("../../../../../data/kinds/directive.toml")),
    ("document", include_str!("../../../../../data/kinds/document.toml")),
    ("digest", include_str!("../../../../../data/kinds/digest.toml")),
    ("press", include_str!("../../../../../data/kinds/press.toml")),
    ("news", include_str!("../../../../../data/kinds/news.toml")),
    ("notice", include_str!("../../../../../data/kinds/notice.toml")),
    ("press-package", include_str!("../../../../../data/kinds/press-package.toml")),
    ("consultation", include_str!("../../../../../data/kinds/consultation.toml")),
    ("question", include_str!("../../../../../data/kinds/question.toml")),
    ("calendar", include_str!("../../../../../data/kinds/calendar.toml")),
    ("procedure", include_str!("../../../../../data/kinds/procedure.toml")),
    ("dataset", include_str!("../../../../../data/kinds/dataset.toml")),
    ("commendation", include_str!("../../../../../data/kinds/commendation.toml")),
    ("profile", include_str!("../../../../../data/kinds/profile.toml")),
    ("channels", include_str!("../../../../../data/kinds/channels.toml")),
];
/// The kind of what a portal says beside somebody else's item (`annexes`): written and approved as an item is, and never one by
/// itself, so that no list of kinds offers it.
pub const ANNEX: &str = "annex";
const BESIDE: [(&str, &str); 1] = [(ANNEX, include_str!("../../../../../data/kinds/annex.toml"))];
const COMMON: &str = include_str!("../../../../../data/kinds/common.toml");

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Both {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Both {
    /// The text in one of them.
    pub fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// A kind of item.
#[derive(Debug)]
pub struct Kind {
    /// The word in the item: `directive`.
    pub id: String,
    /// Its value in the query `?loai=`: `chi-dao`.
    pub slug: String,
    /// Its name.
    pub name: Both,
    /// What it is for, in one sentence.
    pub help: Both,
    /// The rule that asks for it; says so where the rule has expired and practice goes on.
    pub basis: String,
    /// Its type at schema.org.
    pub schema_org: String,
    /// Whether it is a document that an authority issued, with form and date, and not what a portal says of itself.
    pub official: bool,
    /// Whether the daily digest takes it in.
    pub in_digest: bool,
    /// Whether it is looked up when somebody needs it, and is no news: lists of what is new leave it out.
    pub reference: bool,
    /// Forms that an official document of this kind may have; others may be typed.
    pub forms: Vec<String>,
    /// Which of the common fields it asks for, `required` set; the title always.
    pub common: Vec<Field>,
    /// Its own fields, in `details`.
    pub fields: Vec<Field>,
    /// Fields by which lists of it may be narrowed: a common field's id, or `details.<id>`, `details.<group>.<id>`.
    pub facets: Vec<String>,
    persons: Vec<Persons>,
    example: Vec<(String, String)>,
}

/// From a day on, how many distinct people issue an item of a kind, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Persons {
    /// The first day.
    pub from: Date,
    /// At least 1.
    pub count: u8,
    /// The rule.
    pub basis: String,
}

impl PartialEq for Kind {
    fn eq(&self, other: &Kind) -> bool {
        self.id == other.id
    }
}

impl Eq for Kind {}

impl Kind {
    /// How many distinct people must take part in issuing an item of this kind on `day`: [`PERSONS`] where the data say
    /// nothing else.
    pub fn persons(&self, day: Date) -> u8 {
        let ruling =
            self.persons.iter().filter(|persons| persons.from <= day).max_by_key(|persons| persons.from);
        ruling.map_or(PERSONS, |persons| persons.count)
    }

    /// The field that a path of [`Kind::facets`] leads to.
    pub fn field(&self, path: &str) -> Option<&Field> {
        fn named<'a>(fields: &'a [Field], id: &str) -> Option<&'a Field> {
            fields.iter().find(|field| field.id == id)
        }
        match path.split('.').collect::<Vec<_>>()[..] {
            [id] => named(&self.common, id),
            ["details", id] => named(&self.fields, id),
            ["details", group, id] => named(&self.fields, group).and_then(|group| named(group.inner(), id)),
            _ => None,
        }
    }

    /// The rules behind [`Kind::persons`], oldest first.
    pub fn persons_rules(&self) -> &[Persons] {
        &self.persons
    }
}

/// All kinds, in the order in which lists and forms offer them.
pub fn all() -> &'static [Kind] {
    static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
        read::all(COMMON, &FILES).expect("the compiled-in kinds are whole: a test reads them")
    });
    &KINDS
}

/// What stands beside items and is none.
fn beside() -> &'static [Kind] {
    static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
        read::all(COMMON, &BESIDE).expect("the compiled-in kinds are whole: a test reads them")
    });
    &KINDS
}

/// The kind of that word, if this version knows it.
pub fn of(id: &str) -> Option<&'static Kind> {
    all().iter().chain(beside()).find(|kind| kind.id == id)
}

/// The kind of a value of `?loai=`.
pub fn of_slug(slug: &str) -> Option<&'static Kind> {
    all().iter().find(|kind| kind.slug == slug)
}

#[cfg(test)]
mod tests;
