//! What is looked for.

use jiff::{SignedDuration, Timestamp};

use crate::fault::Fault;
use crate::form::{Form, shown};
use crate::request::Status;
use crate::when::When;

/// The longest span of time that may be looked at, in days; the one that is, if none is named.
pub const MAX_DAYS: i64 = 90;
/// The most requests in one answer.
pub const MAX_RESULTS: usize = 1_000;
/// The most ids or codes that may be asked for at once.
pub const MAX_ASKED: usize = 1_000;
/// The most arguments of a query.
const MAX_FIELDS: usize = 200;

/// The arguments of "GET Service Requests".
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Query {
    /// Whose requests.
    pub jurisdiction_id: Option<String>,
    /// These, whatever else is asked.
    pub ids: Vec<String>,
    /// Of these services; of all, if there is none.
    pub service_codes: Vec<String>,
    /// Made from this time on.
    pub start: Option<When>,
    /// Made until this time.
    pub end: Option<When>,
    /// That stand so; however they stand, if there is none.
    pub statuses: Vec<Status>,
}

impl Query {
    /// Reads the query of an address. Arguments that the specification does not know are ignored.
    ///
    /// # Errors
    /// Every fault, never an empty list.
    pub fn parse(query: &str) -> Result<Query, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut form = Form::parse(query.as_bytes(), MAX_FIELDS, &mut faults);
        let jurisdiction_id = form.one("jurisdiction_id", &mut faults);
        let ids = few("service_request_id", form.list("service_request_id"), &mut faults);
        let service_codes = few("service_code", form.list("service_code"), &mut faults);
        let start = time("start_date", &mut form, &mut faults);
        let end = time("end_date", &mut form, &mut faults);
        let mut statuses = Vec::new();
        for word in form.list("status") {
            match Status::of(&word) {
                Some(status) if statuses.contains(&status) => {}
                Some(status) => statuses.push(status),
                None => faults.push(Fault::bad(
                    "status",
                    format!("phải là open hoặc closed, không phải “{}”.", shown(&word)),
                    format!("must be open or closed, not “{}”.", shown(&word)),
                )),
            }
        }
        if let (Some(start), Some(end)) = (start, end) {
            if start.at > end.at {
                faults.push(Fault::bad("end_date", "phải sau start_date.", "must be later than start_date."));
            } else if end.at.duration_since(start.at) > days(MAX_DAYS) {
                faults.push(Fault::bad(
                    "end_date",
                    format!("không được cách start_date quá {MAX_DAYS} ngày."),
                    format!("must be at most {MAX_DAYS} days after start_date."),
                ));
            }
        }
        let query = Query { jurisdiction_id, ids, service_codes, start, end, statuses };
        if faults.is_empty() { Ok(query) } else { Err(faults) }
    }

    /// From when to when is looked: what is not named is so far from what is, or the newest [`MAX_DAYS`] days. Both ends belong to it.
    #[must_use]
    pub fn span(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let start = self.start.map(|when| when.at);
        let end = self.end.map(|when| when.at);
        let before = |at: Timestamp| at.checked_sub(days(MAX_DAYS)).unwrap_or(Timestamp::MIN);
        match (start, end) {
            (Some(start), Some(end)) => (start, end),
            (Some(start), None) => {
                let end = start.checked_add(days(MAX_DAYS)).unwrap_or(Timestamp::MAX);
                (start, end.min(now.max(start)))
            }
            (None, Some(end)) => (before(end), end),
            (None, None) => (before(now), now),
        }
    }
}

/// The `jurisdiction_id` of a query that has no other arguments.
///
/// # Errors
/// Every fault, never an empty list.
pub fn jurisdiction(query: &str) -> Result<Option<String>, Vec<Fault>> {
    let mut faults = Vec::new();
    let id = Form::parse(query.as_bytes(), MAX_FIELDS, &mut faults).one("jurisdiction_id", &mut faults);
    if faults.is_empty() { Ok(id) } else { Err(faults) }
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn few(name: &str, list: Vec<String>, faults: &mut Vec<Fault>) -> Vec<String> {
    if list.len() > MAX_ASKED {
        faults.push(Fault::bad(
            name,
            format!("nhiều nhất {MAX_ASKED} giá trị một lần."),
            format!("may have at most {MAX_ASKED} values at once."),
        ));
    }
    list
}

fn time(name: &str, form: &mut Form, faults: &mut Vec<Fault>) -> Option<When> {
    let text = form.one(name, faults)?;
    let when = When::parse(&text);
    if when.is_none() {
        faults.push(Fault::bad(
            name,
            "phải là thời điểm kèm múi giờ, ví dụ 2026-11-23T08:15:00+07:00.",
            "must be a time with its offset, for example 2026-11-23T08:15:00+07:00.",
        ));
    }
    when
}
