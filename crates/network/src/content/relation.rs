//! What a document does to another, as its item says it.
//!
//! The other document is named by its number, as printed, because it may stand at another portal, may come later, or may
//! never come. Who reads it finds the document by that number; agency, day or item say which one where several share it.

use jiff::civil::Date;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::check::{Check, Limit};
use crate::json::Writer;
use crate::names::Origin;

/// More relations than this no real document has.
pub(super) const MAX_RELATIONS: usize = 2_000;

/// One relation. Lengths are in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRelation {
    /// What is done: `repeals`, `amends`, `based_on`; 1 to 40 of `a-z`, `0-9`, `_`. Words that a reader does not know are
    /// left alone.
    pub kind: String,
    /// True if the other document does it to this one, as pages of the gazette also say.
    pub done_to: bool,
    /// Number and symbol of the other document, 1 to 100.
    pub number: String,
    /// The body that issued the other document, at most 300.
    pub agency: Option<String>,
    /// Its day of issue.
    pub issued: Option<Date>,
    /// The item that is the other document, if it is known: its log and its id.
    pub item: Option<(Origin, Uuid)>,
    /// The first day of the effect; else it is the day from which the acting document is in force.
    pub from: Option<Date>,
    /// The first day without it again, as when a suspension ends; after `from`.
    pub until: Option<Date>,
    /// The part that is concerned, for example `Điều 5`, at most 300; the whole document if there is none.
    pub part: Option<String>,
}

/// Writes one relation; what is not set is left out.
pub(super) fn write(relation: &ItemRelation) -> String {
    let mut json = Writer::new();
    json.text("kind", &relation.kind);
    if relation.done_to {
        json.raw("done_to", "true");
    }
    json.text("number", &relation.number).text_if("agency", relation.agency.as_ref());
    json.text_if("issued", relation.issued);
    if let Some((origin, id)) = &relation.item {
        json.text("origin", origin).text("item", id.hyphenated());
    }
    json.text_if("from", relation.from).text_if("until", relation.until);
    json.text_if("part", relation.part.as_ref()).end()
}

/// Reads the relations of an item.
pub(super) fn read_all(map: &Map<String, Value>, check: &mut Check) -> Vec<ItemRelation> {
    let mut relations = Vec::new();
    for (at, value) in check.list(map, "relations", MAX_RELATIONS).iter().enumerate() {
        check.within(&format!("relations[{at}]"), |check| match value {
            Value::Object(map) => relations.push(read(map, check)),
            _ => check.fault("", "Phải là một đối tượng JSON.", "Must be a JSON object."),
        });
    }
    relations
}

fn read(map: &Map<String, Value>, check: &mut Check) -> ItemRelation {
    let relation = ItemRelation {
        kind: check.text(map, "kind", Limit::line(40)),
        done_to: check.flag(map, "done_to"),
        number: check.text(map, "number", Limit::line(100)),
        agency: check.text_if(map, "agency", Limit::line(300)),
        issued: check.day_if(map, "issued"),
        item: read_item(map, check),
        from: check.day_if(map, "from"),
        until: check.day_if(map, "until"),
        part: check.text_if(map, "part", Limit::line(300)),
    };
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !relation.kind.bytes().all(fits) {
        check.fault(
            "kind",
            "Quan hệ phải gồm các ký tự a–z, 0–9 hoặc dấu gạch dưới, ví dụ repeals.",
            "A relation must be of a-z, 0-9 and underscores, for example repeals.",
        );
    }
    if let (Some(from), Some(until)) = (relation.from, relation.until)
        && until <= from
    {
        check.fault("until", "Phải sau ngày bắt đầu.", "Must be after the first day.");
    }
    relation
}

fn read_item(map: &Map<String, Value>, check: &mut Check) -> Option<(Origin, Uuid)> {
    let origin = check.parsed_if::<Origin>(map, "origin", "Phải là tên một sổ, ví dụ chinhphu.vn/log.");
    let id = check.parsed_if::<Uuid>(map, "item", "Mã tin, bài phải là một UUID.");
    let given = |key: &str| map.get(key).is_some_and(|value| !value.is_null());
    if given("origin") != given("item") {
        check.fault(
            if given("item") { "origin" } else { "item" },
            "Sổ và mã tin, bài phải có cùng nhau.",
            "The log and the item's id must come together.",
        );
    }
    origin.zip(id)
}
