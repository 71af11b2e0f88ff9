//! Petitions of other systems: each keeps the codes that others give it, and a program of the operator's takes cases and answers there and back,
//! for example to the national public service portal and from it.
//!
//! A portal passes everything on when such a program reads `?without=SYSTEM`, hands each case in there, and tells the code that it got. What
//! another system answers is a draft here: somebody of the agency approves it, as any answer. What is asked there comes in by the door of the
//! page's form, once for each code. All of it needs the node's token, and each reading of cases stands in the audit trail.

pub mod forward;
mod pages;
pub mod store;

use uuid::Uuid;
use vietnam::masking;

use super::asking::check;
use super::asking::intake::{self, Bad, Came, Sender};
use super::handling::saved;
use super::handover::{self, Seat};
use super::life::{Refused, State};
use super::register::Via;
use super::store::draft::{self, Draft};
use super::store::steps::{self, Step};
use super::store::{self as cases, Case};
use super::ties;
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::people::audit::{self, Line, Who};
use crate::people::forms::Fields;
use crate::problem::{Fault, Problem};
use crate::words::Lang;

pub use pages::routes;

/// The most characters of a system's name and of a code of its.
const MOST_NAME: usize = 40;
const MOST_CODE: usize = 200;

/// What is wrong with the name of a system, told of the field that holds it.
fn wrong_system(field: &str, system: &str) -> Option<Fault> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
    let fits = !system.is_empty() && system.len() <= MOST_NAME && system.chars().all(plain);
    (!fits).then(|| Fault {
        field: field.into(),
        vi: format!("Tên hệ thống: 1–{MOST_NAME} ký tự a–z, 0–9, dấu chấm, gạch nối."),
        en: format!("The name of a system: 1–{MOST_NAME} of a–z, 0–9, dots, hyphens."),
    })
}

/// The name of a system and a code that it gave, as they may be kept.
fn named(system: &str, code: &str) -> Result<(String, String), Problem> {
    let (system, code) = (system.trim(), code.trim());
    let mut faults: Vec<Fault> = wrong_system("system", system).into_iter().collect();
    if code.is_empty() || code.chars().count() > MOST_CODE || code.chars().any(char::is_control) {
        faults.push(Fault {
            field: "code".into(),
            vi: format!("Mã: 1–{MOST_CODE} ký tự, một dòng."),
            en: format!("The code: 1–{MOST_CODE} characters, one line."),
        });
    }
    if faults.is_empty() { Ok((system.to_owned(), code.to_owned())) } else { Err(Problem::Invalid(faults)) }
}

/// The case of a code that a portal holds.
async fn held(app: &App, portal: &Portal, code: &str) -> Result<Case, Problem> {
    let found = cases::held(&mut app.db.read().await?, code, portal.log).await?;
    found.ok_or(Problem::NotFound("petition"))
}

/// Keeps the code that another system gave a case.
///
/// # Errors
/// A name or code that is none; that the code is another case's; there is no such case here; the database's.
async fn keep(app: &App, portal: &Portal, code: &str, external: (&str, &str)) -> Result<(), Problem> {
    let (system, theirs) = named(external.0, external.1)?;
    let case = held(app, portal, code).await?;
    let line = Line::new(Who::Token, portal.log, "petition.exchange", case.code.clone());
    app.db
        .write("petition.external", async move |tx: &mut Tx| -> Result<(), Problem> {
            match store::find(tx.conn(), &system, &theirs).await? {
                Some(other) if other == case.id => return Ok(()),
                Some(_) => {
                    return Err(Problem::refused(
                        "Mã này của hệ thống kia đã gắn với một phản ánh khác.",
                        "Another petition has that code of that system.",
                    ));
                }
                None => store::keep(tx, &system, &theirs, &case.id).await?,
            }
            Ok(audit::add(tx, line).await?)
        })
        .await
}

/// Registers what was asked in another system, once for each code of its; our code.
///
/// # Errors
/// All that is wrong with its fields; that the law has another way for it; the database's.
async fn takes(
    app: &App,
    portal: &Portal,
    external: (&str, &str),
    typed: &Fields,
) -> Result<String, Problem> {
    let (system, theirs) = named(external.0, external.1)?;
    let known = store::find(&mut app.db.read().await?, &system, &theirs).await?;
    if let Some(id) = known {
        let case = cases::of_id(&mut app.db.read().await?, &id).await?;
        return Ok(case.ok_or(Problem::NotFound("petition"))?.code);
    }
    let once = app.people.seal.mark("petition.external", &format!("{}\n{system}\n{theirs}", portal.origin));
    // The number of the form follows from the other system's code: what is cut off and sent again is one petition.
    let mut pairs = typed.pairs().to_vec();
    pairs.push(("lan".into(), hex::encode(&once[..16])));
    let via = Via { service: routing::table::CATCH_ALL.to_owned(), key: format!("exchange:{system}") };
    let sender = Sender { lang: Lang::Vi, client: None, via: Some(via), mail: None };
    let came = intake::take(app, portal, &Fields::of(pairs), Ok(Vec::new()), sender).await;
    let case = match came {
        Ok(Came::Registered(done)) => done.case,
        Ok(Came::Outside(outside)) => {
            let says = |lang: Lang| intake::explained(&outside, lang, "");
            return Err(Problem::Refused { vi: says(Lang::Vi), en: says(Lang::En) });
        }
        Err(Bad { problem, .. }) => return Err(problem),
    };
    keep(app, portal, &case.code, (&system, &theirs)).await?;
    Ok(case.code)
}

/// What another system has answered: a draft, which somebody of the agency is to approve.
///
/// # Errors
/// The case has no code in that system, is not this portal's, or is not open; the words are none; the database's.
async fn answered(
    app: &App,
    portal: &Portal,
    code: &str,
    (system, answer, open): (&str, &str, bool),
) -> Result<(), Problem> {
    let case = held(app, portal, code).await?;
    let typed = Fields::of(vec![("answer".to_owned(), answer.to_owned())]);
    let mut faults = Vec::new();
    let answer = check::words(&typed, "answer", &mut faults);
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    if !store::of(&mut app.db.read().await?, &case.id).await?.iter().any(|(known, _)| known == system) {
        return Err(Problem::refused(
            "Phản ánh này chưa có mã ở hệ thống đó.",
            "This petition has no code in that system.",
        ));
    }
    let line = Line::new(Who::Token, portal.log, "petition.exchange", case.code.clone());
    let (seat, system, code) = (Seat::from(portal), system.to_owned(), case.code);
    let within = app.clone();
    app.db
        .write("petition.external.answer", async move |tx: &mut Tx| -> Result<(), Problem> {
            let mut case =
                cases::held(tx.conn(), &code, seat.log).await?.ok_or(Problem::NotFound("petition"))?;
            if let Some(why) = stands_against(tx, &case, seat.log).await? {
                return Err(super::handling::refusal(why));
            }
            let question =
                cases::words(tx.conn(), &case.id).await?.map(|(_, words)| words).unwrap_or_default();
            let draft = Draft {
                account: Uuid::nil().to_string(),
                open: i64::from(open && !question.is_empty()),
                question: masking::masked(&question),
                reply: masking::masked(&answer),
                answer,
            };
            draft::keep(tx, &case.id, &draft).await?;
            State::Review.word().clone_into(&mut case.state);
            case.count(&within.calendar.now(), tx.ledger.now());
            saved(tx, &case).await?;
            let step = Step { log: seat.log, act: "submitted".into(), detail: system, ..Step::default() };
            steps::add(tx, &case.id, &step).await?;
            handover::tells(&within, tx, &seat, &case, None).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await
}

/// Why another system's answer cannot be taken now.
async fn stands_against(tx: &mut Tx, case: &Case, log: i64) -> Result<Option<Refused>, Problem> {
    let ties = ties::stand(tx.conn(), &case.id).await?;
    Ok(match case.state() {
        _ if case.owner != log => Some(Refused::Over),
        state if !state.is_open() => Some(Refused::Over),
        State::Review => Some(Refused::InReview),
        _ if !case.handing.is_empty() => Some(Refused::Handing),
        _ if ties.follows => Some(Refused::Follows),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_and_its_code_are_kept_as_they_can_be_named() {
        assert!(named("dvcqg", "000.00.G22-261127-0001").is_ok());
        for (system, code) in [("", "1"), ("Cổng DVC", "1"), ("dvcqg", ""), ("dvcqg", "a\nb")] {
            assert!(named(system, code).is_err(), "{system} {code}");
        }
        let long = "a".repeat(MOST_CODE + 1);
        assert!(named("dvcqg", &long).is_err() && named(&long[..MOST_NAME + 1], "1").is_err());
    }
}
