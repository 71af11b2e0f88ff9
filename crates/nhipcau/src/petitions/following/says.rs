//! How a case stands and what happened to it, in sentences; who an agency is, by name.

use jiff::civil::Date;
use network::names::Origin;

use super::super::handover;
use super::super::life::State;
use super::super::rules::Kind;
use super::super::store::Case;
use crate::agencies;
use crate::app::App;
use crate::db::Conn;
use crate::logs::store as logs;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// The name of the agency of a log.
///
/// # Errors
/// The database's.
pub async fn name_of(app: &App, conn: &mut Conn, log: i64, lang: Lang) -> Result<String, Problem> {
    let Some(head) = logs::head(conn, log).await? else { return Ok(String::new()) };
    Ok(agencies::name(app.directory.load().agency(&head.origin), lang, head.origin.as_str()))
}

/// Where a case stands, in a sentence: what this node was told, unless it is being handed over, or the public record knows more by now.
///
/// # Errors
/// The database's.
pub async fn stands(
    app: &App,
    conn: &mut Conn,
    case: &Case,
    at: State,
    lang: Lang,
) -> Result<String, Problem> {
    let w = lang.petition_pass();
    let agency = name_of(app, conn, case.owner, lang).await?;
    let directory = app.directory.load_full();
    let name = |origin: &Origin| agencies::name(directory.agency(origin), lang, origin.as_str());
    let named = handover::named(conn, case).await?;
    let record = handover::store::record(conn, &directory, &named).await?;
    if let Some(record) = record.filter(|record| i64::from(record.epoch) > case.epoch)
        && at.is_open()
    {
        return Ok(w.recorded(name(&record.owner)));
    }
    Ok(match case.handing.parse() {
        Ok(to) => w.handing(agency, name(&to)),
        Err(_) => state(at, &agency, lang),
    })
}

/// Where a case stands, in a sentence.
pub fn state(state: State, agency: &str, lang: Lang) -> String {
    let p = lang.petition();
    match state {
        State::New => p.state_new(agency),
        State::Work => p.state_work(agency),
        State::Asked => p.state_asked(agency),
        State::Review => p.state_review(agency),
        State::Answered => p.state_answered(agency),
        State::Closed => p.state_closed.to_owned(),
        State::Withdrawn => p.state_withdrawn.to_owned(),
    }
}

/// The same, with the last day for its answer while one is due.
pub fn state_until(at: State, agency: &str, due: Option<Date>, lang: Lang) -> String {
    let says = state(at, agency, lang);
    match due.filter(|_| at.is_open()) {
        Some(due) => format!("{says} · {}", lang.petition_desk().due(date::date(lang, due))),
        None => says,
    }
}

/// What happened, in a sentence; `to` is whom or what else it names.
pub fn happened(act: &str, who: &str, to: &str, lang: Lang) -> String {
    let p = lang.petition();
    match act {
        "registered" => p.did_registered(who),
        "inherited" => lang.petition_pass().did_inherited(who, to),
        "accepted" => lang.petition_pass().did_accepted(who),
        "declined" => lang.petition_pass().did_declined(who),
        "recalled" => lang.petition_pass().did_recalled(who),
        "claimed" => p.did_claimed(who),
        "passed" => p.did_passed(who, to),
        "returned" => p.did_returned(who, to),
        "asked" => p.did_asked(who),
        "replied" => p.did_replied.to_owned(),
        "extended" => p.did_extended(who, to),
        "progress" => p.did_progress(who),
        "answered" => p.did_answered(who),
        "reopened" => p.did_reopened.to_owned(),
        "rated" => p.did_rated.to_owned(),
        "withdrawn" => p.did_withdrawn.to_owned(),
        "forgotten" => p.did_forgotten.to_owned(),
        "outside" => p.did_outside(who),
        "closed" => p.did_closed.to_owned(),
        "merged" => lang.petition_tie().did_merged(who, to),
        "unmerged" => lang.petition_tie().did_unmerged(who),
        "parted" => lang.petition_tie().did_parted(who, to),
        "sorted" => lang.petition_mail().did_sorted(who, Kind::name_of(to, lang)),
        "helping" => lang.petition_tie().did_helping(who, to),
        other => other.to_owned(),
    }
}
