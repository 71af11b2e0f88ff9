//! What an item lacks of what its kind asks for: faults with their fields, all at once.
//!
//! Only the issuer's node asks; nothing here knows what day it is.

use jiff::civil::Date;
use network::content::Item;
use serde_json::{Map, Value};

use super::fits::{both, day, fits, minute, straight};
use super::shape::{Ahead, Field, Shape};
use super::{Both, Kind, all, of};
use crate::calendar::Today;
use crate::problem::Fault;
use crate::words::{Lang, date};

/// The day of issue, which fields of a kind may be held against (`not_before`).
pub(super) const ISSUED: &str = "issued";
/// The state's first day: nothing was issued before.
const FIRST_DAY: Date = jiff::civil::date(1945, 9, 2);
/// What is scheduled bears a day ahead, never more than a year.
const AHEAD: i64 = 366;

/// Every fault of an item of whichever kind that is to be issued on `today`. What must be announced ahead is asked of the first
/// edition: a correction comes when it comes.
pub fn check(item: &Item, today: &Today) -> Vec<Fault> {
    let mut check = Check { item, today, faults: Vec::new() };
    let Some(kind) = of(&item.kind.to_string()) else {
        let names = |name: fn(&Kind) -> &str| {
            all().iter().map(|kind| format!("{} ({})", kind.id, name(kind))).collect::<Vec<_>>().join(", ")
        };
        check.fault(
            "kind".into(),
            both(
                format!("Không có loại “{}”. Các loại: {}.", item.kind, names(|kind| &kind.name.vi)),
                format!("There is no kind {}. The kinds are: {}.", item.kind, names(|kind| &kind.name.en)),
            ),
        );
        return check.faults;
    };
    for field in kind.common.iter().filter(|field| field.required && is_empty(item, &field.id)) {
        check.missing(field.id.clone(), field);
    }
    check.direction();
    check.day_of_issue();
    let nothing = Map::new();
    let details = item.details.as_ref().map_or(&nothing, |details| &details.0);
    check.object("details", &kind.fields, details, kind);
    check.faults
}

/// Whether an item says nothing in a common field.
fn is_empty(item: &Item, id: &str) -> bool {
    let none = |text: &Option<String>| text.is_none();
    match id {
        "title_en" => none(&item.title_en),
        "summary" => item.summary.is_empty(),
        "number" => none(&item.number),
        "form" => none(&item.form),
        "agency" => none(&item.agency),
        "signer" => none(&item.signer),
        "issued" => item.issued.is_none(),
        "effective" => item.effective.is_none(),
        "expires" => item.expires.is_none(),
        "urgency" => item.urgency.is_none(),
        "fields" => item.fields.is_empty(),
        "source" => item.source.is_none(),
        "files" => item.files.is_empty(),
        _ => item.body.text.trim().is_empty(),
    }
}

struct Check<'a> {
    item: &'a Item,
    today: &'a Today,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, field: String, why: Both) {
        self.faults.push(Fault { field, vi: why.vi, en: why.en });
    }

    /// Words of the common fields that are read otherwise than they are written.
    fn direction(&mut self) {
        let item = self.item;
        let words = [
            ("title", Some(&item.title)),
            ("title_en", item.title_en.as_ref()),
            ("summary", Some(&item.summary)),
            ("number", item.number.as_ref()),
            ("agency", item.agency.as_ref()),
            ("signer", item.signer.as_ref()),
            ("text", Some(&item.body.text)),
        ];
        for (field, text) in words.into_iter().filter_map(|(field, text)| Some((field, text?))) {
            if let Err(why) = straight(text) {
                self.fault(field.into(), why);
            }
        }
    }

    /// A day of issue that is a slip of the pen.
    fn day_of_issue(&mut self) {
        let Some(issued) = self.item.issued else { return };
        let latest = self.today.day.saturating_add(jiff::Span::new().days(AHEAD));
        if issued < FIRST_DAY || issued > latest {
            self.fault(
                ISSUED.into(),
                both(
                    format!(
                        "Ngày ban hành phải trong khoảng {} – {}; hãy xem lại năm.",
                        date::date(Lang::Vi, FIRST_DAY),
                        date::date(Lang::Vi, latest)
                    ),
                    format!(
                        "The day of issue must lie between {} and {}; look at the year again.",
                        date::date(Lang::En, FIRST_DAY),
                        date::date(Lang::En, latest)
                    ),
                ),
            );
        }
    }

    fn missing(&mut self, path: String, field: &Field) {
        let Both { vi, en } = &field.label;
        self.fault(path, both(format!("Hãy điền “{vi}”."), format!("“{en}” must be filled in.")));
    }

    /// The fields of one object at `path`.
    fn object(&mut self, path: &str, fields: &[Field], given: &Map<String, Value>, kind: &Kind) {
        for key in given.keys().filter(|key| fields.iter().all(|field| field.id != **key)) {
            let known: Vec<&str> = fields.iter().map(|field| field.id.as_str()).collect();
            let known = known.join(", ");
            self.fault(
                format!("{path}.{key}"),
                both(
                    format!("Loại “{}” không có trường này ở đây; các trường: {known}.", kind.name.vi),
                    format!("The kind {} has no such field here; there are: {known}.", kind.id),
                ),
            );
        }
        for field in fields {
            let path = format!("{path}.{}", field.id);
            match given.get(&field.id) {
                None if field.required => self.missing(path, field),
                None => {}
                Some(value) => self.field(path, field, value, given, kind),
            }
        }
    }

    fn field(
        &mut self,
        path: String,
        field: &Field,
        value: &Value,
        beside: &Map<String, Value>,
        kind: &Kind,
    ) {
        match (&field.shape, value) {
            (Shape::Group(fields), Value::Object(inner)) => self.object(&path, fields, inner, kind),
            (Shape::Group(_), _) => self.fault(path, both("Phải là một nhóm trường.", "Must be an object.")),
            (Shape::List { most, .. }, Value::Array(rows)) if rows.len() > *most => self.fault(
                path,
                both(
                    format!("Có {} dòng, vượt giới hạn {most}.", rows.len()),
                    format!("Has {} rows; at most {most} are allowed.", rows.len()),
                ),
            ),
            (Shape::List { fields, .. }, Value::Array(rows)) => {
                for (at, row) in rows.iter().enumerate() {
                    let path = format!("{path}[{at}]");
                    match row {
                        Value::Object(inner) => self.object(&path, fields, inner, kind),
                        _ => self.fault(path, both("Phải là một nhóm trường.", "Must be an object.")),
                    }
                }
            }
            (Shape::List { .. }, _) => self.fault(path, both("Phải là một danh sách.", "Must be a list.")),
            (shape, value) => match fits(shape, value, &self.item.files) {
                Err(why) => self.fault(path, why),
                Ok(()) => {
                    let why = self.in_time(field, value, beside);
                    why.into_iter().for_each(|why| self.fault(path.clone(), why));
                }
            },
        }
    }

    /// What is wrong with a date that is one, beside the others.
    fn in_time(&self, field: &Field, value: &Value, beside: &Map<String, Value>) -> Option<Both> {
        let text = value.as_str().unwrap_or_default();
        // Both are of the same type and spelled in one way, so they compare as texts.
        let issued = self.item.issued.map(|day| day.to_string());
        let before = field.not_before.as_deref().and_then(|id| match id {
            ISSUED => issued.as_deref(),
            id => beside.get(id).and_then(Value::as_str),
        });
        // A minute of the day of issue is longer than the day and so behind it.
        if let Some(before) = before.filter(|before| text < *before) {
            return Some(both(format!("Phải từ {before} trở đi."), format!("Must not be before {before}.")));
        }
        let ahead = field.ahead.as_ref().filter(|_| self.item.edition == 1)?;
        let except = |(id, word): &(String, String)| beside.get(id).and_then(Value::as_str) == Some(word);
        if ahead.unless.as_ref().is_some_and(except) {
            return None;
        }
        let begins = day(text).or_else(|| minute(text).map(|moment| moment.date()))?;
        too_soon(ahead, self.today, begins)
    }
}

/// Why something that is announced `today` may not begin on `begins`. Counted as every period from a day: the day of
/// the announcement is left out.
fn too_soon(ahead: &Ahead, today: &Today, begins: Date) -> Option<Both> {
    let Ahead { working_days, basis, .. } = ahead;
    // A year that the calendar does not know yet is no fault of the issuer.
    let earliest = today.time.days.add_working_days(today.day, *working_days).ok()?;
    (begins < earliest).then(|| {
        both(
            format!(
                "Phải thông báo trước ít nhất {working_days} ngày làm việc ({basis}); sớm nhất là ngày {}.",
                date::date(Lang::Vi, earliest)
            ),
            format!(
                "Must be announced at least {working_days} working days ahead ({basis}); the earliest day is {}.",
                date::date(Lang::En, earliest)
            ),
        )
    })
}
