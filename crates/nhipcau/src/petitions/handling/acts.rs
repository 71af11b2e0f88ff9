//! Each step that somebody takes in the console: decided by `life` upon what stands there, one transaction with the log and the trail.

use network::names::Origin;
use serde_json::json;
use vietnam::masking;

use super::super::asking::check;
use super::super::contact::Contact;
use super::super::handover::Seat;
use super::super::life::{self, Act, By, Refused};
use super::super::route::Target;
use super::super::store::choice::Offered;
use super::super::store::draft::{self, Draft};
use super::super::store::steps::{self, Step};
use super::super::store::{self, Case};
use super::super::suggested::{Suggested, Told};
use super::super::{Mode, facts, route};
use super::carry;
use crate::app::App;
use crate::db::Tx;
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

pub(super) fn refusal(refused: Refused) -> Problem {
    let says = |lang: Lang| {
        let w = lang.petition_desk();
        match refused {
            Refused::Handing => lang.petition_pass().refused_handing,
            Refused::Over | Refused::Late => w.refused_over,
            Refused::Role => w.refused_role,
            Refused::Taken => w.refused_taken,
            Refused::Unclaimed => w.refused_unclaimed,
            Refused::InReview => w.refused_review,
            Refused::NoAnswer => w.refused_no_answer,
            Refused::Own => w.refused_own,
            Refused::TooOften => w.refused_often,
            Refused::NotReturnable => w.refused_return,
        }
    };
    Problem::refused(says(Lang::Vi), says(Lang::En))
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
        "lay-lai" => Act::Recall,
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
pub(super) struct Brought {
    pub act: Act,
    pub words: String,
    pub target: Option<Target>,
    pub draft: Option<Draft>,
    /// What was suggested, where the act says whose the case is.
    pub offered: Option<Offered>,
}

async fn brought(app: &App, actor: &Actor, code: &str, typed: &Fields) -> Result<Brought, Problem> {
    let act = act_of(typed.get("viec")).ok_or(Problem::NotFound("act"))?;
    let mut faults = Vec::new();
    let field = match act {
        Act::Claim | Act::Release | Act::Approve | Act::Recall => "",
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
    let offered = match act {
        Act::Pass | Act::Submit => suggested(app, actor, code).await?,
        _ => None,
    };
    Ok(Brought { act, words, target, draft, offered })
}

/// What is suggested for a case of an agency of this node, if its words are still here.
async fn suggested(app: &App, actor: &Actor, code: &str) -> Result<Option<Offered>, Problem> {
    let portal = app.portals.load().find(|portal| portal.log == actor.log);
    let mut conn = app.db.read().await?;
    let (Some(portal), Some(case)) = (portal, store::held(&mut conn, code, actor.log).await?) else {
        return Ok(None);
    };
    let Some((_, words)) = store::words(&mut conn, &case.id).await? else { return Ok(None) };
    let told = Told { words: &words, commune: &case.place };
    Ok(Some(Suggested::of(app, &portal, &told, date::day(app.clock.now()), Lang::Vi).offered))
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
    let brought = brought(app, actor, code, typed).await?;
    let version: i64 = typed.get("ban").parse().unwrap_or(0);
    let (by, log, code) = (actor.by, actor.log, code.to_owned());
    let line = Line::new(Who::Account(by.account), log, "petition.step", code.clone());
    let line = line.with(json!({ "act": typed.get("viec") }));
    let seat = Seat { log, origin: actor.origin.clone() };
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
        let goes = carry::out(&app, tx, &mut case, &path, &brought, waiting, &mut step).await?;
        case.count(&app.calendar.now(), tx.ledger.now());
        if !store::save(tx, &case).await? {
            return Err(Problem::refused(Lang::Vi.petition_desk().stale, Lang::En.petition_desk().stale));
        }
        (step.seq, step.at) = (steps::add(tx, &case.id, &step).await?, tx.ledger.now());
        carry::choice(tx, &case, &brought, &step, &seat.origin).await?;
        carry::on(&app, tx, &seat, &case, &step, goes).await?;
        Ok(audit::add(tx, line).await?)
    })
    .await
}

/// True for a case that this person may do something with.
pub fn may(act: Act, facts: &life::Facts, by: By) -> bool {
    life::decide(act, facts, by).is_ok()
}
