//! Cases that hang together.
//!
//! One of the same matter *follows* another: when that is answered, its sender gets the answer, too, without what is personal of the other
//! sender. Its own clock runs on as it was promised, and ends with the answer. A case that asks several things is *split* into parts, each a
//! case with a code, a clock and an agency of its own; its sender opens them all with the secret that they have, and the whole is
//! answered last. Another agency is asked to *help*: it says its part by a day of its own, to whoever has the case, and the answer is one.
//!
//! Following happens within one agency, and a case that goes to another agency goes alone. The parts of a case are registered where it was asked:
//! if that is another node than its owner's, they are asked for by sealed letters (`afar`). Help is asked of any agency of the network: of one
//! at another node by sealed letters, too (`far`).

pub mod afar;
pub mod far;
pub mod help;
pub mod split;
pub mod store;
pub mod view;

use axum::routing::{get, post as posted};
use futures::future::BoxFuture;
use network::handover::Event;
use network::split::Stage;
use vietnam::masking;

use self::store::Tied;
use super::handover::{self, Seat};
use super::life::{State, Ties};
use super::store::draft::{self, Draft};
use super::store::steps::{self, Step};
use super::store::{self as cases, Case};
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::people::Duty;
use crate::problem::{Fault, Problem};
use crate::web::routes::{Route, desk_form, desk_page};
use crate::words::Lang;

/// A case of the same matter.
pub const FOLLOWS: &str = "follows";
/// One of several things.
pub const PART: &str = "part";

/// The rows of the route table.
pub fn routes() -> Vec<Route> {
    let page = |path, what, handler| desk_page(path, Duty::Petitions, what, handler);
    let form = |path, what, handler| desk_form(path, Duty::Petitions, what, handler);
    vec![
        page("/ban-lam-viec/phan-anh/{code}/tach", "split a petition into parts", get(split::page)),
        form("/ban-lam-viec/phan-anh/{code}/tach", "splits it", posted(split::sent)),
        page(
            "/ban-lam-viec/phan-anh/phoi-hop",
            "what others ask of the agency for their answers",
            get(help::list),
        ),
        page("/ban-lam-viec/phan-anh/phoi-hop/{id}", "one of them", get(help::one)),
        form("/ban-lam-viec/phan-anh/phoi-hop/{id}", "says the agency's part", posted(help::said)),
    ]
}

/// How a case hangs together with others, for the decision of a step.
fn facts(id: &str, tied: &[Tied]) -> Ties {
    let any = |sort: &str, up: bool| tied.iter().any(|tie| tie.sort == sort && (tie.petition == id) == up);
    let waits =
        |sort: &str| tied.iter().any(|tie| tie.sort == sort && tie.lead == id && tie.state().is_open());
    Ties {
        follows: any(FOLLOWS, true),
        leads: waits(FOLLOWS),
        part: any(PART, true),
        parted: any(PART, false),
        waits: waits(PART),
    }
}

/// How the case of an id hangs together with others as things stand.
///
/// # Errors
/// The database's.
pub async fn stand(conn: &mut Conn, id: &str) -> Result<Ties, Problem> {
    let mut ties = facts(id, &store::of(conn, id).await?);
    let afar = afar::elsewhere(conn, id).await?;
    ties.parted |= !afar.is_empty();
    ties.waits |= afar.iter().any(|part| part.stage() == Stage::Open);
    ties.part |= afar::store::whole(conn, id).await?.is_some();
    Ok(ties)
}

/// True while a part of a case has not ended: what was split ends last.
///
/// # Errors
/// The database's.
pub async fn has_running_parts(conn: &mut Conn, id: &str) -> Result<bool, Problem> {
    let runs = |tie: &Tied| !matches!(tie.state(), State::Closed | State::Withdrawn);
    if store::of(conn, id).await?.iter().any(|tie| tie.is_part_of(id) && runs(tie)) {
        return Ok(true);
    }
    Ok(afar::elsewhere(conn, id).await?.iter().any(|part| part.stage() != Stage::Ended))
}

/// A case that came from a closed agency's node is a part, or has parts: it is tied to those that have come. Whichever comes last ties them.
///
/// # Errors
/// The database's.
pub async fn tied_again(
    tx: &mut Tx,
    case: &Case,
    (whole, parts): (Option<&str>, &[String]),
) -> Result<(), Problem> {
    let tied = store::of(tx.conn(), &case.id).await?;
    let pairs = whole.map(|code| (code, true)).into_iter();
    for (code, is_whole) in pairs.chain(parts.iter().map(|code| (code.as_str(), false))) {
        let Some(other) = cases::find(tx.conn(), code).await? else { continue };
        if tied.iter().any(|tie| tie.sort == PART && tie.code == code) {
            continue;
        }
        let (part, whole) = if is_whole { (&case.id, &other.id) } else { (&other.id, &case.id) };
        store::tie(tx, part, PART, whole, "").await?;
    }
    Ok(())
}

fn wrong(says: impl Fn(Lang) -> String) -> Problem {
    Problem::Invalid(vec![Fault { field: "vao".into(), vi: says(Lang::Vi), en: says(Lang::En) }])
}

fn no_lead() -> Problem {
    wrong(|lang| lang.petition_tie().fault_lead.to_owned())
}

/// The case of an agency that others of it may follow; `code` is that one's as it was typed.
///
/// # Errors
/// There is none of that code here, it has ended, or it follows another itself; the database's.
pub async fn lead(conn: &mut Conn, log: i64, code: &str) -> Result<Case, Problem> {
    let found = cases::held(conn, &code.trim().to_uppercase(), log).await?;
    let lead = found.filter(|lead| lead.owner == log).ok_or_else(no_lead)?;
    if !lead.state().is_open() || !lead.handing.is_empty() {
        return Err(wrong(|lang| lang.petition_tie().fault_lead_over.to_owned()));
    }
    let tied = store::of(conn, &lead.id).await?;
    match tied.iter().find(|tie| tie.sort == FOLLOWS && tie.petition == lead.id) {
        Some(first) => Err(wrong(|lang| lang.petition_tie().fault_lead_follows(&first.code))),
        None => Ok(lead),
    }
}

/// A case follows another of the same agency from now on; `code` is that one's as it was typed.
///
/// # Errors
/// It cannot be followed, or is the very case; the database's.
pub async fn merge(tx: &mut Tx, case: &Case, code: &str, step: &mut Step) -> Result<(), Problem> {
    let lead = lead(tx.conn(), case.owner, code).await?;
    if lead.id == case.id {
        return Err(no_lead());
    }
    store::tie(tx, &case.id, FOLLOWS, &lead.id, &step.account).await?;
    step.detail.clone_from(&lead.code);
    Ok(())
}

/// A case that followed another stands by itself again.
///
/// # Errors
/// The database's.
pub async fn unmerge(tx: &mut Tx, id: &str) -> Result<(), Problem> {
    Ok(store::end(tx, id).await?)
}

/// What senders of cases that follow one read of its answer: as readers would, without what is personal of its sender.
pub fn common(draft: &Draft) -> String {
    if draft.open == 1 { draft.reply.clone() } else { masking::masked(&draft.answer) }
}

/// The answer of a case is that of every case that follows it, in the same transaction.
///
/// # Errors
/// A log may not sign; the database's.
pub async fn answered(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    lead: &Case,
    (reply, account): (&str, &str),
) -> Result<(), Problem> {
    let now = tx.ledger.now();
    // What others have not said by now is not waited for any more.
    store::end_help(tx, &lead.id).await?;
    for tie in store::of(tx.conn(), &lead.id).await? {
        if !tie.follows(&lead.id) {
            continue;
        }
        let Some(mut case) = cases::find(tx.conn(), &tie.code).await? else { continue };
        if case.owner != seat.log || !case.state().is_open() {
            continue;
        }
        State::Answered.word().clone_into(&mut case.state);
        case.answered = now;
        case.stop_waiting(&app.calendar.now(), now);
        case.count(&app.calendar.now(), now);
        draft::done(tx, &case.id).await?;
        draft::unpublish(tx, &case.id).await?;
        store::end_help(tx, &case.id).await?;
        cases::save_within(tx, &case).await?;
        let says = Lang::of_code(&case.lang).petition_tie().answered_with(&lead.code);
        let step = Step {
            log: seat.log,
            account: account.to_owned(),
            act: "answered".into(),
            shown: 1,
            words: format!("{says}\n\n{reply}"),
            ..Step::default()
        };
        let step = Step { seq: steps::add(tx, &case.id, &step).await?, at: now, ..step };
        let named = handover::named(tx.conn(), &case).await?;
        let words = handover::words(tx.conn(), &step, &[]).await?;
        let event = Event::Answers { id: step.named(&case.id), words };
        handover::happens(app, tx, seat, &named, event).await?;
        handover::tells(app, tx, seat, &case, None).await?;
    }
    Ok(())
}

/// A case goes to another agency or ends without an answer: those that followed it stand by themselves again, and their senders read so.
/// What other agencies were asked for it is asked no more.
///
/// # Errors
/// The database's.
pub fn release<'a>(
    app: &'a App,
    tx: &'a mut Tx,
    seat: &'a Seat,
    lead: &'a Case,
) -> BoxFuture<'a, Result<(), Problem>> {
    Box::pin(async move {
        store::end_help(tx, &lead.id).await?;
        for tie in store::of(tx.conn(), &lead.id).await? {
            if !tie.follows(&lead.id) {
                continue;
            }
            store::end(tx, &tie.petition).await?;
            let Some(mut case) = cases::find(tx.conn(), &tie.code).await? else { continue };
            if case.owner != seat.log || !case.state().is_open() {
                continue;
            }
            case.count(&app.calendar.now(), tx.ledger.now());
            cases::save_within(tx, &case).await?;
            let step = Step {
                log: seat.log,
                act: "unmerged".into(),
                shown: 1,
                words: Lang::of_code(&case.lang).petition_tie().released.to_owned(),
                ..Step::default()
            };
            let step = Step { seq: steps::add(tx, &case.id, &step).await?, at: tx.ledger.now(), ..step };
            handover::tells(app, tx, seat, &case, Some(&step)).await?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_readers_see_is_what_others_get_and_else_it_is_masked() {
        let draft = Draft {
            answer: "Chào bà Bưởi, số 0912 345 678: đèn đã thay.".into(),
            reply: "Đèn đã thay.".into(),
            ..Draft::default()
        };
        assert!(!common(&draft).contains("0912"), "{}", common(&draft));
        assert_eq!(common(&Draft { open: 1, ..draft }), "Đèn đã thay.");
    }

    #[test]
    fn a_case_knows_whether_it_is_above_or_below() {
        let tie = |petition: &str, sort: &str, lead: &str, state: &str| Tied {
            petition: petition.into(),
            sort: sort.into(),
            lead: lead.into(),
            state: state.into(),
            ..Tied::default()
        };
        let one = [tie("a", FOLLOWS, "b", "work")];
        assert!(facts("a", &one).follows && !facts("a", &one).leads);
        assert!(facts("b", &one).leads && !facts("b", &one).follows);
        let parts = [tie("a", PART, "w", "answered"), tie("b", PART, "w", "new")];
        let whole = facts("w", &parts);
        assert!(whole.parted && whole.waits && !whole.part);
        assert!(!facts("w", &parts[..1]).waits, "all that it asked has an answer");
        assert!(facts("a", &parts[..1]).part);
    }
}
