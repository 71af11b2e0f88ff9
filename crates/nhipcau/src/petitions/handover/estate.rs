//! What a closed portal of this node leaves to a successor at another node: of each case the desk, how it stands, and its dossier, as a sealed
//! letter; its files behind it.
//!
//! A closed agency writes no letters any more, so another portal of the same node sends them: whoever runs that node held the closed
//! agency's keys, and the directory says whose node it was. Who sent a petition goes along only if the closed portal is the one where it
//! was asked. Here what was left is then forgotten. What was drafted and not approved stays behind.

use network::directory::Directory;
use network::entry::Case as Named;
use network::handover::{Desk, Event, Stand};
use network::letter::Letter;
use network::names::Origin;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::contact::Contact;
use super::super::life::State;
use super::super::store as cases;
use super::super::store::Case;
use super::super::store::draft;
use super::super::store::steps;
use super::super::ties::afar::store::{Part, Split};
use super::super::ties::{self, afar};
use super::told::About;
use super::{Seat, comes, dossier, files, heir, seat, store};
use crate::app::App;
use crate::db::Tx;
use crate::logs::store as logs;
use crate::operate::alarms::{self, Alarm};
use crate::peers::letters::send::{Posting, post};
use crate::problem::Problem;

/// The kind of these letters.
pub const KIND: &str = "petition.estate";

/// What is left of one case.
#[derive(Serialize, Deserialize)]
struct Estate {
    v: u32,
    /// The log of the closed agency.
    closed: Origin,
    origin: Origin,
    code: network::entry::Code,
    /// The desk, as it is kept.
    desk: String,
    /// The dossier; nothing where only the desk knows of the case, or its words are gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dossier: Option<Value>,
    /// How the case stands, where there is a dossier.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    about: String,
    /// What its sender opens it with is hashed to this; of a case that was asked at the closed portal.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    secret: String,
    /// Who sent it; as `secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<Contact>,
    /// The code of the whole of which it is a part, and the codes of its own parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whole: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<String>,
    /// How it was split between nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    splits: Vec<(Split, Vec<Part>)>,
}

/// The successor of a closed agency, if that is at another node.
fn heir_elsewhere(app: &App, directory: &Directory, closed: &Origin) -> Option<Origin> {
    directory.agency(closed)?.closed.as_ref()?;
    let heir = directory.successor(closed).filter(|heir| heir.closed.is_none())?;
    seat(app, &heir.origin).is_none().then(|| heir.origin.clone())
}

/// Sends on what closed portals of this node had, to successors at other nodes.
///
/// # Errors
/// The database's.
pub async fn bequeath(app: &App) -> Result<(), Problem> {
    let directory = app.directory.load_full();
    let portals = app.portals.load().all();
    for closed in &portals {
        let Some(heir) = heir_elsewhere(app, &directory, &closed.origin) else { continue };
        let left = store::left(&mut app.db.read().await?, closed.log).await?;
        if left.is_empty() {
            continue;
        }
        let beside = |origin: &Origin| is_beside(&directory, origin, &closed.origin);
        let Some(voice) = portals.iter().find(|portal| beside(&portal.origin)) else {
            let alarm = Alarm {
                about: "petition.estate".into(),
                peer: heir.to_string(),
                origin: closed.origin.to_string(),
                detail: left.len().to_string(),
            };
            alarms::tell(app, alarm).await;
            continue;
        };
        let (voice, from) = (Seat::from(&**voice), Seat::from(&**closed));
        for desk in left {
            let (within, voice, from, heir) = (app.clone(), voice.clone(), from.clone(), heir.clone());
            app.db
                .write("petition.estate", async move |tx: &mut Tx| -> Result<(), Problem> {
                    leave(&within, tx, (&voice, &from, &heir), &desk).await
                })
                .await?;
        }
    }
    Ok(())
}

/// True for an open agency of the node that a closed one was at.
pub(super) fn is_beside(directory: &Directory, one: &Origin, closed: &Origin) -> bool {
    let (Some(one), Some(closed)) = (directory.agency(one), directory.agency(closed)) else { return false };
    one.closed.is_none() && closed.closed.is_some() && one.node.is_some() && one.node == closed.node
}

/// One case: its letter, its files, and then nothing of it here but where it went.
async fn leave(
    app: &App,
    tx: &mut Tx,
    (voice, from, heir): (&Seat, &Seat, &Origin),
    desk: &Desk,
) -> Result<(), Problem> {
    let named = desk.case().clone();
    let mut estate = Estate {
        v: 1,
        closed: from.origin.clone(),
        origin: named.origin.clone(),
        code: named.code.clone(),
        desk: desk.encode().map_err(anyhow::Error::from)?,
        dossier: None,
        about: String::new(),
        secret: String::new(),
        contact: None,
        whole: None,
        parts: Vec::new(),
        splits: Vec::new(),
    };
    let case = cases::find(tx.conn(), named.code.as_str()).await?;
    let held = match &case {
        Some(case) => cases::held_since(tx.conn(), &case.id, from.log).await?.is_some(),
        None => false,
    };
    let case = case.filter(|_| held);
    if let Some(case) = &case {
        let home = named.origin == from.origin;
        if cases::words(tx.conn(), &case.id).await?.is_some() {
            let bytes = dossier::of(app, tx, case).await?;
            estate.dossier = Some(serde_json::from_slice(&bytes).map_err(anyhow::Error::from)?);
            let path = steps::of(tx.conn(), &case.id).await?;
            estate.about = About::of(case, &path).said()?;
        }
        (estate.whole, estate.parts) = ties::store::parts(tx.conn(), &case.id).await?;
        estate.splits = afar::left(tx.conn(), &case.id).await?;
        if home {
            estate.secret = hex::encode(&case.secret);
            estate.contact = cases::contact(app, tx.conn(), &case.id).await?;
        }
    }
    let body = serde_json::to_vec(&estate).map_err(anyhow::Error::from)?;
    let about = [from.origin.as_str(), named.origin.as_str(), named.code.as_str()];
    post(tx, Posting::named(voice.log, heir, KIND, body.into(), &about).closed(app)?).await?;
    if let Some(mut case) = case {
        files::post(app, tx, voice, &case, heir, None).await?;
        let now = tx.ledger.now();
        if case.owner == from.log {
            case.owner = logs::ensure(tx.conn(), heir, false, now).await?;
            case.handler.clear();
            cases::save_within(tx, &case).await?;
        }
        draft::done(tx, &case.id).await?;
        // Another portal of this node may have the case, too.
        if !others_hold(app, tx, &case, from.log).await? {
            cases::forget(tx, &case.id).await?;
            store::forget(tx, &named).await?;
        }
    }
    Ok(store::left_behind(tx, from.log, &named).await?)
}

/// True if another portal of this node owns a case, or is where it was asked.
async fn others_hold(app: &App, tx: &mut Tx, case: &Case, from: i64) -> Result<bool, Problem> {
    for log in [case.owner, case.asked] {
        if log != from
            && let Some(head) = logs::head(tx.conn(), log).await?
            && seat(app, &head.origin).is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes what a closed agency has left; false if it makes no sense, or is not left to this portal.
///
/// # Errors
/// Not now: the closing was not read here yet, or its words are not what was registered. The database's.
pub(super) async fn came(app: &App, tx: &mut Tx, to: &Seat, letter: &Letter) -> Result<bool, Problem> {
    let Ok(estate) = serde_json::from_slice::<Estate>(&letter.body) else { return Ok(false) };
    let Ok(desk) = Desk::decode(&estate.desk) else { return Ok(false) };
    let named = Named { origin: estate.origin.clone(), code: estate.code.clone() };
    if estate.v != 1 || desk.me() != &estate.closed || desk.case() != &named {
        return Ok(false);
    }
    let directory = app.directory.load_full();
    if directory.agency(&estate.closed).is_none_or(|agency| agency.closed.is_none()) {
        return Err(Problem::NotNow {
            vi: format!("Ở đây chưa đọc được việc {} đóng.", estate.closed),
            en: format!("That {} is closed was not read here yet.", estate.closed),
        });
    }
    let ours = directory.successor(&estate.closed).is_some_and(|heir| heir.origin == to.origin);
    if !ours || !is_beside(&directory, &letter.from, &estate.closed) {
        return Ok(false);
    }
    let now = tx.ledger.now();
    let from = Seat {
        log: logs::ensure(tx.conn(), &estate.closed, false, now).await?,
        origin: estate.closed.clone(),
    };
    if let Some(dossier) = &estate.dossier {
        let bytes = serde_json::to_vec(dossier).map_err(anyhow::Error::from)?;
        dossier::lay(app, tx, to, &named, &bytes).await?;
        lay(app, tx, &from, (&named, &desk), &estate).await?;
    }
    comes(app, tx, to, &named, (Event::Inherits(Box::new(desk)), Vec::new())).await?;
    heir::inherited(app, tx, &named, &from, to).await?;
    Ok(true)
}

/// The case as the closed agency had it: what it owned is its own until it is inherited.
async fn lay(
    app: &App,
    tx: &mut Tx,
    from: &Seat,
    (named, desk): (&Named, &Desk),
    estate: &Estate,
) -> Result<(), Problem> {
    let Some(mut case) = cases::find(tx.conn(), named.code.as_str()).await? else { return Ok(()) };
    cases::hold(tx, &case.id, from.log).await?;
    if let Stand::Owner(own) = desk.stand() {
        case.owner = from.log;
        case.epoch = i64::from(own.epoch);
    }
    if let Some(about) = About::read(&estate.about) {
        about.lay(&mut case);
        let state = match State::of(&about.state) {
            // The answer that waited was a draft of people who work there no more.
            State::Review => State::New,
            state => state,
        };
        state.word().clone_into(&mut case.state);
    }
    cases::save_within(tx, &case).await?;
    ties::tied_again(tx, &case, (estate.whole.as_deref(), &estate.parts)).await?;
    afar::inherited(tx, &case.id, estate.splits.clone()).await?;
    if named.origin != from.origin {
        return Ok(());
    }
    if let Ok(secret) = hex::decode(&estate.secret) {
        cases::opens_with(tx, &case.id, secret).await?;
    }
    if let Some(contact) = &estate.contact {
        cases::keep_contact(tx, &case.id, contact.sealed(app, &case.id)?).await?;
    }
    Ok(())
}
