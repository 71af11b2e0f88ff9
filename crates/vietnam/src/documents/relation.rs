//! What one document does to another, and the words in which the gazette says so.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Relation;
use crate::DataError;
use crate::number::DocumentNumber;
use crate::table::{at, day, rows};

const FILE: &str = "documents/relations.csv";

/// What a document does to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Takes its place.
    Replaces,
    /// Repeals it, whole.
    Repeals,
    /// Repeals parts of it.
    RepealsInPart,
    /// Suspends it.
    Suspends,
    /// Suspends parts of it.
    SuspendsInPart,
    /// Amends or supplements it.
    Amends,
    /// Corrects an error of its text.
    Corrects,
    /// Replaces, repeals, annuls or suspends it: the source does not say which.
    Ends,
    /// The same for parts of it.
    EndsInPart,
    /// Amends or corrects it: the source does not say which.
    AmendsOrCorrects,
    /// Gives guidance on it.
    Implements,
    /// Rests on it.
    BasedOn,
    /// Mentions it.
    RefersTo,
}

impl Effect {
    /// All of them.
    pub const ALL: [Effect; 13] = [
        Effect::Replaces,
        Effect::Repeals,
        Effect::RepealsInPart,
        Effect::Suspends,
        Effect::SuspendsInPart,
        Effect::Amends,
        Effect::Corrects,
        Effect::Ends,
        Effect::EndsInPart,
        Effect::AmendsOrCorrects,
        Effect::Implements,
        Effect::BasedOn,
        Effect::RefersTo,
    ];

    /// Its word in data: `repeals_in_part`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Replaces => "replaces",
            Effect::Repeals => "repeals",
            Effect::RepealsInPart => "repeals_in_part",
            Effect::Suspends => "suspends",
            Effect::SuspendsInPart => "suspends_in_part",
            Effect::Amends => "amends",
            Effect::Corrects => "corrects",
            Effect::Ends => "ends",
            Effect::EndsInPart => "ends_in_part",
            Effect::AmendsOrCorrects => "amends_or_corrects",
            Effect::Implements => "implements",
            Effect::BasedOn => "based_on",
            Effect::RefersTo => "refers_to",
        }
    }

    /// True if the other document has no force after it, as far as is known.
    #[must_use]
    pub fn ends_whole(self) -> bool {
        matches!(self, Effect::Replaces | Effect::Repeals | Effect::Ends)
    }

    /// The same done to a part only, as where a source names an article: `repeals` is `repeals_in_part`.
    #[must_use]
    pub fn in_part(self) -> Effect {
        match self {
            Effect::Repeals => Effect::RepealsInPart,
            Effect::Suspends => Effect::SuspendsInPart,
            Effect::Replaces | Effect::Ends => Effect::EndsInPart,
            other => other,
        }
    }

    /// True if it changes what the other document orders, without ending it.
    #[must_use]
    pub fn changes(self) -> bool {
        matches!(
            self,
            Effect::Amends
                | Effect::AmendsOrCorrects
                | Effect::RepealsInPart
                | Effect::EndsInPart
                | Effect::SuspendsInPart
        )
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Effect {
    type Err = String;

    fn from_str(word: &str) -> Result<Effect, String> {
        Effect::ALL.into_iter().find(|effect| effect.as_str() == word).ok_or_else(|| {
            format!("effect `{word}`: one of {} expected", Effect::ALL.map(Effect::as_str).join(", "))
        })
    }
}

/// The words in which sources name relations, as dated data. What ships is [`RelationWords::shipped`].
#[derive(Clone, Debug)]
pub struct RelationWords {
    rows: Vec<Words>,
}

#[derive(Clone, Debug)]
struct Words {
    words: String,
    effect: Effect,
    /// True if the document on whose page the words stand is the one that acts.
    this_acts: bool,
    from: Option<Date>,
    until: Option<Date>,
}

#[derive(Deserialize)]
struct Row {
    words: String,
    effect: String,
    actor: String,
    from: String,
    until: String,
    source: String,
}

impl RelationWords {
    /// The words of the gazette that ship, read once.
    #[must_use]
    pub fn shipped() -> &'static RelationWords {
        static SHIPPED: LazyLock<RelationWords> = LazyLock::new(|| {
            RelationWords::parse(include_str!("../../../../data/documents/relations.csv"))
                .expect("the compiled-in table parses: a test reads it")
        });
        &SHIPPED
    }

    /// Words from a table with the columns of `data/documents/relations.csv`. An error names line and fault.
    pub fn parse(table: &str) -> Result<RelationWords, DataError> {
        let read = |(line, row): (u64, Row)| at(FILE, line, words(row));
        Ok(RelationWords { rows: rows::<Row>(FILE, table)?.into_iter().map(read).collect::<Result<_, _>>()? })
    }

    /// The relation that stands on the page of `this` in these words about `related`, as the source wrote on a day if one
    /// is given. Nothing if the words are unknown.
    ///
    /// ```
    /// use vietnam::documents::{Effect, RelationWords};
    ///
    /// let (this, related) = ("193/2012/TT-BTC".parse()?, "164/2013/TT-BTC".parse()?);
    /// let relation = RelationWords::shipped()
    ///     .read(&this, "Văn bản thay thế/bãi bỏ/hủy bỏ/đình chỉ", &related, None)
    ///     .ok_or("unknown words")?;
    /// assert_eq!((relation.effect, relation.actor, relation.target), (Effect::Ends, related, this));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn read(
        &self,
        this: &DocumentNumber,
        words: &str,
        related: &DocumentNumber,
        on: Option<Date>,
    ) -> Option<Relation> {
        let words = crate::text::canonical(words).to_lowercase();
        let row = self.rows.iter().find(|row| {
            row.words == words
                && on.is_none_or(|day| {
                    row.from.is_none_or(|from| from <= day) && row.until.is_none_or(|until| day < until)
                })
        })?;
        let (actor, target) = if row.this_acts { (this, related) } else { (related, this) };
        Some(Relation::new(actor.clone(), row.effect, target.clone()))
    }
}

fn words(row: Row) -> Result<Words, String> {
    if row.words.is_empty() || row.source.is_empty() {
        return Err("`words` and `source` must not be empty".to_owned());
    }
    let this_acts = match row.actor.as_str() {
        "this" => true,
        "related" => false,
        other => return Err(format!("actor `{other}`: this or related expected")),
    };
    Ok(Words {
        words: crate::text::canonical(&row.words).to_lowercase(),
        effect: row.effect.parse()?,
        this_acts,
        from: day(&row.from)?,
        until: day(&row.until)?,
    })
}
