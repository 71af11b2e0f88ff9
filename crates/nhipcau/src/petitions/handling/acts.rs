//! Each step that somebody takes in the console: decided by `life` upon what stands there, one transaction with the log and the trail.

use jiff::civil::Date;
use network::names::Origin;
use serde_json::json;
use vietnam::masking;

use super::super::asking::check;
use super::super::contact::Contact;
use super::super::handover::Seat;
use super::super::life::{self, Act, By, Refused};
use super::super::route::Target;
use super::super::rules::Kind;
use super::super::store::choice::Offered;
use super::super::store::draft::{self, Draft};
use super::super::store::steps::{self, Step};
use super::super::store::{self, Case};
use super::super::suggested::{Suggested, Told};
use super::super::ties::store::Help;
use super::super::{Mode, facts, mail, route, templates, ties};
use super::carry;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::people::Role;
use crate::people::audit::{self, Line, Who};
use crate::people::forms::Fields;
use crate::people::gate::Staff;
use crate::people::store as people;
use crate::problem::{Fault, Problem};
use crate::words::{Lang, date};

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
    /// Who is signed in.
    pub fn of(staff: &Staff) -> Actor {
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

/// Whether somebody leads the agency.
pub fn leads(staff: &Staff) -> bool {
    by(staff).leads
}

/// Why a step is refused, in words.
pub fn refusal(refused: Refused) -> Problem {
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
            Refused::Follows => lang.petition_tie().refused_follows,
            Refused::Tied => lang.petition_tie().refused_tied,
            Refused::Untied => lang.petition_tie().refused_untied,
            Refused::Parts => lang.petition_tie().refused_parts,
        }
    };
    Problem::refused(says(Lang::Vi), says(Lang::En))
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
        "giao" => Act::Assign,
        "gop" => Act::Merge,
        "go-gop" => Act::Unmerge,
        "phoi-hop" => Act::Help,
        "loai" => Act::Sort,
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
    /// The code of the case that it is to follow, as it was typed.
    pub lead: String,
    /// The colleague whom it is given to: an account's id, and the name.
    pub colleague: (String, String),
    /// What another agency is asked.
    pub help: Option<Help>,
    /// The word of the kind that it is.
    pub kind: String,
}

async fn brought(app: &App, actor: &Actor, code: &str, typed: &Fields) -> Result<Brought, Problem> {
    let act = act_of(typed.get("viec")).ok_or(Problem::NotFound("act"))?;
    let mut faults = Vec::new();
    let field = match act {
        Act::Claim | Act::Release | Act::Approve | Act::Recall | Act::Assign | Act::Merge | Act::Sort => "",
        Act::Submit => "tra-loi",
        _ => "loi",
    };
    let words = if field.is_empty() { String::new() } else { check::words(typed, field, &mut faults) };
    if !faults.is_empty() {
        return Err(Problem::Invalid(faults));
    }
    if act == Act::Submit
        && let Some(name) =
            [typed.get("tra-loi"), typed.get("tra-loi-cong-khai")].into_iter().find_map(templates::left)
    {
        let says = |lang: Lang| {
            lang.petition_bulk().left_value(templates::pages::says(name, lang), format!("{{{name}}}"))
        };
        return Err(Problem::Invalid(vec![Fault {
            field: "tra-loi".into(),
            vi: says(Lang::Vi),
            en: says(Lang::En),
        }]));
    }
    let target = match act {
        Act::Pass => {
            let chosen = route::chosen(app, &actor.origin, typed.get("toi"));
            Some(chosen.ok_or_else(|| {
                Problem::Invalid(vec![Fault::said("toi", |lang| lang.petition_desk().fault_target)])
            })?)
        }
        // Whom they think is in charge may be left open.
        Act::Return => route::chosen(app, &actor.origin, typed.get("toi")),
        _ => None,
    };
    let (help, target) = match act {
        Act::Help => {
            let (help, target) = asked(app, actor, code, typed).await?;
            (Some(help), Some(target))
        }
        _ => (None, target),
    };
    let colleague = match act {
        Act::Assign => colleague(app, actor, typed.get("cho")).await?,
        _ => Default::default(),
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
        return Err(Problem::Invalid(vec![Fault::said("cau-hoi", |lang| {
            lang.petition_desk().fault_question
        })]));
    }
    let offered = match act {
        Act::Pass | Act::Submit => suggested(app, actor, code).await?,
        _ => None,
    };
    let kind = match act {
        Act::Sort => sorted(app, actor, code, typed.get("loai")).await?,
        _ => String::new(),
    };
    let lead = typed.get("vao").to_owned();
    Ok(Brought { act, words, target, draft, offered, lead, colleague, help, kind })
}

/// The kind that a petition is; whoever used the form has chosen theirs, so this is for what came by mail.
async fn sorted(app: &App, actor: &Actor, code: &str, word: &str) -> Result<String, Problem> {
    let mut conn = app.db.read().await?;
    let case = store::held(&mut conn, code, actor.log).await?.ok_or(Problem::NotFound("petition"))?;
    let kind = Kind::of(word, date::day(app.clock.now())).map(|kind| kind.kind);
    let mailed = mail::became(&mut conn, &case.id).await?;
    kind.filter(|_| mailed).ok_or_else(|| {
        let says = |lang: Lang| lang.petition_mail().fault_kind.to_owned();
        Problem::Invalid(vec![Fault { field: "loai".into(), vi: says(Lang::Vi), en: says(Lang::En) }])
    })
}

/// Somebody who may handle petitions at the agency, by their account's id.
async fn colleague(app: &App, actor: &Actor, id: &str) -> Result<(String, String), Problem> {
    let all = colleagues(app, &mut app.db.read().await?, actor.log, &actor.origin).await?;
    all.into_iter().find(|(known, _)| known == id).ok_or_else(|| {
        let says = |lang: Lang| lang.petition_tie().fault_colleague.to_owned();
        Problem::Invalid(vec![Fault { field: "cho".into(), vi: says(Lang::Vi), en: says(Lang::En) }])
    })
}

/// Whoever may handle petitions at an agency today: the ids of their accounts, and their names.
///
/// # Errors
/// The database's.
pub async fn colleagues(
    app: &App,
    conn: &mut Conn,
    log: i64,
    origin: &Origin,
) -> Result<Vec<(String, String)>, Problem> {
    let today = date::day(app.clock.now());
    let directory = app.directory.load_full();
    // People of an agency above may work for those below it, too.
    let above = |other: &Origin| directory.is_ancestor(other, origin);
    let portals = app.portals.load().all();
    let logs =
        portals.iter().filter(|portal| portal.log != log && above(&portal.origin)).map(|portal| portal.log);
    let mut all: Vec<(String, String)> = Vec::new();
    for log in logs.chain([log]) {
        for account in people::at_log(conn, log).await? {
            let holds = people::appointments(conn, account.id).await?.into_iter().any(|one| {
                let handles = matches!(one.role, Role::Clerk | Role::Leader);
                let now = one.since <= today && one.until.is_none_or(|until| today <= until);
                handles && now && (one.origin == *origin || one.below && above(&one.origin))
            });
            let id = account.id.to_string();
            if holds && !account.closed && !all.iter().any(|(known, _)| *known == id) {
                all.push((id, account.name));
            }
        }
    }
    all.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(all)
}

/// What another agency is asked, by a day between today and the last day of the answer; and whom. Its log's number is 0 if it is at another
/// node.
async fn asked(app: &App, actor: &Actor, code: &str, typed: &Fields) -> Result<(Help, Target), Problem> {
    let wrong = |field: &str, says: &dyn Fn(Lang) -> String| {
        Problem::Invalid(vec![Fault { field: field.into(), vi: says(Lang::Vi), en: says(Lang::En) }])
    };
    let target = route::chosen(app, &actor.origin, typed.get("toi"));
    let target = target.ok_or_else(|| {
        Problem::Invalid(vec![Fault::said("toi", |lang| lang.petition_desk().fault_target)])
    })?;
    let here = super::super::handover::seat(app, &target.origin);
    let mut conn = app.db.read().await?;
    let case = store::held(&mut conn, code, actor.log).await?.ok_or(Problem::NotFound("petition"))?;
    let (today, last) = (date::day(app.clock.now()), case.last_day(&app.calendar.now(), app.clock.micros()));
    let due = typed.get("han").trim().parse().ok().filter(|due: &Date| *due > today);
    // What is late already can still be helped with.
    let last = last.filter(|last| *last > today);
    match (due, last) {
        (Some(due), Some(last)) if due > last => {
            Err(wrong("han", &|lang| lang.petition_tie().fault_help_late(date::date(lang, last))))
        }
        (Some(due), _) => {
            let help = Help {
                id: app.dice.id(&app.clock)?.to_string(),
                petition: case.id,
                asker: actor.log,
                log: here.map_or(0, |seat| seat.log),
                due: due.to_string(),
                ..Help::default()
            };
            Ok((help, target))
        }
        (None, _) => Err(wrong("han", &|lang| lang.petition_tie().fault_help_day.to_owned())),
    }
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
    let actor = Actor { by, log, origin: actor.origin.clone() };
    db.write("petition.step", async move |tx: &mut Tx| -> Result<(), Problem> {
        let (mut case, path, waiting) = begun(&app, tx, &actor, (&code, version), brought.act).await?;
        // What others get, too, if this is the answer.
        let common = waiting.as_ref().map(ties::common).unwrap_or_default();
        let mut step =
            Step { log, account: by.account.to_string(), words: brought.words.clone(), ..Step::default() };
        let goes = carry::out(&app, tx, &mut case, &path, &brought, waiting, &mut step).await?;
        case.count(&app.calendar.now(), tx.ledger.now());
        saved(tx, &case).await?;
        (step.seq, step.at) = (steps::add(tx, &case.id, &step).await?, tx.ledger.now());
        carry::choice(tx, &case, &brought, &step, &seat.origin).await?;
        carry::on(&app, tx, &seat, &case, &step, goes).await?;
        match brought.act {
            Act::Approve => ties::answered(&app, tx, &seat, &case, (&common, &step.account)).await?,
            Act::Pass | Act::Return | Act::Outside => ties::release(&app, tx, &seat, &case).await?,
            _ => {}
        }
        Ok(audit::add(tx, line).await?)
    })
    .await
}

/// The case of a code as it stands in this transaction, its path and the answer that waits, if somebody may take a step upon the version
/// that they saw; it stands where that step leads, and is not saved.
///
/// # Errors
/// Why it is refused; that somebody was quicker; the database's.
pub async fn begun(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (code, version): (&str, i64),
    act: Act,
) -> Result<(Case, Vec<Step>, Option<Draft>), Problem> {
    let mut case = store::held(tx.conn(), code, actor.log).await?.ok_or(Problem::NotFound("petition"))?;
    if case.owner != actor.log {
        let says = |lang: Lang| lang.petition_desk().refused_not_owner;
        return Err(Problem::refused(says(Lang::Vi), says(Lang::En)));
    }
    if case.version != version {
        return Err(stale());
    }
    let path = steps::of(tx.conn(), &case.id).await?;
    let waiting = draft::find(tx.conn(), &case.id).await?;
    let mut facts = facts::of(&case, &path, waiting.as_ref(), &app.calendar.now(), tx.ledger.now());
    facts.ties = ties::stand(tx.conn(), &case.id).await?;
    let next = life::decide(act, &facts, actor.by).map_err(refusal)?;
    next.word().clone_into(&mut case.state);
    Ok((case, path, waiting))
}

fn stale() -> Problem {
    Problem::refused(Lang::Vi.petition_desk().stale, Lang::En.petition_desk().stale)
}

/// Saves where a case stands.
///
/// # Errors
/// That somebody was quicker; the database's.
pub async fn saved(tx: &mut Tx, case: &Case) -> Result<(), Problem> {
    if store::save(tx, case).await? { Ok(()) } else { Err(stale()) }
}

/// True for a case that this person may do something with.
pub fn may(act: Act, facts: &life::Facts, by: By) -> bool {
    life::decide(act, facts, by).is_ok()
}
