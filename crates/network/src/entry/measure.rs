//! What a portal says of how items were read there (protocol §2): sums of one day, never of a person.

use jiff::civil::Date;
use uuid::Uuid;

use super::Kind;
use super::decode::item;
use super::petition::day;
use crate::json::{FieldError, Object, Writer};
use crate::names::Origin;

/// `measure.reported`: how items were read at the log's portal on one day in Viet Nam. What is said first of a day and an item counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measures {
    /// The day, which is over.
    pub day: Date,
    /// Which of that day's entries it is: 1 to [`Measures::MOST_PARTS`].
    pub part: u32,
    /// Of each item at most once.
    pub items: Vec<Measured>,
}

/// What is said of one item. A measure that is not said is none, or less than [`Measures::FEWEST`]. Each is of its own kind: none is added to
/// another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The log that holds the item.
    pub origin: Origin,
    /// The item.
    pub item: Uuid,
    /// How often its page was opened.
    pub views: Option<u64>,
    /// About how many have opened it, counted anew each day.
    pub viewers: Option<u64>,
    /// How often it was reached by a short link that stands on a channel.
    pub links: Option<u64>,
}

impl Measures {
    /// The least that is said of a measure: a smaller number could be somebody. It is left out, and whoever reads a smaller one takes
    /// it as not said.
    pub const FEWEST: u64 = 5;
    /// The most items of one entry.
    pub const MOST_ITEMS: usize = 500;
    /// The most entries of one portal and day.
    pub const MOST_PARTS: u32 = 4;
}

impl Measured {
    /// About how many bytes of an entry it takes, never less than it does.
    #[must_use]
    pub fn weight(&self) -> usize {
        // The id, the names of the fields, and three numbers of at most 16 digits.
        self.origin.as_str().len() + 160
    }
}

pub(super) fn reported(top: &Object<'_>) -> Result<Kind, FieldError> {
    let part =
        u32::try_from(top.whole("part")?).ok().filter(|part| (1..=Measures::MOST_PARTS).contains(part));
    Ok(Kind::MeasureReported(Measures {
        day: day(top, "day")?,
        part: part.ok_or_else(|| top.error("part", format!("must be from 1 to {}", Measures::MOST_PARTS)))?,
        items: top.objects("items", Measures::MOST_ITEMS)?.iter().map(measured).collect::<Result<_, _>>()?,
    }))
}

fn measured(object: &Object<'_>) -> Result<Measured, FieldError> {
    Ok(Measured {
        origin: object.parsed("origin")?,
        item: item(object)?,
        views: object.whole_if("views")?,
        viewers: object.whole_if("viewers")?,
        links: object.whole_if("links")?,
    })
}

pub(super) fn write(said: &Measures, line: &mut Writer) {
    line.text("day", said.day).whole("part", u64::from(said.part));
    line.raws("items", said.items.iter().map(one));
}

fn one(said: &Measured) -> String {
    let mut line = Writer::new();
    line.text("origin", &said.origin).text("item", said.item.hyphenated());
    line.whole_if("views", said.views).whole_if("viewers", said.viewers).whole_if("links", said.links);
    line.end()
}
