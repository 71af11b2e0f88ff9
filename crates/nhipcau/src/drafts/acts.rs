//! What is done with drafts. Each act is one transaction: the decision asked anew of what stands there, the draft moved,
//! its log entry if it is issued, and its line in the audit trail – together or not at all.

mod begin;
mod hand_in;
mod issue;
mod refused;

use network::content::ItemFile;
use network::names::Origin;
use serde_json::{Value, json};
use uuid::Uuid;

use super::life::{self, Act, Actor, Facts, Refused, Stage};
use super::merge::{self, Joined};
use super::{Attached, Hour, Work, Written, alone, hours, notes, rules, store};
use crate::agencies::Portal;
use crate::annexes;
use crate::app::App;
use crate::channels;
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::embargo::seal;
use crate::items::desk;
use crate::items::draft::of_words;
use crate::items::publish::{self, Done};
use crate::opinions::store as opinions;
use crate::people::audit::{self, Line, Who};
use crate::people::gate::Staff;
use crate::previews::store as previews;
use crate::problem::{Fault, Problem};
use crate::words::date;

pub use begin::{begin, create, next};
pub use hand_in::{Waits, hand_in};
use issue::{request, still_the_base, whole};
use refused::moved;
pub(super) use refused::refusal;

/// Who acts on a draft.
#[derive(Clone)]
pub struct By {
    /// For the decision.
    pub actor: Actor,
    /// For the audit trail.
    pub who: Who,
    /// Our number for the agency's log.
    pub log: i64,
    /// The log.
    pub origin: Origin,
}

impl By {
    /// A person at their portal.
    pub fn staff(staff: &Staff) -> By {
        By {
            actor: Actor::Person(staff.account.id, staff.roles.clone()),
            who: staff.who(),
            log: staff.portal.log,
            origin: staff.portal.origin.clone(),
        }
    }

    /// The clock at a portal.
    pub fn clock(portal: &Portal) -> By {
        By { actor: Actor::Clock, who: Who::Nobody, log: portal.log, origin: portal.origin.clone() }
    }

    /// Whoever holds the node's token, at a portal.
    pub fn token(log: i64, origin: Origin) -> By {
        By { actor: Actor::Token, who: Who::Token, log, origin }
    }

    pub(super) fn account(&self) -> Option<Uuid> {
        match self.actor {
            Actor::Person(id, _) => Some(id),
            Actor::Token => Some(life::TOKEN),
            Actor::Clock => None,
        }
    }
}

/// What came of a save.
pub enum Saved {
    /// It stands as this version, in this stage.
    As(i64, Stage),
    /// Somebody has changed the same fields meanwhile; the version that stands, and both texts.
    Clash(i64, Box<Joined>),
}

/// Saves what somebody wrote on top of `version`. What others changed meanwhile in other fields is joined.
///
/// # Errors
/// The decision's refusal; no such draft at this agency.
pub async fn save(
    app: &App,
    by: &By,
    id: Uuid,
    version: i64,
    written: Written,
    hour: Hour,
) -> Result<Saved, Problem> {
    let (by, account) = (by.clone(), by.account().ok_or_else(|| refusal(Refused::Role))?);
    // A secret is not even kept as a draft.
    let marked = written.draft.marks(id);
    if !marked.is_empty() {
        return Err(Problem::Invalid(marked));
    }
    app.db
        .write("draft.save", async move |tx: &mut Tx| -> Result<Saved, Problem> {
            let work = find(tx.conn(), by.log, id).await?;
            // What is not written any more is refused as such, and not joined with what nobody can decide. Saving asks who saves
            // and nothing else.
            let step = life::decide(work.stage, Act::Save, &blank(&by)).map_err(refusal);
            let mut joined = Joined { written, conflicts: Vec::new() };
            if work.version != version {
                let base =
                    store::version(tx.conn(), id, version).await?.ok_or(Problem::NotFound("version"))?;
                joined = merge::join(&base, &joined.written, &work.written)?;
                if !joined.conflicts.is_empty() {
                    step?;
                    return Ok(Saved::Clash(work.version, Box::new(joined)));
                }
            }
            let Hour { due, sealed } = hour;
            let next = Work { due, sealed, written: joined.written, ..work.clone() };
            if next.hash()? == work.hash()? {
                return Ok(Saved::As(work.version, work.stage));
            }
            let step = step?;
            if !store::save(tx, id, work.version, account, (step.next, hour), &next.written).await? {
                return Err(moved());
            }
            store::ask_again(tx, id).await?;
            // A save is told once for each stage that it leaves: every keystroke would drown the trail.
            if step.next != work.stage || work.version == 1 {
                let line = Line::new(by.who, by.log, "draft.save", id.to_string());
                audit::add(tx, line.with(json!({ "version": work.version + 1, "stage": step.next.word() })))
                    .await?;
            }
            Ok(Saved::As(work.version + 1, step.next))
        })
        .await
}

/// What came of an act.
#[derive(Clone, Debug)]
pub struct Acted {
    /// The stage from now on.
    pub stage: Stage,
    /// Where it stands, if it was issued.
    pub done: Option<Done>,
    /// True if it lay sealed and never will be opened.
    pub called_off: bool,
}

/// Does something with a draft as it stood at `version`; `words` say why, where that is asked for.
///
/// # Errors
/// The decision's refusal in words; faults of the text; somebody saved meanwhile.
pub async fn act(
    app: &App,
    by: &By,
    id: Uuid,
    version: i64,
    act: Act,
    words: Option<String>,
) -> Result<Acted, Problem> {
    if matches!(act, Act::SendBack | Act::Override) && words.is_none() {
        return Err(Problem::Invalid(vec![Fault {
            field: "ly-do".into(),
            vi: "Hãy ghi lý do.".into(),
            en: "Say why.".into(),
        }]));
    }
    if let Some(marked) = words.as_deref().and_then(|words| of_words(None, "ly-do", words)) {
        return Err(Problem::Invalid(vec![marked]));
    }
    let mut conn = app.db.read().await?;
    let work = find(&mut conn, by.log, id).await?;
    if work.version != version {
        return Err(moved());
    }
    if act == Act::Override && work.written.beside.is_some() {
        // Words of one's own beside another's text are never so urgent that one person says them alone.
        return Err(refusal(Refused::SecondPerson));
    }
    let sealed = work.stage == Stage::Sealed;
    // What is sealed was sound when it was, and is opened as it is.
    let sound = sealed || faults(app, &work).is_empty();
    // Nothing is encoded or sealed for one who may not. Whether they may is asked once more where it is done.
    let now = app.clock.micros();
    let facts_now = facts(&mut conn, &work, by, now, sound).await?;
    let next = life::decide(work.stage, act, &facts_now).map_err(refusal)?.next;
    if matches!(act, Act::Submit | Act::Approve)
        && let Some(fault) = hours::fault(&work, now)
    {
        return Err(Problem::Refused { vi: fault.vi, en: fault.en });
    }
    let request = match act {
        Act::Issue | Act::Override if sealed => {
            Some(seal::opening(app, &mut conn, by.log, &by.origin, work.item).await?)
        }
        Act::Issue | Act::Override if sound => Some(request(app, &mut conn, &work, &by.origin).await?),
        Act::SendBack | Act::Discard if sealed => Some(seal::calling_off(by.log, &by.origin, work.item)),
        _ => None,
    };
    let seals = match work.due {
        Some(due) if next == Stage::Sealed && !sealed => {
            let draft = whole(&mut conn, &work).await?;
            let (log, item) = (work.log, work.item);
            let issue = publish::drawn_up(app, log, &by.origin, item, 1, work.change, draft).await?;
            Some(seal::seal(app, &by.origin, issue, due).await?)
        }
        _ => None,
    };
    drop(conn);
    // Whoever issues alone tells everybody so, in the same transaction.
    let told = match (act, &request, &words) {
        (Act::Override, Some(request), Some(words)) => Some(alone::told(app, &work, request, words)?),
        _ => None,
    };
    let by = by.clone();
    app.db
        .write("draft.act", async move |tx: &mut Tx| -> Result<Acted, Problem> {
            // Asked of what stands there now: whatever was read before may have changed.
            let work = find(tx.conn(), by.log, id).await?;
            if work.version != version {
                return Err(moved());
            }
            let now = tx.ledger.now();
            let facts = facts(tx.conn(), &work, &by, now, sound).await?;
            let step = life::decide(work.stage, act, &facts).map_err(refusal)?;
            if step.asks_again {
                store::ask_again(tx, id).await?;
            }
            if act == Act::Approve {
                let account = by.account().ok_or_else(|| refusal(Refused::Role))?;
                store::approve(tx, id, account, &work.hash()?).await?;
            }
            let mut laid = None;
            // What others said of it stands with the approval, and whether they looked at this very draft.
            let opinions = match act {
                Act::Approve => opinions::said(tx.conn(), id, &work.hash()?).await?,
                _ => Vec::new(),
            };
            let done = match (step.next, request) {
                (Stage::Sealed, _) => {
                    let ready = seals.as_ref().ok_or_else(|| refusal(Refused::Unsound))?;
                    laid = Some(seal::lay(tx, ready).await?.entry);
                    None
                }
                (Stage::Draft | Stage::Discarded, Some(off)) => {
                    laid = Some(seal::end(tx, &off, work.item).await?.entry);
                    None
                }
                (Stage::Issued, Some(request)) => {
                    still_the_base(tx.conn(), &work, &by.origin).await?;
                    let done = match work.stage {
                        Stage::Sealed => seal::end(tx, &request, work.item).await?,
                        _ => desk::carry_out(tx, &request).await?,
                    };
                    if let Some(told) = &told {
                        desk::carry_out(tx, told).await?;
                    }
                    channels::queue::issued(tx, &work).await?;
                    Some(done)
                }
                (Stage::Issued, None) => return Err(refusal(Refused::Unsound)),
                _ => None,
            };
            if !store::set_stage(tx, id, version, step.next).await? {
                return Err(moved());
            }
            if !step.next.is_open() {
                previews::end_all(tx, id).await?;
            }
            // Who handed it in answers for it, words or none (`life::writers`).
            let noted = words.as_deref().or((act == Act::Submit).then_some(""));
            if let (Some(words), Some(account)) = (noted, by.account()) {
                notes::note(tx, id, &account.to_string(), act.word(), words).await?;
            }
            let subject = done.as_ref().map_or_else(|| id.to_string(), |done| done.reference.clone());
            let line = Line::new(by.who, by.log, audited(act), subject);
            let entry = done.as_ref().map(|done| done.entry).or(laid);
            let detail =
                json!({ "draft": id, "version": version, "stage": step.next.word(), "entry": entry });
            let detail = if opinions.is_empty() { detail } else { with(detail, opinions) };
            audit::add(tx, line.with(detail)).await?;
            let called_off = work.stage == Stage::Sealed && step.next != Stage::Issued;
            Ok(Acted { stage: step.next, done, called_off })
        })
        .await
}

fn with(mut detail: Value, opinions: Vec<Value>) -> Value {
    detail["opinions"] = opinions.into();
    detail
}

/// How the audit trail names an act.
fn audited(act: Act) -> &'static str {
    match act {
        Act::Save => "draft.save",
        Act::Submit => "draft.submit",
        Act::SendBack => "draft.send-back",
        Act::Approve => "draft.approve",
        Act::Issue => "draft.issue",
        Act::Override => "draft.override",
        Act::Discard => "draft.discard",
        Act::Restore => "draft.restore",
        Act::Begin => "draft.begin",
        Act::ProposeEnd => "end.propose",
        Act::ConfirmEnd => "end.confirm",
        Act::DropEnd => "end.drop",
    }
}

/// A draft of an agency; those of others are not there.
pub async fn find(conn: &mut Conn, log: i64, id: Uuid) -> Result<Work, Problem> {
    store::find(conn, log, id).await?.ok_or(Problem::NotFound("draft"))
}

/// What must be mended before it can be handed in or issued.
pub fn faults(app: &App, work: &Work) -> Vec<Fault> {
    let now = app.clock.micros();
    let day = date::day(instant(work.due.map_or(now, |due| due.max(now))));
    let file = |file: &Attached| {
        let sha256 = file.sha256.parse().ok()?;
        Some(ItemFile {
            sha256,
            size: file.size,
            media: file.media.clone(),
            name: file.name.clone(),
            alt: file.alt.clone(),
            pixels: None,
            of: None,
            text: file.text.clone(),
            seconds: None,
        })
    };
    let files = work.written.files.iter().filter_map(file).collect();
    let mut faults = work.written.handed_in().faults(work.item, work.base + 1, files, &app.calendar.on(day));
    faults.extend(work.written.behind());
    faults.extend(channels::pages::shown::faults(work, day));
    if work.is_embargoed() && work.due.is_none() {
        faults.push(Fault {
            field: "due".into(),
            vi: "Niêm phong cần một giờ mở: hãy chọn giờ hẹn.".into(),
            en: "A seal needs an hour at which it is opened: choose one.".into(),
        });
    }
    if work.written.beside.is_some() {
        faults.extend(annexes::acts::faults(&work.written, work.is_embargoed()));
    }
    faults
}

/// The facts of a decision on a draft.
pub(super) async fn facts(
    conn: &mut Conn,
    work: &Work,
    by: &By,
    now: i64,
    sound: bool,
) -> Result<Facts, Problem> {
    let kind = &work.written.draft.kind;
    Ok(Facts {
        writers: notes::writers(conn, work.id).await?,
        approvals: store::approvals(conn, work.id, &work.hash()?).await?,
        persons: rules::persons(kind, date::day(instant(now))),
        signed: rules::signed(kind),
        sound,
        later: work.due.is_some_and(|due| due > now),
        sealed: work.is_embargoed(),
        ..blank(by)
    })
}

/// Facts of somebody about nothing yet.
pub(super) fn blank(by: &By) -> Facts {
    Facts {
        actor: by.actor.clone(),
        writers: Default::default(),
        approvals: Default::default(),
        persons: 2,
        signed: false,
        sound: false,
        later: false,
        sealed: false,
        end: None,
    }
}

/// The stage of an item that is in the log.
pub(super) fn stage_of(state: crate::items::State) -> Stage {
    match state {
        crate::items::State::Standing => Stage::Issued,
        crate::items::State::Withdrawn => Stage::Withdrawn,
        crate::items::State::Gone => Stage::Gone,
        crate::items::State::Erased => Stage::Erased,
    }
}
