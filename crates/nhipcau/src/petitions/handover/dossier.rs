//! The dossier of a case: all that its owner has of it and its next owner needs, but for the bytes of files.
//!
//! A name that its sender hid from whoever handles the case stays at the portal where it was asked. Whether the words are those that
//! were registered is checked against the commitment in that portal's log.

use network::entry::Case as Named;
use serde::{Deserialize, Serialize};
use vietnam::petition_code::Code;

use super::super::Mode;
use super::super::contact::Contact;
use super::super::register::{Committed, commitment};
use super::super::store::steps::{self, Step};
use super::super::store::{self as cases, Case};
use super::told::{self, Told};
use super::{Seat, files, store, told as told_of};
use crate::app::App;
use crate::db::Tx;
use crate::logs::store as logs;
use crate::problem::Problem;

/// What travels behind an offer.
#[derive(Serialize, Deserialize)]
struct Dossier {
    v: u32,
    idx: i64,
    sort: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    kind: String,
    commune: String,
    mode: String,
    lang: String,
    salt: String,
    urgent: bool,
    registered: i64,
    clock: (i64, String),
    bounced: i64,
    reopened: i64,
    place: String,
    words: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<Contact>,
    path: Vec<Past>,
}

/// A step: its name, where it happened, what.
#[derive(Serialize, Deserialize)]
struct Past {
    said: uuid::Uuid,
    log: String,
    told: Told,
}

/// The dossier of a case as it stands here. Notes of colleagues are not in it.
///
/// # Errors
/// The database's.
pub(super) async fn of(app: &App, tx: &mut Tx, case: &Case) -> Result<Vec<u8>, Problem> {
    let (place, words) = cases::words(tx.conn(), &case.id).await?.unwrap_or_default();
    let named = case.mode == Mode::Named.word();
    let contact = if named { cases::contact(app, tx.conn(), &case.id).await? } else { None };
    let listed = steps::files(tx.conn(), &case.id).await?;
    let mut path = Vec::new();
    for step in steps::of(tx.conn(), &case.id).await?.into_iter().filter(|step| step.shown == 1) {
        let log =
            logs::head(tx.conn(), step.log).await?.map(|head| head.origin.to_string()).unwrap_or_default();
        let told = told_of(tx.conn(), &step, &listed).await?;
        path.push(Past { said: step.named(&case.id), log, told });
    }
    let dossier = Dossier {
        v: 1,
        idx: case.idx,
        sort: case.sort.clone(),
        kind: case.kind.clone(),
        commune: case.place.clone(),
        mode: case.mode.clone(),
        lang: case.lang.clone(),
        salt: hex::encode(&case.salt),
        urgent: case.urgent == 1,
        registered: case.registered,
        clock: (case.clock_days, case.clock_unit.clone()),
        bounced: case.bounced,
        reopened: case.reopened,
        place,
        words,
        contact,
        path,
    };
    Ok(serde_json::to_vec(&dossier).map_err(anyhow::Error::from)?)
}

fn unreadable() -> Problem {
    Problem::NotNow {
        vi: "Hồ sơ kèm theo phản ánh không đọc được, hoặc không đúng với nội dung đã đăng ký.".into(),
        en: "The dossier of the petition cannot be read, or is not what was registered.".into(),
    }
}

/// Lays the dossier of a case that another node offers beside the cases of this one.
///
/// # Errors
/// Not now, if it is none, or says other words than were registered: its sender keeps the case. The database's.
pub(super) async fn lay(
    app: &App,
    tx: &mut Tx,
    seat: &Seat,
    named: &Named,
    bytes: &[u8],
) -> Result<(), Problem> {
    let dossier: Dossier = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
    let code: Code = named.code.as_str().parse().map_err(|_| unreadable())?;
    let now = tx.ledger.now();
    let mut case = Case {
        code: named.code.to_string(),
        asked: logs::ensure(tx.conn(), &named.origin, false, now).await?,
        idx: dossier.idx,
        owned: now,
        registered: dossier.registered,
        clock_from: now,
        clock_days: dossier.clock.0,
        clock_unit: dossier.clock.1.clone(),
        sort: dossier.sort.clone(),
        kind: dossier.kind.clone(),
        place: dossier.commune.clone(),
        mode: dossier.mode.clone(),
        lang: dossier.lang.clone(),
        salt: hex::decode(&dossier.salt).map_err(|_| unreadable())?,
        urgent: i64::from(dossier.urgent),
        bounced: dossier.bounced,
        reopened: dossier.reopened,
        state: "new".into(),
        epoch: 1,
        ..Case::default()
    };
    case.commitment = proven(app, tx, named, &case, &dossier).await?;
    case = match cases::find(tx.conn(), &case.code).await? {
        Some(known) if known.asked != case.asked => return Err(unreadable()),
        Some(mut known) => {
            (known.bounced, known.reopened) = (dossier.bounced, dossier.reopened);
            (known.clock_days, known.clock_unit) = dossier.clock.clone();
            known.kind.clone_from(&dossier.kind);
            cases::save(tx, &known).await?;
            known
        }
        None => {
            let giver = cases_owner(tx, &dossier, case.asked, now).await?;
            (case.id, case.owner) = (app.dice.id(&app.clock)?.to_string(), giver);
            case.once = commitment(b"", &format!("{}\n{}", named.origin, named.code)).0.to_vec();
            case.count(&app.calendar.now(), now);
            // Its secret stays where it was asked: nobody opens it here.
            cases::add(tx, &case, (code.day(), code.unit().as_str(), code.number())).await?;
            case
        }
    };
    cases::hold(tx, &case.id, seat.log).await?;
    cases::keep_words(tx, &case.id, &dossier.place, &dossier.words).await?;
    // Where it was asked the contact is the sender's own word; nobody who has had the case writes over it.
    let elsewhere = super::seat(app, &named.origin).is_none();
    if let Some(contact) = dossier.contact.as_ref().filter(|_| elsewhere) {
        cases::keep_contact(tx, &case.id, contact.sealed(app, &case.id)?).await?;
    }
    for past in &dossier.path {
        if let Some(seq) = steps::of_name(tx.conn(), &case.id, past.said).await? {
            // Its words were forgotten when the case left; they are needed again.
            steps::say(tx, &case.id, seq, &past.told.words).await?;
            files::list(tx, &case.id, seq, past.said, &past.told.files).await?;
            continue;
        }
        let step = step(tx, past, now).await?;
        let seq = steps::add(tx, &case.id, &step).await?;
        files::list(tx, &case.id, seq, past.said, &past.told.files).await?;
    }
    Ok(())
}

/// Who has the case until it is taken: whoever passed it on last.
async fn cases_owner(tx: &mut Tx, dossier: &Dossier, asked: i64, now: i64) -> Result<i64, Problem> {
    let last = dossier.path.iter().rev().find(|past| told::names_agency(&past.told.act));
    match last.and_then(|past| told::agency(&past.log)) {
        Some(giver) => Ok(logs::ensure(tx.conn(), &giver, false, now).await?),
        None => Ok(asked),
    }
}

async fn step(tx: &mut Tx, past: &Past, now: i64) -> Result<Step, Problem> {
    let log = told::agency(&past.log).ok_or_else(unreadable)?;
    let detail = match told::agency(&past.told.detail).filter(|_| told::names_agency(&past.told.act)) {
        Some(agency) => logs::ensure(tx.conn(), &agency, false, now).await?.to_string(),
        None => past.told.detail.clone(),
    };
    Ok(Step {
        at: past.told.at,
        log: logs::ensure(tx.conn(), &log, false, now).await?,
        act: past.told.act.clone(),
        shown: 1,
        words: past.told.words.clone(),
        detail,
        said: past.said.to_string(),
        ..Step::default()
    })
}

/// What the log of the portal at which it was asked says of these words: that they are the ones.
async fn proven(
    app: &App,
    tx: &mut Tx,
    named: &Named,
    case: &Case,
    dossier: &Dossier,
) -> Result<Vec<u8>, Problem> {
    let directory = app.directory.load_full();
    let record = store::record(tx.conn(), &directory, named).await?.ok_or_else(unreadable)?;
    let first = dossier.path.iter().find(|past| past.told.act == "registered");
    let files =
        first.iter().flat_map(|past| past.told.files.iter().map(|file| file.sha256.clone())).collect();
    let json = Committed::of(case, &dossier.place, &dossier.words, files).json()?;
    let due = commitment(&case.salt, &json);
    if due != record.commitment {
        return Err(unreadable());
    }
    Ok(due.0.to_vec())
}
