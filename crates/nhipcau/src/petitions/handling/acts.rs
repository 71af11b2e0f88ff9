//! Each step that somebody takes in the console: decided by `life` upon what stands there, one transaction with the log and the trail.

use std::sync::Arc;

use network::entry::Outcome;
use network::names::{ContentHash, Origin};
use serde_json::json;
use vietnam::masking;

use super::super::asking::check;
use super::super::contact::Contact;
use super::super::life::{self, Act, By, Refused};
use super::super::record::{Said, append};
use super::super::register::commitment;
use super::super::rules::Clock;
use super::super::store::draft::{self, Draft};
use super::super::store::steps::{self, Step};
use super::super::store::{self, Case};
use super::super::{Mode, facts, route};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::logs::store as logs;
use crate::people::Role;
use crate::people::audit::{self, Line, Who};
use crate::people::forms::Fields;
use crate::people::gate::Staff;
use crate::problem::{Fault, Problem};
use crate::words::{Lang, PetitionDeskWords, date};

/// Somebody at an agency, acting.
pub struct Actor {
    /// Who, with what rights.
    pub by: By,
    /// Our number for the agency's log.
    pub log: i64,
    /// The agency's log.
    pub origin: Origin,
}

impl Actor {
    fn of(staff: &Staff) -> Actor {
        Actor { by: by(staff), log: staff.portal.log, origin: staff.portal.origin.clone() }
    }
}

/// With which rights somebody acts.
pub fn by(staff: &Staff) -> By {
    let has = |role| staff.roles.contains(&role);
    By {
        account: staff.account.id,
        handles: has(Role::Clerk) || has(Role::Leader),
        approves: has(Role::Publisher) || has(Role::Leader),
        leads: has(Role::Leader),
    }
}

fn refusal(refused: Refused) -> Problem {
    let says = |w: &'static PetitionDeskWords| match refused {
        Refused::Over => w.refused_over,
        Refused::Role => w.refused_role,
        Refused::Taken => w.refused_taken,
        Refused::Unclaimed => w.refused_unclaimed,
        Refused::InReview => w.refused_review,
        Refused::NoAnswer => w.refused_no_answer,
        Refused::Own => w.refused_own,
        Refused::TooOften => w.refused_often,
        Refused::NotReturnable => w.refused_return,
        Refused::Late => w.refused_over,
    };
    Problem::refused(says(Lang::Vi.petition_desk()), says(Lang::En.petition_desk()))
}

fn fault(field: &str, says: fn(&'static PetitionDeskWords) -> &'static str) -> Problem {
    let (vi, en) = (says(Lang::Vi.petition_desk()).into(), says(Lang::En.petition_desk()).into());
    Problem::Invalid(vec![Fault { field: field.into(), vi, en }])
}

/// The act of a form's word.
fn act_of(word: &str) -> Option<Act> {
    Some(match word {
        "nhan" => Act::Claim,
        "tha" => Act::Release,
        "ghi-chu" => Act::Note,
        "hoi" => Act::Ask,
        "gia-han" => Act::Extend,
        "chuyen" => Act::Pass,
        "tra" => Act::Return,
        "tien-do" => Act::Progress,
        "trinh" => Act::Submit,
        "tra-lai" => Act::SendBack,
        "duyet" => Act::Approve,
        "ngoai" => Act::Outside,
        _ => return None,
    })
}

/// The question and the answer as readers would see them.
pub fn masked(typed: &Fields) -> (String, String) {
    let answer = typed.some("tra-loi-cong-khai").unwrap_or_else(|| typed.get("tra-loi").to_owned());
    (masking::masked(&check::clean(typed.get("cau-hoi"))), masking::masked(&check::clean(&answer)))
}

/// Who sent it, for whoever may see that; each look is in the trail.
///
/// # Errors
/// The role does not cover it; there is nothing to see; the database's.
pub async fn contact(app: &App, staff: &Staff, case: &Case) -> Result<Contact, Problem> {
    let by = by(staff);
    let hidden = case.mode == Mode::Hidden.word();
    if case.owner != staff.portal.log || !(by.leads || by.handles && !hidden) {
        return Err(refusal(Refused::Role));
    }
    staff.saw(app, "petition.contact", case.code.clone()).await?;
    let found = store::contact(app, &mut app.db.read().await?, &case.id).await?;
    found.ok_or_else(|| {
        Problem::refused(Lang::Vi.petition_desk().no_contact, Lang::En.petition_desk().no_contact)
    })
}

/// What an act brings along, read before the transaction.
struct Brought {
    act: Act,
    words: String,
    target: Option<Arc<Portal>>,
    draft: Option<Draft>,
}

fn brought(app: &App, actor: &Actor, typed: &Fields) -> Result<Brought, Problem> {
    let act = act_of(typed.get("viec")).ok_or(Problem::NotFound("act"))?;
    let mut faults = Vec::new();
    let field = match act {
        Act::Claim | Act::Release | Act::Approve => "",
        Act::Submit => "tra-loi",
        _ => "loi",
    };
    let words = if field.is_empty() { String::new() } else { check::words(typed, field, &mut faults) };
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    let target = match act {
        Act::Pass => {
            let chosen = route::chosen(app, &actor.origin, typed.get("toi"));
            Some(chosen.ok_or_else(|| fault("toi", |w| w.fault_target))?)
        }
        // Whom they think is in charge may be left open.
        Act::Return => route::chosen(app, &actor.origin, typed.get("toi")),
        _ => None,
    };
    let draft = (act == Act::Submit).then(|| {
        let (question, reply) = masked(typed);
        Draft {
            account: actor.by.account.to_string(),
            answer: words.clone(),
            open: i64::from(typed.has("cong-khai")),
            question,
            reply,
        }
    });
    if draft.as_ref().is_some_and(|draft| draft.open == 1 && draft.question.is_empty()) {
        return Err(fault("cau-hoi", |w| w.fault_question));
    }
    Ok(Brought { act, words, target, draft })
}

/// Takes a step.
///
/// # Errors
/// What is wrong with the form; why it is refused; that somebody was quicker; the database's.
pub async fn act(app: &App, staff: &Staff, case: &Case, typed: &Fields) -> Result<(), Problem> {
    take(app, &Actor::of(staff), &case.code, typed).await
}

/// The same for whoever acts without a session.
///
/// # Errors
/// As [`act`].
pub async fn take(app: &App, actor: &Actor, code: &str, typed: &Fields) -> Result<(), Problem> {
    let brought = brought(app, actor, typed)?;
    let version: i64 = typed.get("ban").parse().unwrap_or(0);
    let (by, log, code) = (actor.by, actor.log, code.to_owned());
    let line = Line::new(Who::Account(by.account), log, "petition.step", code.clone());
    let line = line.with(json!({ "act": typed.get("viec") }));
    let (app, db) = (app.clone(), app.db.clone());
    db.write("petition.step", async move |tx: &mut Tx| -> Result<(), Problem> {
        let mut case = store::held(tx.conn(), &code, log).await?.ok_or(Problem::NotFound("petition"))?;
        if case.owner != log {
            let says = |lang: Lang| lang.petition_desk().refused_not_owner;
            return Err(Problem::refused(says(Lang::Vi), says(Lang::En)));
        }
        if case.version != version {
            return Err(Problem::refused(Lang::Vi.petition_desk().stale, Lang::En.petition_desk().stale));
        }
        let path = steps::of(tx.conn(), &case.id).await?;
        let waiting = draft::find(tx.conn(), &case.id).await?;
        let facts = facts::of(&case, &path, waiting.as_ref(), &app.calendar.now(), tx.ledger.now());
        let next = life::decide(brought.act, &facts, by).map_err(refusal)?;
        next.word().clone_into(&mut case.state);
        let mut step =
            Step { log, account: by.account.to_string(), words: brought.words.clone(), ..Step::default() };
        carry_out(&app, tx, &mut case, &path, &brought, waiting, &mut step).await?;
        case.count(&app.calendar.now(), tx.ledger.now());
        if !store::save(tx, &case).await? {
            return Err(Problem::refused(Lang::Vi.petition_desk().stale, Lang::En.petition_desk().stale));
        }
        steps::add(tx, &case.id, &step).await?;
        Ok(audit::add(tx, line).await?)
    })
    .await
}

/// What an act does to a case, beside where it stands.
async fn carry_out(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    path: &[Step],
    brought: &Brought,
    waiting: Option<Draft>,
    step: &mut Step,
) -> Result<(), Problem> {
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
        Act::Progress => ("progress", 1),
        Act::Submit => ("submitted", 0),
        Act::SendBack => ("sent-back", 0),
        Act::Approve => ("answered", 1),
        Act::Outside => ("outside", 1),
    };
    (step.act, step.shown) = (word.to_owned(), shown);
    match brought.act {
        Act::Claim => case.handler.clone_from(&step.account),
        Act::Release => case.handler.clear(),
        Act::Note | Act::Progress | Act::SendBack => {}
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
            hand_over(app, tx, case, &target, now, step).await?;
        }
        Act::Return => {
            if let Some(proposed) = &brought.target {
                let name =
                    agencies::name(app.directory.load().agency(&proposed.origin), Lang::Vi, &proposed.domain);
                step.words = format!("{}\n{}", step.words, Lang::Vi.petition_desk().proposes(name));
            }
            give_back(app, tx, case, path, step).await?;
        }
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
            let commitment = answer_commitment(case, &draft.answer);
            append(app, tx, case, case.owner, Said::Answered(commitment)).await?;
        }
        Act::Outside => {
            case.closed = now;
            append(app, tx, case, case.owner, Said::Closed(Outcome::Declined)).await?;
        }
    }
    Ok(())
}

/// What stands in the log for an answer; its sender has the salt.
fn answer_commitment(case: &Case, answer: &str) -> ContentHash {
    commitment(&case.salt, &json!({ "v": 1, "code": case.code, "answer": answer }).to_string())
}

/// Another agency answers from now on: both logs say so in this transaction, and the clock of the answer begins anew.
async fn hand_over(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    target: &Portal,
    since: i64,
    step: &mut Step,
) -> Result<(), Problem> {
    step.detail = target.log.to_string();
    let before = case.owner;
    let head = logs::head(tx.conn(), before).await?.ok_or(Problem::NotFound("agency"))?;
    let (from, to) = (head.origin, target.origin.clone());
    (case.owner, case.owned, case.clock_from) = (target.log, tx.ledger.now(), since);
    (case.added, case.extended, case.paused) = (0, 0, 0);
    case.epoch += 1;
    case.handler.clear();
    store::hold(tx, &case.id, target.log).await?;
    case.count(&app.calendar.now(), tx.ledger.now());
    append(app, tx, case, target.log, Said::Passed { from: from.clone(), to: to.clone() }).await?;
    append(app, tx, case, before, Said::Passed { from, to }).await.map(|_| ())
}

/// Back to whoever handed it over, whose clock has run on; after the second time whoever stands above both decides.
async fn give_back(
    app: &App,
    tx: &mut Tx,
    case: &mut Case,
    path: &[Step],
    step: &mut Step,
) -> Result<(), Problem> {
    let from = facts::handed_by(path).ok_or_else(|| refusal(Refused::NotReturnable))?;
    let portals = app.portals.load().all();
    let portal = |log: i64| portals.iter().find(|portal| portal.log == log).cloned();
    let (Some(own), Some(back)) = (portal(case.owner), portal(from)) else {
        return Err(refusal(Refused::NotReturnable));
    };
    case.bounced += 1;
    let umpire = if case.bounced >= 2 { route::umpire(app, &own.origin, &back.origin) } else { None };
    match umpire.filter(|umpire| umpire.log != back.log) {
        Some(umpire) => {
            "passed".clone_into(&mut step.act);
            let now = tx.ledger.now();
            hand_over(app, tx, case, &umpire, now, step).await
        }
        None => {
            let since = store::held_since(tx.conn(), &case.id, back.log).await?.unwrap_or(case.registered);
            hand_over(app, tx, case, &back, since, step).await
        }
    }
}

/// True for a case that this person may do something with.
pub fn may(act: Act, facts: &life::Facts, by: By) -> bool {
    life::decide(act, facts, by).is_ok()
}
