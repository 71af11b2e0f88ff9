//! What each act does to a case, and what it tells the machine that hands cases over.

use network::entry::Outcome;
use network::handover::Event;
use network::names::{ContentHash, Origin};
use serde_json::json;

use super::super::handover::{self, Seat};
use super::super::life::{Act, Refused};
use super::super::register::commitment;
use super::super::rules::Clock;
use super::super::store::choice::{self, Choice};
use super::super::store::draft::{self, Draft};
use super::super::store::steps::{self, Step};
use super::super::store::{self, Case};
use super::super::{facts, route, ties};
use super::acts::{Brought, refusal};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::logs::store as logs;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// What the machine is told once the case is saved.
pub enum Goes {
    /// Nothing but what its sender reads.
    Nowhere,
    /// It is offered to another agency.
    To(Origin),
    /// It is asked for again.
    Recalled,
    /// It is answered; the texts that readers see, if they do.
    Answered(Option<(String, String)>),
    /// It has ended.
    Ended(Outcome),
}

/// What an act does to a case, beside where it stands.
///
/// # Errors
/// Why it cannot be done; the database's.
pub(super) async fn out(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    path: &[Step],
    brought: &Brought,
    waiting: Option<Draft>,
    step: &mut Step,
) -> Result<Goes, Problem> {
    let now = tx.ledger.now();
    let today = date::day(instant(now));
    let (word, shown) = match brought.act {
        Act::Claim => ("claimed", 1),
        Act::Release => ("released", 0),
        Act::Note => ("noted", 0),
        Act::Ask => ("asked", 1),
        Act::Extend => ("extended", 1),
        Act::Pass => ("passed", 1),
        Act::Return => ("returned", 1),
        Act::Recall => ("recalling", 0),
        Act::Progress => ("progress", 1),
        Act::Submit => ("submitted", 0),
        Act::SendBack => ("sent-back", 0),
        Act::Approve => ("answered", 1),
        Act::Outside => ("outside", 1),
        Act::Assign => ("assigned", 0),
        Act::Merge => ("merged", 1),
        Act::Unmerge => ("unmerged", 1),
        Act::Split => ("parted", 1),
        Act::Help => ("helping", 1),
        Act::Sort => ("sorted", 1),
    };
    (step.act, step.shown) = (word.to_owned(), shown);
    match brought.act {
        Act::Claim => case.handler.clone_from(&step.account),
        Act::Release => case.handler.clear(),
        Act::Note | Act::Progress | Act::SendBack | Act::Split => {}
        Act::Assign => {
            let (account, name) = &brought.colleague;
            case.handler.clone_from(account);
            step.detail.clone_from(name);
        }
        Act::Sort => {
            case.kind.clone_from(&brought.kind);
            step.detail.clone_from(&brought.kind);
        }
        Act::Merge => ties::merge(tx, case, &brought.lead, step).await?,
        Act::Unmerge => ties::unmerge(tx, &case.id).await?,
        Act::Help => {
            let mut help = brought.help.clone().ok_or(Problem::NotFound("agency"))?;
            if let Some(target) = brought.target.as_ref().filter(|_| help.log == 0) {
                help.log = logs::ensure(tx.conn(), &target.origin, false, now).await?;
            }
            step.detail = help.log.to_string();
            help.question = std::mem::take(&mut step.words);
            ties::store::ask_help(tx, &help).await?;
            ties::far::ask(app, tx, case, &help).await?;
        }
        Act::Ask => {
            case.stop_waiting(&app.calendar.now(), now);
            case.paused = now;
        }
        Act::Extend => {
            let days = Clock::of("extend", today).map_or(0, |clock| clock.count);
            case.added += i64::from(days);
            case.extended += 1;
            step.detail = days.to_string();
        }
        Act::Pass => {
            let target = brought.target.clone().ok_or(Problem::NotFound("agency"))?;
            step.detail = logs::ensure(tx.conn(), &target.origin, false, now).await?.to_string();
            return Ok(Goes::To(target.origin));
        }
        Act::Return => {
            if let Some(proposed) = &brought.target {
                step.words = format!("{}\n{}", step.words, Lang::Vi.petition_desk().proposes(&proposed.name));
            }
            return give_back(app, tx, case, path, step).await.map(Goes::To);
        }
        Act::Recall => return Ok(Goes::Recalled),
        Act::Submit => {
            if let Some(draft) = &brought.draft {
                draft::keep(tx, &case.id, draft).await?;
            }
            // The answer stands in the draft until it is given; nothing of it is told before.
            step.words.clear();
        }
        Act::Approve => {
            let draft = waiting.ok_or_else(|| refusal(Refused::NoAnswer))?;
            step.words.clone_from(&draft.answer);
            case.answered = now;
            case.stop_waiting(&app.calendar.now(), now);
            if draft.open == 1 {
                draft::publish(tx, case, &draft).await?;
            } else {
                draft::unpublish(tx, &case.id).await?;
            }
            draft::done(tx, &case.id).await?;
            let public = (draft.open == 1).then(|| (draft.question.clone(), draft.reply.clone()));
            return Ok(Goes::Answered(public));
        }
        Act::Outside => {
            case.closed = now;
            return Ok(Goes::Ended(Outcome::Declined));
        }
    }
    Ok(Goes::Nowhere)
}

/// What stands in the log for an answer; its sender has the salt.
pub fn answer_commitment(case: &Case, answer: &str) -> ContentHash {
    commitment(&case.salt, &json!({ "v": 1, "code": case.code, "answer": answer }).to_string())
}

/// Back to whoever handed it over, whose clock has run on; after the second time whoever stands above both decides.
async fn give_back(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    path: &[Step],
    step: &mut Step,
) -> Result<Origin, Problem> {
    let not = || refusal(Refused::NotReturnable);
    let from = facts::handed_by(path).ok_or_else(not)?;
    let (own, back) = (logs::head(tx.conn(), case.owner).await?, logs::head(tx.conn(), from).await?);
    let (own, back) = (own.ok_or_else(not)?.origin, back.ok_or_else(not)?.origin);
    case.bounced += 1;
    let many = case.bounced >= i64::from(facts::MOST_BOUNCES);
    let umpire = if many { route::umpire(app, &own, &back) } else { None };
    let to = match umpire {
        Some(umpire) => {
            "passed".clone_into(&mut step.act);
            umpire.origin
        }
        None => back,
    };
    let now = tx.ledger.now();
    step.detail = logs::ensure(tx.conn(), &to, false, now).await?.to_string();
    Ok(to)
}

/// Keeps whom somebody chose beside what was suggested.
///
/// # Errors
/// The database's.
pub(super) async fn choice(
    tx: &mut Tx,
    case: &Case,
    brought: &Brought,
    step: &Step,
    own: &Origin,
) -> Result<(), Problem> {
    let Some(offered) = &brought.offered else { return Ok(()) };
    // Whoever hands in an answer has chosen the own agency.
    let (chosen, why) = match &brought.target {
        Some(target) => (target.origin.to_string(), step.words.as_str()),
        None => (own.to_string(), ""),
    };
    let (petition, account) = (case.id.as_str(), step.account.clone());
    let choice = Choice { petition, log: step.log, account, offered, chosen, why };
    Ok(choice::keep(tx, choice).await?)
}

/// Tells the machine, and through it the portal at which it was asked.
///
/// # Errors
/// Why it cannot be done now; a log may not sign; the database's.
pub async fn on(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    case: &Case,
    step: &Step,
    goes: Goes,
) -> Result<(), Problem> {
    let named = handover::named(tx.conn(), case).await?;
    let event = match goes {
        Goes::Nowhere => None,
        Goes::To(to) => {
            handover::tells(app, tx, seat, case, Some(step)).await?;
            return handover::happens(app, tx, seat, &named, Event::Offer { to }).await;
        }
        Goes::Recalled => return handover::happens(app, tx, seat, &named, Event::Cancel).await,
        Goes::Answered(public) => {
            let told = handover::told(tx.conn(), step, &[]).await?;
            let words = handover::told::Told { public, ..told }.said()?;
            Some(Event::Answers { id: step.named(&case.id), words })
        }
        Goes::Ended(outcome) => {
            handover::tells(app, tx, seat, case, Some(step)).await?;
            Some(Event::Ends(outcome))
        }
    };
    let told = match event {
        Some(event) => {
            handover::happens(app, tx, seat, &named, event).await?;
            None
        }
        None => (step.shown == 1).then_some(step),
    };
    // Notes of colleagues are told to nobody, also while it is being handed over.
    if told.is_some()
        || step.shown == 1
        || matches!(step.act.as_str(), "submitted" | "sent-back" | "released" | "assigned")
    {
        handover::tells(app, tx, seat, case, told).await?;
    }
    Ok(())
}

/// Passes a case on that was begun in this very step, with words that its sender reads, too.
///
/// # Errors
/// Why it cannot be done now; a log may not sign; the database's.
pub async fn passed_on(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    mut case: Case,
    (account, words): (&str, String),
    to: Origin,
) -> Result<(), Problem> {
    let now = tx.ledger.now();
    case.count(&app.calendar.now(), now);
    store::save_within(tx, &case).await?;
    let step = Step {
        log: seat.log,
        account: account.to_owned(),
        act: "passed".into(),
        shown: 1,
        words,
        detail: logs::ensure(tx.conn(), &to, false, now).await?.to_string(),
        ..Step::default()
    };
    let step = Step { seq: steps::add(tx, &case.id, &step).await?, at: now, ..step };
    on(app, tx, seat, &case, &step, Goes::To(to)).await
}
