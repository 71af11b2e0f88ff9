//! How a case stands, gathered from what is stored and what rules say today.

use jiff::civil::Date;
use uuid::Uuid;

use super::life::{Facts, Ties};
use super::rules::Clock;
use super::store::Case;
use super::store::draft::Draft;
use super::store::steps::Step;
use crate::calendar::WorkingTime;
use crate::clock::instant;
use crate::words::date;

/// So often a case is given back; then whoever stands above both agencies decides.
pub const MOST_BOUNCES: u8 = 2;

/// Who handed a case to the agency that has it now; nothing where it was asked there, or was given back.
pub fn handed_by(steps: &[Step]) -> Option<i64> {
    let last = last_passed(steps)?;
    (last.act == "passed").then_some(last.log)
}

/// Who passed a case on last, or gave it back.
pub fn passed_by(steps: &[Step]) -> Option<i64> {
    last_passed(steps).map(|step| step.log)
}

fn last_passed(steps: &[Step]) -> Option<&Step> {
    steps.iter().rev().find(|step| matches!(step.act.as_str(), "passed" | "returned"))
}

/// The last day of a period that a rule sets, from an instant on.
fn until(name: &str, from: i64, time: &WorkingTime) -> Option<Date> {
    let day = date::day(instant(from));
    let clock = Clock::of(name, day)?;
    time.days.deadline(day, clock.period(0), time.usual()).ok().map(|deadline| deadline.end)
}

/// The facts on a day, of a case by itself; how it hangs together with others is laid over them (`ties`).
pub fn of(case: &Case, steps: &[Step], draft: Option<&Draft>, time: &WorkingTime, now: i64) -> Facts {
    let today = date::day(instant(now));
    let within =
        |name: &str, from: i64| from > 0 && until(name, from, time).is_some_and(|last| today <= last);
    let most = Clock::of("extensions", today).map_or(0, |clock| clock.count);
    Facts {
        state: case.state(),
        handler: case.handler(),
        writer: draft.and_then(|draft| Uuid::try_parse(&draft.account).ok()),
        extended: (u32::try_from(case.extended).unwrap_or(u32::MAX), most),
        handed: handed_by(steps).is_some(),
        // After the second time whoever stands above both has decided.
        returnable: case.bounced < i64::from(MOST_BOUNCES) && within("not_ours", case.owned),
        given_by: steps
            .last()
            .filter(|step| step.act == "assigned")
            .and_then(|step| Uuid::try_parse(&step.account).ok()),
        handing: !case.handing.is_empty(),
        ratable: case.rating.is_empty() && within("rate", case.answered),
        reopenable: case.reopened == 0 && within("reopen", case.answered),
        ties: Ties::default(),
    }
}

/// True once an answer may not be reopened any more: the case ends by itself.
pub fn is_final(case: &Case, time: &WorkingTime, now: i64) -> bool {
    let today = date::day(instant(now));
    case.answered > 0
        && (case.reopened > 0 || until("reopen", case.answered, time).is_none_or(|last| today > last))
}
